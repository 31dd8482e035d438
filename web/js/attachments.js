// What came with a message: names that are safe, what each thing really is, a look at pictures and PDFs in frames that can do
// nothing, attached messages judged for themselves, an invitation read as text.
import * as api from './api.js';
import { clone, hook, setBreakable, setSeal, setText, show } from './dom.js';
import { openDialog } from './dialog.js';
import { dayOnly, listed, longSpan, longTime, size, spanned, t } from './i18n.js';
import { readInvitation } from './invitation.js';
import { sentenceOf } from './problem.js';
import { isLoud, levelOf, sealOf, wordOf } from './verdict.js';

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const isLetter = (part) => part.type === 'message/rfc822';
const isInvitation = (part) => part.type === 'text/calendar' || part.type === 'application/ics';

// `sniffed` is what its octets begin as, where that is known; what is declared counts only where it is not.
const kindOf = (part) => part.sniffed ?? part.type;

function iconOf(part) {
  if (isLetter(part)) return 'letter';
  if (isInvitation(part)) return 'calendar';
  return pictures.has(kindOf(part)) ? 'picture' : 'file';
}

export function attachmentsView(root, id) {
  let known = null; // the parts that are shown
  let loud = false;

  function update(message) {
    loud = isLoud(levelOf(message.verdict));
    const list = message.attachments ?? [];
    const now = list.map((part) => part.part).join();
    if (now === known) return;
    known = now;
    hook(root, 'attachments').replaceChildren(...list.map((part) => element(id, part, () => loud)));
    show(hook(root, 'attached'), list.length > 0);
    hook(root, 'zip').setAttribute('href', api.zipUrl(id));
    show(hook(root, 'zip'), list.length > 1);
    showInvitation(hook(root, 'invitation'), id, [...list, ...(message.htmlBody ?? []), ...(message.textBody ?? [])].find(isInvitation));
  }

  return { update };
}

function element(id, part, loud) {
  const item = clone('t-attachment').firstElementChild;
  const kind = wordOfType(kindOf(part));
  const name = part.name || kind;
  hook(item, 'icon').setAttribute('href', `#icon-${iconOf(part)}`);
  setText(hook(item, 'name'), name);
  hook(item, 'size').textContent = listed([part.name ? kind : '', Number.isFinite(part.size) ? size(part.size) : '']);
  const odd = oddOf(part);
  hook(item, 'odd').textContent = odd;
  show(hook(item, 'odd'), Boolean(odd));
  hook(item, 'link').setAttribute('href', api.partUrl(id, part.part));
  hook(item, 'link').textContent = t('attachments.save');
  hook(item, 'link').setAttribute('aria-label', t('attachments.save.name', { name }));
  const look = hook(item, 'look');
  const run = isLetter(part) ? () => openLetter(id, part) : previewOf(id, part, name, loud);
  show(look, Boolean(run));
  look.textContent = t(isLetter(part) ? 'attachments.open' : 'attachments.preview');
  look.setAttribute('aria-label', t(isLetter(part) ? 'attachments.open.name' : 'attachments.preview.name', { name }));
  if (run) look.addEventListener('click', run);
  return item;
}

// A short word for a type people know; the type itself for others.
function wordOfType(type) {
  const word = t(`type.${type}`);
  return word === `type.${type}` ? type : word;
}

// The name or the declared type says one thing, the octets another.
function oddOf(part) {
  if (part.dangerous) return t('attachments.program');
  if (part.sniffed && part.typeMatches === false) return t('attachments.other', { declared: wordOfType(part.type), real: wordOfType(part.sniffed) });
  return '';
}

function previewOf(id, part, name, loud) {
  const kind = kindOf(part);
  if (pictures.has(kind)) return () => openPicture(id, part, name);
  return kind === 'application/pdf' ? () => openPdf(id, part, name, loud()) : null;
}

function openPreview(id, part, name) {
  const dialog = openDialog('t-preview');
  setText(hook(dialog, 'title'), name);
  hook(dialog, 'save').setAttribute('href', api.partUrl(id, part.part));
  return dialog;
}

// The octets become a picture of this page's own, in an element that draws and does nothing else.
async function openPicture(id, part, name) {
  const dialog = openPreview(id, part, name);
  const picture = document.createElement('img');
  picture.alt = name;
  try {
    const octets = await (await api.getOctets(api.partUrl(id, part.part))).blob();
    if (!dialog.isConnected) return; // closed meanwhile
    const url = URL.createObjectURL(new Blob([octets], { type: kindOf(part) }));
    picture.addEventListener('error', () => { hook(dialog, 'room').textContent = t('attachments.damaged'); });
    dialog.addEventListener('close', () => URL.revokeObjectURL(url));
    picture.src = url;
    hook(dialog, 'room').replaceChildren(picture);
  } catch (error) {
    if (!(error instanceof api.Problem)) throw error;
    hook(dialog, 'room').textContent = sentenceOf(error, 'message');
  }
}

// The browser's own reader, in a frame whose address gives nothing but a PDF without programs. It is asked first, so that the
// sentence stands here where there is none. Links in a PDF work, and nothing can switch them off: where those of the message are
// off, there is no preview.
async function openPdf(id, part, name, loud) {
  const dialog = openPreview(id, part, name);
  const room = hook(dialog, 'room');
  if (loud) {
    room.replaceChildren(refusal(t('attachments.loud')));
    return;
  }
  room.textContent = t('list.loading');
  const url = api.previewUrl(id, part.part);
  try {
    await (await api.getOctets(url)).body.cancel();
    const frame = document.createElement('iframe');
    frame.title = name;
    frame.referrerPolicy = 'no-referrer';
    frame.src = url;
    room.replaceChildren(frame);
  } catch (error) {
    if (!(error instanceof api.Problem)) throw error;
    room.replaceChildren(refusal(error.message || t('problem.offline')));
  }
}

function refusal(sentence) {
  const why = document.createElement('p');
  why.setAttribute('role', 'alert');
  why.textContent = sentence;
  return why;
}

// An attached message, judged as one of which nobody knows how it came here.
async function openLetter(id, part) {
  const dialog = openDialog('t-attached');
  setText(hook(dialog, 'subject'), part.name || t('list.no-subject'));
  hook(dialog, 'sentence').textContent = t('list.loading');
  try {
    const { json } = await api.getAttached(id, part.part);
    const level = levelOf(json.verdict);
    setText(hook(dialog, 'subject'), json.subject || t('list.no-subject'));
    setText(hook(dialog, 'name'), json.from?.[0]?.name ?? '');
    setBreakable(hook(dialog, 'address'), json.from?.[0]?.email ?? t('list.no-sender'));
    setSeal(hook(dialog, 'seal'), sealOf(level), level);
    hook(dialog, 'word').textContent = t('attached.word', { word: t(wordOf(level)) });
    hook(dialog, 'sentence').textContent = json.verdict?.text ?? '';
    const frame = hook(dialog, 'body');
    frame.title = t('message.frame');
    frame.src = api.attachedBodyUrl(id, part.part);
    show(frame, true);
  } catch (error) {
    if (!(error instanceof api.Problem)) throw error;
    hook(dialog, 'sentence').textContent = sentenceOf(error, 'message');
  }
}

async function showInvitation(root, id, part) {
  show(root, false);
  if (!part) return;
  try {
    const event = readInvitation(await (await api.getOctets(api.partUrl(id, part.part))).text());
    if (event) fillInvitation(root, event);
  } catch (error) {
    if (!(error instanceof api.Problem)) throw error; // it is still there as an attachment
  }
}

function spanOf({ start, end }) {
  const zoned = (time, zone) => (zone ? t('time.zoned', { time, zone }) : time);
  const when = (time) => (time ? zoned(longTime(time.iso), time.zone) : '');
  if (!start || start.day) return start ? dayOnly(start.iso) : '';
  if (!end || end.day || end.zone !== start.zone) return spanned(when(start), when(end));
  return zoned(longSpan(start.iso, end.iso), start.zone);
}

function fillInvitation(root, event) {
  root.replaceChildren(clone('t-invitation'));
  const word = { CANCEL: 'invitation.cancelled', REPLY: 'invitation.answer' }[event.method] ?? 'invitation.title';
  setText(hook(root, 'title'), t(word, { summary: event.summary || t('list.no-subject') }));
  hook(root, 'when').textContent = listed([spanOf(event), event.repeats ? t('invitation.repeats') : '']);
  setText(hook(root, 'where'), event.place);
  hook(root, 'organizer').textContent = event.organizer ? t('invitation.organizer', { address: event.organizer }) : '';
  show(root, true);
}

// One message: the sentence in our own chrome, the panel, and its body in a frame that can do nothing.
import * as api from './api.js';
import { attachmentsView } from './attachments.js';
import { announce, clone, hook, setBreakable, setNamed, setSeal, setText, show } from './dom.js';
import { listed, longTime, number, parted, sentences, t, translate } from './i18n.js';
import { takeAway } from './dialog.js';
import { leaveOffer, openLeave } from './leave.js';
import { openLinks } from './links.js';
import { senderName, setAvatar } from './row.js';
import { panelView } from './panel.js';
import './paper.js';
import { picturesView } from './pictures.js';
import { openReply } from './reply.js';
import { newSheet } from './sheet.js';
import { openSource } from './source.js';
import { domainOf, isLoud, levelOf, logoOf, sealOf, splitAddress, wordOf } from './verdict.js';

export function nothingView(pane) {
  const view = clone('t-nothing');
  translate(view);
  pane.replaceChildren(view);
}

const setRoom = newSheet();

// What a careful reader should know of a message's build; other findings stand in the evidence.
const notable = ['hidden-text', 'structure-ambiguous', 'unsafe-file-name', 'too-many-parts', 'links-cut', 'images-cut'];

// `actions`: back(), retry(), unread(id), remove(id), move(id), isStarred(id), star(id, on), and junk(id), archive(id) or null where there
// is no such way.
export function messageView(pane, id, actions) {
  const article = clone('t-message').firstElementChild;
  translate(article);
  setRoom('');
  let frame = hook(article, 'body');
  frame.title = t('message.frame');
  const panel = panelView(hook(article, 'panel'), (next) => update(next, false));
  const attachments = attachmentsView(article, id);
  const pictures = picturesView(article, () => {
    setNotices();
    setBody();
  });
  let shown = null; // what the frame was last sent to
  let asText = false;
  let message = null;

  const on = (name, run) => hook(article, name).addEventListener('click', run);
  on('back', actions.back);
  on('subject', (event) => event.currentTarget.classList.toggle('whole'));
  on('retry', actions.retry);
  for (const name of ['unread', 'archive', 'remove', 'move']) on(name, () => actions[name](id));
  on('flag', () => actions.star(id, !actions.isStarred(id)));
  on('strip-act', () => (actions.junk ?? actions.remove)(id));
  on('reply', () => openReply(message));
  for (const name of ['links', 'all-links']) on(name, () => openLinks(message?.links ?? [], isLoud(levelOf(message?.verdict))));
  on('leave', () => openLeave(id, leaveOffer(message.evidence?.unsubscribe)));
  on('print', () => window.print());
  on('raw', () => openSource(id));
  on('switch', () => {
    asText = !asText;
    setBody();
  });
  on('details', (event) => {
    const open = article.dataset.details !== 'open';
    article.dataset.details = open ? 'open' : 'folded';
    event.currentTarget.setAttribute('aria-expanded', String(open));
  });
  article.addEventListener('click', (event) => { if (event.target.closest('button')) setRoom(''); });
  for (const [button, folded] of [['how', 'panel'], ['more-acts', 'more-list']]) on(button, () => unfold(hook(article, button), hook(article, folded)));
  pane.replaceChildren(article);

  function unfold(button, folded) {
    const open = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(open));
    show(folded, open);
  }

  // `still`: nobody asked for what comes now, so nothing that is being read moves for it.
  function update(next, still = shown !== null) {
    if (still) keepPlaces();
    else keepRoom(levelOf({ ...message, ...next }.verdict));
    message = { ...message, ...next };
    show(hook(article, 'problem'), false);
    for (const there of [frame, hook(article, 'details')]) show(there, true);
    const verdict = message.verdict ?? {};
    const level = levelOf(verdict);
    article.dataset.level = level;
    setText(hook(article, 'subject'), message.subject || t('list.no-subject'));
    setAvatar(hook(article, 'avatar'), message.from?.[0]?.name, domainOf(message), logoOf(verdict) ?? logoOf(message.evidence?.bimi));
    setText(hook(article, 'name'), senderName(message));
    setAddress(hook(article, 'address'), message, verdict);
    hook(article, 'to').textContent = message.to?.length ? t('message.to', { names: listed(message.to.map((m) => m.name || m.email)) }) : '';
    const time = hook(article, 'time');
    time.dateTime = message.receivedAt ?? '';
    time.textContent = message.receivedAt ? longTime(message.receivedAt) : '';
    setSentence(verdict, level);
    setStrip(verdict, level, still);
    attachments.update(message);
    pictures.update(message);
    setNotices();
    setActions(level);
    if (message.evidence) panel.update(message);
    if (message.attachments) setBody();
  }

  // A verdict that arrives before the letter has the room that waiting for it took.
  function keepRoom(level) {
    const high = heightOf(hook(article, 'sentence'));
    setRoom(article.dataset.level === 'unchecked' && level !== 'unchecked' ? `@media screen { .message [data-hook=sentence] { min-height: ${high}px; } }` : '');
  }

  // Over an open letter, all that a verdict can change stays as high as it is, until the reader presses something or the window
  // has another size. What is said in more words than that can be scrolled to.
  function keepPlaces() {
    const scrolled = ['[data-hook=sentence]', '.panel', '.blocked'].map((name) => [name, heightOf(article.querySelector(name))]).filter(([, high]) => high);
    const rules = [...scrolled.map(([name, high]) => `.message ${name} { height: ${high}px; min-height: 0; overflow: auto; }`),
      `.message .head { min-height: ${heightOf(article.querySelector('.head'))}px; }`,
      frame.hidden ? '' : `.message .body { flex: none; height: ${heightOf(frame)}px; }`,
      pane.scrollHeight > pane.clientHeight ? '' : '.pane { scrollbar-width: none; }'];
    setRoom(`@media screen and (${innerWidth - 1}px < width < ${innerWidth + 1}px) and (${innerHeight - 1}px < height < ${innerHeight + 1}px) { ${rules.join(' ')} }`);
  }

  // Loud states say their sentence in the strip; it is not said twice.
  function setSentence(verdict, level) {
    setSeal(hook(article, 'seal'), sealOf(level), level);
    hook(article, 'word').textContent = t('message.word', { word: t(wordOf(level)) });
    setNamed(hook(article, 'sentence'), isLoud(level) ? t(wordOf(level)) : verdict.text ?? t(wordOf(level)), namesOf(verdict));
  }

  // One that comes over an open letter stands at its lower edge, and is told; what was opened without it (a PDF whose links work, an
  // answer, a way off the list) is taken away. One that is over leaves its room empty.
  function setStrip(verdict, level, still) {
    const strip = hook(article, 'strip');
    const loud = isLoud(level);
    const comes = still && loud && strip.hidden;
    if (comes) {
      strip.classList.add('late');
      strip.append(hook(article, 'links'));
      article.append(strip);
    }
    const empty = still && !loud && !strip.hidden;
    strip.classList.toggle('unseen', empty);
    show(strip, loud || empty);
    const subject = hook(article, 'subject');
    if (!loud) {
      subject.removeAttribute('aria-describedby');
      return;
    }
    subject.setAttribute('aria-describedby', 'strip');
    setSeal(hook(article, 'strip-seal'), sealOf(level), level);
    const word = t('attached.word', { word: t(wordOf(level)) });
    hook(article, 'strip-word').textContent = word;
    setNamed(hook(article, 'strip-sentence'), isLate() ? sentences([verdict.text, linksOff()]) : verdict.text, namesOf(verdict));
    hook(article, 'strip-act').textContent = t(actions.junk ? 'message.junk' : 'message.remove');
    if (!comes) return;
    if (takeAway('message')) view.focus();
    announce(sentences([word, verdict.text]));
  }

  const isLate = () => hook(article, 'strip').classList.contains('late');
  const linksOff = () => (isLoud(levelOf(message.verdict)) && message.links?.length ? t('links.off') : '');

  function setNotices() {
    const findings = (message.findings ?? []).filter((word) => notable.includes(word)).map((word) => t(`finding.${word}`));
    show(hook(article, 'links'), Boolean(linksOff()));
    const notices = sentences([isLate() ? '' : linksOff(), pictures.sentence(), message.isEncrypted ? t('message.encrypted') : '', message.bodyFallback ? t('message.text-fallback') : '', ...findings]);
    hook(article, 'notices').textContent = notices;
    show(hook(article, 'blocked'), Boolean(notices));
  }

  // What can be done once the whole message is here; leaving a list is never offered where the verdict is loud.
  function setActions(level) {
    const whole = Boolean(message.evidence);
    const links = message.links?.length ?? 0;
    for (const name of ['how', 'unread', 'raw', 'print', 'reply', 'more-acts', 'flag', 'move']) show(hook(article, name), whole);
    marks();
    for (const name of ['archive', 'remove']) show(hook(article, name), whole && Boolean(actions[name]));
    hook(article, 'all-links').textContent = t('links.all', { count: number(links) });
    show(hook(article, 'all-links'), whole && links > 0);
    const leave = hook(article, 'leave');
    show(leave, whole && !(isLoud(level) && leave.hidden) && leaveOffer(message.evidence.unsubscribe) !== null);
    leave.classList.toggle('unseen', isLoud(level));
  }

  // What may change while it is open.
  function marks() {
    hook(article, 'flag').textContent = t(actions.isStarred(id) ? 'act.unstar' : 'act.star');
  }

  function setBody() {
    const both = Boolean(message.textBody?.length && message.htmlBody?.length && message.textBody[0].part !== message.htmlBody[0].part);
    const button = hook(article, 'switch');
    show(button, both);
    button.textContent = asText ? t('message.html') : t('message.text');
    const part = asText && both ? message.textBody[0].part : undefined;
    const url = api.bodyUrl(id, { links: !isLoud(levelOf(message.verdict)), part, images: pictures.wanted() });
    if (url === shown) return;
    shown = url;
    const fresh = frame.cloneNode(); // a frame sent elsewhere would leave an entry for the Back button
    fresh.src = url;
    frame.replaceWith(fresh);
    frame = fresh;
  }

  // It cannot be opened: why, and a way out. What the list knows stays in the head.
  function fail(text) {
    show(hook(article, 'author'), Boolean(message));
    show(hook(article, 'details'), Boolean(message));
    if (!message) hook(article, 'subject').textContent = t('message.cannot');
    hook(article, 'problem-text').textContent = text;
    show(hook(article, 'problem'), true);
    show(frame, false);
  }

  const view = { id, said: null, update, marks, fail, focus: () => hook(article, 'subject').focus({ preventScroll: true }) };
  return view;
}

const heightOf = (element) => element.getBoundingClientRect().height;

// Whom the sentence can speak of: the author, and the domain that the author's resembles.
const namesOf = (verdict) => [verdict.address, verdict.domain, ...(verdict.reasons ?? []).map((reason) => reason.params?.known)];

function setAddress(element, message, verdict) {
  const from = (message.from ?? []).slice(0, 5).map((mailbox) => mailbox.email);
  element.replaceChildren(...parted(from, (email) => addressOf(email, message, verdict)).flat());
}

// The registrable domain stands out: an organizational domain is what the sender's DNS makes it.
function addressOf(email, message, verdict) {
  const { local, below, org } = splitAddress(email, message.registrableDomain ?? verdict.organizationalDomain);
  const name = document.createElement('span');
  const strong = document.createElement('b');
  setBreakable(name, local + below);
  setBreakable(strong, org);
  return [name, strong];
}

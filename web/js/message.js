// One message: the sentence in our own chrome, the panel, and its body in a frame that can do nothing.
import * as api from './api.js';
import { attachmentsView } from './attachments.js';
import { clone, hook, setBreakable, setNamed, setSeal, setText, show } from './dom.js';
import { listed, longTime, number, parted, sentences, t, translate } from './i18n.js';
import { leaveOffer, openLeave } from './leave.js';
import { openLinks } from './links.js';
import { senderName, setAvatar } from './row.js';
import { panelView } from './panel.js';
import './paper.js';
import { picturesView } from './pictures.js';
import { openReply } from './reply.js';
import { openSource } from './source.js';
import { domainOf, isLoud, levelOf, logoOf, sealOf, splitAddress, wordOf } from './verdict.js';

export function nothingView(pane) {
  const view = clone('t-nothing');
  translate(view);
  pane.replaceChildren(view);
}

// What a careful reader should know of a message's build; other findings stand in the evidence.
const notable = ['hidden-text', 'structure-ambiguous', 'unsafe-file-name', 'too-many-parts', 'links-cut', 'images-cut'];

// `actions`: back(), retry(), unread(id), and junk(id), archive(id), remove(id) or null where there is no such way.
export function messageView(pane, id, actions) {
  const article = clone('t-message').firstElementChild;
  translate(article);
  let frame = hook(article, 'body');
  frame.title = t('message.frame');
  const panel = panelView(hook(article, 'panel'), (next) => update(next));
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
  for (const name of ['unread', 'junk', 'archive', 'remove']) on(name, () => actions[name](id));
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
  for (const [button, folded] of [['how', 'panel'], ['more-acts', 'more-list']]) on(button, () => unfold(hook(article, button), hook(article, folded)));
  pane.replaceChildren(article);

  function unfold(button, folded) {
    const open = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(open));
    show(folded, open);
  }

  function update(next) {
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
    setStrip(verdict, level);
    attachments.update(message);
    pictures.update(message);
    setNotices();
    setActions(level);
    if (message.evidence) panel.update(message);
    if (message.attachments) setBody();
  }

  // Loud states say their sentence in the strip; it is not said twice.
  function setSentence(verdict, level) {
    setSeal(hook(article, 'seal'), sealOf(level), level);
    hook(article, 'word').textContent = t('message.word', { word: t(wordOf(level)) });
    setNamed(hook(article, 'sentence'), isLoud(level) ? t(wordOf(level)) : verdict.text ?? t(wordOf(level)), namesOf(verdict));
  }

  function setStrip(verdict, level) {
    const loud = isLoud(level);
    show(hook(article, 'strip'), loud);
    const subject = hook(article, 'subject');
    if (!loud) {
      subject.removeAttribute('aria-describedby');
      return;
    }
    subject.setAttribute('aria-describedby', 'strip');
    setSeal(hook(article, 'strip-seal'), sealOf(level), level);
    hook(article, 'strip-word').textContent = t('attached.word', { word: t(wordOf(level)) });
    setNamed(hook(article, 'strip-sentence'), verdict.text, namesOf(verdict));
    show(hook(article, 'junk'), Boolean(actions.junk));
  }

  function setNotices() {
    const findings = (message.findings ?? []).filter((word) => notable.includes(word)).map((word) => t(`finding.${word}`));
    const notices = sentences([pictures.sentence(), message.isEncrypted ? t('message.encrypted') : '', message.bodyFallback ? t('message.text-fallback') : '', ...findings]);
    hook(article, 'notices').textContent = notices;
    show(hook(article, 'blocked'), Boolean(notices));
  }

  // What can be done once the whole message is here; leaving a list is never offered where the verdict is loud.
  function setActions(level) {
    const whole = Boolean(message.evidence);
    const links = message.links?.length ?? 0;
    for (const name of ['how', 'unread', 'raw', 'print', 'reply', 'more-acts']) show(hook(article, name), whole);
    for (const name of ['archive', 'remove']) show(hook(article, name), whole && Boolean(actions[name]));
    hook(article, 'all-links').textContent = t('links.all', { count: number(links) });
    show(hook(article, 'all-links'), whole && links > 0);
    show(hook(article, 'leave'), whole && !isLoud(level) && leaveOffer(message.evidence.unsubscribe) !== null);
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

  // It cannot be opened: why, and a way out. What the list knows stays in the head. `passing`: it may work later.
  function fail(text, passing) {
    view.failed = passing;
    show(hook(article, 'author'), Boolean(message));
    show(hook(article, 'details'), Boolean(message));
    if (!message) hook(article, 'subject').textContent = t('message.cannot');
    hook(article, 'problem-text').textContent = text;
    show(hook(article, 'problem'), true);
    show(frame, false);
  }

  const view = { id, said: null, failed: false, update, fail, focus: () => hook(article, 'subject').focus({ preventScroll: true }) };
  return view;
}

// Whom the sentence can speak of: the author, and the domain that the author's resembles.
const namesOf = (verdict) => [verdict.address, verdict.domain, ...(verdict.reasons ?? []).map((reason) => reason.params?.known)];

function setAddress(element, message, verdict) {
  const from = (message.from ?? []).slice(0, 5).map((mailbox) => mailbox.email);
  element.replaceChildren(...parted(from, (email) => addressOf(email, verdict)).flat());
}

// The registrable domain stands out.
function addressOf(email, verdict) {
  const { local, below, org } = splitAddress(email, verdict.organizationalDomain);
  const name = document.createElement('span');
  const strong = document.createElement('b');
  setBreakable(name, local + below);
  setBreakable(strong, org);
  return [name, strong];
}

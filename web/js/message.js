// One message: the sentence in our own chrome, the panel, and its body in a frame that can do nothing.
import * as api from './api.js';
import { clone, hook, setBreakable, setSeal, setText, show } from './dom.js';
import { longTime, size, t, translate } from './i18n.js';
import { openLinks } from './links.js';
import { senderName, setAvatar } from './row.js';
import { panelView } from './panel.js';
import { domainOf, isLoud, levelOf, logoOf, sealOf, splitAddress, wordOf } from './verdict.js';

export function nothingView(pane) {
  const view = clone('t-nothing');
  translate(view);
  pane.replaceChildren(view);
}

// `actions`: back(), retry(), unread(id), junk(id) or null where the mailbox has no such folder.
export function messageView(pane, id, actions) {
  const article = clone('t-message').firstElementChild;
  translate(article);
  let frame = hook(article, 'body');
  frame.title = t('message.frame');
  const panel = panelView(hook(article, 'panel'));
  let shown = null; // what the frame was last sent to
  let asText = false;
  let message = null;

  hook(article, 'back').addEventListener('click', actions.back);
  hook(article, 'subject').addEventListener('click', (event) => event.currentTarget.classList.toggle('whole'));
  hook(article, 'retry').addEventListener('click', actions.retry);
  hook(article, 'unread').addEventListener('click', () => actions.unread(id));
  hook(article, 'junk').addEventListener('click', () => actions.junk(id));
  hook(article, 'links').addEventListener('click', () => openLinks(message?.links ?? []));
  hook(article, 'raw').setAttribute('href', api.rawUrl(id));
  hook(article, 'switch').addEventListener('click', () => {
    asText = !asText;
    setBody();
  });
  hook(article, 'details').addEventListener('click', (event) => {
    const open = article.dataset.details !== 'open';
    article.dataset.details = open ? 'open' : 'folded';
    event.currentTarget.setAttribute('aria-expanded', String(open));
  });
  const how = hook(article, 'how');
  how.addEventListener('click', () => {
    const open = how.getAttribute('aria-expanded') !== 'true';
    how.setAttribute('aria-expanded', String(open));
    show(hook(article, 'panel'), open);
  });
  pane.replaceChildren(article);

  function update(next) {
    message = { ...message, ...next };
    show(hook(article, 'problem'), false);
    show(frame, true);
    const verdict = message.verdict ?? {};
    const level = levelOf(verdict);
    article.dataset.level = level;
    setText(hook(article, 'subject'), message.subject || t('list.no-subject'));
    setAvatar(hook(article, 'avatar'), message.from?.[0]?.name, domainOf(message), logoOf(verdict) ?? logoOf(message.evidence?.bimi));
    setText(hook(article, 'name'), senderName(message));
    setAddress(hook(article, 'address'), message, verdict);
    hook(article, 'to').textContent = message.to?.length ? t('message.to', { names: message.to.map((m) => m.name || m.email).join(', ') }) : '';
    const time = hook(article, 'time');
    time.dateTime = message.receivedAt ?? '';
    time.textContent = message.receivedAt ? longTime(message.receivedAt) : '';
    setSentence(verdict, level);
    setStrip(verdict, level);
    setAttachments(message.attachments ?? []);
    const notices = [message.remoteContent ? t('message.remote') : '', message.isEncrypted ? t('message.encrypted') : '', message.bodyFallback ? t('message.text-fallback') : ''];
    hook(article, 'blocked').textContent = notices.filter(Boolean).join(' ');
    show(hook(article, 'blocked'), notices.some(Boolean));
    if (message.evidence) panel.update(message);
    for (const name of ['how', 'unread', 'raw']) show(hook(article, name), Boolean(message.evidence));
    if (message.attachments) setBody();
  }

  // Loud states say their sentence in the strip; it is not said twice.
  function setSentence(verdict, level) {
    setSeal(hook(article, 'seal'), sealOf(level), level);
    hook(article, 'word').textContent = `${t(wordOf(level))}. `;
    hook(article, 'sentence').textContent = isLoud(level) ? t(wordOf(level)) : verdict.text ?? t(wordOf(level));
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
    hook(article, 'strip-word').textContent = `${t(wordOf(level))}:`;
    hook(article, 'strip-sentence').textContent = verdict.text ?? '';
    show(hook(article, 'junk'), Boolean(actions.junk));
  }

  function setAttachments(list) {
    const items = list.map((part) => {
      const item = clone('t-attachment').firstElementChild;
      hook(item, 'link').setAttribute('href', api.partUrl(id, part.part));
      setText(hook(item, 'name'), part.name || part.type);
      hook(item, 'size').textContent = Number.isFinite(part.size) ? size(part.size) : '';
      return item;
    });
    hook(article, 'attachments').replaceChildren(...items);
    show(hook(article, 'attachments'), items.length > 0);
  }

  function setBody() {
    const both = Boolean(message.textBody?.length && message.htmlBody?.length && message.textBody[0].part !== message.htmlBody[0].part);
    const button = hook(article, 'switch');
    show(button, both);
    button.textContent = asText ? t('message.html') : t('message.text');
    const part = asText && both ? message.textBody[0].part : undefined;
    const url = api.bodyUrl(id, { links: !isLoud(levelOf(message.verdict)), part });
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
    hook(article, 'problem-text').textContent = text;
    show(hook(article, 'problem'), true);
    show(frame, false);
  }

  const view = { id, said: null, failed: false, update, fail, focus: () => hook(article, 'subject').focus({ preventScroll: true }) };
  return view;
}

function setAddress(element, message, verdict) {
  const from = message.from ?? [];
  element.replaceChildren();
  from.slice(0, 5).forEach((mailbox, index) => {
    if (!mailbox.email) return;
    const { local, below, org } = splitAddress(mailbox.email, verdict.organizationalDomain);
    const name = document.createElement('span');
    const strong = document.createElement('b');
    setBreakable(name, local + below);
    setBreakable(strong, org);
    element.append(index ? ', ' : '', name, strong);
  });
}

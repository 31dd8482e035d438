// The list: one <li><a> a message, verdict first in reading order. Rows are made once and updated in place, so that nothing
// moves when a verdict arrives.
import { clone, hook, setSeal, setText, show } from './dom.js';
import { shortTime, t } from './i18n.js';
import { routeTo } from './state.js';
import { domainOf, initialsOf, levelOf, logoOf, sealOf, wordOf } from './verdict.js';

export function listView(root) {
  const rows = hook(root, 'rows');
  const made = new Map();
  let serial = 0;

  function update({ rows: wanted, mailbox, message, loading, onlyUnverified, pages, problem }) {
    hook(root, 'notice-text').textContent = problem ?? '';
    show(hook(root, 'notice'), Boolean(problem));
    if (loading && !wanted.length) {
      made.clear();
      rows.replaceChildren(...Array.from({ length: 8 }, () => clone('t-skeleton').firstElementChild));
      rows.setAttribute('aria-busy', 'true');
    } else {
      rows.removeAttribute('aria-busy');
      place(wanted, mailbox, message);
    }
    const empty = hook(root, 'empty');
    empty.textContent = onlyUnverified ? t('list.empty.unverified') : t('list.empty');
    show(empty, !loading && !wanted.length && !problem && pages.length > 0);
    show(hook(root, 'more'), Boolean(pages.at(-1)?.next));
  }

  function place(wanted, mailbox, message) {
    const focused = rows.contains(document.activeElement) ? document.activeElement : null;
    const keep = new Set(wanted.map((row) => row.id));
    for (const [id, item] of made) {
      if (keep.has(id)) continue;
      item.remove();
      made.delete(id);
    }
    for (const stray of rows.querySelectorAll('.skeleton')) stray.remove();
    let before = rows.firstElementChild;
    for (const row of wanted) {
      let item = made.get(row.id);
      if (!item) {
        item = makeRow(serial += 1);
        made.set(row.id, item);
      }
      fillRow(item, row, mailbox, message);
      if (item === before) before = before.nextElementSibling;
      else rows.insertBefore(item, before);
    }
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  return { update, links: () => [...rows.querySelectorAll('a')] };
}

function makeRow(serial) {
  const item = clone('t-row').firstElementChild;
  const names = ['state', 'who', 'domain', 'subject', 'time'];
  for (const name of names) hook(item, name).id = `row-${serial}-${name}`;
  hook(item, 'link').setAttribute('aria-labelledby', names.map((name) => `row-${serial}-${name}`).join(' '));
  return item;
}

function fillRow(item, row, mailbox, message) {
  const level = levelOf(row.verdict);
  const domain = level === 'own' ? recipientDomain(row) : domainOf(row);
  const link = hook(item, 'link');
  link.setAttribute('href', routeTo(mailbox, row.id));
  if (row.id === message) link.setAttribute('aria-current', 'true');
  else link.removeAttribute('aria-current');
  item.classList.toggle('unread', !row.keywords?.$seen);
  item.dataset.level = level;
  hook(item, 'state').textContent = `${t(wordOf(level))}: `;
  setText(hook(item, 'who'), level === 'own' ? recipientNames(row) : senderName(row));
  hook(item, 'domain').textContent = domain ?? '';
  setSeal(hook(item, 'seal'), sealOf(level), level);
  const word = hook(item, 'word');
  word.textContent = t(wordOf(level));
  word.className = `word level-${level}`;
  setText(hook(item, 'subject'), row.subject || t('list.no-subject'));
  setText(hook(item, 'preview'), row.preview ?? '');
  const time = hook(item, 'time');
  time.dateTime = row.receivedAt ?? '';
  time.textContent = row.receivedAt ? shortTime(row.receivedAt) : '';
  setAvatar(hook(item, 'avatar'), (level === 'own' ? row.to : row.from)?.[0]?.name, domain, logoOf(row.verdict));
}

export function senderName(row) {
  const from = row.from ?? [];
  if (from.length > 1) return t('list.several-senders');
  return from[0]?.name || from[0]?.email || t('list.no-sender');
}

// Mail of one's own is known by whom it went to.
function recipientNames(row) {
  const names = (row.to ?? []).map((m) => m.name || m.email).filter(Boolean);
  return names.length ? t('list.to', { names: names.join(', ') }) : t('list.no-recipient');
}

function recipientDomain(row) {
  return row.to?.length === 1 ? domainOf({ from: row.to }) : null;
}

export function setAvatar(element, name, domain, logo) {
  const { letter, tint } = initialsOf(name, domain);
  element.className = logo ? `avatar logo logo-${logo.type}` : `avatar tint-${tint}`;
  if (logo) {
    const image = document.createElement('img');
    image.alt = '';
    image.src = `${logo.url}?scale=${window.devicePixelRatio > 2 ? 2 : 1}`;
    image.addEventListener('error', () => setAvatar(element, name, domain, null));
    element.replaceChildren(image);
  } else {
    element.textContent = letter;
  }
}

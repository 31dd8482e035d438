// One line of the list: made once, filled again and again. Verdict first in reading order; nothing moves when a verdict arrives.
import { clone, hook, setMarked, setSeal, setText, show } from './dom.js';
import { counted, fullTime, listed, number, shortTime, t } from './i18n.js';
import { domainOf, initialsOf, levelOf, logoOf, sealOf, wordOf } from './verdict.js';

let serial = 0;

export function makeRow() {
  const item = clone('t-row').firstElementChild;
  const names = ['state', 'who', 'domain', 'subject', 'time', 'marks'];
  serial += 1;
  for (const name of [...names, 'pick', 'star', 'thread']) hook(item, name).id = `row-${serial}-${name}`;
  hook(item, 'link').setAttribute('aria-labelledby', names.map((name) => `row-${serial}-${name}`).join(' '));
  for (const name of ['pick', 'star', 'thread']) hook(item, name).setAttribute('aria-labelledby', `row-${serial}-${name} row-${serial}-subject`);
  hook(item, 'pick').setAttribute('aria-label', t('list.pick'));
  hook(item, 'star').setAttribute('aria-label', t('list.star'));
  return item;
}

// `place`: { href, current, picked, position, size, found } of this line; `line` as linesOf makes it.
export function fillRow(item, line, place) {
  const { row } = line;
  const level = levelOf(row.verdict);
  const domain = level === 'own' ? recipientDomain(row) : domainOf(row);
  const link = hook(item, 'link');
  link.setAttribute('href', place.href);
  if (place.current) link.setAttribute('aria-current', 'true');
  else link.removeAttribute('aria-current');
  item.setAttribute('aria-posinset', place.position);
  item.setAttribute('aria-setsize', place.size);
  item.classList.toggle('unread', !row.keywords?.$seen);
  item.classList.toggle('picked', place.picked);
  item.classList.toggle('inside', line.inside);
  item.dataset.level = level;
  hook(item, 'pick').checked = place.picked;
  hook(item, 'state').textContent = t(row.keywords?.$seen ? 'list.state' : 'list.state.unread', { word: t(wordOf(level)) });
  setMarked(hook(item, 'who'), level === 'own' ? recipientNames(row) : senderName(row), found(place, level === 'own' ? 'to' : 'from'));
  setMarked(hook(item, 'domain'), domain ?? '', found(place, level === 'own' ? 'to' : 'from'));
  setSeal(hook(item, 'seal'), sealOf(level), level);
  const word = hook(item, 'word');
  word.textContent = t(wordOf(level));
  word.className = `word level-${level}`;
  setMarked(hook(item, 'subject'), row.subject || t('list.no-subject'), found(place, 'subject'));
  setMarked(hook(item, 'preview'), excerpt(row.preview ?? '', found(place, 'text')), found(place, 'text'));
  const time = hook(item, 'time');
  time.dateTime = row.receivedAt ?? '';
  time.textContent = row.receivedAt ? shortTime(row.receivedAt) : '';
  time.title = row.receivedAt ? fullTime(row.receivedAt) : '';
  hook(item, 'star').setAttribute('aria-pressed', String(Boolean(row.keywords?.$flagged)));
  show(hook(item, 'clip'), row.hasAttachment === true);
  show(hook(item, 'answered'), Boolean(row.keywords?.$answered));
  fillThread(hook(item, 'thread'), line);
  setAvatar(hook(item, 'avatar'), (level === 'own' ? row.to : row.from)?.[0]?.name, domain, logoOf(row.verdict));
}

// The count of a conversation; the gravest verdict that it hides stands beside it.
function fillThread(button, line) {
  show(button, line.count > 1 && !line.inside);
  button.setAttribute('aria-expanded', String(line.open));
  const hidden = line.hides ? t('list.thread.hides', { word: t(wordOf(line.hides)) }) : '';
  button.setAttribute('aria-label', listed([counted('list.thread', line.count), hidden]));
  hook(button, 'count').textContent = number(line.count);
  const seal = hook(button, 'hides');
  seal.toggleAttribute('hidden', !line.hides);
  if (line.hides) setSeal(seal, sealOf(line.hides), line.hides);
}

function found(place, where) {
  return place.found.filter((mark) => mark.in === 'any' || mark.in === where).map((mark) => mark.text);
}

// What was found stands within the line, be it far in the text.
function excerpt(text, words) {
  const small = text.toLowerCase();
  const first = Math.min(...words.map((word) => small.indexOf(word.toLowerCase())).filter((at) => at >= 0));
  if (first <= 36 || first >= text.length) return text;
  const blank = text.indexOf(' ', first - 24);
  const from = blank >= 0 && blank < first ? blank + 1 : first - 12;
  return `…${text.slice(from).replace(/^[\udc00-\udfff]/, '')}`;
}

export function senderName(row) {
  const from = row.from ?? [];
  if (from.length > 1) return t('list.several-senders');
  return from[0]?.name || from[0]?.email || t('list.no-sender');
}

// Mail of one's own is known by whom it went to.
function recipientNames(row) {
  const names = (row.to ?? []).map((m) => m.name || m.email).filter(Boolean);
  return names.length ? t('list.to', { names: listed(names) }) : t('list.no-recipient');
}

function recipientDomain(row) {
  return row.to?.length === 1 ? domainOf({ from: row.to }) : null;
}

export function setAvatar(element, name, domain, logo) {
  const { letter, tint } = initialsOf(name, domain);
  const wanted = logo ? `avatar logo logo-${logo.type}` : `avatar tint-${tint}`;
  const source = logo ? `${logo.url}?scale=${window.devicePixelRatio > 2 ? 2 : 1}` : letter;
  if (element.className === wanted && element.dataset.shows === source) return; // a picture that is there is not fetched again
  element.className = wanted;
  element.dataset.shows = source;
  if (logo) {
    const image = document.createElement('img');
    image.alt = '';
    image.src = source;
    // A row that shows another sender by now is told of the first one's picture, too.
    image.addEventListener('error', () => { if (image.parentElement === element) setAvatar(element, name, domain, null); });
    element.replaceChildren(image);
  } else {
    element.textContent = letter;
  }
}

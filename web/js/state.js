// What the page knows. Pure functions over plain objects; nothing here touches the document or the network.
import { nonePicked } from './picked.js';

export function newState() {
  return {
    mailboxes: [], mailbox: null, query: '', onlyUnverified: false, // what is asked for
    rows: [], pages: [], found: [], loading: false, problem: null, fresh: 0, // what came
    message: null, picked: nonePicked, opened: new Set(), more: new Map(), leaving: new Set(), // what is done with it
  };
}

// Another mailbox, search or filter: nothing of the old list stays.
export function emptyList(state, scope) {
  Object.assign(state, scope, { rows: [], pages: [], found: [], fresh: 0, picked: nonePicked, opened: new Set(), more: new Map() });
}

// The rows to show: those of the pages, what was fetched to complete an opened conversation, without those on their way out.
export function shownRows({ rows, more, opened, leaving }) {
  const known = new Set(rows.map((row) => row.id));
  const extra = [...opened].flatMap((thread) => more.get(thread) ?? []).filter((row) => !known.has(row.id));
  return rows.concat(extra).filter((row) => !leaving.has(row.id));
}

// A fresh first page over what is shown: rows keep their place by id, newest first; what is older than the page stays, unless
// the page says that nothing older is left.
export function mergeFirstPage(rows, page, next) {
  const fresh = new Set(page.map((row) => row.id));
  if (!page.length || next === null) return page.slice();
  const last = page[page.length - 1];
  const at = rows.findIndex((row) => row.id === last.id);
  const older = at < 0 ? [] : rows.slice(at + 1).filter((row) => !fresh.has(row.id));
  return page.concat(older);
}

// The same where the rows say nothing of how far a page reaches, because a filter leaves some or all of them out: `known` are the ids
// that stood where `now` stands; what is in neither stays.
export function replaceTop(rows, known, now) {
  const replaced = new Set([...known, ...now.map((row) => row.id)]);
  return now.concat(rows.filter((row) => !replaced.has(row.id)));
}

// How many rows of a fresh first page stand above all that was known.
export function countFresh(rows, page) {
  const known = new Set(rows.map((row) => row.id));
  const first = page.findIndex((row) => known.has(row.id));
  return known.size === 0 ? 0 : first < 0 ? page.length : first;
}

export function appendPage(rows, page) {
  const known = new Set(rows.map((row) => row.id));
  return rows.concat(page.filter((row) => !known.has(row.id)));
}

// The pages to ask again: the first one always (new mail is there), an older one while it holds an unchecked row, or one whose logo
// is being looked for, and one of which something may be gone as soon as it is looked at: `near` are the ids near the view.
export function pagesToAsk(pages, rows, near = new Set()) {
  const open = new Set(rows.filter((row) => hasUnchecked([row])).map((row) => row.id));
  return pages.filter((page, index) => index === 0 || page.ids.some((id) => open.has(id)) || isLookedAt(page, near));
}

export const isLookedAt = (page, near) => Boolean(page.stale) && page.ids.some((id) => near.has(id));

// Rows as an older page has them now; what the page no longer has is gone, and what took its place at the page's end is there.
export function updateRows(rows, page, fresh) {
  const now = new Map(fresh.map((row) => [row.id, row]));
  const gone = new Set(page.ids.filter((id) => !now.has(id)));
  const known = new Set(rows.map((row) => row.id));
  const next = rows.map((row) => now.get(row.id) ?? row);
  const end = next.findLastIndex((row) => now.has(row.id) || gone.has(row.id));
  next.splice(end + 1, 0, ...fresh.filter((row) => !known.has(row.id)));
  return next.filter((row) => !gone.has(row.id));
}

export function hasUnchecked(rows) {
  return rows.some((row) => !row.verdict || row.verdict.level === 'unchecked' || row.verdict.logoPending);
}

// 1, 2, 4 … seconds, never more than 30.
export function pollDelay(attempt) {
  return Math.min(2 ** attempt, 30) * 1000;
}

const order = { inbox: 0, flagged: 1, important: 2, archive: 3, sent: 4, drafts: 5, junk: 6, trash: 7, all: 8 };

export const hasRole = (mailbox) => Boolean(mailbox.role && mailbox.role !== 'none');

// Folders with a role first, in the order people know; then the others by name.
export function sortMailboxes(mailboxes, locale) {
  const rank = (m) => order[m.role] ?? 99;
  return mailboxes.slice().sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, locale));
}

// #/MAILBOX/MESSAGE?q=…&only=unverified, #about, #people, or #brand/DOMAIN?selector=…: what is shown, and where the Back button leads.
export function parseRoute(hash) {
  const [path, search = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const [first, second, third] = path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return '';
    }
  });
  const query = new URLSearchParams(search);
  if (first === 'brand') return { view: 'brand', domain: second || null, selector: query.get('selector'), mailbox: null, message: null, query: '', onlyUnverified: false };
  return { view: ['about', 'people'].includes(path) ? path : 'mail', mailbox: second || null, message: third || null, query: query.get('q') ?? '', onlyUnverified: query.get('only') === 'unverified' };
}

export function brandRoute(domain, selector) {
  return `#brand/${encodeURIComponent(domain)}${selector ? `?${new URLSearchParams({ selector })}` : ''}`;
}

export function routeTo({ mailbox, message, query, onlyUnverified }) {
  const search = new URLSearchParams({ ...(query ? { q: query } : {}), ...(onlyUnverified ? { only: 'unverified' } : {}) }).toString();
  return `#/${encodeURIComponent(mailbox)}${message ? `/${encodeURIComponent(message)}` : ''}${search ? `?${search}` : ''}`;
}

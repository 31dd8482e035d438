// What the page knows. Pure functions over plain objects; nothing here touches the document or the network.

export function newState() {
  return { session: null, mailboxes: [], mailbox: null, rows: [], pages: [], onlyUnverified: false, loading: false, problem: null, message: null };
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

export function appendPage(rows, page) {
  const known = new Set(rows.map((row) => row.id));
  return rows.concat(page.filter((row) => !known.has(row.id)));
}

// The pages to ask again: the first one always (new mail is there), an older one while it holds an unchecked row, or one whose logo
// is being looked for.
export function pagesToAsk(pages, rows) {
  const open = new Set(rows.filter((row) => hasUnchecked([row])).map((row) => row.id));
  return pages.filter((page, index) => index === 0 || page.ids.some((id) => open.has(id)));
}

// Rows as an older page has them now; what the page no longer has is gone.
export function updateRows(rows, page, fresh) {
  const now = new Map(fresh.map((row) => [row.id, row]));
  const gone = new Set(page.ids.filter((id) => !now.has(id)));
  return rows.filter((row) => !gone.has(row.id)).map((row) => now.get(row.id) ?? row);
}

export function hasUnchecked(rows) {
  return rows.some((row) => !row.verdict || row.verdict.level === 'unchecked' || row.verdict.logoPending);
}

// 1, 2, 4 … seconds, never more than 30.
export function pollDelay(attempt) {
  return Math.min(2 ** attempt, 30) * 1000;
}

const order = { inbox: 0, flagged: 1, important: 2, archive: 3, sent: 4, drafts: 5, junk: 6, trash: 7, all: 8 };

// Folders with a role first, in the order people know; then the others by name.
export function sortMailboxes(mailboxes, locale) {
  const rank = (m) => order[m.role] ?? 99;
  return mailboxes.slice().sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, locale));
}

export function parseRoute(hash) {
  const parts = hash.replace(/^#\/?/, '').split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return '';
    }
  });
  return { mailbox: parts[0] || null, message: parts[1] || null };
}

export function routeTo(mailbox, message) {
  return `#/${encodeURIComponent(mailbox)}${message ? `/${encodeURIComponent(message)}` : ''}`;
}

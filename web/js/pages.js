// The pages of the list that is shown: asked for, asked again while verdicts are due, added to at the end. A newer question
// makes answers to an older one void.
import * as api from './api.js';
import { appendPage, countFresh, hasUnchecked, isLookedAt, mergeFirstPage, pagesToAsk, pollDelay, replaceTop, updateRows } from './state.js';

const emptyPages = 4; // of a filter, one after another, before a person is asked whether to look further
const live = 3; // the attempt that polling begins with while the service tells of verdicts by itself

// `tells`: changed(), worked(), failed(error), fresh(count), isLive(), near(): the ids of the rows near the view. `signal` ends it.
export function newPages(state, tells, signal) {
  let timer = null;
  let attempt = 0;
  let turn = 0;
  let asking = false;
  let due = false; // something happened since what is on its way was asked for
  let older = null; // the page that is on its way
  let empty = 0;
  let stuck = false; // the last older page did not come; only a person tries again

  const scope = () => ({ mailbox: state.mailbox, q: state.query, unverified: state.onlyUnverified });

  function stop() {
    clearTimeout(timer);
    timer = null;
  }

  // `first`: the answer to the first page, if it was asked for before there was a list.
  async function refresh(first) {
    if (signal.aborted) return;
    if (!state.pages.length) older = null; // it was another list's
    attempt = tells.isLive() ? live : 0;
    stuck = false;
    empty = 0;
    state.loading = !state.rows.length;
    tells.changed();
    await ask(first);
  }

  // The first page, and those older ones of which something else may be true by now; an unchanged page costs a 304.
  async function ask(first) {
    stop();
    asking = true;
    due = false;
    const mine = turn += 1;
    const asked = state.pages.length ? pagesToAsk(state.pages, state.rows, near()) : [{ before: null, ids: [] }];
    const where = scope();
    try {
      for (const page of asked) {
        if (page.before && !state.pages.includes(page)) continue; // all of the first one is new: the list begins again
        const answer = await (first ?? api.getMessages(where.mailbox, { ...where, before: page.before, etag: page.etag }));
        if (signal.aborted || mine !== turn) return;
        const bridge = answer.status === 200 && moved(page, answer.json) ? await askBridge(where, answer.json.next) : null;
        if (signal.aborted || mine !== turn) return;
        page.stale = false;
        if (answer.status === 200) take(page, answer, bridge);
        first = null;
      }
      state.loading = false;
      tells.worked();
    } catch (error) {
      if (signal.aborted || mine !== turn) return;
      state.loading = false;
      due = false; // it is asked for again anyway
      tells.failed(error);
    }
    asking = false;
    tells.changed();
    if (due) ask();
    else schedule();
  }

  // Something happened. An answer that is on its way is shown all the same, or a service that tells of much would never let one come.
  function heard() {
    if (asking) due = true;
    else ask();
  }

  const near = () => (state.pages.some((page) => page.stale) ? tells.near() : new Set());

  // Something left the mailbox, nobody says what: each older page is asked again when it is looked at.
  function removed() {
    doubt();
    heard();
  }

  // The same after nobody listened for a while: what is on its way may never come.
  function missed() {
    doubt();
    ask();
  }

  function doubt() {
    for (const page of [...state.pages.slice(1), older ?? {}]) page.stale = true;
  }

  // Other rows are near the view.
  function looked() {
    const now = near();
    if (!asking && !state.problem && state.pages.some((page) => isLookedAt(page, now))) ask();
  }

  // With a filter, a page is what is left of so many letters. New ones push its end up, and what fell out of it stands in no page that
  // is known: the one that follows now is asked for too, and reaches over where the old one ended.
  const moved = (page, json) => !page.before && state.onlyUnverified && state.pages.length > 1 && json.next !== null && json.next !== page.next
    && Math.abs(json.total - page.total) < api.pageSize;

  async function askBridge(where, next) {
    const bridge = { before: next, ids: [], isBridge: true };
    const { etag, json } = await api.getMessages(where.mailbox, { ...where, before: next });
    note(bridge, etag, json);
    return { page: bridge, messages: json.messages };
  }

  function take(page, { etag, json }, bridge) {
    if (page.before) state.rows = updateRows(state.rows, page, json.messages);
    else takeFirst(page, json, bridge);
    if (!state.pages.includes(page)) state.pages.push(page);
    note(page, etag, json);
  }

  function takeFirst(page, json, bridge) {
    const count = countFresh(state.rows, json.messages);
    if (json.total < page.total + count) doubt();
    const isLong = state.pages.length > 1 && json.next !== null;
    if (isLong && (bridge || json.next === page.next)) {
      state.rows = replaceTop(state.rows, page.ids, json.messages.concat(bridge?.messages ?? []));
      if (bridge) insert(bridge.page);
    } else if (isLong && count < json.messages.length) {
      state.rows = mergeFirstPage(state.rows, json.messages, json.next);
    } else {
      state.rows = json.messages;
      state.pages = state.pages.slice(0, 1);
    }
    if (count) tells.fresh(count);
  }

  // After the first page; an earlier bridge goes once all that it holds stands in another page.
  function insert(bridge) {
    const [first, ...older] = state.pages;
    const held = new Set([bridge, ...older.filter((page) => !page.isBridge)].flatMap((page) => page.ids));
    state.pages = [first, bridge, ...older.filter((page) => !page.isBridge || page.ids.some((id) => !held.has(id)))];
  }

  function note(page, etag, json) {
    Object.assign(page, { etag, next: json.next, total: json.total, ids: json.messages.map((row) => row.id) });
    state.found = json.search?.highlight ?? [];
  }

  // Rows that are still unchecked: ask again after 1, 2, 4 … s, at most 30 s apart.
  function schedule() {
    stop();
    if (signal.aborted || (!hasUnchecked(state.rows) && !state.problem)) return;
    timer = setTimeout(ask, pollDelay(attempt));
    attempt += 1;
  }

  // The next older page. By scrolling, unless the last one did not come or several came empty; by its button, always.
  async function more(byHand = false) {
    const next = state.pages.at(-1)?.next;
    if (older || !next || state.loading || (!byHand && (stuck || empty >= emptyPages))) return;
    if (byHand) empty = 0;
    const where = scope();
    const page = { before: next, ids: [] };
    older = page;
    const same = () => !signal.aborted && older === page && state.pages.at(-1)?.next === next && Object.entries(scope()).every(([name, value]) => where[name] === value);
    try {
      const { etag, json } = await api.getMessages(where.mailbox, { ...where, before: page.before });
      if (!same()) return;
      stuck = false;
      empty = json.messages.length ? 0 : empty + 1;
      state.rows = appendPage(state.rows, json.messages);
      state.pages.push(page);
      note(page, etag, json);
      tells.worked();
      if (!timer) schedule();
    } catch (error) {
      if (!same()) return;
      stuck = true;
      tells.failed(error);
    } finally {
      if (older === page) older = null;
    }
    tells.changed();
  }

  return {
    refresh,
    ask,
    heard,
    removed,
    missed,
    looked,
    more,
    stop,
    // Whether a person has to ask for what is older.
    needsHand: () => Boolean(state.pages.at(-1)?.next) && (stuck || empty >= emptyPages),
  };
}

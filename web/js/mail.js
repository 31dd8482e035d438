// The mail view: folders, list and message, and the one state behind them. Views are handed the state; what they ask for comes
// back here.
import { newActions } from './actions.js';
import * as api from './api.js';
import { chooseMailbox } from './ask.js';
import { barView } from './bar.js';
import { takeAway } from './dialog.js';
import { announce, clone, hook, show, style, watchFocus } from './dom.js';
import { listen } from './events.js';
import { foldersView, mailboxName } from './folders.js';
import * as i18n from './i18n.js';
import { installKeys, showKeys } from './keys.js';
import { keyTable } from './keytable.js';
import { installDividers } from './layout.js';
import { listView } from './list.js';
import { newPages } from './pages.js';
import { all, extend, nonePicked, prune, toggle } from './picked.js';
import * as prefs from './prefs.js';
import { sentenceOf } from './problem.js';
import { newReader } from './reader.js';
import { emptyList, newState, parseRoute, pollDelay, routeTo, shownRows, sortMailboxes } from './state.js';
import { linesOf } from './threads.js';
import { dismiss, toast } from './toast.js';

const { sentences, t } = i18n;
const countsAfter = 3000; // ms from the last change to asking for the folders' counts again

// Shows the mail of `session` in `app`. `shell`: languages(element), signOut(), ended(text). `early`: what was asked for before
// anybody knew who is signed in, { mailboxes, id, page }, or nothing. Returns what ends it, and returns what a session of the same
// account can go on with: `kept`.
export function startMail(app, session, shell, early, kept) {
  const state = { ...newState(), ...kept?.state };
  const controller = new AbortController(); // of every listener on window and document
  const { signal } = controller;
  let lines = [];
  let retrying = null;
  let counting = null;
  let events = null;
  let attempt = 0;
  let loads = 0;
  let missing = 0; // how often a page could not be loaded
  let turn = 0; // of the address that was followed last: what an earlier one still waited for is void

  app.replaceChildren(clone('t-frame'));
  Object.assign(app.dataset, { view: 'mail', reading: 'no', folders: 'closed' });
  i18n.translate(app);
  const pane = hook(app, 'pane');
  const pages = newPages(state, { changed: draw, worked, failed, fresh, isLive: () => Boolean(events?.isLive()), near: () => new Set([...list.near(), ...state.picked.ids]) }, signal);
  const act = newActions(state, { changed: draw, refresh: () => { pages.refresh(); countSoon(); }, left, ended: (error) => shell.ended(sentences([ending(error), t('problem.not-done')])), mailboxName }, signal);
  const list = listView(hook(app, 'list'), { older: () => pages.more(), top: nothingFresh, looked: () => pages.looked() });
  const folders = foldersView(hook(app, 'folders'), { chosen: () => setFolders(false) });
  const bar = barView(hook(app, 'list'), {
    filter: () => go({ message: null, onlyUnverified: !state.onlyUnverified }), search,
    none: pickNone, all: () => pick(all(lines.flatMap((line) => line.ids))), archive: () => act.archive(targets()), remove: () => act.remove(targets()),
    move: () => chooseFolder(targets()), read: toggleRead, star: toggleStar,
  });
  const reader = newReader(pane, state, { actions: messageActions, seen: act.setSeen, draw, words: (error) => sentenceOf(error, 'message'), ended, askAgain: () => pages.refresh() });
  const table = () => keyTable({ list, lines: () => lines, state, act, bar, targets, pickAt, pickNone, pickAll: () => pick(all(lines.flatMap((line) => line.ids))), chooseFolder, toggleRead, toggleStar, back, go, help, escape, pane });

  wire();
  reader.open(null);
  load(early);
  if (kept) list.goTo(kept.place);
  events = listen({ mail: mailArrived, changed: () => state.mailbox && pages.heard(), removed: () => state.mailbox && pages.removed(), missed: () => state.mailbox && pages.missed(), verdict: verdictArrived, ended, poll: () => state.mailbox && pages.ask() }, signal);

  return () => {
    pages.stop();
    clearTimeout(retrying);
    clearTimeout(counting);
    controller.abort();
    reader.forget();
    takeAway();
    dismiss();
    const { mailbox, query, onlyUnverified, rows, pages: known, found, picked, opened, more } = state;
    return { username: session.account?.username, place: list.place(), state: { mailbox, query, onlyUnverified, rows, pages: known, found, picked, opened, more } };
  };

  function wire() {
    hook(app, 'nav').setAttribute('aria-label', t('folders.label'));
    hook(app, 'account').textContent = session.account?.username ?? '';
    shell.languages(hook(app, 'languages'));
    hook(app, 'signout').addEventListener('click', signOut);
    hook(app, 'keys').addEventListener('click', help);
    hook(app, 'more').addEventListener('click', () => pages.more(true));
    hook(app, 'again').addEventListener('click', again);
    hook(app, 'empty-back').addEventListener('click', () => go({ message: null, query: '', onlyUnverified: false }));
    hook(app, 'show-fresh').addEventListener('click', () => {
      list.toTop();
      list.focus(0);
      nothingFresh();
    });
    hook(app, 'rows').addEventListener('click', rowClicked);
    hook(app, 'show-folders').addEventListener('click', (event) => {
      event.stopPropagation();
      setFolders(app.dataset.folders !== 'open');
    });
    app.addEventListener('click', (event) => {
      if (app.dataset.folders === 'open' && !event.target.closest('.folders')) setFolders(false);
    }, { signal });
    window.addEventListener('hashchange', follow, { signal });
    window.addEventListener('online', again, { signal });
    installDividers(app);
    installKeys(table, signal);
  }

  // Not done is not said to be done.
  async function signOut() {
    try {
      await shell.signOut();
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
      toast(sentenceOf(error), { retry: signOut });
    }
  }

  function help() {
    showKeys(table);
  }

  function escape() {
    if (app.dataset.folders === 'open') {
      setFolders(false);
      hook(app, 'show-folders').focus();
    } else if (state.picked.ids.size) {
      pickNone();
    } else {
      return false;
    }
    return true;
  }

  function setFolders(opened) {
    app.dataset.folders = opened ? 'open' : 'closed';
    hook(app, 'show-folders').setAttribute('aria-expanded', String(opened));
    if (opened) hook(app, 'folders').querySelector('[aria-current], a')?.focus();
  }

  function again() {
    return state.mailboxes.length ? pages.refresh() : load();
  }

  // The list is painted as soon as it comes, be it before the folders. One that does not come is asked for again with them.
  async function paint(page) {
    const answer = await page.catch(() => null);
    if (!answer || signal.aborted || state.mailbox) return;
    emptyList(state, { mailbox: answer.json.mailbox, query: '', onlyUnverified: false });
    await pages.refresh(page);
  }

  // Folders first; while they cannot be had, again and again by itself. The problem stays said until something works.
  async function load(asked) {
    clearTimeout(retrying);
    const mine = loads += 1;
    const isLast = () => mine === loads && !signal.aborted;
    state.loading = state.loading || !state.mailbox;
    draw();
    if (asked?.page) paint(asked.page);
    try {
      const { json } = await (asked?.mailboxes ?? api.getMailboxes());
      if (!isLast()) return;
      takeMailboxes(json);
      attempt = 0;
      draw();
      if (kept) pages.removed(); // or whatever happened meanwhile
      kept = null;
      await follow(null, asked);
      reader.prepare();
    } catch (error) {
      if (!isLast()) return;
      state.loading = false;
      failed(error);
      if (!signal.aborted) retrying = setTimeout(load, pollDelay(attempt)); // unless that ended it
      attempt += 1;
    }
  }

  function takeMailboxes({ mailboxes }) {
    state.mailboxes = sortMailboxes(mailboxes, i18n.language());
    prefs.set('inbox', inbox()?.id ?? null);
  }

  function inbox() {
    return state.mailboxes.find((m) => m.role === 'inbox') ?? state.mailboxes[0];
  }

  // The numbers beside the folders, some time after the last change.
  function countSoon() {
    clearTimeout(counting);
    if (signal.aborted) return;
    counting = setTimeout(async () => {
      try {
        const { json } = await api.getMailboxes();
        if (signal.aborted) return;
        takeMailboxes(json);
        draw();
      } catch { /* they are only numbers; the list says what is wrong */ }
    }, countsAfter);
  }

  // What the address bar says is what is shown, and at once: nothing that is done meanwhile is done to a message of another list.
  async function follow(event, asked) {
    if (event) takeAway();
    const mine = turn += 1;
    const isLast = () => mine === turn && !signal.aborted;
    const route = parseRoute(location.hash);
    const mailbox = state.mailboxes.some((m) => m.id === route.mailbox) ? route.mailbox : inbox()?.id;
    const scope = route.view !== 'mail' && state.mailbox ? null : { mailbox, query: route.query, onlyUnverified: route.onlyUnverified };
    const changed = scope && Object.entries(scope).some(([name, value]) => state[name] !== value);
    let refreshed = null;
    if (changed && mailbox) {
      emptyList(state, scope);
      list.toTop();
      const isAsked = asked?.id === mailbox || (asked?.id === 'inbox' && mailbox === inbox()?.id);
      refreshed = pages.refresh(isAsked && !scope.query && !scope.onlyUnverified ? asked.page : null);
      if (route.view !== 'mail') await refreshed;
    }
    if (!isLast()) return;
    if (route.view !== 'mail') await showPage(route, isLast);
    else if (app.dataset.reading === 'about' || route.message !== state.message) await openMessage(route.message);
    if (!route.message) await refreshed;
  }

  function go(change) {
    location.hash = routeTo({ mailbox: state.mailbox, query: state.query, onlyUnverified: state.onlyUnverified, message: state.message, ...change });
  }

  function search(text) {
    if (text === state.query) return;
    go({ message: null, query: text });
    announce(text ? t('search.searching') : '');
  }

  // What stands in the place of a message, loaded when it is asked for: settings, whom the reader knows, the checker for senders.
  async function showPage(route, isLast) {
    const view = {
      about: async () => (await import('./about.js')).aboutView,
      brand: async () => (await import('./brand.js')).brandView,
      people: async () => (await import('./people.js')).peopleView,
    }[route.view];
    const mayFocus = watchFocus();
    const [fill] = await Promise.all([view(), style('about')]).catch(() => []);
    if (!isLast()) return;
    if (!fill) {
      tell(t('problem.offline'));
      draw();
      setTimeout(() => { if (isLast()) follow(); }, pollDelay(missing));
      missing += 1;
      return;
    }
    if (missing) tell(null);
    missing = 0;
    reader.forget();
    state.message = null;
    app.dataset.reading = 'about';
    setFolders(false);
    fill(pane, { ...route, languages: shell.languages, back: routeTo(state), session, changed: draw, stale: () => pages.ask(), ended, mayFocus });
    draw();
  }

  function draw() {
    if (signal.aborted) return;
    state.picked = prune(state.picked, shownRows(state));
    const grouped = prefs.groups.isOn() && !state.query && !state.onlyUnverified;
    lines = linesOf(shownRows(state), { grouped, opened: state.opened });
    folders.update(state);
    bar.update(state, { canArchive: act.canArchive(), pickedRows: shownRows(state).filter((row) => state.picked.ids.has(row.id)) });
    hook(app, 'notice-text').textContent = state.problem ?? '';
    show(hook(app, 'notice'), Boolean(state.problem));
    show(hook(app, 'more-line'), pages.needsHand());
    show(hook(app, 'fresh'), state.fresh > 0);
    hook(app, 'show-fresh').textContent = i18n.counted('list.fresh', state.fresh);
    hook(app, 'list').classList.toggle('picking', state.picked.ids.size > 0);
    list.update({ ...state, lines });
    reader.refresh();
  }

  // ---- new mail and verdicts, as the service tells of them

  function mailArrived(mailbox) {
    if (mailbox === state.mailbox) pages.heard();
    countSoon();
  }

  function verdictArrived({ id, verdict }) {
    if (!verdict) return;
    const row = shownRows(state).find((r) => r.id === id);
    if (!row) {
      reader.hear(id, verdict);
      return;
    }
    row.verdict = verdict;
    draw();
  }

  function fresh(count) {
    announce(i18n.counted('list.fresh', count));
    const busy = !list.isAtTop() || hook(app, 'rows').contains(document.activeElement) || state.picked.ids.size;
    if (busy) state.fresh += count;
    countSoon();
  }

  function nothingFresh() {
    if (!state.fresh) return;
    state.fresh = 0;
    draw();
  }

  // ---- picking, and what it is for

  function pick(next) {
    state.picked = next;
    draw();
    announce(next.ids.size ? t('list.picked', { count: i18n.number(next.ids.size) }) : '');
  }

  function pickNone() {
    pick(nonePicked);
  }

  // A line stands for all messages that it folds away.
  function pickLine(line, ranged) {
    const on = !line.ids.every((id) => state.picked.ids.has(id));
    if (ranged && state.picked.anchor) return pick(extend(state.picked, line.row.id, lines.flatMap((l) => l.ids)));
    return pick({ ...line.ids.reduce((picked, id) => toggle(picked, id, on), state.picked), anchor: line.row.id });
  }

  function pickAt(at, ranged) {
    if (lines[at]) pickLine(lines[at], ranged);
  }

  // Ids an action is for: what is picked, else the line that has the focus, else the opened message.
  function targets() {
    if (state.picked.ids.size) return [...state.picked.ids];
    const line = list.lineOf(document.activeElement);
    if (line) return line.ids;
    return state.message ? [state.message] : [];
  }

  function rowClicked(event) {
    const line = list.lineOf(event.target);
    const control = event.target.closest('[data-hook=pick], [data-hook=star], [data-hook=thread], [data-hook=link]')?.dataset.hook;
    if (!line || !control) return;
    if (control === 'pick') pickLine(line, event.shiftKey);
    else if (control === 'star') act.setKeyword([line.row.id], '$flagged', !line.row.keywords?.$flagged);
    else if (control === 'thread') openThread(line);
    else if (event.shiftKey) {
      event.preventDefault();
      pickLine(line, true);
    }
  }

  async function openThread(line) {
    const { thread } = line;
    const { more } = state; // of this list; another one has its own
    if (state.opened.delete(thread)) return draw();
    state.opened.add(thread);
    draw();
    try {
      const { json } = await api.getMessages(state.mailbox, { thread: line.row.id, limit: 100 });
      more.set(thread, json.messages);
      return draw();
    } catch (error) {
      return state.more === more && failed(error, 'either');
    }
  }

  function toggleRead() {
    const ids = targets();
    act.setKeyword(ids, '$seen', shownRows(state).some((row) => ids.includes(row.id) && !row.keywords?.$seen));
  }

  function toggleStar() {
    const ids = targets();
    act.setKeyword(ids, '$flagged', shownRows(state).some((row) => ids.includes(row.id) && !row.keywords?.$flagged));
  }

  async function chooseFolder(ids) {
    if (!ids.length) return;
    const others = state.mailboxes.filter((m) => m.selectable !== false && m.id !== state.mailbox);
    const mailbox = await chooseMailbox(others, mailboxName, i18n.counted('chooser.title', ids.length));
    if (mailbox) act.move(ids, mailbox);
  }

  // Messages that leave: the focus goes to the line that takes their place, and an open message closes.
  function left(ids) {
    const at = list.indexOf(ids[0]);
    const held = hook(app, 'list').contains(document.activeElement) || document.activeElement === document.body;
    const closes = ids.includes(state.message);
    if (closes) go({ message: null });
    draw();
    if (held || closes) list.focus(Math.max(0, at));
  }

  // ---- the open message

  async function openMessage(id) {
    state.message = id;
    app.dataset.reading = id ? 'yes' : 'no';
    draw();
    await reader.open(id);
  }

  function messageActions(id) {
    const own = state.mailboxes.find((m) => m.id === state.mailbox)?.role;
    return {
      back, retry: () => openMessage(id), unread,
      isStarred: (of) => Boolean(shownRows(state).find((row) => row.id === of)?.keywords?.$flagged),
      star: (of, on) => act.setKeyword([of], '$flagged', on),
      move: (of) => chooseFolder([of]),
      archive: own === 'archive' ? null : (of) => act.archive([of]),
      remove: (of) => act.remove([of]),
      junk: own === 'junk' ? null : (of) => act.junk([of]),
    };
  }

  function unread(id) {
    act.setKeyword([id], '$seen', false);
    back();
  }

  function back() {
    const at = list.indexOf(state.message);
    if (state.message || app.dataset.reading === 'about') go({ message: null });
    app.dataset.reading = 'no'; // a hidden list takes no focus
    list.focus(Math.max(0, at));
  }

  // ---- what goes wrong

  function worked() {
    const isNew = state.problem !== null;
    tell(null);
    if (isNew) reader.worked();
    act.settle();
  }

  // The list's own line: what is wrong, until something works again.
  function tell(problem) {
    if (problem && problem !== state.problem) announce(problem);
    state.problem = problem;
  }

  // A session that is over, or a password that the mail server takes no more.
  function ending(error) {
    return error?.code === 'wrong-password' ? error.message : t('problem.expired');
  }

  function ended(error) {
    if (!signal.aborted) shell.ended(ending(error));
  }

  function failed(error, about = 'folder') {
    if (signal.aborted) return;
    if (!(error instanceof api.Problem)) throw error;
    if (error.status === 401) ended(error);
    else tell(sentenceOf(error, about));
    draw();
  }
}

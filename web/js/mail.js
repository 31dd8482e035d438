// The mail view: folders, list and message, and the one state behind them. Views are handed the state; what they ask for comes
// back here.
import * as api from './api.js';
import { announce, clone, hook, setText } from './dom.js';
import * as i18n from './i18n.js';
import { installKeys } from './keys.js';
import { listView } from './list.js';
import { messageView, nothingView } from './message.js';
import { appendPage, hasUnchecked, mergeFirstPage, newState, pagesToAsk, parseRoute, pollDelay, routeTo, sortMailboxes, updateRows } from './state.js';
import { levelOf } from './verdict.js';

const { t } = i18n;

// Shows the mail of `session` in `app`. `shell`: languages(element), signOut(), ended(). Returns what ends it.
export function startMail(app, session, shell) {
  const state = newState();
  const poll = { timer: null, attempt: 0 };
  const controller = new AbortController(); // of every listener on window and document
  const { signal } = controller;
  let open = null; // the message view

  app.replaceChildren(clone('t-frame'));
  Object.assign(app.dataset, { view: 'mail', reading: 'no', folders: 'closed' });
  i18n.translate(app);
  const list = listView(hook(app, 'list'));
  const pane = hook(app, 'pane');
  hook(app, 'nav').setAttribute('aria-label', t('folders.label'));
  hook(app, 'account').textContent = session.account?.username ?? '';
  shell.languages(hook(app, 'languages'));
  hook(app, 'signout').addEventListener('click', shell.signOut);
  hook(app, 'more').addEventListener('click', older);
  hook(app, 'again').addEventListener('click', ask);
  hook(app, 'filter').addEventListener('click', toggleFilter);
  hook(app, 'show-folders').addEventListener('click', (event) => {
    event.stopPropagation();
    setFolders(app.dataset.folders !== 'open');
  });
  app.addEventListener('click', (event) => {
    if (app.dataset.folders === 'open' && !event.target.closest('.folders')) setFolders(false);
  }, { signal });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || app.dataset.folders !== 'open') return;
    setFolders(false);
    hook(app, 'show-folders').focus();
  }, { signal });
  window.addEventListener('hashchange', follow, { signal });
  window.addEventListener('online', ask, { signal });
  installKeys({ links: () => list.links(), back, signal });
  nothingView(pane);
  load();

  return () => {
    stopPolling();
    controller.abort();
  };

  function ask() {
    return state.mailboxes.length ? refresh() : load();
  }

  // Folders first; while they cannot be had, again and again by itself. The problem stays said until something works.
  async function load() {
    stopPolling();
    state.loading = true;
    drawList();
    try {
      const { json } = await api.getMailboxes();
      state.mailboxes = sortMailboxes(json.mailboxes, i18n.language());
      poll.attempt = 0;
      drawFolders();
      await follow();
    } catch (error) {
      state.loading = false;
      failed(error);
      if (!signal.aborted) poll.timer = setTimeout(load, pollDelay(poll.attempt));
      poll.attempt += 1;
    }
  }

  function setFolders(opened) {
    app.dataset.folders = opened ? 'open' : 'closed';
    hook(app, 'show-folders').setAttribute('aria-expanded', String(opened));
    if (opened) hook(app, 'folders').querySelector('a')?.focus();
  }

  function mailboxName(mailbox) {
    return mailbox.role && mailbox.role !== 'none' ? t(`role.${mailbox.role}`) : mailbox.name;
  }

  function drawFolders() {
    let plain = false;
    const items = state.mailboxes.filter((m) => m.selectable !== false).map((mailbox) => {
      const item = clone('t-folder').firstElementChild;
      const hasRole = mailbox.role && mailbox.role !== 'none';
      if (!hasRole && !plain) {
        plain = true;
        item.className = 'rule';
      }
      setText(hook(item, 'name'), mailboxName(mailbox));
      const link = hook(item, 'link');
      link.setAttribute('href', routeTo(mailbox.id));
      if (mailbox.id === state.mailbox) link.setAttribute('aria-current', 'page');
      link.addEventListener('click', () => setFolders(false));
      return item;
    });
    hook(app, 'folders').replaceChildren(...items);
  }

  // What the address bar says is what is shown.
  async function follow() {
    const route = parseRoute(location.hash);
    const inbox = (state.mailboxes.find((m) => m.role === 'inbox') ?? state.mailboxes[0])?.id;
    const mailbox = state.mailboxes.some((m) => m.id === route.mailbox) ? route.mailbox : inbox;
    if (mailbox && mailbox !== state.mailbox) {
      Object.assign(state, { mailbox, rows: [], pages: [] });
      drawFolders();
      await refresh();
    }
    if (!signal.aborted && mailbox === state.mailbox && route.message !== state.message) await openMessage(route.message);
  }

  function drawList() {
    const mailbox = state.mailboxes.find((m) => m.id === state.mailbox);
    setText(hook(app, 'title'), mailbox ? mailboxName(mailbox) : '');
    hook(app, 'filter').setAttribute('aria-pressed', String(state.onlyUnverified));
    list.update(state);
  }

  async function refresh() {
    poll.attempt = 0;
    state.loading = !state.rows.length;
    drawList();
    await askPages();
  }

  // The first page, and every older one that holds a row without a verdict; an unchanged page costs a 304.
  async function askPages() {
    stopPolling();
    const { mailbox, onlyUnverified } = state;
    const asked = state.pages.length ? pagesToAsk(state.pages, state.rows) : [{ before: null, ids: [] }];
    try {
      for (const page of asked) {
        const answer = await api.getMessages(mailbox, { before: page.before, etag: page.etag, unverified: onlyUnverified });
        if (signal.aborted || mailbox !== state.mailbox || onlyUnverified !== state.onlyUnverified) return;
        if (answer.status === 200) take(page, answer);
      }
      tell(null);
      if (open?.failed) openMessage(open.id);
    } catch (error) {
      failed(error);
    }
    state.loading = false;
    drawList();
    refreshOpenVerdict();
    schedule();
  }

  function take(page, { etag, json }) {
    if (page.before) state.rows = updateRows(state.rows, page, json.messages);
    else state.rows = state.pages.length > 1 ? mergeFirstPage(state.rows, json.messages, json.next) : json.messages;
    if (!state.pages.includes(page)) state.pages.push(page);
    Object.assign(page, { etag, next: json.next, ids: json.messages.map((row) => row.id) });
  }

  // Rows that are still unchecked: ask again after 1, 2, 4 … s, at most 30 s apart.
  function schedule() {
    if (signal.aborted || (!hasUnchecked(state.rows) && !state.problem)) return;
    poll.timer = setTimeout(askPages, pollDelay(poll.attempt));
    poll.attempt += 1;
  }

  function stopPolling() {
    clearTimeout(poll.timer);
    poll.timer = null;
  }

  async function older() {
    const button = hook(app, 'more');
    const { mailbox, onlyUnverified } = state;
    const page = { before: state.pages.at(-1).next, ids: [] };
    button.disabled = true;
    try {
      const { etag, json } = await api.getMessages(mailbox, { before: page.before, unverified: onlyUnverified });
      if (mailbox !== state.mailbox || onlyUnverified !== state.onlyUnverified) return;
      const known = state.rows.length;
      state.rows = appendPage(state.rows, json.messages);
      state.pages.push(Object.assign(page, { etag, next: json.next, ids: json.messages.map((row) => row.id) }));
      tell(null);
      list.links()[known]?.focus();
      poll.attempt = 0;
      stopPolling();
      schedule();
    } catch (error) {
      failed(error);
    } finally {
      button.disabled = false;
    }
  }

  function toggleFilter() {
    Object.assign(state, { onlyUnverified: !state.onlyUnverified, rows: [], pages: [] });
    refresh();
  }

  async function openMessage(id) {
    state.message = id;
    app.dataset.reading = id ? 'yes' : 'no';
    drawList();
    if (!id) {
      open = null;
      nothingView(pane);
      return;
    }
    const junk = state.mailboxes.find((m) => m.role === 'junk' && m.id !== state.mailbox);
    const view = messageView(pane, id, { back, retry: () => openMessage(id), unread, junk: junk ? (moved) => move(moved, junk) : null });
    open = view;
    const row = state.rows.find((r) => r.id === id);
    if (row) view.update(row);
    view.focus();
    try {
      const { json } = await api.getMessage(id);
      if (open !== view) return;
      view.update(json);
      view.said = saidBy(json.verdict);
      if (row && json.verdict) row.verdict = { ...row.verdict, ...json.verdict };
      if (row && !row.keywords?.$seen) seen(row, true);
      drawList();
    } catch (error) {
      if (error.status === 401) shell.ended(ending(error));
      else if (open === view) view.fail(words(error), error.status !== 404);
      if (open === view && view.failed && !poll.timer) refresh(); // the list is told too, and asks again until it works
    }
  }

  function saidBy(verdict) {
    return `${levelOf(verdict)} ${verdict?.text ?? ''}`;
  }

  // A verdict that arrived in the list goes to the open message too, with its evidence.
  async function refreshOpenVerdict() {
    const view = open;
    const row = view && state.rows.find((r) => r.id === view.id);
    if (!row || view.said === null || saidBy(row.verdict) === view.said) return;
    view.said = saidBy(row.verdict);
    try {
      const { json } = await api.getMessage(view.id);
      if (open === view) view.update(json);
    } catch { /* the list says what is wrong */ }
  }

  function seen(row, value) {
    row.keywords = { ...row.keywords, $seen: value || undefined };
    drawList();
    return api.setKeywords(row.id, { $seen: value }).catch(failed);
  }

  function unread(id) {
    const row = state.rows.find((r) => r.id === id);
    if (row) seen(row, false);
    back();
  }

  // With a way back: the mail server tells under which id it lies now.
  async function move(id, mailbox) {
    const from = state.mailbox;
    try {
      const { json } = await api.moveMessage(id, mailbox.id);
      state.rows = state.rows.filter((row) => row.id !== id);
      back();
      toast(t('message.moved', { name: mailboxName(mailbox) }), json.id && (() => api.moveMessage(json.id, from).then(refresh).catch(failed)));
    } catch (error) {
      failed(error);
    }
  }

  function back() {
    const current = list.links().find((link) => link.hasAttribute('aria-current'));
    location.hash = routeTo(state.mailbox);
    (current ?? list.links()[0])?.focus();
  }

  function toast(text, undo) {
    const element = clone('t-toast').firstElementChild;
    i18n.translate(element);
    hook(element, 'text').textContent = text;
    hook(element, 'undo').hidden = !undo;
    hook(element, 'undo').addEventListener('click', () => {
      element.remove();
      undo();
    });
    document.body.append(element);
    setTimeout(() => element.remove(), 8000);
  }

  // The list's own line: what is wrong, until something works again.
  function tell(problem) {
    if (problem && problem !== state.problem) announce(problem);
    state.problem = problem;
    drawList();
  }

  // A session that is over, or a password that the mail server takes no more.
  function ending(error) {
    return error.code === 'wrong-password' ? error.message : t('problem.expired');
  }

  function words(error) {
    if (error.status === 404) return t('problem.gone');
    const key = error.code === 'offline' ? 'problem.offline' : `problem.code.${error.code}`;
    if (t(key) !== key) return t(key);
    return error.message && error.message !== error.code ? error.message : t('problem.unknown');
  }

  function failed(error) {
    if (signal.aborted) return;
    if (error.status === 401) shell.ended(ending(error));
    else tell(words(error));
  }
}

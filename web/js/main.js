// Start: language, session, then the mailbox. Holds the one state and hands it to the views.
import * as api from './api.js';
import { announce, clone, hook, setText, show } from './dom.js';
import * as i18n from './i18n.js';
import { installKeys } from './keys.js';
import { listView } from './list.js';
import { messageView, nothingView } from './message.js';
import { signInView } from './signin.js';
import { appendPage, hasUnchecked, mergeFirstPage, newState, parseRoute, pollDelay, routeTo, sortMailboxes } from './state.js';
import { levelOf } from './verdict.js';

const { t } = i18n;
const app = document.getElementById('app');
let state = newState();
let views = null;
let poll = { timer: null, attempt: 0 };
let open = null; // the message view

const stored = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode: not remembered */ } },
};

async function start() {
  await i18n.load(i18n.chooseLanguage(stored.get('inkan.language'), navigator.languages));
  document.documentElement.lang = i18n.language();
  i18n.translate(document);
  try {
    signedIn((await api.getSession()).json);
  } catch (error) {
    showSignIn(error.code === 'offline' ? t('problem.offline') : null);
  }
}

function languageSwitch(element) {
  const buttons = i18n.languages.map((language) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.lang = language;
    button.textContent = t(`language.${language}`);
    button.setAttribute('aria-pressed', String(language === i18n.language()));
    button.addEventListener('click', () => {
      stored.set('inkan.language', language);
      location.reload();
    });
    return button;
  });
  element.replaceChildren(...buttons);
}

function showSignIn(message) {
  stopPolling();
  views = null;
  open = null;
  state = newState();
  signInView(app, { message, languages: languageSwitch, onSignedIn: signedIn });
}

async function signedIn(session) {
  state.session = session;
  app.replaceChildren(clone('t-frame'));
  app.dataset.view = 'mail';
  app.dataset.reading = 'no';
  i18n.translate(app);
  hook(app, 'nav').setAttribute('aria-label', t('folders.label'));
  views = { list: listView(hook(app, 'list')), pane: hook(app, 'pane') };
  hook(app, 'account').textContent = session.account?.username ?? '';
  languageSwitch(hook(app, 'languages'));
  hook(app, 'signout').addEventListener('click', signOut);
  hook(app, 'more').addEventListener('click', older);
  hook(app, 'filter').addEventListener('click', toggleFilter);
  hook(app, 'show-folders').addEventListener('click', () => setFolders(app.dataset.folders !== 'open'));
  nothingView(views.pane);
  drawList({ loading: true });
  try {
    const { json } = await api.getMailboxes();
    state.mailboxes = sortMailboxes(json.mailboxes, i18n.language());
    drawFolders();
    await follow();
  } catch (error) {
    failed(error);
  }
}

async function signOut() {
  await api.signOut().catch(() => {});
  history.replaceState(null, '', '#');
  showSignIn();
}

function setFolders(opened) {
  app.dataset.folders = opened ? 'open' : 'closed';
  hook(app, 'show-folders').setAttribute('aria-expanded', String(opened));
  if (opened) hook(app, 'folders').querySelector('a')?.focus();
}

const mailboxName = (mailbox) => (mailbox.role && mailbox.role !== 'none' ? t(`role.${mailbox.role}`) : mailbox.name);

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
    hook(item, 'count').textContent = mailbox.unreadEmails ? String(mailbox.unreadEmails) : '';
    const link = hook(item, 'link');
    link.setAttribute('href', routeTo(mailbox.id));
    if (mailbox.id === state.mailbox) link.setAttribute('aria-current', 'page');
    link.addEventListener('click', () => setFolders(false));
    return item;
  });
  hook(app, 'folders').replaceChildren(...items);
}

const inbox = () => (state.mailboxes.find((m) => m.role === 'inbox') ?? state.mailboxes[0])?.id;

// What the address bar says is what is shown.
async function follow() {
  if (!views) return;
  const route = parseRoute(location.hash);
  const mailbox = state.mailboxes.some((m) => m.id === route.mailbox) ? route.mailbox : inbox();
  if (mailbox !== state.mailbox) {
    Object.assign(state, { mailbox, rows: [], next: null, etag: null });
    drawFolders();
    await refresh();
  }
  if (!views || mailbox !== state.mailbox) return;
  if (route.message !== state.message) await openMessage(route.message);
}

function drawList(extra = {}) {
  const mailbox = state.mailboxes.find((m) => m.id === state.mailbox);
  setText(hook(app, 'title'), mailbox ? mailboxName(mailbox) : '');
  hook(app, 'filter').setAttribute('aria-pressed', String(state.onlyUnverified));
  views.list.update({ ...state, loading: state.loading, ...extra });
}

async function refresh() {
  stopPolling();
  poll.attempt = 0;
  state.loading = !state.rows.length;
  drawList();
  await loadFirstPage();
}

async function loadFirstPage() {
  const mailbox = state.mailbox;
  try {
    const answer = await api.getMessages(mailbox, { etag: state.etag, unverified: state.onlyUnverified, language: i18n.language() });
    if (!views || mailbox !== state.mailbox) return;
    if (answer.status === 200) {
      state.rows = mergeFirstPage(state.rows, answer.json.messages, answer.json.next);
      if (state.next === null || state.rows.length === answer.json.messages.length) state.next = answer.json.next;
      state.etag = answer.etag;
      refreshOpenVerdict();
    }
    state.loading = false;
    drawList();
    schedule();
  } catch (error) {
    state.loading = false;
    failed(error);
    schedule();
  }
}

// Rows that are still unchecked: ask again after 1, 2, 4 … s, at most 30 s apart; unchanged lists cost a 304.
function schedule() {
  stopPolling();
  if (!views || !hasUnchecked(state.rows)) return;
  poll.timer = setTimeout(loadFirstPage, pollDelay(poll.attempt));
  poll.attempt += 1;
}

function stopPolling() {
  clearTimeout(poll.timer);
  poll.timer = null;
}

async function older() {
  const button = hook(app, 'more');
  button.disabled = true;
  const mailbox = state.mailbox;
  try {
    const { json } = await api.getMessages(mailbox, { before: state.next, unverified: state.onlyUnverified, language: i18n.language() });
    if (mailbox !== state.mailbox) return;
    const known = state.rows.length;
    state.rows = appendPage(state.rows, json.messages);
    state.next = json.next;
    drawList();
    views.list.links()[known]?.focus();
    schedule();
  } catch (error) {
    failed(error);
  } finally {
    button.disabled = false;
  }
}

function toggleFilter() {
  Object.assign(state, { onlyUnverified: !state.onlyUnverified, rows: [], next: null, etag: null });
  refresh();
}

async function openMessage(id) {
  state.message = id;
  app.dataset.reading = id ? 'yes' : 'no';
  drawList();
  if (!id) {
    open = null;
    nothingView(views.pane);
    return;
  }
  const junk = state.mailboxes.find((m) => m.role === 'junk' && m.id !== state.mailbox);
  open = messageView(views.pane, id, { back, unread, junk: junk ? (moved) => move(moved, junk) : null });
  const view = open;
  const row = state.rows.find((r) => r.id === id);
  if (row) view.update(row);
  view.focus();
  try {
    const { json } = await api.getMessage(id, { language: i18n.language() });
    if (open !== view) return;
    view.update(json);
    if (row && json.verdict) row.verdict = { ...row.verdict, ...json.verdict };
    if (row && !row.keywords?.$seen) seen(row, true);
    drawList();
  } catch (error) {
    if (open === view) failed(error);
  }
}

// A verdict that arrived in the list goes to the open message too, with its evidence.
async function refreshOpenVerdict() {
  const view = open;
  const row = view && state.rows.find((r) => r.id === view.id);
  if (!row || levelOf(row.verdict) === view.level) return;
  view.level = levelOf(row.verdict);
  try {
    const { json } = await api.getMessage(view.id, { language: i18n.language() });
    if (open === view) view.update(json);
  } catch { /* the list says what is wrong */ }
}

function seen(row, value) {
  row.keywords = { ...row.keywords, $seen: value || undefined };
  const mailbox = state.mailboxes.find((m) => m.id === state.mailbox);
  if (mailbox && Number.isFinite(mailbox.unreadEmails)) mailbox.unreadEmails = Math.max(0, mailbox.unreadEmails + (value ? -1 : 1));
  drawFolders();
  drawList();
  return api.setKeywords(row.id, { $seen: value }).catch(failed);
}

function unread(id) {
  const row = state.rows.find((r) => r.id === id);
  if (row) seen(row, false);
  back();
}

async function move(id, mailbox) {
  try {
    await api.moveMessage(id, mailbox.id);
    state.rows = state.rows.filter((row) => row.id !== id);
    back();
    toast(t('message.moved', { name: mailboxName(mailbox) }));
  } catch (error) {
    failed(error);
  }
}

function back() {
  const row = [...document.querySelectorAll('.row a[aria-current]')][0];
  location.hash = routeTo(state.mailbox);
  row?.focus();
}

function toast(text) {
  const element = clone('t-toast').firstElementChild;
  hook(element, 'text').textContent = text;
  document.body.append(element);
  setTimeout(() => element.remove(), 6000);
}

function failed(error) {
  if (error.name === 'AbortError') return;
  if (error.status === 401) {
    showSignIn(t('problem.expired'));
    return;
  }
  const text = error.code === 'offline' ? t('problem.offline') : error.status === 404 ? t('problem.gone') : t('problem.other', { detail: error.message });
  if (views) drawList({ notice: text });
  announce(text);
}

window.addEventListener('hashchange', follow);
window.addEventListener('online', () => views && refresh());
installKeys({ links: () => views?.list.links() ?? [], back: () => views && back() });
start();

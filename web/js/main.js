// Start: language, session, then the mailboxes. What can go wrong before there is a page to say it on is said here.
import * as api from './api.js';
import { clone, hook } from './dom.js';
import * as i18n from './i18n.js';
import { startMail } from './mail.js';
import * as prefs from './prefs.js';
import { signInView } from './signin.js';
import { parseRoute, pollDelay } from './state.js';

const { t } = i18n;
const app = document.getElementById('app');
let leave = null; // ends the mail view that is shown
let sayWhy = null; // tells who has to sign in again what is heard only now
let turn = 0; // of the last time that the service was asked who is signed in
let again = null;
let kept = null; // what that view showed when its session ended, for who signs in again

async function start() {
  if (/\/about$/.test(location.pathname)) history.replaceState(null, '', '/#about');
  await i18n.load(i18n.chooseLanguage(prefs.get('language'), navigator.languages), navigator.languages);
  document.documentElement.lang = i18n.language();
  api.setLanguage(i18n.language());
  i18n.translate(document);
  await enter(0);
}

// Signed in, signed out, or nobody there to ask: three things, never mixed. Who was signed in here before gets folders and list
// in the same round trip.
async function enter(attempt) {
  clearTimeout(again);
  const mine = turn += 1;
  const early = prefs.get('inbox') ? askEarly() : null;
  try {
    const { json } = await api.getSession();
    if (mine === turn) signedIn(json, early);
  } catch (error) {
    if (mine !== turn) return;
    if (error.status === 401) showSignIn();
    else showAway(error, attempt);
  }
}

// Folders and list at once: neither waits for the other.
function askEarly() {
  const route = parseRoute(location.hash);
  const id = route.mailbox ?? 'inbox';
  const early = { mailboxes: api.getMailboxes(), id, page: route.query || route.onlyUnverified ? null : api.getMessages(id) };
  for (const asked of [early.mailboxes, early.page]) asked?.catch(() => {}); // said by who waits for it
  return early;
}

function showAway(error, attempt) {
  const view = clone('t-away');
  i18n.translate(view);
  hook(view, 'text').textContent = error.code === 'offline' ? t('problem.offline') : t('away.lead');
  again = setTimeout(() => enter(attempt + 1), pollDelay(attempt));
  hook(view, 'again').addEventListener('click', () => enter(0));
  app.replaceChildren(view);
  app.dataset.view = 'away';
}

function languageSwitch(element) {
  const buttons = i18n.languages.map((language) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.lang = language;
    button.textContent = t(`language.${language}`);
    button.setAttribute('aria-pressed', String(language === i18n.language()));
    button.addEventListener('click', () => {
      prefs.set('language', language);
      location.reload();
    });
    return button;
  });
  element.replaceChildren(...buttons);
}

// `message`: why a session ended by itself; then it goes on where it was. Who signs out leaves nothing behind.
function showSignIn(message) {
  const left = leave?.();
  kept = message ? left ?? kept : null;
  leave = null;
  const tell = signInView(app, { message, languages: languageSwitch, onSignedIn: (session) => signedIn(session, askEarly()) });
  sayWhy = message ? tell : null;
}

function signedIn(session, early) {
  leave?.();
  sayWhy = null;
  let leaving = false;
  const own = kept?.username && kept.username === session.account?.username ? kept : null;
  kept = null;
  const end = startMail(app, session, {
    languages: languageSwitch,
    // Once only: what an ended view still hears does not end the next one.
    ended: (message) => {
      if (leave === end) showSignIn(leaving ? undefined : message);
      else sayWhy?.(message);
    },
    signOut: async () => {
      leaving = true;
      try {
        await api.signOut();
      } catch (error) {
        leaving = error.status === 401; // over already
        if (!leaving) throw error;
      }
      if (leave && leave !== end) return;
      prefs.set('inbox', null);
      history.replaceState(null, '', '#');
      if (leave) showSignIn();
    },
  }, early, own);
  leave = end;
}

start();

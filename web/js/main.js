// Start: language, session, then the mailboxes. What can go wrong before there is a page to say it on is said here.
import * as api from './api.js';
import { clone, hook } from './dom.js';
import * as i18n from './i18n.js';
import { startMail } from './mail.js';
import { signInView } from './signin.js';
import { pollDelay } from './state.js';

const { t } = i18n;
const app = document.getElementById('app');
let leave = null; // ends the mail view that is shown

const stored = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode: not remembered */ } },
};

async function start() {
  await i18n.load(i18n.chooseLanguage(stored.get('inkan.language'), navigator.languages));
  document.documentElement.lang = i18n.language();
  api.setLanguage(i18n.language());
  i18n.translate(document);
  await enter(0);
}

// Signed in, signed out, or nobody there to ask: three things, never mixed.
async function enter(attempt) {
  try {
    signedIn((await api.getSession()).json);
  } catch (error) {
    if (error.status === 401) showSignIn();
    else showAway(error, attempt);
  }
}

function showAway(error, attempt) {
  const view = clone('t-away');
  i18n.translate(view);
  hook(view, 'text').textContent = error.code === 'offline' ? t('problem.offline') : t('away.lead');
  const again = setTimeout(() => enter(attempt + 1), pollDelay(attempt));
  hook(view, 'again').addEventListener('click', () => {
    clearTimeout(again);
    enter(0);
  });
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
      stored.set('inkan.language', language);
      location.reload();
    });
    return button;
  });
  element.replaceChildren(...buttons);
}

function showSignIn(message) {
  leave?.();
  leave = null;
  signInView(app, { message, languages: languageSwitch, onSignedIn: signedIn });
}

function signedIn(session) {
  leave?.();
  leave = startMail(app, session, {
    languages: languageSwitch,
    ended: showSignIn,
    signOut: async () => {
      await api.signOut().catch(() => {});
      history.replaceState(null, '', '#');
      showSignIn();
    },
  });
}

start();

// The sign-in form. Whatever goes wrong is said above the fields, and nothing typed is lost but the password.
import * as api from './api.js';
import { clone, hook, show } from './dom.js';
import { t, translate } from './i18n.js';

// Returns tell(message), for what is heard later.
export function signInView(app, { onSignedIn, languages, message }) {
  const view = clone('t-signin');
  translate(view);
  const form = hook(view, 'form');
  const problem = hook(view, 'problem');
  const submit = hook(view, 'submit');
  languages(hook(view, 'languages'));
  tell(message);

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { username, password } = form.elements;
    submit.disabled = true;
    submit.textContent = t('signin.busy');
    try {
      const { json } = await api.signIn(username.value.trim(), password.value);
      password.value = '';
      onSignedIn(json);
      return;
    } catch (error) {
      const key = `problem.code.${error.code}`;
      tell(error.code === 'offline' ? t('problem.offline') : t(key) === key ? error.message : t(key));
      password.value = '';
      password.focus();
    } finally {
      submit.disabled = false;
      submit.textContent = t('signin.submit');
    }
  });

  app.replaceChildren(view);
  app.dataset.view = 'signin';
  form.elements.username.focus();
  return tell;

  function tell(text) {
    problem.textContent = text ?? '';
    show(problem, Boolean(text));
  }
}

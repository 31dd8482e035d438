// Questions in a dialog: are you sure, and which folder. Both answer a promise; Escape is "no".
import { showDialog } from './dialog.js';
import { clone, hook, setText, show } from './dom.js';
import { t, translate } from './i18n.js';

function open(dialog, answer) {
  showDialog(dialog);
  dialog.addEventListener('close', answer); // last: focus is back where it was
}

export function askFirst({ title, text, yes }) {
  return new Promise((resolve) => {
    const dialog = clone('t-ask').firstElementChild;
    let sure = false;
    translate(dialog);
    hook(dialog, 'title').textContent = title;
    hook(dialog, 'text').textContent = text;
    hook(dialog, 'yes').textContent = yes;
    hook(dialog, 'yes').addEventListener('click', () => {
      sure = true;
      dialog.close();
    });
    open(dialog, () => resolve(sure));
  });
}

// One of `mailboxes`, or null. `nameOf(mailbox)` is what it is called.
export function chooseMailbox(mailboxes, nameOf, title) {
  return new Promise((resolve) => {
    const dialog = clone('t-chooser').firstElementChild;
    let chosen = null;
    translate(dialog);
    hook(dialog, 'title').textContent = title;
    const choices = mailboxes.map((mailbox) => {
      const item = clone('t-choice').firstElementChild;
      setText(hook(item, 'choose'), nameOf(mailbox));
      hook(item, 'choose').addEventListener('click', () => {
        chosen = mailbox;
        dialog.close();
      });
      return { item, name: nameOf(mailbox).toLowerCase() };
    });
    hook(dialog, 'rows').replaceChildren(...choices.map(({ item }) => item));
    const filter = hook(dialog, 'filter');
    filter.addEventListener('input', () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const { item, name } of choices) show(item, name.includes(wanted));
      show(hook(dialog, 'none'), choices.every(({ item }) => item.hidden));
    });
    dialog.addEventListener('keydown', (event) => choiceKey(event, dialog, filter));
    open(dialog, () => resolve(chosen));
  });
}

// Down and up walk the folders; Enter in the field takes the first one.
function choiceKey(event, dialog, filter) {
  const buttons = [...hook(dialog, 'rows').querySelectorAll('li:not([hidden]) button')];
  const at = buttons.indexOf(document.activeElement);
  if (event.key === 'ArrowDown') buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
  else if (event.key === 'ArrowUp') (at <= 0 ? filter : buttons[at - 1]).focus();
  else if (event.key === 'Enter' && document.activeElement === filter && !event.repeat) buttons[0]?.click(); // not the press that opened this
  else return;
  event.preventDefault();
}

// A modal dialog, gone when it closes; focus goes back to where it came from. What it is about may go before it does: then it is taken
// away, and the focus stays where it is.
import { clone, hook, style } from './dom.js';
import { translate } from './i18n.js';

// `dialog`, filled in as far as it has to be before it is read out.
export function showDialog(dialog) {
  const before = document.activeElement;
  style('sheet');
  hook(dialog, 'close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => {
    const goesBack = dialog.isConnected && before?.isConnected;
    dialog.remove();
    if (goesBack) before.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
}

// One about the open message.
export function openDialog(template) {
  const dialog = clone(template).firstElementChild;
  dialog.dataset.about = 'message';
  translate(dialog);
  showDialog(dialog);
  return dialog;
}

// Takes away every open dialog, or those about the open message, as if each had been answered with no. True: there was one.
export function takeAway(about) {
  const dialogs = [...document.querySelectorAll('dialog[open]')].filter((dialog) => !about || dialog.dataset.about === about);
  for (const dialog of dialogs) {
    dialog.remove();
    dialog.dispatchEvent(new Event('close'));
  }
  return dialogs.length > 0;
}

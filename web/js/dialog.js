// A dialog from a template, modal, gone when it closes; focus goes back to where it came from.
import { clone, hook } from './dom.js';
import { translate } from './i18n.js';

export function openDialog(template) {
  const before = document.activeElement;
  const dialog = clone(template).firstElementChild;
  translate(dialog);
  hook(dialog, 'close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// A modal dialog, gone when it closes; focus goes back to where it came from.
import { clone, hook, style } from './dom.js';
import { translate } from './i18n.js';

// `dialog`, filled in as far as it has to be before it is read out.
export function showDialog(dialog) {
  const before = document.activeElement;
  style('sheet');
  hook(dialog, 'close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
}

export function openDialog(template) {
  const dialog = clone(template).firstElementChild;
  translate(dialog);
  showDialog(dialog);
  return dialog;
}

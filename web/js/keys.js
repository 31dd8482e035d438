// The keyboard, as other mail programs have it, and the dialog that tells of it. A table of { keys, word, run, say }: `keys` as the
// event names them, `say` what the dialog writes instead, `word` the catalogue's key (none: not told of), `run` may answer false
// for "not now", `held`: holding the key down does it again and again. Keys of one sign can be switched off: who speaks to the computer types them by accident.
import { showDialog } from './dialog.js';
import { clone, hook } from './dom.js';
import { t, translate } from './i18n.js';
import { single } from './prefs.js';

export function installKeys(table, signal) {
  const entries = new Map(table().flatMap((entry) => entry.keys.map((key) => [key, entry])));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
    if (event.target.closest('input:not([type=checkbox]), textarea, select, dialog, [role=separator]')) return;
    if (event.key.length === 1 && event.key !== ' ' && !single.isOn()) return;
    const key = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
    const entry = entries.get(key);
    if (!entry) return;
    const isDone = event.repeat && !entry.held;
    if (isDone || entry.run(event) !== false) event.preventDefault();
  }, { signal });
}

export function showKeys(table) {
  const dialog = clone('t-help').firstElementChild;
  translate(dialog);
  const rows = table().filter(({ word }) => word).map(({ keys, say, word }) => {
    const item = clone('t-help-row').firstElementChild;
    (say ?? keys).forEach((key, n) => {
      const cap = document.createElement('kbd');
      cap.textContent = key;
      hook(item, 'keys').append(...(n ? [' '] : []), cap);
    });
    hook(item, 'word').textContent = t(word);
    return item;
  });
  hook(dialog, 'rows').replaceChildren(...rows);
  const box = hook(dialog, 'single');
  box.checked = single.isOn();
  box.addEventListener('change', () => single.setOn(box.checked));
  showDialog(dialog);
}

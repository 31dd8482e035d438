// What each key does in the mail view: the keys of other mail programs where they agree.
import { undoLast } from './toast.js';

export function keyTable({ list, lines, state, act, bar, targets, pickAt, pickNone, pickAll, chooseFolder, toggleRead, toggleStar, back, go, help, escape, pane }) {
  const inRows = () => document.activeElement?.closest('.row') !== null;
  const move = (by) => list.focus(list.at() + by < 0 ? 0 : list.at() + by);
  const withTargets = (run) => () => (targets().length ? run(targets()) : false);
  const reading = () => state.message !== null && !inRows();

  // Down the list, or to the next message while one is read.
  function step(by) {
    const next = lines()[list.indexOf(state.message) + by];
    if (reading() && next) go({ message: next.row.id });
    else move(by);
  }

  function extend(by) {
    if (!inRows()) return false;
    if (!state.picked.ids.size) pickAt(list.at(), false);
    move(by);
    pickAt(list.at(), true);
    return true;
  }

  function reply() {
    const button = pane.querySelector('[data-hook=reply]:not([hidden])');
    button?.click();
    return button !== null;
  }

  return [
    { keys: ['j'], say: ['j', '↓'], word: 'keys.next', run: () => step(1), held: true },
    { keys: ['k'], say: ['k', '↑'], word: 'keys.previous', run: () => step(-1), held: true },
    { keys: ['ArrowDown'], run: () => (inRows() ? move(1) : false), held: true },
    { keys: ['ArrowUp'], run: () => (inRows() ? move(-1) : false), held: true },
    { keys: ['Home'], word: 'keys.first', run: () => (inRows() ? list.focus(0) : false) },
    { keys: ['End'], word: 'keys.last', run: () => (inRows() ? list.focus(lines().length - 1) : false) },
    { keys: ['o'], say: ['o', 'Enter'], word: 'keys.open', run: () => (document.activeElement?.matches('.row a') ? document.activeElement.click() : false) },
    { keys: ['u'], word: 'keys.back', run: back },
    { keys: ['r'], word: 'keys.reply', run: reply },
    { keys: ['x'], word: 'keys.pick', run: () => (list.at() < 0 ? false : pickAt(list.at(), false)) },
    { keys: ['J', 'Shift+ArrowDown'], say: ['J', 'Shift ↓'], word: 'keys.extend.down', run: () => extend(1), held: true },
    { keys: ['K', 'Shift+ArrowUp'], say: ['K', 'Shift ↑'], word: 'keys.extend.up', run: () => extend(-1), held: true },
    { keys: ['*'], word: 'keys.all', run: () => (state.picked.ids.size ? pickNone() : pickAll()) },
    { keys: ['s'], word: 'keys.star', run: withTargets(toggleStar) },
    { keys: ['m'], word: 'keys.read', run: withTargets(toggleRead) },
    { keys: ['e'], word: 'keys.archive', run: withTargets((ids) => (act.canArchive() ? act.archive(ids) : false)) },
    { keys: ['#', 'Delete'], say: ['#', 'Del'], word: 'keys.remove', run: withTargets(act.remove) },
    { keys: ['!'], word: 'keys.junk', run: withTargets(act.junk) },
    { keys: ['v'], word: 'keys.move', run: withTargets(chooseFolder) },
    { keys: ['z'], word: 'keys.undo', run: undoLast },
    { keys: ['/'], word: 'keys.search', run: bar.focusSearch },
    { keys: ['n'], word: 'keys.unverified', run: () => go({ message: null, onlyUnverified: !state.onlyUnverified }) },
    { keys: ['Escape'], say: ['Esc'], word: 'keys.escape', run: escape },
    { keys: ['?'], word: 'keys.help', run: help },
  ];
}

// The message that is open: fetched, shown, and brought up to date when its verdict arrives in the list. The view itself is
// loaded when it is first needed: the first list does not wait for it.
import * as api from './api.js';
import { clone, style } from './dom.js';
import { translate } from './i18n.js';
import { shownRows } from './state.js';
import { levelOf } from './verdict.js';

const load = async () => {
  const module = await import('./message.js');
  await Promise.all(['message', 'panel', 'sheet'].map(style));
  return module;
};

// `tells`: actions(id) for the view, seen(id), draw(), words(error), ended(error), askAgain().
export function newReader(pane, state, tells) {
  let view = null;

  let wanted = null; // the id that was asked for last

  const rowOf = (id) => shownRows(state).find((row) => row.id === id);

  // Null shows that nothing is open.
  async function open(id) {
    wanted = id;
    view = null;
    if (!id) {
      const nothing = clone('t-nothing');
      translate(nothing);
      pane.replaceChildren(nothing);
      return;
    }
    const asked = api.getMessage(id);
    const known = saidBy(rowOf(id)?.verdict);
    asked.catch(() => {}); // told below, once there is a view to tell it in
    const module = await load().catch(() => null);
    if (wanted !== id) return;
    if (!module) { // the service went away before the view was here: the list says so, and asks until it works
      addEventListener('online', () => { if (wanted === id) open(id); }, { once: true });
      tells.askAgain();
      return;
    }
    const mine = module.messageView(pane, id, tells.actions(id));
    view = mine;
    const row = rowOf(id);
    if (row) mine.update(row);
    mine.focus();
    try {
      const { json } = await asked;
      if (view === mine) take(json, known);
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
      if (error.status === 401) tells.ended(error);
      else if (view === mine) fail(error);
    }
  }

  // `known`: what the row said when this was asked for. A row that says something else by now has heard of it later: it stays, and
  // the message is asked for again (refresh).
  function take(json, known) {
    view.update(json);
    view.said = saidBy(json.verdict);
    const row = rowOf(view.id);
    if (row && json.verdict && saidBy(row.verdict) === known) row.verdict = { ...row.verdict, ...json.verdict };
    tells.seen(view.id);
    tells.draw();
  }

  function fail(error) {
    view.fail(tells.words(error), error.status !== 404);
    if (view.failed) tells.askAgain(); // the list is told too, and asks again until it works
  }

  function saidBy(verdict) {
    return `${levelOf(verdict)} ${verdict?.text ?? ''}`;
  }

  // A verdict that arrived in the list goes to the open message too, with its evidence.
  async function refresh() {
    const mine = view;
    mine?.marks();
    const row = mine && rowOf(mine.id);
    if (!row || mine.said === null || saidBy(row.verdict) === mine.said) return;
    mine.said = saidBy(row.verdict);
    try {
      const { json } = await api.getMessage(mine.id);
      if (view === mine) mine.update(json);
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error; // the list says what is wrong
    }
  }

  return {
    open,
    prepare: () => load().catch(() => {}), // while there is nothing else to do; opening says what is wrong
    refresh,
    forget: () => { view = wanted = null; },
    // Something works again: a message that could not be had is asked for once more.
    worked: () => { if (view?.failed) open(view.id); },
  };
}

// The message that is open: fetched, shown, and brought up to date when its verdict arrives in the list. The view itself is
// loaded when it is first needed: the first list does not wait for it.
import * as api from './api.js';
import { clone, style, watchFocus } from './dom.js';
import { translate } from './i18n.js';
import { pollDelay, shownRows } from './state.js';
import { levelOf } from './verdict.js';

const styles = ['message', 'panel', 'sheet'];
const load = async () => {
  const module = await import('./message.js');
  await Promise.all(styles.map(style));
  return module;
};

// `tells`: actions(id) for the view, seen(id), draw(), words(error), ended(error), askAgain().
export function newReader(pane, state, tells) {
  let module = null;
  let view = null;
  let turn = 0; // of what was asked last for the open message: what an earlier question brings is void
  let told = null; // a verdict that was heard of for a message that the list does not hold
  let again = null; // { run, timer } of what did not work
  let attempt = 0;

  const rowOf = (id) => shownRows(state).find((row) => row.id === id);

  function forget() {
    clearTimeout(again?.timer);
    turn += 1;
    view = told = again = null;
  }

  // Null shows that nothing is open. `anew`: nobody asked for it now, so a focus that is elsewhere stays there.
  async function open(id, anew = false) {
    const mayFocus = watchFocus();
    const isElsewhere = anew && document.activeElement !== document.body && !pane.contains(document.activeElement);
    forget();
    const mine = turn;
    if (!anew) attempt = 0;
    if (!id) {
      const nothing = clone('t-nothing');
      translate(nothing);
      pane.replaceChildren(nothing);
      return;
    }
    const asked = api.getMessage(id);
    const known = saidBy(rowOf(id)?.verdict);
    asked.catch(() => {}); // told below, once there is a view to tell it in
    if (module) styles.forEach(style); // which may not have come; nothing waits for them, or another message stood here as this one
    else module = await load().catch(() => null);
    if (mine !== turn) return;
    if (!module) { // the service went away before the view was here: the list says so
      later(() => open(id, true));
      return;
    }
    view = module.messageView(pane, id, tells.actions(id));
    const row = rowOf(id);
    if (row) view.update(row);
    if (!isElsewhere && mayFocus()) view.focus();
    try {
      const { json } = await asked;
      if (mine === turn) take(json, known);
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
      if (mine !== turn) return;
      if (error.status === 401) tells.ended(error);
      else fail(error);
    }
  }

  // `known`: what the row said when this was asked for. A row that says something else by now has heard of it later: it stays, and
  // the message is asked for again (refresh).
  function take(json, known) {
    attempt = 0;
    view.update(json);
    view.said = saidBy(json.verdict);
    const row = rowOf(view.id);
    if (row && json.verdict && saidBy(row.verdict) === known) row.verdict = { ...row.verdict, ...json.verdict };
    tells.seen(view.id);
    tells.draw();
    if (!row && told) hear(view.id, told);
  }

  function fail(error) {
    view.fail(tells.words(error));
    if (error.status !== 404) later(() => open(view.id, true));
  }

  // Later and later, or as soon as something works again; the list is told too.
  function later(run) {
    clearTimeout(again?.timer);
    again = { run, timer: setTimeout(once, pollDelay(attempt)) };
    attempt += 1;
    tells.askAgain();
  }

  function once() {
    const run = again?.run;
    clearTimeout(again?.timer);
    again = null;
    run?.();
  }

  function saidBy(verdict) {
    return `${levelOf(verdict)} ${verdict?.text ?? ''}`;
  }

  // A verdict that arrived in the list goes to the open message too.
  function refresh() {
    view?.marks();
    const row = view && rowOf(view.id);
    if (row) hear(view.id, row.verdict);
  }

  // The message is asked for again, for the evidence.
  async function hear(id, verdict) {
    if (view?.id !== id) return;
    told = verdict;
    const before = view.said;
    if (before === null || saidBy(verdict) === before) return;
    const mine = turn += 1;
    view.said = saidBy(verdict);
    try {
      const { json } = await api.getMessage(id);
      if (mine !== turn) return;
      attempt = 0;
      view.update(json);
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
      if (mine === turn && error.status !== 404) later(() => {
        view.said = before;
        hear(id, rowOf(id)?.verdict ?? verdict);
      });
    }
  }

  return {
    open,
    prepare: () => load().then((loaded) => { module = loaded; }, () => {}), // while there is nothing else to do; opening says what is wrong
    refresh,
    hear,
    forget,
    worked: once, // something works again
  };
}

// What is done to messages: at once on the screen, then on the server, with a way back. What fails comes back into the list, says
// why, and stays to be tried again; nothing that was done is done twice by that.
import * as api from './api.js';
import { askFirst } from './ask.js';
import { counted, sentences, t } from './i18n.js';
import { nonePicked } from './picked.js';
import { isPassing, sentenceOf } from './problem.js';
import { toast } from './toast.js';

const nothing = { runs: [], why: '' };

// `tells`: changed(), refresh(), left(ids) when messages go from the list, ended(error) for a session that is over,
// mailboxName(mailbox). `signal`: of the end of it all.
export function newActions(state, tells, signal) {
  let lost = nothing; // what the toast offers to try again, and why
  const changing = new Map(); // keyword and id to the answer to the change that was pressed last
  const owed = new Set(); // letters that were read, which the mail server does not know yet
  const current = () => state.mailboxes.find((m) => m.id === state.mailbox);
  const rowsOf = (ids) => [...state.rows, ...[...state.more.values()].flat()].filter((row) => ids.includes(row.id));
  const isRole = (role) => current()?.role === role;

  // What was done, and its way back. What did not work before stays beside it.
  function tell(done, undo, kept = lost) {
    if (signal.aborted) return;
    const retry = kept.runs.length ? async () => { for (const run of kept.runs) await run(); } : null;
    const back = undo && (() => {
      lost = kept; // which is not what is taken back
      return undo();
    });
    toast(sentences([done, kept.why]), { undo: back, retry, gone: () => { lost = nothing; } });
    lost = retry ? kept : nothing;
  }

  // Said until it is tried again or put away; what fails meanwhile joins it. `retry`: null where it would be the same again;
  // `done`, `undo`: what was done all the same, and its way back.
  function failed(error, retry, { done = '', undo } = {}) {
    if (error.status === 401) return tells.ended(error);
    const runs = retry ? [...lost.runs, retry] : lost.runs;
    return tell(done, undo, { runs, why: counted('act.failed', runs.length || 1, { why: sentenceOf(error) }) });
  }

  async function setKeyword(ids, keyword, on) {
    const wrong = await tryKeyword(ids, keyword, on);
    if (!wrong.length) return;
    failed(wrong[0].problem, isGone(wrong[0]) ? null : () => setKeyword(wrong.map((result) => result.for), keyword, on));
    tells.refresh();
  }

  // What is wrong, of each message; the screen is as it was for those. A message that the list does not hold may need it. A change of
  // what an earlier one is still about comes after it, and what that came to is of no account.
  async function tryKeyword(ids, keyword, on) {
    if (keyword === '$seen') for (const id of ids) owed.delete(id);
    const there = new Set(rowsOf(ids).filter((row) => Boolean(row.keywords?.[keyword]) === on).map((row) => row.id));
    const changed = ids.filter((id) => !there.has(id));
    if (!changed.length) return [];
    mark(changed, keyword, on);
    const keys = changed.map((id) => `${keyword} ${id}`);
    const answer = Promise.allSettled(keys.map((key) => changing.get(key))).then(() => api.changeMessages(changed, { keywords: { [keyword]: on } }));
    for (const key of keys) changing.set(key, answer);
    const results = (await answer).filter((result) => changing.get(`${keyword} ${result.for}`) === answer);
    for (const key of keys) if (changing.get(key) === answer) changing.delete(key);
    const wrong = results.filter((result) => !result.ok);
    mark(results.filter((result) => result.ok).map((result) => result.for), keyword, on); // an answer on its way may have brought the old ones
    mark(wrong.map((result) => result.for), keyword, !on);
    return wrong;
  }

  // A letter was opened. Nobody pressed anything: what cannot be told now is told when something works again.
  async function setSeen(id) {
    const [wrong] = await tryKeyword([id], '$seen', true);
    if (wrong && isPassing(wrong.problem)) owed.add(id);
    if (wrong) tells.refresh(); // says what is wrong, and asks until it works
  }

  async function settle() {
    if (!owed.size) return;
    const ids = [...owed];
    owed.clear();
    for (const result of await tryKeyword(ids, '$seen', true)) if (isPassing(result.problem)) owed.add(result.for);
  }

  function mark(ids, keyword, on) {
    const marked = new Set(); // a row of an opened conversation is in the list, too
    for (const row of rowsOf(ids)) {
      if (Boolean(row.keywords?.[keyword]) === on) continue;
      const { [keyword]: gone, ...others } = row.keywords ?? {};
      row.keywords = on ? { ...others, [keyword]: true } : others;
      marked.add(row.id);
    }
    const mailbox = current();
    const difference = on ? -marked.size : marked.size;
    if (keyword === '$seen' && mailbox && Number.isFinite(mailbox.unreadEmails)) mailbox.unreadEmails = Math.max(0, mailbox.unreadEmails + difference);
    tells.changed();
  }

  const isGone = (result) => result.problem?.code === 'not-found';

  // Takes messages out of this mailbox: `change` as api.changeMessages has it; `said(count)` is the sentence about it. `tried`: ids of
  // an earlier try whose answer was lost; those that are not there any more went with it, or elsewhere, and are not missed.
  async function take(wanted, change, said, tried = new Set()) {
    const ids = wanted.filter((id) => !state.leaving.has(id)); // pressed twice is once
    if (!ids.length) return;
    for (const id of ids) state.leaving.add(id);
    state.picked = nonePicked;
    tells.left(ids);
    const results = await api.changeMessages(ids, change);
    for (const id of ids) state.leaving.delete(id);
    const done = results.filter((result) => result.ok);
    const went = results.filter((result) => isGone(result) && tried.has(result.for));
    const gone = new Set([...done, ...went].map((result) => result.for));
    state.rows = state.rows.filter((row) => !gone.has(row.id));
    for (const [thread, rows] of state.more) state.more.set(thread, rows.filter((row) => !gone.has(row.id)));
    const sentence = done.length ? said(done.length) : went.length ? counted('act.went', went.length) : '';
    const undo = wayBack(done);
    const wrong = results.filter((result) => !gone.has(result.for));
    if (wrong.length) failed(wrong[0].problem, again(wrong, tried, (left, unsure) => take(left, change, said, unsure)), { done: sentence, undo });
    else tell(sentence, undo);
    tells.refresh();
  }

  // What tries `wrong` once more by `run(ids, tried)`; null where nothing of it can become right by that.
  function again(wrong, tried, run) {
    const left = wrong.filter((result) => !isGone(result)).map((result) => result.for);
    const unsure = wrong.filter((result) => isPassing(result.problem)).map((result) => result.for);
    return left.length ? () => run(left, new Set([...tried, ...unsure])) : null;
  }

  // Undoes `done`, if all of it can be.
  function wayBack(done) {
    const undo = done.map((result) => result.message?.undo).filter(Boolean);
    return done.length && undo.length === done.length ? () => takeBack(undo) : null;
  }

  async function takeBack(undo, tried = new Set()) {
    const groups = new Map();
    for (const one of undo) {
      const key = JSON.stringify(one.mailboxIds);
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    const results = [];
    for (const [mailboxIds, group] of groups) results.push(...await api.changeMessages(group.map(({ id }) => id), { mailboxIds: JSON.parse(mailboxIds) }));
    const wrong = results.filter((result) => !result.ok && !(isGone(result) && tried.has(result.for)));
    if (wrong.length) failed(wrong[0].problem, again(wrong, tried, (left, unsure) => takeBack(undo.filter(({ id }) => left.includes(id)), unsure)));
    else tell(t('act.undone'));
    tells.refresh();
  }

  const told = (key, values) => (count) => counted(key, count, values);

  return {
    setKeyword,
    setSeen,
    settle,
    canArchive: () => !isRole('archive'),
    archive: (ids) => take(ids, { moveToRole: 'archive' }, told('act.archived')),
    // Junk goes there, and what lies there comes back from it.
    junk: (ids) => take(ids, { moveToRole: isRole('junk') ? 'inbox' : 'junk' }, told('act.moved', { name: t(isRole('junk') ? 'role.inbox' : 'role.junk') })),
    move: (ids, mailbox) => take(ids, { mailboxIds: { [mailbox.id]: true } }, told('act.moved', { name: tells.mailboxName(mailbox) })),
    // From the trash there is no way back: that is asked first.
    async remove(ids) {
      if (!isRole('trash')) return take(ids, { delete: 'trash' }, told('act.removed'));
      const sure = await askFirst({ title: counted('act.destroy.title', ids.length), text: t('act.destroy.text'), yes: t('act.destroy') });
      return sure ? take(ids, { delete: 'permanent' }, told('act.destroyed')) : undefined;
    },
  };
}

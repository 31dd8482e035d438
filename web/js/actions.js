// What is done to messages: at once on the screen, then on the server, with a way back. What fails comes back into the list, says
// why, and can be tried again.
import * as api from './api.js';
import { askFirst } from './ask.js';
import { counted, t } from './i18n.js';
import { nonePicked } from './picked.js';
import { toast } from './toast.js';

// `tells`: changed(), refresh(), left(ids) when messages go from the list, ended(error) for a session that is over, words(error),
// mailboxName(mailbox).
export function newActions(state, tells) {
  const current = () => state.mailboxes.find((m) => m.id === state.mailbox);
  const rowsOf = (ids) => [...state.rows, ...[...state.more.values()].flat()].filter((row) => ids.includes(row.id));
  const isRole = (role) => current()?.role === role;

  function failed(error, retry) {
    if (error.status === 401) tells.ended(error);
    else toast(t('act.failed', { why: tells.words(error) }), { retry });
  }

  // Problems of single messages of a batch, as one error.
  function firstProblem(results) {
    const wrong = results.find((result) => !result.ok);
    return wrong ? new api.Problem(wrong.code === 'not-found' ? 404 : 0, wrong.code, wrong.detail ?? '') : null;
  }

  async function setKeyword(ids, keyword, on, retry = true) {
    const rows = rowsOf(ids).filter((row) => Boolean(row.keywords?.[keyword]) !== on);
    if (!rows.length) return;
    const changed = rows.map((row) => row.id);
    mark(changed, keyword, on);
    try {
      const problem = firstProblem(await api.changeMessages(changed, { keywords: { [keyword]: on } }));
      if (problem) throw problem;
      mark(changed, keyword, on); // an answer that was on its way may have brought the old ones
    } catch (error) {
      mark(changed, keyword, !on);
      if (error.status === 401 || retry) failed(error, () => setKeyword(ids, keyword, on));
    }
  }

  function mark(ids, keyword, on) {
    let difference = 0;
    for (const row of rowsOf(ids)) {
      if (Boolean(row.keywords?.[keyword]) === on) continue;
      const { [keyword]: gone, ...others } = row.keywords ?? {};
      row.keywords = on ? { ...others, [keyword]: true } : others;
      difference += on ? -1 : 1;
    }
    const mailbox = current();
    if (keyword === '$seen' && mailbox && Number.isFinite(mailbox.unreadEmails)) mailbox.unreadEmails = Math.max(0, mailbox.unreadEmails + difference);
    tells.changed();
  }

  // Takes messages out of this mailbox: `change` as api.changeMessages has it; `said(count)` is the sentence about it.
  async function take(ids, change, said) {
    if (!ids.length) return;
    for (const id of ids) state.leaving.add(id);
    state.picked = nonePicked;
    tells.left(ids);
    try {
      const results = await api.changeMessages(ids, change);
      const done = results.filter((result) => result.ok);
      const gone = new Set(done.map((result) => result.for));
      state.rows = state.rows.filter((row) => !gone.has(row.id));
      const undo = done.map((result) => result.message?.undo).filter(Boolean);
      if (done.length) toast(said(done.length), { undo: undo.length === done.length ? () => takeBack(undo) : null });
      const problem = firstProblem(results);
      if (problem) failed(problem, () => take(ids.filter((id) => !gone.has(id)), change, said));
    } catch (error) {
      failed(error, () => take(ids, change, said));
    }
    for (const id of ids) state.leaving.delete(id);
    tells.refresh();
  }

  async function takeBack(undo) {
    const groups = new Map();
    for (const { id, mailboxIds } of undo) {
      const key = JSON.stringify(mailboxIds);
      groups.set(key, [...(groups.get(key) ?? []), id]);
    }
    try {
      for (const [mailboxIds, ids] of groups) {
        const problem = firstProblem(await api.changeMessages(ids, { mailboxIds: JSON.parse(mailboxIds) }));
        if (problem) throw problem;
      }
      toast(t('act.undone'));
    } catch (error) {
      failed(error, () => takeBack(undo));
    }
    tells.refresh();
  }

  const told = (key, values) => (count) => counted(key, count, values);

  return {
    setKeyword,
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

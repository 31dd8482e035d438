// Messages to lines of the list. Pure. A conversation is one line, its newest message, until it is opened; every message keeps
// its own verdict, and a folded conversation shows the gravest one that it hides: who writes the references of a forged mail
// chooses its company.
import { isLoud, levelOf } from './verdict.js';

const gravity = ['caution', 'forged'];

export function gravest(rows) {
  const loud = rows.map((row) => levelOf(row.verdict)).filter(isLoud);
  return loud.sort((a, b) => gravity.indexOf(b) - gravity.indexOf(a))[0] ?? null;
}

// [{ key, row, ids, count, open, inside, hides }]: `count` messages in the conversation that begins here (1: none), `inside` an
// opened one, `hides` the gravest level among what is folded away; `ids` all that an action on this line is for.
export function linesOf(rows, { grouped, opened }) {
  const groups = new Map();
  for (const row of rows) {
    const key = grouped && row.threadId ? row.threadId : row.id;
    if (groups.has(key)) groups.get(key).push(row);
    else groups.set(key, [row]);
  }
  const lines = [];
  for (const [key, group] of groups) {
    const open = group.length > 1 && opened.has(key);
    const [head, ...rest] = group;
    lines.push({ key: head.id, thread: key, row: head, ids: open ? [head.id] : group.map((r) => r.id), count: group.length, open, inside: false, hides: open ? null : gravest(rest) });
    if (open) for (const row of rest) lines.push({ key: row.id, thread: key, row, ids: [row.id], count: 1, open: false, inside: true, hides: null });
  }
  return lines;
}

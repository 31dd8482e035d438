// The panel's row about lists in DNS that the operator asks (RFC 5782): what each says, in its own name. Pure. Information: no
// verdict rests on it, so a listing is never drawn as a failure, nor an allow list's as a confirmation.

const kinds = ['block', 'allow', 'domain'];

function linesOf({ list, kind, subject, listed, meaning }) {
  const params = { list, subject };
  if (listed === false) return [{ key: 'panel.lists.unlisted', params }];
  if (listed !== true) return [{ key: 'panel.lists.silent', params }];
  const told = { key: `panel.lists.listed.${kinds.includes(kind) ? kind : 'block'}`, params };
  return meaning ? [told, { key: 'panel.lists.meaning', params: { meaning } }] : [told];
}

// null where no list was asked. `lines`: one sentence each, of {key, params}; sentences of one list stand in one array.
export function listsRow(evidence, from) {
  const asked = evidence.reputation ?? [];
  if (!asked.length) return null;
  const listed = asked.some((answer) => answer.listed === true);
  const state = listed ? 'unproved' : asked.some((answer) => answer.listed === false) ? 'empty' : 'trouble';
  const note = listed ? [[{ key: 'panel.lists.note', params: {} }]] : [];
  return { row: 'lists', state, lines: [...asked.map(linesOf), ...note], sources: from.local() };
}

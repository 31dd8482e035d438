// Which messages are picked. Pure: every function returns a new value.

export const nonePicked = { ids: new Set(), anchor: null };

export function toggle({ ids }, id, on = !ids.has(id)) {
  const next = new Set(ids);
  if (on) next.add(id);
  else next.delete(id);
  return { ids: next, anchor: id };
}

// From the one last touched to this one, in the order of the list; they all become what the last one is.
export function extend(picked, id, order) {
  const [from, to] = [order.indexOf(picked.anchor), order.indexOf(id)];
  if (from < 0 || to < 0) return toggle(picked, id);
  const on = picked.ids.has(picked.anchor);
  const next = new Set(picked.ids);
  for (const between of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (on) next.add(between);
    else next.delete(between);
  }
  return { ids: next, anchor: id };
}

export const all = (order) => ({ ids: new Set(order), anchor: order.at(-1) ?? null });

// Messages that are gone are not picked any more.
export function prune(picked, rows) {
  if (!picked.ids.size) return picked;
  const there = new Set(rows.map((row) => row.id));
  const left = [...picked.ids].filter((id) => there.has(id));
  return left.length === picked.ids.size ? picked : { ids: new Set(left), anchor: there.has(picked.anchor) ? picked.anchor : null };
}

// The list: one <li> a message, of which only those near the view stand in the document. What has the focus always does. Rows
// above the view may come, go or grow: what is being read keeps its place.
import { clone, hook, show } from './dom.js';
import { t } from './i18n.js';
import { newOffsets } from './offsets.js';
import { fillRow, makeRow } from './row.js';
import { routeTo } from './state.js';

const estimate = 118; // px of a row that was never seen
const margin = 480; // px beyond both edges that stand in the document too
const spare = 40; // rows kept for the next scroll

// `asks`: older() when the end comes near, top() when the first row is in view, looked() when other rows may be in the document.
export function listView(root, asks) {
  const scroller = hook(root, 'scroller');
  const list = hook(root, 'rows');
  const offsets = newOffsets(estimate);
  const made = new Map(); // key to { item, line, drawn }
  const pool = [];
  const gaps = [0, 1, 2].map(() => clone('t-gap').firstElementChild); // room for rows that are not in the document
  let lines = [];
  let index = new Map();
  let shown = {};
  let version = 0; // of what rows are filled from
  let width = 0;
  let top = 0; // where it was scrolled to, be it hidden by now
  let wish = null; // the place to go to once there is something to see

  scroller.addEventListener('scroll', () => {
    if (scroller.clientHeight) top = scroller.scrollTop;
    draw();
    if (scroller.scrollTop <= 0) asks.top();
  }, { passive: true });
  new ResizeObserver(() => {
    if (scroller.clientWidth !== width) {
      width = scroller.clientWidth;
      keepPlace(() => offsets.forget());
    }
    draw();
    goTo(wish);
  }).observe(scroller);

  // `next`: { lines, mailbox, message, picked, query, onlyUnverified, found, loading, problem, pages, total }.
  function update(next) {
    shown = next;
    version += 1;
    const loading = next.loading && !next.lines.length;
    list.toggleAttribute('aria-busy', loading);
    if (loading) skeleton();
    else keepPlace(() => setLines(next.lines));
    if (!loading) draw();
    tellEmpty();
  }

  function setLines(next) {
    lines = next;
    index = new Map(lines.map((line, at) => [line.key, at]));
    offsets.setKeys(lines.map((line) => line.key));
    for (const stray of list.querySelectorAll('.skeleton')) stray.remove();
  }

  function skeleton() {
    setLines([]);
    for (const [key] of made) retire(key);
    list.replaceChildren(...Array.from({ length: 8 }, () => clone('t-skeleton').firstElementChild));
    scroller.scrollTop = 0;
  }

  function tellEmpty() {
    const { query, onlyUnverified, loading, problem, pages } = shown;
    const none = !loading && !lines.length && !problem && pages.length > 0 && !pages.at(-1).next;
    show(hook(root, 'empty'), none);
    const words = query ? 'list.empty.search' : onlyUnverified ? 'list.empty.unverified' : 'list.empty';
    hook(root, 'empty-text').textContent = t(words, { query: query ?? '' });
    show(hook(root, 'empty-back'), Boolean(query || onlyUnverified));
  }

  // What is at the top of the view stays there while `change` moves things about; at the very top, new rows push it down unless
  // somebody is in the middle of something.
  function keepPlace(change) {
    const y = scroller.scrollTop;
    const busy = y > 0 || list.contains(document.activeElement) || shown.picked?.ids.size;
    const at = offsets.at(y);
    const above = lines.slice(at, at + 30).map((line) => [line.key, offsets.top(index.get(line.key)) - y]);
    change();
    if (!busy) return;
    const [key, distance] = above.find(([k]) => index.has(k)) ?? [];
    if (key === undefined) return;
    setRoom();
    const wanted = offsets.top(index.get(key)) - distance;
    if (Math.abs(wanted - scroller.scrollTop) >= 1) scroller.scrollTop = wanted;
  }

  // Enough room to scroll in before rows are placed: the browser would cut the wished place otherwise.
  function setRoom() {
    if (!lines.length) return;
    gaps[2].firstElementChild.setAttribute('height', offsets.total());
    list.append(gaps[2]);
  }

  function draw() {
    if (!lines.length && list.querySelector('.skeleton')) return;
    for (let round = 0; round < 4; round += 1) { // a measured height may change what is in view; it settles at once
      stand();
      if (!measure()) break;
    }
    if (lines.length && offsets.total() - scroller.scrollTop - scroller.clientHeight < 1500) asks.older();
    if (!lines.length && shown.pages?.at(-1)?.next) asks.older();
    asks.looked();
  }

  // The indices that stand in the document, in order: those near the view, and the one that has the focus.
  function wanted() {
    const [first, last] = offsets.range(scroller.scrollTop, scroller.clientHeight, margin);
    const indices = [];
    for (let at = first; at <= last; at += 1) indices.push(at);
    const focused = index.get(document.activeElement?.closest?.('.row')?.dataset.key);
    if (focused !== undefined && focused < first) indices.unshift(focused);
    else if (focused !== undefined && focused > last) indices.push(focused);
    return indices;
  }

  function stand() {
    const indices = wanted();
    const keep = new Set(indices.map((at) => lines[at].key));
    for (const [key] of made) if (!keep.has(key)) retire(key);
    for (const gap of gaps) gap.remove();
    let next = list.firstElementChild;
    let end = 0;
    let used = 0;
    const space = (until) => {
      const height = offsets.top(until) - offsets.top(end);
      if (height < 1) return;
      const gap = gaps[used];
      used += 1;
      gap.firstElementChild.setAttribute('height', height);
      list.insertBefore(gap, next);
    };
    for (const at of indices) {
      space(at);
      const item = rowAt(at);
      if (item === next) next = next.nextElementSibling;
      else list.insertBefore(item, next);
      end = at + 1;
    }
    space(lines.length);
  }

  function rowAt(at) {
    const line = lines[at];
    let entry = made.get(line.key);
    if (!entry) {
      entry = { item: pool.pop() ?? makeRow(), drawn: 0 };
      made.set(line.key, entry);
      entry.item.dataset.key = line.key;
    }
    if (entry.drawn !== version) {
      entry.drawn = version;
      fillRow(entry.item, line, {
        href: routeTo({ ...shown, message: line.row.id }), current: line.row.id === shown.message, picked: line.ids.every((id) => shown.picked.ids.has(id)),
        position: at + 1, size: shown.pages.at(-1)?.next ? -1 : lines.length, found: shown.found ?? [],
      });
    }
    return entry.item;
  }

  function retire(key) {
    const { item } = made.get(key);
    made.delete(key);
    item.remove();
    if (pool.length < spare) pool.push(item);
  }

  // True if a row is higher or lower than was thought; the first one in view keeps its place then.
  function measure() {
    const y = scroller.scrollTop;
    const at = offsets.at(y);
    const before = offsets.top(at);
    const changed = offsets.measure([...made].map(([key, { item }]) => [key, item.getBoundingClientRect().height]));
    if (changed && offsets.top(at) !== before) {
      setRoom();
      scroller.scrollTop = y + offsets.top(at) - before;
    }
    return changed;
  }

  // Moves the focus to a line, into view; `at` counts from 0.
  function focus(at) {
    if (!lines.length) return scroller.focus();
    const to = Math.max(0, Math.min(lines.length - 1, at));
    const [top, bottom] = [offsets.top(to), offsets.top(to + 1)];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
    draw();
    return hook(made.get(lines[to].key)?.item ?? root, 'link')?.focus({ preventScroll: true });
  }

  // The line at the top of the view with how far it is above it, and the line that has the focus.
  function place() {
    const key = lines[offsets.at(top)]?.key;
    return { key, distance: key === undefined ? 0 : top - offsets.top(index.get(key)), focused: document.activeElement?.closest?.('.row')?.dataset.key };
  }

  function goTo(there) {
    wish = there;
    if (!there || !scroller.clientHeight) return;
    wish = null;
    const [focused, at] = [there.focused, there.key].map((key) => index.get(key));
    if (focused !== undefined) focus(focused);
    if (at === undefined) return;
    setRoom();
    scroller.scrollTop = offsets.top(at) + there.distance;
    draw();
  }

  return {
    update,
    focus,
    place,
    goTo,
    // Index of the line that has the focus, else of the opened message, else -1.
    at: () => index.get(document.activeElement?.closest?.('.row')?.dataset.key) ?? lines.findIndex((line) => line.row.id === shown.message),
    near: () => new Set([...made.keys()].flatMap((key) => lines[index.get(key)]?.ids ?? [])),
    indexOf: (id) => lines.findIndex((line) => line.ids.includes(id)),
    lineOf: (element) => lines[index.get(element.closest('.row')?.dataset.key)] ?? null,
    toTop() {
      scroller.scrollTop = 0;
      draw();
    },
    isAtTop: () => scroller.scrollTop <= 0,
  };
}

// What was just done, with a way back, or what was not, with a way to try it again. One at a time; said once, politely. The first stays
// for some seconds, longer while it is pointed at or focused; the second until it is put away.
import { announce, clone, hook } from './dom.js';
import { translate } from './i18n.js';

const stay = 8000;
let shown = null; // { element, undo, gone, timer, from }; `from`: where the focus was before it came here

// `undo`, `retry`: functions, or nothing. `gone()` is called when it is there no more.
export function toast(text, { undo, retry, gone } = {}) {
  const place = document.querySelector('[data-view=mail] main'); // a landmark
  if (!place) return; // whoever did it is not signed in any more
  dismiss();
  const element = clone('t-toast').firstElementChild;
  translate(element);
  hook(element, 'text').textContent = text;
  button('undo', undo);
  button('retry', retry);
  button('close', retry && (() => {}));
  place.append(element);
  announce(text);
  const mine = { element, undo, gone, timer: 0 };
  shown = mine;
  wait();
  element.addEventListener('focusin', ({ relatedTarget }) => { if (!element.contains(relatedTarget)) mine.from = relatedTarget; });
  for (const event of ['pointerenter', 'focusin']) element.addEventListener(event, () => clearTimeout(mine.timer));
  for (const event of ['pointerleave', 'focusout']) element.addEventListener(event, wait);

  function wait() {
    clearTimeout(mine.timer);
    if (retry) return;
    mine.timer = setTimeout(() => { if (shown === mine) dismiss(); }, stay);
  }

  function button(name, run) {
    hook(element, name).hidden = !run;
    hook(element, name).addEventListener('click', () => {
      dismiss();
      run();
    });
  }
}

export function dismiss() {
  if (!shown) return;
  clearTimeout(shown.timer);
  const { element, from, gone } = shown;
  const held = element.contains(document.activeElement);
  shown = null;
  element.remove();
  if (held && from?.isConnected) from.focus({ preventScroll: true });
  gone?.();
}

// Takes back what the shown toast tells of; false: there is nothing to take back.
export function undoLast() {
  const undo = shown?.undo;
  if (!undo) return false;
  dismiss();
  undo();
  return true;
}

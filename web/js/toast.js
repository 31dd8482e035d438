// What was just done, with a way back. One at a time; said once, politely; stays while it is pointed at or focused.
import { announce, clone, hook } from './dom.js';
import { translate } from './i18n.js';

const stay = 8000;
let shown = null; // { element, undo, timer }

// `undo`, `retry`: functions, or nothing.
export function toast(text, { undo, retry } = {}) {
  dismiss();
  const element = clone('t-toast').firstElementChild;
  translate(element);
  hook(element, 'text').textContent = text;
  button('undo', undo);
  button('retry', retry);
  (document.querySelector('main') ?? document.body).append(element); // a landmark holds it, too
  announce(text);
  const mine = { element, undo, timer: 0 };
  shown = mine;
  wait();
  for (const event of ['pointerenter', 'focusin']) element.addEventListener(event, () => clearTimeout(mine.timer));
  for (const event of ['pointerleave', 'focusout']) element.addEventListener(event, wait);

  function wait() {
    clearTimeout(mine.timer);
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
  shown.element.remove();
  shown = null;
}

// Takes back what the shown toast tells of; false: there is nothing to take back.
export function undoLast() {
  const undo = shown?.undo;
  if (!undo) return false;
  dismiss();
  undo();
  return true;
}

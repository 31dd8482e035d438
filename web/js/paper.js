// On paper a frame cannot scroll, and how high the letter inside is nobody outside may measure. So its height is reckoned from its
// text, before it is printed: rather too high (white below the letter) than too low (its end cut off).
import * as api from './api.js';
import { hook } from './dom.js';
import { newSheet } from './sheet.js';

const width = 600; // px of a line: the narrowest paper in use, without margins
const line = 25;
const letter = 8; // px of a letter, and twice as much of a Japanese one
const between = 16; // px around a block of its own, or in a cell
const most = 60000; // px, some sixty pages
const blocks = /^\/?(?:address|article|blockquote|center|dd|details|div|dl|dt|figure|footer|h[1-6]|header|hr|li|main|ol|p|pre|section|summary|table|td|th|tr|ul)$/;
const spaced = /^(?:blockquote|dl|figure|h[1-6]|hr|ol|p|pre|table|td|th|ul)$/;
const wide = /[\u1100-\u11ff\u2e80-\ud7af\uf900-\ufaff\uff00-\uff60]/g;

// Height in px of a document that the service cleaned, given as its source.
export function heightOf(html) {
  const lines = /div\{white-space:pre|style="[^"]*white-space:\s*pre|<pre/i.test(html) ? '\n' : null;
  let [height, run] = [2 * between, 0];
  const end = (space) => {
    height += Math.ceil(run / width) * line + space;
    run = 0;
  };
  const text = (from, to) => {
    for (const piece of lines ? html.slice(from, to).split(lines) : [html.slice(from, to).replace(/\s+/g, ' ')]) {
      if (lines) end(piece ? 0 : line);
      if (piece.trim()) run += (piece.length + (piece.match(wide)?.length ?? 0)) * letter;
    }
  };
  for (let at = Math.max(0, html.indexOf('<body')); at < html.length && height < most;) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    text(at, open);
    const close = html.indexOf('>', open);
    const tag = html.slice(open + 1, close < 0 ? html.length : close);
    const name = tag.match(/^\/?[a-z0-9]*/i)[0].toLowerCase();
    if (name === 'img') height += heightOfPicture(tag);
    else if (name === 'br') end(run ? 0 : line);
    else if (blocks.test(name)) end(spaced.test(name) ? between : 0);
    at = close < 0 ? html.length : close + 1;
  }
  end(0);
  return Math.min(most, Math.ceil(height * 1.2) + 4 * line);
}

function heightOfPicture(tag) {
  const told = Number(tag.match(/\bheight="?(\d{1,5})/)?.[1] ?? NaN);
  return Number.isFinite(told) ? told : width;
}

// Before anything is printed, whoever asked for it: our button, a key, or the browser's own menu. Nothing is waited for between this
// event and the paper, so the letter's source is had at once or not at all; then the page is printed as far as it goes.
const setRules = newSheet();
addEventListener('afterprint', () => setRules(''));
addEventListener('beforeprint', () => {
  const article = document.querySelector('article.message');
  const frame = article && hook(article, 'body');
  const html = frame && !frame.hidden && frame.src ? api.getTextNow(frame.src) : null;
  if (html !== null) setRules(`@media print { .message .body { height: ${heightOf(html)}px; } }`);
});

// A mailbox of 10,000 letters in a real mail server, listed to its end: shared by the test of what stands in the document and by
// the bench of what it costs.
import { signIn, startBreakable, until } from './stage.mjs';

export const letters = 10000;

export async function startLong() {
  const stack = await startBreakable();
  await stack.tell('check never'); // what is looked at is the list
  await stack.tell(`fill ${letters}`);
  return stack;
}

// Rows that stand in the document, and how many the list says it has: 0 while that is not known.
export const counted = (page) => page.evaluate(() => ({
  rows: document.querySelectorAll('.row').length,
  elements: document.querySelectorAll('.rows *').length,
  last: Math.max(0, ...[...document.querySelectorAll('.row')].map((r) => Number(r.getAttribute('aria-posinset')))),
  total: Math.max(0, Number(document.querySelector('.row')?.getAttribute('aria-setsize') ?? 0)),
}));

// Goes to the end again and again, until there is nothing more. `each` sees the counts on the way. How long it may take is not
// said here; a minute without one more row is a list that stands still.
export async function listAll(page, stack, each = () => {}) {
  await signIn(page, stack);
  await until(page, () => document.querySelectorAll('.row:not(.skeleton)').length > 4);
  for (let [end, last] = [0, -1]; ;) {
    await page.evaluate(() => {
      const scroller = document.querySelector('.scroller');
      scroller.scrollTop = scroller.scrollHeight;
    });
    const now = await counted(page);
    each(now);
    if (now.total >= letters) return now;
    if (now.last > last) [end, last] = [Date.now() + 60000, now.last];
    if (Date.now() > end) throw new Error(`not to the end of the list: ${JSON.stringify(now)}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}

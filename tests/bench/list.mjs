// What the list costs with 10,000 messages, in Chromium before the real service: code a frame while it scrolls (script, style and
// layout, without painting; CPU time of the page's own thread, so that a busy machine is not counted), and heap. Also counted: the
// rows in the document. Alone: `node tests/bench/list.mjs` with tests/node_modules there; part of `make bench`.
import { counted, listAll, letters, startLong } from '../browser/long.mjs';
import { newPage, startBrowser } from '../browser/stage.mjs';

const frames = 300;
const targets = { frame: 16, heap: 60 };

const [stack, browser] = [await startLong(), await startBrowser()];
try {
  const { page, context } = await newPage(browser, stack);
  await listAll(page, stack);
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metrics = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
  const spent = ({ ScriptDuration, LayoutDuration, RecalcStyleDuration }) => (ScriptDuration + LayoutDuration + RecalcStyleDuration) * 1000;

  // Two frames: what scrolling sets off runs in the first or before the second.
  const scroll = (by) => page.evaluate((step) => new Promise((resolve) => {
    const scroller = document.querySelector('.scroller');
    if (Math.abs(step) === Infinity) scroller.scrollTop = step < 0 ? 0 : scroller.scrollHeight;
    else scroller.scrollTop += step;
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  }), by);

  console.log(`the list with ${letters} messages, ${frames} frames of scrolling: ms of code a frame`);
  let [worst, rows] = [0, 0];
  for (const [what, step] of [['a row a frame, down', 110], ['a page a frame, down', 800], ['a page a frame, up', -800]]) {
    const costs = [];
    await scroll(step > 0 ? -Infinity : Infinity);
    for (let before = spent(await metrics()); costs.length < frames;) {
      await scroll(step);
      const now = spent(await metrics());
      costs.push(now - before);
      before = now;
      if (costs.length % 30 === 0) {
        rows = Math.max(rows, (await counted(page)).rows);
        before = spent(await metrics());
      }
    }
    costs.sort((a, b) => a - b);
    const at = (part) => costs[Math.min(frames - 1, Math.floor(frames * part))];
    worst = Math.max(worst, at(0.95));
    console.log(`  ${what.padEnd(24)} median ${at(0.5).toFixed(2)}, 95th percentile ${at(0.95).toFixed(2)}, most ${at(1).toFixed(2)}`);
  }
  await session.send('HeapProfiler.collectGarbage');
  const heap = (await metrics()).JSHeapUsedSize / 1e6;
  const verdict = (value, target) => `${value <= target ? 'ok' : 'MISSED'} (target ${target})`;
  console.log(`  rows in the document     at most ${rows}`);
  console.log(`  code a frame, 95th perc. ${worst.toFixed(2)} ms  ${verdict(worst, targets.frame)}`);
  console.log(`  heap                     ${heap.toFixed(1)} MB  ${verdict(heap, targets.heap)}`);
  process.exitCode = worst <= targets.frame && heap <= targets.heap ? 0 : 1;
} finally {
  await browser.close();
  await stack.stop();
}

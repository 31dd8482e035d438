// What the list costs with 10,000 messages, in Chromium before the real service: code per frame while it scrolls (script, style
// and layout, without painting), the median of several runs, and heap. Alone: `node tests/bench/list.mjs` with tests/node_modules
// there; part of `make bench`.
import { listAll, letters, startLong } from '../browser/long.mjs';
import { newPage, startBrowser } from '../browser/stage.mjs';

const frames = 100;
const runs = 5;
const targets = { frame: 16, heap: 60 };

const [stack, browser] = [await startLong(), await startBrowser()];
try {
  const { page, context } = await newPage(browser, stack);
  await listAll(page, stack);
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  const metrics = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
  const spent = ({ ScriptDuration, LayoutDuration, RecalcStyleDuration }) => ScriptDuration + LayoutDuration + RecalcStyleDuration;

  const scroll = (step) => page.evaluate(([count, by]) => new Promise((resolve) => {
    const scroller = document.querySelector('.scroller');
    let left = count;
    const next = () => {
      scroller.scrollTop += by;
      left -= 1;
      if (left > 0) requestAnimationFrame(next);
      else requestAnimationFrame(resolve);
    };
    scroller.scrollTop = by > 0 ? 0 : scroller.scrollHeight;
    requestAnimationFrame(next);
  }), [frames, step]);

  console.log(`the list with ${letters} messages, ${frames} frames of scrolling, the median of ${runs} runs (least to most)`);
  let worst = 0;
  for (const [what, step] of [['a row a frame, down', 110], ['a page a frame, down', 800], ['a page a frame, up', -800]]) {
    const costs = [];
    for (let run = 0; run < runs; run += 1) {
      const before = await metrics();
      await scroll(step);
      costs.push((spent(await metrics()) - spent(before)) * 1000 / frames);
    }
    costs.sort((a, b) => a - b);
    const median = costs[runs >> 1];
    worst = Math.max(worst, median);
    console.log(`  ${what.padEnd(24)} ${median.toFixed(2)} ms of code a frame (${costs[0].toFixed(2)} to ${costs.at(-1).toFixed(2)})`);
  }
  await session.send('HeapProfiler.collectGarbage');
  const heap = (await metrics()).JSHeapUsedSize / 1e6;
  const verdict = (value, target) => `${value <= target ? 'ok' : 'MISSED'} (target ${target})`;
  console.log(`  code a frame, worst      ${worst.toFixed(2)} ms  ${verdict(worst, targets.frame)}`);
  console.log(`  heap                     ${heap.toFixed(1)} MB  ${verdict(heap, targets.heap)}`);
  process.exitCode = worst <= targets.frame && heap <= targets.heap ? 0 : 1;
} finally {
  await browser.close();
  await stack.stop();
}

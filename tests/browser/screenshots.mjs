// make screenshots [ONLY="list forged-panel"]: every view and state (scenes.mjs) at 390 and 1280 px, light and dark, English and
// Japanese, some at 200 % zoom, into build/screenshots. Nothing may be wider than the window, and every
// scene must come about: what does not is said, the others go on, and the end is 1. The scenes of a language share one page.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { home, ofOwn, ofSample, prepare, threshold } from './scenes.mjs';
import { newPage, startBreakable, startBrowser, startStack, until } from './stage.mjs';

const [target, ...only] = process.argv.slice(2);
const shapes = [['desk', 1280, 860], ['phone', 390, 844]];
const zoomed = new Set(['list', 'picked', 'about', 'domain-panel', 'forged', 'links', 'keys']); // in 640 px: a desk at 200 %
const locales = ['en-GB', 'ja-JP'];
const amiss = [];
let taken = 0;
const firstLine = (error) => String(error.message).split('\n')[0];

async function take(stage, scene, locale) {
  const { page } = stage;
  await until(page, () => [...document.images].every((image) => image.complete));
  const shapesOf = [...shapes, ...(zoomed.has(scene.name) ? [['zoom', 640, 430]] : [])];
  for (const [shape, width, height] of shapesOf) {
    await page.setViewportSize({ width, height });
    await page.mouse.move(0, 0); // nothing lies under the pointer
    if (shape === 'phone') await scene.phone?.(page);
    if (scene.scroll) await page.locator(scene.scroll).scrollIntoViewIfNeeded();
    for (const colorScheme of scene.media ? ['light'] : ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, media: scene.media ?? null });
      await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); })); // laid out
      const file = [scene.name, shape, colorScheme, locale.slice(0, 2)].join('-');
      await page.screenshot({ path: path.join(target, `${file}.png`) });
      taken += 1;
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) amiss.push(`${file}: wider than the window`);
    }
  }
  await page.emulateMedia({ media: null });
}

// A page of its own language, signed in. `play` throws it away with all that a failed scene left in it.
async function open(stack, browser, locale) {
  const { page, context } = await newPage(browser, stack, { locale, height: 860, reducedMotion: 'reduce' });
  context.setDefaultTimeout(45000);
  return { page, context, stack };
}

async function leave(scene, stage) {
  await stage.page.setViewportSize({ width: 1280, height: 860 });
  await scene.leave?.(stage.page, stage);
}

// One page for all scenes of a language; the next one gets another where a scene fails, for what that left in it is not known.
async function play(stack, browser, { outside, inside }, locale) {
  let stage = null;
  for (const [scene, begin] of [...outside.map((one) => [one, threshold]), ...inside.map((one) => [one, home])]) {
    if (only.length && !only.includes(scene.name)) continue;
    let came = false;
    try {
      stage ??= await open(stack, browser, locale);
      await begin(stage.page, stage, scene);
      await scene.arrange(stage.page, stage);
      await take(stage, scene, locale);
      came = true;
    } catch (error) {
      amiss.push(`${scene.name}, ${locale}: ${firstLine(error)}`);
    }
    try {
      await leave(scene, stage); // of a failed scene too: it may have stopped a server
    } catch (error) {
      if (came) amiss.push(`${scene.name}, ${locale}, taking it back: ${firstLine(error)}`);
      came = false;
    }
    if (!came) {
      console.log(amiss.at(-1));
      await stage?.context.close();
      stage = null;
    }
  }
  await stage?.context.close();
}

await mkdir(target, { recursive: true });
const began = Date.now();
const browser = await startBrowser();
try {
  for (const [start, scenes, before] of [[startStack, ofSample], [startBreakable, ofOwn, prepare]]) {
    if (only.length && ![...scenes.outside, ...scenes.inside].some(({ name }) => only.includes(name))) continue;
    let stack = null;
    try {
      stack = await start();
      await before?.(stack);
      for (const locale of locales) await play(stack, browser, scenes, locale);
    } catch (error) {
      amiss.push(`${start.name}: ${error.message}`);
    }
    await stack?.stop();
  }
} finally {
  await browser.close();
}
for (const what of amiss) console.log(what);
console.log(`${taken} pictures in ${target}, in ${Math.round((Date.now() - began) / 1000)} s; amiss: ${amiss.length}`);
process.exitCode = amiss.length || !taken ? 1 : 0;

// make screenshots [ONLY="list forged-panel"]: every view and state (scenes.mjs) at 390 and 1280 px, light and dark, English and
// Japanese, some at 200 % zoom, into build/screenshots. Nothing may be wider than the window, and every
// scene must come about: what does not is said, and the end is 1.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { home, ofOwn, ofSample, prepare } from './scenes.mjs';
import { newPage, startBreakable, startBrowser, startStack } from './stage.mjs';

const [target, ...only] = process.argv.slice(2);
const shapes = [['desk', 1280, 860], ['phone', 390, 844]];
const zoomed = new Set(['list', 'picked', 'about', 'domain-panel', 'forged', 'links', 'keys']); // in 640 px: a desk at 200 %
const amiss = [];
let taken = 0;

async function take(stage, scene, locale) {
  const { page } = stage;
  const shapesOf = [...shapes, ...(zoomed.has(scene.name) ? [['zoom', 640, 430]] : [])];
  for (const [shape, width, height] of shapesOf) {
    await page.setViewportSize({ width, height });
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

async function play(stack, browser, { outside, inside }, locale) {
  const { page, context } = await newPage(browser, stack, { locale, height: 860, reducedMotion: 'reduce' });
  const stage = { page, context, stack };
  const chosen = (scenes) => scenes.filter(({ name }) => !only.length || only.includes(name));
  const one = async (scene) => {
    try {
      await scene.arrange(page, stage);
      await take(stage, scene, locale);
    } catch (error) {
      amiss.push(`${scene.name}, ${locale}: ${error}`);
    }
    await page.setViewportSize({ width: 1280, height: 860 });
    await scene.leave?.(page, stage);
  };
  await page.goto(`${stack.url}/`);
  await page.waitForSelector('form');
  for (const scene of chosen(outside)) await one(scene);
  for (const scene of chosen(inside)) {
    await home(page, stage);
    await one(scene);
  }
  await context.close();
}

await mkdir(target, { recursive: true });
const browser = await startBrowser();
try {
  for (const [start, scenes, before] of [[startStack, ofSample], [startBreakable, ofOwn, prepare]]) {
    const stack = await start();
    try {
      await before?.(stack);
      for (const locale of ['en-GB', 'ja-JP']) await play(stack, browser, scenes, locale);
    } finally {
      await stack.stop();
    }
  }
} finally {
  await browser.close();
}
for (const what of amiss) console.log(what);
console.log(`${taken} pictures in ${target}`);
process.exitCode = amiss.length || !taken ? 1 : 0;

// axe-core finds nothing to say against any view or state of the page (scenes.mjs): by all its rules on a desk in light and on a phone
// in dark, by that of contrast on a desk in dark. Nothing is wider than its window.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { home, ofOwn, ofSample, prepare } from './scenes.mjs';
import { allJudged, newPage, noViolations, patience, startBreakable, startBrowser, startStack, until } from './stage.mjs';

const desk = { width: 1280, height: 860 };
const looks = [['light', desk], ['dark', desk, ['color-contrast']], ['dark', { width: 390, height: 844 }]];
// What stands around a message is the same for all of them, and looked at with the list's own scenes.
const message = [['[data-hook=pane]'], ['dialog']];
let browser;

before(async () => { browser = await startBrowser(); }, { timeout: patience });
after(() => browser?.close(), { timeout: patience });

// The list as it is after a message was read: nothing is loaded anew.
async function closeMessage(page) {
  await page.keyboard.press('Escape');
  await until(page, () => !document.querySelector('dialog[open]'));
  await page.evaluate(() => { location.hash = '#/'; });
  await until(page, () => document.querySelector('.nothing'));
}

async function look(page, scene, within) {
  for (const [colorScheme, size, rules] of scene.media ? looks.slice(0, 1) : looks) { // paper has one size and one colour
    const where = `${scene.name}, ${size.width} px, ${colorScheme}`;
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, media: scene.media ?? null });
    if (size !== desk) await scene.phone?.(page);
    await noViolations(page, where, { within, rules });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: wider than the window`);
  }
}

const stacks = [['the sample mailbox', startStack, ofSample, async () => {}], ['what breaks', startBreakable, ofOwn, prepare]];
for (const [name, start, { outside, list, messages }, prepared] of stacks) {
  test(`no accessibility violation in any view: ${name}`, { timeout: 2 * patience }, async (t) => {
    const stack = await start();
    try {
      await prepared(stack);
      await allJudged(stack);
      const { page, context, elsewhere } = await newPage(browser, stack, { ...desk, reducedMotion: 'reduce' });
      const stage = { page, context, stack };
      const one = (scene, begin, within) => t.test(scene.name, { timeout: patience }, async () => {
        await page.setViewportSize(desk);
        await page.emulateMedia({ media: null });
        await begin();
        try {
          await scene.arrange(page, stage);
          await look(page, scene, within);
        } finally {
          await page.setViewportSize(desk);
          await scene.leave?.(page, stage);
        }
      });
      for (const scene of outside) await one(scene, () => page.goto(`${stack.url}/`).then(() => page.waitForSelector('form')));
      for (const scene of list) await one(scene, () => home(page, stage));
      if (messages.length) await home(page, stage);
      for (const [at, scene] of messages.entries()) await one(scene, () => (at ? closeMessage(page) : null), at ? message : undefined);
      assert.deepEqual(elsewhere, [], 'requests to elsewhere');
      await context.close();
    } finally {
      await stack.stop();
    }
  });
}

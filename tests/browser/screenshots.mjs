// make screenshots: every view and state at phone and desktop width, light and dark, English and Japanese, into build/screenshots.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { newPage, openMessage, settled, signIn, startBrowser, startStack } from './stage.mjs';

const target = process.argv[2];
const views = [
  ['list', null], ['domain', 'Your statement for October', 'panel'], ['forged', 'Your card has been limited'], ['likely', 'Your order 5521', 'panel'],
  ['unverified', 'Scan 0042'], ['caution', 'Changed bank details'], ['unchecked', 'Meter reading'], ['attachments', 'drawings attached'], ['newsletter', '40 things'],
  ['brand', 'Your new card', 'panel'], ['cmc', 'The first harvest', 'panel'], ['lookalike', 'Please confirm your details'], ['phish', 'Your account will be closed'],
  ['openpgp', 'The interview, my corrections', 'panel'], ['openpgp-unknown', 'Seeds for spring', 'panel'],
  ['evidence', 'Weekend hike', 'all'], ['links', 'Your card has been limited', 'links'],
];
await mkdir(target, { recursive: true });
const [stack, browser] = [await startStack(), await startBrowser()];
for (const [size, width, height] of [['desk', 1280, 860], ['phone', 390, 844]]) {
  for (const [look, dark, locale] of [['light', false, 'en-GB'], ['dark', true, 'en-GB'], ['ja', false, 'ja-JP']]) {
    const { page, context } = await newPage(browser, stack, { width, height, dark, locale });
    const shot = (name) => page.screenshot({ path: path.join(target, `${size}-${look}-${name}.png`) });
    await page.goto(`${stack.url}/`);
    await page.waitForSelector('form');
    await shot('signin');
    await signIn(page, stack);
    await settled(page);
    for (const [name, subject, extra] of views) {
      if (subject) {
        await openMessage(page, subject);
        if (extra === 'panel' || extra === 'all') await page.click('[data-hook=how]');
        if (extra === 'all') await page.click('[data-hook=all]');
        if (extra === 'links') await page.click('[data-hook=links]');
        await page.waitForTimeout(300);
      }
      await shot(name);
      if (extra === 'links') await page.keyboard.press('Escape');
      if (subject && size === 'phone') await page.click('[data-hook=back]');
      if (subject && size === 'phone') await page.locator('.row a').first().waitFor();
    }
    await context.close();
  }
}
await browser.close();
await stack.stop();

// 10,000 messages: what stands in the document stays bounded however far one goes, and the focus stays where it was.
import assert from 'node:assert/strict';
import test from 'node:test';
import { letters, listAll, startLong } from './long.mjs';
import { newPage, patience, startBrowser, until } from './stage.mjs';

const most = 60; // rows at once: a view of 900 px and 480 px on both sides, of rows of at least 40 px, and the focused one

test('a list of 10,000 is scrolled to its end with few rows in the document, and keeps the focus', { timeout: 2 * patience }, async () => {
  const [stack, browser] = [await startLong(), await startBrowser()];
  try {
    const { page, elsewhere, errors } = await newPage(browser, stack);
    let seen = 0;
    const end = await listAll(page, stack, ({ rows }) => { seen = Math.max(seen, rows); });
    assert.ok(seen > 5 && seen <= most, `${seen} rows at once`);
    assert.ok(end.total >= letters, `${end.total}`);
    assert.ok(end.last >= letters, 'the last of them stands in the document');

    await page.evaluate(() => { document.querySelector('.scroller').scrollTop = 400000; });
    await page.keyboard.press('j');
    await page.keyboard.press('End');
    await until(page, (n) => Number(document.activeElement.closest('.row').getAttribute('aria-posinset')) >= n, letters);
    const text = await page.evaluate(() => document.activeElement.textContent);
    for (const y of [0, 300000, 600000]) {
      await page.evaluate((top) => { document.querySelector('.scroller').scrollTop = top; }, y);
      await until(page, (top) => Math.abs(document.querySelector('.scroller').scrollTop - top) < 200, y);
      assert.equal(await page.evaluate(() => document.activeElement.textContent), text, 'the focused row is kept, though far away');
      assert.ok(await page.evaluate(() => document.querySelectorAll('.row').length) <= most);
    }
    await page.keyboard.press('ArrowUp');
    assert.ok(await page.evaluate(() => {
      const box = document.activeElement.getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight;
    }), 'the next key brings the list to it');
    assert.deepEqual([elsewhere, errors], [[], []]);
  } finally {
    await browser.close();
    await stack.stop();
  }
});

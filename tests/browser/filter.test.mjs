// The filter "not confirmed" over several pages: what changes meanwhile, here or elsewhere, leaves place and focus where they were, and
// the list tells the truth about what came and went.
import assert from 'node:assert/strict';
import { allJudged, bring, onStage, quiet, row, startBreakable, until } from './stage.mjs';

const unsigned = (subject) => Buffer.from(`From: Nobody <nobody@unsigned.example>\r\nTo: alice@mail.example\r\nSubject: ${subject}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@unsigned.example>\r\n\r\nHello.\r\n`).toString('base64');
// 62 signed letters above 120 unsigned ones: the first page of the filter is empty.
const prepare = async (stack) => {
  await stack.tell('fill 120');
  for (let n = 30; n < 62; n += 1) await stack.tell(`append letter ${n}`);
};
const { stack, scenario } = onStage(startBreakable, { prepare });

const listing = (page) => page.evaluate(() => ({ focus: document.activeElement.closest('.row')?.dataset.key, top: document.activeElement.closest('.row')?.getBoundingClientRect().top }));
const subjects = (page) => page.locator('.row [data-hook=subject]').allTextContents();
// What `change` does has come to the list: the service told of it, the list asked, and every answer is here.
async function heard(page, context, change) {
  const answer = page.waitForResponse((response) => /unverified=1/.test(response.url()) && !/before=/.test(response.url()) && response.status() === 200);
  await change();
  await answer;
  await quiet(context);
}
async function stays(page, context, change) {
  const before = await listing(page);
  assert.ok(before.focus, 'a row has the focus');
  await heard(page, context, change);
  const after = await listing(page);
  assert.equal(after.focus, before.focus);
  assert.ok(Math.abs(after.top - before.top) <= 1, `${before.top} to ${after.top}`);
}

scenario('a change while the filter is on leaves place and focus, and what came stands at its top', {}, async (page, { context }) => {
  await page.click('[data-hook=filter]');
  await (await bring(page, 'filler 00090')).focus(); // on the third page of letters
  await quiet(context);
  await stays(page, context, () => page.keyboard.press('s').then(() => stack.tell('append signed and quiet'))); // a flag, and mail that the filter keeps out
  assert.equal(await page.locator('.row:focus-within [data-hook=star]').getAttribute('aria-pressed'), 'true');
  await stays(page, context, () => stack.tell(`deliver ${unsigned('an unsigned arrival')}`));
  await page.locator('[data-hook=show-fresh]').waitFor();
  await stays(page, context, () => stack.tell('append another quiet one'));
  await page.click('[data-hook=show-fresh]');
  await row(page, 'an unsigned arrival').waitFor();
  await bring(page, 'filler 00119');
  await allJudged(stack); // what was still being checked when it came
  await page.evaluate(() => { window.dispatchEvent(new Event('online')); });
  await until(page, () => document.querySelector('.row').getAttribute('aria-setsize') === '121'); // each of them once, and nothing else
});

const sizeOf = (page) => page.evaluate(() => Number(document.querySelector('.row').getAttribute('aria-setsize')));
for (const filtered of [true, false]) {
  scenario(`what another client removes is gone from a deeper page, ${filtered ? 'with the filter' : 'and without one'}; nothing else is, and place and focus stay`, {}, async (page, { context }) => {
    if (filtered) await page.click('[data-hook=filter]');
    await bring(page, 'filler 00119'); // every page is here
    await (await bring(page, 'filler 00085')).focus();
    await quiet(context);
    const before = await sizeOf(page);
    const focus = await listing(page);
    const numbers = filtered ? ['00087', '00092'] : ['00088', '00093'];
    for (const number of numbers) await stack.tell(`expunge filler ${number}`);
    await until(page, (wanted) => Number(document.querySelector('.row').getAttribute('aria-setsize')) === wanted, before - 2);
    await quiet(context);
    const after = await listing(page);
    assert.deepEqual([after.focus, Math.abs(after.top - focus.top) <= 1], [focus.focus, true]);
    const there = await subjects(page);
    assert.deepEqual(numbers.filter((number) => there.includes(`filler ${number}`)), []);
    for (const number of ['00086', '00089', '00091']) assert.ok(there.includes(`filler ${number}`), number);

    const far = filtered ? 'filler 00010' : 'filler 00011'; // out of view: it goes when one looks there, with every neighbour left
    await stack.tell(`expunge ${far}`);
    await bring(page, 'filler 00015');
    await until(page, (wanted) => Number(document.querySelector('.row').getAttribute('aria-setsize')) === wanted, before - 3);
    await bring(page, 'filler 00119');
    assert.equal(await sizeOf(page), before - 3);
  });
}

scenario('what goes while the filter is on is gone from it, and nothing else is', {}, async (page, { context }) => {
  await page.click('[data-hook=filter]');
  await (await bring(page, 'filler 00100')).focus();
  await quiet(context);
  await page.keyboard.press('#');
  await row(page, 'filler 00100').waitFor({ state: 'detached' });
  await quiet(context);
  assert.match((await listing(page)).focus ?? '', /./, 'the next one has the focus');
  assert.ok((await subjects(page)).includes('filler 00101'));
});

// Whom the reader knows: an address book goes in, each of it and each saying can be taken back, and every failure has words. And
// what the lists say that the operator asks.
import assert from 'node:assert/strict';
import { noViolations, onStage, openMessage, startBreakable, until } from './stage.mjs';

const { stack, scenario } = onStage(startBreakable);


const card = (name, address) => `BEGIN:VCARD\r\nVERSION:4.0\r\nFN:${name}\r\nEMAIL:${address}\r\nEND:VCARD\r\n`;
const file = (text, name = 'people.vcf') => ({ name, mimeType: 'text/vcard', buffer: Buffer.from(text) });
const dora = card('Dora Jensen', 'dora@corp.example');
const hiro = card('佐藤ひろ', 'hiro@corp.example');
const addresses = (page) => page.locator('[data-hook=people] [data-hook=subject]').allTextContents();
const sayings = (page) => page.locator('[data-hook=sayings] [data-hook=subject]').allTextContents();
const undo = (page, subject) => page.locator(`.people-list button[aria-label$="${subject}"]`);
const hasSaid = (page, words) => until(page, (text) => document.querySelector('#people-said').textContent.includes(text), words);

// Filled: what is empty says so, and what is not has lines.
async function openPeople(page) {
  await page.click('.folders a[href="#about"]');
  await page.click('.about a[href="#people"]');
  await until(page, () => ['sayings', 'people'].every((name) => document.querySelector(`[data-hook=${name}] li`))
    || [...document.querySelectorAll('[data-hook=nothing-said], [data-hook=nobody]')].some((line) => !line.hidden));
}

scenario('an address book of two goes in, within reach of the keyboard; one is removed, the other stays', {}, async (page) => {
  await openPeople(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'people-title');
  assert.deepEqual([await addresses(page), await sayings(page)], [[], []]);
  assert.match(await page.textContent('[data-hook=nobody]'), /Nobody yet/);
  await noViolations(page, 'nobody known');
  for (let i = 0; i < 3 && await page.evaluate(() => document.activeElement.dataset.hook) !== 'file'; i += 1) await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.hook), 'file', 'the chooser itself is the browser\'s');
  await page.setInputFiles('[data-hook=file]', file(dora + hiro));
  await hasSaid(page, '2 addresses imported from 2 cards.');
  assert.deepEqual((await addresses(page)).sort(), ['dora@corp.example', 'hiro@corp.example']);
  assert.match(await page.textContent('[data-hook=people]'), /佐藤ひろ.*from your address book/s);
  await noViolations(page, 'two are known');
  await undo(page, 'dora@corp.example').focus();
  await page.keyboard.press('Enter');
  await until(page, () => document.querySelectorAll('[data-hook=people] li').length === 1);
  await until(page, () => document.activeElement.getAttribute('aria-label') === 'Remove: hiro@corp.example');
  await page.reload();
  await until(page, () => document.querySelectorAll('[data-hook=people] li').length === 1);
  assert.deepEqual(await addresses(page), ['hiro@corp.example']);
  await undo(page, 'hiro@corp.example').click();
  await until(page, () => !document.querySelector('[data-hook=nobody]').hidden && document.activeElement.id === 'people-title');
});

scenario('what is no address book, or too large, is told so; the next one goes in', {}, async (page) => {
  await openPeople(page);
  await page.setInputFiles('[data-hook=file]', file('hello', 'notes.txt'));
  await hasSaid(page, 'is no vCard');
  await page.setInputFiles('[data-hook=file]', file(dora + ' '.repeat(4 << 20)));
  await hasSaid(page, 'larger than the 4 MB');
  assert.deepEqual(await addresses(page), []);
  await page.setInputFiles('[data-hook=file]', file(dora));
  await hasSaid(page, '1 address imported from 1 card.');
  await page.setInputFiles('[data-hook=file]', file(dora)); // the same file once more
  await until(page, () => !document.querySelector('[data-hook=file]').disabled);
  await undo(page, 'dora@corp.example').click();
  await until(page, () => !document.querySelector('[data-hook=nobody]').hidden);
});

scenario('a long address book is shown a hundred at a time', {}, async (page) => {
  await openPeople(page);
  await page.setInputFiles('[data-hook=file]', file(Array.from({ length: 130 }, (_, n) => card(`Person ${n}`, `p${String(n).padStart(3, '0')}@corp.example`)).join('')));
  await hasSaid(page, '130 addresses imported from 130 cards.');
  assert.equal((await addresses(page)).length, 100);
  await page.click('.people [data-hook=more]');
  assert.equal((await addresses(page)).length, 130);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Remove: p100@corp.example');
  assert.equal(await page.locator('.people [data-hook=more]').isVisible(), false);
});

for (const [locale, width, say, forget] of [['en-GB', 1280, 'I know it', /Sender: carol@signed\.example Said on/], ['ja-JP', 390, '知っている', /送信者： carol@signed\.example/]]) {
  scenario(`what was said of a message is listed here and taken back here (${locale})`, { locale, width }, async (page) => {
    await openMessage(page, 'letter 07');
    await page.click('[data-hook=how]');
    await page.locator('.known li', { hasText: 'carol@signed.example' }).getByRole('button').click();
    await until(page, (word) => document.querySelector('.known [data-subject="carol@signed.example"]').textContent !== word, say);
    await page.evaluate(() => { location.hash = '#people'; });
    await page.locator('[data-hook=sayings] li').waitFor();
    assert.match((await page.textContent('[data-hook=sayings] li')).replace(/\s+/g, ' '), forget);
    await noViolations(page, 'one saying');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await undo(page, 'carol@signed.example').click();
    await until(page, () => !document.querySelector('[data-hook=nothing-said]').hidden);
    assert.deepEqual(await sayings(page), []);
    await page.evaluate(() => { location.hash = '#/'; });
    await openMessage(page, 'letter 07');
    await page.click('[data-hook=how]');
    await until(page, (word) => document.querySelector('.known [data-subject="carol@signed.example"]').textContent === word, say);
  });
}

scenario('while the service is away that is said, and trying again works', {}, async (page) => {
  await stack.tell('stop-service');
  await page.evaluate(() => { location.hash = '#people'; });
  await page.locator('.people [data-hook=retry]').waitFor();
  assert.ok(await page.textContent('#people-said'));
  await stack.tell('start-service');
  await page.click('.people [data-hook=retry]');
  await until(page, () => !document.querySelector('[data-hook=nothing-said]').hidden);
  assert.equal(await page.textContent('#people-said'), '');
});

scenario('a list that the operator asks is told in a row of its own, and only then', {}, async (page) => {
  await openMessage(page, 'letter 09');
  await page.click('[data-hook=how]');
  assert.equal(await page.locator('[data-row=lists]').count(), 0);
  const seal = () => page.locator('#message-says use').getAttribute('href');
  await until(page, () => document.querySelector('#message-says use').getAttribute('href') === '#seal-domain');
  await stack.tell('ask-lists');
  await page.reload();
  await openMessage(page, 'letter 09');
  await page.click('[data-hook=how]');
  await page.locator('[data-row=lists]').waitFor();
  assert.match(await page.textContent('[data-row=lists]'), /The domain list dbl\.example names signed\.example\. That means: names that were given away\./);
  assert.equal(await seal(), '#seal-domain', 'which moves no verdict');
  await noViolations(page, 'a panel of seven rows');
});

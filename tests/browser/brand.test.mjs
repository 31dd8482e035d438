// The sender's logo as a reader meets it: earned, beside the domain, in its place without moving anything.
import assert from 'node:assert/strict';
import { bring, noViolations, onStage, openMessage, quiet, startStack, until } from './stage.mjs';

const { stack, scenario } = onStage(startStack);

const avatarOf = (page, subject) => page.locator('.row', { hasText: subject }).first().locator('[data-hook=avatar]');

async function logoThere(page, subject) {
  await bring(page, subject);
  await until(page, (text) => {
    const row = [...document.querySelectorAll('.row')].find((r) => r.textContent.includes(text));
    return row?.querySelector('[data-hook=avatar] img')?.naturalWidth > 0;
  }, subject);
}

for (const [size, width, height] of [['desk', 1280, 860], ['phone', 390, 844]]) {
  // attacks E118, E119: the tick is the VMC's alone, and no row is only a logo
  scenario(`logos that were earned, initials otherwise, and the domain always (${size})`, { width, height }, async (page) => {
    for (const [subject, kind, domain] of [['Your new card is on its way', 'vmc', 'hoshino-bank.example'], ['The first harvest has arrived', 'cmc', 'midori-tea.example'],
      ['Five things we noticed this week', 'self', 'evening-letter.example']]) {
      await logoThere(page, subject);
      const avatar = avatarOf(page, subject);
      assert.match(await avatar.getAttribute('class'), new RegExp(`logo-${kind}\\b`), subject);
      assert.equal(await avatar.evaluate((element) => getComputedStyle(element, '::after').content !== 'none'), kind === 'vmc', `the tick of ${subject}`);
      assert.match(await avatar.locator('img').getAttribute('src'), /^\/api\/v1\/logos\/[0-9a-f]{64}\.png/);
      const written = page.locator('.row', { hasText: subject }).first().locator('[data-hook=domain]');
      assert.equal(await written.textContent(), domain);
      assert.ok(await written.evaluate((element) => element.checkVisibility() && element.scrollWidth <= element.clientWidth + 1), `${domain} is there in full`);
    }
    for (const [subject, level] of [['Proofs of your article', 'domain'], ['We look forward to your stay', 'domain'], ['Please confirm your details', 'caution'], ['Your account will be closed', 'forged']]) {
      const link = await bring(page, subject);
      assert.equal(await link.locator('..').getAttribute('data-level'), level, subject);
      assert.equal(await avatarOf(page, subject).locator('img').count(), 0, `${subject} has no logo`);
      assert.ok((await avatarOf(page, subject).textContent()).trim(), `${subject} has an initial`);
    }
  });
}

scenario('the panel says who certified the logo, and the message shows it beside its domain', {}, async (page) => {
  await logoThere(page, 'Your new card is on its way');
  await openMessage(page, 'Your new card is on its way');
  await page.click('[data-hook=how]');
  const panel = await page.locator('[data-hook=panel]').textContent();
  assert.match(panel, /certified for Hoshino Bank \(Sample Mark.*The certificate ends on .*20\d\d/s);
  assert.match(await page.textContent('[data-hook=sentence]'), /hoshino-bank\.example/);
  const row = await page.textContent('[data-row=logo]');
  assert.match(row, /receiving server found a logo of hoshino-bank\.example and its certificate to be right.*checked by us.*checked by your provider \(mx\.mail\.example\)/s);
  await openMessage(page, 'We look forward to your stay');
  await page.click('[data-hook=how]');
  assert.match(await page.textContent('[data-row=logo]'), /has a logo, but it is not shown\. Its certificate has expired\./);
});

scenario('a logo that arrives later moves nothing', {}, async (page) => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/api/v1/logos/**', async (route) => { await held; await route.continue(); });
  await page.reload();
  await page.waitForSelector('.row a');
  await until(page, () => document.querySelectorAll('.avatar.logo img').length > 0);
  const places = () => page.evaluate(() => [...document.querySelectorAll('.row:not(.skeleton)')].map((r) => {
    const [row, avatar] = [r.getBoundingClientRect(), r.querySelector('[data-hook=avatar]').getBoundingClientRect()];
    return [row.top, row.height, avatar.left, avatar.width, avatar.height];
  }));
  const before = await places();
  release();
  await until(page, () => [...document.querySelectorAll('.avatar.logo img')].every((image) => image.complete && image.naturalWidth > 0));
  assert.deepEqual(await places(), before);
});

scenario('a logo that fails after its row shows somebody else changes nothing there', {}, async (page, { errors }) => {
  let release;
  const held = new Promise((done) => { release = done; });
  await page.route('**/api/v1/logos/**', async (route) => { await held; await route.abort(); });
  await page.reload();
  await bring(page, 'Your new card is on its way');
  await page.evaluate(() => {
    const avatar = [...document.querySelectorAll('.row')].find((r) => r.textContent.includes('Your new card is on its way')).querySelector('[data-hook=avatar]');
    globalThis.reused = { avatar, image: avatar.querySelector('img'), failed: false };
    globalThis.reused.image.addEventListener('error', () => { globalThis.reused.failed = true; });
  });
  const stands = () => page.evaluate(() => {
    const { avatar, image } = globalThis.reused;
    const subject = avatar.closest('.rows .row')?.querySelector('[data-hook=subject]').textContent;
    return subject && avatar.firstElementChild === null && !avatar.contains(image) ? { subject, html: avatar.outerHTML } : null;
  });
  let before = null;
  for (let tries = 0; !before; tries += 1) { // the same element, drawn for somebody without a logo
    assert.ok(tries < 200, 'rows are used again');
    await page.evaluate((n) => { document.querySelector('.scroller').scrollTop = (n * 700) % 5600; }, tries);
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    before = await stands();
  }
  release();
  await until(page, () => globalThis.reused.failed);
  assert.deepEqual(await stands(), before);
  errors.length = 0; // the browser's own lines about what was cut
});

scenario('a logo that cannot be had becomes the initial', {}, async (page, { context, errors }) => {
  let cut = 0;
  await page.route('**/api/v1/logos/**', (route) => {
    cut += 1;
    return route.abort();
  });
  await page.reload();
  for (const end = Date.now() + 60000; !cut && Date.now() < end;) await quiet(context);
  assert.ok(cut > 0, 'logos were asked for');
  await until(page, () => document.querySelectorAll('.row:not(.skeleton)').length > 4 && document.querySelectorAll('.avatar img').length === 0);
  assert.equal(await page.locator('.row', { hasText: 'Your new card is on its way' }).first().locator('[data-hook=avatar]').textContent(), 'H');
  errors.length = 0; // the browser's own lines about the pictures that were cut
});

// Asks the form, and waits for the answer about that domain: not for what still stands there of the one before.
async function ask(page, domain, selector = '') {
  await page.fill('[name=domain]', domain);
  await page.fill('[name=selector]', selector);
  await page.evaluate(() => { document.querySelector('[data-hook=result]').dataset.old = ''; });
  await page.click('[data-hook=form] [data-hook=submit]');
  await until(page, ([name, under]) => document.querySelector('[data-hook=result]').dataset.old === undefined && !document.querySelector('[data-hook=submit]').disabled
    && document.querySelector('[name=domain]').value === name && document.querySelector('[name=selector]').value === under
    && (document.querySelector('[data-hook=said]').textContent || !document.querySelector('[data-hook=result]').hidden), [domain, selector]);
}

const said = (page, step) => page.locator(`[data-step="${step}"]`).first();

scenario('a sender finds the checker, and every step of a logo that is shown', {}, async (page) => {
  await page.click('.folders a[href="#about"]');
  await page.click('.about a[href="#brand"]');
  await page.waitForSelector('.brand-form');
  assert.equal(await page.evaluate(() => document.activeElement.name), 'domain');
  await ask(page, 'hoshino-bank.example');
  assert.equal(await page.evaluate(() => location.hash), '#brand/hoshino-bank.example');
  assert.match(await page.textContent('[data-hook=outcome]'), /logo of hoshino-bank\.example would be shown, with the tick/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.hook), 'outcome');
  for (const step of ['dmarc', 'record', 'certificate', 'certificate.chain', 'certificate.names', 'certificate.revocation', 'picture.same', 'picture']) {
    assert.equal(await said(page, step).getAttribute('data-state'), 'good', step);
  }
  assert.equal(await said(page, 'certificate.transparency').getAttribute('data-code'), 'sct-no-log-key');
  await page.click('[data-hook=back]');
  await until(page, () => document.querySelector('.brand-form') === null && location.hash.startsWith('#/'));
});

for (const [locale, word, expired, image] of [['en-GB', 'not ok', /has expired/, /Line 5 <image>.*is not part of SVG Tiny PS: remove it/s],
  ['ja-JP', '問題あり', /有効期限が切れています/, /5 行目 <image>.*は SVG Tiny PS にありません/s]]) {
  scenario(`what keeps a logo away is said where it is, in the reader's language (${locale})`, { locale }, async (page) => {
    await page.goto(`${stack.url}/#brand/harbour-hotel.example`);
    await until(page, () => document.querySelector('[data-step="certificate.validity"]') !== null);
    assert.equal(await said(page, 'certificate.validity').getAttribute('data-code'), 'expired');
    assert.match(await said(page, 'certificate.validity').textContent(), expired);
    assert.ok((await said(page, 'certificate.validity').textContent()).includes(word));
    await ask(page, 'hoshino-bank.example', 'draft');
    assert.equal(await said(page, 'picture').getAttribute('data-state'), 'bad');
    assert.match(await page.textContent('[data-hook=findings]'), image);
    const rules = await page.locator('[data-hook=findings] [data-hook=rule]').allTextContents();
    for (const rule of ['version', 'base-profile', 'element', 'not-square']) assert.ok(rules.includes(rule), `${rule} in ${rules}`);
    await ask(page, 'plain-press.example');
    assert.equal(await said(page, 'record').getAttribute('data-code'), 'declined');
    await ask(page, 'localhost');
    assert.ok(await page.textContent('[data-hook=said]'));
    assert.equal(await page.locator('[data-hook=result]').isVisible(), false);
  });
}

scenario('the panel of a message leads there', {}, async (page) => {
  await openMessage(page, 'Your account will be closed');
  await page.click('[data-hook=how]');
  await page.click('[data-row=logo] a');
  await until(page, () => document.querySelector('[data-step=dmarc]') !== null);
  assert.match(await page.textContent('[data-hook=outcome]'), /logo of hoshino-bank\.example/);
});

for (const [width, height, dark] of [[1280, 860, false], [390, 844, true]]) {
  scenario(`the checker can be read and worked by everybody (${width} px, ${dark ? 'dark' : 'light'} and the colours of the other)`, { width, height, dark }, async (page) => {
    const look = async (where) => {
      await noViolations(page, where);
      await page.emulateMedia({ colorScheme: dark ? 'light' : 'dark' });
      await noViolations(page, where, { rules: ['color-contrast'] });
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    };
    await page.goto(`${stack.url}/#brand`);
    await page.waitForSelector('.brand-form');
    await look('the empty form');
    await ask(page, 'hoshino-bank.example', 'draft');
    await look('steps and findings');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('.pane').scrollWidth <= document.querySelector('.pane').clientWidth));
  });
}

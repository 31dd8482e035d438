// The page in a real browser, before the real service: sign in, seals, the sentence, the panel, loud states, words, shapes.
import assert from 'node:assert/strict';
import { bring, follow, hold, onStage, openMessage, quiet, row, settled, signIn, startStack, until } from './stage.mjs';

const { stack, scenario } = onStage(startStack);

scenario('a wrong password is told in words, and nothing else is lost', { signedIn: false }, async (page) => {
  await signIn(page, stack, 'wrong');
  const problem = page.locator('[data-hook=problem]');
  await problem.waitFor({ state: 'visible' });
  assert.match(await problem.textContent(), /password|refused|sign/i);
  assert.equal(await page.inputValue('[name=username]'), stack.user);
  assert.equal(await page.inputValue('[name=password]'), '');
});

scenario('the list shows a seal, a word and the domain for every sender', {}, async (page) => {
  const wanted = {
    'Your statement for October is ready': 'domain', 'Your card has been limited': 'forged', 'Quick favour': 'forged', 'Weekend hike': 'domain',
    'Your order 5521': 'likely', '[alumni] Rehearsal': 'likely', 'Refund of 12,400 yen': 'unverified', 'Scan 0042': 'unverified',
    'Changed bank details': 'caution', 'Donate for new instruments': 'caution', 'Security notice': 'caution', 'Meter reading': 'unchecked',
    'お荷物のお届け予定のお知らせ': 'domain',
  };
  for (const [subject, level] of Object.entries(wanted)) {
    const link = await bring(page, subject);
    assert.equal(await link.locator('..').getAttribute('data-level'), level, subject);
    assert.equal(await link.locator('[data-hook=seal] use').getAttribute('href'), `#seal-${level}`);
  }
  const link = await bring(page, 'Your statement for October');
  const order = (await link.getAttribute('aria-labelledby')).split(' ').map((id) => id.replace(/^row-\d+-/, ''));
  assert.deepEqual(order, ['state', 'who', 'domain', 'subject', 'time', 'marks'], 'verdict first in reading order');
  assert.equal(await link.locator('[data-hook=domain]').textContent(), 'kawase-bank.example');
});

scenario('signing in leads to the list, and the next visit goes there at once', { signedIn: false }, async (page) => {
  await signIn(page, stack);
  await settled(page);
  await page.goto('about:blank');
  await page.goto(`${stack.url}/`);
  await settled(page);
  assert.equal(await page.locator('form.signin-box').count(), 0);
});

scenario('what I wrote carries no verdict', {}, async (page) => {
  await page.locator('.folders a', { hasText: 'Sent' }).click();
  await page.locator('.row[data-level=own]').first().waitFor();
  const whom = await page.locator('.row[data-level=own] [data-hook=who]').allTextContents();
  assert.ok(whom.every((name) => /^To .+/.test(name)), `known by whom it went to: ${whom}`);
});

scenario('what the user says is known is told in the panel, and taken back', {}, async (page) => {
  await openMessage(page, 'Your statement for October');
  await page.click('[data-hook=how]');
  const button = page.locator('.known button').first();
  const word = await page.textContent('[data-hook=sentence]');
  assert.equal(await button.textContent(), 'I know it');
  await button.click();
  await until(page, () => document.querySelector('.known button').textContent === 'Take it back');
  assert.match(await page.textContent('.reasons'), /is known to you/);
  assert.equal(await page.textContent('[data-hook=sentence]'), word, 'which proves nothing more');
  await page.locator('.known button').first().click();
  await until(page, () => document.querySelector('.known button').textContent === 'I know it');
  assert.doesNotMatch(await page.textContent('.reasons'), /is known to you/);
});

scenario('what a forwarder found beside what we found says whose word it is, in each language', {}, async (page) => {
  const told = async () => {
    await openMessage(page, '[alumni] Rehearsal');
    await page.click('[data-hook=how]');
    return (await page.locator('[data-hook=differ] td').allTextContents()).slice(0, 2);
  };
  const english = await told();
  assert.match(english[0], /^holds \(pass\) checked by the forwarder relay\.alumni\.example, \d/);
  assert.match(english[1], /^fails \(fail\) checked by us, \d/);
  await page.click('.languages [lang=ja]');
  await until(page, () => document.documentElement.lang === 'ja');
  const japanese = await told();
  assert.match(japanese[0], /^成立（pass） 転送元による確認（relay\.alumni\.example）、\d/);
  assert.match(japanese[1], /^不成立（fail） 当サービスによる確認、\d/);
});

scenario('on paper the panel is whole: every row, both opinions side by side, the way, all evidence, from a desk and from a phone', {}, async (page) => {
  await openMessage(page, '[alumni] Rehearsal');
  for (const name of ['how', 'all']) await page.click(`[data-hook=${name}]`);
  for (const width of [1280, 680, 390]) { // 680: A4 between its margins
    await page.setViewportSize({ width, height: 600 });
    await page.emulateMedia({ media: 'print' });
    const cut = await page.evaluate(() => [...document.querySelectorAll('.head, .head *:not(.hidden, .hidden *)')].filter((element) => element.offsetParent && !element.closest('svg')
      && getComputedStyle(element).overflow !== 'visible' && (element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1)).map((element) => element.className));
    assert.deepEqual(cut, [], `cut off at ${width} px`);
    for (const part of ['[data-hook=to]', '[data-hook=time]', '.panel .r:last-of-type', '.panel .reasons', '.panel .hops', '.panel .dnssec', '.panel .evidence table:last-child tr:last-child']) {
      assert.ok(await page.locator(`.head ${part}`).last().isVisible(), `${part} at ${width} px`);
    }
    const [theirs, ours] = await Promise.all([0, 1].map((n) => page.locator('[data-hook=differ] tbody tr').first().locator('td').nth(n).boundingBox()));
    assert.ok(theirs.y === ours.y && theirs.x + theirs.width <= ours.x + 1 && ours.x + ours.width <= width, `side by side at ${width} px`);
    const [panel, frame] = [await page.locator('.panel').boundingBox(), await page.locator('iframe.body').boundingBox()];
    assert.ok(panel.y + panel.height <= frame.y, 'the letter begins under all of it');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `wider than the paper at ${width} px`);
    for (const gone of ['.panel-foot', '.known']) assert.equal(await page.isVisible(`.panel ${gone}`), false, gone);
  }
});

scenario('a message: sentence, six rows with their source, all evidence, and a body that can do nothing', {}, async (page) => {
  await openMessage(page, 'Your statement for October');
  assert.match(await page.textContent('[data-hook=sentence]'), /kawase-bank\.example/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'message-subject');
  assert.equal(await page.isVisible('[data-hook=strip]'), false);
  const how = page.locator('[data-hook=how]');
  await how.click();
  assert.equal(await how.getAttribute('aria-expanded'), 'true');
  assert.equal(await page.locator('.panel .r').count(), 6);
  const sources = await page.locator('.panel .r small').allTextContents();
  assert.equal(sources[0].replace(/\d+\s\w+\s\d{4},\s\d\d:\d\d$/, 'NOW'), 'checked by your provider (mx.mail.example), NOW');
  for (const source of sources) assert.match(source, /.+, \d+\s\w+\s\d{4},\s\d\d:\d\d$/);
  await page.click('[data-hook=all]');
  assert.match(await page.textContent('[data-hook=evidence]'), /mx\.mail\.example; dkim=pass/);
  assert.doesNotMatch(await page.textContent('[data-hook=evidence]'), /\ufffd/);
  const signed = await page.locator('.evidence th', { has: page.locator('small') }).allTextContents();
  assert.ok(signed.some((text) => /\. From.*signed by kawase-bank\.example/.test(text)), `fields under the signature are marked: ${signed}`);
  assert.ok(!signed.some((text) => /Received|Authentication-Results/.test(text)), 'and no others');
  const frame = page.frameLocator('iframe.body');
  await frame.locator('text=Dear Ms Tanaka').first().waitFor();
  const sandbox = await page.getAttribute('iframe.body', 'sandbox');
  assert.doesNotMatch(sandbox, /allow-scripts|allow-same-origin|allow-forms|allow-top-navigation/);
  assert.match(await page.textContent('[data-hook=blocked]'), /not loaded/);
});

scenario('at a mailbox provider the sentence says that anyone can open an account', {}, async (page) => {
  await openMessage(page, 'my new address');
  assert.match(await page.textContent('[data-hook=sentence]'), /freemail\.example, where anyone can open an account/);
});

scenario('a forgery is loud, its links are inert, and the sheet shows the domain first', {}, async (page) => {
  await openMessage(page, 'Your card has been limited');
  assert.match(await page.textContent('[data-hook=strip]'), /kawase-bank\.example/);
  assert.equal(await page.getAttribute('#message-subject', 'aria-describedby'), 'strip');
  const frame = page.frameLocator('iframe.body');
  await frame.locator('text=unusual activity').waitFor();
  assert.equal(await frame.locator('[href]').count(), 0);
  assert.equal(await frame.locator('form, input, button, script').count(), 0);
  assert.match(await page.textContent('[data-hook=notices]'), /^Links in this message are switched off\./);
  await page.click('[data-hook=links]');
  const sheet = page.locator('dialog.sheet');
  assert.equal(await sheet.locator('[data-hook=domain]').first().textContent(), 'login-check.example');
  const go = sheet.locator('[data-hook=go]').first();
  assert.deepEqual([await go.isVisible(), await go.getAttribute('href')], [false, null], 'inert until its domain was chosen');
  await sheet.locator('[data-hook=choose]', { hasText: 'login-check.example' }).first().click();
  assert.match(await go.textContent(), /login-check\.example/);
  assert.deepEqual([await go.isVisible(), await go.getAttribute('rel')], [true, 'noopener noreferrer']);
  assert.match(await sheet.textContent(), /names www\.kawase-bank\.example, but the link leads to login-check\.example/);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
});

scenario('attachments have safe names and download; pictures of the message itself are shown', {}, async (page) => {
  await openMessage(page, 'drawings attached');
  const items = page.locator('[data-hook=attachments] a');
  await items.first().waitFor();
  assert.match(await page.textContent('[data-hook=attachments]'), /契約書\.pdf/);
  const [download] = await Promise.all([page.waitForEvent('download'), items.first().click()]);
  assert.match(download.suggestedFilename(), /契約書\.pdf/);
  const image = page.frameLocator('iframe.body').locator('img');
  assert.match(await image.first().getAttribute('src'), /^data:image\/png/);
});

scenario('Japanese, following the browser', { locale: 'ja-JP' }, async (page) => {
  assert.equal(await page.getAttribute('html', 'lang'), 'ja');
  assert.match(await page.textContent('.folders'), /受信トレイ/);
  await openMessage(page, 'Your statement for October');
  assert.match(await page.textContent('[data-hook=sentence]'), /確認しました/);
});

scenario('on a phone the message takes the page and the way back leads to its row', { width: 390, height: 844 }, async (page) => {
  await openMessage(page, 'Weekend hike');
  assert.equal(await page.isVisible('.list'), false);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
  const head = await page.locator('.head').boundingBox();
  assert.ok(head.height <= 140, `subject, author and sentence, no more: ${head.height} px`);
  assert.equal(await page.isVisible('[data-hook=how]'), true);
  assert.equal(await page.isVisible('[data-hook=unread]'), false);
  await page.click('[data-hook=details]');
  assert.equal(await page.isVisible('[data-hook=unread]'), true);
  await page.click('[data-hook=back]');
  await page.waitForSelector('.list', { state: 'visible' });
});

scenario('by keyboard alone: down the list, open, back', {}, async (page) => {
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const second = await page.evaluate(() => document.activeElement.querySelector('[data-hook=subject]').textContent);
  await page.keyboard.press('Enter');
  await until(page, (text) => document.querySelector('#message-subject')?.textContent === text, second);
  await page.keyboard.press('u');
  await page.waitForSelector('.nothing');
});

scenario('the service out of reach: said in the list and in the message, with a way out; nothing is called empty', {}, async (page, { context, errors }) => {
  const letter = await bring(page, 'Your order 5521');
  await quiet(context); // the view of a message has come, too
  await context.setOffline(true);
  await letter.click();
  await page.locator('[data-hook=problem]').waitFor({ state: 'visible' });
  assert.match(await page.textContent('[data-hook=problem-text]'), /cannot be reached/);
  await page.locator('.folders a', { hasText: 'Archive' }).click();
  await page.locator('[data-hook=notice]').waitFor({ state: 'visible' });
  assert.equal(await page.isVisible('[data-hook=empty]'), false);
  await context.setOffline(false); // the page hears of it and asks by itself
  await row(page, 'Your statement for September').waitFor();
  assert.equal(await page.isVisible('[data-hook=notice]'), false);
  errors.length = 0; // the browser's own lines about the network it did not have
});

scenario('an address that leads nowhere says so in the pane', {}, async (page, { errors }) => {
  await page.evaluate(() => { location.hash = `${location.hash || '#/x'}`.split('/').slice(0, 2).join('/') + '/AAAA'; });
  await page.locator('[data-hook=problem]').waitFor({ state: 'visible' });
  assert.match(await page.textContent('[data-hook=problem-text]'), /no longer there|not/);
  assert.equal(await page.isVisible('[data-hook=how]'), false);
  errors.length = 0;
});

scenario('an address that is followed while the list is on its way stays open when the list comes', {}, async (page, { stack: { url }, context }) => {
  await openMessage(page, 'Weekend hike');
  const letter = await page.evaluate(() => location.hash);
  await page.goto('about:blank');
  const list = await hold(page, /\/messages\?/);
  await page.goto(`${url}/`);
  await list.asked;
  await page.waitForSelector('.folders li a');
  await follow(page, letter);
  await page.waitForSelector('iframe.body');
  list.release();
  await settled(page);
  await quiet(context);
  assert.equal(await page.textContent('#message-subject'), 'Weekend hike');
  assert.equal(await page.evaluate(() => location.hash), letter);
});

scenario('a page that comes after the reader went on elsewhere is not shown over what is read', {}, async (page, { context }) => {
  const about = await hold(page, '**/js/about.js');
  await follow(page, '#about');
  await about.asked;
  await openMessage(page, 'Weekend hike');
  about.release();
  await quiet(context);
  assert.equal(await page.textContent('#message-subject'), 'Weekend hike');
});

scenario('Move to Junk can be undone', {}, async (page) => {
  await openMessage(page, 'Donate for new instruments');
  assert.deepEqual(await page.locator('.strip button').allTextContents(), ['Move to Junk'], 'one action');
  await page.click('.strip button');
  await row(page, 'Donate for new instruments').waitFor({ state: 'detached' });
  await page.click('[data-hook=undo]');
  await (await bring(page, 'Donate for new instruments')).waitFor();
});

scenario('the Back button walks messages, not frames', {}, async (page) => {
  await openMessage(page, 'Your statement for October');
  await page.click('[data-hook=switch]');
  await openMessage(page, 'Weekend hike');
  await page.goBack();
  await until(page, () => document.querySelector('#message-subject')?.textContent.includes('October'));
  await page.goBack();
  await page.waitForSelector('.nothing');
});

scenario('in a low window everything can be reached', { width: 640, height: 425 }, async (page) => {
  await openMessage(page, 'Your card has been limited');
  await page.click('[data-hook=how]');
  await page.locator('iframe.body').scrollIntoViewIfNeeded();
  const box = await page.locator('iframe.body').boundingBox();
  assert.ok(box.height >= 200 && box.y < 425, JSON.stringify(box));
});

for (const [width, height] of [[1280, 860], [390, 844]]) {
  scenario(`no subject or name pushes the verdict off the screen, ${width} px`, { width, height }, async (page) => {
    const path = await page.locator('.folders a', { hasText: 'Junk' }).getAttribute('href');
    await page.evaluate((hash) => { location.hash = hash; }, path);
    await openMessage(page, 'Domain confirmed. Sent by');
    const box = await page.locator('[data-hook=sentence]').boundingBox();
    assert.ok(box.y > 0 && box.y + box.height < height / 2, JSON.stringify(box));
  });
}

scenario('the folder drawer closes by Escape and by a click beside it', { width: 800, height: 700 }, async (page) => {
  await page.click('[data-hook=show-folders]');
  await page.waitForSelector('.folders', { state: 'visible' });
  await page.keyboard.press('Escape');
  await page.waitForSelector('.folders', { state: 'hidden' });
  await page.click('[data-hook=show-folders]');
  await page.mouse.click(700, 400);
  await page.waitForSelector('.folders', { state: 'hidden' });
});

scenario('signing out ends the session for good', { signedIn: false }, async (page, { context }) => {
  await signIn(page, stack);
  await settled(page);
  const cookies = await context.cookies();
  await page.click('[data-hook=signout]');
  await page.waitForSelector('form');
  await context.addCookies(cookies);
  await page.reload();
  await page.waitForSelector('form');
});

scenario('the page can be installed: a manifest that Chromium takes, with icons as large as they say', { signedIn: false }, async (page, { context }) => {
  await page.goto(`${stack.url}/`);
  await page.waitForSelector('form');
  const session = await context.newCDPSession(page);
  const { data, errors } = await session.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors.map((e) => e.errorId).filter((id) => id !== 'in-incognito'), []);
  const pictures = JSON.parse(data).icons.filter(({ type }) => type === 'image/png');
  assert.deepEqual(pictures.map(({ sizes }) => sizes), ['192x192', '512x512', '512x512']);
  for (const { src, sizes } of pictures) {
    const octets = await (await page.request.get(`${stack.url}/${src}`)).body();
    assert.equal(`${octets.readUInt32BE(16)}x${octets.readUInt32BE(20)}`, sizes, src);
  }
});

// The list, with a real service and mail server behind it: search, flags, moving and undoing, picking, conversations, new mail,
// the keyboard alone, the way back, shapes, and what it costs to load.
import assert from 'node:assert/strict';
import { bring, noViolations, onStage, openMessage, quiet, row, signIn, startBreakable, until } from './stage.mjs';

const { stack, scenario } = onStage(startBreakable);


const listed = (page) => until(page, () => document.querySelectorAll('.row:not(.skeleton)').length > 4);
const subjects = (page) => page.locator('.row [data-hook=subject]').allTextContents();
const toast = (page) => page.locator('.toast');
const drawn = (page) => page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
const focused = (page) => page.evaluate(() => document.activeElement.closest('.row')?.querySelector('[data-hook=subject]').textContent ?? document.activeElement.id);
const folder = (page, name) => page.locator('.folders li a', { hasText: name }).click();
const pick = (page, subject, options) => row(page, subject).locator('..').locator('.pick').click(options);
const picked = (page) => page.textContent('[data-hook=picked-count]');
const changed = (page) => page.waitForResponse((response) => response.url().endsWith('/messages/batch')); // the mail server has it
const gone = (page, subject) => row(page, subject).waitFor({ state: 'detached' });

scenario('search is the mail server’s, marked in the rows without markup, in the address, and the Back button ends it', {}, async (page) => {
  await page.fill('[data-hook=search]', 'subject:"letter 07"');
  await page.keyboard.press('Enter');
  await until(page, () => document.querySelectorAll('.row:not(.skeleton)').length === 1);
  assert.deepEqual(await page.locator('.row mark').allTextContents(), ['letter 07']);
  assert.match(page.url(), /q=subject/);
  await page.fill('[data-hook=search]', '<img src=x>');
  await page.keyboard.press('Enter');
  await page.locator('[data-hook=empty]').waitFor({ state: 'visible' });
  assert.match(await page.textContent('[data-hook=empty-text]'), /<img src=x>/);
  await page.goBack();
  await until(page, () => document.querySelectorAll('.row:not(.skeleton)').length === 1);
  await page.goBack();
  await listed(page);
  assert.equal(await page.inputValue('[data-hook=search]'), '');
});

scenario('the filter shows what is not confirmed, says so in the address, and an empty one has a way back', {}, async (page) => {
  await until(page, () => [...document.querySelectorAll('.row')].every((r) => r.dataset.level === 'domain'));
  await page.click('[data-hook=filter]');
  await page.locator('[data-hook=empty]').waitFor({ state: 'visible' });
  assert.match(page.url(), /only=unverified/);
  assert.equal(await page.getAttribute('[data-hook=filter]', 'aria-pressed'), 'true');
  await page.reload();
  await page.locator('[data-hook=empty]').waitFor({ state: 'visible' });
  await page.click('[data-hook=empty-back]');
  await listed(page);
});

scenario('star and read are the mail server’s: another sign-in sees them', {}, async (page, { context }) => {
  const line = (await bring(page, 'letter 11')).locator('..');
  await Promise.all([changed(page), line.locator('.star').click()]);
  assert.equal(await line.locator('.star').getAttribute('aria-pressed'), 'true');
  await Promise.all([changed(page), openMessage(page, 'letter 11')]);
  await until(page, () => !document.querySelector('.row a[aria-current]').closest('.row').classList.contains('unread'));
  const other = await context.newPage();
  await other.goto(`${stack.url}/`);
  await listed(other);
  const there = (await bring(other, 'letter 11')).locator('..');
  assert.equal(await there.locator('.star').getAttribute('aria-pressed'), 'true');
  assert.ok(!(await there.getAttribute('class')).includes('unread'));
  await Promise.all([changed(other), there.locator('.star').click()]);
});

scenario('the folders say how many letters wait unread, as the mail server counts them', {}, async (page) => {
  const count = async () => {
    await until(page, () => document.querySelector('.folders li [data-hook=count]')?.textContent);
    return Number(await page.textContent('.folders li [data-hook=count]'));
  };
  const toggled = async () => {
    await (await bring(page, 'letter 05')).focus();
    await Promise.all([changed(page), page.keyboard.press('m')]);
    await page.reload(); // what the page counted itself is gone
    return count();
  };
  const before = await count();
  assert.equal(await toggled(), before - 1);
  assert.equal(await toggled(), before);
});

scenario('archived, undone; deleted, undone by key; in the trash it asks first', {}, async (page) => {
  await pick(page, 'letter 29');
  await page.click('[data-hook=act-archive]');
  await gone(page, 'letter 29');
  assert.equal(await focused(page), 'letter 28', 'the line that took its place has the focus');
  assert.match(await toast(page).textContent(), /Archived/);
  assert.match(await page.textContent('#announce'), /Archived/);
  await page.click('[data-hook=undo]');
  await row(page, 'letter 29').waitFor();
  await row(page, 'letter 28').focus();
  await page.keyboard.press('#');
  await gone(page, 'letter 28');
  await page.locator('.toast', { hasText: 'Moved to Trash' }).waitFor();
  await page.keyboard.press('z');
  await row(page, 'letter 28').waitFor();

  await pick(page, 'letter 27');
  await page.click('[data-hook=act-remove]');
  await page.locator('.toast', { hasText: 'Moved to Trash' }).waitFor();
  await folder(page, 'Trash');
  await row(page, 'letter 27').waitFor();
  await pick(page, 'letter 27');
  await page.click('[data-hook=act-remove]');
  await page.keyboard.press('Escape');
  assert.equal(await row(page, 'letter 27').count(), 1, 'Escape is no');
  await page.click('[data-hook=act-remove]');
  await page.click('dialog [data-hook=yes]');
  await page.locator('[data-hook=empty]').waitFor({ state: 'visible' });
});

// Live regions as a screen reader hears them: each text that is put into one.
const hear = (page) => page.evaluate(() => {
  globalThis.heard = [];
  new MutationObserver((changes) => {
    const regions = new Set(changes.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement)?.closest('[aria-live], [role=status], [role=alert], [role=log]')));
    for (const region of regions) if (region?.textContent) globalThis.heard.push(region.textContent);
  }).observe(document, { childList: true, characterData: true, subtree: true });
});

scenario('what was done is announced once, and its way back stays for eight seconds, or while somebody is at it', { timed: true }, async (page) => {
  await row(page, 'letter 29').waitFor();
  await hear(page);
  await page.clock.pauseAt(Date.now() + 3600000);
  await row(page, 'letter 29').focus();
  await page.keyboard.press('e');
  await toast(page).waitFor();
  assert.equal(await page.evaluate(() => document.querySelector('.toast').closest('[aria-live], [role]:not(main)') ?? document.querySelector('.toast [aria-live], .toast [role]')), null, 'the toast itself is silent');
  await page.clock.fastForward(7000);
  assert.equal(await toast(page).count(), 1);
  await page.focus('.toast [data-hook=undo]');
  await page.clock.fastForward(60000);
  assert.equal(await toast(page).count(), 1, 'it stays while it has the focus');
  await page.evaluate(() => document.activeElement.blur());
  await page.clock.fastForward(7999);
  assert.equal(await toast(page).count(), 1);
  await page.keyboard.press('z');
  await page.locator('.toast', { hasText: 'Undone.' }).waitFor();
  await page.clock.fastForward(8000);
  assert.equal(await toast(page).count(), 0);
  await page.clock.resume();
  await row(page, 'letter 29').waitFor();
  assert.deepEqual((await page.evaluate(() => globalThis.heard)).filter((text) => /Archived|Undone/.test(text)), ['Archived.', 'Undone.']);
});

scenario('many are picked by a range, moved to a chosen folder, and all come back', {}, async (page) => {
  await pick(page, 'letter 26');
  await pick(page, 'letter 23', { modifiers: ['Shift'] });
  assert.match(await picked(page), /^4 /);
  await page.click('[data-hook=act-move]');
  await page.fill('dialog [data-hook=filter]', 'juNk');
  await page.keyboard.press('Enter');
  await gone(page, 'letter 24');
  assert.equal(await page.isVisible('[data-hook=bar-picked]'), false);
  await page.locator('.toast', { hasText: '4 messages moved to Junk' }).waitFor();
  await folder(page, 'Junk');
  await row(page, 'letter 25').waitFor();
  await page.click('[data-hook=undo]');
  await page.locator('[data-hook=empty]').waitFor({ state: 'visible' });
  await folder(page, 'Inbox');
  for (const n of [23, 24, 25, 26]) await (await bring(page, `letter ${n}`)).waitFor();
});

scenario('what fails comes back into the list, says why, and can be tried again', {}, async (page, { errors }) => {
  await page.route('**/messages/batch', (route) => route.abort());
  await row(page, 'letter 22').focus();
  await page.keyboard.press('e');
  await page.locator('.toast', { hasText: 'cannot be reached' }).waitFor();
  await row(page, 'letter 22').waitFor();
  await page.unroute('**/messages/batch');
  await page.click('.toast [data-hook=retry]');
  await page.locator('.toast', { hasText: 'Archived' }).waitFor();
  await page.click('[data-hook=undo]');
  await (await bring(page, 'letter 22')).waitFor();
  errors.length = 0; // the browser's own line about the request that was cut
});

scenario('the keyboard alone: search, walk, pick, star, open, help', {}, async (page) => {
  await page.keyboard.press('/');
  await page.keyboard.type('letter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('j');
  const first = await focused(page);
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await focused(page), first);
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  assert.match(await picked(page), /^3 /);
  await page.keyboard.press('Escape');
  assert.equal(await page.isVisible('[data-hook=bar-picked]'), false);
  const line = page.locator('.row', { hasText: await focused(page) });
  await page.keyboard.press('s');
  await until(page, () => document.activeElement.closest('.row').querySelector('.star').getAttribute('aria-pressed') === 'true');
  await page.keyboard.press('s');
  await until(page, () => document.activeElement.closest('.row').querySelector('.star').getAttribute('aria-pressed') === 'false');
  await page.keyboard.press('Enter');
  await until(page, () => document.activeElement.id === 'message-subject');
  await page.keyboard.press('u');
  assert.equal(await focused(page), await line.locator('[data-hook=subject]').textContent());
  await page.keyboard.press('?');
  await page.locator('dialog.help').waitFor();
  await page.uncheck('dialog [data-hook=single]');
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  assert.equal(await page.isVisible('[data-hook=bar-picked]'), false, 'keys of one letter are off');
  await page.keyboard.press('ArrowDown');
  assert.match(await focused(page), /letter/, 'and the others are not');
});

scenario('columns are resized by key and by pointer, within bounds, and remembered', {}, async (page) => {
  const width = () => page.evaluate(() => Math.round(document.querySelector('.list').getBoundingClientRect().width));
  const divider = page.locator('[data-hook=divide-list]');
  const before = await width();
  await divider.focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await width(), before + 16);
  assert.equal(await divider.getAttribute('aria-valuenow'), String(before + 16));
  const box = await divider.boundingBox();
  await page.mouse.move(box.x, 400);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, 400);
  await page.mouse.up();
  const wide = await width();
  assert.ok(Math.abs(wide - before - 76) <= 1, `${wide}`);
  await page.reload();
  await listed(page);
  assert.equal(await width(), wide);
  await divider.focus();
  await page.keyboard.press('End');
  assert.equal(await width(), Number(await divider.getAttribute('aria-valuemax')));
});

for (const locale of ['en-GB', 'ja-JP']) {
  for (const width of [390, 1280]) {
    scenario(`nothing moves when a verdict arrives, ${locale}, ${width} px`, { locale, width }, async (page) => {
      const levels = ['unchecked', 'domain', 'likely', 'unverified', 'caution', 'forged', 'brand', 'person'];
      const domains = ['a.example', 'kawase-bank.example', 'notifications.delivery.parcel-service.example'];
      const places = [];
      for (const level of levels) { // the service's own answer, with every verdict replaced
        await page.route('**/messages?*', async (route) => {
          const answer = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } });
          const json = await answer.json();
          json.messages.forEach((message, n) => {
            message.verdict.level = level;
            message.from = [{ name: 'Somebody', email: `x@${domains[n % 3]}` }];
          });
          await route.fulfill({ response: answer, json });
        });
        await page.evaluate(() => window.dispatchEvent(new Event('online')));
        await until(page, (wanted) => [...document.querySelectorAll('.row')].every((r) => r.dataset.level === wanted), level);
        places.push(await page.evaluate(() => [...document.querySelectorAll('.row')].slice(0, 6).map((r) =>
          ['.who', '.dom', '.word', '.subject', '.preview', '.time'].map((s) => r.querySelector(s).getBoundingClientRect()).map((b) => [b.x, b.y, b.height]))));
        await page.unroute('**/messages?*');
      }
      for (const place of places) assert.deepEqual(place, places[0]);
    });
  }
}

scenario('at 200 % zoom everything is there, and nothing is wider than the window', { width: 640, height: 450 }, async (page) => {
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.click('[data-hook=show-folders]');
  await page.locator('.folders [data-hook=signout]').scrollIntoViewIfNeeded();
  assert.equal(await page.isVisible('.folders [data-hook=signout]'), true);
  await page.keyboard.press('Escape');
  await pick(page, 'letter');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

scenario('nothing moves by itself where that is not wanted', {}, async (page) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((e) => {
    const style = getComputedStyle(e);
    return style.animationName !== 'none' || style.transitionDuration.split(',').some((d) => parseFloat(d) > 0);
  }).map((e) => e.className));
  assert.deepEqual(moving, []);
});

scenario('settings and about: what is set is kept, and the seals are explained', {}, async (page) => {
  await page.click('.foot-links a');
  await until(page, () => document.activeElement.id === 'about-title');
  assert.equal(await page.locator('.levels .level-line').count(), 8);
  await until(page, () => /\d/.test(document.querySelector('.about [data-hook=service]').textContent));
  await page.locator('[data-hook=belief]').waitFor({ state: 'visible' });
  const belief = await page.textContent('[data-hook=belief]');
  assert.match(belief, /Only what these servers wrote.*mx\.mail\.example.*anywhere: the mail server removes.*where your servers say nothing/s);
  await page.click('.about [lang=ja]');
  await page.locator('.about [data-hook=belief]', { hasText: 'メールサーバーが取り除きます' }).waitFor();
  await page.click('.about [lang=en]');
  await page.locator('.about [data-hook=belief]', { hasText: 'anywhere:' }).waitFor();
  await page.uncheck('.about [data-hook=threads]');
  await page.goto(`${stack.url}/about`);
  await until(page, () => document.querySelector('#about-title'));
  assert.equal(await page.isChecked('.about [data-hook=threads]'), false);
  await page.click('.about [data-hook=back]');
  await page.locator('.nothing').waitFor();
});

scenario('a conversation is one line until it is opened; who joins it keeps his own verdict', {}, async (page) => {
  const lines = (text) => page.evaluate((wanted) => [...document.querySelectorAll('.row:not(.skeleton)')].filter((r) => r.querySelector('[data-hook=subject]').textContent.includes(wanted))
    .map((r) => [r.querySelector('[data-hook=preview]').textContent, r.dataset.level, r.classList.contains('inside')]), text);
  await page.waitForLoadState('load');
  await stack.tell('thread the harbour');
  await until(page, () => [...document.querySelectorAll('.row')].some((r) => r.textContent.includes('Letter 3 of three.') && r.dataset.level === 'domain'));
  const mark = row(page, 'the harbour').locator('..').locator('[data-hook=thread]');
  await until(page, () => [...document.querySelectorAll('[data-hook=thread]:not([hidden])')].some((e) => e.textContent.includes('3')));
  assert.deepEqual(await lines('the harbour'), [['Letter 3 of three.', 'domain', false]]);
  assert.match(await mark.getAttribute('aria-label'), /^Conversation of 3 messages$/);
  assert.equal(await mark.getAttribute('aria-expanded'), 'false');
  await mark.click();
  await until(page, () => document.querySelectorAll('.row.inside').length === 2);
  assert.deepEqual(await lines('the harbour'), [['Letter 3 of three.', 'domain', false], ['Letter 2 of three.', 'domain', true], ['Letter 1 of three.', 'domain', true]]);
  await noViolations(page, 'an opened conversation');
  await page.locator('.row.inside [data-hook=link]').last().click();
  await until(page, () => document.querySelector('#message-subject')?.textContent === 'the harbour');
  await mark.click();
  await until(page, () => document.querySelectorAll('.row.inside').length === 0);

  await stack.tell('join the harbour');
  await until(page, () => [...document.querySelectorAll('[data-hook=thread]:not([hidden])')].some((e) => e.textContent.includes('4')));
  await until(page, () => [...document.querySelectorAll('.row')].some((r) => r.textContent.includes('I am one of you.') && r.dataset.level === 'unverified'));
  await mark.click();
  await until(page, () => document.querySelectorAll('.row.inside').length === 3);
  assert.deepEqual((await lines('the harbour')).map(([, level]) => level), ['unverified', 'domain', 'domain', 'domain']);
  await mark.click();
  await page.click('.foot-links a');
  await until(page, () => document.activeElement.id === 'about-title');
  await page.uncheck('.about [data-hook=threads]');
  await until(page, () => document.querySelectorAll('[data-hook=thread]:not([hidden])').length === 0);
  assert.equal((await lines('the harbour')).length, 4);
});

scenario('an answer about a message that is older than what the list knows by now turns nothing back', {}, async (page) => {
  const unchecked = { level: 'unchecked', text: 'Not checked yet.' };
  const asked = async (route, change) => {
    const answer = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } });
    const json = await answer.json();
    change(json);
    return () => route.fulfill({ response: answer, json, headers: { ...answer.headers(), etag: '"older"' } });
  };
  await page.route('**/messages?*', async (route) => (await asked(route, (json) => json.messages.forEach((message) => { message.verdict = unchecked; })))());
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await until(page, () => [...document.querySelectorAll('.row')].every((r) => r.dataset.level === 'unchecked'));
  const held = [];
  await page.route(/\/messages\/[^/?]+$/, async (route) => { held.push(await asked(route, (json) => { json.verdict = unchecked; })); });
  await row(page, 'letter 19').click();
  for (const end = Date.now() + 60000; !held.length && Date.now() < end;) await drawn(page);
  await page.unroute('**/messages?*');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await until(page, () => [...document.querySelectorAll('.row')].every((r) => r.dataset.level === 'domain'));
  await page.unroute(/\/messages\/[^/?]+$/);
  await held[0]();
  await until(page, () => document.querySelector('.message').dataset.level === 'domain' && !document.querySelector('[data-hook=how]').hidden);
  assert.equal(await row(page, 'letter 19').locator('..').getAttribute('data-level'), 'domain');
});

scenario('new mail comes by itself: at the top where nobody is busy, else counted, and what is being read stays where it is', {}, async (page) => {
  await page.waitForLoadState('load');
  await stack.tell('append a first arrival');
  await until(page, () => [...document.querySelectorAll('.row')].some((r) => r.textContent.includes('a first arrival') && r.dataset.level === 'domain'));
  const placed = () => page.evaluate(() => [...document.querySelectorAll('.row')].map((r) => [r.querySelector('[data-hook=subject]').textContent, Math.round(r.getBoundingClientRect().top)])
    .filter(([, top]) => top > 150 && top < 700));
  await page.evaluate(() => { document.querySelector('.scroller').scrollTop = 700; });
  await drawn(page);
  const before = await placed();
  await stack.tell('append a second arrival');
  await page.locator('[data-hook=show-fresh]').waitFor();
  assert.equal(await page.textContent('[data-hook=show-fresh]'), '1 new message');
  assert.match(await page.textContent('#announce'), /1 new message/);
  const after = await placed();
  assert.deepEqual(after.map(([subject]) => subject), before.map(([subject]) => subject));
  after.forEach(([subject, top], n) => assert.ok(Math.abs(top - before[n][1]) <= 1, `${subject}: ${before[n][1]} to ${top}`)); // parts of a pixel
  await page.click('[data-hook=show-fresh]');
  await row(page, 'a second arrival').waitFor();
  assert.equal(await page.isVisible('[data-hook=fresh]'), false);
});

scenario('the folders, the list and the open message are reached again by Back and by reload', {}, async (page) => {
  await openMessage(page, 'letter 20');
  await folder(page, 'Archive');
  await page.locator('[data-hook=empty]').waitFor({ state: 'visible' });
  await page.goBack();
  await until(page, () => document.querySelector('#message-subject')?.textContent === 'letter 20');
  await page.reload();
  await until(page, () => document.querySelector('#message-subject')?.textContent === 'letter 20');
  await listed(page);
});

scenario('the first list is painted within one round trip: nothing waits for the answer to something else', {}, async (page, { context }) => {
  await quiet(context);
  let answered = 0;
  const asked = [];
  const held = [];
  await page.route('**/api/v1/**', async (route) => {
    asked.push([new URL(route.request().url()).pathname.replace(/^.*\/v1/, '').replace(/\/mailboxes\/.+\//, '/mailboxes/ID/'), answered]);
    if (asked.length < 3) await new Promise((resolve) => { held.push(resolve); });
    else held.splice(0).forEach((resolve) => resolve());
    await route.continue();
    answered += 1;
  });
  await page.reload();
  await listed(page);
  const first = Object.fromEntries(asked.slice(0, 3));
  assert.deepEqual(first, { '/session': 0, '/mailboxes': 0, '/mailboxes/ID/messages': 0 });
});

scenario('after signing in, too: list and folders are asked for at once, and the list is painted before the folders are known', { signedIn: false }, async (page) => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const asked = [];
  page.on('request', (request) => { if (/\/messages\?/.test(request.url())) asked.push(new URL(request.url()).pathname); });
  await page.route('**/api/v1/mailboxes', async (route) => {
    await held;
    await route.continue();
  });
  await signIn(page, stack);
  await listed(page);
  assert.equal(asked[0], '/api/v1/mailboxes/inbox/messages');
  assert.equal(await page.locator('.folders li a').count(), 0);
  release();
  await page.locator('.folders li a', { hasText: 'Inbox' }).waitFor();
  assert.equal(await page.locator('.folders li a[aria-current=page]').textContent().then((text) => /Inbox/.test(text)), true);
  await openMessage(page, 'letter 21');
});

// The view of a message is fetched once the list stands; whether that is before or after the count is luck, so it does not come.
for (const locale of ['en-GB', 'ja-JP']) {
  scenario(`the first load is under 60 KB as it comes over the wire, and all of it is ours (${locale})`, { locale, signedIn: false }, async (page, { context, errors }) => {
    const later = [];
    await page.route('**/js/message.js', (route) => { later.push(route.request().url()); return route.abort(); });
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const kinds = new Map();
    let octets = 0;
    session.on('Network.responseReceived', ({ requestId, response }) => kinds.set(requestId, response.url));
    session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
      if (!/\/api\//.test(kinds.get(requestId) ?? '')) octets += encodedDataLength;
    });
    await signIn(page, stack);
    await listed(page);
    for (const end = Date.now() + 90000; !later.length && Date.now() < end;) await quiet(context);
    await quiet(context);
    assert.deepEqual(later.map((url) => new URL(url).pathname), ['/js/message.js'], 'what the list needs has come');
    assert.ok(octets > 10000 && octets < 60 * 1024, `${octets} octets`);
    console.log(`first load, ${locale}: ${octets} octets of ${60 * 1024}`);
    errors.length = 0; // the browser's own line about the module that was kept away
  });
}

// Answers that come late, in another order or never, and what is pressed twice: what is shown is always of the message that is meant,
// and what is done is done to it, once. The service's own answers, held back or replaced on their way.
import assert from 'node:assert/strict';
import { bring, follow, hold, holdAnswer, onStage, openMessage, quiet, row, signIn, startBreakable, until } from './stage.mjs';

const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n167\n%%EOF\n');
const paper = `From: Signed <info@signed.example>\r\nTo: Me <alice@mail.example>\r\nSubject: a paper\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <paper@signed.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=paper.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${pdf.toString('base64')}\r\n--b--\r\n`;
const prepare = async (stack) => {
  await stack.tell(`deliver-signed ${Buffer.from(paper).toString('base64')}`);
  await stack.tell('fill 60');
};
const { stack, scenario } = onStage(startBreakable, { prepare });

const listed = (page) => until(page, () => document.querySelectorAll('.row:not(.skeleton)').length > 4);
const folder = (page, name) => page.locator('.folders li a', { hasText: name }).click();
const toast = (page) => page.locator('.toast');
const subject = (page) => page.textContent('#message-subject');
const line = (page, text) => row(page, text).locator('..');
const askList = (page) => page.evaluate(() => { window.dispatchEvent(new Event('online')); });
const aList = /\/messages\?/;
const aMessage = /\/messages\/[^/?]+$/;
const batch = '**/messages/batch';
const end = async (context) => assert.equal((await context.request.delete(`${stack.url}/api/v1/session`, { headers: { 'X-Requested-With': 'inkan', Origin: stack.url } })).status(), 204);
const enter = async (page) => {
  await page.fill('[name=username]', stack.user);
  await page.fill('[name=password]', stack.password);
  await page.click('[type=submit]');
  await listed(page);
};
const source = async (page) => {
  await page.click('[data-hook=more-acts]');
  await page.click('[data-hook=raw]');
  await page.locator('dialog pre', { hasText: 'Subject' }).waitFor();
};

// An answer of the service in which the letter of this subject has `verdict`.
const judged = (text, verdict, wait = async () => {}) => async (route) => {
  const answer = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } });
  const json = await answer.json();
  for (const one of json.messages ?? [json]) if (one.subject === text) one.verdict = { ...one.verdict, ...verdict };
  await wait();
  await route.fulfill({ response: answer, json, headers: { ...answer.headers(), etag: `"${verdict.level}"` } });
};

// Every answer from now on is such a one.
async function judge(page, text, verdict) {
  for (const what of [aList, aMessage]) {
    await page.unroute(what);
    await page.route(what, judged(text, verdict));
  }
}
const says = (level) => ({ level, text: `The verdict is ${level}.` });

// ---- what belongs to one message

scenario('what was opened of one message goes with it when the Back button shows another', {}, async (page) => {
  await openMessage(page, 'letter 05');
  await openMessage(page, 'letter 06');
  await source(page);
  await page.goBack();
  await until(page, () => document.querySelector('#message-subject')?.textContent === 'letter 05');
  await until(page, () => !document.querySelector('dialog'));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'message-subject');
});

scenario('what was opened of a message is gone when its session is over, and signing in is not behind it', { signedIn: false }, async (page, { context }) => {
  await signIn(page, stack);
  await listed(page);
  await openMessage(page, 'letter 05');
  await source(page);
  await end(context);
  await page.locator('.signin [data-hook=problem]').waitFor();
  assert.equal(await page.locator('dialog').count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.name), 'username');
});

scenario('a warning that comes closes what was opened before it: a PDF whose links work, an answer, a way off a list', {}, async (page) => {
  await openMessage(page, 'a paper');
  await page.click('[data-hook=attachments] [data-hook=look]');
  await page.locator('dialog iframe').waitFor();
  await judge(page, 'a paper', says('forged'));
  await askList(page);
  await until(page, () => document.querySelector('.message').dataset.level === 'forged');
  await until(page, () => !document.querySelector('dialog'));
  await page.locator('[data-hook=strip]').waitFor();
});

scenario('a preview that was asked for before the warning came is not shown after it', {}, async (page, { context }) => {
  await openMessage(page, 'a paper');
  const preview = await hold(page, '**/preview');
  await page.click('[data-hook=attachments] [data-hook=look]');
  await preview.asked;
  await judge(page, 'a paper', says('caution'));
  await askList(page);
  await until(page, () => document.querySelector('.message').dataset.level === 'caution');
  preview.release();
  await quiet(context);
  assert.equal(await page.locator('dialog iframe').count(), 0);
});

scenario('of two answers about a verdict the one that was asked for later is shown, whichever comes last', {}, async (page, { context }) => {
  await openMessage(page, 'letter 07');
  let told;
  let release;
  const [answered, released] = [new Promise((resolve) => { told = resolve; }), new Promise((resolve) => { release = resolve; })];
  await page.route(aList, judged('letter 07', says('likely')));
  await page.route(aMessage, judged('letter 07', says('likely'), () => {
    told();
    return released;
  }));
  await askList(page);
  await answered;
  await page.route(aList, judged('letter 07', says('forged'))); // the route that is set last is asked first
  await page.route(aMessage, judged('letter 07', says('forged')));
  await askList(page);
  await until(page, () => document.querySelector('.message').dataset.level === 'forged');
  release();
  await quiet(context);
  assert.equal(await page.getAttribute('.message', 'data-level'), 'forged');
});

scenario('a verdict whose message could not be asked for is asked for again until it is shown', {}, async (page, { errors }) => {
  await openMessage(page, 'letter 08');
  await judge(page, 'letter 08', says('forged'));
  await page.route(aMessage, (route) => route.abort());
  const refused = page.waitForEvent('requestfailed', (request) => aMessage.test(request.url()));
  await askList(page);
  await refused;
  await page.unroute(aMessage);
  await judge(page, 'letter 08', says('forged'));
  await until(page, () => document.querySelector('.message').dataset.level === 'forged');
  errors.length = 0; // the browser's own line about what was cut
});

scenario('a verdict that arrives reaches an open message that the list does not hold', {}, async (page) => {
  await openMessage(page, 'letter 09');
  const where = await page.evaluate(() => location.hash);
  await judge(page, 'letter 09', says('unchecked'));
  const events = await hold(page, /\/events\?/);
  await follow(page, `${where}?q=${encodeURIComponent('subject:"letter 10"')}`);
  await page.reload({ waitUntil: 'commit' }); // the stream that is held holds up the load event
  await until(page, () => document.querySelectorAll('.row:not(.skeleton)').length === 1 && document.querySelector('.message')?.dataset.level === 'unchecked' && !document.querySelector('[data-hook=how]').hidden);
  await judge(page, 'letter 09', says('forged'));
  const [, mailboxId, id] = where.split('/').map(decodeURIComponent);
  const told = `event: verdict\ndata: ${JSON.stringify({ mailboxId, id, verdict: says('forged') })}\n\n`;
  events.release((route) => route.fulfill({ contentType: 'text/event-stream', body: told }));
  await until(page, () => document.querySelector('.message').dataset.level === 'forged');
});

// ---- what is done, and to what

scenario('another folder closes the message at once: nothing is done to it in the name of that folder', {}, async (page) => {
  await openMessage(page, 'letter 11');
  const list = await hold(page, aList);
  await folder(page, 'Junk');
  await list.asked;
  assert.equal(await page.locator('article.message').count(), 0);
  await page.keyboard.press('!'); // in Junk it means: not junk
  assert.equal(await toast(page).count(), 0);
  list.release();
});

scenario('a star that is put and taken away at once is away, on the screen and on the mail server', {}, async (page, { context }) => {
  const star = (await bring(page, 'letter 12')).locator('..').locator('.star');
  const change = await hold(page, batch, (request) => request.postDataJSON().keywords.$flagged === true);
  const second = page.waitForResponse((answer) => answer.url().endsWith('/batch') && answer.request().postDataJSON().keywords.$flagged === false);
  await star.click();
  await change.asked;
  await star.click();
  await Promise.race([second, page.waitForTimeout(2000)]); // it must not overtake the first: were it to come later than this, that is right
  change.release();
  await second;
  await quiet(context);
  assert.equal(await star.getAttribute('aria-pressed'), 'false');
  await page.reload();
  assert.equal(await (await bring(page, 'letter 12')).locator('..').locator('.star').getAttribute('aria-pressed'), 'false');
});

scenario('what the list was asked before a star was put does not take it away', {}, async (page, { context }) => {
  const star = (await bring(page, 'letter 13')).locator('..').locator('.star');
  await page.route(aList, (route) => route.fallback({ headers: { ...route.request().headers(), 'if-none-match': '' } }));
  const list = await holdAnswer(page, aList);
  await askList(page);
  await list.answered;
  await Promise.all([page.waitForResponse(/messages\/batch/), star.click()]);
  list.release();
  await quiet(context);
  assert.equal(await star.getAttribute('aria-pressed'), 'true');
  await Promise.all([page.waitForResponse(/messages\/batch/), star.click()]);
});

scenario('a button that is pressed twice archives once, and the way back stays', {}, async (page, { context }) => {
  await openMessage(page, 'letter 14');
  let asked = 0;
  page.on('request', (request) => { if (request.url().endsWith('/batch') && request.postDataJSON().moveToRole) asked += 1; });
  await page.evaluate(() => {
    const button = document.querySelector('.message [data-hook=archive]');
    button.click();
    button.click();
  });
  await toast(page).waitFor();
  await quiet(context);
  assert.equal(asked, 1);
  assert.match(await toast(page).textContent(), /Archived/);
  await page.click('.toast [data-hook=undo]');
  await bring(page, 'letter 14');
});

scenario('a key that is held down does once what cannot be seen before it is done', {}, async (page, { context }) => {
  let asked = 0;
  page.on('request', (request) => { if (request.url().endsWith('/batch')) asked += 1; });
  await (await bring(page, 'letter 15')).focus();
  await page.keyboard.down('e');
  await page.keyboard.down('e');
  await page.keyboard.down('e');
  await page.keyboard.up('e');
  await toast(page).waitFor();
  await quiet(context);
  assert.equal(asked, 1);
  await page.click('.toast [data-hook=undo]');
  await bring(page, 'letter 15');
  await line(page, 'letter 15').locator('.pick').click();
  await page.focus('[data-hook=act-move]');
  await page.keyboard.down('Enter');
  await page.locator('dialog').waitFor();
  await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  assert.equal(await page.locator('dialog').count(), 1, 'no folder is chosen by the key that asked for one');
});

scenario('what did not work stays to be tried again when something else works after it', {}, async (page, { errors }) => {
  const one = await hold(page, batch);
  await (await bring(page, 'letter 17')).focus();
  await page.keyboard.press('e');
  await one.asked;
  const two = await hold(page, batch);
  await (await bring(page, 'letter 18')).focus();
  await page.keyboard.press('e');
  await two.asked;
  one.release((route) => route.abort());
  await toast(page).locator('text=cannot be reached').waitFor();
  two.release();
  await toast(page).locator('text=Archived.').waitFor();
  await page.unroute(batch);
  await page.click('.toast [data-hook=undo]');
  await toast(page).locator('text=Undone.').waitFor();
  await page.click('.toast [data-hook=retry]');
  await row(page, 'letter 17').waitFor({ state: 'detached' });
  await until(page, () => /^Archived\.$/.test(document.querySelector('.toast [data-hook=text]')?.textContent));
  errors.length = 0; // the browser's own line about what was cut
});

scenario('what is said unread stays so, although the letter was to be marked as read when that could be told', {}, async (page, { context, errors }) => {
  await bring(page, 'letter 19');
  await page.route(batch, (route) => route.abort());
  const refused = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/batch'));
  await openMessage(page, 'letter 19');
  await refused;
  await quiet(context);
  await page.click('[data-hook=more-acts]');
  await page.click('.message [data-hook=unread]');
  await page.locator('.nothing').waitFor();
  await page.unroute(batch);
  await askList(page);
  await quiet(context);
  assert.match(await (await bring(page, 'letter 19')).locator('..').getAttribute('class'), /unread/);
  errors.length = 0;
});

scenario('what left an opened conversation is not in it any more', {}, async (page, { context }) => {
  await page.waitForLoadState('load');
  await stack.tell('thread the harbour');
  const mark = line(page, 'the harbour').locator('[data-hook=thread]');
  await until(page, () => [...document.querySelectorAll('[data-hook=thread]:not([hidden])')].some((e) => e.textContent.includes('3')));
  await mark.click();
  await until(page, () => document.querySelectorAll('.row.inside').length === 2);
  await quiet(context);
  await page.locator('.row.inside a').last().focus();
  await page.keyboard.press('e');
  await toast(page).locator('text=Archived.').waitFor();
  await quiet(context);
  assert.equal(await page.locator('.row.inside').count(), 1);
});

scenario('a conversation that could not be had is no trouble of the folder that is shown by then', {}, async (page, { context, errors }) => {
  await until(page, () => [...document.querySelectorAll('[data-hook=thread]:not([hidden])')].length);
  const thread = await hold(page, /thread=/);
  await page.locator('[data-hook=thread]:not([hidden])').first().click();
  await thread.asked;
  await folder(page, 'Sent');
  await page.locator('[data-hook=empty]').waitFor({ state: 'visible' });
  const failed = page.waitForEvent('requestfailed');
  thread.release((route) => route.abort());
  await failed;
  await quiet(context);
  assert.equal(await page.isVisible('[data-hook=notice]'), false);
  errors.length = 0;
});

// ---- the focus, and what is being typed

scenario('what is typed while a message or a page is on its way stays where it is typed', {}, async (page) => {
  const [view, about] = [await hold(page, '**/js/message.js*'), await hold(page, '**/js/about.js*')];
  await page.reload();
  await listed(page);
  await view.asked;
  await (await bring(page, 'letter 20')).click();
  await page.focus('[data-hook=search]');
  await page.keyboard.type('let');
  view.release();
  await page.locator('#message-subject').waitFor();
  await page.keyboard.type('ters');
  assert.equal(await page.inputValue('[data-hook=search]'), 'letters');
  await page.click('.foot-links a');
  await about.asked;
  await page.focus('[data-hook=search]');
  about.release();
  await page.locator('#about-title').waitFor();
  await page.keyboard.type(' ahead');
  assert.match(await page.inputValue('[data-hook=search]'), / ahead$/);
});

// ---- what would never come, or again and again

scenario('a message whose view could not be loaded is shown when it can be', {}, async (page, { errors }) => {
  const view = await hold(page, '**/js/message.js*');
  await page.reload();
  await listed(page);
  await (await bring(page, 'letter 21')).click();
  const failed = page.waitForEvent('requestfailed', (request) => /message\.js/.test(request.url()));
  view.release((route) => route.abort());
  await failed;
  await page.unroute('**/js/message.js*');
  await until(page, () => document.querySelector('#message-subject')?.textContent === 'letter 21');
  errors.length = 0;
});

scenario('a page that could not be loaded is shown when it can be, and said to be missing until then', {}, async (page, { errors }) => {
  await page.route('**/js/about.js*', (route) => route.abort());
  await page.click('.foot-links a');
  await page.locator('[data-hook=notice]').waitFor({ state: 'visible' });
  await page.unroute('**/js/about.js*');
  await page.locator('#about-title').waitFor();
  await page.locator('[data-hook=notice]').waitFor({ state: 'hidden' });
  errors.length = 0;
});

scenario('a message that cannot be had while the list can is asked for again later and later, not at once and for ever', { timed: true }, async (page, { context, errors }) => {
  await listed(page);
  await quiet(context);
  let asked = 0;
  await page.route(aMessage, (route) => {
    asked += 1;
    return route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"code":"internal","detail":"That did not work."}' });
  });
  await page.clock.pauseAt(Date.now() + 3600000);
  await (await bring(page, 'letter 22')).click();
  await page.locator('[data-hook=problem]').waitFor({ state: 'visible' });
  await page.waitForTimeout(1000); // of real time: the page's own stands still
  assert.equal(asked, 1);
  await page.focus('[data-hook=search]');
  const again = page.waitForRequest(aMessage);
  await page.clock.fastForward(1000);
  await again;
  await quiet(context); // and it waits for the next time
  await page.unroute(aMessage);
  await page.clock.fastForward(2000);
  await page.locator('[data-hook=how]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.hook), 'search', 'nobody asked for the focus to move');
  errors.length = 0; // the browser's own lines about the answers, and about the clock that no letter's frame lets in
});

scenario('folders that were asked for twice: what became of the earlier question is not said', {}, async (page, { context, errors }) => {
  let first = true;
  const folders = await hold(page, '**/api/v1/mailboxes', () => first);
  await page.reload();
  await folders.asked;
  await listed(page); // which came without them
  first = false;
  await askList(page);
  await page.waitForSelector('.folders li a');
  const failed = page.waitForEvent('requestfailed');
  folders.release((route) => route.abort());
  await failed;
  await quiet(context);
  assert.equal(await page.isVisible('[data-hook=notice]'), false);
  errors.length = 0;
});

scenario('older letters of one list do not wait for those of another', {}, async (page) => {
  const older = await hold(page, /before=/, (request) => !/unverified=/.test(request.url()));
  await page.evaluate(() => { document.querySelector('.scroller').scrollTop = 100000; });
  await older.asked;
  await page.click('[data-hook=filter]');
  await until(page, () => [...document.querySelectorAll('.row')].some((r) => r.getAttribute('aria-setsize') === '60'));
  older.release();
});

scenario('mail that arrives while the list is on its way does not make it wait for another answer', {}, async (page, { context }) => {
  const stream = page.waitForResponse((answer) => /\/events\?/.test(answer.url()) && answer.ok());
  await page.reload();
  await stream;
  await quiet(context);
  const lists = [];
  let open = false;
  await page.route(aList, async (route) => {
    if (!open) await new Promise((resolve) => { lists.push(resolve); });
    await route.continue();
  });
  await folder(page, 'Archive');
  await until(page, () => document.querySelector('.skeleton'));
  await folder(page, 'Inbox');
  for (const wait = Date.now() + 60000; lists.length < 2 && Date.now() < wait;) await page.waitForTimeout(20);
  await stack.tell('append while the list is on its way');
  await page.waitForTimeout(3000); // the event comes meanwhile; were it to come later, there is nothing to see
  lists[1]();
  await listed(page);
  open = true;
  lists.forEach((go) => go());
  await row(page, 'while the list is on its way').waitFor();
});

scenario('people who are taken back one after the other stay away, whichever list comes last', {}, async (page, { context }) => {
  const cards = ['dora', 'hiro'].map((name) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nEMAIL:${name}@corp.example\r\nEND:VCARD\r\n`).join('');
  await follow(page, '#people');
  await page.locator('#people-title').waitFor();
  await page.setInputFiles('[data-hook=file]', { name: 'people.vcf', mimeType: 'text/vcard', buffer: Buffer.from(cards) });
  const lines = page.locator('[data-hook=people] li');
  await until(page, () => document.querySelectorAll('[data-hook=people] li').length === 2);
  const list = await holdAnswer(page, '**/correspondents', (request) => request.method() === 'GET');
  await lines.filter({ hasText: 'dora' }).locator('button').click();
  await list.answered;
  await lines.filter({ hasText: 'hiro' }).locator('button').click();
  await page.locator('[data-hook=nobody]').waitFor({ state: 'visible' });
  list.release();
  await quiet(context);
  assert.equal(await lines.count(), 0);
});

// ---- the end of a session, and its beginning

scenario('what an ended session still hears does not end the next one', { signedIn: false }, async (page, { context }) => {
  await signIn(page, stack);
  await listed(page);
  let first = true;
  const letter = await hold(page, aMessage, () => first);
  await (await bring(page, 'letter 23')).click();
  await letter.asked;
  first = false;
  await end(context);
  await page.locator('.signin [data-hook=problem]').waitFor();
  await enter(page);
  await until(page, () => document.querySelector('#message-subject')?.textContent === 'letter 23');
  const refused = page.waitForResponse((answer) => answer.status() === 401);
  letter.release((route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"code":"unauthorized","detail":""}' }));
  await refused;
  await quiet(context);
  assert.equal(await page.locator('form.signin-box').count(), 0);
  assert.equal(await subject(page), 'letter 23');
});

scenario('what was done as a session ended is not offered where somebody signs in; what is typed there stays', { signedIn: false }, async (page, { context }) => {
  await signIn(page, stack);
  await listed(page);
  const [first, then] = [await holdAnswer(page, batch), await hold(page, batch, (request) => request.postDataJSON().keywords)];
  await (await bring(page, 'letter 24')).focus();
  await page.keyboard.press('s');
  await then.asked;
  await page.keyboard.press('e');
  await first.answered;
  await end(context);
  await page.locator('.signin [data-hook=problem]').waitFor();
  await page.fill('[name=username]', 'somebody');
  first.release();
  then.release();
  await quiet(context);
  assert.equal(await toast(page).count(), 0);
  assert.equal(await page.inputValue('[name=username]'), 'somebody');
  assert.match(await page.textContent('[data-hook=problem]'), /What you did last was not done/);
});

scenario('who signs out while the folders are on their way leaves nothing behind', { signedIn: false }, async (page, { context }) => {
  await signIn(page, stack);
  await listed(page);
  await page.waitForSelector('.folders li a');
  const folders = await holdAnswer(page, '**/api/v1/mailboxes');
  await page.reload();
  await folders.answered;
  await page.click('[data-hook=signout]');
  await page.locator('[name=username]').waitFor();
  folders.release();
  await quiet(context);
  assert.equal(await page.evaluate(() => localStorage.getItem('inkan.inbox')), null);
});

scenario('signing out is not said to be done where it was not', { signedIn: false }, async (page, { errors }) => {
  await signIn(page, stack);
  await listed(page);
  await page.route('**/api/v1/session', (route) => route.abort());
  await page.click('[data-hook=signout]');
  await toast(page).locator('text=cannot be reached').waitFor();
  await page.unroute('**/api/v1/session');
  await page.click('.toast [data-hook=retry]');
  await page.locator('[name=username]').waitFor();
  await page.reload();
  await page.locator('[name=username]').waitFor();
  errors.length = 0;
});

scenario('the way out of "nobody is there", pressed twice, begins one page', { timed: true }, async (page, { context, errors }) => {
  await page.route('**/api/v1/session', (route) => route.abort());
  await page.reload();
  await page.locator('[data-hook=again]').waitFor();
  await page.clock.pauseAt(Date.now() + 3600000);
  const [one, two] = [page.waitForEvent('requestfailed'), page.waitForEvent('requestfailed')];
  await page.evaluate(() => {
    const button = document.querySelector('[data-hook=again]');
    button.click();
    button.click();
  });
  await Promise.all([one, two]);
  await quiet(context);
  await page.unroute('**/api/v1/session');
  let asked = 0;
  page.on('request', (request) => { if (request.url().endsWith('/api/v1/session')) asked += 1; });
  await page.clock.fastForward(1000);
  await listed(page);
  await page.clock.fastForward(30000);
  await quiet(context);
  assert.equal(asked, 1);
  errors.length = 0;
});

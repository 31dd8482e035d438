// What the page says when something behind the service is broken, and that nothing is lost by it: a real Dovecot that is killed,
// an authority that did not sign its certificate, passwords that are wrong or were changed, a resolver that is dead.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { bring, noViolations, onStage, openMessage, quiet, row, signIn, startBreakable, until } from './stage.mjs';

const pictures = process.env.INKAN_PICTURES; // a folder: what each state looks like, at both widths, light and dark
// Whatever a scenario broke, and were it by failing, is mended before the next one.
const clean = async (stack) => {
  await stack.tell('start-dovecot');
  await stack.tell('mend');
};
const { stack, scenario } = onStage(startBreakable, { clean });

async function picture(page, name) {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  for (const [width, height] of [[1280, 860], [390, 844]]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300); // motion of colours
      await page.screenshot({ path: path.join(pictures, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

const notice = (page) => page.locator('[data-hook=notice]');
// How many rows the list says it has, and those at its top: only what is near the window is in the document.
async function listing(page) {
  await bring(page, 'letter 29');
  const [size, top] = await page.evaluate(() => [document.querySelector('.row:not(.skeleton)').getAttribute('aria-setsize'),
    [...document.querySelectorAll('.row:not(.skeleton) [data-hook=subject]')].map((s) => s.textContent).slice(0, 8)]);
  return { size: Number(size), top };
}
const listed = (page, count = 30) => until(page, (n) => Number(document.querySelector('.row:not(.skeleton)')?.getAttribute('aria-setsize')) >= n, count);

scenario('a mail server that dies under an open mailbox: said, nothing lost, and back by itself', {}, async (page) => {
  await listed(page);
  const before = await listing(page);
  await openMessage(page, 'letter 07');
  const letter = await bring(page, 'letter 03');
  await stack.tell('kill-dovecot');
  await letter.click();
  await page.locator('[data-hook=problem]').waitFor({ state: 'visible' });
  await notice(page).waitFor({ state: 'visible' });
  await until(page, () => /mail server does not answer/.test(document.querySelector('[data-hook=problem-text]').textContent));
  await until(page, () => /mail server does not answer/.test(document.querySelector('[data-hook=notice-text]').textContent));
  assert.equal(await notice(page).getAttribute('role'), 'alert');
  assert.match(await page.textContent('#message-subject'), /letter 03/, 'the head keeps what the list knows');
  assert.equal(await page.isVisible('iframe.body'), false, 'no empty letter');
  assert.deepEqual(await listing(page), before, 'the list stays');
  const where = page.url();
  await picture(page, 'killed');
  await page.click('[data-hook=retry]'); // still dead: the same sentence again, not a blank page
  await page.locator('[data-hook=problem]').waitFor({ state: 'visible' });

  await stack.tell('start-dovecot');
  await notice(page).waitFor({ state: 'hidden' });
  await page.frameLocator('iframe.body').locator('text=Hello.').waitFor();
  assert.equal(await page.isVisible('[data-hook=problem]'), false);
  assert.equal(page.url(), where);
  assert.deepEqual(await listing(page), before);
});

const toast = (page) => page.locator('.toast');
const star = (page, subject) => row(page, subject).locator('..').locator('.star');
const folder = (page, name) => page.locator('.folders li a', { hasText: name }).click();
// The mail server does what is asked, and its answer is lost.
const loseAnswers = (page) => page.route('**/messages/batch', async (route) => {
  await route.fetch();
  await route.abort();
});

scenario('changes while the service is away: each is taken back on the screen, said until it is tried again, and then done once', {}, async (page) => {
  await (await bring(page, 'letter 12')).focus();
  await stack.tell('stop-service');
  await page.keyboard.press('s');
  await toast(page).locator('text=being restarted').waitFor();
  assert.equal(await star(page, 'letter 12').getAttribute('aria-pressed'), 'false');
  await (await bring(page, 'letter 13')).focus();
  await page.keyboard.press('e');
  await toast(page).locator('text=2 changes did not work').waitFor();
  assert.equal(await row(page, 'letter 13').count(), 1, 'it is back in the list');
  await picture(page, 'changes');
  await stack.tell('start-service');
  await notice(page).waitFor({ state: 'hidden' });
  await page.click('.toast [data-hook=retry]');
  await toast(page).locator('text=Archived.').waitFor();
  await page.reload(); // what the screen says is what the mail server has
  await listed(page, 29);
  assert.equal(await (await bring(page, 'letter 12')).locator('..').locator('.star').getAttribute('aria-pressed'), 'true');
  await row(page, 'letter 12').focus();
  await Promise.all([page.waitForResponse(/messages\/batch/), page.keyboard.press('s')]);
  assert.equal((await subjects(page)).includes('letter 13'), false);
  await bringBack(page, 'letter 13');
});

const subjects = (page) => page.locator('.row [data-hook=subject]').allTextContents();
// From the archive into the inbox, where every other scenario looks for it; it lies in the archive once.
async function bringBack(page, subject) {
  await folder(page, 'Archive');
  await row(page, subject).waitFor();
  assert.equal((await subjects(page)).filter((text) => text === subject).length, 1, 'moved once');
  await row(page, subject).focus();
  await page.keyboard.press('v');
  await page.fill('dialog [data-hook=filter]', 'inbox');
  await page.keyboard.press('Enter');
  await toast(page).locator('text=Moved to Inbox').waitFor();
}

scenario('a change whose answer is lost is found done, and is not done again', {}, async (page, { errors }) => {
  await (await bring(page, 'letter 14')).focus();
  await loseAnswers(page);
  await page.keyboard.press('s');
  await toast(page).locator('text=cannot be reached').waitFor();
  await until(page, () => document.activeElement.closest('.row')?.querySelector('.star').getAttribute('aria-pressed') === 'true'); // the list was asked what is true
  await page.keyboard.press('e');
  await toast(page).locator('text=2 changes').waitFor();
  await row(page, 'letter 14').waitFor({ state: 'detached' });
  await page.unroute('**/messages/batch');
  await page.click('.toast [data-hook=retry]');
  await toast(page).locator('text=no longer here').waitFor();
  assert.equal(await page.isVisible('.toast [data-hook=retry]'), false);

  await (await bring(page, 'letter 15')).focus();
  await page.keyboard.press('e');
  await toast(page).locator('text=Archived.').waitFor();
  await loseAnswers(page);
  await page.keyboard.press('z');
  await toast(page).locator('text=cannot be reached').waitFor();
  await bring(page, 'letter 15');
  await page.unroute('**/messages/batch');
  await page.click('.toast [data-hook=retry]');
  await toast(page).locator('text=Undone.').waitFor();
  assert.equal((await subjects(page)).filter((text) => text === 'letter 15').length, 1);
  await bringBack(page, 'letter 14');
  errors.length = 0; // the browser's own lines about what was cut
});

scenario('a letter that was read while its mark could not be told is marked when something works again', {}, async (page, { context, errors }) => {
  const line = (await bring(page, 'letter 16')).locator('..');
  await page.route('**/messages/batch', (route) => route.abort());
  const refused = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/messages/batch'));
  await openMessage(page, 'letter 16');
  await refused;
  await quiet(context); // it is tried once more as soon as the list works, which it does
  await until(page, () => document.querySelector('.row a[aria-current]').closest('.row').classList.contains('unread'));
  assert.equal(await toast(page).count(), 0, 'nobody pressed anything');
  await page.unroute('**/messages/batch');
  const told = page.waitForResponse(/messages\/batch/);
  await page.evaluate(() => { window.dispatchEvent(new Event('online')); });
  assert.equal((await (await told).json()).results[0].ok, true);
  await until(page, () => !document.querySelector('.row a[aria-current]').closest('.row').classList.contains('unread'));
  assert.doesNotMatch(await line.getAttribute('class'), /unread/);
  errors.length = 0;
});

scenario('what could not be said or changed in a message is told in a sentence, never in a word of the program', {}, async (page, { errors }) => {
  await openMessage(page, 'letter 17');
  await page.route(/\/(known|raw)$/, (route) => route.abort());
  await page.click('[data-hook=how]');
  await page.locator('.known button').first().click();
  await toast(page).locator('text=cannot be reached').waitFor();
  await page.click('[data-hook=more-acts]');
  await page.click('[data-hook=raw]');
  await until(page, () => /service cannot be reached/.test(document.querySelector('dialog pre').textContent));
  await page.keyboard.press('Escape');
  await page.unroute(/\/(known|raw)$/);
  await page.click('.toast [data-hook=retry]');
  await until(page, () => document.querySelector('.known button').textContent === 'Take it back');
  await page.locator('.known button').first().click();
  await until(page, () => document.querySelector('.known button').textContent === 'I know it');
  errors.length = 0;
});

scenario('a folder that the service does not know is said to be gone, a message as a message', {}, async (page) => {
  await listed(page);
  await page.route('**/messages?*', (route) => route.continue({ url: route.request().url().replace(/mailboxes\/[^/]+/, 'mailboxes/AAAA') }));
  await page.evaluate(() => { window.dispatchEvent(new Event('online')); });
  await until(page, () => document.querySelector('[data-hook=notice-text]').textContent === 'This folder is no longer there.');
  await page.unroute('**/messages?*');
  await page.evaluate(() => { location.hash = `${(location.hash || '#/x').split('/').slice(0, 2).join('/')}/AAAA`; });
  await until(page, () => document.querySelector('[data-hook=problem-text]')?.textContent === 'This message is no longer there.');
});

scenario('a page loaded anew while the mail server is dead stays signed in and finds its place once it is back', {}, async (page) => {
  await listed(page);
  await openMessage(page, 'letter 11');
  const where = page.url();
  await stack.tell('kill-dovecot');
  await page.reload();
  await notice(page).waitFor({ state: 'visible' });
  await until(page, () => /mail server does not answer/.test(document.querySelector('[data-hook=notice-text]').textContent));
  assert.equal(await page.locator('[name=password]').count(), 0, 'nobody is asked for a password');
  assert.equal(await page.isVisible('[data-hook=empty]'), false, 'a mailbox that cannot be read is not called empty');
  await picture(page, 'reloaded');
  await stack.tell('start-dovecot');
  await listed(page);
  await until(page, () => document.querySelector('#message-subject')?.textContent.includes('letter 11'));
  await page.frameLocator('iframe.body').locator('text=Hello.').waitFor();
  assert.equal(await notice(page).isVisible(), false);
  assert.equal(page.url(), where);
});

scenario('a frame that cannot be filled shows a sentence, not a document for scripts', {}, async (page) => {
  await listed(page);
  await openMessage(page, 'letter 05');
  await page.frameLocator('iframe.body').locator('text=Hello.').waitFor();
  await stack.tell('kill-dovecot');
  await stack.tell('mend'); // the service starts anew: what it remembered of opened messages is gone
  await page.evaluate(() => {
    const frame = document.querySelector('iframe.body');
    const fresh = frame.cloneNode();
    fresh.src = `${frame.src}&again=1`;
    frame.replaceWith(fresh);
  });
  const text = page.frameLocator('iframe.body').locator('p');
  await text.waitFor();
  assert.match(await text.textContent(), /^The mail server does not answer\./);
  await picture(page, 'frame');
  await stack.tell('start-dovecot');
});

scenario('a server that cannot prove who it is: signing in says so, and what was typed is kept', { signedIn: false }, async (page) => {
  await stack.tell('other-certificate');
  await signIn(page, stack);
  const problem = page.locator('[data-hook=problem]');
  await problem.waitFor({ state: 'visible' });
  assert.match(await problem.textContent(), /certificate does not prove that it is the right server.*nothing.*was sent/);
  assert.equal(await page.inputValue('[name=username]'), stack.user);
  await picture(page, 'certificate');
  await stack.tell('mend');
  await page.fill('[name=password]', stack.password);
  await page.click('[type=submit]');
  await listed(page);
});

scenario('a certificate that changes under a session: the list says so and stays', {}, async (page) => {
  await listed(page);
  await stack.tell('other-certificate');
  await (await bring(page, 'letter 09')).click();
  await notice(page).waitFor({ state: 'visible' });
  await until(page, () => /certificate does not prove/.test(document.querySelector('[data-hook=notice-text]').textContent));
  assert.equal((await listing(page)).size >= 30, true);
  assert.equal(await page.locator('[name=password]').count(), 0);
});

scenario('a wrong password, in words of the mail server', { signedIn: false }, async (page) => {
  await signIn(page, stack, 'wrong');
  const problem = page.locator('[data-hook=problem]');
  await problem.waitFor({ state: 'visible' });
  assert.match(await problem.textContent(), /did not accept this user name and password/);
  await picture(page, 'password');
});

scenario('a dead resolver: every row says that it could not be checked, mail can be read, and verdicts arrive later', { signedIn: false }, async (page) => {
  await stack.tell('dead-resolver');
  await stack.tell('append while DNS is away');
  await signIn(page, stack);
  await row(page, 'while DNS is away').waitFor();
  await openMessage(page, 'while DNS is away');
  await until(page, () => /records of signed\.example could not be read just now/.test(document.querySelector('[data-hook=sentence]').textContent));
  await page.frameLocator('iframe.body').locator('text=Hello.').waitFor();
  assert.equal(await row(page, 'while DNS is away').locator('..').getAttribute('data-level'), 'unchecked');
  assert.equal(await notice(page).isVisible(), false, 'mail works: nothing to complain about above the list');
  assert.equal(await page.isVisible('[data-hook=strip]'), false, 'trouble of DNS is not loud');
  await page.click('[data-hook=how]');
  assert.match(await page.textContent('.panel dl'), /could not be (looked up|checked)/);
  await picture(page, 'resolver');
  await stack.tell('mend');
  await until(page, () => document.querySelector('.message').dataset.level === 'domain');
  assert.match(await page.textContent('[data-hook=sentence]'), /^Sent by signed\.example/);
});

for (const [width, height] of [[1280, 900], [390, 844]]) {
  scenario(`a verdict that arrives moves nothing, in the list or over the letter, ${width} px`, { width, height, signedIn: false }, async (page, { context }) => {
    const boxes = () => page.evaluate(() => Object.fromEntries(['.row', '.row [data-hook=subject]', '.message .head', '#message-subject', '.message .from', '[data-hook=how]', '.message .meta', '.message .acts', '.panel', 'iframe.body']
      .map((name) => [name, [...document.querySelectorAll(name)].map((element) => { const { left, top, width: wide, height: high } = element.getBoundingClientRect(); return [left, top, wide, high]; })])));
    const arrives = async (where, level) => {
      await quiet(context); // the letter stands as it will, until the verdict comes
      const before = await boxes();
      await stack.tell('mend');
      await until(page, ([selector, wanted]) => document.querySelector(selector)?.dataset.level === wanted, [where, level]);
      const after = await boxes();
      for (const [name, were] of Object.entries(before)) {
        assert.equal(after[name].length, were.length, name);
        were.forEach((box, n) => box.forEach((was, side) => assert.ok(Math.abs(after[name][n][side] - was) <= 1, `${where}: ${name} ${n}: ${box} to ${after[name][n]}`)));
      }
    };
    await stack.tell('dead-resolver');
    await stack.tell(`append in the list at ${width}`);
    await signIn(page, stack);
    await row(page, `in the list at ${width}`).waitFor();
    await until(page, () => document.querySelectorAll('.row[data-level=unchecked]').length === 1 && document.querySelector('.row [data-hook=preview]').textContent);
    await arrives('.row', 'domain');

    await stack.tell('dead-resolver');
    await stack.tell(`append quiet at ${width}`);
    await row(page, `quiet at ${width}`).waitFor();
    await openMessage(page, `quiet at ${width}`);
    await page.frameLocator('iframe.body').locator('text=Hello.').waitFor();
    await arrives('.message', 'domain');
    assert.equal(await page.isVisible('[data-hook=strip]'), false);
  });
}

scenario('the service itself away: said in plain words, and back by itself', {}, async (page) => {
  await listed(page);
  const letter = await bring(page, 'letter 02');
  await stack.tell('stop-service');
  await letter.click();
  await page.locator('[data-hook=problem]').waitFor({ state: 'visible' });
  assert.match(await page.textContent('[data-hook=problem-text]'), /being restarted/);
  await page.reload();
  await page.locator('main.signin [role=alert]').waitFor();
  assert.match(await page.textContent('main.signin [role=alert]'), /still signed in/);
  await picture(page, 'service');
  await stack.tell('start-service');
  await until(page, () => document.querySelector('#message-subject')?.textContent.includes('letter 02'));
});

scenario('a session that ends elsewhere: said, and signing in leads back to the same letter', { signedIn: false }, async (page, { context }) => {
  await signIn(page, stack);
  await listed(page);
  await openMessage(page, 'letter 18');
  const where = page.url();
  const end = async () => assert.equal((await context.request.delete(`${stack.url}/api/v1/session`, { headers: { 'X-Requested-With': 'inkan', Origin: stack.url } })).status(), 204);
  const problem = page.locator('.signin [data-hook=problem]');
  const enter = async () => {
    assert.equal(page.url(), where);
    await page.fill('[name=username]', stack.user);
    await page.fill('[name=password]', stack.password);
    await page.click('[type=submit]');
    await until(page, () => document.querySelector('#message-subject')?.textContent.includes('letter 18'));
    await page.frameLocator('iframe.body').locator('text=Hello.').waitFor();
  };
  await end();
  await problem.waitFor({ state: 'visible' }); // the stream of events says so
  assert.equal(await problem.textContent(), 'Your session has ended. Please sign in again.');
  await enter();
});

scenario('a program of which a part does not come says so after a while, and else says nothing', { signedIn: false }, async (page, { errors }) => {
  const words = page.locator('.not-yet');
  await page.route('**/js/toast.js', (route) => route.abort());
  await page.goto(`${stack.url}/`);
  assert.ok(await page.evaluate(() => document.getAnimations()[0].effect.getTiming().delay) >= 5000, 'not at once');
  await words.waitFor({ state: 'visible' });
  assert.match(await words.textContent(), /could not be loaded yet.*読み込めていません/);
  await noViolations(page, 'not loaded', { rules: ['color-contrast', 'html-has-lang', 'valid-lang'] });
  errors.length = 0; // the browser's own line about the part that was kept away
  await page.unroute('**/js/toast.js');
  await page.reload();
  await page.locator('[name=username]').waitFor();
  assert.equal(await words.count(), 0);
});

scenario('a password changed elsewhere: signing in again, with the reason, leads back to the same letter', {}, async (page) => {
  await listed(page);
  await openMessage(page, 'letter 04');
  const where = page.url();
  await stack.tell('change-password changed elsewhere');
  await (await bring(page, 'letter 08')).click();
  const problem = page.locator('.signin [data-hook=problem]');
  await problem.waitFor({ state: 'visible' });
  assert.match(await problem.textContent(), /did not accept/);
  await picture(page, 'changed');
  await page.fill('[name=username]', stack.user);
  await page.fill('[name=password]', 'changed elsewhere');
  await page.click('[type=submit]');
  await until(page, () => document.querySelector('#message-subject')?.textContent.includes('letter 08'));
  assert.notEqual(page.url(), where);
  await stack.tell(`change-password ${stack.password}`);
});

// The last one: it makes the list longer than a page.
scenario('a session that ends deep in a long list: after signing in the same rows are in view, picked and in focus, for the same account only', { signedIn: false }, async (page, { context }) => {
  await stack.tell('fill 200');
  await signIn(page, stack);
  await page.locator('.row a').first().waitFor();
  const scrollTo = (y) => page.evaluate((top) => { document.querySelector('.scroller').scrollTop = top; }, y);
  await until(page, () => { // older pages come while it is scrolled
    const scroller = document.querySelector('.scroller');
    scroller.scrollTop = scroller.scrollHeight;
    return Number(document.querySelector('.row')?.getAttribute('aria-posinset')) > 120;
  });
  await scrollTo(9000);
  await until(page, () => [...document.querySelectorAll('.row')].some((r) => { const { top } = r.getBoundingClientRect(); return top > 300 && top < 500; }));
  const inView = () => page.evaluate(() => [...document.querySelectorAll('.row')].map((r) => [r.querySelector('[data-hook=subject]').textContent, r.classList.contains('picked'), Math.round(r.getBoundingClientRect().top)]).filter(([, , top]) => top > 102 && top < 848));
  const middle = (await inView()).at(3)[0];
  await row(page, middle).focus();
  await page.keyboard.press('x');
  await until(page, () => document.querySelectorAll('.row.picked').length === 1);
  const gone = (await inView()).at(4)[0];
  await page.locator('.row', { hasText: gone }).locator('[data-hook=pick]').check();
  await row(page, middle).focus();
  await quiet(context);
  const before = await inView();
  assert.equal(before.filter(([, picked]) => picked).length, 2);
  const end = async () => {
    assert.equal((await context.request.delete(`${stack.url}/api/v1/session`, { headers: { 'X-Requested-With': 'inkan', Origin: stack.url } })).status(), 204);
    await page.locator('.signin [data-hook=problem]').waitFor({ state: 'visible' });
  };
  const enter = async () => {
    await page.fill('[name=username]', stack.user);
    await page.fill('[name=password]', stack.password);
    await page.click('[type=submit]');
    await page.locator('.row a').first().waitFor();
    await quiet(context);
  };
  await end();
  assert.equal(await page.locator('.row').count(), 0);
  await enter();
  const after = await inView();
  assert.deepEqual(after.map(([subject, picked]) => [subject, picked]), before.map(([subject, picked]) => [subject, picked]), 'the same rows, picked as they were');
  after.forEach(([subject, , top], n) => assert.ok(Math.abs(top - before[n][2]) <= 1, `${subject}: ${before[n][2]} to ${top}`));
  assert.equal(await page.evaluate(() => document.activeElement.closest('.row')?.querySelector('[data-hook=subject]').textContent), middle, 'and the focus');
  await noViolations(page, 'a list that goes on');

  await end();
  await stack.tell(`expunge ${gone}`);
  await enter();
  await until(page, (subject) => ![...document.querySelectorAll('.row')].some((r) => r.textContent.includes(subject)), gone);
  await until(page, () => document.querySelectorAll('.row.picked').length === 1 && /^1 /.test(document.querySelector('[data-hook=picked-count]').textContent));

  await end();
  await page.route('**/api/v1/session', async (route) => { // the account's name is another one in the answer
    const answer = await route.fetch();
    if (route.request().method() !== 'POST') return route.fulfill({ response: answer });
    const json = await answer.json();
    json.account.username = 'bob@mail.example';
    return route.fulfill({ response: answer, json });
  });
  await enter();
  assert.equal(await page.locator('.row.picked').count(), 0, 'nothing is kept for somebody else');
  assert.equal(await page.evaluate(() => document.querySelector('.scroller').scrollTop), 0);
});

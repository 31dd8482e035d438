// What the page says when something behind the service is broken, and that nothing is lost by it: a real Dovecot that is killed,
// an authority that did not sign its certificate, passwords that are wrong or were changed, a resolver that is dead.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { bring, onStage, openMessage, row, signIn, startBreakable, until } from './stage.mjs';

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

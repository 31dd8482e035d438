// Every view and state of the page, each with the way to it: what screenshots.mjs takes pictures of. A scene is { name, light,
// arrange(page, stage), leave(page, stage) }: `arrange` starts from the list in a window of 1280 px, freshly loaded unless the scene
// is `light`; `leave` takes back what a reload would not. `stage`: { stack, context }.
import { bring, openMessage, row, settled, signIn, until } from './stage.mjs';

const click = (page, name) => page.click(`[data-hook=${name}]`);
const message = (name, subject, ...hooks) => ({ name, light: true, async arrange(page) {
  await openMessage(page, subject);
  await page.frameLocator('iframe.body').locator('body:not(:empty)').waitFor({ state: 'attached' });
  for (const hook of hooks) await click(page, hook);
} });
// The panel, at what it says of the logo.
const ofLogo = (name, subject) => ({ ...message(name, subject, 'how'), scroll: '[data-row=logo]' });
const shown = (page, selector) => page.locator(selector).waitFor({ state: 'visible' });
const search = async (page, text) => {
  await page.fill('[data-hook=search]', text);
  await page.keyboard.press('Enter');
};
const pick = async (page, ...subjects) => {
  for (const subject of subjects) await (await bring(page, subject)).locator('..').locator('.pick').click();
};
const folder = async (page, role) => {
  await page.locator(`.folders a:has(use[href="#icon-${role}"])`).first().click();
  await until(page, () => document.querySelector('.folders [aria-current] use') && !document.querySelector('.rows').hasAttribute('aria-busy'));
};

// The view of a message is here, opened or not.
const prepared = (page) => until(page, () => ['message', 'panel', 'sheet'].every((sheet) => [...document.styleSheets].some(({ href }) => href?.endsWith(`/css/${sheet}.css`))));

// Before anybody is signed in.
const outside = [
  { name: 'signin', async arrange() {} },
  { name: 'signin-refused', async arrange(page, { stack }) {
    await signIn(page, stack, 'wrong');
    await shown(page, '[data-hook=problem]');
  } },
];

// With the sample mailbox: the list.
const list = [
  { name: 'list', async arrange(page) {
    await page.waitForSelector('.row .avatar.logo-vmc', { timeout: 20000 }).catch(() => {}); // where the sample has no network of its own, it has none
  } },
  { name: 'list-loading', async arrange(page, stage) {
    stage.held = [];
    await page.route('**/messages?*', (route) => (stage.held ? stage.held.push(route) : route.continue()));
    await page.reload();
    await shown(page, '.skeleton >> nth=0');
  }, async leave(page, stage) {
    const held = stage.held.splice(0);
    stage.held = null;
    for (const route of held) await route.continue();
    await page.unrouteAll();
  } },
  { name: 'folders', async arrange(page) {
    await page.evaluate(() => document.querySelector('[data-hook=show-folders]').click());
  } },
  { name: 'search', async arrange(page) {
    await search(page, 'card');
    await shown(page, '.row mark >> nth=0');
  } },
  { name: 'search-nothing', async arrange(page) {
    await search(page, 'subject:"no such words"');
    await shown(page, '[data-hook=empty]');
  } },
  { name: 'not-confirmed', async arrange(page) {
    await click(page, 'filter');
    await until(page, () => location.hash.includes('only=') && document.querySelectorAll('.row:not(.skeleton)').length > 0);
  } },
  { name: 'sent', async arrange(page) {
    await folder(page, 'sent');
    await shown(page, '.row[data-level=own] >> nth=0');
  } },
  { name: 'folder-empty', async arrange(page) {
    await folder(page, 'bin');
    await shown(page, '[data-hook=empty]');
  } },
  { name: 'picked', async arrange(page) {
    await pick(page, 'Meter reading', 'Weekend hike', 'Your new card');
  } },
  { name: 'chooser', async arrange(page) {
    await pick(page, 'Meter reading', 'Weekend hike');
    await click(page, 'act-move');
  } },
  { name: 'undo', async arrange(page) {
    await pick(page, 'Meter reading');
    await click(page, 'act-remove');
    await page.focus('.toast [data-hook=undo]'); // it stays while it is focused
  }, async leave(page) {
    await page.click('.toast [data-hook=undo]');
    await bring(page, 'Meter reading');
  } },
  { name: 'keys', async arrange(page) {
    await page.keyboard.press('?');
  } },
  { name: 'about', async arrange(page) {
    await page.click('.foot-links a');
    await until(page, () => /\d/.test(document.querySelector('.about [data-hook=service]')?.textContent ?? ''));
  } },
  { name: 'about-belief', async arrange(page) {
    await page.click('.foot-links a');
    await until(page, () => /\d/.test(document.querySelector('.about [data-hook=service]')?.textContent ?? ''));
    await page.evaluate(() => document.activeElement.blur());
    await page.locator('.about section').last().scrollIntoViewIfNeeded();
  }, scroll: '.about section:last-child' },
  { name: 'people', async arrange(page) {
    await page.click('.foot-links a');
    await page.click('.about a[href="#people"]');
    await page.waitForSelector('#people-said', { state: 'attached' });
  } },
  { name: 'brand-checker', async arrange(page) {
    await page.evaluate(() => { location.hash = '#brand/hoshino-bank.example?selector=draft'; });
    await until(page, () => document.querySelector('[data-hook=outcome]')?.textContent);
  } },
  { name: 'offline', async arrange(page, { context }) {
    await prepared(page);
    const letter = await bring(page, 'Your order 5521'); // its page of the list is here before the service is out of reach
    await context.setOffline(true);
    await letter.click();
    await shown(page, '[data-hook=notice]');
  }, leave: (page, { context }) => context.setOffline(false) },
  { name: 'session-over', async arrange(page, { context }) {
    await context.clearCookies();
    await page.evaluate(() => document.querySelector('[data-hook=filter]')?.click()); // unless the page has noticed already
    await shown(page, '.signin [data-hook=problem]');
  } },
];

// With the sample mailbox: a message, each level and everything that can be asked of it.
const messages = [
  message('domain', 'Your statement for October'),
  message('domain-panel', 'Your statement for October', 'how'),
  ofLogo('brand', 'Your new card'),
  ofLogo('brand-common', 'The first harvest'),
  ofLogo('brand-self-asserted', 'Five things we noticed'),
  ofLogo('brand-declined', 'Proofs of your article'),
  ofLogo('brand-expired', 'We look forward to your stay'),
  ofLogo('brand-phish', 'Your account will be closed'),
  ofLogo('brand-lookalike', 'Please confirm your details'),
  message('person', 'Lease agreement', 'how'),
  message('person-expired-since', 'The cabinet has arrived', 'how'),
  message('person-opaque', 'When to collect it', 'how'),
  message('signature-of-another', 'New account number', 'how'),
  message('signature-unknown-authority', 'Colour samples', 'how'),
  message('person-openpgp', 'The interview, my corrections', 'how'),
  message('openpgp-published', 'The footpath behind the shrine', 'how'),
  message('openpgp-unknown', 'Seeds for spring', 'how'),
  message('likely', 'Your order 5521', 'how'),
  message('unverified', 'Scan 0042', 'how'),
  message('unchecked', 'Meter reading', 'how'),
  message('caution', 'Changed bank details'),
  message('lookalike', 'Please confirm your details', 'how'),
  message('forged', 'Your card has been limited'),
  message('forged-panel', 'Your card has been limited', 'how'),
  message('signature-tampered', 'Invoice for the restoration', 'how'),
  message('name-trick', 'Security notice', 'how'),
  message('forwarded', '[alumni] Rehearsal', 'how'),
  { ...message('two-opinions', '[alumni] Rehearsal', 'how'), scroll: '.differ' },
  { ...message('forwarded-way', '[alumni] Rehearsal', 'how'), scroll: '.panel-foot' },
  { ...message('evidence', 'Weekend hike', 'how', 'all'), scroll: '.evidence table >> nth=1' },
  { ...message('headers', 'Security notice', 'how', 'all'), scroll: '.evidence th small >> nth=0' },
  message('provider', 'my new address'),
  message('newsletter', '40 things'),
  message('attachments', 'drawings attached'),
  message('actions', 'Your statement for October', 'more-acts'),
  { ...message('details', 'Your statement for October'), phone: async (page) => click(page, 'details') },
  message('links', 'Your card has been limited', 'links'),
  { name: 'link-chosen', async arrange(page) {
    await openMessage(page, 'Your card has been limited');
    await click(page, 'links');
    await page.locator('dialog [data-hook=choose]').first().click();
  } },
  { name: 'reply', async arrange(page) {
    await openMessage(page, 'Your statement for October');
    await click(page, 'reply');
    await answered(page);
  } },
  { name: 'reply-asks', async arrange(page) {
    await openMessage(page, 'Your card has been limited');
    await click(page, 'reply');
    await answered(page);
  } },
  { name: 'source', async arrange(page) {
    await openMessage(page, 'Your statement for October');
    await click(page, 'more-acts');
    await click(page, 'raw');
    await until(page, () => document.querySelector('dialog pre')?.textContent !== '');
  } },
  { name: 'invitation', async arrange(page) {
    await openMessage(page, 'Invitation: site visit');
    await shown(page, '[data-hook=invitation] h3');
  } },
  { name: 'preview', async arrange(page) {
    await openMessage(page, 'drawings attached');
    await page.locator('[data-hook=attachments] [data-hook=look]').last().click();
    await until(page, () => document.querySelector('.preview-room img')?.naturalWidth > 0);
  } },
  { name: 'message-gone', async arrange(page) {
    await page.evaluate(() => { location.hash = `${location.hash || '#/x'}`.split('/').slice(0, 2).join('/') + '/AAAA'; });
    await shown(page, '[data-hook=problem]');
  } },
  { ...message('paper', 'Your statement for October'), media: 'print' },
  { ...message('paper-forged', 'Your card has been limited'), media: 'print' },
];

const answered = (page) => until(page, () => !/^(Looking…|調べています…|)$/.test(document.querySelector('dialog [data-hook=way]').textContent));

// What breaks, and what only a mailbox of our own holds.
const head = (subject) => `From: Carol <carol@signed.example>\r\nTo: alice@mail.example\r\nSubject: ${subject}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@signed.example>\r\n`;
const inside = 'From: Mallory <m@elsewhere.example>\r\nTo: alice@mail.example\r\nSubject: The letter inside\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nRead me.\r\n';
const letters = [
  `${head('Pictures from elsewhere')}MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<h2>Spring colours</h2><p>Look: <img width=50 height=50 src="https://pictures.signed.example/a.png" alt="a flower"></p>\r\n`,
  `${head('What came along')}List-Unsubscribe: <https://lists.signed.example/u?t=1>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="invoice.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${
    Buffer.from('MZ\x90\0\x03\0\0\0program', 'latin1').toString('base64')}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${inside}--b--\r\n`,
];
export const prepare = async (stack) => {
  await stack.tell('thread A conversation');
  for (const letter of letters) await stack.tell(`deliver-signed ${Buffer.from(letter).toString('base64')}`);
};

const own = [
  { name: 'thread', async arrange(page) {
    await bring(page, 'A conversation');
    await page.locator('.thread:not([hidden])').first().click();
    await shown(page, '.row.inside >> nth=0');
  }, scroll: '.row.inside >> nth=0' },
  message('pictures', 'Pictures from elsewhere'),
  message('program', 'What came along'),
  { name: 'attached-letter', async arrange(page) {
    await openMessage(page, 'What came along');
    await page.locator('[data-hook=attachments] [data-hook=look]:not([hidden])').click();
    await page.frameLocator('dialog iframe').locator('text=Read me.').waitFor();
  } },
  message('leave', 'What came along', 'more-acts', 'leave'),
  { name: 'new-mail', async arrange(page, { stack }) {
    await row(page, /letter \d\d/).focus();
    await page.waitForLoadState('load');
    await stack.tell('append Just arrived');
    await shown(page, '[data-hook=show-fresh]');
  } },
  { name: 'delete-for-good', async arrange(page) {
    await pick(page, /letter \d\d/);
    await click(page, 'act-remove');
    await shown(page, '.toast');
    await folder(page, 'bin');
    await page.waitForSelector('.row a');
    await pick(page, /letter \d\d/);
    await click(page, 'act-remove');
    await shown(page, 'dialog.sheet');
  } },
];

const broken = [
  { name: 'mail-server-away', async arrange(page, { stack }) {
    await prepared(page);
    const letter = await bring(page, 'letter 20'); // as above
    await stack.tell('kill-dovecot');
    await letter.click();
    await shown(page, '[data-hook=notice]');
    await shown(page, '[data-hook=problem]');
  }, leave: (page, { stack }) => stack.tell('start-dovecot') },
  { name: 'service-away', async arrange(page, { stack }) {
    await stack.tell('stop-service');
    await page.reload();
    await shown(page, 'main.signin [role=alert]');
  }, leave: (page, { stack }) => stack.tell('start-service') },
];

// `scenes` in order; the first are seen by whom nobody knows yet.
export const ofSample = { outside, list, messages, inside: [...list, ...messages] };
export const ofOwn = { outside: [], list: [...own, ...broken], messages: [], inside: [...own, ...broken] };

// Where a scene outside begins.
export async function threshold(page, { stack }) {
  await page.goto(`${stack.url}/`);
  await page.waitForSelector('form.signin-box');
}

// The list, as every scene inside begins: loaded anew, and signed in if it comes to that. A message needs no new page: from one to the
// next it is enough to close what is open.
export async function home(page, stage, { light = false } = {}) {
  if (light && await page.locator('.rows').count()) {
    await page.evaluate(() => {
      for (const dialog of document.querySelectorAll('dialog')) dialog.close();
      location.hash = '';
    });
    await until(page, () => document.querySelector('.app').dataset.reading === 'no' && document.querySelector('.row a'));
    return;
  }
  await page.goto('about:blank');
  await page.goto(`${stage.stack.url}/`);
  await page.waitForSelector('.row a, form.signin-box');
  if (await page.locator('form.signin-box').count()) await signIn(page, stage.stack);
  await settled(page);
}

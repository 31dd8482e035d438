// Every attack on HTML that the public collections hold, as mail in a real Dovecot, opened in the real page: nothing of it runs,
// and nothing leaves, counted where it would arrive (a DNS server and a web server that everything leads to), where it would start
// (Chromium's net log) and at the service's own resolver. Then the same documents without the frame's walls: the cleaner alone.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { after, before } from 'node:test';
import { newPage, patience, signIn, startBreakable, until } from './stage.mjs';
import { errands, startCountedBrowser, startTrap } from './trap.mjs';

const top = fileURLToPath(new URL('../../', import.meta.url));
const suites = path.join(path.resolve(top, process.env.INKAN_SHARED ?? '../shared'), 'suites');
const purify = createRequire(import.meta.url).resolve('dompurify/dist/purify.min.js');
const TABS = 4; // opened at once
const head = (subject, type) => `From: Mallory <m@sender.example>\r\nTo: alice@mail.example\r\nSubject: ${subject}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n`;

function letter(subject, html) {
  const body = Buffer.from(html.toWellFormed?.() ?? html).toString('base64').replace(/.{76}/g, '$&\r\n');
  return Buffer.from(`${head(subject, 'text/html; charset=utf-8')}Content-Transfer-Encoding: base64\r\n\r\n${body}\r\n`);
}

// { subject, octets, html }: each case as a letter of its own; a case that is a message already, as it is too.
function vectors() {
  if (!existsSync(suites)) return [];
  return readdirSync(suites).filter((name) => name.startsWith('html-')).flatMap((name) => {
    const folder = path.join(suites, name);
    return readFileSync(path.join(folder, 'cases.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line)).flatMap((c) => {
      const html = c.html ?? (c.html_file && readFileSync(path.join(folder, c.html_file), 'utf8'));
      const subject = `vector ${c.id}`;
      const letters = html === undefined ? [] : [{ subject, html, octets: letter(subject, html) }];
      if (c.message) letters.push({ subject: null, html, octets: readFileSync(path.join(folder, c.message)) });
      return letters;
    });
  });
}

let stack;
let trap;
let counted;
const found = []; // { name, html }: the documents as Chromium read them
const cases = vectors();
const skip = cases.length ? false : `no suites at ${suites}`;

before(async () => {
  trap = await startTrap();
  if (!trap || skip) return;
  [stack, counted] = [await startBreakable(), await startCountedBrowser()];
  for (const { octets } of cases) await stack.tell(`deliver ${octets.toString('base64')}`);
  await stack.tell('watch-names');
}, { timeout: patience });

after(async () => {
  await counted?.close();
  await stack?.stop();
  trap?.stop();
});

// All rows of the inbox as the API lists them.
const rows = (page) => page.evaluate(async () => {
  const ask = async (url) => (await fetch(`/api/v1${url}`, { headers: { 'X-Requested-With': 'inkan' } })).json();
  const inbox = (await ask('/mailboxes')).mailboxes.find((m) => m.role === 'inbox').id;
  const all = [];
  for (let next = ''; next !== null;) {
    const answer = await ask(`/mailboxes/${inbox}/messages?limit=100${next ? `&before=${next}` : ''}`);
    all.push(...answer.messages.map(({ id, subject }) => ({ inbox, id, subject })));
    next = answer.next ?? null;
  }
  return all;
});

// Opens a letter by its address, as a reader who follows the address bar, and waits for its frame; null: it has gone.
async function open(page, { inbox, id, subject }) {
  await page.evaluate(([hash]) => { location.hash = hash; }, [`#/${encodeURIComponent(inbox)}/${encodeURIComponent(id)}`]);
  await until(page, ([wanted, shown]) => document.querySelector('iframe.body')?.src.includes(`/messages/${encodeURIComponent(wanted)}/`)
    && (!shown || document.querySelector('#message-subject').textContent === shown), [id, subject]);
  const element = await page.waitForSelector('iframe.body');
  const frame = await element.contentFrame();
  await frame?.waitForLoadState('load').catch((error) => { if (!frame.isDetached()) throw error; });
  return frame?.isDetached() ? null : frame;
}

// What `look` finds in a letter's frame. A verdict that comes meanwhile may put another frame, without links, in its place: then in that.
async function within(page, letter, look) {
  for (;;) {
    const frame = await open(page, letter);
    try {
      if (frame) return await look(frame);
    } catch (error) {
      if (!frame.isDetached()) throw error;
    }
  }
}

const noise = /^(chrome|devtools|data|about|blob|chrome-extension):/;

// attacks I177 to I183, J191 to J196, J198, J199
test('no vector runs, and not one question or connection leaves', { skip, timeout: patience }, async (t) => {
  if (!trap) return t.skip('ports and mounts of one\'s own need root');
  const hosts = cases.flatMap(({ html }) => html.toLowerCase().match(/[\w-]+(\.[\w-]+)+/g) ?? []);
  assert.deepEqual(hosts.filter((host) => errands.test(host)), [], 'what is not counted is named by no vector');
  const stage = await newPage(counted.browser, stack);
  const said = stage.errors;
  await signIn(stage.page, stack);
  await stage.page.waitForSelector('.row a');
  const all = (await rows(stage.page)).filter((r) => !/^letter \d\d$/.test(r.subject));
  assert.equal(all.length, cases.length, 'every vector lies in the mailbox');
  const tabs = [stage.page];
  while (tabs.length < TABS) tabs.push(await stage.context.newPage());
  for (const page of tabs) {
    if (page !== stage.page) page.on('dialog', (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on('console', (message) => said.push(`console: ${message.text()}`));
    page.on('request', (request) => { if (!request.url().startsWith(`${stack.url}/`) && !noise.test(request.url())) said.push(`request: ${request.url()}`); });
    page.on('popup', (popup) => said.push(`window: ${popup.url()}`));
    if (page !== stage.page) await page.goto(`${stack.url}/`);
  }
  const left = all.slice();
  await Promise.all(tabs.map(async (page) => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [html, handlers] = await within(page, next, async (frame) => [await frame.content(),
        await frame.evaluate(() => [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))).length)]);
      found.push({ name: next.subject, html });
      assert.equal(handlers, 0, next.subject);
    }
  }));
  await new Promise((resolve) => { setTimeout(resolve, 1500); }); // what would start late
  assert.equal(found.length, cases.length);
  assert.deepEqual(said, [], 'no dialog, no window, no request elsewhere, and no line of the browser about something it had to stop');
  await stage.context.close();
  assert.deepEqual(trap.names, [], 'names asked');
  assert.deepEqual(trap.connections, [], 'connections made');
  const asked = JSON.parse(await stack.tell('names'));
  assert.deepEqual(asked.filter((name) => !/(^|\.)((sender|signed)\.example|example\.org)$|^_dmarc\.(example|org)$|^(example|org)?$/.test(name)), [], 'the service asked for its senders alone');
});

test('the oracle finds nothing left to remove', { skip, timeout: patience }, async (t) => {
  if (!trap) return t.skip('see above');
  const context = await counted.browser.newContext();
  const page = await context.newPage();
  await page.addScriptTag({ path: purify });
  const removed = await page.evaluate((documents) => documents.flatMap(({ name, html }) => {
    const body = new DOMParser().parseFromString(html, 'text/html').body;
    // Of what DOMPurify calls dangerous by default, our links' own target (with rel=noopener) is the one thing that stays.
    globalThis.DOMPurify.sanitize(body, { ADD_ATTR: ['target'] });
    return globalThis.DOMPurify.removed.map((r) => `${name}: ${r.element?.nodeName ?? `${r.from?.nodeName} ${r.attribute?.name}=${r.attribute?.value}`}`);
  }), found);
  const dirty = await page.evaluate((list) => list.filter((html) => {
    globalThis.DOMPurify.sanitize(html, { ADD_ATTR: ['target'] });
    return globalThis.DOMPurify.removed.length > 0;
  }).length, cases.map((c) => c.html));
  await context.close();
  assert.deepEqual(removed, []);
  assert.ok(dirty > cases.length / 2, `the oracle objects to the vectors themselves: ${dirty}`);
});

test('the cleaner alone: without sandbox and policy the same documents run and load nothing', { skip, timeout: patience }, async (t) => {
  if (!trap) return t.skip('see above');
  const context = await counted.browser.newContext();
  const page = await context.newPage();
  const said = [];
  page.on('dialog', (dialog) => { said.push(dialog.message()); dialog.dismiss(); });
  page.on('request', (request) => { if (!noise.test(request.url())) said.push(request.url()); });
  await page.evaluate(async (documents) => {
    await Promise.all(documents.map(({ html }) => new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.onload = resolve;
      frame.srcdoc = html;
      document.body.append(frame);
    })));
  }, found);
  await page.waitForTimeout(1500);
  await context.close();
  assert.deepEqual(said, []);
  assert.deepEqual([trap.names, trap.connections], [[], []]);
});

test('the counters count: the same letters uncleaned, in the same browser', { skip, timeout: patience }, async (t) => {
  if (!trap) return t.skip('see above');
  const context = await counted.browser.newContext();
  const said = [];
  const running = await context.newPage();
  running.on('dialog', (dialog) => { said.push(dialog.message()); dialog.dismiss(); });
  await running.setContent('<img src=x onerror=alert(1)>').catch(() => {});
  // The letter may do what it likes with its page, close it too: waited for is what was counted, out here.
  const leaking = await context.newPage();
  leaking.on('dialog', (dialog) => dialog.dismiss());
  const leak = cases.find((c) => /httpleaks/.test(c.subject ?? ''));
  await leaking.setContent(leak.html, { waitUntil: 'commit' }).catch(() => {});
  const heard = () => said.length && trap.names.includes('leaking.via') && trap.connections.length > 20;
  for (const end = Date.now() + 60000; !heard() && Date.now() < end;) await new Promise((resolve) => { setTimeout(resolve, 100); });
  await context.close().catch(() => {});
  assert.ok(trap.names.includes('leaking.via'), `names: ${[...new Set(trap.names)]}`);
  assert.ok(trap.connections.length > 20, `connections: ${trap.connections.length}`);
  assert.deepEqual(said, ['1']);
});

test('the net log of the browser names nobody but the service, until the letters are shown uncleaned', { skip, timeout: patience }, async (t) => {
  if (!trap) return t.skip('see above');
  const log = await counted.close();
  counted = null;
  const at = log.first('leaking.via'); // the control above; before it there is nothing
  assert.ok(at > 0);
  assert.deepEqual(log.before(at, stack.url), []);
});

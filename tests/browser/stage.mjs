// The real thing for browser tests: the stack of `make run` (Dovecot, Knot, the service, nginx) and Debian's Chromium.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import readline from 'node:readline';
import { chromium } from 'playwright-core';

const top = fileURLToPath(new URL('../../', import.meta.url));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const build = process.env.INKAN_BUILD ?? path.join(top, 'build');

export async function startStack(...words) {
  const child = spawn('/usr/bin/python3', ['tests/sample/run.py', '--build', build, '--port', '0', ...words], { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] });
  const said = [];
  const ready = await new Promise((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const found = line.match(/^READY url=(\S+) user=(\S+) password=(\S+)$/);
      if (found) resolve({ url: found[1], user: found[2], password: found[3] });
    });
    child.on('exit', () => reject(new Error(`the stack did not start:\n${said.join('\n')}`)));
  });
  const stop = () => new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
  return { ...ready, stop, pid: child.pid };
}

// The same without a supervisor, so that parts of it can be broken: tell(word) does what breakable.py knows.
export async function startBreakable() {
  const child = spawn('/usr/bin/python3', ['tests/browser/breakable.py'], { cwd: top, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, INKAN_BUILD: build } });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done || value.startsWith('FAILED')) throw new Error(value ?? 'the stack ended');
    return value;
  };
  const [, url, user, password] = (await next()).match(/^READY url=(\S+) user=(\S+) password=(.+)$/);
  const tell = async (word) => {
    child.stdin.write(`${word}\n`);
    return (await next()).replace(/^DONE ?/, '');
  };
  const stop = () => new Promise((resolve) => {
    child.on('exit', resolve);
    child.stdin.end();
  });
  return { url, user, password, tell, stop };
}

export function startBrowser({ executablePath = '/usr/bin/chromium', args = [] } = {}) {
  return chromium.launch({
    executablePath,
    args: [...args, '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

// A page that notes every request to anywhere but the service, and every error of its own.
export async function newPage(browser, stack, { width = 1280, height = 900, dark = false, locale = 'en-GB', reducedMotion = 'no-preference' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', locale, reducedMotion, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(90000); // of what is waited for where several suites share slow cores
  watchRequests(context);
  const page = await context.newPage();
  const elsewhere = [];
  const errors = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${stack.url}/`) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d|status of 503/.test(message.text())) errors.push(message.text());
  });
  return { page, context, elsewhere, errors };
}

export async function signIn(page, stack, password = stack.password) {
  await page.goto(`${stack.url}/`);
  await page.fill('[name=username]', stack.user);
  await page.fill('[name=password]', password);
  await page.click('[type=submit]');
}

const inFlight = new WeakMap();

function watchRequests(context) {
  const requests = new Set();
  inFlight.set(context, requests);
  context.on('request', (request) => { if (request.resourceType() !== 'eventsource') requests.add(request); });
  for (const end of ['requestfinished', 'requestfailed']) context.on(end, (request) => requests.delete(request));
}

// Every request of the context has its answer, but for the stream of events, which never ends.
export async function quiet(context, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (let calm = 0; calm < 5; calm += 1) {
    if (Date.now() > end) throw new Error(`still asking after ${seconds} s: ${[...inFlight.get(context)].map((request) => request.url())}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    if (inFlight.get(context).size) calm = -1;
  }
}

// Asks the page again and again from outside: its policy forbids the waiting code that would run inside.
export async function until(page, question, argument, seconds = 90) {
  const end = Date.now() + seconds * 1000;
  while (!await page.evaluate(question, argument)) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${question}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

// Rows are there, and nothing is pending any more but the domain whose DNS is broken.
export async function settled(page) {
  await page.waitForSelector('.row a');
  await until(page, () => [...document.querySelectorAll('.row:not(.skeleton)')].filter((r) => r.dataset.level === 'unchecked').length <= 1
    && document.querySelectorAll('.row:not(.skeleton)').length > 4);
}

export const row = (page, subject) => page.locator('.row a', { hasText: subject }).first();

// The row of a subject, scrolled to: the list holds only what is near the view.
export async function bring(page, subject) {
  const wanted = row(page, subject);
  const scroll = (by) => page.evaluate((pixels) => {
    const scroller = document.querySelector('.scroller');
    if (pixels === null) scroller.scrollTop = 0;
    else scroller.scrollTop += pixels;
    return scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
  }, by);
  for (const end = Date.now() + 60000; Date.now() < end;) {
    if (await wanted.count()) break;
    if (await scroll(600)) await scroll(null);
    await new Promise((resolve) => { setTimeout(resolve, 30); });
  }
  return wanted;
}

export async function openMessage(page, subject) {
  await (await bring(page, subject)).click();
  await until(page, (text) => document.querySelector('#message-subject')?.textContent.includes(text)
    && !document.querySelector('[data-hook=how]').hidden, subject);
}

export async function noViolations(page, where) {
  // The message's own document is the sender's; everything around it is ours.
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(await readFile(axe, 'utf8'));
  const found = await page.evaluate(() => globalThis.axe.run({ exclude: [['iframe']] }, { iframes: false }));
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`), [], where);
}

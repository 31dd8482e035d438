// The real thing for browser tests: the stack of `make run` (Dovecot, Knot, the service, nginx) and Debian's Chromium.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
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
  return { ...ready, stop, pid: child.pid, never: /^Meter reading/ };
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

export const patience = 600000; // ms for one test where several suites share slow cores: it bounds a hang and measures nothing
const wait = 120000; // the same for one thing that a test waits for

// What the scenarios of one suite share: a stack (`start`: startStack or startBreakable), with `prepare(stack)` done to it and every
// message judged, and a browser. Returns { stack, scenario }. A scenario gets a page of its own in a context of its own, signed in
// with the list there unless `signedIn` is false, and at its end nothing was asked for elsewhere and nothing went wrong in the page;
// `clean(stack)` follows each, be it passed or failed.
export function onStage(start, { prepare, clean } = {}) {
  const stack = {};
  let browser;
  let known; // cookie and settings of who signed in once
  before(async () => {
    Object.assign(stack, await start());
    browser = await startBrowser();
    await prepare?.(stack);
    await allJudged(stack);
  }, { timeout: patience });
  after(async () => {
    await browser?.close();
    await stack.stop?.();
  }, { timeout: patience });

  // The first one signs in by the form, the others come back.
  async function enter(stage) {
    if (known) await stage.page.goto(`${stack.url}/`);
    else await signIn(stage.page, stack);
    await until(stage.page, () => document.querySelectorAll('.row:not(.skeleton)').length > 4 && document.querySelector('.folders li a'));
    known ??= await stage.context.storageState();
  }

  const scenario = (name, { signedIn = true, ...options }, run) => test(name, { timeout: patience }, async () => {
    const stage = await newPage(browser, stack, { ...options, storageState: signedIn ? known : undefined });
    try {
      if (signedIn) await enter(stage);
      await run(stage.page, { ...stage, stack, browser });
      assert.deepEqual(stage.elsewhere, [], 'requests to elsewhere');
      assert.deepEqual(stage.errors, [], 'errors of the page');
    } finally {
      await stage.page.unrouteAll({ behavior: 'ignoreErrors' });
      await stage.context.close();
      await clean?.(stack);
    }
  });
  return { stack, scenario };
}

// Every message of the account has its verdict and its logo, but those whose subject is as `never`: no test waits for that again.
export async function allJudged({ url, user, password, never = /^$/ }) {
  const ask = async (path, options) => {
    const answer = await fetch(`${url}/api/v1${path}`, options);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  };
  const { token } = await ask('/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ username: user, password }) });
  const headers = { Authorization: `Bearer ${token}` };
  for (const { id, selectable } of (await ask('/mailboxes', { headers })).mailboxes) {
    for (const end = Date.now() + patience; selectable !== false;) {
      const { messages } = await ask(`/mailboxes/${encodeURIComponent(id)}/messages?limit=200`, { headers });
      const open = messages.filter(({ subject, verdict }) => !never.test(subject) && (!verdict || verdict.level === 'unchecked' || verdict.logoPending));
      if (!open.length) break;
      if (Date.now() > end) throw new Error(`never judged: ${open.map(({ subject }) => subject)}`);
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
  }
  await ask('/session', { method: 'DELETE', headers });
}

// A page that notes every request to anywhere but the service, and every error of its own. What a toast offers stays there until it is
// taken or something else is told: how soon a slow machine comes to press it is nobody's promise. `timed`: it goes when its time is
// over, by a clock that the test can turn on (page.clock).
export async function newPage(browser, stack, { width = 1280, height = 900, dark = false, locale = 'en-GB', reducedMotion = 'no-preference', timed = false, storageState } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', locale, reducedMotion, storageState, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(wait);
  watchRequests(context);
  if (!timed) await context.addInitScript(keepToasts);
  const page = await context.newPage();
  if (timed) await page.clock.install();
  const elsewhere = [];
  const errors = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${stack.url}/`) && !/^(data|blob|chrome|chrome-extension):/.test(request.url())) elsewhere.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('dialog', (dialog) => { errors.push(dialog.message()); dialog.dismiss(); });
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (4\d\d|50[234])/.test(message.text()) && !/chrome-extension/.test(message.text())) errors.push(message.text());
  });
  return { page, context, elsewhere, errors };
}

// In the page: somebody points at every toast, which stops its time (toast.js).
function keepToasts() {
  if (globalThis !== globalThis.top) return; // in a letter's frame nothing runs
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node.classList?.contains('toast')) node.dispatchEvent(new PointerEvent('pointerenter'));
    }
  }).observe(document, { childList: true, subtree: true });
}

export async function signIn(page, stack, password = stack.password) {
  await page.goto(`${stack.url}/`);
  await page.fill('[name=username]', stack.user);
  await page.fill('[name=password]', password);
  await page.click('[type=submit]');
}

const inFlight = new WeakMap();

// Requests under way, page by page. What a document had asked for when another took its place may never be told of again.
function watchRequests(context) {
  const requests = new Map(); // request to page
  const leaving = new Set(); // pages that are about to show another document
  inFlight.set(context, requests);
  context.on('page', (page) => page.on('framenavigated', (frame) => {
    if (frame !== page.mainFrame() || (!leaving.delete(page) && frame.url() !== 'about:blank')) return;
    for (const [request, of] of requests) if (of === page) requests.delete(request);
  }));
  context.on('request', (request) => {
    const page = request.frame().page();
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) leaving.add(page);
    else if (request.resourceType() !== 'eventsource') requests.set(request, page);
  });
  for (const end of ['requestfinished', 'requestfailed']) context.on(end, (request) => requests.delete(request));
}

// Every request of the context has its answer, but for the stream of events, which never ends.
export async function quiet(context, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  for (let calm = 0; calm < 5; calm += 1) {
    if (Date.now() > end) throw new Error(`still asking after ${seconds} s: ${[...inFlight.get(context).keys()].map((request) => request.url())}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    await Promise.all(context.pages().map((page) => page.evaluate(() => 0))); // what was begun until now has been told of
    if (inFlight.get(context).size) calm = -1;
  }
}

// Asks the page again and again from outside: its policy forbids the waiting code that would run inside.
export async function until(page, question, argument) {
  const end = Date.now() + wait;
  while (!await page.evaluate(question, argument)) {
    if (Date.now() > end) throw new Error(`not within ${wait / 1000} s: ${question}`);
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

// The row of a subject, scrolled to: the list holds only what is near the view. On a slow machine the document shows rows of where it
// was scrolled to before: one that is found is brought into view, or it would go when the list is drawn.
export async function bring(page, subject) {
  await page.waitForSelector('.row a');
  const wanted = row(page, subject);
  const scroll = (by) => page.evaluate((pixels) => {
    const scroller = document.querySelector('.scroller');
    if (pixels === null) scroller.scrollTop = 0;
    else scroller.scrollTop += pixels;
    return scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
  }, by);
  for (const end = Date.now() + wait; Date.now() < end;) {
    if (await wanted.count() && await wanted.scrollIntoViewIfNeeded({ timeout: 2000 }).then(() => true, () => false)) break;
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

// Holds back every answer to `what` whose request is as `only` says; returns { asked, release }: a promise of the first question, and
// what lets all of them go: on to the service, or as `end` (a function of the route) says.
export async function hold(page, what, only = () => true) {
  let release;
  let told;
  const released = new Promise((resolve) => { release = resolve; });
  const asked = new Promise((resolve) => { told = resolve; });
  await page.route(what, async (route) => {
    if (!only(route.request())) return route.fallback();
    told(route.request());
    const end = await released;
    return end ? end(route) : route.continue();
  });
  return { asked, release };
}

// What the service said when it was asked is what comes, however late: the same for one answer.
export async function holdAnswer(page, what, only = () => true) {
  let release;
  let told;
  let first = true;
  const released = new Promise((resolve) => { release = resolve; });
  const answered = new Promise((resolve) => { told = resolve; });
  await page.route(what, async (route) => {
    if (!first || !only(route.request())) return route.fallback();
    first = false;
    const answer = await route.fetch();
    told();
    await released;
    return route.fulfill({ response: answer });
  });
  return { answered, release };
}

export const follow = (page, hash) => page.evaluate((to) => { location.hash = to; }, hash);

// axe-core has nothing to say: about all of the page or what is `within` (lists of selectors), by all rules or by `rules`.
export async function noViolations(page, where, { within, rules } = {}) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(await readFile(axe, 'utf8'));
  await until(page, () => document.getAnimations().every((motion) => motion.playState !== 'running')); // colours on their way
  // The message's own document is the sender's; everything around it is ours.
  const found = await page.evaluate(([include, runOnly]) => globalThis.axe.run({ exclude: [['iframe']], ...(include ? { include } : {}) },
    { iframes: false, resultTypes: ['violations'], ...(runOnly ? { runOnly } : {}) }), [within, rules]);
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`), [], where);
}

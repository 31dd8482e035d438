// Mail that draws what only the page may draw: seals and strips of its own, boxes over everything, windows, whole screens. The
// chrome around the frame must come out the same, pixel by pixel, as for a plain letter with the same head.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { allJudged, newPage, patience, signIn, startBreakable, startBrowser, until } from './stage.mjs';

const box = 'background:#d00;color:#fff;width:4000px;height:4000px';
const strip = '<div style="background:#e8f5e9;border:1px solid #1f5f99;border-radius:12px;padding:12px"><b>Verified brand.</b> Sent by <b>bank.example</b>. The logo is certified for Example Bank.</div>';
const spoofs = {
  'fixed': `<div style="position:fixed;top:0;left:0;z-index:2147483647;${box}">x</div>`,
  'important': `<div style="position:fixed !important;inset:-999px !important;z-index:99999 !important;${box}">x</div>`,
  'absolute': `<div style="position:absolute;top:-900px;left:-900px;${box}">x</div>`,
  'sticky': `<div style="position:sticky;top:-400px;${box}">x</div>`,
  'negative margins': `<div style="margin:-3000px;${box}">x</div><table style="margin-top:-4000px"><tr><td>${strip}</td></tr></table>`,
  'transform': `<div style="transform:translate(-100vw,-100vh) scale(50);translate:-900px -900px;scale:20;rotate:45deg;${box}">x</div>`,
  'style sheet': `<style>html,body,*{position:fixed!important;top:-900px!important;left:-900px!important;z-index:9999!important;background:#d00!important}:root{--sheet:#d00}</style><link rel=stylesheet href="data:text/css,*{background:red}">${strip}`,
  'body': `<body style="position:fixed;margin:-900px;background:#d00;outline:900px solid #d00;box-shadow:0 0 0 900px #d00" bgcolor=red topmargin=-900>x`,
  'shadow and outline': `<div style="outline:2000px solid #d00;box-shadow:0 0 0 2000px #d00;filter:drop-shadow(-900px -900px #d00);text-shadow:-300px -300px 0 #d00;border-image:linear-gradient(red,red) 1;border-image-outset:2000px">x</div>`,
  'huge letters': `<font size="+7"><span style="font-size:9999px;line-height:9999px;letter-spacing:-9999px;word-spacing:-9999px;text-indent:-9999px">█████</span></font>`,
  'top layer': `<dialog open style="${box}">x</dialog><div popover=manual id=p style="${box}">x</div><button popovertarget=p autofocus>x</button><details open style="${box}">x</details>`,
  'full screen': `<video autoplay fullscreen controls></video><iframe allowfullscreen srcdoc="x"></iframe><script>document.documentElement.requestFullscreen();open('about:blank');alert(1);document.title='x'</script>`,
  'seal and strip of its own': `${strip}<svg class="seal level-brand"><use href="#seal-brand"/></svg><div class="strip" id="strip" data-hook="strip">x</div>`,
  'combining marks': `<p>${`Z${'\u030d\u0310\u0313\u0342\u0344'.repeat(400)}`}</p>`,
  'direction': '<p dir=rtl>\u202e\u2066\u202eVerified\u2069\u202c</p><bdo dir=rtl>deifireV</bdo>',
  'forms': '<form action="/api/v1/session" method=post><input name=password type=password autofocus><button formaction="javascript:alert(1)">Sign in</button></form>',
  'clobbering': '<a id=app href="#">x</a><form id=location name=cookie><input name=body id=list></form><img name=documentElement id=pane>',
  'marquee': '<marquee behavior=alternate direction=up width=4000 height=4000 scrollamount=900><font size=7>x</font></marquee><blink>x</blink>',
  'moving': `<style>@keyframes a{to{transform:translate(-900px,-900px)}}div{animation:a 1ms infinite}</style><div style="animation:a 1ms infinite;transition:all 1ms;offset-path:ray(0deg);${box}">x</div>`,
};
const subject = 'One and the same head';
const letter = (html) => Buffer.from(`From: Mallory <m@sender.example>\r\nTo: alice@mail.example\r\nSubject: ${subject}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${
  Buffer.from(html).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`).toString('base64');
const names = Object.keys(spoofs);
let stack;
let browser;

before(async () => {
  [stack, browser] = [await startBreakable(), await startBrowser()];
  for (const html of ['<p>A plain letter.</p>', ...Object.values(spoofs)]) await stack.tell(`deliver ${letter(html)}`);
  await allJudged(stack); // a seal that changes while it is looked at is no letter's doing
}, { timeout: patience });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const rows = (page) => page.evaluate(async () => {
  const ask = async (url) => (await fetch(`/api/v1${url}`, { headers: { 'X-Requested-With': 'inkan' } })).json();
  const inbox = (await ask('/mailboxes')).mailboxes.find((m) => m.role === 'inbox').id;
  return (await ask(`/mailboxes/${inbox}/messages?limit=100`)).messages.map((m) => ({ inbox, id: m.id, subject: m.subject }));
});

// What the page itself says in the pane and over it: its words, and how each of its elements is dressed.
const said = (page) => page.evaluate(() => [...document.querySelectorAll('[data-hook=pane], [data-hook=pane] *, .toast, .toast *')]
  .map((e) => `${e.localName}.${e.className.baseVal ?? e.className}${e.hidden ? ' hidden' : ''} ${e.childElementCount ? '' : e.textContent}`).join('\n'));

// What the pane shows around the frame, once everything in it has come to rest: the page says what it said around the plain letter
// (`words`), and two pictures of it are one and the same. What a letter draws is there in both.
async function chrome(page, { inbox, id }, words) {
  await page.evaluate(([hash]) => { location.hash = hash; }, [`#/${encodeURIComponent(inbox)}/${encodeURIComponent(id)}`]);
  await until(page, ([wanted]) => document.querySelector('iframe.body')?.src.includes(`/messages/${encodeURIComponent(wanted)}/`)
    && !document.querySelector('[data-hook=how]').hidden && document.activeElement?.id === 'message-subject', [id]);
  const frame = await (await page.waitForSelector('iframe.body')).contentFrame();
  await frame.waitForLoadState('load');
  await page.evaluate(() => document.activeElement.blur());
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  const deadline = Date.now() + 10000;
  while (words && await said(page) !== words && Date.now() < deadline) await page.waitForTimeout(50);
  if (words) assert.equal(await said(page), words);
  const take = () => page.locator('[data-hook=pane]').screenshot({ mask: [page.locator('iframe.body')], animations: 'disabled' });
  let [last, picture] = [await take(), await take()];
  for (let more = 0; more < 5 && !picture.equals(last); more += 1) [last, picture] = [picture, await take()];
  return { frame, picture };
}

for (const [width, height] of [[1280, 860], [390, 844]]) {
  // attacks K203, K204, K205
  test(`no letter draws over the page, ${width} px`, { timeout: patience }, async () => {
    const { page, context, elsewhere, errors } = await newPage(browser, stack, { width, height });
    await signIn(page, stack);
    await page.waitForSelector('.row a');
    const letters = (await rows(page)).filter((row) => row.subject === subject).reverse();
    assert.equal(letters.length, names.length + 1);
    const { picture: plain } = await chrome(page, letters[0]);
    const words = await said(page);
    for (const [at, name] of names.entries()) {
      const { frame, picture } = await chrome(page, letters[at + 1], words);
      assert.ok(picture.equals(plain), `${name}: the page looks otherwise than around a plain letter`);
      const inside = await frame.evaluate(() => {
        const styles = [...document.body.querySelectorAll('*')].map((e) => getComputedStyle(e));
        return { moved: styles.filter((s) => s.position !== 'static' || s.transform !== 'none' || s.animationName !== 'none').length,
          live: document.querySelectorAll('form,input,button,select,textarea,video,audio,iframe,script,style ~ *:not(body),dialog,[popover],[autofocus],[id],[contenteditable]').length,
          full: document.fullscreenElement !== null, title: document.title };
      });
      assert.deepEqual(inside, { moved: 0, live: 0, full: false, title: '' }, name);
      assert.equal(await page.title(), 'Inkan', name);
    }
    assert.equal(context.pages().length, 1, 'no window was opened');
    assert.deepEqual([elsewhere, errors], [[], []]);
    await context.close();
  });
}

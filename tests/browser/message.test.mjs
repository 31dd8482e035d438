// One message, and everything that can be asked of it: who would get an answer, what came attached, what an invitation says, the
// source, the way off a list; by mouse, by keyboard, on a phone, on paper, in both languages.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { allJudged, bring, noViolations, onStage, openMessage, quiet, startBreakable, until } from './stage.mjs';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = Buffer.from('%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj\n4 0 obj<</Length 22>>stream\n1 0 0 rg 0 0 99 99 re f\nendstream endobj\ntrailer<</Root 1 0 R>>\n').toString('base64');
// A red page; `catalog` and `page` within those objects, `behind` after all of them.
const paper = ({ catalog = '', page = '', behind = '' } = {}) => Buffer.from(`%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R${catalog}>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R${page}>>endobj\n4 0 obj<</Length 22>>stream\n1 0 0 rg 0 0 99 99 re f\nendstream endobj\n${behind}trailer<</Root 1 0 R/Size 12>>\n`, 'latin1');
const alert = '<</S/JavaScript/JS(app.alert\\(1\\))>>';
// The same, its catalog in a compressed object stream that a table points to.
function packedPaper(catalog) {
  const plain = paper().toString('latin1').replace(/1 0 obj.*?endobj/s, '').replace(/trailer.*/s, '');
  const stream = (keys, octets) => `<<${keys}/Filter/FlateDecode/Length ${octets.length}>>stream\n${octets.toString('latin1')}\nendstream endobj\n`;
  const all = `${plain}9 0 obj${stream('/Type/ObjStm/N 1/First 4', deflateSync(Buffer.from(`1 0 <</Type/Catalog/Pages 2 0 R${catalog}>>`)))}`;
  const rows = Array.from({ length: 11 }, (_, n) => (n === 1 ? [2, 0, 9, 0] : [n && (n < 5 || n > 8) ? 1 : 0, ...((at) => [at >> 8, at & 255])(n === 10 ? all.length : Math.max(0, all.indexOf(`${n} 0 obj`))), 0]));
  return Buffer.from(`${all}10 0 obj${stream('/Type/XRef/W[1 2 1]/Size 11/Root 1 0 R', deflateSync(Buffer.from(rows.flat())))}startxref\n${all.length}\n%%EOF\n`, 'latin1');
}
const papers = {
  'opens.pdf': [paper({ catalog: `/OpenAction${alert}` }), /contains a program \(JavaScript\)/],
  'escaped.pdf': [paper({ catalog: '/Open#41ction<</S/J#61vaScript/#4AS(app.alert\\(1\\))>>' }), /contains a program \(JavaScript\)/],
  'packed.pdf': [packedPaper(`/OpenAction${alert}`), /contains a program \(JavaScript\)/],
  'field.pdf': [paper({ catalog: '/AcroForm<</Fields[5 0 R]>>', page: '/Annots[5 0 R]', behind: `5 0 obj<</Subtype/Widget/FT/Tx/T(a)/Rect[0 0 9 9]/AA<</PV${alert}>>>>endobj\n` }), /contains a program \(JavaScript\)/],
  'visits.pdf': [paper({ catalog: '/OpenAction<</S/URI/URI(https://evil.example/)>>' }), /acts by itself/],
  'secret.pdf': [paper({ behind: 'trailer<</Encrypt 5 0 R>>\n' }), /cannot be told, because it is encrypted/],
  'broken.pdf': [Buffer.concat([paper(), Buffer.from('(9 0 obj')]), /cannot be told, because it is damaged/],
  'plain.pdf': [packedPaper('/OpenAction[3 0 R/Fit]'), null],
};
const head = (subject, from = 'Carol <carol@signed.example>', more = '') => `From: ${from}\r\nTo: alice@mail.example\r\nSubject: ${subject}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@signed.example>\r\n${more}MIME-Version: 1.0\r\n`;
const part = (type, name, content) => `--b\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content}\r\n`;
const inner = `${head('The letter inside', 'Mallory <m@elsewhere.example>')}Content-Type: text/html\r\n\r\n<p>Read me. <a href="https://evil.example/">here</a><script>alert(1)</script></p>\r\n`;
const event = 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Site visit <b>now</b>\\, early\r\nDTSTART:20261130T010000Z\r\nDTEND:20261130T020000Z\r\nLOCATION:Gate 3\r\nORGANIZER;CN="x:y":mailto:carol@signed.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
const letters = {
  'things attached': `${head('things attached')}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n${
    part('application/pdf', 'invoice.pdf', Buffer.from('MZ\x90\0\x03\0\0\0program', 'latin1').toString('base64'))}${part('image/png', 'dot.png', pixel)}${part('application/pdf', 'paper.pdf', pdf)}${
    part('image/png', 'page.png', Buffer.from('<html><script>alert(1)</script>').toString('base64'))}--b\r\nContent-Type: message/rfc822\r\n\r\n${inner}--b--\r\n`,
  'many papers': `${head('many papers')}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n${
    Object.entries(papers).map(([name, [octets]]) => part('application/pdf', name, octets.toString('base64'))).join('')}--b--\r\n`,
  'an invitation': `${head('an invitation')}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease come.\r\n${part('text/calendar; method=REQUEST', 'invite.ics', Buffer.from(event).toString('base64'))}--b--\r\n`,
  'folded quotes': `${head('folded quotes')}Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nOne sentence over \r\ntwo lines.\r\n${Array.from({ length: 9 }, (_, i) => `> quoted ${i}\r\n`).join('')}`,
  'a link': `${head('a link')}Content-Type: text/html\r\n\r\n<p>Pay <a href="https://pay.evil.example/x">here</a></p>\r\n`,
  'leave me': `${head('leave me', undefined, 'List-Unsubscribe: <https://lists.signed.example/u?t=1>, <mailto:leave@signed.example>\r\n')}Content-Type: text/plain\r\n\r\nNews.\r\n`,
  'answer elsewhere': `Received: from out.signed.example (out.signed.example [192.0.2.1]) by mx.mail.example with ESMTPS; Sat, 21 Nov 2026 10:00:02 +0000\r\nReceived: from desk.signed.example ([192.0.2.9]) by out.signed.example with ESMTP; Sat, 21 Nov 2026 10:00:01 +0000\r\n${head('answer elsewhere', undefined, 'Reply-To: Carol <carol@other.example>\r\n')}Content-Type: text/plain\r\n\r\nWrite back.\r\n`,
  'remote pictures': `${head('remote pictures')}Content-Type: text/html\r\n\r\n<p>Look <img width=50 height=50 src="https://pictures.signed.example/a.png" alt="a flower"></p>\r\n`,
  'many paragraphs': `${head('many paragraphs')}Content-Type: text/html; charset=utf-8\r\n\r\n${Array.from({ length: 300 }, (_, i) => `<p><a href="https://signed.example/mark/${i}">Paragraph</a> ${i} of a letter that goes on and on, with a sentence long enough for more than one line of any paper that is in use.</p>\r\n`).join('')}`,
  'many lines': `${head('many lines')}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${Array.from({ length: 250 }, (_, i) => `https://signed.example/mark/${i}\r\n\r\n長い手紙の一行です。紙の幅より長い行も、最後まで印刷されなければなりません。一行では足りない長さの文です。\r\n`).join('')}`,
  'many columns': `${head('many columns')}Content-Type: text/html; charset=utf-8\r\n\r\n<table width=600><tr>${Array.from({ length: 3 }, (_, n) => `<td valign=top style="padding:20px"><h2>A column</h2>${Array.from({ length: 40 }, (_, i) => `<div><a href="https://signed.example/mark/${40 * n + i}">Item</a> ${i} with a few words of its own</div>`).join('\r\n')}</td>`).join('')}</tr></table>\r\n`,
};
const forgery = `${head('a forgery', 'Signed <ceo@signed.example>')}Content-Type: text/html\r\n\r\n<p>Pay at <a href="https://pay.evil.example/x">https://signed.example/pay</a></p>\r\n`;
const bill = `${head('a forged bill', 'Signed <ceo@signed.example>')}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPay.\r\n${part('application/pdf', 'bill.pdf', pdf)}--b--\r\n`;
const below = `${head('a name in front', 'Bank <info@signed.example.sender.example>')}Content-Type: text/plain\r\n\r\nHello.\r\n`;
const prepare = async (stack) => {
  for (const text of Object.values(letters)) await stack.tell(`deliver-signed ${Buffer.from(text).toString('base64')}`);
  await stack.tell(`deliver ${Buffer.from(below).toString('base64')}`);
  for (const letter of [forgery, bill]) {
    const judged = `Authentication-Results: mx.mail.example; dmarc=fail (p=reject) header.from=signed.example; dkim=none; spf=fail smtp.mailfrom=signed.example\r\n${letter}`;
    await stack.tell(`deliver ${Buffer.from(judged).toString('base64')}`);
  }
};
const { stack, scenario } = onStage(startBreakable, { prepare });


const attachment = (page, name) => page.locator('[data-hook=attachments] li', { hasText: name });
const sheet = (page) => page.locator('dialog.sheet');
const closed = async (page) => {
  await page.keyboard.press('Escape');
  await sheet(page).waitFor({ state: 'detached' });
};

// How many points of what is drawn there are red, as a page of its own counts them.
async function red(page, selector) {
  const picture = (await page.locator(selector).screenshot()).toString('base64');
  const other = await page.context().newPage();
  try {
    return await other.evaluate(async (octets) => {
      const image = new Image();
      image.src = `data:image/png;base64,${octets}`;
      await image.decode();
      const pen = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height }).getContext('2d');
      pen.drawImage(image, 0, 0);
      const { data } = pen.getImageData(0, 0, image.width, image.height);
      return data.filter((octet, at) => at % 4 === 0 && octet > 200 && data[at + 1] < 40 && data[at + 2] < 40).length;
    }, picture);
  } finally {
    await other.close();
  }
}

// attacks H176, I185
scenario('attachments say what they are, and what may be looked at is looked at without running', {}, async (page) => {
  await openMessage(page, 'things attached');
  assert.match(await attachment(page, 'invoice.pdf').textContent(), /program/i);
  assert.equal(await attachment(page, 'invoice.pdf').locator('[data-hook=look]').isVisible(), false, 'a program called PDF is not previewed');
  assert.match(await attachment(page, 'page.png').textContent(), /says it is PNG picture, but it is HTML page/);
  assert.equal(await attachment(page, 'page.png').locator('[data-hook=look]').isVisible(), false);
  await attachment(page, 'dot.png').locator('[data-hook=look]').click();
  await until(page, () => document.querySelector('.preview-room img')?.naturalWidth === 1);
  await closed(page);
  await attachment(page, 'paper.pdf').locator('[data-hook=look]').click();
  await page.locator('.preview-room iframe').waitFor();
  const answer = await page.evaluate(async () => {
    const { headers } = await fetch(document.querySelector('.preview-room iframe').src, { headers: { 'X-Requested-With': 'inkan' } });
    return ['content-type', 'x-content-type-options', 'content-security-policy'].map((name) => headers.get(name));
  });
  assert.deepEqual(answer, ['application/pdf', 'nosniff', "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"]);
  const downloads = [];
  page.on('download', (file) => downloads.push(file.suggestedFilename()));
  for (const end = Date.now() + 120000; await red(page, '.preview-room') < 1000;) assert.ok(Date.now() < end, 'the red page is never drawn');
  assert.deepEqual(downloads, [], 'it is read, not saved');
  assert.deepEqual(page.frames().filter((frame) => frame.parentFrame() === page.mainFrame() && !frame.url().includes('body.html')).map((frame) => new URL(frame.url()).pathname.replace(/^.*\//, '')), ['preview']);
  await closed(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-hook=zip]')]);
  assert.match(file.suggestedFilename(), /^things attached.*\.zip$/);
  assert.equal((await readFile(await file.path())).subarray(0, 4).toString('latin1'), 'PK\x03\x04');
});

// A browser's reader runs what is in a PDF, and no policy forbids it: a dialog of it would be an error of the page.
scenario('a PDF that holds a program is not drawn and the page says why; another one is drawn', {}, async (page) => {
  await openMessage(page, 'many papers');
  for (const [name, [, why]] of Object.entries(papers)) {
    await attachment(page, name).locator('[data-hook=look]').click();
    if (why) {
      await page.locator('.preview-room [role=alert]').waitFor();
      assert.match(await page.locator('.preview-room').textContent(), why, name);
      assert.equal(await page.locator('.preview-room iframe').count(), 0, name);
      assert.match(await sheet(page).locator('[data-hook=save]').getAttribute('href'), /parts/);
    } else {
      await page.locator('.preview-room iframe').waitFor();
      for (const end = Date.now() + 120000; await red(page, '.preview-room') < 1000;) assert.ok(Date.now() < end, `${name} is never drawn`);
    }
    await closed(page);
  }
});

scenario('why a PDF is not drawn is said in Japanese too', { locale: 'ja-JP' }, async (page) => {
  await openMessage(page, 'many papers');
  await attachment(page, 'opens.pdf').locator('[data-hook=look]').click();
  await page.locator('.preview-room [role=alert]').waitFor();
  assert.match(await page.locator('.preview-room').textContent(), /プログラム（JavaScript）が含まれ/);
});

scenario('where links are off, a PDF, whose links nothing can switch off, is not drawn', {}, async (page) => {
  await openMessage(page, 'a forged bill');
  await until(page, () => document.querySelector('article.message')?.dataset.level === 'forged');
  await attachment(page, 'bill.pdf').locator('[data-hook=look]').click();
  await page.locator('.preview-room [role=alert]').waitFor();
  assert.match(await page.locator('.preview-room').textContent(), /Links in a PDF cannot be switched off/);
  assert.equal(await page.locator('.preview-room iframe').count(), 0);
});

scenario('an attached message is judged for itself, and shown as inert as any', {}, async (page) => {
  await openMessage(page, 'things attached');
  await page.locator('[data-hook=attachments] button', { hasText: 'Open' }).click();
  await until(page, () => document.querySelector('dialog .says strong')?.textContent !== '');
  assert.match(await sheet(page).textContent(), /The letter inside.*m@elsewhere\.example.*Not confirmed:/s);
  const frame = page.frameLocator('dialog iframe');
  await frame.locator('text=Read me.').waitFor();
  assert.equal(await frame.locator('[href], script').count(), 0);
  assert.equal(await page.getAttribute('dialog iframe', 'sandbox'), '');
  const [said, letter] = [await sheet(page).locator('.says').boundingBox(), await page.locator('dialog iframe').boundingBox()];
  assert.ok(said.y + said.height <= letter.y, 'the verdict stands above the letter');
  await closed(page);
});

// attacks H174, I188
scenario('an invitation is read as text', {}, async (page) => {
  await openMessage(page, 'an invitation');
  await page.locator('[data-hook=invitation] h3').waitFor();
  const text = await page.textContent('[data-hook=invitation]');
  assert.match(text, /Invitation: Site visit <b>now<\/b>, early/);
  assert.match(text, /30 November 2026/);
  assert.match(text, /Gate 3.*Organizer: carol@signed\.example/s);
});

scenario('flowed text is joined, long quotes are folded and open without a script', {}, async (page) => {
  await openMessage(page, 'folded quotes');
  const frame = page.frameLocator('iframe.body');
  await frame.locator('text=One sentence overtwo lines.').waitFor();
  assert.equal(await frame.locator('text=quoted 8').isVisible(), false);
  await frame.locator('summary').click();
  await frame.locator('text=quoted 8').waitFor({ state: 'visible' });
});

// attacks H171
scenario('an answer: to whom, another domain said, and how mail gets there', {}, async (page) => {
  await openMessage(page, 'answer elsewhere');
  await page.keyboard.press('r');
  assert.match(await sheet(page).textContent(), /carol@other\.example.*This is other\.example, not the domain of the author/s);
  await until(page, () => !/^(Looking…)?$/.test(document.querySelector('dialog [data-hook=way]').textContent));
  assert.equal(await sheet(page).locator('[data-hook=write]').getAttribute('href'), 'mailto:carol@other.example?subject=Re%3A%20answer%20elsewhere');
  await closed(page);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.hook), 'subject', 'focus goes back to where r was pressed');
});

// attacks K206
scenario('a forgery: answering asks first, links open one by one, one strip with one sentence', {}, async (page) => {
  await openMessage(page, 'a forgery');
  assert.equal(await page.getAttribute('article.message', 'data-level'), 'forged');
  assert.equal(await page.locator('[data-hook=strip]').count(), 1);
  await page.click('[data-hook=reply]');
  const write = sheet(page).locator('[data-hook=write]');
  assert.deepEqual([await write.isVisible(), await write.getAttribute('href')], [false, null]);
  await sheet(page).locator('[data-hook=sure]').click();
  assert.match(await write.getAttribute('href'), /^mailto:ceo@signed\.example\?/);
  await closed(page);
  await page.click('[data-hook=links]');
  assert.match(await sheet(page).textContent(), /names signed\.example, but the link leads to evil\.example/);
  const go = sheet(page).locator('[data-hook=go]');
  assert.equal(await go.getAttribute('href'), null);
  await sheet(page).locator('[data-hook=choose]').focus();
  await page.keyboard.press('Enter');
  assert.deepEqual([await go.getAttribute('href'), await go.textContent()], ['https://pay.evil.example/x', 'Open evil.example']);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.hook), 'go', 'and is where the focus is');
  await closed(page);
  assert.equal(await page.isVisible('[data-hook=leave]'), false);
});

scenario('leaving a list names who is told, and waits for a yes', {}, async (page) => {
  await openMessage(page, 'leave me');
  await page.click('[data-hook=more-acts]');
  await page.click('[data-hook=leave]');
  assert.match(await sheet(page).textContent(), /lists\.signed\.example/);
  await closed(page);
});

scenario('the source is text', {}, async (page) => {
  await openMessage(page, 'a forgery');
  await page.click('[data-hook=more-acts]');
  await page.click('[data-hook=raw]');
  await until(page, () => /^Authentication-Results: mx\.mail\.example/.test(document.querySelector('dialog pre').textContent));
  assert.match(await page.textContent('dialog pre'), /<a href="https:\/\/pay\.evil\.example\/x">/);
  assert.equal(await page.locator('dialog pre *').count(), 0);
  await closed(page);
});

scenario('three levels of how we know, and the whole of it to copy', {}, async (page, { context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openMessage(page, 'answer elsewhere');
  await page.click('[data-hook=how]');
  assert.equal(await page.locator('.panel .r').count(), 6);
  assert.match(await page.textContent('[data-hook=dnssec]'), /Proved by DNSSEC: .*the key of signed\.example/);
  assert.deepEqual(await page.locator('.hops .looked:visible').allTextContents(), ['DNSSEC'], 'once, ...');
  assert.match(await page.textContent('.hops li:has(.looked:not([hidden]))'), /DNSSEC.*mx\.mail\.example$/, '... where the letter came in');
  await page.click('[data-hook=all]');
  assert.match(await page.textContent('.evidence'), /signed by signed\.example/);
  await page.click('[data-hook=copy]');
  await until(page, () => document.querySelector('[data-hook=copy]').textContent === 'Copied.');
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(copied.verdict.level, 'domain');
  assert.equal(copied.evidence.dkim[0].result, 'pass');
  assert.equal(await page.locator('.evidence table').count(), Object.keys(copied.evidence).length + 2, 'a table for each part, for the verdict and for the header fields');
});

scenario('the verdict stands under the sender and is read before it, and nothing of the letter comes before either', {}, async (page, { context }) => {
  for (const [subject, sentence, name] of [['answer elsewhere', /^Domain confirmed/, 'Carol'], ['a forgery', /^Fails its domain/, 'Signed']]) {
    await openMessage(page, subject);
    const session = await context.newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    await session.detach();
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const read = (node) => [...(node.ignored ? [] : [`${node.role?.value}: ${node.name?.value ?? ''}`]), ...(node.childIds ?? []).flatMap((id) => read(byId.get(id)))];
    const lines = read(nodes[0]);
    const at = (wanted) => lines.findIndex((line) => wanted(line.replace(/^StaticText: /, ''), line));
    const heading = at((text, line) => line === `heading: ${subject}`);
    const places = [heading, ...[(text) => sentence.test(text), (text) => text === name, (text, line) => line.startsWith('Iframe')]
      .map((wanted) => heading + lines.slice(heading).findIndex((line) => wanted(line.replace(/^StaticText: /, ''), line)))];
    assert.ok(places.every((place, n) => place >= 0 && (n === 0 || place > places[n - 1])), `${subject}: ${places}\n${lines.slice(heading, heading + 40).join('\n')}`);
    const y = async (selector) => (await page.locator(selector).first().boundingBox()).y;
    const [sender, says, body] = [await y('.message .from'), await y('.message .says'), await y('iframe.body')];
    assert.ok(sender < says && says < body, `${subject}: ${[sender, says, body]}`);
  }
});

scenario('what stands out in an address is what somebody registered, though no record of the sender says where that begins', {}, async (page) => {
  await openMessage(page, 'a name in front');
  await until(page, () => document.querySelector('.message [data-hook=address] b')?.textContent === 'sender.example');
  assert.equal(await page.textContent('.message [data-hook=address]'), 'info@signed.example.sender.example');
});

scenario('what your provider found and what we found stand side by side where they differ, and only there', {}, async (page) => {
  await openMessage(page, 'answer elsewhere');
  await page.click('[data-hook=how]');
  assert.equal(await page.isVisible('[data-hook=differ]'), false);
  await stack.tell('check always');
  const judged = `Authentication-Results: mx.mail.example; dkim=fail header.d=signed.example\r\n${head('judged twice')}Content-Type: text/plain\r\n\r\nWho is right?\r\n`;
  await stack.tell(`deliver-signed ${Buffer.from(judged).toString('base64')}`);
  await allJudged(stack);
  await page.reload();
  await openMessage(page, 'judged twice');
  await page.click('[data-hook=how]');
  const cells = async (of) => (await page.locator(`[data-hook=differ] ${of}`).allTextContents()).map((text) => text.replace(/\d+ \w+ \d{4} at \d\d:\d\d$/, 'TIME'));
  assert.deepEqual([await cells('thead th'), await cells('tbody th'), await cells('tbody td')], [['Check', 'Mail server', 'We'], ['DKIM signed.example'],
    ['fails (fail) checked by your provider (mx.mail.example), TIME', 'holds (pass) checked by us, TIME']]);
  await stack.tell('mend');
});

// The service's own answers, with another verdict in them: first none, then the one that comes while the letter is read.
for (const width of [1280, 390]) {
  for (const [level, text] of [['caution', 'Looks like signed.example but is another domain, which has never written to you before and asks for money.'],
    ['likely', 'Probably from signed.example. Its servers send for others too, who may have written this in its name.']]) {
    scenario(`a verdict that arrives over an open letter moves nothing: ${level}, ${width} px`, { width }, async (page, { context }) => {
      let verdict = { level: 'unchecked', text: 'Not checked yet.' };
      const judge = (message) => Object.assign(message.verdict ?? {}, message.subject === 'a link' ? verdict : {});
      for (const what of ['**/messages?*', '**/messages/*']) await page.route(what, async (route) => {
        if (route.request().method() !== 'GET') return route.continue();
        const answer = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } });
        if (!answer.ok()) return route.fulfill({ response: answer });
        const json = await answer.json();
        (json.messages ?? [json]).forEach(judge);
        return route.fulfill({ response: answer, json });
      });
      const again = () => page.evaluate(() => window.dispatchEvent(new Event('online')));
      const boxes = () => page.evaluate(() => ['.head', '#message-subject', '[data-hook=sentence]', '[data-hook=how]', '.message .from', '.message .meta', '.message .acts', '.panel', '.attached', '.blocked', 'iframe.body'].map((name) => {
        const { left, top, width: wide, height } = document.querySelector(name).getBoundingClientRect();
        return [name, left, top, wide, height].join(' ');
      }));
      const loud = level === 'caution';
      for (const open of [false, true]) {
        verdict = { level: 'unchecked', text: 'Not checked yet.' };
        await again();
        await (await bring(page, 'a link')).and(page.locator('.row[data-level=unchecked] a')).waitFor();
        await openMessage(page, 'a link');
        await page.frameLocator('iframe.body').locator('a[href]').waitFor();
        if (open) await page.click('[data-hook=how]');
        await page.evaluate(() => {
          const line = document.getElementById('announce');
          if (!globalThis.heard) new MutationObserver(() => globalThis.heard.push(line.textContent)).observe(line, { childList: true });
          globalThis.heard = [];
        });
        await quiet(context);
        const before = await boxes();
        verdict = { level, text };
        await again();
        await until(page, (wanted) => document.querySelector('.message').dataset.level === wanted, level);
        await until(page, (off) => document.querySelector('iframe.body').src.includes('links=off') === off, loud);
        await page.frameLocator('iframe.body').locator('text=here').waitFor();
        assert.equal(await page.frameLocator('iframe.body').locator('a[href]').count(), loud ? 0 : 1);
        await quiet(context);
        assert.deepEqual(await boxes(), before, `panel ${open ? 'open' : 'folded'}`);
        assert.deepEqual(await page.evaluate(() => { const s = document.querySelector('[data-hook=sentence]'); return s.scrollHeight > s.clientHeight + 1 ? [s.scrollHeight, s.clientHeight, s.clientWidth] : []; }), [], 'the sentence has room');
        const strip = page.locator('.strip');
        assert.equal(await strip.isVisible(), loud);
        if (loud) {
          const box = await strip.boundingBox();
          assert.ok(box.height > 30 && box.y + box.height <= 901, 'in view at once');
          assert.match(await strip.textContent(), /money\. Links in this message are switched off/);
          assert.equal((await page.evaluate(() => globalThis.heard)).filter((said) => said.includes(text)).length, 1, 'told once');
        }
        await noViolations(page, `${level} over an open letter`);
        if (process.env.INKAN_PICTURES) await page.screenshot({ path: `${process.env.INKAN_PICTURES}/late-${level}-${width}-${open}.png` });
        if (loud) {
          await strip.locator('[data-hook=links]').click();
          assert.match(await sheet(page).textContent(), /evil\.example/);
          await closed(page);
        }
        if (width < 800) await page.click('[data-hook=back]');
        else await openMessage(page, 'leave me');
        await openMessage(page, 'a link');
        assert.equal(await page.locator('.head .strip').isVisible(), loud, 'opened again, it stands in its place');
        if (width < 800) await page.click('[data-hook=back]');
        else await openMessage(page, 'leave me');
      }
    });
  }
}

scenario('pictures from elsewhere: none, and a way to ask for them', {}, async (page, { errors }) => {
  await openMessage(page, 'remote pictures');
  assert.match(await page.textContent('[data-hook=notices]'), /not loaded/);
  const once = page.locator('[data-hook=pictures]');
  await once.waitFor({ state: 'visible' });
  assert.match(await page.textContent('[data-hook=pictures-always]'), /signed\.example/);
  await once.click();
  await until(page, () => /images=on/.test(document.querySelector('iframe.body').src));
  assert.match(await page.textContent('[data-hook=notices]'), /came through this service/);
  const frame = await (await page.waitForSelector('iframe.body')).contentFrame();
  await frame.waitForLoadState('load');
  errors.length = 0; // the browser's own line about the picture, whose server does not exist
});

scenario('on paper: who, the sentence, the letter, and nothing to press', {}, async (page) => {
  await openMessage(page, 'answer elsewhere');
  await page.emulateMedia({ media: 'print' });
  for (const hook of ['subject', 'sentence', 'address']) assert.equal(await page.locator(`.message .head [data-hook=${hook}]`).first().isVisible(), true, hook);
  assert.equal(await page.isVisible('iframe.body'), true);
  for (const gone of ['.folders', '.list', '.acts', '[data-hook=how]']) assert.equal(await page.locator(gone).first().isVisible(), false, gone);
  const head = await page.locator('.head').boundingBox();
  const body = await page.locator('iframe.body').boundingBox();
  assert.ok(body.y >= head.y + head.height - 1, 'the letter begins under the sentence');
});

// What is printed, as a PDF, by the browser itself: beforeprint comes from it, not from a button of ours. Every paragraph holds a
// link, and a link that stands on a page stands in the file in plain letters.
scenario('on paper a long letter is whole, whoever asked for it, and not followed by much white', {}, async (page, { errors }) => {
  const print = async () => {
    const file = (await page.pdf({ format: 'A4' })).toString('latin1');
    const count = (pattern) => new Set(file.match(pattern)).size;
    return { marks: count(/signed\.example\/mark\/\d+/g), pages: file.match(/\/Type\s*\/Page\b/g).length, written: file.match(/\/Annots\b/g).length };
  };
  const openWhole = async (subject) => {
    await page.evaluate(() => { location.hash = '#'; });
    await openMessage(page, subject);
    const frame = await (await page.waitForSelector('iframe.body')).contentFrame();
    await frame.waitForLoadState('load');
    await frame.waitForSelector('a[href*="signed.example/mark/1"]');
  };
  for (const [subject, marks] of [['many paragraphs', 300], ['many lines', 250], ['many columns', 120]]) {
    await openWhole(subject);
    const whole = await print();
    assert.equal(whole.marks, marks, subject);
    // Columns side by side are reckoned one below the other: that is the most white there is.
    assert.ok(whole.pages <= 3 * whole.written, `${subject}: ${JSON.stringify(whole)}`);
  }
  await openWhole('many lines'); // its frame is there before its source is kept away
  await page.route('**/body.html*', (route) => route.abort());
  const cut = await print(); // its source cannot be had: what was reckoned for another letter is gone, and it goes as far as it goes
  assert.ok(cut.marks > 0 && cut.marks < 250, JSON.stringify(cut));
  errors.length = 0; // the browser's own lines about the source that was kept away
});

scenario('the button and the key print what the menu prints', {}, async (page) => {
  await page.evaluate(() => { window.print = () => document.body.toggleAttribute('data-printed', true); });
  await openMessage(page, 'answer elsewhere');
  await page.click('[data-hook=more-acts]');
  await page.click('[data-hook=print]');
  assert.equal(await page.getAttribute('body', 'data-printed'), '');
  assert.equal(await page.evaluate(() => {
    const event = new KeyboardEvent('keydown', { key: 'p', ctrlKey: true, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
    return event.defaultPrevented;
  }), false, 'Ctrl-P is the browser\'s');
});

scenario('in Japanese', { locale: 'ja-JP' }, async (page) => {
  await openMessage(page, 'answer elsewhere');
  await page.click('[data-hook=reply]');
  assert.match(await sheet(page).textContent(), /返信の宛先.*other\.example であり/s);
  await closed(page);
  assert.match(await page.textContent('.message [data-hook=time]'), /年.*月.*日/);
});

scenario('by keyboard alone, on a phone', { width: 390, height: 844 }, async (page) => {
  await page.locator('.row a').first().focus();
  await page.keyboard.press('Enter');
  await until(page, () => document.activeElement.id === 'message-subject' && !document.querySelector('[data-hook=how]').hidden);
  await page.locator('[data-hook=how]').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.isVisible('.panel'), true);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
  await page.keyboard.press('u');
  await page.waitForSelector('.list', { state: 'visible' });
});

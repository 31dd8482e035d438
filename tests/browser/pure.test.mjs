// The page's pure modules under node: state, verdict, words.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import test from 'node:test';
import { forget, load } from './modules.mjs';

const { chooseLanguage, counted, listed, longSpan, longTime, number, parted, sentences, t, use } = await load('i18n.js');
const { appendPage, brandRoute, countFresh, hasUnchecked, mergeFirstPage, pagesToAsk, parseRoute, pollDelay, routeTo, shownRows, sortMailboxes, updateRows } = await load('state.js');
const { evidenceParts, leaves, panelRows, signedFields } = await load('findings.js');
const { sourceLine } = await load('sources.js');
const { newOffsets } = await load('offsets.js');
const { all, extend, nonePicked, prune, toggle } = await load('picked.js');
const { linesOf } = await load('threads.js');
const { initialsOf, isLoud, levelOf, logoOf, sealOf, splitAddress, wordOf } = await load('verdict.js');

test.after(forget);

const web = new URL('../../web/', import.meta.url);
const catalogue = async (language) => JSON.parse(await readFile(new URL(`i18n/${language}.json`, web), 'utf8'));
const rows = (...ids) => ids.map((id) => ({ id, verdict: { level: 'domain' } }));

test('an unknown level is drawn as a caution, a missing one as not yet checked', () => {
  assert.equal(levelOf({ level: 'platinum' }), 'caution');
  assert.equal(levelOf(undefined), 'unchecked');
  assert.equal(sealOf('platinum'), 'seal-caution');
  assert.equal(wordOf('platinum'), 'level.caution');
  assert.ok(isLoud('platinum') && isLoud('forged') && isLoud('caution'));
  for (const level of ['brand', 'person', 'domain', 'likely', 'unverified', 'unchecked', 'own']) assert.ok(!isLoud(level));
});

test('a logo comes from our own origin by hash, or not at all', () => {
  const hash = 'a'.repeat(64);
  assert.deepEqual(logoOf({ logo: { url: `/api/v1/logos/${hash}.png`, type: 'vmc' } }), { url: `/api/v1/logos/${hash}.png`, type: 'vmc' });
  assert.equal(logoOf({ logo: { url: `/api/v1/logos/${hash}.png`, type: 'gold' } }).type, 'self');
  for (const url of [`https://evil.example/${hash}.png`, `//evil.example/api/v1/logos/${hash}.png`, `/api/v1/logos/${hash}.html`, 'data:image/png,x', null]) assert.equal(logoOf({ logo: { url, type: 'vmc' } }), null);
});

test('the organizational domain is found by labels, never by suffix', () => {
  assert.deepEqual(splitAddress('a@news.bank.example', 'bank.example'), { local: 'a@', below: 'news.', org: 'bank.example' });
  assert.deepEqual(splitAddress('a@notbank.example', 'bank.example'), { local: 'a@', below: '', org: 'notbank.example' });
  assert.deepEqual(splitAddress('"a@b"@c.example', null), { local: '"a@b"@', below: '', org: 'c.example' });
});

test('a fresh first page keeps the older rows and their order', () => {
  assert.deepEqual(mergeFirstPage(rows('c', 'b', 'a'), rows('d', 'c', 'b'), 'b').map((r) => r.id), ['d', 'c', 'b', 'a']);
  assert.deepEqual(mergeFirstPage(rows('c', 'b', 'a'), rows('d', 'c'), null).map((r) => r.id), ['d', 'c']);
  assert.deepEqual(mergeFirstPage(rows('z'), rows('d', 'c'), 'c').map((r) => r.id), ['d', 'c']);
  assert.deepEqual(appendPage(rows('b', 'a'), rows('a', '0')).map((r) => r.id), ['b', 'a', '0']);
});

// A mailbox of so many, newest first, as the service pages it; letter 30 never gets its verdict.
function answering(box) {
  globalThis.fetch = async (url) => {
    const before = new URL(url, 'http://service.example').searchParams.get('before');
    const older = box.filter((n) => !before || n < Number(before));
    const page = older.slice(0, 50);
    const json = { messages: page.map((n) => ({ id: `m${n}`, verdict: { level: n === 30 ? 'unchecked' : 'domain' } })), next: older.length > 50 ? String(page.at(-1)) : null };
    return new Response(JSON.stringify(json), { headers: { 'Content-Type': 'application/json' } });
  };
}

test('more new letters than a page holds, while an older page waits for a verdict: none is left out', async () => {
  const { newPages } = await load('pages.js');
  const { newState } = await load('state.js');
  const state = Object.assign(newState(), { mailbox: 'inbox' });
  const end = new AbortController();
  const tells = { changed() {}, worked() {}, fresh() {}, failed(error) { throw error; }, isLive: () => false };
  const pages = newPages(state, tells, end.signal);
  const box = (count) => Array.from({ length: count }, (_, n) => count - n);
  const fetched = globalThis.fetch;
  try {
    answering(box(120));
    await pages.refresh();
    await pages.more();
    answering(box(180));
    await pages.ask();
    while (state.pages.at(-1).next) await pages.more();
    assert.deepEqual(state.rows.map(({ id }) => id), box(180).map((n) => `m${n}`));
  } finally {
    end.abort();
    pages.stop();
    globalThis.fetch = fetched;
  }
});

test('an older page is asked again while one of its rows has no verdict, and its rows are replaced in place', () => {
  const all = [...rows('d', 'c'), { id: 'b', verdict: { level: 'unchecked' } }, ...rows('a', '0')];
  const pages = [{ before: null, ids: ['d', 'c'] }, { before: 'c', ids: ['b', 'a'] }, { before: 'a', ids: ['0'] }];
  assert.deepEqual(pagesToAsk(pages, all).map((p) => p.before), [null, 'c']);
  assert.deepEqual(pagesToAsk(pages, rows('d', 'c', 'b', 'a', '0')).map((p) => p.before), [null]);
  const updated = updateRows(all, pages[1], rows('b'));
  assert.deepEqual(updated.map((r) => [r.id, r.verdict.level]), [['d', 'domain'], ['c', 'domain'], ['b', 'domain'], ['0', 'domain']]);
  assert.deepEqual(pagesToAsk([pages[0], { ...pages[1], stale: true }, { ...pages[2], stale: true }], rows('d', 'c', 'b', 'a', '0'), new Set(['d', 'a'])).map((p) => p.before), [null, 'c'], 'what may be gone is asked where it is looked at');
  assert.deepEqual(updateRows(rows('d', 'c', 'b', 'a'), pages[1], rows('b', '0')).map((r) => r.id), ['d', 'c', 'b', '0'], 'what took its place at the end of the page is there');
  assert.deepEqual(updateRows(rows('d', 'c', 'b', 'a'), pages[1], rows('0')).map((r) => r.id), ['d', 'c', '0']);
});

test('polling waits 1, 2, 4 … and never more than 30 seconds', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 9].map(pollDelay), [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  assert.ok(hasUnchecked([{ verdict: { level: 'unchecked' } }]) && hasUnchecked([{}]) && !hasUnchecked(rows('a')));
});

test('rows lie where measured heights say, and only those near the view are wanted', () => {
  const offsets = newOffsets(100);
  offsets.setKeys(Array.from({ length: 10000 }, (_, n) => n));
  assert.equal(offsets.total(), 1000000);
  assert.deepEqual(offsets.range(500000, 800, 400), [4996, 5012]);
  assert.equal(offsets.measure([[0, 150], [1, 100], [2, 100]]), true);
  assert.deepEqual([offsets.at(149), offsets.at(150), offsets.top(2), offsets.total()], [0, 1, 250, 1000050]);
  assert.equal(offsets.measure([[0, 150]]), false);
  offsets.setKeys([7, 0]);
  assert.deepEqual([offsets.top(1), offsets.total()], [100, 250], 'a height belongs to its row, not to its place');
  offsets.setKeys([]);
  assert.deepEqual(offsets.range(0, 800, 400), [0, -1]);
});

test('a range takes the state of where it began; what is gone is not picked', () => {
  const order = ['a', 'b', 'c', 'd'];
  const two = extend(toggle(nonePicked, 'b'), 'd', order);
  assert.deepEqual([...two.ids], ['b', 'c', 'd']);
  assert.deepEqual([...extend(toggle(two, 'd'), 'c', order).ids], ['b']);
  assert.deepEqual([...extend(nonePicked, 'c', order).ids], ['c'], 'nothing to begin with');
  assert.deepEqual([...prune(two, rows('a', 'd')).ids], ['d']);
  assert.equal(prune(two, rows(...order)), two);
  assert.equal(all(order).ids.size, 4);
});

test('a conversation is one line until it is opened, shows the gravest verdict that it hides, and no line has two', () => {
  const row = (id, threadId, level) => ({ id, threadId, verdict: { level } });
  const mails = [row('d', 't', 'domain'), row('c', null, 'domain'), row('b', 't', 'forged'), row('a', 't', 'caution')];
  const folded = linesOf(mails, { grouped: true, opened: new Set() });
  assert.deepEqual(folded.map((l) => [l.key, l.count, l.hides, l.ids]), [['d', 3, 'forged', ['d', 'b', 'a']], ['c', 1, null, ['c']]]);
  const opened = linesOf(mails, { grouped: true, opened: new Set(['t']) });
  assert.deepEqual(opened.map((l) => [l.key, l.inside, l.hides, l.ids]), [['d', false, null, ['d']], ['b', true, null, ['b']], ['a', true, null, ['a']], ['c', false, null, ['c']]]);
  assert.deepEqual(linesOf(mails, { grouped: false, opened: new Set() }).map((l) => l.count), [1, 1, 1, 1]);
});

test('rows on their way out are not shown, those of an opened conversation are; new ones are counted', () => {
  const state = { rows: rows('c', 'b'), more: new Map([['t', rows('b', 'a')]]), opened: new Set(['t']), leaving: new Set(['c']) };
  assert.deepEqual(shownRows(state).map((r) => r.id), ['b', 'a']);
  assert.deepEqual([countFresh(rows('b'), rows('d', 'c', 'b')), countFresh([], rows('a')), countFresh(rows('a'), rows('a')), countFresh(rows('a'), rows('c', 'b'))], [2, 0, 0, 2]);
});

test('routes survive any id and any search', () => {
  const route = { view: 'mail', mailbox: 'a/b#c', message: 'é%', query: 'from:x "a&b=c?" 印', onlyUnverified: true };
  assert.deepEqual(parseRoute(routeTo(route)), route);
  const none = { view: 'mail', mailbox: null, message: null, query: '', onlyUnverified: false };
  assert.deepEqual(parseRoute('#/%E0%A4%A'), none);
  assert.deepEqual(parseRoute(''), none);
  assert.deepEqual([parseRoute('#about').view, parseRoute('#people').view, parseRoute('#nowhere').view], ['about', 'people', 'mail']);
  assert.deepEqual([parseRoute('#brand').view, parseRoute('#brand').domain], ['brand', null]);
  const { view, domain, selector } = parseRoute(brandRoute('a/b?.example', 's&t'));
  assert.deepEqual([view, domain, selector], ['brand', 'a/b?.example', 's&t']);
  assert.equal(brandRoute('bank.example', ''), '#brand/bank.example');
  assert.equal(routeTo({ mailbox: 'm' }), '#/m');
});

test('folders with a role come first', () => {
  const sorted = sortMailboxes([{ name: 'b', role: null }, { name: 'Sent', role: 'sent' }, { name: 'a', role: null }, { name: 'INBOX', role: 'inbox' }], 'en');
  assert.deepEqual(sorted.map((m) => m.name), ['INBOX', 'Sent', 'a', 'b']);
});

test('the same domain has the same tint, a name without letters still an avatar', () => {
  assert.deepEqual(initialsOf('花', 'studio-ito.example').letter, '花');
  assert.equal(initialsOf('A', 'x.example').tint, initialsOf('B', 'x.example').tint);
  assert.equal(initialsOf('***', null).letter, '');
});

test('only believed results speak for the provider', () => {
  const forged = { authenticationResults: [{ authservId: 'mx.mail.example', believed: false, results: [{ method: 'dmarc', result: 'pass' }, { method: 'dkim', result: 'pass', properties: { 'header.d': 'bank.example' } }] }] };
  const verdict = { author: 'not-established', domain: 'bank.example', address: 'a@bank.example' };
  const [author, delivery, demand] = panelRows(verdict, forged);
  assert.equal(author.state, 'empty');
  assert.equal(delivery.key, 'panel.unlooked');
  assert.equal(demand.key, 'panel.unlooked');
  forged.authenticationResults[0].believed = true;
  assert.equal(panelRows(verdict, forged)[2].key, 'panel.demand.met');
});

test('what was not evaluated says so, and what covers a part is no full seal', () => {
  const verdict = { author: 'not-established', domain: 'x.example', address: 'a@x.example', reasons: [] };
  assert.deepEqual(panelRows(verdict, {}).slice(1).map((r) => r.key), ['panel.unlooked', 'panel.unlooked', 'panel.unlooked', 'panel.logo.unproved', 'panel.transport.unknown']);
  assert.equal(panelRows(verdict, { dkim: [], dmarc: { result: 'fail', policy: 'reject' } })[2].key, 'panel.demand.unsigned');
  assert.equal(panelRows(verdict, { dkim: [], spf: { result: 'none' }, dmarc: { result: 'fail', policy: 'reject' } })[2].key, 'panel.demand.failed.reject');
  assert.equal(panelRows(verdict, { dkim: [{ result: 'pass', domain: 'x.example', bodyLengthLimit: 10 }] })[1].state, 'part');
  assert.equal(panelRows({ author: 'ambiguous', domain: null, address: null }, { dmarc: { result: 'pass' } })[2].state, 'unlooked');
  assert.equal(panelRows({ author: 'not-established', domain: null, address: null }, {})[0].key, 'panel.author.nameless');
  assert.equal(panelRows({ author: 'verified', level: 'caution' }, { bimi: { result: 'pass', logo: null } })[4].key, 'panel.logo.skipped'); // a lookalike's certified logo
});

test('the row of the logo says why none is shown, in words for every reason that the service has', async () => {
  const row = (bimi, more = {}) => panelRows({ author: 'verified', domain: 'x.example' }, { bimi, ...more }).find((r) => r.row === 'logo');
  const catalogues = await Promise.all(['en', 'ja'].map(catalogue));
  const source = await readFile(new URL('../../core/brand/bimi.c', import.meta.url), 'utf8');
  const reasons = [...source.matchAll(/\[BIMI_REASON_\w+\] =\s*\{"([a-z-]+)"/g)].map(([, name]) => name);
  assert.ok(reasons.length > 20);
  for (const reason of reasons.filter((name) => !['dns', 'network', 'worker', 'declined', 'no-record'].includes(name))) { // the row itself says those
    const [key] = row({ result: 'fail', reason }).more ?? [];
    for (const words of catalogues) assert.ok(words[key], `${reason}: ${key}`);
  }
  const certificate = (detail) => row({ result: 'fail', reason: 'evidence', detail }).more[0];
  assert.deepEqual(['expired', 'ca-revoked', 'other-selector', 'issuer-missing', 'no-sct', null, 'constructor'].map(certificate).map((key) => key.replace('panel.logo.why.', '')),
    ['evidence.expired', 'evidence.revoked', 'evidence.other-name', 'evidence.unknown-root', 'evidence', 'evidence', 'evidence']);
  for (const words of catalogues) for (const detail of ['expired', 'revoked', 'other-name', 'unknown-root']) assert.ok(words[certificate(detail)], detail);
  assert.equal(row({ result: 'fail', reason: 'a-word-of-tomorrow' }).more, undefined);
  assert.equal(row({ result: 'fail', reason: 'constructor' }).more, undefined);
});

test('what a believed server says of the logo stands beside our own look, and draws nothing', () => {
  const field = (believed, properties = { 'header.d': 'x.example', 'policy.authority': 'pass' }, result = 'pass') => ({ authenticationResults: [{ authservId: 'mx.example', believed, why: 'above-border', results: [{ method: 'bimi', result, properties }] }] });
  const row = (evidence) => panelRows({ author: 'verified', domain: 'x.example' }, evidence, '2026-11-12T10:30:00Z').find((r) => r.row === 'logo');
  const failed = { bimi: { result: 'fail', reason: 'evidence', detail: 'expired', checkedAt: '2026-11-12T10:31:00Z' } };
  assert.deepEqual(row({ ...failed, ...field(true) }), { row: 'logo', state: 'empty', key: 'panel.logo.fail', params: { claimed: 'x.example' }, more: ['panel.logo.why.evidence.expired', 'panel.logo.told.certified'],
    sources: [{ key: 'source.local', params: {}, at: '2026-11-12T10:31:00Z' }, { key: 'source.server', params: { server: 'mx.example' }, at: '2026-11-12T10:30:00Z' }] });
  assert.deepEqual(row({ ...failed, ...field(true, {}) }).more, ['panel.logo.why.evidence.expired', 'panel.logo.told']);
  for (const other of [field(false), field(true, {}, 'fail'), field(true, {}, 'none')]) {
    assert.deepEqual(row({ ...failed, ...other }).more, ['panel.logo.why.evidence.expired']);
    assert.equal(row({ ...failed, ...other }).sources.length, 1);
    assert.equal(row(other).key, 'panel.unlooked');
    assert.equal(panelRows({ author: 'likely' }, other).find((r) => r.row === 'logo').key, 'panel.logo.unproved');
  }
  const alone = row(field(true));
  assert.deepEqual([alone.state, alone.key, alone.sources.map(({ key }) => key)], ['part', 'panel.logo.told.certified', ['source.server']]);
});

test('the row of a personal signature says who, for whom, when and over what', () => {
  const row = (evidence, verdict = { author: 'verified', strength: 'person', address: 'a@x.example' }) => panelRows(verdict, evidence)[3];
  const signer = { addresses: ['a@x.example'], issuerName: 'Authority' };
  const held = { smimeStatus: 'signed/verified', smimeStatusAtDelivery: 'signed/verified', smimeErrors: null, signer, signedAt: '2026-11-21T20:00:00Z', covers: { headers: 'unsigned' }, smimeVerifiedAt: '2026-11-21T20:01:00Z' };
  assert.deepEqual(row({ smime: held }), { row: 'person', state: 'good', key: 'panel.person.by', params: { name: 'a@x.example', issuer: 'Authority' }, date: '2026-11-21T20:00:00Z', more: ['panel.person.issued', 'panel.person.covers.text'], sources: [{ key: 'source.local', params: {}, at: '2026-11-21T20:01:00Z' }] });
  assert.deepEqual(row({ smime: { ...held, smimeStatus: 'signed/failed', smimeErrors: ['expired-since'], covers: { headers: 'covered' } } }).more, ['panel.person.issued', 'panel.person.covers.all', 'panel.person.since']);
  const failed = (errors, status = 'signed/failed') => row({ smime: { smimeStatus: status, smimeStatusAtDelivery: status, smimeErrors: errors, signer } });
  assert.deepEqual([['untrusted', 'content-changed'], ['address-mismatch'], ['expired'], ['covers-part'], ['covers-attached-message'], ['encrypted'], ['a-word-of-tomorrow']].map((e) => failed(e).key.split('.').pop()), ['changed', 'other', 'expired', 'part', 'attached', 'encrypted', 'other-fault']);
  assert.equal(failed(['untrusted']).state, 'unproved');
  assert.equal(row({ smime: { smimeStatus: null } }).key, 'panel.person.none');
  assert.equal(row({}).state, 'unlooked');
  assert.equal(row({ smime: { smimeStatus: null }, openpgp: { status: 'signed/verified', userId: 'A <a@x.example>', covers: { headers: 'covered' } } }).key, 'panel.person.by-undated');
  const key = (vouched) => row({ openpgp: { status: 'signed/verified', userId: 'A <a@x.example>', vouched } }).more[0];
  assert.deepEqual(['configured', 'imported', 'wkd'].map(key), ['panel.person.known-key', 'panel.person.known-key', 'panel.person.published-key']);
  assert.equal(row({ openpgp: { status: 'unknown', errors: ['no-key'], keyId: 'ABCD', vouched: 'wkd' } }).key, 'panel.person.fault.keyless');
  assert.equal(panelRows({ author: 'verified', strength: 'person', address: 'a@x.example' }, {})[0].key, 'panel.author.person');
});

test('every row says whose word it is and of when: of receipt what a server wrote, of the check what is ours', () => {
  const times = { receivedAt: '2026-11-12T10:30:00Z', checkedAt: '2026-11-12T10:31:00Z', asked: '2026-11-11T07:00:00Z' };
  const verdict = (more) => ({ author: 'verified', source: 'server', domain: 'x.example', address: 'a@x.example', reasons: [], checkedAt: times.checkedAt, ...more });
  const field = (results, why = 'above-border') => ({ authservId: 'mx.example', believed: true, why, results });
  const passes = ['dkim', 'spf', 'dmarc'].map((method) => ({ method, result: 'pass', properties: { 'header.d': 'x.example' } }));
  const hops = [{ ours: true, by: 'in.mx.example', tls: { version: 'TLSv1.3' } }];
  const said = (of, evidence) => Object.fromEntries(panelRows(of, evidence, times.receivedAt).map(({ row, sources }) => [row,
    sources.map(({ key, params, at }) => [key, params.server, Object.keys(times).find((name) => times[name] === at)].filter(Boolean).join(' ')).join(', ')]));
  const server = 'source.server mx.example receivedAt';
  const own = 'source.local checkedAt';
  const nobody = 'source.nobody checkedAt';
  assert.deepEqual(said(verdict(), { authenticationResults: [field(passes)], smime: { smimeStatus: null }, bimi: { result: 'none', checkedAt: times.asked }, hops }),
    { author: server, delivery: server, demand: server, person: own, logo: 'source.local asked', transport: 'source.recorded in.mx.example receivedAt' });
  assert.deepEqual(said(verdict({ source: 'local' }), { dkim: [{ result: 'pass', domain: 'x.example' }], dmarc: { result: 'pass' }, bimi: { result: 'skipped', checkedAt: null }, reputation: [{ list: 'bl.example', subject: 'x.example', listed: false }] }),
    { author: own, delivery: own, lists: own, demand: own, person: nobody, logo: own, transport: 'source.looked checkedAt' });
  const mixed = said(verdict({ source: 'mixed', author: 'not-established', reasons: [{ code: 'fail-policy-none' }] }), { authenticationResults: [field([{ method: 'dmarc', result: 'fail' }])], dmarc: { result: 'fail', policy: 'none' } });
  assert.deepEqual([mixed.author, mixed.demand], [`${server}, ${own}`, `${server}, ${own}`], 'the server judged, we looked the demand up');
  assert.equal(said(verdict(), { authenticationResults: [field(passes, 'forwarder')] }).author, 'source.forwarder mx.example receivedAt', 'a forwarder is not the provider');
  assert.equal(said(verdict(), { authenticationResults: [{ ...field(passes), authservId: null }] }).author, 'source.server-unnamed receivedAt');
  assert.equal(said(verdict(), {}).author, 'source.server-unnamed receivedAt');
  for (const author of ['not-established', 'ambiguous', 'unchecked']) assert.equal(said(verdict({ author, source: 'none' }), {}).author, 'source.looked checkedAt', author);
  assert.equal(said(verdict({ author: 'own', source: 'none' }), {}).author, 'source.folder receivedAt');
  assert.equal(said(verdict({ author: 'not-established', source: 'none', address: null }), {}).author, 'source.looked checkedAt');
  assert.equal(said(verdict({ source: 'a-word-of-tomorrow' }), {}).author, 'source.looked checkedAt');
});

test('the line of a source names who and when, or who alone where no time is known', async () => {
  for (const [language, wanted] of [['en', ['checked by your provider (mx.example), NOW', 'checked by us, NOW', 'checked by us']],
    ['ja', ['プロバイダーによる確認（mx.example）、NOW', '当サービスによる確認、NOW', '当サービスによる確認']]]) {
    use(language, await catalogue(language));
    const line = (source) => sourceLine(source, (at) => at && 'NOW');
    assert.deepEqual([{ key: 'source.server', params: { server: 'mx.example' }, at: 'x' }, { key: 'source.local', params: {}, at: 'x' }, { key: 'source.local', params: {}, at: null }].map(line), wanted);
  }
});

test('our own SPF result is told where nothing else answers', () => {
  const verdict = { author: 'likely', domain: 'x.example', address: 'a@x.example', reasons: [], checkedAt: '2026-11-12T10:31:00Z' };
  const row = (evidence) => panelRows(verdict, evidence)[1];
  assert.deepEqual([row({ dkim: [], spf: { result: 'pass', domain: 'x.example' } }).key, row({ dkim: [], spf: { result: 'pass', domain: 'x.example' } }).sources[0].key], ['panel.delivery.server', 'source.local']);
  assert.equal(row({ dkim: [], spf: { result: 'fail', domain: 'x.example' } }).key, 'panel.delivery.unlisted');
  assert.equal(row({ dkim: [], spf: { result: 'neutral', domain: 'x.example' } }).key, 'panel.delivery.none');
  assert.equal(row({ dkim: [{ result: 'pass', domain: 'x.example' }], spf: { result: 'fail' } }).key, 'panel.delivery.signed');
});

test('lists have a row where they are asked: who names whom, what it means, and never as proof', async () => {
  const [en, ja] = [await catalogue('en'), await catalogue('ja')];
  const row = (reputation) => panelRows({ author: 'verified', domain: 'x.example' }, { reputation }).find((r) => r.row === 'lists');
  assert.equal(row(undefined), undefined);
  assert.equal(row([]), undefined);
  const answer = (more) => ({ list: 'bl.example', kind: 'block', subject: '192.0.2.1', listed: false, meaning: null, reason: null, ...more });
  const words = (catalog, reputation) => {
    use('en', catalog);
    return row(reputation).lines.map((line) => line.map(({ key, params }) => t(key, params)).join(' '));
  };
  assert.deepEqual(words(en, [answer()]), ['bl.example does not list 192.0.2.1.']);
  assert.deepEqual(words(en, [answer({ listed: true, meaning: 'a machine taken over' }), answer({ list: 'wl.example', kind: 'allow', listed: true })]),
    ['The block list bl.example names 192.0.2.1. That means: a machine taken over.', 'The allow list wl.example names 192.0.2.1.', 'Who wrote the message does not follow from a list.']);
  assert.deepEqual(words(ja, [answer({ kind: 'domain', listed: true, subject: 'x.example' })]).slice(0, 1), ['ドメインリスト bl.example に x.example が載っています。']);
  assert.deepEqual(words(en, [answer({ kind: 'golden', listed: true })]).slice(0, 1), ['The block list bl.example names 192.0.2.1.']);
  assert.deepEqual(words(en, [answer({ listed: null, reason: 'refused' })]), ['bl.example gave no answer about 192.0.2.1 that counts.']);
  const states = [[answer()], [answer({ listed: true })], [answer({ kind: 'allow', listed: true })], [answer({ listed: null })], [answer({ listed: null }), answer()]].map((list) => row(list).state);
  assert.deepEqual(states, ['empty', 'unproved', 'unproved', 'trouble', 'empty']);
});

test('which header fields a signature covers: the lowest of a name first, of good aligned signatures alone', () => {
  const headers = ['From', 'Subject', 'subject', 'To'].map((name) => ({ name, value: '' }));
  const of = (signature, more = {}) => [...signedFields(headers, { dkim: [{ domain: 'x.example', aligned: true, ...signature }], ...more }).keys()].sort();
  assert.deepEqual(of({ result: 'pass', signedHeaders: ['from', 'subject'] }), [0, 2]);
  assert.deepEqual(of({ result: 'pass', signedHeaders: ['from', 'from', 'subject', 'subject', 'date'] }), [0, 1, 2]);
  assert.deepEqual(of({ result: 'fail', signedHeaders: ['from'] }), []);
  assert.deepEqual(of({ result: 'pass', aligned: false, signedHeaders: ['from'] }), []);
  const carried = [{ name: 'DKIM-Signature', value: 'v=1; d=mail.x.example;\r\n h=From : Subject; b=AbC=' }, ...headers];
  const said = (believed, properties, domain = 'x.example') => [...signedFields(carried, { authenticationResults: [{ believed, results: [{ method: 'dkim', result: 'pass', properties }] }] },
    { domain, organizationalDomain: domain }).keys()].sort();
  assert.deepEqual(said(true, { 'header.d': 'mail.x.example' }), [1, 3]);
  assert.deepEqual(said(true, { 'header.d': 'mail.x.example', 'header.b': 'AbC' }), [1, 3]);
  assert.deepEqual(said(true, { 'header.d': 'mail.x.example', 'header.b': 'other' }), []);
  assert.deepEqual(said(true, { 'header.d': 'mail.x.example' }, 'y.example'), []);
  assert.deepEqual(said(false, { 'header.d': 'mail.x.example' }), []);
});

test('an author state nobody knows reads as ambiguous', () => {
  assert.equal(panelRows({ author: 'blessed' }, {})[0].key, 'panel.author.ambiguous');
});

test('no part of the evidence is left out, known to the page or not, and what decides stands first', () => {
  const evidence = { spf: { result: 'pass' }, spfHelo: { result: 'none' }, senderId: { result: 'none' }, cautions: [], later: { result: 'new' }, dkim: [] };
  assert.deepEqual(evidenceParts(evidence).map(([name]) => name), ['dkim', 'spf', 'spfHelo', 'senderId', 'cautions', 'later']);
  assert.deepEqual(evidenceParts(evidence)[2], ['spfHelo', { result: 'none' }]);
});

test('everything there is can be laid out in a table', () => {
  assert.deepEqual(leaves({ a: [{ b: 1 }], c: ['x', 'y'], d: null }), [['a.0.b', '1'], ['c', 'x, y'], ['d', '–']]);
});

test('both catalogues have the same words and the same placeholders', async () => {
  const [en, ja] = [await catalogue('en'), await catalogue('ja')];
  const plain = (words) => Object.keys(words).filter((key) => !isForm(words, key)).sort();
  assert.deepEqual(plain(en), plain(ja));
  for (const key of Object.keys(en)) {
    const holes = (text) => [...new Set([...text.matchAll(/\{\w+\}/g)].map((m) => m[0]))].sort();
    assert.deepEqual(holes(en[key]), holes(ja[key] ?? ja[key.replace(form, '.other')]), key);
    assert.doesNotMatch(en[key], /\b(safe|secure|trusted)\b/i, key);
  }
});

const form = /\.(1|zero|one|two|few|many|other)$/; // of a word that is counted: its general form says {count}
const isForm = (words, key) => form.test(key) && /\{count\}/.test(words[key.replace(form, '.other')]);

test('what is counted has a form for every number, in each language', async () => {
  const en = await catalogue('en');
  const bases = new Set(Object.keys(en).filter((key) => isForm(en, key)).map((key) => key.replace(form, '')));
  assert.ok(bases.size > 8);
  for (const language of ['en', 'ja']) {
    const words = await catalogue(language);
    use(language, words);
    for (const base of bases) {
      for (const count of [0, 1, 2, 5, 11, 21, 1000]) assert.ok(!counted(base, count).includes(base), `${language}: ${base}, ${count}`);
    }
  }
  use('en', en);
  assert.deepEqual([0, 1, 2, 1234].map((n) => counted('people.addresses', n)), ['0 addresses', '1 address', '2 addresses', '1,234 addresses']);
  assert.deepEqual([1, 3].map((n) => counted('act.moved', n, { name: 'Junk' })), ['Moved to Junk.', '3 messages moved to Junk.']);
  use('ja', await catalogue('ja'));
  assert.deepEqual([1, 2].map((n) => counted('people.cards', n)), ['1 件のカード', '2 件のカード']);
});

test('every word that markup and code ask for is in the catalogue', async () => {
  const en = await catalogue('en');
  const html = await readFile(new URL('index.html', web), 'utf8');
  const wanted = new Set([...html.matchAll(/data-t(?:-label)?="([^"]+)"/g)].map((m) => m[1]));
  for (const file of await readdir(new URL('js/', web))) {
    const code = await readFile(new URL(`js/${file}`, web), 'utf8');
    for (const match of code.matchAll(/\bt\('([^'${]+)'/g)) wanted.add(match[1]);
    for (const match of code.matchAll(/\b(?:counted|told)\('([^'${]+)'/g)) wanted.add(`${match[1]}.other`);
    for (const match of code.matchAll(/key: '([^'${]+)'/g)) wanted.add(match[1]);
  }
  for (const key of wanted) assert.ok(en[key], key);
  for (const policy of ['none', 'quarantine', 'reject', 'unknown']) assert.ok(en[`panel.demand.failed.${policy}`]);
});

test('no word of the catalogue waits for nobody', async () => {
  const files = (await readdir(new URL('js/', web))).map((f) => `js/${f}`).concat('index.html');
  const code = (await Promise.all(files.map((file) => readFile(new URL(file, web), 'utf8')))).join('\n');
  const quoted = new Set([...code.matchAll(/['"]([a-z][\w.-]*)['"]/g)].map((m) => m[1]));
  const made = [...new Set([...code.matchAll(/`([a-z][\w.-]*\.)\$\{/g)].map((m) => m[1]))]; // the rest of the key is a level, a type …
  const idle = Object.keys(await catalogue('en')).filter((key) => !quoted.has(key) && !quoted.has(key.replace(form, '')) && !made.some((start) => key.startsWith(start)));
  assert.deepEqual(idle, []);
});

test('every module that the first list needs is asked for at once', async () => {
  const html = await readFile(new URL('index.html', web), 'utf8');
  const needed = new Set();
  const walk = async (file) => {
    if (needed.has(file)) return;
    needed.add(file);
    for (const [, next] of (await readFile(new URL(`js/${file}`, web), 'utf8')).matchAll(/^import .*? from '\.\/([\w-]+\.js)';$/gm)) await walk(next);
  };
  await walk('main.js');
  const preloaded = [...html.matchAll(/<link rel="modulepreload" href="js\/([^"]+)">/g)].map((m) => m[1]);
  assert.deepEqual(preloaded.sort(), [...needed].filter((file) => file !== 'main.js').sort());
});

test('dates and numbers are those of the reader’s region, in the language of the page', () => {
  const iso = '2026-11-12T10:31:00';
  const written = (language, preferred) => {
    use(language, {}, preferred);
    return [longTime(iso), number(1234.5)];
  };
  const as = (locale) => [new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(iso)), new Intl.NumberFormat(locale).format(1234.5)];
  for (const [language, preferred, locale] of [['en', ['en-US', 'en-GB'], 'en-US'], ['en', ['ja-JP', 'en-IN', 'en'], 'en-IN'], ['en', ['EN-gb'], 'en-GB'], ['ja', ['en-US', 'ja-JP'], 'ja-JP'],
    ['en', ['ja-JP', 'eng-US'], 'en'], ['en', undefined, 'en'], ['ja', ['en-GB'], 'ja']]) assert.deepEqual(written(language, preferred), as(locale), `${language} of ${preferred}`);
  assert.notDeepEqual(as('en-US'), as('en-GB'), 'which are told apart here');
});

test('what stands side by side is strung together as the language does it', async () => {
  const said = (values) => [listed(values), sentences(values), parted(values, (text) => `<${text}>`).join('')];
  use('en', await catalogue('en'), ['en-GB']);
  assert.deepEqual(said(['a', '', 'b', null, '$& c']), ['a, b, $& c', 'a b $& c', '<a>, <b>, <$& c>']);
  assert.deepEqual(said([]), ['', '', '']);
  assert.equal(longSpan('2026-11-12T10:30:00', '2026-11-12T11:00:00'), '12 November 2026 at 10:30 – 11:00');
  assert.equal(longSpan('2026-11-12T10:30:00', '2026-11-13T11:00:00'), '12 November 2026 at 10:30 – 13 November 2026 at 11:00');
  use('ja', await catalogue('ja'));
  assert.deepEqual(said(['a', 'b', 'c']), ['a、b、c', 'abc', '<a>、<b>、<c>']);
  assert.equal(longSpan('2026-11-12T10:30:00', '2026-11-12T11:00:00'), '2026年11月12日 10:30～11:00');
});

test('no module strings words together by itself', async () => {
  for (const file of await readdir(new URL('js/', web))) {
    const code = (await readFile(new URL(`js/${file}`, web), 'utf8')).replace(/^ *\/\/.*$/gm, '');
    assert.doesNotMatch(code, /\.join\((['"`])(?:, |; | – |、|\. )\1\)/, file);
    assert.doesNotMatch(code, /\$\{t\([^`]*?\)\} ?[:.,;(–]/, file);
    assert.doesNotMatch(code, /en-GB|en-US|ja-JP/, file);
  }
});

test('words are filled and a missing one shows itself', () => {
  use('en', { hello: 'Hello {name}, {unknown}' });
  assert.equal(t('hello', { name: '{x}' }), 'Hello {x}, {unknown}');
  assert.equal(t('nothing'), 'nothing');
  assert.equal(chooseLanguage(null, ['fr', 'ja-JP', 'en']), 'ja');
  assert.equal(chooseLanguage('en', ['ja']), 'en');
  assert.equal(chooseLanguage('xx', undefined), 'en');
});

test('the application writes text only: no markup from strings, no inline style or handler', async () => {
  const files = (await readdir(new URL('js/', web))).map((f) => `js/${f}`).concat('index.html');
  for (const file of files) {
    const text = await readFile(new URL(file, web), 'utf8');
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|\.style\b|cssText/, file);
    assert.doesNotMatch(text, /\son\w+=|\sstyle=/, file);
    assert.doesNotMatch(text, /https?:\/\/(?!www\.w3\.org)/, file);
  }
});

test('where server and own check disagree, and only there', async () => {
  const { differences, dnssecAtWorst, dnssecOf } = await load('compare.js');
  const said = (results, believed = true, why = 'above-border') => ({ authenticationResults: [{ believed, why, authservId: 'mx', results }] });
  const dkim = (result, domain) => ({ method: 'dkim', result, properties: { 'header.d': domain } });
  const own = { dkim: [{ result: 'pass', domain: 'x.example', dnssec: 'secure' }], dmarc: { result: 'fail', reason: 'spf-not-evaluated', dnssec: 'insecure', recordDomain: 'x.example' } };
  assert.deepEqual(differences({ ...said([dkim('fail', 'X.example')]), ...own }), [{ method: 'dkim', domain: 'x.example', server: 'fail', local: 'pass', from: { server: 'mx', forwarded: false } }]);
  assert.deepEqual(differences({ ...said([dkim('fail', 'x.example')], true, 'forwarder'), ...own }).map((row) => row.from), [{ server: 'mx', forwarded: true }], 'a forwarder is not the provider');
  assert.deepEqual(differences({ ...said([dkim('pass', 'x.example')]), ...own }), []);
  assert.deepEqual(differences({ ...said([dkim('fail', 'y.example')]), ...own }), [], 'another signature');
  assert.deepEqual(differences({ ...said([dkim('fail', 'x.example')], false), ...own }), [], 'not believed');
  assert.deepEqual(differences({ ...said([{ method: 'dmarc', result: 'pass', properties: { 'header.from': 'x.example' } }]), ...own }), [], 'ours was half a check');
  assert.deepEqual(differences(), []);
  assert.deepEqual(dnssecOf(own), { secure: [{ what: 'dkim', domain: 'x.example' }], insecure: [{ what: 'dmarc', domain: 'x.example' }], bogus: [] });
  assert.equal(dnssecAtWorst(dnssecOf(own)), 'insecure', 'one proved record does not speak for the others');
  assert.equal(dnssecAtWorst(dnssecOf({ dkim: own.dkim })), 'secure');
  assert.equal(dnssecAtWorst(dnssecOf({ ...own, spf: { dnssec: 'bogus' } })), 'bogus');
  assert.equal(dnssecAtWorst(dnssecOf({})), null);
});

test('a change of more than the service takes at once: what was done is told beside what was not', async (t) => {
  const { changeMessages } = await load('api.js');
  const asked = [];
  t.mock.method(globalThis, 'fetch', async (url, { body }) => {
    const { ids } = JSON.parse(body);
    asked.push(ids.length);
    if (asked.length === 2) throw new TypeError('cut');
    return Response.json({ results: ids.map((id) => (id === 'm7' ? { for: id, ok: false, code: 'not-found', detail: 'Gone.' } : { for: id, ok: true, message: { id } })) });
  });
  const ids = Array.from({ length: 450 }, (none, n) => `m${n}`);
  const results = await changeMessages(ids, { keywords: { $flagged: true } });
  assert.deepEqual(asked, [200, 200], 'the third is not tried');
  assert.deepEqual(results.map((result) => result.for), ids);
  const wrong = results.filter((result) => !result.ok);
  assert.deepEqual([wrong.length, wrong[0].problem.code, wrong[0].problem.message, wrong[1].for, wrong[1].problem.code], [251, 'not-found', 'Gone.', 'm200', 'offline']);
});

test('the help tells of every key that does something', async () => {
  const { keyTable } = await load('keytable.js');
  const en = await catalogue('en');
  const rows = keyTable({ act: {}, bar: {} });
  const told = new Set(rows.filter(({ word }) => word).flatMap(({ say, keys }) => say ?? keys));
  const caps = { ArrowDown: '↓', ArrowUp: '↑', 'Shift+ArrowDown': 'Shift ↓', 'Shift+ArrowUp': 'Shift ↑', Delete: 'Del', Escape: 'Esc' };
  assert.deepEqual(rows.flatMap(({ keys }) => keys).filter((key) => !told.has(caps[key] ?? key)), []);
  for (const { word } of rows) assert.ok(!word || en[word], word);
});

test('where an answer goes: Reply-To first, another domain is told by labels', async () => {
  const { replyTarget, namedDomain } = await load('target.js');
  const message = (replyTo) => ({ from: [{ email: 'a@mail.x.example' }], replyTo, verdict: { organizationalDomain: 'x.example' } });
  assert.equal(replyTarget(message([])).elsewhere, null);
  assert.equal(replyTarget(message([{ email: 'b@x.example' }])).elsewhere, null);
  assert.equal(replyTarget(message([{ email: 'b@notx.example' }])).elsewhere, 'notx.example');
  assert.deepEqual(replyTarget({ from: [] }), { mailboxes: [], elsewhere: null });
  const link = (text, registrableDomain) => namedDomain({ text, registrableDomain });
  assert.equal(link('https://bank.example/login', 'evil.example'), 'bank.example');
  assert.equal(link('sign in at www.bank.example now', 'evil.example'), 'www.bank.example');
  assert.equal(link('www.bank.example', 'bank.example'), null);
  assert.equal(link('Click here', 'evil.example'), null);
  assert.equal(link('bank.example.', 'evil.example'), 'bank.example');
});

test('why a domain is not checked for a logo: each problem that the service documents has words of its own', async () => {
  const { refusalOf } = await load('brand.js');
  const document = JSON.parse(await readFile(new URL('../fcgi/openapi.json', web), 'utf8'));
  const codes = document.components.schemas.Problem.properties.code.enum;
  const words = { 'bad-request': 'brand.no-domain', 'not-found': 'brand.no-domain', 'bad-parameter': 'brand.no-selector', 'not-supported': 'brand.no-logos', busy: 'brand.busy', internal: 'problem.unknown' };
  const en = await catalogue('en');
  for (const [code, key] of Object.entries(words)) assert.deepEqual([codes.includes(code), refusalOf(code), key in en], [true, key, true]);
  assert.equal(refusalOf('offline'), 'problem.offline');
});

test('an invitation: folds, quoted colons, escapes, whole days; no event is nothing', async () => {
  const { readInvitation } = await load('invitation.js');
  const event = (lines) => readInvitation(`BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n${lines}\r\nEND:VEVENT\r\nEND:VCALENDAR`);
  const found = event('SUMMARY:A long\\, long\r\n  story\\nend\r\nDTSTART;VALUE=DATE:20261130\r\nORGANIZER;CN="a:b;c":MAILTO:o@x.example\r\nRRULE:FREQ=DAILY');
  assert.deepEqual([found.method, found.summary, found.organizer, found.repeats], ['CANCEL', 'A long, long story end', 'o@x.example', true]);
  assert.deepEqual(found.start, { iso: '2026-11-30T00:00:00', day: true, zone: null });
  assert.deepEqual(event('DTSTART;TZID="Asia/Tokyo":20261130T101500').start, { iso: '2026-11-30T10:15:00', day: false, zone: 'Asia/Tokyo' });
  assert.equal(event('DTSTART:20261399T000000').start, null);
  assert.equal(event('SUMMARY:A 5" disk: new').summary, 'A 5" disk: new', 'one quote in a value takes nothing away');
  assert.equal(event(`X${':'.repeat(60000)}"\r\nSUMMARY:After it`).summary, 'After it', 'and is looked for once, not once a colon');
  assert.equal(readInvitation('BEGIN:VCALENDAR\r\nEND:VCALENDAR'), null);
  assert.equal(readInvitation(''), null);
});

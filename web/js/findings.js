// What was found, as the panel's rows tell it, each with source and time. Pure. Knows results, never how they came about; a
// value it does not know is told as the most cautious one.
import { listsRow } from './lists.js';
import { personFinding } from './person.js';
import { logoOf } from './verdict.js';

const result = (object) => object?.result ?? null;

function believedResults(evidence, method) {
  return (evidence.authenticationResults ?? []).filter((field) => field.believed)
    .flatMap((field) => (field.results ?? []).filter((r) => r.method === method).map((r) => ({ ...r, server: field.authservId })));
}

function source(server, at) {
  if (server !== undefined) return { key: server ? 'source.server' : 'source.server-unnamed', params: { server }, at: null };
  return { key: 'source.local', params: {}, at };
}

const stateOf = { pass: 'good', fail: 'bad', softfail: 'bad', none: 'empty', neutral: 'empty', policy: 'empty', temperror: 'trouble', permerror: 'bad' };

function authorRow(verdict) {
  const known = ['verified', 'likely', 'not-established', 'contradicted', 'ambiguous', 'unchecked', 'own'];
  const author = known.includes(verdict.author) ? verdict.author : 'ambiguous';
  const state = { verified: 'good', likely: 'part', contradicted: 'bad', ambiguous: 'bad', unchecked: 'trouble' }[author] ?? 'empty';
  if (!verdict.address && author !== 'ambiguous' && author !== 'own') return { row: 'author', state, key: 'panel.author.nameless', params: {}, source: null };
  if (author === 'verified' && verdict.strength === 'person') return { row: 'author', state, key: 'panel.author.person', params: { address: verdict.address }, source: null };
  return { row: 'author', state, key: `panel.author.${author}`, params: { address: verdict.address ?? '', domain: verdict.domain ?? '' }, source: null };
}

function deliveryRow(verdict, evidence) {
  const local = (evidence.dkim ?? []).filter((s) => s.result === 'pass');
  const server = believedResults(evidence, 'dkim').filter((r) => r.result === 'pass');
  const auth = believedResults(evidence, 'auth').find((r) => r.result === 'pass');
  const spf = believedResults(evidence, 'spf').find((r) => r.result === 'pass');
  const at = verdict.checkedAt;
  const domains = (list, pick) => [...new Set(list.map(pick).filter(Boolean))].join(', ');
  const dkimDomain = (r) => r.properties?.['header.d'] ?? (r.properties?.['header.i'] ?? '').split('@').pop();
  if (auth) return { row: 'delivery', state: 'good', key: 'panel.delivery.submitted', params: { domain: auth.properties?.['smtp.auth'] ?? '' }, source: source(auth.server ?? null) };
  const partial = verdict.reasons?.some((reason) => reason.code === 'body-not-covered') || (!server.length && local.length && local.every((s) => s.bodyLengthLimit !== null && s.bodyLengthLimit !== undefined));
  if (partial && (server.length || local.length)) return { row: 'delivery', state: 'part', key: 'panel.delivery.partial', params: { domain: domains(server.length ? server : local, server.length ? dkimDomain : (s) => s.domain) }, source: server.length ? source(server[0].server ?? null) : source(undefined, at) };
  if (server.length) return { row: 'delivery', state: 'good', key: 'panel.delivery.signed', params: { domain: domains(server, dkimDomain) }, source: source(server[0].server ?? null) };
  if (local.length) return { row: 'delivery', state: 'good', key: 'panel.delivery.signed', params: { domain: domains(local, (s) => s.domain) }, source: source(undefined, at) };
  if (spf) return { row: 'delivery', state: 'part', key: 'panel.delivery.server', params: { domain: (spf.properties?.['smtp.mailfrom'] ?? '').split('@').pop() }, source: source(spf.server ?? null) };
  const own = evidence.spf ?? {}; // our own check of the server that handed it over, where no believed header answers
  if (own.result === 'pass') return { row: 'delivery', state: 'part', key: 'panel.delivery.server', params: { domain: own.domain ?? '' }, source: source(undefined, at) };
  const signed = (evidence.dkim ?? [])[0];
  if (!signed && ['fail', 'softfail'].includes(own.result)) return { row: 'delivery', state: 'bad', key: 'panel.delivery.unlisted', params: { domain: own.domain ?? '' }, source: source(undefined, at) };
  if (signed) {
    const key = signed.result === 'temperror' ? 'panel.delivery.trouble' : 'panel.delivery.broken';
    return { row: 'delivery', state: stateOf[signed.result] ?? 'empty', key, params: { domain: signed.domain ?? '' }, source: source(undefined, at) };
  }
  const looked = evidence.dkim || believedResults(evidence, 'dkim').length > 0;
  if (!looked) return { row: 'delivery', state: 'unlooked', key: 'panel.unlooked', params: {}, source: null };
  return { row: 'delivery', state: 'empty', key: 'panel.delivery.none', params: {}, source: evidence.dkim ? source(undefined, at) : source(believedResults(evidence, 'dkim')[0].server ?? null) };
}

const demands = { 'fail-policy-reject': 'reject', 'fail-policy-quarantine': 'quarantine', 'fail-policy-none': 'none' };

// What the domain asks for where its check failed: the verdict's own reason says it, else our look-up.
function demandOf(verdict, evidence) {
  const reason = (verdict.reasons ?? []).map((r) => demands[r.code]).find(Boolean);
  const policy = reason ?? evidence.dmarc?.policy;
  return ['none', 'quarantine', 'reject'].includes(policy) ? policy : 'unknown';
}

function demandRow(verdict, evidence) {
  const server = believedResults(evidence, 'dmarc')[0];
  const local = evidence.dmarc;
  const chosen = server ? result(server) : result(local);
  const where = server ? source(server.server ?? null) : local ? source(undefined, verdict.checkedAt) : null;
  const params = { domain: verdict.domain ?? '' };
  const row = (state, key) => ({ row: 'demand', state, key, params, source: where });
  if (!verdict.domain || !chosen) return { ...row('unlooked', 'panel.unlooked'), source: null };
  if (chosen === 'pass') return row('good', 'panel.demand.met');
  if (chosen === 'fail' && !server && !evidence.spf) return row('empty', 'panel.demand.unsigned');
  if (chosen === 'fail') return row('bad', `panel.demand.failed.${demandOf(verdict, evidence)}`);
  if (chosen === 'temperror') return row('trouble', 'panel.demand.trouble');
  return row('empty', 'panel.demand.none');
}

function personRow(evidence) {
  const found = personFinding(evidence);
  if (!found) return { row: 'person', state: 'unlooked', key: 'panel.unlooked', params: {}, source: null };
  const { at, ...row } = found;
  return { row: 'person', ...row, source: at ? source(undefined, at) : null };
}

function logoRow(evidence) {
  const row = (state, key) => ({ row: 'logo', state, key, params: {}, source: null });
  const bimi = evidence.bimi;
  const logo = logoOf(bimi);
  if (!bimi) return row('unlooked', 'panel.unlooked');
  const until = bimi.logo?.notAfter ? { date: bimi.logo.notAfter, more: ['panel.logo.until'] } : {};
  if (logo) return { ...row(logo.type === 'vmc' ? 'good' : 'part', `panel.logo.${logo.type}`), ...until, params: { name: bimi.logo.certifiedFor ?? '', issuer: bimi.logo.certifiedBy ?? '', domain: bimi.domain ?? '' } };
  if (bimi.result === 'temperror') return row('trouble', 'panel.logo.trouble');
  return row('empty', { fail: 'panel.logo.fail', declined: 'panel.logo.declined', skipped: 'panel.logo.skipped', pass: 'panel.logo.skipped' }[bimi.result] ?? 'panel.logo.none');
}

function transportRow(evidence) {
  const ours = (evidence.hops ?? []).filter((hop) => hop.ours);
  if (!ours.length) return { row: 'transport', state: 'empty', key: 'panel.transport.unknown', params: {}, source: null };
  const all = ours.every((hop) => hop.tls);
  const version = ours.map((hop) => hop.tls?.version).filter(Boolean)[0] ?? 'TLS';
  return { row: 'transport', state: all ? 'good' : 'part', key: all ? 'panel.transport.all' : 'panel.transport.some', params: { version }, source: source(ours[0].by ?? null) };
}

// The six rows of the panel, in order; each {row, state: good|part|unproved|bad|trouble|empty|unlooked, key, params, source}. Where
// the operator asks lists, a seventh (lists.js) follows who delivered it.
export function panelRows(verdict, evidence = {}) {
  const rows = [authorRow(verdict), deliveryRow(verdict, evidence), listsRow(evidence), demandRow(verdict, evidence), personRow(evidence), logoRow(evidence), transportRow(evidence)];
  return rows.filter(Boolean);
}

// A field's tags (RFC 6376 §3.2), white space aside.
function tagsOf(value) {
  return Object.fromEntries(value.replace(/\s+/g, '').split(';').map((tag) => tag.split(/=(.*)/s, 2)));
}

// The signatures that a believed server found good, as the message carries them: matched by domain, and by b= where it is told.
function believedSignatures(headers, evidence, verdict) {
  const org = verdict.organizationalDomain ?? verdict.domain;
  const good = believedResults(evidence, 'dkim').filter((r) => r.result === 'pass').map((r) => r.properties ?? {});
  return headers.filter((field) => field.name.toLowerCase() === 'dkim-signature').map((field) => tagsOf(field.value))
    .map((tags) => ({ domain: (tags.d ?? '').toLowerCase(), b: tags.b ?? '', signedHeaders: (tags.h ?? '').split(':') }))
    .filter(({ domain, b }) => org && (domain === org || domain.endsWith(`.${org}`))
      && good.some((r) => (r['header.d'] ?? (r['header.i'] ?? '').split('@').pop()) === domain && b.startsWith(r['header.b'] ?? '')));
}

// Which header fields the author domain's signatures cover: index of the field → the signer. Each name of h= takes the lowest
// field of that name that is left (RFC 6376 §5.4.2); a signature counts if it was found good, by us or by a believed server.
export function signedFields(headers = [], evidence = {}, verdict = {}) {
  const covered = new Map();
  const own = (evidence.dkim ?? []).filter((signature) => signature.result === 'pass' && signature.aligned);
  for (const signature of own.length ? own : believedSignatures(headers, evidence, verdict)) {
    const left = headers.map((field, index) => ({ name: field.name.toLowerCase(), index }));
    for (const name of signature.signedHeaders ?? []) {
      const at = left.map((field) => field.name).lastIndexOf(name.toLowerCase());
      if (at >= 0) covered.set(left.splice(at, 1)[0].index, signature.domain);
    }
  }
  return covered;
}

// Every part of the evidence as [name, value]: what decides first, then whatever else the service tells.
const parts = ['authenticationResults', 'dkim', 'dmarc', 'spf', 'arc', 'smime', 'openpgp', 'bimi', 'reputation', 'hops'];

export function evidenceParts(evidence) {
  return [...new Set([...parts, ...Object.keys(evidence)])].filter((name) => evidence[name] !== undefined).map((name) => [name, evidence[name]]);
}

// Leaves of a JSON value as [path, text], for the table of everything.
export function leaves(value, path = '') {
  if (value === null || typeof value !== 'object') return [[path, value === null ? '–' : String(value)]];
  if (Array.isArray(value) && value.every((v) => v === null || typeof v !== 'object')) return [[path, value.length ? value.join(', ') : '–']];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

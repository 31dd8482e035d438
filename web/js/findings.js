// What was found, as the panel's rows tell it, each with source and time. Pure. Knows results, never how they came about; a
// value it does not know is told as the most cautious one.
import { listed } from './i18n.js';
import { listsRow } from './lists.js';
import { personFinding } from './person.js';
import { believedResults, sourcesOf } from './sources.js';
import { logoOf } from './verdict.js';

const stateOf = { pass: 'good', fail: 'bad', softfail: 'bad', none: 'empty', neutral: 'empty', policy: 'empty', temperror: 'trouble', permerror: 'bad' };

function authorRow(verdict, from) {
  const known = ['verified', 'likely', 'not-established', 'contradicted', 'ambiguous', 'unchecked', 'own'];
  const author = known.includes(verdict.author) ? verdict.author : 'ambiguous';
  const state = { verified: 'good', likely: 'part', contradicted: 'bad', ambiguous: 'bad', unchecked: 'trouble' }[author] ?? 'empty';
  const row = (key, params) => ({ row: 'author', state, key, params, sources: from.author });
  if (!verdict.address && author !== 'ambiguous' && author !== 'own') return row('panel.author.nameless', {});
  if (author === 'verified' && verdict.strength === 'person') return row('panel.author.person', { address: verdict.address });
  return row(`panel.author.${author}`, { address: verdict.address ?? '', domain: verdict.domain ?? '' });
}

const domainOf = (address) => (address ?? '').split('@').pop();

function deliveryRow(verdict, evidence, from) {
  const row = (state, key, domain, sources) => ({ row: 'delivery', state, key: `panel.delivery.${key}`, params: { domain }, sources });
  const passed = (method) => believedResults(evidence, method).filter((r) => r.result === 'pass');
  const local = (evidence.dkim ?? []).filter((s) => s.result === 'pass');
  const [server, [auth], [spf]] = [passed('dkim'), passed('auth'), passed('spf')];
  const domains = server.length ? server.map((r) => r.properties?.['header.d'] ?? domainOf(r.properties?.['header.i'])) : local.map((s) => s.domain);
  if (auth) return row('good', 'submitted', auth.properties?.['smtp.auth'] ?? '', from.server(auth));
  if (domains.length) {
    const whole = !isPartial(verdict, server, local);
    return row(whole ? 'good' : 'part', whole ? 'signed' : 'partial', listed([...new Set(domains.filter(Boolean))]), server.length ? from.server(server[0]) : from.local());
  }
  if (spf) return row('part', 'server', domainOf(spf.properties?.['smtp.mailfrom']), from.server(spf));
  return ownDelivery(evidence, row, from);
}

// A signature that holds and leaves a part of the text open (l=).
function isPartial(verdict, server, local) {
  return verdict.reasons?.some((reason) => reason.code === 'body-not-covered')
    || (!server.length && local.every((s) => s.bodyLengthLimit !== null && s.bodyLengthLimit !== undefined));
}

// Where no believed header answers: our own check of the server that handed it over, or what became of its signature.
function ownDelivery(evidence, row, from) {
  const own = evidence.spf ?? {};
  const signed = (evidence.dkim ?? [])[0];
  if (own.result === 'pass') return row('part', 'server', own.domain ?? '', from.local());
  if (!signed && ['fail', 'softfail'].includes(own.result)) return row('bad', 'unlisted', own.domain ?? '', from.local());
  if (signed) return row(stateOf[signed.result] ?? 'empty', signed.result === 'temperror' ? 'trouble' : 'broken', signed.domain ?? '', from.local());
  const told = believedResults(evidence, 'dkim')[0];
  if (evidence.dkim || told) return row('empty', 'none', '', evidence.dkim ? from.local() : from.server(told));
  return unlooked('delivery', from);
}

const unlooked = (row, from) => ({ row, state: 'unlooked', key: 'panel.unlooked', params: {}, sources: from.nobody });

const demands = { 'fail-policy-reject': 'reject', 'fail-policy-quarantine': 'quarantine', 'fail-policy-none': 'none' };

// What the domain asks for where its check failed: the verdict's own reason says it, else our look-up.
function demandOf(verdict, evidence) {
  const reason = (verdict.reasons ?? []).map((r) => demands[r.code]).find(Boolean);
  const policy = reason ?? evidence.dmarc?.policy;
  return ['none', 'quarantine', 'reject'].includes(policy) ? policy : 'unknown';
}

function demandRow(verdict, evidence, from) {
  const server = believedResults(evidence, 'dmarc')[0];
  const local = evidence.dmarc;
  const chosen = (server ?? local)?.result;
  const completed = server && local?.result && verdict.source === 'mixed'; // the server judged, we looked the demand up
  const sources = [...(server ? from.server(server) : []), ...(!server || completed ? from.local() : [])];
  const row = (state, key) => ({ row: 'demand', state, key, params: { domain: verdict.domain ?? '' }, sources });
  if (!verdict.domain || !chosen) return unlooked('demand', from);
  if (chosen === 'pass') return row('good', 'panel.demand.met');
  if (chosen === 'fail' && !server && !evidence.spf) return row('empty', 'panel.demand.unsigned');
  if (chosen === 'fail') return row('bad', `panel.demand.failed.${demandOf(verdict, evidence)}`);
  if (chosen === 'temperror') return row('trouble', 'panel.demand.trouble');
  return row('empty', 'panel.demand.none');
}

function personRow(evidence, from) {
  const found = personFinding(evidence);
  if (!found) return unlooked('person', from);
  const { at, ...row } = found;
  return { row: 'person', ...row, sources: from.local(at) };
}

// Why no logo is shown, by the code of the reason; the certificate's own faults that mean something to a reader apart.
const hidden = { author: 'author', dmarc: 'dmarc', dkim: 'dkim', 'body-length': 'body-length', 'no-policy': 'policy', 'author-policy': 'policy', 'organization-policy': 'policy', 'subdomain-policy': 'policy',
  operator: 'operator', 'not-fetched': 'not-fetched', 'several-records': 'several-records', 'bad-record': 'bad-record', 'bad-url': 'bad-record', fetch: 'fetch', indicator: 'indicator', mismatch: 'mismatch', evidence: 'evidence' };
const faults = { expired: 'expired', 'ca-expired': 'expired', revoked: 'revoked', 'ca-revoked': 'revoked', 'other-name': 'other-name', 'other-selector': 'other-name', 'unknown-root': 'unknown-root', 'issuer-missing': 'unknown-root' };

function whyHidden({ reason, detail }) {
  const fault = reason === 'evidence' && Object.hasOwn(faults, detail) ? `.${faults[detail]}` : '';
  return Object.hasOwn(hidden, reason) ? [`panel.logo.why.${hidden[reason]}${fault}`] : [];
}

// Our own look at the logo; a believed server's word stands beside it and draws nothing.
function logoRow(verdict, evidence, from) {
  const { bimi } = evidence;
  const server = believedResults(evidence, 'bimi').find((r) => r.result === 'pass');
  const told = server ? [server.properties?.['policy.authority'] === 'pass' ? 'panel.logo.told.certified' : 'panel.logo.told'] : [];
  const params = server ? { claimed: server.properties?.['header.d'] ?? verdict.domain ?? '' } : {};
  const word = server ? from.server(server) : [];
  if (!bimi) return server ? { row: 'logo', state: 'part', key: told[0], params, sources: word } : { ...unlooked('logo', from), ...(['verified', 'unchecked', 'own'].includes(verdict.author) ? {} : { key: 'panel.logo.unproved' }) };
  const row = (state, key, more = []) => ({ row: 'logo', state, key, params, ...([...more, ...told].length ? { more: [...more, ...told] } : {}), sources: [...from.local(bimi.checkedAt), ...word] });
  const logo = logoOf(bimi);
  if (logo) {
    const { notAfter, certifiedFor, certifiedBy } = bimi.logo;
    const seen = row(logo.type === 'vmc' ? 'good' : 'part', `panel.logo.${logo.type}`, notAfter ? ['panel.logo.until'] : []);
    return { ...seen, ...(notAfter ? { date: notAfter } : {}), params: { ...params, name: certifiedFor ?? '', issuer: certifiedBy ?? '', domain: bimi.domain ?? '' } };
  }
  if (bimi.result === 'temperror') return row('trouble', 'panel.logo.trouble');
  return row('empty', { fail: 'panel.logo.fail', declined: 'panel.logo.declined', skipped: 'panel.logo.skipped', pass: 'panel.logo.skipped' }[bimi.result] ?? 'panel.logo.none', whyHidden(bimi));
}

function transportRow(evidence, from) {
  const ours = (evidence.hops ?? []).filter((hop) => hop.ours);
  if (!ours.length) return { row: 'transport', state: 'empty', key: 'panel.transport.unknown', params: {}, sources: from.looked };
  const all = ours.every((hop) => hop.tls);
  const version = ours.map((hop) => hop.tls?.version).filter(Boolean)[0] ?? 'TLS';
  return { row: 'transport', state: all ? 'good' : 'part', key: all ? 'panel.transport.all' : 'panel.transport.some', params: { version }, sources: from.recorded(ours[0].by ?? '') };
}

// The six rows of the panel, in order; each {row, state: good|part|unproved|bad|trouble|empty|unlooked, key, params, sources}, the
// last as sources.js has them. Where the operator asks lists, a seventh (lists.js) follows who delivered it.
export function panelRows(verdict, evidence = {}, receivedAt = null) {
  const from = sourcesOf(verdict, evidence, receivedAt);
  const rows = [authorRow(verdict, from), deliveryRow(verdict, evidence, from), listsRow(evidence, from), demandRow(verdict, evidence, from), personRow(evidence, from),
    logoRow(verdict, evidence, from), transportRow(evidence, from)];
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
  if (Array.isArray(value) && value.every((v) => v === null || typeof v !== 'object')) return [[path, value.length ? listed(value.map(String)) : '–']];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

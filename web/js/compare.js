// What believed servers found (the reader's provider, a forwarder) beside what we found, and which names DNSSEC proves. Pure.

const domainOf = (address) => (address ?? '').split('@').pop().toLowerCase();

const identity = {
  dkim: (p) => p['header.d']?.toLowerCase() ?? domainOf(p['header.i']),
  spf: (p) => domainOf(p['smtp.mailfrom'] ?? p['smtp.helo']),
  dmarc: (p) => domainOf(p['header.from']),
};

function believed(evidence) {
  return (evidence.authenticationResults ?? []).filter((field) => field.believed).flatMap((field) => (field.results ?? [])
    .filter((r) => identity[r.method]).map((r) => ({ method: r.method, result: r.result, domain: identity[r.method](r.properties ?? {}), from: { server: field.authservId, forwarded: field.why === 'forwarder' } })));
}

function own(evidence) {
  const one = (method, finding, domain) => (finding?.result ? [{ method, result: finding.result, domain: (domain ?? '').toLowerCase() }] : []);
  return [...(evidence.dkim ?? []).flatMap((s) => one('dkim', s, s.domain)), ...one('spf', evidence.spf, evidence.spf?.domain),
    ...(evidence.dmarc?.reason === 'spf-not-evaluated' ? [] : one('dmarc', evidence.dmarc, ''))];
}

// Rows of { method, domain, server, local, from }: what both looked at and do not agree on; `from` is { server, forwarded }, whose
// word the server's is. Several signatures of one domain agree if any pair does.
export function differences(evidence = {}) {
  const ours = own(evidence);
  const rows = believed(evidence).map((theirs) => {
    const same = ours.filter((o) => o.method === theirs.method && (!o.domain || !theirs.domain || o.domain === theirs.domain));
    if (!same.length || same.some((o) => o.result === theirs.result)) return null;
    return { method: theirs.method, domain: theirs.domain || same[0].domain, server: theirs.result, local: same[0].result, from: theirs.from };
  });
  return rows.filter(Boolean);
}

// { secure, insecure, bogus }: lists of { what: dkim | spf | dmarc, domain } whose records were looked up by us.
export function dnssecOf(evidence = {}) {
  const found = { secure: [], insecure: [], bogus: [] };
  const add = (what, finding, domain) => found[finding?.dnssec]?.push({ what, domain: domain ?? '' });
  for (const signature of evidence.dkim ?? []) add('dkim', signature, signature.domain);
  add('spf', evidence.spf, evidence.spf?.domain);
  add('dmarc', evidence.dmarc, evidence.dmarc?.recordDomain ?? evidence.dmarc?.organizationalDomain);
  return found;
}

// One word for all of them, the worst: bogus | insecure | secure; null where nothing was looked up.
export function dnssecAtWorst(found) {
  return ['bogus', 'insecure', 'secure'].find((state) => found[state].length) ?? null;
}

// The panel's row about a personal signature (S/MIME, OpenPGP): who, vouched for by whom, when, over what. Pure.

// Words of the API that mean one thing to a reader, the gravest first.
const faults = {
  changed: ['content-changed', 'signature-invalid', 'signed-attributes', 'micalg', 'changed'],
  broken: ['malformed', 'structure', 'content-misplaced', 'no-certificate', 'too-large', 'no-signer', 'wrong-type', 'too-many'],
  revoked: ['revoked', 'key-revoked'],
  unknown: ['untrusted', 'self-signed', 'chain-invalid', 'not-a-ca', 'name-constraints', 'policy', 'critical-extension', 'weak-chain', 'not-vouched'],
  keyless: ['no-key'],
  expired: ['expired', 'not-yet-valid', 'signed-outside-validity', 'signature-expired', 'signature-from-future', 'key-expired', 'key-from-future'],
  other: ['address-mismatch', 'several-signers', 'author-unclear', 'address-differs'],
  weak: ['weak-digest', 'weak-key', 'weak-hash', 'key-weak'],
  usage: ['key-usage', 'extended-key-usage', 'signer-is-ca', 'key-cannot-sign', 'key-unusable'],
  nameless: ['no-address'],
  attached: ['covers-attached-message'],
  part: ['covers-part', 'part-only', 'coverage-unclear'],
  unsupported: ['unsupported-algorithm', 'unsupported-version', 'could-not-check', 'not-checked'],
  encrypted: ['encrypted'],
};

export function faultOf(words = []) {
  return Object.keys(faults).find((fault) => faults[fault].some((word) => words.includes(word))) ?? 'other-fault';
}

const coverage = { covered: 'panel.person.covers.all', unsigned: 'panel.person.covers.text', differ: 'panel.person.covers.differ' };

// { state, key, params, date, more: [key], at }: `date` fills {date}, `more` are sentences that follow.
function verified(name, signature, key, issuer, since) {
  const more = [key, coverage[signature.covers?.headers] ?? coverage.unsigned, ...(since ? ['panel.person.since'] : [])];
  return { state: 'good', key: signature.signedAt ? 'panel.person.by' : 'panel.person.by-undated', params: { name, issuer }, date: signature.signedAt ?? null, more };
}

function smimeRow(smime) {
  const name = smime.signer?.addresses?.[0] ?? smime.signer?.subject ?? '';
  const issuer = smime.signer?.issuerName ?? smime.signer?.issuer ?? '';
  const then = smime.smimeStatusAtDelivery === 'signed/verified';
  if (smime.smimeStatus === 'signed/verified' || then) return verified(name, smime, 'panel.person.issued', issuer, then && smime.smimeStatus !== 'signed/verified');
  return { state: 'unproved', key: `panel.person.fault.${faultOf(smime.smimeErrors ?? [])}`, params: { name: name || '?', issuer }, date: null, more: [] };
}

// A fingerprint as people compare it.
const inFours = (digits) => digits.match(/.{1,4}/g)?.join(' ') ?? '';

function openpgpRow(openpgp) {
  const name = openpgp.userId ?? openpgp.userIds?.[0] ?? inFours(openpgp.fingerprint ?? openpgp.keyId ?? '');
  if (openpgp.status === 'signed/verified') return verified(name, openpgp, openpgp.vouched === 'wkd' ? 'panel.person.published-key' : 'panel.person.known-key', '', false);
  return { state: 'unproved', key: `panel.person.fault.${faultOf(openpgp.errors ?? (openpgp.encrypted ? ['encrypted'] : []))}`, params: { name: name || '?', issuer: '' }, date: null, more: [] };
}

// What was looked at and found; null: nothing was looked at.
export function personFinding(evidence) {
  const { smime, openpgp } = evidence;
  const there = (status) => status && status !== 'none';
  if (openpgp?.status === 'signed/verified' && smime?.smimeStatus !== 'signed/verified') return { ...openpgpRow(openpgp), at: openpgp.verifiedAt };
  if (there(smime?.smimeStatus)) return { ...smimeRow(smime), at: smime.smimeVerifiedAt };
  if (there(openpgp?.status)) return { ...openpgpRow(openpgp), at: openpgp.verifiedAt };
  return smime || openpgp ? { state: 'empty', key: 'panel.person.none', params: {}, date: null, more: [], at: null } : null;
}

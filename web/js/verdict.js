// From the service's verdict to what is drawn of it everywhere; findings.js is what the panel tells. Pure. Knows levels and reason
// codes, never how they came about; a value it does not know is drawn as the most cautious one.

const levels = new Set(['brand', 'person', 'domain', 'likely', 'unverified', 'unchecked', 'own', 'caution', 'forged']);
const quiet = new Set(['brand', 'person', 'domain', 'likely', 'unverified', 'unchecked', 'own']);

export function levelOf(verdict) {
  const level = verdict?.level;
  if (level === undefined || level === null) return 'unchecked';
  return levels.has(level) ? level : 'caution';
}

export function isLoud(level) {
  return !quiet.has(level);
}

export function sealOf(level) {
  return `seal-${levels.has(level) ? level : 'caution'}`;
}

// The catalogue key of the list's word.
export function wordOf(level) {
  return `level.${levels.has(level) ? level : 'caution'}`;
}

// {url, type} of a picture from our own origin, or null; `holder` is a verdict's summary or evidence.bimi. An unknown type is the
// weakest one.
export function logoOf(holder) {
  const url = holder?.logo?.url;
  if (typeof url !== 'string' || !/^\/api\/v1\/logos\/[0-9a-f]{64}\.png$/.test(url)) return null;
  return { url, type: ['vmc', 'cmc'].includes(holder.logo.type) ? holder.logo.type : 'self' };
}

export function domainOf(row) {
  const email = row?.from?.length === 1 ? row.from[0].email : null;
  const at = email ? email.lastIndexOf('@') : -1;
  return at >= 0 ? email.slice(at + 1) : null;
}

// First letter worth showing, and one of eight tints by the domain: the same sender looks the same everywhere.
export function initialsOf(name, domain) {
  const text = (name || domain || '').trim();
  const letter = [...text].find((c) => /[\p{L}\p{N}]/u.test(c)) ?? '';
  let sum = 7;
  for (const c of domain ?? text) sum = (sum * 31 + c.codePointAt(0)) >>> 0;
  return { letter: letter.toUpperCase(), tint: sum % 8 };
}

// local part, what stands before the organizational domain, and that domain.
export function splitAddress(address, organizational) {
  const at = address.lastIndexOf('@');
  const local = at < 0 ? '' : address.slice(0, at + 1);
  const domain = at < 0 ? address : address.slice(at + 1);
  const org = organizational && (domain === organizational || domain.endsWith(`.${organizational}`)) ? organizational : domain;
  return { local, below: domain.slice(0, domain.length - org.length), org };
}

// The JSON API. Every failure becomes a Problem with the service's own code and sentence.

const base = '/api/v1';
let language = 'en';

// The language of every sentence that the service writes.
export function setLanguage(tag) {
  language = tag;
}

export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail || code);
    this.status = status;
    this.code = code;
  }
}

// `body` becomes JSON, unless `type` says what its octets are.
async function call(method, path, { body, etag, type, also } = {}) {
  const headers = { 'X-Requested-With': 'inkan', Accept: 'application/json', 'Accept-Language': language };
  if (etag) headers['If-None-Match'] = etag;
  if (body !== undefined) headers['Content-Type'] = type ?? 'application/json';
  let answer;
  try {
    answer = await fetch(base + path, { method, headers, body: body === undefined || type ? body : JSON.stringify(body), credentials: 'same-origin', cache: 'no-store' });
  } catch {
    throw new Problem(0, 'offline', '');
  }
  if (answer.status === 304) return { status: 304, etag };
  const answered = answer.headers.get('Content-Type') ?? '';
  const json = answered.includes('json') ? await answer.json().catch(() => null) : null;
  const told = answer.status === also && answered.startsWith('application/json');
  if (!answer.ok && !told) throw new Problem(answer.status, json?.code ?? `http-${answer.status}`, json?.detail ?? json?.title ?? '');
  return { status: answer.status, etag: answer.headers.get('ETag'), json };
}

export const getSession = () => call('GET', '/session');
export const signIn = (username, password) => call('POST', '/session', { body: { username, password } });
export const signOut = () => call('DELETE', '/session');
export const getMailboxes = () => call('GET', '/mailboxes');

const batch = 200; // messages that one change may be about
export const pageSize = 50; // letters; with a filter, what is left of so many

// A page of rows. One of `before` (older than that), `after` (newer than that) and `thread` (all that belong to that message).
export function getMessages(mailbox, { limit = pageSize, before, after, thread, unverified, q, etag } = {}) {
  const query = new URLSearchParams({ limit });
  for (const [name, value] of Object.entries({ before, after, thread, q, unverified: unverified ? '1' : null })) if (value) query.set(name, value);
  return call('GET', `/mailboxes/${encodeURIComponent(mailbox)}/messages?${query}`, { etag });
}

// One change of many messages: { keywords } or { mailboxIds } or { moveToRole } or { delete: 'trash' | 'permanent' }. What became of
// each, in order: { for, ok, message } or { for, ok, problem }. More than the service takes at once goes in several requests; what
// one that fails was about, and all after it, has its problem.
export async function changeMessages(ids, change) {
  const results = [];
  try {
    while (results.length < ids.length) {
      const { json } = await call('POST', '/messages/batch', { body: { ids: ids.slice(results.length, results.length + batch), ...change } });
      results.push(...json.results.map((result) => (result.ok ? result : { ...result, problem: new Problem(0, result.code, result.detail) })));
    }
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    results.push(...ids.slice(results.length).map((id) => ({ for: id, ok: false, problem })));
  }
  return results;
}

export const eventsUrl = () => `${base}/events?lang=${language}`;
export const getAbout = () => call('GET', '/about');
export const getHealth = () => call('GET', '/health', { also: 503 }); // degraded is an answer

export const getMessage = (id) => call('GET', `/messages/${encodeURIComponent(id)}`);

export const sayKnown = (id, kind, subject) => call('POST', `/messages/${encodeURIComponent(id)}/known`, { body: { kind, subject } });
export const forgetKnown = (kind, subject) => call('DELETE', `/known/${encodeURIComponent(kind)}/${encodeURIComponent(subject)}`);
export const getKnown = () => call('GET', '/known');
export const getCorrespondents = () => call('GET', '/correspondents');
export const importCorrespondents = (file) => call('POST', '/correspondents', { body: file, type: 'text/vcard' });
export const forgetCorrespondent = (address) => call('DELETE', `/correspondents/${encodeURIComponent(address)}`);
export const getBrand = (domain, selector) => call('GET', `/brands/${encodeURIComponent(domain)}${selector ? `?${new URLSearchParams({ selector })}` : ''}`);
export const getWay = (address) => call('GET', `/recipients/${encodeURIComponent(address)}/route`);
export const leaveList = (id) => call('POST', `/messages/${encodeURIComponent(id)}/unsubscribe`, { body: { consent: true } });
export const showImagesOf = (domain) => call('POST', '/image-domains', { body: { domain } });
export const hideImagesOf = (domain) => call('DELETE', `/image-domains/${encodeURIComponent(domain)}`);
export const getAttached = (id, part) => call('GET', `/messages/${encodeURIComponent(id)}/parts/${encodeURIComponent(part)}/message`);

// The octets behind one of the addresses below, as fetch gives them.
export async function getOctets(url) {
  const answer = await fetch(url, { headers: { 'X-Requested-With': 'inkan', 'Accept-Language': language }, credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
  if (!answer) throw new Problem(0, 'offline', '');
  if (answer.ok) return answer;
  const json = await answer.json().catch(() => null);
  throw new Problem(answer.status, json?.code ?? `http-${answer.status}`, json?.detail ?? '');
}

// The text behind one of them at once, for the one caller that cannot wait (paper.js); null if it cannot be had.
export function getTextNow(url) {
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  request.setRequestHeader('X-Requested-With', 'inkan');
  try {
    request.send();
  } catch {
    return null;
  }
  return request.status === 200 ? request.responseText : null;
}

// What a frame or a link is sent to. `images`: on, off, or nothing for what was chosen before.
const messageUrl = (id) => `${base}/messages/${encodeURIComponent(id)}`;
export const bodyUrl = (id, { links, part, images } = {}) =>
  `${messageUrl(id)}/body.html?${new URLSearchParams({ ...(links ? {} : { links: 'off' }), ...(part ? { part } : {}), ...(images ? { images } : {}) })}`;
export const partUrl = (id, part) => `${messageUrl(id)}/parts/${encodeURIComponent(part)}`;
export const previewUrl = (id, part) => `${partUrl(id, part)}/preview`;
export const attachedBodyUrl = (id, part) => `${partUrl(id, part)}/body.html`;
export const zipUrl = (id) => `${messageUrl(id)}/attachments.zip`;
export const rawUrl = (id) => `${messageUrl(id)}/raw`;

// "How do we know?": six rows (seven where lists are asked), the reasons, the way the message took, and below everything there is.
import { announce, clone, hook, setBreakable, setSeal, show } from './dom.js';
import { differences, dnssecAtWorst, dnssecOf } from './compare.js';
import { knownView } from './known.js';
import { briefTime, listed, longTime, number, sentences, t, translate } from './i18n.js';
import { evidenceParts, leaves, panelRows, signedFields } from './findings.js';
import { sourceLine, sourcesOf } from './sources.js';
import { brandRoute } from './state.js';

const seals = { good: 'seal-domain', part: 'seal-likely', unproved: 'seal-unverified', bad: 'seal-forged', trouble: 'seal-unchecked', empty: 'seal-unverified', unlooked: 'seal-unverified' };
const levels = { good: 'domain', part: 'likely', unproved: 'unverified', bad: 'forged', trouble: 'unchecked', empty: 'unverified', unlooked: 'unverified' };

// `changed` is told the message when its verdict is another one because of what the user said.
export function panelView(root, changed) {
  root.append(clone('t-panel'));
  translate(root);
  const known = knownView(hook(root, 'known'), changed);
  let message = null;
  const all = hook(root, 'all');
  all.addEventListener('click', () => {
    const open = all.getAttribute('aria-expanded') !== 'true';
    all.setAttribute('aria-expanded', String(open));
    show(hook(root, 'evidence'), open);
    if (open) fillEvidence(hook(root, 'evidence'), message);
  });
  hook(root, 'copy').addEventListener('click', async () => {
    const text = JSON.stringify({ verdict: message.verdict, evidence: message.evidence }, null, 2);
    const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false); // none without https, and a person may refuse
    const said = t(copied ? 'panel.copied' : 'panel.not-copied');
    announce(said);
    hook(root, 'copy').textContent = said;
  });

  function update(next) {
    message = next;
    hook(root, 'rows').replaceChildren(...panelRows(message.verdict, message.evidence, message.receivedAt).map(rowElement));
    if (message.verdict.domain) hook(root, 'rows').querySelector('[data-row=logo] dd').append(brandLink(message.verdict.domain));
    const reasons = (message.verdict.reasons ?? []).filter((reason) => reason.text);
    hook(root, 'reasons').replaceChildren(...reasons.map(reasonElement));
    show(hook(root, 'reasons'), reasons.length > 0);
    known.update(message);
    const hops = (message.evidence.hops ?? []).slice().reverse();
    const looked = dnssecOf(message.evidence);
    hook(root, 'hops').replaceChildren(...hopElements(hops, dnssecAtWorst(looked)));
    show(hook(root, 'hops'), hops.length > 0);
    showDifferences(root, differences(message.evidence), sourcesOf(message.verdict, message.evidence, message.receivedAt));
    showDnssec(hook(root, 'dnssec'), looked);
    hook(root, 'copy').textContent = t('panel.copy');
    if (all.getAttribute('aria-expanded') === 'true') fillEvidence(hook(root, 'evidence'), message);
  }

  return { update };
}

function rowElement(row) {
  const element = clone('t-panel-row').firstElementChild;
  element.dataset.row = row.row;
  setSeal(hook(element, 'seal'), seals[row.state], levels[row.state]);
  hook(element, 'label').textContent = t(`panel.row.${row.row}`);
  hook(element, 'state').textContent = row.state === 'unlooked' ? '' : `${t(`panel.state.${row.state}`)} `;
  hook(element, 'text').textContent = (row.lines ?? [sentencesOf(row)]).map((line) => sentences(line.map(({ key, params }) => t(key, params)))).join('\n');
  hook(element, 'source').textContent = row.sources.map((source) => sourceLine(source, briefTime)).join('\n');
  return element;
}

function sentencesOf(row) {
  const params = row.date ? { ...row.params, date: longTime(row.date) } : row.params;
  return [row.key, ...(row.more ?? [])].map((key) => ({ key, params }));
}

// Where its owner, or anybody, can see what the domain's logo would need.
function brandLink(domain) {
  const link = document.createElement('a');
  link.className = 'brand-link';
  link.href = brandRoute(domain, null);
  link.textContent = t('panel.logo.check');
  return link;
}

function reasonElement(reason) {
  const item = document.createElement('li');
  item.textContent = reason.text;
  if (reason.severity === 'danger') item.className = 'danger';
  return item;
}

// What a server and we do not agree on, side by side, each with whose word it is; `words`: what sourcesOf gives.
function showDifferences(root, rows, words) {
  show(hook(root, 'differ'), rows.length > 0);
  hook(root, 'differ-rows').replaceChildren(...rows.map(({ method, domain, server, local, from }) => {
    const line = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    setBreakable(head, `${method.toUpperCase()}${domain ? ` ${domain}` : ''}`);
    line.append(head, resultCell(server, words.server(from)), resultCell(local, words.local()));
    return line;
  }));
}

function resultCell(result, sources) {
  const [cell, source] = [document.createElement('td'), document.createElement('small')];
  const word = t(`result.${result}`);
  source.textContent = sources.map((one) => sourceLine(one, longTime)).join('\n');
  cell.append(word === `result.${result}` ? result : t('result.with-code', { word, code: result }), ' ', source);
  return cell;
}

// Which of the records that we looked up are proved by DNSSEC.
function showDnssec(line, found) {
  const names = (list) => listed([...new Set(list.map(({ what, domain }) => t(`dnssec.what.${what}`, { domain })))]);
  const said = Object.entries(found).filter(([, list]) => list.length).map(([state, list]) => t(`dnssec.${state}`, { names: names(list) }));
  line.textContent = sentences(said);
  show(line, said.length > 0);
}

// From the sender's side to the mailbox: the machine that handed over, then who took it. `looked`: what DNSSEC says of the
// records by which the sender was checked; it stands where the letter came in, or at its end where nobody said which servers are
// the account's own.
function hopElements(hops, looked) {
  const items = [];
  const first = hops.findIndex((hop) => hop.ours), border = first < 0 ? hops.length - 1 : first;
  hops.forEach((hop, index) => {
    if (index === 0) items.push(machine(hop.from || hop.ip || t('hop.unknown'), null));
    items.push(machine(hop.by || t('hop.unknown'), hop, index === border ? looked : null));
  });
  return items;
}

function machine(name, hop, looked) {
  const item = clone('t-hop').firstElementChild;
  setBreakable(hook(item, 'name'), name);
  hook(item, 'name').classList.toggle('ours', Boolean(hop?.ours));
  if (!hop) {
    hook(item, 'leg').remove();
    return item;
  }
  hook(item, 'lock').querySelector('use').setAttribute('href', hop.tls ? '#icon-lock' : '#icon-open');
  const hidden = document.createElement('span');
  hidden.className = 'hidden';
  hidden.textContent = hop.tls ? t('hop.encrypted') : t('hop.open');
  hook(item, 'delay').textContent = duration(hop.delaySeconds);
  hook(item, 'leg').append(hidden);
  hook(item, 'looked').textContent = looked ? t(`hop.dnssec.${looked}`) : '';
  show(hook(item, 'looked'), Boolean(looked));
  return item;
}

function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 120) return t('hop.seconds', { n: number(seconds) });
  if (seconds < 7200) return t('hop.minutes', { n: number(Math.round(seconds / 60)) });
  return t('hop.hours', { n: number(Math.round(seconds / 3600)) });
}

function fillEvidence(root, message) {
  const verdict = { ...message.verdict };
  delete verdict.reasons;
  const parts = [['verdict', verdict], ...evidenceParts(message.evidence)];
  const elements = parts.map(([name, value]) => table(name, leaves(value).map(([path, text]) => [path || name, text])));
  if (message.headers) {
    const signed = signedFields(message.headers, message.evidence, message.verdict);
    elements.push(table('headers', message.headers.map((h, i) => [`${i + 1}. ${h.name}`, h.value, signed.get(i)])));
  }
  root.replaceChildren(...elements);
}

// Rows of [head, text, signer]: the last only where a signature covers it.
function table(name, rows) {
  const element = clone('t-evidence-table').firstElementChild;
  hook(element, 'caption').textContent = t(`evidence.${name}`) === `evidence.${name}` ? name : t(`evidence.${name}`);
  for (const [path, text, signer] of rows) {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    const cell = document.createElement('td');
    head.scope = 'row';
    head.textContent = path;
    if (signer) {
      const mark = document.createElement('small');
      mark.textContent = t('evidence.signed', { domain: signer });
      head.append(mark);
    }
    cell.textContent = text;
    row.append(head, cell);
    hook(element, 'rows').append(row);
  }
  return element;
}

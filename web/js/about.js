// #about: what the reader can set, what the badges mean, what is checked and how, whose headers are believed for this account,
// and which service this is.
import * as api from './api.js';
import { clone, hook, setSeal, show } from './dom.js';
import { listed, sentences, t, translate } from './i18n.js';
import { groups, single } from './prefs.js';
import { sealOf, wordOf } from './verdict.js';

const levels = ['brand', 'person', 'domain', 'likely', 'unverified', 'unchecked', 'caution', 'forged'];
const checks = ['authres', 'dkim', 'spf', 'dmarc', 'arc', 'bimi', 'smime', 'openpgp', 'dnssec', 'html'];

// `options`: languages(element), back (an address), session (or null), changed(), mayFocus().
export function aboutView(element, { languages, back, session, changed, mayFocus }) {
  const view = clone('t-about').firstElementChild;
  translate(view);
  hook(view, 'back').setAttribute('href', back);
  languages(hook(view, 'languages'));
  box('threads', groups);
  box('single', single);
  hook(view, 'levels').replaceChildren(...levels.map(levelLine));
  tellChecks(view, {}, null);
  service([]);
  element.replaceChildren(view);
  if (mayFocus()) hook(view, 'heading').focus({ preventScroll: true });
  if (session) api.getAbout().then(({ json }) => tellAccount(view, json)).catch((error) => { if (!(error instanceof api.Problem)) throw error; });
  api.getHealth().then(({ json }) => service([[t('about.version'), json.version], [t('about.health'), t(`about.health.${json.status}`)]]))
    .catch(() => service([[t('about.health'), t('problem.offline')]]));

  function box(name, setting) {
    const input = hook(view, name);
    input.checked = setting.isOn();
    input.addEventListener('change', () => {
      setting.setOn(input.checked);
      changed?.();
    });
  }

  function service(pairs) {
    const account = session?.account;
    const all = [...(account ? [[t('about.account'), account.username], [t('about.host'), account.host]] : []), ...pairs];
    hook(view, 'service').replaceChildren(...all.map(([name, value]) => fact(name, value)));
  }
}

function levelLine(level) {
  const item = clone('t-level').firstElementChild;
  setSeal(hook(item, 'seal'), sealOf(level), level);
  hook(item, 'word').textContent = t(wordOf(level));
  hook(item, 'text').textContent = t(`about.level.${level}`);
  return item;
}

function fact(name, value) {
  const item = clone('t-fact').firstElementChild;
  hook(item, 'name').textContent = name;
  hook(item, 'value').textContent = value;
  return item;
}

// `on`: { dkim: false, … }: what is not said is on, or not the operator's to switch. `lists`: null where that is not known.
function tellChecks(view, on, lists) {
  const how = (name) => sentences([on[name] === false ? t('about.check.off') : '', t(`about.check.${name}.how`)]);
  const rows = checks.map((name) => fact(t(`about.check.${name}`), how(name)));
  if (lists) rows.push(fact(t('about.lists'), listsAsked(lists)));
  hook(view, 'checks').replaceChildren(...rows);
}

function listsAsked(lists) {
  if (!lists.length) return t('about.lists.none');
  return sentences([t('about.lists.how', { lists: listed(lists.map(({ list, kind }) => t(`about.lists.${kind}`, { list }))) }), t('panel.lists.note')]);
}

// What the service says of itself for this account.
function tellAccount(view, { verify, checks: on, lists, belief }) {
  const orNone = (values) => listed(values) || t('about.belief.none');
  const believes = belief.authservIds.length > 0 || (belief.profile !== 'generic' && belief.border.length > 0);
  tellChecks(view, on, lists);
  show(hook(view, 'belief'), true);
  hook(view, 'belief-lead').textContent = t(believes ? 'about.belief.some' : 'about.belief.nobody');
  const more = [['strips', belief.strips], ['below', belief.below]].filter(([, set]) => set).map(([name]) => fact(t('about.belief.position'), t(`about.belief.${name}`)));
  const named = ['ownDomains', 'forwarders', 'sealers'].filter((name) => belief[name].length).map((name) => fact(t(`about.belief.${name}`), orNone(belief[name])));
  hook(view, 'belief-rows').replaceChildren(
    fact(t('about.belief.profile'), belief.profile === 'generic' ? t('about.belief.generic') : belief.title),
    fact(t('about.belief.ids'), orNone(belief.authservIds)),
    fact(t('about.belief.border'), orNone(belief.border)),
    ...more, ...named,
    fact(t('about.belief.verify'), t(`about.belief.verify.${verify}`)),
  );
}

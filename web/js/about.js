// #about: what the reader can set, what the badges mean, what is checked and how, whose headers are believed for this account,
// and which service this is.
import * as api from './api.js';
import { clone, hook, setSeal, show } from './dom.js';
import { t, translate } from './i18n.js';
import { groups, single } from './prefs.js';
import { sealOf, wordOf } from './verdict.js';

const levels = ['brand', 'person', 'domain', 'likely', 'unverified', 'unchecked', 'caution', 'forged'];
const checks = ['authres', 'dkim', 'spf', 'dmarc', 'arc', 'bimi', 'smime', 'openpgp', 'dnssec', 'html'];

// `options`: languages(element), back (an address), session (or null), changed().
export function aboutView(element, { languages, back, session, changed }) {
  const view = clone('t-about').firstElementChild;
  translate(view);
  hook(view, 'back').setAttribute('href', back);
  languages(hook(view, 'languages'));
  box('threads', groups);
  box('single', single);
  hook(view, 'levels').replaceChildren(...levels.map(levelLine));
  hook(view, 'checks').replaceChildren(...checks.map((name) => fact(t(`about.check.${name}`), t(`about.check.${name}.how`))));
  tellBelief(view, session?.trust);
  service([]);
  element.replaceChildren(view);
  hook(view, 'heading').focus({ preventScroll: true });
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

// { profile, authservIds, border, strips, verify }, as the service tells of this account.
function tellBelief(view, trust) {
  show(hook(view, 'belief'), Boolean(trust));
  if (!trust) return;
  const listed = (values) => (values?.length ? values.join(', ') : t('about.belief.none'));
  hook(view, 'belief-lead').textContent = t(trust.authservIds?.length || trust.profile ? 'about.belief.some' : 'about.belief.nobody');
  hook(view, 'belief-rows').replaceChildren(
    fact(t('about.belief.profile'), trust.profile || t('about.belief.none')),
    fact(t('about.belief.ids'), listed(trust.authservIds)),
    fact(t('about.belief.border'), listed(trust.border)),
    fact(t('about.belief.verify'), t(`about.belief.verify.${trust.verify ?? 'missing'}`)),
  );
}

// #brand: what a domain would need for its logo to show, a checker for senders. The service looks everything up and says each
// step in the reader's language; this page only lays it out.
import * as api from './api.js';
import { clone, hook, setBreakable, setSeal, show, watchFocus } from './dom.js';
import { number, t, translate } from './i18n.js';
import { brandRoute } from './state.js';

const seals = { good: ['seal-brand', 'brand'], bad: ['seal-caution', 'caution'], unknown: ['seal-unchecked', 'unchecked'] };
const stateOf = (ok) => (ok === null ? 'unknown' : ok ? 'good' : 'bad');
const refusals = { 'bad-request': 'brand.no-domain', 'not-found': 'brand.no-domain', 'bad-parameter': 'brand.no-selector', 'not-supported': 'brand.no-logos', busy: 'brand.busy', offline: 'problem.offline' };

// The catalogue's key for a problem's code.
export const refusalOf = (code) => refusals[code] ?? 'problem.unknown';

// `options`: back (an address), domain and selector (or null), ended(error), mayFocus().
export function brandView(element, { back, domain, selector, ended, mayFocus }) {
  const view = clone('t-brand').firstElementChild;
  translate(view);
  hook(view, 'back').setAttribute('href', back);
  const form = hook(view, 'form');
  Object.assign(form.elements.domain, { value: domain ?? '' });
  Object.assign(form.elements.selector, { value: selector ?? '' });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const [asked, under] = [form.elements.domain.value.trim(), form.elements.selector.value.trim()];
    const route = brandRoute(asked, under);
    if (location.hash === route) check(asked, under);
    else location.hash = route; // which comes back here
  });
  element.replaceChildren(view);
  if (domain) check(domain, selector, mayFocus);
  else if (mayFocus()) form.elements.domain.focus({ preventScroll: true });

  async function check(asked, under, free = watchFocus()) {
    hook(view, 'said').textContent = t('brand.looking', { domain: asked });
    show(hook(view, 'result'), false);
    hook(view, 'submit').disabled = true;
    try {
      const { json } = await api.getBrand(asked, under);
      tell(view, json);
      if (free()) hook(view, 'outcome').focus({ preventScroll: true });
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
      if (error.status === 401) ended(error);
      else hook(view, 'said').textContent = t(refusalOf(error.code));
    }
    hook(view, 'submit').disabled = false;
  }
}

function tell(view, report) {
  const shown = report.result === 'pass';
  hook(view, 'said').textContent = '';
  setBreakable(hook(view, 'outcome'), t(shown ? `brand.shown.${report.type}` : `brand.hidden.${report.result === 'temperror' ? 'trouble' : 'no'}`, { domain: report.domain }));
  hook(view, 'why').textContent = report.text ? t('brand.why', { text: report.text[0].toUpperCase() + report.text.slice(1) }) : '';
  show(hook(view, 'why'), Boolean(report.text));
  hook(view, 'steps').replaceChildren(...report.steps.map(stepElement));
  const findings = report.picture?.findings ?? [];
  hook(view, 'findings').replaceChildren(...findings.map(findingElement));
  show(hook(view, 'picture'), findings.length > 0);
  show(hook(view, 'result'), true);
}

function stepElement({ step, ok, code, title, text }) {
  const item = clone('t-brand-step').firstElementChild;
  const state = stateOf(ok);
  item.dataset.step = step;
  item.dataset.code = code;
  item.dataset.state = state;
  setSeal(hook(item, 'seal'), ...seals[state]);
  hook(item, 'title').textContent = title;
  hook(item, 'state').textContent = t(`brand.state.${state}`);
  setBreakable(hook(item, 'text'), text);
  return item;
}

// Where in the picture, by which rule, and what to do.
function findingElement({ line, element, rule, severity, text }) {
  const item = clone('t-brand-finding').firstElementChild;
  item.dataset.severity = severity;
  hook(item, 'where').textContent = t('brand.where', { line: line ? t('brand.line', { line: number(line) }) : t('brand.whole'), element: element ? `<${element}>` : '' }).trim();
  hook(item, 'rule').textContent = rule;
  hook(item, 'severity').textContent = t(`brand.severity.${severity === 'warning' ? 'warning' : 'error'}`);
  hook(item, 'text').textContent = text;
  return item;
}

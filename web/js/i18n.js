// The page's own words: two catalogues, plain {placeholders}. Sentences about a message come from the service.

export const languages = ['en', 'ja'];
let words = {};
let current = 'en';
let region = 'en'; // the language as the reader's part of the world writes dates and numbers

export function chooseLanguage(stored, preferred) {
  if (languages.includes(stored)) return stored;
  for (const tag of preferred ?? []) {
    const base = tag.toLowerCase().split('-')[0];
    if (languages.includes(base)) return base;
  }
  return 'en';
}

export async function load(language, preferred, fetcher = fetch) {
  const answer = await fetcher(`i18n/${language}.json`);
  use(language, await answer.json(), preferred);
}

// `preferred`: tags in the order of the reader's wish; the first of this language gives the region.
export function use(language, catalogue, preferred = []) {
  words = catalogue;
  current = language;
  region = preferred.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
}

export function language() {
  return current;
}

// A missing word shows its key: a test finds it before a person does.
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The form of `key` for so many, `count` among its placeholders: key.1 where that number has words of its own, else the category
// that the language puts it in (CLDR: key.one, key.other).
export function counted(key, count, values = {}) {
  const form = words[`${key}.${count}`] ? count : new Intl.PluralRules(current).select(count);
  return t(`${key}.${form}`, { count: number(count), ...values });
}

export function translate(root) {
  for (const element of root.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll('[data-t-label]')) element.setAttribute('aria-label', t(element.dataset.tLabel));
  for (const element of root.querySelectorAll('[data-t-placeholder]')) element.placeholder = t(element.dataset.tPlaceholder);
}

export function shortTime(iso, now = new Date()) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return '';
  const days = Math.round((midnight(now) - midnight(when)) / 86400000);
  if (days === 0) return format(when, { hour: '2-digit', minute: '2-digit' });
  if (days === 1) return new Intl.RelativeTimeFormat(region, { numeric: 'auto' }).format(-1, 'day');
  if (days > 1 && days < 7) return format(when, { weekday: 'short' });
  if (when.getFullYear() === now.getFullYear()) return format(when, { day: 'numeric', month: 'short' });
  return format(when, { day: 'numeric', month: 'short', year: 'numeric' });
}

// Date and time with the day of the week, for a closer look.
export function fullTime(iso) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return '';
  return format(when, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });
}

// 1,234 or as the language writes it.
export const number = (value) => new Intl.NumberFormat(region).format(value);

// a, b, c or as the language strings them together; nothing is left out without a gap closing.
const lists = () => new Intl.ListFormat(region, { style: 'narrow' });
export const listed = (values) => lists().format(values.filter(Boolean));

// The same with what `make` makes of each value instead of its text: an array of those and of the texts between them.
export const parted = (values, make) => lists().formatToParts(values.filter(Boolean)).map(({ type, value }) => (type === 'element' ? make(value) : value));

// One sentence after another.
export const sentences = (list) => list.filter(Boolean).reduce((first, rest) => (first ? t('sentences', { first, rest }) : rest), '');

export function longTime(iso) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return '';
  return format(when, { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });
}

// The same in little room, and in one piece.
export function briefTime(iso) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return '';
  return format(when, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).replaceAll(' ', '\u00a0');
}

// From one time to another; a day that they share is said once.
export function longSpan(from, to) {
  const [begin, end] = [new Date(from), new Date(to)];
  const last = midnight(begin) === midnight(end) ? format(end, { hour: '2-digit', minute: '2-digit' }) : longTime(to);
  return spanned(longTime(from), last);
}

// The same of times that are written already.
export const spanned = (from, to) => (from && to ? t('time.span', { from, to }) : from || to);

export function dayOnly(iso) {
  return format(new Date(iso), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
}

export function size(octets) {
  const units = ['byte', 'kilobyte', 'megabyte'];
  let unit = 0;
  let value = octets;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(region, { style: 'unit', unit: units[unit], unitDisplay: unit ? 'short' : 'long', maximumFractionDigits: unit && value < 10 ? 1 : 0 }).format(value);
}

const formats = new Map(); // making one costs more than a hundred uses of it

function format(when, options) {
  const key = region + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(region, options));
  return formats.get(key).format(when);
}

function midnight(when) {
  return new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
}

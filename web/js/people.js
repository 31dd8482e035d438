// #people: whom the reader knows: what was said in a message's panel, and whom mail goes to or an address book names. All of it can
// be taken back here. It explains what happened to a message and never proves who wrote it.
import * as api from './api.js';
import { announce, clone, hook, setBreakable, setText, show, watchFocus } from './dom.js';
import { counted, listed, longTime, number, sentences, t, translate } from './i18n.js';

const step = 100; // correspondents that stand in the document at first, and more at each wish
const refusals = { 413: 'people.too-large', 415: 'people.no-vcard', 422: 'people.no-vcard' };
const wordsOf = (error) => t(error.code === 'offline' ? 'problem.offline' : refusals[error.status] ?? 'problem.unknown');
const latestFirst = (a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? '') || a.email.localeCompare(b.email);

// `options`: back (an address), ended(error), stale() when verdicts may be others now, mayFocus().
export function peopleView(element, { back, ended, stale, mayFocus }) {
  const view = clone('t-people').firstElementChild;
  let people = [];
  let shown = step;
  let turn = 0; // of the lists that were asked for last: what came before them is void
  translate(view);
  hook(view, 'back').setAttribute('href', back);
  hook(view, 'file').addEventListener('change', ({ target }) => { if (target.files[0]) take(target); });
  hook(view, 'more').addEventListener('click', () => {
    const first = shown;
    shown += step;
    drawPeople();
    hook(view, 'people').children[first].querySelector('button').focus();
  });
  element.replaceChildren(view);
  if (mayFocus()) hook(view, 'heading').focus({ preventScroll: true });
  hook(view, 'retry').addEventListener('click', load);
  load();

  async function load() {
    const done = await attempt(fill);
    if (done) say('', false);
    show(hook(view, 'retry'), !done);
  }

  // Runs `work`; what goes wrong is said. True: it did not.
  async function attempt(work) {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
      if (error.status === 401) ended(error);
      else say(wordsOf(error), true);
      return false;
    }
  }

  function say(text, wrong) {
    const line = hook(view, 'said');
    line.textContent = text;
    line.classList.toggle('warn', wrong);
  }

  async function fill() {
    const mine = turn += 1;
    const [said, known] = (await Promise.all([api.getKnown(), api.getCorrespondents()])).map(({ json }) => json);
    if (mine !== turn) return;
    drawSaid(said.known);
    people = known.correspondents.sort(latestFirst);
    show(hook(view, 'reading'), !known.indexed);
    drawPeople();
  }

  function drawSaid(known) {
    hook(view, 'sayings').replaceChildren(...known.map((one) => line({
      kind: t(`known.kind.${one.kind}`), subject: one.subject, word: t('known.forget'),
      note: sentences([one.by ? t('people.by', { domain: one.by }) : '', t('people.since', { date: longTime(one.since) })]),
      undo: () => api.forgetKnown(one.kind, one.subject),
    })));
    show(hook(view, 'nothing-said'), !known.length);
  }

  function drawPeople() {
    hook(view, 'people').replaceChildren(...people.slice(0, shown).map((one) => line({
      kind: one.name ?? '', subject: one.email, word: t('people.remove'),
      note: listed(one.sources.map((source) => t(`people.source.${source}`))),
      undo: () => api.forgetCorrespondent(one.email),
    })));
    show(hook(view, 'nobody'), !people.length);
    show(hook(view, 'more'), people.length > shown);
    hook(view, 'more').textContent = t('people.more', { count: number(people.length - shown) });
  }

  function line({ kind, subject, note, word, undo }) {
    const item = clone('t-person').firstElementChild;
    setText(hook(item, 'kind'), kind);
    setBreakable(hook(item, 'subject'), subject);
    hook(item, 'note').textContent = note;
    const button = hook(item, 'undo');
    button.textContent = word;
    button.setAttribute('aria-label', t('known.label.of', { word, subject }));
    button.addEventListener('click', () => takeBack(item, subject, undo));
    return item;
  }

  // The focus goes to what takes the line's place.
  async function takeBack(item, subject, undo) {
    const [list, button] = [item.parentElement, hook(item, 'undo')];
    const at = [...list.children].indexOf(item);
    const free = watchFocus();
    button.disabled = true;
    const gone = await attempt(async () => {
      await undo().catch((error) => { if (error.status !== 404) throw error; }); // taken back elsewhere
      await fill();
    });
    button.disabled = false;
    if (!gone) return;
    say('', false);
    announce(t('known.forgotten', { subject }));
    const next = list.children[Math.min(at, list.children.length - 1)];
    if (free()) (next ? hook(next, 'undo') : hook(view, 'heading')).focus({ preventScroll: true });
    stale();
  }

  async function take(input) {
    say(t('people.importing'), false);
    const free = watchFocus();
    input.disabled = true;
    const done = await attempt(async () => {
      const { json } = await api.importCorrespondents(input.files[0]);
      await fill();
      say(t('people.imported', { cards: counted('people.cards', json.cards), addresses: counted('people.addresses', json.imported) }), false);
    });
    Object.assign(input, { disabled: false, value: '' });
    if (free()) input.focus({ preventScroll: true });
    if (done) stale();
  }
}

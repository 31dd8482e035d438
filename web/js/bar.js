// What stands above the list: where one is, the filter, the search; while messages are picked, what can be done to them.
import { mailboxName } from './folders.js';
import { hook, setText, show } from './dom.js';
import { number, t } from './i18n.js';

// `asks`: filter(), search(text), and what is done to what is picked: none(), all(), archive(), remove(), move(), read(), star().
export function barView(root, asks) {
  const input = hook(root, 'search');
  const form = hook(root, 'search-form');
  let query = ''; // what the list shows; what is being typed stays
  const buttons = { 'pick-none': asks.none, 'pick-all': asks.all, 'act-archive': asks.archive, 'act-remove': asks.remove, 'act-move': asks.move, 'act-read': asks.read, 'act-star': asks.star };

  hook(root, 'filter').addEventListener('click', asks.filter);
  for (const [name, run] of Object.entries(buttons)) hook(root, name).addEventListener('click', run);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    asks.search(input.value.trim());
  });
  input.addEventListener('search', () => { if (!input.value) asks.search(''); }); // the field's own cross
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    input.value = '';
    asks.search('');
  });

  function update(state, { canArchive, pickedRows }) {
    const mailbox = state.mailboxes.find((m) => m.id === state.mailbox);
    setText(hook(root, 'title'), mailbox ? mailboxName(mailbox) : '');
    hook(root, 'unread-count').textContent = mailbox?.unreadEmails ? t('list.unread', { count: number(mailbox.unreadEmails) }) : '';
    hook(root, 'filter').setAttribute('aria-pressed', String(state.onlyUnverified));
    if (state.query !== query) input.value = query = state.query;
    const count = state.picked.ids.size;
    const held = hook(root, count ? 'bar' : 'bar-picked').contains(document.activeElement);
    show(hook(root, 'bar'), !count);
    show(hook(root, 'bar-picked'), count > 0);
    if (held) hook(root, count ? 'pick-none' : 'filter').focus();
    hook(root, 'picked-count').textContent = t('list.picked', { count: number(count) });
    hook(root, 'act-archive').disabled = !canArchive;
    name('act-read', pickedRows.some((row) => !row.keywords?.$seen) ? 'act.read' : 'act.unread');
    name('act-star', pickedRows.some((row) => !row.keywords?.$flagged) ? 'act.star' : 'act.unstar');
    for (const hooked of Object.keys(buttons)) hook(root, hooked).title = hook(root, hooked).getAttribute('aria-label');
  }

  function name(hooked, key) {
    hook(root, hooked).setAttribute('aria-label', t(key));
  }

  return { update, focusSearch: () => input.select() };
}

// The folders: where one is, and what waits unread elsewhere.
import { clone, hook, setText } from './dom.js';
import { language, number, t } from './i18n.js';
import { hasRole, routeTo } from './state.js';

const icons = { inbox: 'icon-inbox', archive: 'icon-archive', sent: 'icon-sent', drafts: 'icon-draft', junk: 'icon-junk', trash: 'icon-bin', flagged: 'icon-star', important: 'icon-star', all: 'icon-all' };
const uncounted = new Set(['sent', 'drafts', 'trash']); // nobody waits for what is unread there

export function mailboxName(mailbox) {
  return hasRole(mailbox) ? t(`role.${mailbox.role}`) : mailbox.name;
}

export function foldersView(list, { chosen }) {
  const made = new Map();

  function make(mailbox) {
    const item = clone('t-folder').firstElementChild;
    setText(hook(item, 'name'), mailboxName(mailbox));
    hook(item, 'icon').setAttribute('href', `#${icons[mailbox.role] ?? 'icon-folder'}`);
    hook(item, 'link').setAttribute('href', routeTo({ mailbox: mailbox.id }));
    hook(item, 'link').addEventListener('click', chosen);
    return item;
  }

  function update({ mailboxes, mailbox: current }) {
    const wanted = mailboxes.filter((m) => m.selectable !== false);
    for (const [id, item] of made) {
      if (wanted.some((m) => m.id === id)) continue;
      item.remove();
      made.delete(id);
    }
    wanted.forEach((mailbox, at) => {
      if (!made.has(mailbox.id)) made.set(mailbox.id, make(mailbox));
      const item = made.get(mailbox.id);
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
      item.classList.toggle('rule', at > 0 && !hasRole(mailbox) && hasRole(wanted[at - 1]));
      fill(item, mailbox, mailbox.id === current);
    });
  }

  function fill(item, mailbox, current) {
    const link = hook(item, 'link');
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    const unread = uncounted.has(mailbox.role) ? 0 : mailbox.unreadEmails ?? 0;
    hook(item, 'count').textContent = unread ? number(unread) : '';
    hook(item, 'count-words').textContent = unread ? t('folders.unread', { count: number(unread) }) : '';
    item.classList.toggle('has-unread', unread > 0);
    link.lang = language();
  }

  return { update };
}

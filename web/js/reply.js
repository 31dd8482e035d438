// Before an answer: to whom it goes, whose domain that is, and whether mail to it can be intercepted on the way. The answer is
// written in the reader's own mail program. Where the verdict is loud, it asks first.
import * as api from './api.js';
import { hook, setBreakable, show } from './dom.js';
import { openDialog } from './dialog.js';
import { t } from './i18n.js';
import { replyTarget } from './target.js';
import { isLoud, levelOf } from './verdict.js';

export function openReply(message) {
  const dialog = openDialog('t-reply');
  const { mailboxes, elsewhere } = replyTarget(message);
  hook(dialog, 'whom').replaceChildren(...mailboxes.map(mailboxElement));
  hook(dialog, 'elsewhere').textContent = elsewhere ? t('reply.elsewhere', { domain: elsewhere }) : '';
  show(hook(dialog, 'elsewhere'), Boolean(elsewhere));
  const write = hook(dialog, 'write');
  const allow = () => {
    write.setAttribute('href', mailtoOf(mailboxes, message.subject));
    show(write, true);
    show(hook(dialog, 'sure'), false);
  };
  if (!mailboxes.length) hook(dialog, 'way').textContent = t('reply.nobody');
  else if (isLoud(levelOf(message.verdict))) askFirst(dialog, message, allow);
  else allow();
  if (mailboxes.length) tellWay(dialog, mailboxes[0].email);
}

function askFirst(dialog, message, allow) {
  hook(dialog, 'warn').textContent = message.verdict?.text ?? '';
  show(hook(dialog, 'warn'), true);
  show(hook(dialog, 'sure'), true);
  hook(dialog, 'sure').addEventListener('click', () => {
    allow();
    hook(dialog, 'write').focus();
  });
}

function mailboxElement({ name, email }) {
  const item = document.createElement('li');
  const [address, domain] = [document.createElement('span'), document.createElement('b')];
  const at = email.lastIndexOf('@') + 1;
  setBreakable(address, email.slice(0, at));
  setBreakable(domain, email.slice(at));
  item.append(name ? `${name} ` : '', address, domain);
  return item;
}

// RFC 6068: addresses and a subject, nothing else (attacks H171).
function mailtoOf(mailboxes, subject = '') {
  const about = /^re:/i.test(subject) ? subject : `Re: ${subject}`;
  return `mailto:${mailboxes.map((m) => encodeURIComponent(m.email).replace(/%40/g, '@')).join(',')}?subject=${encodeURIComponent(about)}`;
}

async function tellWay(dialog, email) {
  const way = hook(dialog, 'way');
  way.textContent = t('reply.asking');
  try {
    way.textContent = (await api.getWay(email)).json.text;
  } catch (error) {
    if (!(error instanceof api.Problem)) throw error;
    way.textContent = t('reply.unknown');
  }
}

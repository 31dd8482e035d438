// Leaving a list: who will be told, and only after a yes. One click (RFC 8058) where a signature that holds covers it; otherwise the
// list's own page or address, named before it opens.
import * as api from './api.js';
import { hook, show } from './dom.js';
import { openDialog } from './dialog.js';
import { t } from './i18n.js';
import { sentenceOf } from './problem.js';

// What the message offers; null: nothing. { kind: 'click' | 'page' | 'mail', url, host }
export function leaveOffer(unsubscribe) {
  const { oneClick, https, mailto } = unsubscribe ?? {};
  if (https && URL.canParse(https)) return { kind: oneClick ? 'click' : 'page', url: https, host: new URL(https).hostname };
  if (/^mailto:[^?]+@/i.test(mailto ?? '')) return { kind: 'mail', url: mailto, host: mailto.slice(7).split('?')[0] };
  return null;
}

export function openLeave(id, offer) {
  const dialog = openDialog('t-leave');
  hook(dialog, 'lead').textContent = t(`leave.lead.${offer.kind}`, { host: offer.host });
  hook(dialog, 'url').textContent = offer.url;
  const yes = hook(dialog, 'yes');
  show(yes, offer.kind === 'click');
  show(hook(dialog, 'go'), offer.kind !== 'click');
  if (offer.kind !== 'click') hook(dialog, 'go').setAttribute('href', offer.url);
  yes.addEventListener('click', async () => {
    yes.disabled = true;
    hook(dialog, 'said').textContent = t('leave.busy');
    try {
      await api.leaveList(id);
      hook(dialog, 'said').textContent = t('leave.done');
      show(yes, false);
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
      hook(dialog, 'said').textContent = sentenceOf(error, 'message');
      yes.disabled = false;
    }
  });
}

// What the user knows of a message: its sender, list, forwarder, key, each with a button to say so or take it back. It explains
// what happened to a message and never proves who wrote it; the service derives the verdict again.
import { forgetKnown, getMessage, Problem, sayKnown } from './api.js';
import { announce, clone, hook, setBreakable, show, watchFocus } from './dom.js';
import { t } from './i18n.js';
import { sentenceOf } from './problem.js';
import { toast } from './toast.js';

export function knownView(root, changed) {
  async function toggle(id, offer, button) {
    const mayFocus = watchFocus();
    button.disabled = true;
    try {
      if (offer.known) await forgetKnown(offer.kind, offer.subject);
      else await sayKnown(id, offer.kind, offer.subject);
      const { json } = await getMessage(id);
      if (root.isConnected) changed(json);
      announce(t(offer.known ? 'known.forgotten' : 'known.said', { subject: offer.subject }));
      const same = [...root.querySelectorAll('button')].find((one) => one.dataset.subject === offer.subject);
      if (mayFocus()) same?.focus();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      button.disabled = false;
      toast(sentenceOf(error, 'message'), { retry: () => toggle(id, offer, button) });
    }
  }

  function element(id, offer) {
    const item = clone('t-known').firstElementChild;
    hook(item, 'kind').textContent = t(`known.kind.${offer.kind}`);
    setBreakable(hook(item, 'subject'), offer.subject);
    const button = hook(item, 'toggle');
    button.textContent = t(offer.known ? 'known.forget' : 'known.say');
    button.setAttribute('aria-label', t('known.label.of', { word: button.textContent, subject: offer.subject }));
    button.dataset.subject = offer.subject;
    button.addEventListener('click', () => toggle(id, offer, button));
    return item;
  }

  return {
    update(message) {
      const offers = message.known ?? [];
      root.replaceChildren(...offers.map((offer) => element(message.id, offer)));
      show(root, offers.length > 0);
    },
  };
}

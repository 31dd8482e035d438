// Pictures that lie elsewhere: nothing of them is asked for until the reader says so, for this message or for everything that a
// verified domain sends. They come through the service; the sender's server never meets the reader's browser.
import * as api from './api.js';
import { hook, show } from './dom.js';
import { t } from './i18n.js';
import { sentenceOf } from './problem.js';

// `changed()` is called when the frame and what is said of it have to be filled anew.
export function picturesView(root, changed) {
  let images = null; // what the service says of them
  let blocked = false; // there is something remote that no choice shows
  let chosen = null; // on, off, or as it was chosen before
  let problem = ''; // why a choice could not be remembered

  const visible = () => (chosen ? chosen === 'on' : Boolean(images?.shown));
  const on = (name, run) => hook(root, name).addEventListener('click', run);
  on('pictures', () => choose('on'));
  on('pictures-always', () => remember(api.showImagesOf, 'on'));
  on('pictures-never', () => remember(api.hideImagesOf, 'off'));

  function choose(now) {
    chosen = now;
    problem = '';
    draw();
    changed();
  }

  async function remember(call, now) {
    try {
      await call(images.domain);
      images = { ...images, shown: now === 'on' };
      choose(now);
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
      problem = sentenceOf(error, 'message');
      changed();
    }
  }

  function draw() {
    const offered = Boolean(images?.available && images.remote > 0);
    show(hook(root, 'pictures'), offered && !visible());
    show(hook(root, 'pictures-always'), offered && Boolean(images.domain) && !images.shown);
    show(hook(root, 'pictures-never'), offered && Boolean(images.domain) && images.shown);
    if (!images?.domain) return;
    hook(root, 'pictures-always').textContent = t('pictures.always', { domain: images.domain });
    hook(root, 'pictures-never').textContent = t('pictures.never', { domain: images.domain });
  }

  function sentence() {
    if (problem) return problem;
    if (visible()) return t(images.shown && images.domain ? 'pictures.shown.always' : 'pictures.shown', { domain: images.domain });
    return blocked ? t('message.remote') : '';
  }

  function update(message) {
    images = message.images ?? null;
    blocked = Boolean(message.remoteContent);
    draw();
  }

  return { update, sentence, wanted: () => chosen };
}

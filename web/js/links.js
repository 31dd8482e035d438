// The link sheet: the registrable domain first, then what the message calls it, then the whole address; one link opens at a time.
import { clone, hook, setBreakable, setText } from './dom.js';
import { t, translate } from './i18n.js';

export function openLinks(links) {
  const dialog = clone('t-links').firstElementChild;
  translate(dialog);
  const rows = links.map((link) => {
    const item = clone('t-link').firstElementChild;
    translate(item);
    setBreakable(hook(item, 'domain'), link.registrableDomain || link.url);
    setText(hook(item, 'text'), link.text || link.url);
    hook(item, 'url').textContent = link.url;
    if (/^(https?|mailto):/i.test(link.url)) hook(item, 'go').setAttribute('href', link.url);
    else hook(item, 'go').remove();
    return item;
  });
  hook(dialog, 'rows').replaceChildren(...rows);
  if (!rows.length) hook(dialog, 'rows').textContent = t('links.none');
  hook(dialog, 'close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

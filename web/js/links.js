// The link sheet: the registrable domain first, then what the message calls it, then the whole address. A link works only after it
// was chosen here, one at a time, and the button that opens it names the domain.
import { hook, clone, setBreakable, setText, show } from './dom.js';
import { openDialog } from './dialog.js';
import { t, translate } from './i18n.js';
import { namedDomain } from './target.js';

// `inert`: the message is one that calls for caution, and its own links do nothing.
export function openLinks(links, inert) {
  const dialog = openDialog('t-links');
  hook(dialog, 'lead').textContent = t(inert ? 'links.lead' : 'links.lead.quiet');
  hook(dialog, 'rows').replaceChildren(...links.map((link) => linkElement(link, dialog)));
  if (!links.length) hook(dialog, 'lead').textContent = t('links.none');
}

function linkElement(link, dialog) {
  const item = clone('t-link').firstElementChild;
  const domain = link.registrableDomain || link.url;
  translate(item);
  setBreakable(hook(item, 'domain'), domain);
  setText(hook(item, 'text'), link.text || link.url);
  hook(item, 'url').textContent = link.url;
  const named = namedDomain(link);
  hook(item, 'odd').textContent = named ? t('links.odd', { named, domain }) : '';
  show(hook(item, 'odd'), Boolean(named));
  const [choose, go] = [hook(item, 'choose'), hook(item, 'go')];
  choose.textContent = t('links.choose', { domain });
  go.textContent = t('links.go', { domain });
  show(choose, /^(https?|mailto):/i.test(link.url));
  choose.addEventListener('click', () => {
    for (const other of dialog.querySelectorAll('[data-hook=go]')) {
      other.removeAttribute('href');
      show(other, false);
      show(other.previousElementSibling, true);
    }
    go.setAttribute('href', link.url);
    show(go, true);
    show(choose, false);
    go.focus();
  });
  return item;
}

// The message as it came, as text: nothing of it is read as anything else.
import * as api from './api.js';
import { hook, show } from './dom.js';
import { openDialog } from './dialog.js';
import { t } from './i18n.js';
import { sentenceOf } from './problem.js';

const most = 200000; // characters shown; the whole of it can be saved

export async function openSource(id) {
  const dialog = openDialog('t-source');
  hook(dialog, 'save').setAttribute('href', api.rawUrl(id));
  hook(dialog, 'text').textContent = t('list.loading');
  try {
    const text = await (await api.getOctets(api.rawUrl(id))).text();
    hook(dialog, 'text').textContent = text.slice(0, most);
    show(hook(dialog, 'cut'), text.length > most);
  } catch (error) {
    if (!(error instanceof api.Problem)) throw error;
    hook(dialog, 'text').textContent = sentenceOf(error, 'message');
  }
}

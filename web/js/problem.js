// Why something did not work, as a sentence: the service's own, or ours where it could not be asked.
import { t } from './i18n.js';

// `missing`: what a 404 is about: message, folder, or either.
export function sentenceOf(error, missing = 'either') {
  if (error.status === 404 || error.code === 'not-found') return t(`problem.gone.${missing}`);
  const key = error.code === 'offline' ? 'problem.offline' : `problem.code.${error.code}`;
  if (t(key) !== key) return t(key);
  return error.message && error.message !== error.code ? error.message : t('problem.unknown');
}

// It may work in a moment, and whether it was done all the same is not known: the answer may be all that was lost.
export const isPassing = ({ code }) => /^(offline|service-away|busy|internal|http-5\d\d|mail-server-.*)$/.test(code);

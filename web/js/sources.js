// Whose word a row of the panel is, and of when: what a server wrote is of the time of receipt, what is ours of that of the check.
// Pure.
import { t } from './i18n.js';

// The results of one method that believed fields state, each with whose word it is.
export function believedResults(evidence, method) {
  return (evidence.authenticationResults ?? []).filter((field) => field.believed)
    .flatMap((field) => (field.results ?? []).filter((r) => r.method === method).map((r) => ({ ...r, server: field.authservId, forwarded: field.why === 'forwarder' })));
}

// { server(result), local(at), recorded(by), looked, nobody, folder, author(verdict) }: lists of { key, params, at }, for one message;
// `at` null: not known.
export function sourcesOf(verdict, evidence, receivedAt) {
  const onReceipt = (key, params = {}) => ({ key, params, at: receivedAt ?? null });
  const when = (key, at = verdict.checkedAt) => ({ key, params: {}, at: at ?? null });
  const server = (result) => {
    if (!result?.server) return [onReceipt('source.server-unnamed')];
    return [onReceipt(result.forwarded ? 'source.forwarder' : 'source.server', { server: result.server })];
  };
  const local = (at) => [when('source.local', at ?? verdict.checkedAt)];
  const looked = [when('source.looked')];
  const folder = [onReceipt('source.folder')];

  // What decides who wrote it: the service tells which side's word it was, the fields tell the server's name.
  function author() {
    if (verdict.author === 'own') return folder;
    const told = ['auth', 'dmarc', 'dkim', 'spf'].flatMap((method) => believedResults(evidence, method))[0];
    return { server: server(told), local: local(), mixed: [...server(told), ...local()] }[verdict.source] ?? looked;
  }

  return { server, local, looked, nobody: [when('source.nobody')], recorded: (by) => [onReceipt('source.recorded', { server: by })], author: author() };
}

// The line under a row; `timeOf` writes a time in the reader's language.
export function sourceLine({ key, params, at }, timeOf) {
  const [who, time] = [t(key, params), at ? timeOf(at) : ''];
  return time ? t('source.at', { who, time }) : who;
}

// Where an answer goes and where a link goes, beside what the message calls it. Pure.

const within = (domain, org) => Boolean(org) && (domain === org || domain.endsWith(`.${org}`));

// { mailboxes, elsewhere }: Reply-To if there is one, else the author; `elsewhere` is the domain of one that is not the author's.
export function replyTarget(message) {
  const named = (message.replyTo ?? []).filter((m) => m.email);
  const mailboxes = (named.length ? named : (message.from ?? []).filter((m) => m.email)).slice(0, 10);
  const domains = mailboxes.map((m) => m.email.slice(m.email.lastIndexOf('@') + 1).toLowerCase());
  const from = message.from?.[0]?.email ?? '';
  const org = message.verdict?.organizationalDomain || from.slice(from.lastIndexOf('@') + 1).toLowerCase();
  return { mailboxes, elsewhere: domains.find((domain) => !within(domain, org)) ?? null };
}

// The domain that a link's text names, where it leads to another one; null: it names none, or its own. A bare word counts only if it
// is the whole text; inside a sentence it must begin as an address of the web does.
export function namedDomain({ text, registrableDomain }) {
  const words = (text ?? '').trim().split(/\s+/);
  const candidates = words.length === 1 ? words : words.filter((word) => /^(https?:\/\/|www\.)/i.test(word));
  const names = candidates.map((word) => word.match(/^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+[\p{L}-]{2,})(?:[:/?#]\S*)?[.,;]?$/ui)?.[1].toLowerCase()).filter(Boolean);
  return names.find((name) => registrableDomain && !within(name, registrableDomain.toLowerCase())) ?? null;
}

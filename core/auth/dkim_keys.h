/* SPDX-License-Identifier: MIT
 *
 * Parsed public keys, kept: turning a record into a key costs as much as a third of a check, and a
 * day's mail comes from few signers. */
#ifndef INKAN_AUTH_DKIM_KEYS_H
#define INKAN_AUTH_DKIM_KEYS_H

#include "auth/dkim_key.h"
#include "net/resolver.h"

/* Parsed keys by record text, shared by all messages and threads: at most LIMIT_DKIM_KEYS, least
 * recently used out first. Only usable keys are kept. Validity in time is the resolver's matter:
 * the same text is the same key for ever. */
struct dkim_keys;
struct dkim_keys *dkim_keys_new(void);
void dkim_keys_free(struct dkim_keys *keys);

/* dkim_key_parse through the cache, or without one if keys is NULL. The caller unrefs. */
struct dkim_key *dkim_keys_get(struct dkim_keys *keys, struct span record,
                               enum dkim_reason *reason);

/* The key whose record stands at that name (SELECTOR._domainkey.DOMAIN), waiting for the
 * answer; or NULL and *reason, which tells every DNS trouble apart (RFC 6376 §6.1.2,
 * §3.6.2.2). *dnssec: state of the look-up. The caller unrefs. */
struct dkim_key *dkim_keys_answer(struct dkim_keys *keys, struct lookups *lookups, const char *name,
                                  enum dnssec_state *dnssec, enum dkim_reason *reason);

/* Records parsed so far (cache misses), for tests that count. */
guint dkim_keys_parsed(struct dkim_keys *keys);

DEFINE_OWNED(dkim_keys, dkim_keys_free)

#endif

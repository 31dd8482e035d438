/* SPDX-License-Identifier: MIT
 *
 * Keys that somebody vouches for, found by the key IDs of their parts. A key ID only picks who is
 * asked: what a signature proves is decided by the fingerprint. Immutable once filled, so shared
 * between threads without a lock. */
#ifndef INKAN_SIGN_OPENPGP_KEYRING_H
#define INKAN_SIGN_OPENPGP_KEYRING_H

#include "sign/openpgp.h"

struct openpgp_keyring;

struct openpgp_keyring *openpgp_keyring_new(void);
void openpgp_keyring_free(struct openpgp_keyring *keyring);

/* Takes the certificate over. A second one of the same fingerprint replaces the first. False, and
 * the certificate is freed, beyond LIMIT_OPENPGP_KEYRING. */
bool openpgp_keyring_add(struct openpgp_keyring *keyring, struct openpgp_certificate *certificate);
/* Imports all keys of `octets`; returns how many, or -1 and *error. */
int openpgp_keyring_import(struct openpgp_keyring *keyring, struct openpgp_verifier *verifier,
                           GBytes *octets, int64_t at, GError **error);

guint openpgp_keyring_size(const struct openpgp_keyring *keyring);
/* Borrowed; NULL if there is none of that fingerprint (any case of letters). */
const struct openpgp_certificate *openpgp_keyring_find(const struct openpgp_keyring *keyring,
                                                       const char *fingerprint);
/* Adds the octets of every certificate with a part of that key ID to `keys`, up to
 * LIMIT_OPENPGP_CANDIDATES in all. Each is a new reference. */
void openpgp_keyring_choose(const struct openpgp_keyring *keyring, const char *key_id,
                            GPtrArray *keys);
/* Digest of all that was added, for the name of what is derived from it. The caller frees. */
char *openpgp_keyring_digest(const struct openpgp_keyring *keyring);

/* In the order they were added; borrowed. */
const struct openpgp_certificate *openpgp_keyring_at(const struct openpgp_keyring *keyring,
                                                     guint i);

DEFINE_OWNED(openpgp_keyring, openpgp_keyring_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * Public keys from key records (RFC 6376 §3.6.1, RFC 8463 §4), ready to verify with. The
 * SubjectPublicKeyInfo is read here, strictly, because OpenSSL's own decoder costs five signature
 * checks a key; nothing here asks DNS. */
#ifndef INKAN_AUTH_DKIM_KEY_H
#define INKAN_AUTH_DKIM_KEY_H

#include "auth/dkim_reason.h"
#include "base/own.h"
#include "base/span.h"

#include <stdint.h>

enum dkim_algorithm {
    DKIM_ALGORITHM_UNKNOWN = 0,
    DKIM_RSA_SHA256,
    DKIM_ED25519_SHA256,
    DKIM_RSA_SHA1 /* recognised to be refused (RFC 8301 §3.1) */
};

/* "rsa-sha256" …; NULL for DKIM_ALGORITHM_UNKNOWN. */
const char *dkim_algorithm_name(enum dkim_algorithm algorithm);

/* A parsed record: immutable, shared between threads, counted. */
struct dkim_key;

/* Reads the joined text of one TXT record. NULL and *reason if there is no key in it to verify
 * with: DKIM_KEY_SYNTAX, _VERSION, _REVOKED, _ALGORITHM (k= unknown), _TOO_LONG, _EXPONENT, _WEAK.
 * The caller unrefs. */
struct dkim_key *dkim_key_parse(struct span record, enum dkim_reason *reason);
struct dkim_key *dkim_key_ref(struct dkim_key *key);
void dkim_key_unref(struct dkim_key *key);

guint dkim_key_bits(const struct dkim_key *key);        /* RSA modulus; 256 for Ed25519 */
bool dkim_key_testing(const struct dkim_key *key);      /* t=y */
bool dkim_key_no_subdomain(const struct dkim_key *key); /* t=s */

/* DKIM_REASON_NONE if this key may verify DKIM mail signed with `algorithm`, else what forbids it:
 * DKIM_KEY_ALGORITHM, _HASH, _SERVICE, _TOO_SHORT. */
enum dkim_reason dkim_key_forbids(const struct dkim_key *key, enum dkim_algorithm algorithm);

/* One public-key operation over the SHA-256 of what was signed (RSASSA-PKCS1-v1_5, RFC 8017 §8.2.2;
 * or PureEdDSA over those 32 octets, RFC 8463 §3). Thread-safe. */
bool dkim_key_verify(struct dkim_key *key, const unsigned char digest[32], struct span signature);

/* The same over a SHA-1, for DomainKeys alone (RFC 4870): what it says is history, never proof.
 * False for a key that is not RSA. */
bool dkim_key_verify_sha1(struct dkim_key *key, const unsigned char digest[20],
                          struct span signature);

DEFINE_OWNED(dkim_key, dkim_key_unref)

#endif

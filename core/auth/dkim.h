/* SPDX-License-Identifier: MIT
 *
 * DKIM verification of one message: RFC 6376 with RFC 8301 (no rsa-sha1, 1024 bits and more), RFC
 * 8463 (Ed25519) and RFC 8616 (U-labels). Call order: dkim_new, dkim_names (as soon as the author
 * is known, so that keys travel while other work is done), dkim_verify, read results, dkim_free.
 * Whether a pass is aligned, and what a result means for the verdict, is decided in trust/. */
#ifndef INKAN_AUTH_DKIM_H
#define INKAN_AUTH_DKIM_H

#include "auth/dkim_hashes.h"
#include "auth/dkim_keys.h"
#include "auth/dkim_reason.h"
#include "auth/dkim_signature.h"
#include "auth/result.h"
#include "base/own.h"
#include "mail/message.h"
#include "net/resolver.h"

enum dkim_hash_state {
    DKIM_HASH_UNKNOWN = 0, /* not computed: no key, refused before, not checked */
    DKIM_HASH_PASS,
    DKIM_HASH_FAIL
};

struct dkim_result {
    struct dkim_signature *signature; /* what the field says; never NULL, owned by the check */
    enum auth_result result;          /* AUTH_NOT_EVALUATED until dkim_verify */
    enum dkim_reason reason;          /* dkim_reason_name: NULL on pass */

    bool chosen;              /* by dkim_names, to be verified */
    bool could_align;         /* shares its last two labels or more with the author domain */
    enum dnssec_state dnssec; /* of the key look-up */
    guint key_bits;           /* 0: no key */
    bool testing;             /* t=y in the key record */
    bool from_future;         /* t= is more than LIMIT_DKIM_SKEW after receipt */

    enum dkim_hash_state header_hash; /* b= over the header fields, under the key */
    enum dkim_hash_state body_hash;   /* bh= over the body */
    bool body_covered;                /* no l=, or l= spans the whole canonical body */
    bool content_type_signed;         /* Content-Type is in h= (attacks C73) */

    /* Indexes into message->fields, ascending; valid whenever h= could be read. */
    guint *covered; /* fields the signature speaks for (not its own) */
    guint n_covered;
    guint *unsigned_copies; /* fields of a name in h= that it does not cover (attacks C70) */
    guint n_unsigned_copies;
};

struct dkim_check {
    guint n;                     /* DKIM-Signature fields, top first */
    struct dkim_result *results; /* [n] */
    guint unread; /* fields beyond LIMIT_DKIM_FIELDS: neither parsed nor in results */
    struct dkim_check_state *state; /* private to dkim.c */
};

/* Parses all DKIM-Signature fields of the message of `hashes` (borrowed, must outlive the check).
 */
struct dkim_check *dkim_new(struct dkim_hashes *hashes);
void dkim_free(struct dkim_check *check);

/* Chooses the at most LIMIT_DKIM_SIGNATURES signatures that will be verified, those that could
 * align with `author_domain` (lower-case A-labels, or NULL) first: equal, then parent or child,
 * then most labels in common, then in header order; and starts the look-ups of their keys. The
 * others become DKIM_NOT_CHECKED. */
void dkim_names(struct dkim_check *check, const char *author_domain, struct lookups *lookups);

/* Verifies what dkim_names chose, with times judged as of `received_at` (epoch seconds). The body
 * is hashed once for each distinct (canonicalisation, l=). */
void dkim_verify(struct dkim_check *check, struct lookups *lookups, struct dkim_keys *keys,
                 int64_t received_at);

/* True if result `i` covers field `index`. */
bool dkim_covers(const struct dkim_result *result, guint index);

DEFINE_OWNED(dkim_check, dkim_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * The certificates that mark certificates may chain to: those shipped in conf/mark-roots.pem (it is
 * compiled in, with origin and fingerprint of each) and those of an operator's own file. The web's
 * certification authorities have no say here. Files are read by the caller. */
#ifndef INKAN_BRAND_MARK_ROOTS_H
#define INKAN_BRAND_MARK_ROOTS_H

#include "base/own.h"
#include "base/span.h"

#include <stdint.h>

struct mark_roots;

enum mark_root_kind {
    /* bound by the Mark Certificate Requirements: what these demand (a certificate transparency
     * proof, a place for its CRL, the policy, at most 398 days) is demanded of its certificates */
    MARK_ROOT_PUBLIC = 1,
    /* an operator's own word: the same is looked for, told, and not demanded */
    MARK_ROOT_OPERATOR
};

/* One root, for a person and for `inkan doctor`. Strings are owned by the set. */
struct mark_root {
    enum mark_root_kind kind;
    char *subject;   /* common name, else the organization, printable */
    char *sha256;    /* of the DER, 64 lower-case hexadecimal digits */
    int64_t expires; /* epoch seconds: the last one it is valid */
};

/* An empty set: nothing chains to it. */
struct mark_roots *mark_roots_new(void);
/* The shipped roots. Our bug (assertion) if conf/mark-roots.pem does not parse. */
struct mark_roots *mark_roots_new_shipped(void);
void mark_roots_free(struct mark_roots *roots);
DEFINE_OWNED(mark_roots, mark_roots_free)

/* Adds every certificate of a PEM text (LIMIT_MARK_ROOTS_SIZE, LIMIT_MARK_ROOTS). All or none:
 * false and *error if the text holds no certificate, anything that is not a self-signed certificate
 * of a certification authority, or a key that markcert_check would not accept. One that is there
 * already is not added twice, and keeps its kind. */
bool mark_roots_add(struct mark_roots *roots, struct span pem, enum mark_root_kind kind,
                    GError **error);

guint mark_roots_count(const struct mark_roots *roots);
/* Borrowed, `at` below the count. */
const struct mark_root *mark_roots_at(const struct mark_roots *roots, guint at);

/* When the shipped roots were last compared with the fingerprints published for them (epoch
 * seconds): the line "# Compared: DATE" of conf/mark-roots.pem. */
int64_t mark_roots_compared(void);

#endif

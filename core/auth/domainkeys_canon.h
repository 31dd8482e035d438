/* SPDX-License-Identifier: MIT
 *
 * What a DomainKeys signature hashes (RFC 4870 §3.4.2): which header fields in which order, and the
 * two canonical forms. One SHA-1 over header, separator and body, in one pass. */
#ifndef INKAN_AUTH_DOMAINKEYS_CANON_H
#define INKAN_AUTH_DOMAINKEYS_CANON_H

#include "mail/message.h"

enum domainkeys_canon { DOMAINKEYS_SIMPLE, DOMAINKEYS_NOFWS };

enum { DOMAINKEYS_SHA1_SIZE = 20 };

/* Indexes of the fields that are hashed: those below field `own`, all of them where n_names is 0;
 * else in the order of names[] (h=). A name that stands there once means every field of that name;
 * one that stands there n times means the last n - 1 for its last mentions, and for its first all
 * that are left. Sets *n; the caller frees with g_free. Linear. */
guint *domainkeys_select(const struct message *message, guint own, const struct span *names,
                         guint n_names, guint *n);

/* SHA-1 over those fields, and the body of the message. */
void domainkeys_hash(const struct message *message, const guint *fields, guint n,
                     enum domainkeys_canon canon, unsigned char digest[DOMAINKEYS_SHA1_SIZE]);

#endif

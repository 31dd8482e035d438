/* SPDX-License-Identifier: MIT
 *
 * Canonicalisation of header fields and body (RFC 6376 §3.4) and the body hash. A line end is CRLF
 * and nothing else: a bare CR or LF is an octet like any other, hashed as it stands, so that
 * whoever changed line ends on the way, or hides a line from one of two readers, gets no pass
 * (attacks C66, C67, C86). Callers whose storage dropped the CRs restore them first
 * (message_restore_crlf). */
#ifndef INKAN_AUTH_DKIM_CANON_H
#define INKAN_AUTH_DKIM_CANON_H

#include "base/span.h"
#include "mail/message.h"

#include <stdint.h>

enum dkim_canon { DKIM_SIMPLE, DKIM_RELAXED };

enum { DKIM_SHA256_SIZE = 32 };

/* "simple", "relaxed". */
const char *dkim_canon_name(enum dkim_canon canon);

/* Receives canonical octets in order; spans are valid during the call only. */
typedef void (*dkim_canon_sink)(void *user, struct span octets);

/* The canonical form of a whole body (§3.4.3, §3.4.4) in as few and as large spans as its octets
 * allow. One pass, constant memory. */
void dkim_canon_body(struct span body, enum dkim_canon canon, dkim_canon_sink sink, void *user);

/* One body hash: over the first `limit` octets of the canonical body (UINT64_MAX: over all). */
struct dkim_body_digest {
    uint64_t limit;
    unsigned char digest[DKIM_SHA256_SIZE];
};

/* Computes the SHA-256 of all `wanted`, which stand in ascending order of their limits, in one pass
 * over the body. Returns the length of the whole canonical body: where a limit was larger, its
 * digest is that of the whole body. */
uint64_t dkim_body_hash(struct span body, enum dkim_canon canon, struct dkim_body_digest *wanted,
                        guint n_wanted);

/* Writes the canonical form of a field with its CRLF (§3.4.1, §3.4.2) to `put`, where there is room
 * for dkim_canon_most octets, and returns where it ends. A field that ends in a bare LF keeps it.
 */
char *dkim_canon_write(char *put, const struct field *field, enum dkim_canon canon);
size_t dkim_canon_most(const struct field *field);

/* The same of the signature's own field: the octets of `cut` (the raw value of its b= tag, a span
 * into field->value) are left out, and so is the final line end (§3.7). */
char *dkim_canon_write_own(char *put, const struct field *field, struct span cut,
                           enum dkim_canon canon);

/* The same two, appended. */
void dkim_canon_field(GString *out, const struct field *field, enum dkim_canon canon);
void dkim_canon_own_field(GString *out, const struct field *field, struct span cut,
                          enum dkim_canon canon);

/* SHA-256 of octets that lie together. */
void dkim_sha256(struct span octets, unsigned char digest[DKIM_SHA256_SIZE]);

#endif

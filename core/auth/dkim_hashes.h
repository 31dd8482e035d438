/* SPDX-License-Identifier: MIT
 *
 * The hashes that the signatures of one message name, shared by DKIM and ARC so that nothing is
 * hashed twice: the body once for each (canonicalisation, l=), all l= that are known beforehand in
 * one pass; and the header fields that an h= leads to. Verifies nothing and asks nobody. */
#ifndef INKAN_AUTH_DKIM_HASHES_H
#define INKAN_AUTH_DKIM_HASHES_H

#include "auth/dkim_signature.h"
#include "auth/signed_fields.h"
#include "base/own.h"
#include "mail/message.h"

struct dkim_hashes;

/* `message` is borrowed and must outlive it. Nothing is computed before it is asked for. Not shared
 * between threads. */
struct dkim_hashes *dkim_hashes_new(const struct message *message);
void dkim_hashes_free(struct dkim_hashes *hashes);

const struct message *dkim_hashes_message(const struct dkim_hashes *hashes);

/* Which fields the h= of `signature` means (auth/signed_fields). The caller clears. */
void dkim_hashes_select(struct dkim_hashes *hashes, const struct dkim_signature *signature,
                        struct field_selection *selection);

/* SHA-256 over those fields and the signature's own with an empty b= (RFC 6376 §3.7). */
void dkim_hashes_header(struct dkim_hashes *hashes, const struct dkim_signature *signature,
                        const struct field_selection *selection,
                        unsigned char digest[DKIM_SHA256_SIZE]);

/* Announces that the body hash of `signature` will be asked for. */
void dkim_hashes_want_body(struct dkim_hashes *hashes, const struct dkim_signature *signature);

/* SHA-256 over the body in the canonicalisation and up to the l= of `signature`, computed together
 * with all announced ones of that canonicalisation unless it is known. *length: octets of the whole
 * canonical body; where l= is larger, the digest is that of the whole body. Borrowed until the next
 * call. */
const unsigned char *dkim_hashes_body(struct dkim_hashes *hashes,
                                      const struct dkim_signature *signature, uint64_t *length);

/* Passes over the body so far, for tests that count. */
guint dkim_hashes_passes(const struct dkim_hashes *hashes);

DEFINE_OWNED(dkim_hashes, dkim_hashes_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * Was a certificate, or one above it, revoked (RFC 5280 §6.3, RFC 6960), judged with lists and
 * responses that were handed in. Nothing is fetched: what is not told stays unknown. */
#ifndef INKAN_SIGN_SMIME_REVOCATION_H
#define INKAN_SIGN_SMIME_REVOCATION_H

#include "sign/smime_chain.h"

struct stack_st_X509_CRL;

/* Everything is borrowed for the time of the call. */
struct smime_revocation {
    struct x509_store_st *anchors;
    struct x509_st *leaf;
    struct stack_st_X509 *pool;      /* certificates that came with the message */
    struct stack_st_X509_CRL *lists; /* NULL: none */
    const GPtrArray *responses;      /* of struct ocsp_basic_response_st */
    int64_t received_at, now;
};

/* A list counts if it was current at `received_at` or is at `now`, a response as smime_ocsp_ask
 * says; one of the two is enough for each certificate on the path below the anchor, and FAIL of
 * either is a failure. A certificate that was revoked after `received_at` counts as good then
 * (verdict rule 6), unless its key was stolen. UNKNOWN if any on the path has neither. Adds to
 * *errors. */
enum signature_check smime_revocation_check(const struct smime_revocation *question,
                                            uint64_t *errors);

#endif

/* SPDX-License-Identifier: MIT
 *
 * From a signer's certificate to an anchor (RFC 5280 §6 by OpenSSL; RFC 8550 §4.4 by ourselves):
 * does a path hold, in which span of time, and may those on it do what they did for mail. */
#ifndef INKAN_SIGN_SMIME_CHAIN_H
#define INKAN_SIGN_SMIME_CHAIN_H

#include "sign/smime.h"

struct x509_st;
struct x509_store_st;
struct stack_st_X509;
struct stack_st_X509_CRL;

/* Constant once made; shared between threads. */
struct smime_chain {
    gint references;
    enum signature_check chain, usage;
    uint64_t errors;     /* 1 << smime_error */
    int64_t from, until; /* every certificate on the path is valid; without a path, the signer's */
    struct smime_certificate certificate; /* of the signer */
};

/* `pool`: certificates that came with the message, any of which may be needed. A path that holds at
 * `at` goes before one that does not. The caller unrefs. */
struct smime_chain *smime_chain_build(struct x509_store_st *anchors, struct x509_st *leaf,
                                      struct stack_st_X509 *pool, int64_t at);
struct smime_chain *smime_chain_ref(struct smime_chain *chain);
void smime_chain_unref(struct smime_chain *chain);

/* Revoked, judged with what is in `lists` and current at `now` (RFC 5280 §6.3). A certificate that
 * was revoked after `received_at` counts as good then (verdict rule 6), unless its key was stolen.
 * UNKNOWN if any on the path below the anchor has no current list. Adds to *errors. */
enum signature_check smime_revocation_check(struct x509_store_st *anchors, struct x509_st *leaf,
                                            struct stack_st_X509 *pool,
                                            struct stack_st_X509_CRL *lists, int64_t received_at,
                                            int64_t now, uint64_t *errors);

#endif

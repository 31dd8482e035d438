/* SPDX-License-Identifier: MIT
 *
 * The inside of smime_trust, for those who verify: anchors, lists, and chains that were verified.
 */
#ifndef INKAN_SIGN_SMIME_MEMORY_H
#define INKAN_SIGN_SMIME_MEMORY_H

#include "sign/smime_chain.h"

struct stack_st_X509_CRL;

/* Borrowed, decoded on first use; the lists NULL if there are none. */
struct x509_store_st *smime_trust_anchors(struct smime_trust *trust);
struct stack_st_X509_CRL *smime_trust_lists(struct smime_trust *trust);
/* Of OCSP, borrowed likewise; an empty array if there are none. */
const GPtrArray *smime_trust_responses(struct smime_trust *trust);

/* The certificate in that DER, decoded now or before; NULL if it is none. Constant, shared between
 * threads; the caller frees (a reference). */
struct x509_st *smime_trust_certificate(struct smime_trust *trust, struct span der);

/* smime_chain_build, or what it answered before for the same certificates if that holds at `at`
 * too: only paths that hold are remembered. The caller unrefs. */
struct smime_chain *smime_trust_chain(struct smime_trust *trust, struct x509_st *leaf,
                                      struct stack_st_X509 *pool, int64_t at);

#endif

/* SPDX-License-Identifier: MIT
 *
 * From a signer's certificate to an anchor (RFC 5280 §6 by OpenSSL; RFC 8550 §4.4 by ourselves):
 * does a path hold, in which span of time, and may those on it do what they did for mail. */
#ifndef INKAN_SIGN_SMIME_CHAIN_H
#define INKAN_SIGN_SMIME_CHAIN_H

#include "sign/smime.h"

struct x509_st;
struct x509_store_st;
struct x509_store_ctx_st;
struct stack_st_X509;

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

/* The path that smime_chain_build judges, the anchor last, which the caller frees; or NULL, and
 * *code (X509_V_ERR_*) says why there is none. */
struct stack_st_X509 *smime_chain_path(struct x509_store_st *anchors, struct x509_st *leaf,
                                       struct stack_st_X509 *pool, int64_t at, int *code);

/* OpenSSL's question whether a path holds at `at` under our rules, with X509_V_FLAG_* beside them.
 * The caller frees (X509_STORE_CTX_free). */
struct x509_store_ctx_st *smime_chain_context(struct x509_store_st *anchors, struct x509_st *leaf,
                                              struct stack_st_X509 *pool, unsigned long flags,
                                              int64_t at);

/* X509_V_ERR_*: a certificate on the path is outside of its validity. */
bool smime_chain_is_about_time(int code);

#endif

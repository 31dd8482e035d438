/* SPDX-License-Identifier: MIT */
#include "sign/smime_chain.h"

#include "base/limits.h"
#include "sign/smime_certificate.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define BIT(error) (UINT64_C(1) << (error))

enum { SECURITY_LEVEL = 2 }; /* 112 bits: RSA of 2048, no SHA-1 on the way up */

/* What OpenSSL found, in our words. */
static enum smime_error error_of(int code) {
    switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return SMIME_UNTRUSTED;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return SMIME_SELF_SIGNED;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_NON_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
        return SMIME_NOT_A_CA;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
        return SMIME_NAME_CONSTRAINTS;
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
    case X509_V_ERR_NO_EXPLICIT_POLICY:
        return SMIME_POLICY;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
        return SMIME_CRITICAL_EXTENSION;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return SMIME_CHAIN_WEAK;
    default:
        return SMIME_CHAIN_INVALID;
    }
}

bool smime_chain_is_about_time(int code) {
    return code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID;
}

/* --- a path ---------------------------------------------------------------------------------- */

struct x509_store_ctx_st *smime_chain_context(struct x509_store_st *anchors, struct x509_st *leaf,
                                              struct stack_st_X509 *pool, unsigned long flags,
                                              int64_t at) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    g_assert(context && X509_STORE_CTX_init(context, anchors, leaf, pool));
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(parameters,
                                X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK | flags);
    if (!(flags & X509_V_FLAG_NO_CHECK_TIME)) /* a time that is set would be checked all the same */
        X509_VERIFY_PARAM_set_time(parameters, at);
    /* RFC 5280 §6.1.1 (c): any policy will do, where an authority asks for one */
    X509_VERIFY_PARAM_add0_policy(parameters, OBJ_nid2obj(NID_any_policy));
    X509_VERIFY_PARAM_set_depth(parameters, LIMIT_SMIME_CHAIN);
    X509_VERIFY_PARAM_set_auth_level(parameters, SECURITY_LEVEL);
    return context;
}

/* The path, or NULL and *code. */
static STACK_OF(X509) * find_path(X509_STORE *anchors, X509 *leaf, STACK_OF(X509) * pool,
                                  unsigned long flags, int64_t at, int *code) {
    X509_STORE_CTX *context = smime_chain_context(anchors, leaf, pool, flags, at);
    STACK_OF(X509) *path = NULL;
    if (X509_verify_cert(context) == 1)
        path = X509_STORE_CTX_get1_chain(context);
    *code = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return path;
}

struct stack_st_X509 *smime_chain_path(struct x509_store_st *anchors, struct x509_st *leaf,
                                       struct stack_st_X509 *pool, int64_t at, int *code) {
    STACK_OF(X509) *path = find_path(anchors, leaf, pool, 0, at, code);
    if (!path && smime_chain_is_about_time(*code))
        path = find_path(anchors, leaf, pool, X509_V_FLAG_NO_CHECK_TIME, at, code);
    return path;
}

static void narrow(struct smime_chain *chain, const X509 *x509) {
    int64_t from, until;
    if (!smime_time_read(X509_get0_notBefore(x509), &from) ||
        !smime_time_read(X509_get0_notAfter(x509), &until))
        return;
    chain->from = MAX(chain->from, from);
    chain->until = MIN(chain->until, until);
}

/* --- usage (RFC 8550 §4.4) -------------------------------------------------------------------- */

static bool may_mail(X509 *x509) {
    uint32_t usage = X509_get_extended_key_usage(x509);
    return usage == UINT32_MAX || (usage & (XKU_SMIME | XKU_ANYEKU));
}

/* §4.4.2: digitalSignature or nonRepudiation, where keyUsage is there at all. */
static uint64_t signer_faults(X509 *leaf) {
    uint32_t usage = X509_get_key_usage(leaf);
    uint64_t faults = 0;
    if (usage != UINT32_MAX && !(usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
        faults |= BIT(SMIME_KEY_USAGE);
    if (!may_mail(leaf))
        faults |= BIT(SMIME_EXTENDED_KEY_USAGE);
    if (X509_get_extension_flags(leaf) & EXFLAG_CA)
        faults |= BIT(SMIME_SIGNER_IS_CA);
    return faults;
}

/* Those between signer and anchor: an authority by basicConstraints, and not one for web servers
 * alone. */
static void judge_path(struct smime_chain *chain, STACK_OF(X509) * path) {
    int last = sk_X509_num(path) - 1;
    for (int i = 0; i <= last; i++)
        narrow(chain, sk_X509_value(path, i));
    for (int i = 1; i < last; i++) {
        X509 *authority = sk_X509_value(path, i);
        if (X509_check_ca(authority) != 1) {
            chain->chain = CHECK_FAIL;
            chain->errors |= BIT(SMIME_NOT_A_CA);
        }
        if (!may_mail(authority))
            chain->errors |= BIT(SMIME_EXTENDED_KEY_USAGE);
    }
}

struct smime_chain *smime_chain_build(struct x509_store_st *anchors, struct x509_st *leaf,
                                      struct stack_st_X509 *pool, int64_t at) {
    struct smime_chain *chain = g_new0(struct smime_chain, 1);
    *chain = (struct smime_chain){.references = 1, .until = INT64_MAX, .from = INT64_MIN};
    int code;
    STACK_OF(X509) *path = smime_chain_path(anchors, leaf, pool, at, &code);
    chain->chain = path ? CHECK_PASS : CHECK_FAIL;
    chain->errors = signer_faults(leaf);
    if (path) {
        judge_path(chain, path);
        sk_X509_pop_free(path, X509_free);
    } else {
        chain->errors |= BIT(error_of(code));
        narrow(chain, leaf);
    }
    const uint64_t about_usage =
        BIT(SMIME_KEY_USAGE) | BIT(SMIME_EXTENDED_KEY_USAGE) | BIT(SMIME_SIGNER_IS_CA);
    chain->usage = chain->errors & about_usage ? CHECK_FAIL : CHECK_PASS;
    smime_certificate_read(&chain->certificate, leaf);
    return chain;
}

struct smime_chain *smime_chain_ref(struct smime_chain *chain) {
    g_atomic_int_inc(&chain->references);
    return chain;
}

void smime_chain_unref(struct smime_chain *chain) {
    if (!g_atomic_int_dec_and_test(&chain->references))
        return;
    smime_certificate_clear(&chain->certificate);
    g_free(chain);
}

/* SPDX-License-Identifier: MIT
 *
 * Path validation. OpenSSL builds the path and verifies signatures, CA flags, path lengths and name
 * constraints; its errors are sorted into our checks instead of ending the walk. Dates, keys,
 * critical extensions and the order of the text are judged here, where the rule stands beside it:
 * OpenSSL takes notAfter as exclusive, knows no logotype, and builds a path from any heap. */
#include "brand/markcert_parts.h"

#include "base/limits.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

static const char logotype_oid[] = "1.3.6.1.5.5.7.1.12";

struct verdict {
    enum markcert_check_id check;
    enum markcert_reason reason;
};

/* What an error of X509_verify_cert means; MARKCERT_CHECK__MAX: it is judged here instead. */
static struct verdict sort_error(int error) {
    switch (error) {
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
        return (struct verdict){MARKCERT_CHECK__MAX, MARKCERT_NO_REASON};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return (struct verdict){MARKCERT_CHAIN, MARKCERT_ISSUER_MISSING};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return (struct verdict){MARKCERT_CHAIN, MARKCERT_UNKNOWN_ROOT};
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
        return (struct verdict){MARKCERT_CHAIN, MARKCERT_BAD_SIGNATURE};
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
        return (struct verdict){MARKCERT_ALGORITHMS, MARKCERT_WEAK_KEY};
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return (struct verdict){MARKCERT_ALGORITHMS, MARKCERT_WEAK_SIGNATURE};
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
        return (struct verdict){MARKCERT_AUTHORITY, MARKCERT_ISSUER_NOT_CA};
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
        return (struct verdict){MARKCERT_AUTHORITY, MARKCERT_PATH_LENGTH};
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
        return (struct verdict){MARKCERT_AUTHORITY, MARKCERT_NAME_CONSTRAINT};
    default:
        return (struct verdict){MARKCERT_CHAIN, MARKCERT_PATH};
    }
}

static int note_error(int ok, X509_STORE_CTX *context) {
    if (!ok) {
        struct verdict verdict = sort_error(X509_STORE_CTX_get_error(context));
        if (verdict.check != MARKCERT_CHECK__MAX)
            markcert_set(X509_STORE_CTX_get_app_data(context), verdict.check, MARKCERT_FAIL,
                         verdict.reason);
    }
    return 1;
}

/* The path as far as it could be built; the caller frees. What is wrong with it is in *markcert. */
static STACK_OF(X509) * build_path(const struct markcert_question *question,
                                   const struct markcert_chain *chain, struct markcert *markcert) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509 *first = sk_X509_value(chain->given, 0);
    if (!context ||
        !X509_STORE_CTX_init(context, mark_roots_store(question->roots), first, chain->given))
        g_error("OpenSSL: no memory");
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_NO_CHECK_TIME);
    X509_VERIFY_PARAM_set_depth(parameters, LIMIT_MARKCERT_CERTIFICATES);
    X509_VERIFY_PARAM_set_auth_level(parameters, 2); /* 112 bits: RSA 2048, no SHA-1 */
    X509_STORE_CTX_set_verify_cb(context, note_error);
    X509_STORE_CTX_set_app_data(context, markcert);
    if (X509_verify_cert(context) <= 0) /* an error that never came by note_error */
        markcert_set(markcert, MARKCERT_CHAIN, MARKCERT_FAIL, MARKCERT_PATH);
    STACK_OF(X509) *path = X509_STORE_CTX_get1_chain(context);
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    if (!path)
        path = X509_chain_up_ref(chain->given);
    if (!path)
        g_error("OpenSSL: no memory");
    return path;
}

/* Draft §3.3: certificate first, then its issuer, and so on; what is out of order or does not
 * belong to the path may be refused, and is. */
static bool is_in_order(const struct markcert_chain *chain) {
    int n = sk_X509_num(chain->given);
    bool same = n <= sk_X509_num(chain->path);
    for (int i = 0; i < n && same; i++)
        same = X509_cmp(sk_X509_value(chain->given, i), sk_X509_value(chain->path, i)) == 0;
    return same;
}

bool markcert_date(const ASN1_TIME *date, int64_t *epoch) {
    g_autofree char *text =
        g_strndup((const char *)ASN1_STRING_get0_data(date), (gsize)ASN1_STRING_length(date));
    struct tm tm = {0};
    if (!ASN1_TIME_set_string_X509(NULL, text) || !ASN1_TIME_to_tm(date, &tm))
        return false;
    *epoch = timegm(&tm);
    return true;
}

/* RFC 5280 §4.1.2.5: both ends belong to the period. */
static enum markcert_reason judge_dates(const X509 *certificate, bool is_issuer, int64_t now,
                                        int64_t *from, int64_t *to) {
    if (!markcert_date(X509_get0_notBefore(certificate), from) ||
        !markcert_date(X509_get0_notAfter(certificate), to) || *to < *from)
        return MARKCERT_BAD_DATE;
    if (now > *to)
        return is_issuer ? MARKCERT_CA_EXPIRED : MARKCERT_EXPIRED;
    if (now < *from)
        return is_issuer ? MARKCERT_CA_NOT_YET_VALID : MARKCERT_NOT_YET_VALID;
    return MARKCERT_NO_REASON;
}

static void check_dates(const struct markcert_question *question,
                        const struct markcert_chain *chain, struct markcert *markcert) {
    for (int i = 0; i < sk_X509_num(chain->path); i++) {
        int64_t from = 0, to = 0;
        enum markcert_reason reason =
            judge_dates(sk_X509_value(chain->path, i), i > 0, question->now, &from, &to);
        markcert_set(markcert, MARKCERT_VALIDITY, reason ? MARKCERT_FAIL : MARKCERT_PASS, reason);
        if (i == 0) {
            markcert->not_before = from;
            markcert->not_after = to;
        }
        if (i == 0 || to < markcert->expires)
            markcert->expires = to;
    }
    bool is_public = chain->root && chain->root->kind == MARK_ROOT_PUBLIC;
    if (is_public &&
        markcert->not_after - markcert->not_before >= (int64_t)LIMIT_MARKCERT_DAYS * 86400)
        markcert_set(markcert, MARKCERT_VALIDITY, MARKCERT_FAIL, MARKCERT_TOO_LONG_VALID);
}

static bool is_strong_curve(const EVP_PKEY *key) {
    char group[32];
    size_t n;
    int explicit_parameters = 0;
    EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                           &explicit_parameters);
    return !explicit_parameters && EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
           (g_str_equal(group, "prime256v1") || g_str_equal(group, "secp384r1") ||
            g_str_equal(group, "secp521r1"));
}

bool markcert_is_strong_key(const X509 *certificate) {
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    int kind = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
    bool strong = false;
    if (kind == EVP_PKEY_RSA)
        strong =
            EVP_PKEY_get_bits(key) >= 2048 && EVP_PKEY_get_bits(key) <= LIMIT_MARKCERT_RSA_BITS;
    else if (kind == EVP_PKEY_EC)
        strong = is_strong_curve(key);
    ERR_clear_error();
    return strong;
}

/* RSASSA-PSS names its digest in parameters and no mark authority signs with it: not known here. */
bool markcert_is_strong_signature(int algorithm) {
    int digest, key;
    return OBJ_find_sigid_algs(algorithm, &digest, &key) == 1 &&
           (digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512);
}

/* The root's own signature proves nothing and is not asked about. */
static void check_algorithms(const struct markcert_chain *chain, struct markcert *markcert) {
    markcert_set(markcert, MARKCERT_ALGORITHMS, MARKCERT_PASS, MARKCERT_NO_REASON);
    int n = sk_X509_num(chain->path);
    for (int i = 0; i < n; i++) {
        X509 *certificate = sk_X509_value(chain->path, i);
        bool is_root = i == n - 1 && (X509_get_extension_flags(certificate) & EXFLAG_SS);
        if (!markcert_is_strong_key(certificate))
            markcert_set(markcert, MARKCERT_ALGORITHMS, MARKCERT_FAIL, MARKCERT_WEAK_KEY);
        if (!is_root && !markcert_is_strong_signature(X509_get_signature_nid(certificate)))
            markcert_set(markcert, MARKCERT_ALGORITHMS, MARKCERT_FAIL, MARKCERT_WEAK_SIGNATURE);
    }
}

bool markcert_is_authority(X509 *certificate) {
    uint32_t flags = X509_get_extension_flags(certificate);
    return (flags & EXFLAG_BCONS) && (flags & EXFLAG_CA) && (flags & EXFLAG_KUSAGE) &&
           (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN);
}

static void check_authority(const struct markcert_chain *chain, struct markcert *markcert) {
    markcert_set(markcert, MARKCERT_AUTHORITY, MARKCERT_PASS, MARKCERT_NO_REASON);
    X509 *first = sk_X509_value(chain->path, 0);
    uint32_t flags = X509_get_extension_flags(first);
    if ((flags & EXFLAG_CA) ||
        ((flags & EXFLAG_KUSAGE) && (X509_get_key_usage(first) & KU_KEY_CERT_SIGN)))
        markcert_set(markcert, MARKCERT_AUTHORITY, MARKCERT_FAIL, MARKCERT_IS_CA);
    for (int i = 1; i < sk_X509_num(chain->path); i++)
        if (!markcert_is_authority(sk_X509_value(chain->path, i)))
            markcert_set(markcert, MARKCERT_AUTHORITY, MARKCERT_FAIL, MARKCERT_ISSUER_NOT_CA);
}

/* RFC 5280 §4.2: what is critical and not processed here or by OpenSSL as it is asked above. */
static bool is_understood(X509_EXTENSION *extension) {
    static const int known[] = {NID_basic_constraints,      NID_key_usage,
                                NID_ext_key_usage,          NID_subject_alt_name,
                                NID_name_constraints,       NID_certificate_policies,
                                NID_crl_distribution_points};
    const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (OBJ_obj2nid(object) == known[i])
            return true;
    char oid[64];
    return OBJ_obj2txt(oid, sizeof oid, object, 1) > 0 && g_str_equal(oid, logotype_oid);
}

static void check_extensions(X509 *certificate, struct markcert *markcert) {
    int n = X509_get_ext_count(certificate);
    if (n > LIMIT_MARKCERT_EXTENSIONS)
        markcert_set(markcert, MARKCERT_EXTENSIONS, MARKCERT_FAIL, MARKCERT_TOO_MANY_EXTENSIONS);
    for (int i = 0; i < MIN(n, LIMIT_MARKCERT_EXTENSIONS); i++) {
        X509_EXTENSION *extension = X509_get_ext(certificate, i);
        if (X509_EXTENSION_get_critical(extension) && !is_understood(extension))
            markcert_set(markcert, MARKCERT_EXTENSIONS, MARKCERT_FAIL, MARKCERT_UNKNOWN_CRITICAL);
        if (X509_get_ext_by_OBJ(certificate, X509_EXTENSION_get_object(extension), i) >= 0)
            markcert_set(markcert, MARKCERT_EXTENSIONS, MARKCERT_FAIL,
                         MARKCERT_DUPLICATE_EXTENSION);
    }
}

void markcert_path_check(const struct markcert_question *question, struct markcert_chain *chain,
                         struct markcert *markcert) {
    chain->path = build_path(question, chain, markcert);
    if (!is_in_order(chain))
        markcert_set(markcert, MARKCERT_CHAIN, MARKCERT_FAIL, MARKCERT_OUT_OF_ORDER);
    X509 *last = sk_X509_value(chain->path, sk_X509_num(chain->path) - 1);
    chain->root = mark_roots_find(question->roots, last);
    if (!chain->root)
        markcert_set(markcert, MARKCERT_CHAIN, MARKCERT_FAIL, MARKCERT_UNKNOWN_ROOT);
    markcert_set(markcert, MARKCERT_CHAIN, MARKCERT_PASS, MARKCERT_NO_REASON);
    check_dates(question, chain, markcert);
    check_algorithms(chain, markcert);
    check_authority(chain, markcert);
    markcert_set(markcert, MARKCERT_EXTENSIONS, MARKCERT_PASS, MARKCERT_NO_REASON);
    for (int i = 0; i < sk_X509_num(chain->path); i++)
        check_extensions(sk_X509_value(chain->path, i), markcert);
    if (markcert->checks[MARKCERT_CHAIN].state != MARKCERT_PASS)
        chain->root = NULL;
    if (chain->root)
        markcert->root = g_strdup(chain->root->subject);
}

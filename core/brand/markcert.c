/* SPDX-License-Identifier: MIT
 *
 * The conductor: text to certificates, path, profile, logo, revocation, and what it all comes to.
 */
#include "brand/markcert.h"

#include "base/limits.h"
#include "base/inflate.h"
#include "brand/logotype.h"
#include "brand/markcert_parts.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

static int rank(enum markcert_state state) {
    static const int ranks[] = {[MARKCERT_NOT_EVALUATED] = 0,
                                [MARKCERT_PASS] = 1,
                                [MARKCERT_ABSENT] = 2,
                                [MARKCERT_NOT_VERIFIED] = 3,
                                [MARKCERT_FAIL] = 4};
    return ranks[state];
}

void markcert_set(struct markcert *markcert, enum markcert_check_id check,
                  enum markcert_state state, enum markcert_reason reason) {
    g_assert((state == MARKCERT_PASS) == (reason == MARKCERT_NO_REASON));
    struct markcert_check *target = &markcert->checks[check];
    if (rank(state) > rank(target->state))
        *target = (struct markcert_check){state, reason};
}

void markcert_set_absent(struct markcert *markcert, const struct markcert_chain *chain,
                         enum markcert_check_id check, enum markcert_reason reason) {
    bool may = chain->root && chain->root->kind == MARK_ROOT_OPERATOR;
    markcert_set(markcert, check, may ? MARKCERT_ABSENT : MARKCERT_FAIL, reason);
}

char *markcert_fingerprint(const X509 *certificate) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &n) != 1)
        g_error("OpenSSL: no SHA-256");
    GString *text = g_string_sized_new(64);
    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(text, "%02x", digest[i]);
    return g_string_free(text, FALSE);
}

/* --- the logo --------------------------------------------------------------------------------- */

/* The extension's value; SPAN_NULL if there is none. */
static struct span logotype_value(const X509 *certificate) {
    ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.5.5.7.1.12", 1);
    if (!oid)
        g_error("OpenSSL: no memory");
    int at = X509_get_ext_by_OBJ(certificate, oid, -1);
    ASN1_OBJECT_free(oid);
    if (at < 0)
        return SPAN_NULL;
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
    return span_make((const char *)ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
}

static enum markcert_reason logotype_reason(enum logotype_fault fault) {
    static const enum markcert_reason reasons[] = {
        [LOGOTYPE_FINE] = MARKCERT_NO_REASON,
        [LOGOTYPE_NO_SUBJECT] = MARKCERT_NO_LOGOTYPE,
        [LOGOTYPE_SYNTAX] = MARKCERT_LOGOTYPE_SYNTAX,
        [LOGOTYPE_NOT_EMBEDDED] = MARKCERT_LOGO_NOT_EMBEDDED,
        [LOGOTYPE_SEVERAL] = MARKCERT_LOGO_SEVERAL,
        [LOGOTYPE_MEDIA_TYPE] = MARKCERT_LOGO_MEDIA_TYPE,
        [LOGOTYPE_DATA] = MARKCERT_LOGO_DATA,
        [LOGOTYPE_TOO_LARGE] = MARKCERT_LOGO_TOO_LARGE};
    return reasons[fault];
}

/* The certificate's signature covers the logo itself, so a SHA-1 within adds nothing and takes
 * nothing away; one that differs still says that something went wrong. */
static void check_hash(const struct logotype *logotype, struct markcert *markcert) {
    gsize n;
    const char *octets = g_bytes_get_data(markcert->svg, &n);
    enum logotype_hash strongest;
    bool same = logotype_compare(logotype, span_make(octets, n), &strongest);
    markcert->hash_name = logotype_hash_name(strongest);
    if (strongest == LOGOTYPE_HASH_UNKNOWN)
        markcert_set(markcert, MARKCERT_LOGO_HASH, MARKCERT_FAIL, MARKCERT_LOGO_HASH_WEAK);
    else if (!same)
        markcert_set(markcert, MARKCERT_LOGO_HASH, MARKCERT_FAIL, MARKCERT_LOGO_HASH_WRONG);
    else if (strongest == LOGOTYPE_SHA1)
        markcert_set(markcert, MARKCERT_LOGO_HASH, MARKCERT_NOT_VERIFIED, MARKCERT_LOGO_HASH_SHA1);
    else
        markcert_set(markcert, MARKCERT_LOGO_HASH, MARKCERT_PASS, MARKCERT_NO_REASON);
}

static void check_logo(const X509 *certificate, struct markcert *markcert) {
    struct span value = logotype_value(certificate);
    struct logotype logotype;
    enum logotype_fault fault = value.p ? logotype_parse(value, &logotype) : LOGOTYPE_NO_SUBJECT;
    if (fault == LOGOTYPE_FINE)
        markcert->svg = logotype_unpack(&logotype, &fault);
    enum markcert_reason reason = logotype_reason(fault);
    markcert_set(markcert, MARKCERT_LOGOTYPE, reason ? MARKCERT_FAIL : MARKCERT_PASS, reason);
    if (!markcert->svg)
        return;
    markcert->svg_sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, markcert->svg);
    check_hash(&logotype, markcert);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void check_all(const struct markcert_question *question, struct markcert *markcert) {
    struct markcert_chain chain = {NULL, NULL, NULL};
    enum markcert_reason reason = MARKCERT_TOO_LARGE;
    if (question->pem.n <= LIMIT_MARKCERT_SIZE)
        reason = markcert_pem_parse(question->pem, LIMIT_MARKCERT_CERTIFICATES, &chain.given);
    markcert_set(markcert, MARKCERT_PEM, reason ? MARKCERT_FAIL : MARKCERT_PASS, reason);
    if (reason)
        return;
    const X509 *certificate = sk_X509_value(chain.given, 0);
    markcert->sha256 = markcert_fingerprint(certificate);
    markcert_path_check(question, &chain, markcert);
    markcert_profile_check(question, &chain, markcert);
    check_logo(certificate, markcert);
    markcert_revocation_check(question, &chain, markcert);
    sk_X509_pop_free(chain.path, X509_free);
    sk_X509_pop_free(chain.given, X509_free);
    ERR_clear_error();
}

static void judge(struct markcert *markcert) {
    markcert->valid = true;
    for (int i = 0; i < MARKCERT_CHECK__MAX; i++) {
        const struct markcert_check *check = &markcert->checks[i];
        if (check->state == MARKCERT_FAIL && !markcert->reason)
            markcert->reason = check->reason;
        if (check->state == MARKCERT_FAIL || check->state == MARKCERT_NOT_EVALUATED)
            markcert->valid = false;
    }
    g_assert(markcert->valid == (markcert->reason == MARKCERT_NO_REASON));
    g_assert(!markcert->valid || (markcert->svg && markcert->type && markcert->root));
}

struct markcert *markcert_check(const struct markcert_question *question) {
    g_assert(question->domain && question->roots);
    struct markcert *markcert = g_new0(struct markcert, 1);
    check_all(question, markcert);
    judge(markcert);
    return markcert;
}

static bool is_picture(struct span picture, GBytes *certified) {
    gsize n;
    const char *octets = g_bytes_get_data(certified, &n);
    return span_eq(picture, span_make(octets, n));
}

void markcert_compare(struct markcert *markcert, struct span picture) {
    g_autoptr(GBytes) unpacked =
        inflate_is_gzip(picture) ? inflate_gzip(picture, LIMIT_LOGO_SIZE, NULL) : NULL;
    if (!markcert->svg || is_picture(picture, markcert->svg) ||
        (unpacked && g_bytes_equal(unpacked, markcert->svg)))
        return;
    markcert_set(markcert, MARKCERT_LOGO_HASH, MARKCERT_FAIL, MARKCERT_OTHER_PICTURE);
    markcert->reason = MARKCERT_NO_REASON;
    judge(markcert);
}

void markcert_free(struct markcert *markcert) {
    g_free(markcert->organization);
    g_free(markcert->issuer);
    g_free(markcert->root);
    g_strfreev(markcert->names);
    g_strfreev(markcert->crl_urls);
    g_free(markcert->sha256);
    g_free(markcert->svg_sha256);
    g_clear_pointer(&markcert->svg, g_bytes_unref);
    g_free(markcert);
}

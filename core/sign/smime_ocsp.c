/* SPDX-License-Identifier: MIT */
#include "sign/smime_ocsp.h"

#include "base/limits.h"
#include "sign/ber.h"
#include "sign/smime_certificate.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

/* --- where they are --------------------------------------------------------------------------- */

static void free_response(gpointer response) {
    OCSP_BASICRESP_free(response);
}

GPtrArray *smime_ocsp_list(void) {
    return g_ptr_array_new_with_free_func(free_response);
}

bool smime_ocsp_add(GPtrArray *list, struct span response) {
    const unsigned char *at = (const unsigned char *)response.p;
    OCSP_RESPONSE *whole = d2i_OCSP_RESPONSE(NULL, &at, (long)response.n);
    OCSP_BASICRESP *basic = NULL;
    if (whole && OCSP_response_status(whole) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
        basic = OCSP_response_get1_basic(whole);
    if (basic)
        g_ptr_array_add(list, basic);
    OCSP_RESPONSE_free(whole);
    ERR_clear_error();
    return basic;
}

/* RevocationInfoChoice ::= CHOICE { crl CertificateList, other [1] IMPLICIT SEQUENCE {
 * otherRevInfoFormat OBJECT IDENTIFIER, otherRevInfo ANY } }  (RFC 5652 §10.2.1)
 * id-ri-ocsp-response is 1.3.6.1.5.5.7.16.2 (RFC 5940 §2.1). */
void smime_ocsp_add_stapled(GPtrArray *list, struct span revocation_infos) {
    static const struct span ocsp = SPAN_LIT("\x2b\x06\x01\x05\x05\x07\x10\x02");
    struct ber info, format, response;
    guint n = 0;
    while (n < LIMIT_SMIME_OCSP && ber_next(&revocation_infos, &info)) {
        if (info.tag != BER_CONTEXT_1 || !ber_next(&info.value, &format) || format.tag != BER_OID ||
            !span_eq(format.value, ocsp) || !ber_next(&info.value, &response))
            continue;
        n++;
        smime_ocsp_add(list, response.whole);
    }
}

/* --- who made it ------------------------------------------------------------------------------ */

static bool is_strong(int digest) {
    return digest != NID_undef && digest != NID_sha1 && digest != NID_md5 && digest != NID_md5_sha1;
}

/* RFC 8017 §A.2.3: parameters that do not name a digest mean SHA-1. */
static int digest_of(const X509_ALGOR *algorithm) {
    int digest = NID_undef, key = NID_undef;
    if (OBJ_obj2nid(algorithm->algorithm) == NID_rsassaPss) {
        RSA_PSS_PARAMS *pss =
            algorithm->parameter
                ? ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_PSS_PARAMS), algorithm->parameter)
                : NULL;
        if (pss && pss->hashAlgorithm)
            digest = OBJ_obj2nid(pss->hashAlgorithm->algorithm);
        RSA_PSS_PARAMS_free(pss);
    } else if (!OBJ_find_sigid_algs(OBJ_obj2nid(algorithm->algorithm), &digest, &key)) {
        digest = NID_undef;
    }
    return digest;
}

static bool is_valid_at(const X509 *x509, int64_t at) {
    int64_t from, until;
    return smime_time_read(X509_get0_notBefore(x509), &from) &&
           smime_time_read(X509_get0_notAfter(x509), &until) && at >= from && at <= until;
}

/* RFC 6960 §4.2.2.2: "issued directly by the CA that is identified in the request", with
 * id-kp-OCSPSigning said, not implied by any other usage. */
static bool is_delegate(X509 *signer, X509 *issuer, int64_t at) {
    int digest = NID_undef;
    uint32_t usage = X509_get_key_usage(signer), extended = X509_get_extended_key_usage(signer);
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    return extended != UINT32_MAX && (extended & XKU_OCSP_SIGN) &&
           (usage == UINT32_MAX || (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION))) &&
           !(X509_get_extension_flags(signer) & (EXFLAG_INVALID | EXFLAG_CRITICAL)) &&
           is_valid_at(signer, at) && X509_get_signature_info(signer, &digest, NULL, NULL, NULL) &&
           is_strong(digest) && X509_check_issued(issuer, signer) == X509_V_OK && key &&
           X509_verify(signer, key) == 1;
}

static bool is_authorized(OCSP_BASICRESP *response, X509 *issuer, int64_t at) {
    STACK_OF(X509) *candidates = sk_X509_new_null();
    X509 *signer = NULL;
    uint64_t ignored = 0;
    g_assert(candidates && sk_X509_push(candidates, issuer));
    bool holds = OCSP_resp_get0_signer(response, &signer, candidates) == 1 && signer &&
                 is_strong(digest_of(OCSP_resp_get0_tbs_sigalg(response))) &&
                 smime_certificate_strength(signer, &ignored) == CHECK_PASS &&
                 (X509_cmp(signer, issuer) == 0 || is_delegate(signer, issuer, at));
    if (holds) {
        /* Who may has been asked above; here it is the signature alone, by that very key. */
        sk_X509_zero(candidates);
        g_assert(sk_X509_push(candidates, signer));
        holds = OCSP_basic_verify(response, candidates, NULL, OCSP_NOINTERN | OCSP_NOVERIFY) == 1;
    }
    sk_X509_free(candidates);
    return holds;
}

/* --- what it says ----------------------------------------------------------------------------- */

/* CertID: the issuer's name and key under a digest of the responder's choice, and the serial. */
static bool is_about(const OCSP_SINGLERESP *single, const X509 *x509, const X509 *issuer) {
    /* OpenSSL reads out of a CertID only through a pointer that is not const. */
    OCSP_CERTID *id = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(single));
    ASN1_OBJECT *algorithm = NULL;
    ASN1_INTEGER *serial = NULL;
    bool same = false;
    if (id && OCSP_id_get0_info(NULL, &algorithm, NULL, &serial, id) &&
        ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(x509)) == 0) {
        const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
        OCSP_CERTID *wanted = digest ? OCSP_cert_to_id(digest, x509, issuer) : NULL;
        same = wanted && OCSP_id_cmp(id, wanted) == 0;
        OCSP_CERTID_free(wanted);
    }
    OCSP_CERTID_free(id);
    return same;
}

struct statement {
    int status, reason;
    int64_t from, until, revoked_at;
};

static bool read_statement(OCSP_SINGLERESP *single, struct statement *statement) {
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *until = NULL;
    statement->reason = OCSP_REVOKED_STATUS_NOSTATUS;
    statement->status =
        OCSP_single_get0_status(single, &statement->reason, &revoked, &from, &until);
    statement->revoked_at = INT64_MIN;
    /* RFC 5280 §5.2: who does not know a critical extension knows nothing of the rest either. */
    if (OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) >= 0 ||
        !smime_time_read(from, &statement->from))
        return false;
    statement->until = statement->from + LIMIT_SMIME_OCSP_AGE;
    if (until && !smime_time_read(until, &statement->until))
        return false;
    return !revoked || smime_time_read(revoked, &statement->revoked_at);
}

static struct smime_ocsp_answer answer_of(const struct statement *statement, bool is_current) {
    struct smime_ocsp_answer answer = {.status = SMIME_OCSP_SILENT};
    int reason = statement->reason;
    if (statement->status == V_OCSP_CERTSTATUS_GOOD && is_current)
        answer.status = SMIME_OCSP_GOOD;
    if (statement->status != V_OCSP_CERTSTATUS_REVOKED ||
        (reason == OCSP_REVOKED_STATUS_CERTIFICATEHOLD && !is_current))
        return answer;
    answer.status = SMIME_OCSP_REVOKED;
    answer.revoked_at = statement->revoked_at;
    answer.stolen =
        reason == OCSP_REVOKED_STATUS_KEYCOMPROMISE || reason == OCSP_REVOKED_STATUS_CACOMPROMISE;
    return answer;
}

static void add(struct smime_ocsp_answer *sum, struct smime_ocsp_answer answer) {
    bool earlier = answer.status == SMIME_OCSP_REVOKED && sum->status == SMIME_OCSP_REVOKED &&
                   (answer.stolen || answer.revoked_at < sum->revoked_at);
    if (answer.status > sum->status || earlier)
        *sum = answer;
}

struct smime_ocsp_answer smime_ocsp_ask(struct ocsp_basic_response_st *response,
                                        struct x509_st *x509, struct x509_st *issuer,
                                        const struct smime_ocsp_time *time) {
    struct smime_ocsp_answer sum = {.status = SMIME_OCSP_SILENT};
    if (OCSP_BASICRESP_get_ext_by_critical(response, 1, -1) >= 0 ||
        OCSP_resp_count(response) > LIMIT_SMIME_OCSP_STATEMENTS)
        return sum;
    for (int i = 0; i < OCSP_resp_count(response); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(response, i);
        struct statement statement;
        if (!is_about(single, x509, issuer) || !read_statement(single, &statement))
            continue;
        bool is_current = statement.from <= time->now + LIMIT_SMIME_OCSP_SKEW &&
                          statement.until >= time->received_at - LIMIT_SMIME_OCSP_SKEW;
        struct smime_ocsp_answer answer = answer_of(&statement, is_current);
        /* A delegate's certificate that had expired by then vouches for nothing. */
        if (answer.status &&
            is_authorized(response, issuer, MAX(statement.from, MIN(time->received_at, time->now))))
            add(&sum, answer);
    }
    ERR_clear_error();
    return sum;
}

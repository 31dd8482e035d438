/* SPDX-License-Identifier: MIT
 *
 * What an authority of smime_signer.h says of whom it vouched for: OCSP responses (RFC 6960) and
 * lists of revoked certificates (RFC 5280 §5), each with one thing wrong where a test asks for it.
 */
#ifndef INKAN_TESTS_SMIME_RESPONDER_H
#define INKAN_TESTS_SMIME_RESPONDER_H

#include "base/span.h"
#include "smime_signer.h"

#include <openssl/ocsp.h>
#include <openssl/rsa.h>

enum { MINUTE = 60, DAY = 86400 };

/* Whom it is about, who says so, and what. Zero is an honest answer: good, as of a minute ago, for
 * a day, under the issuer's own key, CertID by SHA-1. Times: seconds from now. */
struct told {
    const struct smime_person *about, *issuer;
    const struct smime_person *by; /* a delegate, whose certificate comes along */
    int status, reason;            /* V_OCSP_CERTSTATUS_*, OCSP_REVOKED_STATUS_* */
    int revoked, since, until;
    const EVP_MD *id_digest, *digest;
    int n; /* how many statements; 0: one */
    bool named, pss, nonce, forever, odd_response, odd_single;
};

static inline X509_EXTENSION *critical_extension(void) {
    ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.99999.2", 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    g_assert(ASN1_OCTET_STRING_set(value, (const unsigned char *)"\5\0", 2));
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
    return extension;
}

static inline void told_add(OCSP_BASICRESP *response, const struct told *told) {
    ASN1_TIME *since = X509_gmtime_adj(NULL, told->since ? told->since : -MINUTE);
    ASN1_TIME *until = X509_gmtime_adj(NULL, told->until ? told->until : DAY);
    ASN1_TIME *revoked = X509_gmtime_adj(NULL, told->revoked);
    OCSP_CERTID *id = OCSP_cert_to_id(told->id_digest, told->about->x509, told->issuer->x509);
    bool is_revoked = told->status == V_OCSP_CERTSTATUS_REVOKED;
    OCSP_SINGLERESP *single =
        OCSP_basic_add1_status(response, id, told->status, told->reason,
                               is_revoked ? revoked : NULL, since, told->forever ? NULL : until);
    g_assert(single);
    if (told->odd_single) {
        X509_EXTENSION *odd = critical_extension();
        OCSP_SINGLERESP_add_ext(single, odd, -1);
        X509_EXTENSION_free(odd);
    }
    OCSP_CERTID_free(id);
    ASN1_TIME_free(since), ASN1_TIME_free(until), ASN1_TIME_free(revoked);
}

static inline void told_sign(OCSP_BASICRESP *response, const struct told *told) {
    const struct smime_person *signer = told->by ? told->by : told->issuer;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key = NULL;
    g_assert(EVP_DigestSignInit(context, &key, told->digest ? told->digest : EVP_sha256(), NULL,
                                signer->key) == 1);
    if (told->pss) {
        EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(key, RSA_PSS_SALTLEN_DIGEST);
    }
    unsigned long flags = (told->by ? 0 : OCSP_NOCERTS) | (told->named ? 0 : OCSP_RESPID_KEY);
    g_assert(OCSP_basic_sign_ctx(response, signer->x509, context, NULL, flags) == 1);
    EVP_MD_CTX_free(context);
}

static inline OCSP_BASICRESP *told_basic(const struct told *told) {
    OCSP_BASICRESP *response = OCSP_BASICRESP_new();
    for (int i = 0; i < MAX(told->n, 1); i++)
        told_add(response, told);
    if (told->nonce)
        OCSP_basic_add1_nonce(response, NULL, 16);
    if (told->odd_response) {
        X509_EXTENSION *odd = critical_extension();
        OCSP_BASICRESP_add_ext(response, odd, -1);
        X509_EXTENSION_free(odd);
    }
    told_sign(response, told);
    return response;
}

/* An OCSPResponse in DER; the caller unrefs. `basic` NULL: one that failed, with `status`. */
static inline GBytes *told_der(int status, OCSP_BASICRESP *basic) {
    OCSP_RESPONSE *whole = OCSP_response_create(status, basic);
    unsigned char *der = NULL;
    int n = i2d_OCSP_RESPONSE(whole, &der);
    GBytes *bytes = g_bytes_new(der, (gsize)n);
    OPENSSL_free(der);
    OCSP_RESPONSE_free(whole);
    OCSP_BASICRESP_free(basic);
    return bytes;
}

/* One who is entitled to nothing but what `usage` says; `purpose` NULL: none is said. */
static inline struct smime_person delegate_new(const struct smime_person *issuer,
                                               const char *purpose, const char *usage) {
    struct smime_person person = smime_person_new("Responder", "responder@corp.test", issuer);
    if (purpose)
        add_extension(person.x509, issuer->x509, NID_ext_key_usage, purpose);
    if (usage)
        add_extension(person.x509, issuer->x509, NID_key_usage, usage);
    g_assert(X509_sign(person.x509, issuer->key, EVP_sha256()));
    return person;
}

/* A list by `issuer` under the key of `by`; `revoked` NULL: it is empty. Seconds from now. */
struct listed {
    const struct smime_person *issuer, *by, *revoked;
    int since, until, at, reason; /* CRL_REASON_*; 0: none is said */
};

static inline X509_CRL *listed_crl(const struct listed *listed) {
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *since = X509_gmtime_adj(NULL, listed->since ? listed->since : -MINUTE);
    ASN1_TIME *until = X509_gmtime_adj(NULL, listed->until ? listed->until : DAY);
    ASN1_TIME *at = X509_gmtime_adj(NULL, listed->at);
    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(listed->issuer->x509));
    X509_CRL_set1_lastUpdate(crl, since);
    X509_CRL_set1_nextUpdate(crl, until);
    if (listed->revoked) {
        X509_REVOKED *entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(listed->revoked->x509));
        X509_REVOKED_set_revocationDate(entry, at);
        if (listed->reason) {
            ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
            ASN1_ENUMERATED_set(reason, listed->reason);
            X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0);
            ASN1_ENUMERATED_free(reason);
        }
        X509_CRL_add0_revoked(crl, entry);
    }
    g_assert(X509_CRL_sign(crl, (listed->by ? listed->by : listed->issuer)->key, EVP_sha256()));
    ASN1_TIME_free(since), ASN1_TIME_free(until), ASN1_TIME_free(at);
    return crl;
}

#endif

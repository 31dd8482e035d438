/* SPDX-License-Identifier: MIT
 *
 * An authority and people for tests of sign/smime: keys of P-256, certificates of an hour
 * around now, and what they sign as DER. */
#ifndef INKAN_TESTS_SMIME_SIGNER_H
#define INKAN_TESTS_SMIME_SIGNER_H

#include <glib.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <time.h>

struct smime_person {
    EVP_PKEY *key;
    X509 *x509;
};

static inline void add_extension(X509 *x509, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    g_assert(extension && X509_add_ext(x509, extension, -1));
    X509_EXTENSION_free(extension);
}

/* `address` NULL: an authority. `issuer` NULL: it vouches for itself. Valid an hour around now. */
static inline struct smime_person smime_person_new(const char *name, const char *address,
                                                   const struct smime_person *issuer) {
    static long serial = 1;
    struct smime_person person = {EVP_EC_gen("P-256"), X509_new()};
    const struct smime_person *by = issuer ? issuer : &person;
    X509_NAME *subject = X509_get_subject_name(person.x509);
    X509_set_version(person.x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(person.x509), serial++);
    X509_gmtime_adj(X509_getm_notBefore(person.x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(person.x509), 3600);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1,
                               0);
    X509_set_issuer_name(person.x509, X509_get_subject_name(by->x509));
    X509_set_pubkey(person.x509, person.key);
    add_extension(person.x509, by->x509, NID_basic_constraints,
                  address ? "CA:FALSE" : "critical,CA:TRUE");
    if (address) {
        g_autofree char *names = g_strdup_printf("email:%s", address);
        add_extension(person.x509, by->x509, NID_subject_alt_name, names);
    }
    g_assert(X509_sign(person.x509, by->key, EVP_sha256()));
    return person;
}

static inline void smime_person_clear(struct smime_person *person) {
    EVP_PKEY_free(person->key);
    X509_free(person->x509);
}

static inline GBytes *smime_person_pem(const struct smime_person *person) {
    BIO *out = BIO_new(BIO_s_mem());
    char *text;
    PEM_write_bio_X509(out, person->x509);
    long n = BIO_get_mem_data(out, &text);
    GBytes *pem = g_bytes_new(text, (gsize)n);
    BIO_free(out);
    return pem;
}

/* DER; `detached` is CMS_DETACHED, or 0 with the text inside. */
static inline GBytes *smime_person_sign_as(const struct smime_person *person, const char *text,
                                           unsigned detached) {
    BIO *in = BIO_new_mem_buf(text, -1);
    CMS_ContentInfo *cms = CMS_sign(person->x509, person->key, NULL, in, detached | CMS_BINARY);
    unsigned char *der = NULL;
    int n = i2d_CMS_ContentInfo(cms, &der);
    GBytes *bytes = g_bytes_new(der, (gsize)n);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    return bytes;
}

static inline GBytes *smime_person_sign(const struct smime_person *person, const char *text) {
    return smime_person_sign_as(person, text, CMS_DETACHED);
}

#endif

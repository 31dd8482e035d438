/* SPDX-License-Identifier: MIT
 *
 * Octets through sign/smime_ocsp, as one response and as what is stapled to a signature. Beside
 * crashes: no more is kept than allowed, what speaks was signed by the issuer's own key, and one
 * changed octet of the signature silences it. */
#include "sign/smime_ocsp.h"

#include "base/limits.h"
#define FUZZ_ALICE
#include "fuzz_people.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static X509 *alice, *root, *other;

static X509 *read_certificate(const char *pem) {
    BIO *in = BIO_new_mem_buf(pem, -1);
    X509 *x509 = PEM_read_bio_X509(in, NULL, NULL, NULL);
    g_assert(x509);
    BIO_free(in);
    return x509;
}

/* Somebody of the root's name with another key. */
static X509 *namesake_of(X509 *x509) {
    X509 *namesake = X509_dup(x509);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509_set_pubkey(namesake, key);
    g_assert(X509_sign(namesake, key, EVP_sha256()));
    EVP_PKEY_free(key);
    return namesake;
}

static struct smime_ocsp_answer ask(OCSP_BASICRESP *response, X509 *issuer) {
    struct smime_ocsp_time time = {FUZZ_NOW, FUZZ_NOW};
    return smime_ocsp_ask(response, alice, issuer, &time);
}

static void check(OCSP_BASICRESP *response) {
    struct smime_ocsp_answer answer = ask(response, root);
    g_assert(answer.status <= SMIME_OCSP_REVOKED);
    g_assert(answer.status == SMIME_OCSP_REVOKED || (!answer.revoked_at && !answer.stolen));
    g_assert(ask(response, other).status == SMIME_OCSP_SILENT);
    if (answer.status == SMIME_OCSP_SILENT)
        return;
    g_assert(OCSP_resp_count(response) <= LIMIT_SMIME_OCSP_STATEMENTS);
    const ASN1_OCTET_STRING *signature = OCSP_resp_get0_signature(response);
    g_assert(ASN1_STRING_length(signature) > 0);
    unsigned char *last = (unsigned char *)(uintptr_t)ASN1_STRING_get0_data(signature) +
                          ASN1_STRING_length(signature) - 1;
    *last ^= 1;
    g_assert(ask(response, root).status == SMIME_OCSP_SILENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!root) {
        root = read_certificate(fuzz_root);
        alice = read_certificate(fuzz_alice);
        other = namesake_of(root);
    }
    struct span octets = span_make((const char *)data, size);
    g_autoptr(GPtrArray) list = smime_ocsp_list();
    smime_ocsp_add_stapled(list, octets);
    g_assert(list->len <= LIMIT_SMIME_OCSP);
    smime_ocsp_add(list, octets);
    for (guint i = 0; i < list->len; i++)
        check(list->pdata[i]);
    return 0;
}

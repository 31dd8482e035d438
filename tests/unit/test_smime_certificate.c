/* SPDX-License-Identifier: MIT
 *
 * sign/smime_certificate, sign/smime_chain: what a certificate says of itself, and each way a path
 * can end (RFC 5280 §6.1, RFC 8550 §4), built from our own authority. */
#include "sign/smime_certificate.h"

#include "sign/smime_chain.h"
#include "smime_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define BIT(error) (UINT64_C(1) << (error))
#define ALICE "alice@corp.test"

/* name and value of extensions as in an OpenSSL configuration, NULL ends them */
struct wish {
    const char *extension[3][2];
};

static EVP_PKEY *make_key(const char *algorithm) {
    return strcmp(algorithm, "EC") == 0 ? EVP_EC_gen("P-256")
                                        : EVP_PKEY_Q_keygen(NULL, NULL, algorithm);
}

/* Whether what is taken from here on and not given back is a fault of this thread. */
static void leaks_count(bool yes) {
#ifdef __SANITIZE_ADDRESS__
    (yes ? __lsan_enable : __lsan_disable)();
#else
    (void)yes;
#endif
}

/* With nothing but what is wished for. `issuer` NULL: it vouches for itself. */
static struct smime_person make(const char *name, const char *mail, EVP_PKEY *key,
                                const struct wish *wish, const struct smime_person *issuer) {
    static long serial = 1000;
    struct smime_person person = {key, X509_new()};
    const struct smime_person *by = issuer ? issuer : &person;
    X509_NAME *subject = X509_get_subject_name(person.x509);
    X509_set_version(person.x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(person.x509), serial++);
    X509_gmtime_adj(X509_getm_notBefore(person.x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(person.x509), 3600);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1,
                               0);
    if (mail)
        X509_NAME_add_entry_by_txt(subject, "emailAddress", MBSTRING_ASC,
                                   (const unsigned char *)mail, -1, -1, 0);
    X509_set_issuer_name(person.x509, X509_get_subject_name(by->x509));
    X509_set_pubkey(person.x509, person.key);
    for (int i = 0; i < 3 && wish->extension[i][0]; i++) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, by->x509, person.x509, NULL, NULL, 0);
        X509_EXTENSION *extension =
            X509V3_EXT_conf(NULL, &context, wish->extension[i][0], wish->extension[i][1]);
        assert_non_null(extension);
        assert_true(X509_add_ext(person.x509, extension, -1));
        X509_EXTENSION_free(extension);
    }
    assert_true(X509_sign(person.x509, by->key, EVP_sha256()));
    return person;
}

#define AUTHORITY                                                                                  \
    { "basicConstraints", "critical,CA:TRUE" }
#define PERSON                                                                                     \
    { "basicConstraints", "CA:FALSE" }
#define NAMED                                                                                      \
    { "subjectAltName", "email:" ALICE }

/* root, an authority below it, and the signer */
static void each_fault_of_a_path_has_its_word(void **state) {
    (void)state;
    static const struct {
        struct wish middle, leaf;
        enum signature_check chain;
        uint64_t errors;
    } cases[] = {
        {{{AUTHORITY}}, {{PERSON, NAMED}}, CHECK_PASS, 0},
        {{{PERSON}}, {{PERSON, NAMED}}, CHECK_FAIL, BIT(SMIME_NOT_A_CA)},
        {{{AUTHORITY, {"keyUsage", "critical,digitalSignature"}}},
         {{PERSON, NAMED}},
         CHECK_FAIL,
         BIT(SMIME_NOT_A_CA)},
        {{{AUTHORITY, {"nameConstraints", "critical,permitted;email:other.test"}}},
         {{PERSON, NAMED}},
         CHECK_FAIL,
         BIT(SMIME_NAME_CONSTRAINTS)},
        {{{AUTHORITY, {"nameConstraints", "critical,excluded;email:corp.test"}}},
         {{PERSON, NAMED}},
         CHECK_FAIL,
         BIT(SMIME_NAME_CONSTRAINTS)},
        {{{AUTHORITY, {"nameConstraints", "critical,permitted;email:corp.test"}}},
         {{PERSON, NAMED}},
         CHECK_PASS,
         0},
        {{{AUTHORITY, {"policyConstraints", "critical,requireExplicitPolicy:0"}}},
         {{PERSON, NAMED}},
         CHECK_FAIL,
         BIT(SMIME_POLICY)},
        {{{AUTHORITY}},
         {{PERSON, NAMED, {"1.2.3.4", "critical,ASN1:NULL"}}},
         CHECK_FAIL,
         BIT(SMIME_CRITICAL_EXTENSION)},
        {{{AUTHORITY}}, {{PERSON, NAMED, {"1.2.3.4", "ASN1:NULL"}}}, CHECK_PASS, 0},
        {{{AUTHORITY}}, {{AUTHORITY, NAMED}}, CHECK_PASS, BIT(SMIME_SIGNER_IS_CA)},
        {{{AUTHORITY, {"extendedKeyUsage", "serverAuth"}}},
         {{PERSON, NAMED}},
         CHECK_PASS,
         BIT(SMIME_EXTENDED_KEY_USAGE)},
        {{{AUTHORITY}},
         {{PERSON, NAMED, {"extendedKeyUsage", "serverAuth"}}},
         CHECK_PASS,
         BIT(SMIME_EXTENDED_KEY_USAGE)},
        {{{AUTHORITY}},
         {{PERSON, NAMED, {"keyUsage", "critical,keyEncipherment"}}},
         CHECK_PASS,
         BIT(SMIME_KEY_USAGE)},
    };
    const uint64_t usage =
        BIT(SMIME_KEY_USAGE) | BIT(SMIME_EXTENDED_KEY_USAGE) | BIT(SMIME_SIGNER_IS_CA);
    const struct wish authority = {{AUTHORITY}};
    struct smime_person root = make("Root", NULL, make_key("EC"), &authority, NULL);
    X509_STORE *anchors = X509_STORE_new();
    X509_STORE_add_cert(anchors, root.x509);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct smime_person middle = make("Middle", NULL, make_key("EC"), &cases[i].middle, &root);
        struct smime_person leaf = make("Alice", NULL, make_key("EC"), &cases[i].leaf, &middle);
        STACK_OF(X509) *pool = sk_X509_new_null();
        sk_X509_push(pool, middle.x509);
        /* libcrypto 3.0.19 itself loses the policyConstraints that nothing satisfies (3.0.22 does
         * not). */
        bool lost_by_libcrypto = cases[i].errors == BIT(SMIME_POLICY);
        if (lost_by_libcrypto)
            leaks_count(false);
        struct smime_chain *chain =
            smime_chain_build(anchors, leaf.x509, pool, (int64_t)time(NULL));
        if (lost_by_libcrypto)
            leaks_count(true);
        if (chain->chain != cases[i].chain || chain->errors != cases[i].errors)
            print_error("case %zu\n", i);
        assert_int_equal(chain->chain, cases[i].chain);
        assert_int_equal(chain->errors, cases[i].errors);
        assert_int_equal(chain->usage, cases[i].errors & usage ? CHECK_FAIL : CHECK_PASS);
        smime_chain_unref(chain);
        sk_X509_free(pool);
        smime_person_clear(&leaf);
        smime_person_clear(&middle);
    }
    X509_STORE_free(anchors);
    smime_person_clear(&root);
}

static void who_vouches_for_himself_is_nobody(void **state) {
    (void)state;
    const struct wish wish = {{PERSON, NAMED}};
    struct smime_person alone = make("Alice", NULL, make_key("EC"), &wish, NULL);
    X509_STORE *anchors = X509_STORE_new();
    struct smime_chain *chain = smime_chain_build(anchors, alone.x509, NULL, (int64_t)time(NULL));
    assert_int_equal(chain->chain, CHECK_FAIL);
    assert_int_equal(chain->errors, BIT(SMIME_SELF_SIGNED));
    smime_chain_unref(chain);
    X509_STORE_free(anchors);
    smime_person_clear(&alone);
}

/* RFC 8550 §3, RFC 9598 §3 (attacks F131, F132) */
static void addresses_are_read_where_they_may_stand(void **state) {
    (void)state;
    static const struct {
        const char *subject, *names, *first;
    } cases[] = {
        {NULL, "email:" ALICE, ALICE},
        /* OpenSSL takes these octets for ISO 8859-1 */
        {NULL, "otherName:1.3.6.1.5.5.7.8.9;UTF8:\xe9va@Corp.Test", "éva@corp.test"},
        {NULL, "otherName:1.3.6.1.5.5.7.8.9;IA5:" ALICE, NULL}, /* it is a UTF8String */
        {NULL, "otherName:1.2.3.4;UTF8:" ALICE, NULL},
        {NULL, "DNS:corp.test", NULL},
        {ALICE, NULL, ALICE},
        {ALICE, "DNS:corp.test", ALICE},
        {ALICE, "email:bob@corp.test", "bob@corp.test"}, /* RFC 5280 §4.1.2.6: the old place */
        {"alice", NULL, NULL},
        {"@corp.test", NULL, NULL},
        {"alice @corp.test", NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct wish wish = {{PERSON}};
        if (cases[i].names) {
            wish.extension[1][0] = "subjectAltName";
            wish.extension[1][1] = cases[i].names;
        }
        struct smime_person person = make("Alice", cases[i].subject, make_key("EC"), &wish, NULL);
        struct smime_certificate certificate;
        smime_certificate_read(&certificate, person.x509);
        if (cases[i].first)
            assert_string_equal(certificate.addresses[0], cases[i].first);
        else
            assert_null(certificate.addresses[0]);
        assert_int_equal(smime_certificate_address(&certificate, ALICE),
                         !cases[i].first                      ? CHECK_NONE
                         : strcmp(cases[i].first, ALICE) == 0 ? CHECK_PASS
                                                              : CHECK_FAIL);
        smime_certificate_clear(&certificate);
        smime_person_clear(&person);
    }
}

/* The key's kind is told by its word, and which of them may count (attacks F137). */
static void keys_have_words(void **state) {
    (void)state;
    static const struct {
        const char *algorithm, *word;
    } cases[] = {{"EC", "ec"}, {"ED25519", "ed25519"}, {"ED448", "ed448"}};
    const struct wish person = {{PERSON, NAMED}}, authority = {{AUTHORITY}};
    struct smime_person root = make("Root", NULL, make_key("EC"), &authority, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct smime_person alice =
            make("Alice", NULL, make_key(cases[i].algorithm), &person, &root);
        struct smime_certificate certificate;
        smime_certificate_read(&certificate, alice.x509);
        assert_string_equal(certificate.key_algorithm, cases[i].word);
        smime_certificate_clear(&certificate);
        smime_person_clear(&alice);
    }
    smime_person_clear(&root);
}

/* A short RSA key is weak whoever vouches for it. */
static void a_short_key_is_weak(void **state) {
    (void)state;
    static const struct {
        unsigned bits;
        enum signature_check strength;
        uint64_t errors;
    } cases[] = {{1024, CHECK_FAIL, BIT(SMIME_WEAK_KEY)}, {2048, CHECK_PASS, 0}};
    const struct wish person = {{PERSON, NAMED}}, authority = {{AUTHORITY}};
    struct smime_person root = make("Root", NULL, make_key("EC"), &authority, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct smime_person alice = make("Alice", NULL, EVP_RSA_gen(cases[i].bits), &person, &root);
        struct smime_certificate certificate;
        uint64_t errors = 0;
        smime_certificate_read(&certificate, alice.x509);
        assert_string_equal(certificate.key_algorithm, "rsa");
        assert_int_equal(certificate.key_bits, cases[i].bits);
        assert_int_equal(smime_certificate_strength(alice.x509, &errors), cases[i].strength);
        assert_int_equal(errors, cases[i].errors);
        smime_certificate_clear(&certificate);
        smime_person_clear(&alice);
    }
    smime_person_clear(&root);
}

static struct span span_of_bytes(GBytes *bytes) {
    gsize n;
    const char *p = g_bytes_get_data(bytes, &n);
    return span_make(p, n);
}

static void content_is_there_or_not(void **state) {
    (void)state;
    struct smime_person alice = smime_person_new("Alice", ALICE, NULL);
    g_autoptr(GBytes) opaque = smime_person_sign_as(&alice, "inside", 0);
    g_autoptr(GBytes) detached = smime_person_sign(&alice, "outside");
    g_autoptr(GBytes) content = smime_content(span_of_bytes(opaque));
    assert_non_null(content);
    assert_true(span_eq(span_of_bytes(content), SPAN_LIT("inside")));
    assert_null(smime_content(span_of_bytes(detached)));
    assert_null(smime_content(SPAN_LIT("no CMS")));
    smime_person_clear(&alice);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_of_a_path_has_its_word),
        cmocka_unit_test(who_vouches_for_himself_is_nobody),
        cmocka_unit_test(addresses_are_read_where_they_may_stand),
        cmocka_unit_test(keys_have_words),
        cmocka_unit_test(a_short_key_is_weak),
        cmocka_unit_test(content_is_there_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * auth/dkim_key and its cache: records, sizes and exponents of RSA, DER that is not exact, and
 * verification with OpenSSL as the signer. */
#include "dkim_signer.h"

#include "auth/dkim_spki.h"
#include "auth/dkim_weak.h"

#include <openssl/param_build.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct signer rsa1024, rsa2048, ed25519;

static int make_keys(void **state) {
    (void)state;
    rsa1024 = signer_rsa(1024);
    rsa2048 = signer_rsa(2048);
    ed25519 = signer_ed25519();
    return 0;
}

static int drop_keys(void **state) {
    (void)state;
    signer_clear(&rsa1024);
    signer_clear(&rsa2048);
    signer_clear(&ed25519);
    return 0;
}

static enum dkim_reason reason_of(const char *record) {
    enum dkim_reason reason;
    OWNED(dkim_key) key = dkim_key_parse(span_of(record), &reason);
    assert_int_equal(key == NULL, reason != DKIM_REASON_NONE);
    return reason;
}

/* FORMAT with the p= of a good key in place of %s. */
static enum dkim_reason reason_with(const char *before, const char *after) {
    g_autofree char *p = signer_p(&rsa1024);
    g_autofree char *record = g_strconcat(before, "p=", p, after, NULL);
    return reason_of(record);
}

static void reads_good_records(void **state) {
    (void)state;
    static const char *const before[] = {"",
                                         "v=DKIM1; ",
                                         "v=DKIM1; k=rsa; ",
                                         " v = DKIM1 ; k = RSA ; n=what=ever it is; ",
                                         "k=rsa; g=; x_unknown=1; ",
                                         "h=sha1 : SHA256; s=tlsrpt:email; t=y : x; "};
    for (size_t i = 0; i < G_N_ELEMENTS(before); i++)
        assert_int_equal(reason_with(before[i], i % 2 ? ";" : ""), DKIM_REASON_NONE);
    assert_int_equal(reason_with("", " \r\n"), DKIM_REASON_NONE);
}

static void refuses_bad_records(void **state) {
    (void)state;
    assert_int_equal(reason_of(""), DKIM_KEY_SYNTAX);
    assert_int_equal(reason_of("v=DKIM1"), DKIM_KEY_SYNTAX);
    assert_int_equal(reason_of("v=spf1 -all"), DKIM_KEY_VERSION);
    assert_int_equal(reason_of("not a key"), DKIM_KEY_SYNTAX);
    assert_int_equal(reason_of("v=DKIM1; p="), DKIM_KEY_REVOKED);
    assert_int_equal(reason_of("v=DKIM1; p= ; "), DKIM_KEY_REVOKED);
    assert_int_equal(reason_of("v=DKIM1; p=!"), DKIM_KEY_SYNTAX);
    assert_int_equal(reason_of("v=DKIM1; p=AQID"), DKIM_KEY_SYNTAX);
    assert_int_equal(reason_with("v=DKIM2; ", ""), DKIM_KEY_VERSION);
    assert_int_equal(reason_with("v=dkim1; ", ""), DKIM_KEY_VERSION);
    assert_int_equal(reason_with("", "; v=DKIM1"), DKIM_KEY_VERSION);
    assert_int_equal(reason_with("k=dsa; ", ""), DKIM_KEY_ALGORITHM);
    assert_int_equal(reason_with("k=ed25519; ", ""), DKIM_KEY_SYNTAX);
    assert_int_equal(reason_with("k=rsa; k=rsa; ", ""), DKIM_KEY_SYNTAX);
    assert_int_equal(reason_with("n=caf\xc3\xa9; ", ""), DKIM_KEY_SYNTAX);
    assert_int_equal(reason_of("k=ed25519; p=HbawiMnQXTCopHTkR0jlKQ=="), DKIM_KEY_SYNTAX);
    g_autofree char *long_note = g_strnfill(LIMIT_KEY_RECORD, 'n');
    g_autofree char *before = g_strconcat("n=", long_note, "; ", NULL);
    assert_int_equal(reason_with(before, ""), DKIM_KEY_SYNTAX);
}

static void knows_flags_and_services(void **state) {
    (void)state;
    enum dkim_reason reason;
    static const struct {
        const char *tags;
        enum dkim_reason forbids;
        bool testing, no_subdomain;
    } cases[] = {
        {"", DKIM_REASON_NONE, false, false},
        {"t=y; ", DKIM_REASON_NONE, true, false},
        {"t=S:Y:z; ", DKIM_REASON_NONE, true, true},
        {"h=sha1; ", DKIM_KEY_HASH, false, false},
        {"h=; ", DKIM_KEY_HASH, false, false},
        {"s=*; ", DKIM_REASON_NONE, false, false},
        {"s=tlsrpt; ", DKIM_KEY_SERVICE, false, false},
        {"s=tlsrpt:*; ", DKIM_REASON_NONE, false, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *record = signer_record(&rsa1024, cases[i].tags);
        OWNED(dkim_key) key = dkim_key_parse(span_of(record), &reason);
        assert_non_null(key);
        assert_int_equal(dkim_key_forbids(key, DKIM_RSA_SHA256), cases[i].forbids);
        assert_int_equal(dkim_key_testing(key), cases[i].testing);
        assert_int_equal(dkim_key_no_subdomain(key), cases[i].no_subdomain);
        assert_int_equal(dkim_key_forbids(key, DKIM_ED25519_SHA256), DKIM_KEY_ALGORITHM);
    }
}

/* The record of a key with these numbers, in bare or wrapped form. */
static char *record_of_numbers(guint bits, unsigned long exponent, bool bare) {
    BIGNUM *n = BN_new(), *e = BN_new();
    char octets[LIMIT_RSA_MAX_BITS / 4];
    do /* a modulus that nobody knows the factors of, none of them small */
        BN_rand(n, (int)bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
    while (dkim_weak_rsa(span_make(octets, (size_t)BN_bn2bin(n, (unsigned char *)octets))));
    BN_set_word(e, exponent);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    EVP_PKEY_fromdata_init(context);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    unsigned char *der = NULL;
    int length = bare ? i2d_PublicKey(key, &der) : i2d_PUBKEY(key, &der);
    g_autofree char *p = g_base64_encode(der, (gsize)length);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return g_strconcat("v=DKIM1; p=", p, NULL);
}

static void bounds_of_rsa(void **state) {
    (void)state;
    static const struct {
        guint bits;
        unsigned long exponent;
        enum dkim_reason parse, forbids;
    } cases[] = {
        {512, 65537, DKIM_REASON_NONE, DKIM_KEY_TOO_SHORT},
        {1023, 65537, DKIM_REASON_NONE, DKIM_KEY_TOO_SHORT},
        {1024, 65537, DKIM_REASON_NONE, DKIM_REASON_NONE},
        {4096, 65537, DKIM_REASON_NONE, DKIM_REASON_NONE},
        {4097, 65537, DKIM_KEY_TOO_LONG, 0},
        {8192, 65537, DKIM_KEY_TOO_LONG, 0},
        {2048, 3, DKIM_REASON_NONE, DKIM_REASON_NONE},
        {2048, 1, DKIM_KEY_EXPONENT, 0},
        {2048, 2, DKIM_KEY_EXPONENT, 0},
        {2048, 65536, DKIM_KEY_EXPONENT, 0},
        {2048, 0xffffffffUL, DKIM_REASON_NONE, DKIM_REASON_NONE},
        {2048, 0x100000001UL, DKIM_KEY_EXPONENT, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (int bare = 0; bare < 2; bare++) {
            g_autofree char *record = record_of_numbers(cases[i].bits, cases[i].exponent, bare);
            enum dkim_reason reason;
            OWNED(dkim_key) key = dkim_key_parse(span_of(record), &reason);
            assert_int_equal(reason, cases[i].parse);
            if (!key)
                continue;
            assert_int_equal(dkim_key_bits(key), cases[i].bits);
            assert_int_equal(dkim_key_forbids(key, DKIM_RSA_SHA256), cases[i].forbids);
        }
}

/* Every octet of the DER that frames the numbers matters; nothing may follow. */
static void reads_der_and_nothing_looser(void **state) {
    (void)state;
    g_autofree char *p = signer_p(&rsa1024);
    gsize n;
    g_autofree unsigned char *der = g_base64_decode(p, &n);
    struct rsa_numbers numbers;
    assert_true(dkim_spki_parse(span_make((char *)der, n), &numbers));
    assert_int_equal(numbers.modulus.n, 128);
    assert_int_equal(numbers.exponent.n, 3);
    size_t frame = (size_t)(numbers.modulus.p - (char *)der) - 1; /* but the sign octet */
    for (size_t i = 0; i < frame; i++)
        for (int bit = 0; bit < 8; bit++) {
            der[i] ^= (unsigned char)(1 << bit);
            assert_false(dkim_spki_parse(span_make((char *)der, n), &numbers));
            der[i] ^= (unsigned char)(1 << bit);
        }
    for (size_t cut = 0; cut < n; cut++)
        assert_false(dkim_spki_parse(span_make((char *)der, cut), &numbers));
    g_autofree char *longer = g_malloc0(n + 1);
    memcpy(longer, der, n);
    assert_false(dkim_spki_parse(span_make(longer, n + 1), &numbers));
    /* bare keys with a trailing octet, a negative number, a padded number, a long length */
    assert_true(dkim_spki_parse(SPAN_LIT("\x30\x06\x02\x01\x05\x02\x01\x03"), &numbers));
    assert_false(dkim_spki_parse(SPAN_LIT("\x30\x06\x02\x01\x05\x02\x01\x03\x00"), &numbers));
    assert_false(dkim_spki_parse(SPAN_LIT("\x30\x06\x02\x01\x85\x02\x01\x03"), &numbers));
    assert_false(dkim_spki_parse(SPAN_LIT("\x30\x07\x02\x02\x00\x05\x02\x01\x03"), &numbers));
    assert_false(dkim_spki_parse(SPAN_LIT("\x30\x81\x06\x02\x01\x05\x02\x01\x03"), &numbers));
    assert_false(dkim_spki_parse(SPAN_LIT("\x30\x80\x02\x01\x05\x02\x01\x03\x00\x00"), &numbers));
    assert_false(dkim_spki_parse(SPAN_LIT("\x30\x06\x02\x00\x02\x02\x01\x03"), &numbers));
}

static void verifies(void **state) {
    (void)state;
    const struct signer *const signers[] = {&rsa1024, &rsa2048, &ed25519};
    unsigned char digest[32] = "thirty-two octets to be signed!";
    for (size_t i = 0; i < G_N_ELEMENTS(signers); i++) {
        g_autofree char *record = signer_record(signers[i], "");
        enum dkim_reason reason;
        OWNED(dkim_key) key = dkim_key_parse(span_of(record), &reason);
        g_autofree char *b = sign_digest(signers[i], digest);
        gsize n;
        g_autofree unsigned char *octets = g_base64_decode(b, &n);
        struct span signature = span_make((char *)octets, n);
        for (int again = 0; again < 3; again++) { /* the kept context is as good as a new one */
            assert_true(dkim_key_verify(key, digest, signature));
            digest[5] ^= 1;
            assert_false(dkim_key_verify(key, digest, signature));
            digest[5] ^= 1;
            octets[n / 2] ^= 1;
            assert_false(dkim_key_verify(key, digest, signature));
            octets[n / 2] ^= 1;
        }
        assert_false(dkim_key_verify(key, digest, span_first(signature, n - 1)));
        assert_false(dkim_key_verify(key, digest, span_from(signature, 1)));
        assert_false(dkim_key_verify(key, digest, SPAN_LIT("")));
    }
}

/* S + L is another encoding of the same number: RFC 8032 §5.1.7 refuses it (attacks C85). */
static void refuses_malleable_ed25519(void **state) {
    (void)state;
    static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
                                            0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
                                            0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    unsigned char digest[32] = {1};
    g_autofree char *record = signer_record(&ed25519, "");
    enum dkim_reason reason;
    OWNED(dkim_key) key = dkim_key_parse(span_of(record), &reason);
    g_autofree char *b = sign_digest(&ed25519, digest);
    gsize n;
    g_autofree unsigned char *octets = g_base64_decode(b, &n);
    assert_true(dkim_key_verify(key, digest, span_make((char *)octets, n)));
    guint carry = 0;
    for (int i = 0; i < 32; i++) {
        carry += (guint)octets[32 + i] + order[i];
        octets[32 + i] = (unsigned char)carry;
        carry >>= 8;
    }
    assert_false(dkim_key_verify(key, digest, span_make((char *)octets, n)));
}

static void keeps_parsed_keys(void **state) {
    (void)state;
    OWNED(dkim_keys) keys = dkim_keys_new();
    g_autofree char *record = signer_record(&rsa1024, "");
    enum dkim_reason reason;
    for (int i = 0; i < 5; i++) {
        OWNED(dkim_key) key = dkim_keys_get(keys, span_of(record), &reason);
        assert_non_null(key);
        OWNED(dkim_key) bad = dkim_keys_get(keys, SPAN_LIT("v=DKIM1; p="), &reason);
        assert_null(bad);
        assert_int_equal(reason, DKIM_KEY_REVOKED);
    }
    assert_int_equal(dkim_keys_parsed(keys), 1 + 5); /* bad ones are not kept */
}

static void forgets_the_least_recent_key(void **state) {
    (void)state;
    OWNED(dkim_keys) keys = dkim_keys_new();
    enum dkim_reason reason;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i <= LIMIT_DKIM_KEYS; i++) {
            g_autofree char *tags = g_strdup_printf("n=%d; ", i);
            g_autofree char *record = signer_record(&ed25519, tags);
            OWNED(dkim_key) key = dkim_keys_get(keys, span_of(record), &reason);
            assert_non_null(key);
            if (round == 0) { /* number 0 stays the most recent but one */
                g_autofree char *first = signer_record(&ed25519, "n=0; ");
                OWNED(dkim_key) again = dkim_keys_get(keys, span_of(first), &reason);
                assert_non_null(again);
            }
        }
    /* the second round found 0, then missed 1, which drove out 2, and so on */
    assert_int_equal(dkim_keys_parsed(keys), 2 * LIMIT_DKIM_KEYS + 1);
}

static gpointer use_keys(gpointer pointer) {
    struct dkim_keys *keys = pointer;
    const struct signer *const signers[] = {&rsa1024, &rsa2048, &ed25519};
    unsigned char digest[32] = {2};
    for (int i = 0; i < 300; i++) {
        const struct signer *signer = signers[i % 3];
        g_autofree char *record = signer_record(signer, "");
        g_autofree char *b = sign_digest(signer, digest);
        gsize n;
        g_autofree char *octets = (char *)g_base64_decode(b, &n);
        enum dkim_reason reason;
        OWNED(dkim_key) key = dkim_keys_get(keys, span_of(record), &reason);
        if (!key || !dkim_key_verify(key, digest, span_make(octets, n)))
            return GINT_TO_POINTER(1);
    }
    return NULL;
}

static void threads_share_keys(void **state) {
    (void)state;
    OWNED(dkim_keys) keys = dkim_keys_new();
    GThread *threads[4];
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("keys", use_keys, keys);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        assert_null(g_thread_join(threads[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_good_records),           cmocka_unit_test(refuses_bad_records),
        cmocka_unit_test(knows_flags_and_services),     cmocka_unit_test(bounds_of_rsa),
        cmocka_unit_test(reads_der_and_nothing_looser), cmocka_unit_test(verifies),
        cmocka_unit_test(refuses_malleable_ed25519),    cmocka_unit_test(keeps_parsed_keys),
        cmocka_unit_test(forgets_the_least_recent_key), cmocka_unit_test(threads_share_keys),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}

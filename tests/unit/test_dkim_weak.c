/* SPDX-License-Identifier: MIT
 *
 * auth/dkim_weak: RSA keys made here the way the flawed generators made them, with moduli that were
 * damaged on the way into a zone, and Ed25519 points of small order; and that no good key is taken
 * for one of them (attacks C83, C85). */
#include "dkim_signer.h"

#include "auth/dkim_debian.h"
#include "auth/dkim_weak.h"

#include <openssl/bn.h>
#include <openssl/err.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static BN_CTX *context;

static int make_context(void **state) {
    (void)state;
    context = BN_CTX_new();
    return context == NULL;
}

static int drop_context(void **state) {
    (void)state;
    BN_CTX_free(context);
    return 0;
}

static BIGNUM *new_prime(int bits) {
    BIGNUM *prime = BN_new();
    assert_int_equal(BN_generate_prime_ex(prime, bits, 0, NULL, NULL, NULL), 1);
    return prime;
}

static bool is_prime(const BIGNUM *number) {
    return BN_check_prime(number, context, NULL) == 1;
}

/* Frees both factors. */
static BIGNUM *product_of(BIGNUM *p, BIGNUM *q) {
    BIGNUM *n = BN_new();
    BN_mul(n, p, q, context);
    BN_free(p);
    BN_free(q);
    return n;
}

/* Frees `number`. */
static bool is_weak(BIGNUM *number) {
    char octets[1024];
    size_t size = (size_t)BN_bn2bin(number, (unsigned char *)octets);
    BN_free(number);
    bool weak = dkim_weak_rsa(span_make(octets, size));
    assert_int_equal(ERR_peek_error(), 0); /* nothing is left for whoever looks there next */
    return weak;
}

/* The first prime at or above `at`. */
static BIGNUM *prime_from(const BIGNUM *at) {
    BIGNUM *prime = BN_dup(at);
    BN_set_bit(prime, 0);
    while (!is_prime(prime))
        BN_add_word(prime, 2);
    return prime;
}

/* CVE-2017-15361: k * M + (65537^a mod M), M the product of the first 71 primes for keys of 1024
 * bits. */
static BIGNUM *infineon_prime(const BIGNUM *product, int bits) {
    BIGNUM *prime = BN_new(), *a = BN_new(), *base = BN_new(), *k = BN_new();
    BN_set_word(base, 65537);
    do {
        BN_rand(a, 64, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
        BN_mod_exp(prime, base, a, product, context);
        BN_rand(k, bits - BN_num_bits(product), BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ANY);
        BN_mul(k, k, product, context);
        BN_add(prime, prime, k);
    } while (!is_prime(prime));
    BN_free(a);
    BN_free(base);
    BN_free(k);
    return prime;
}

static void knows_infineons_keys(void **state) {
    (void)state;
    BIGNUM *product = BN_new(), *number = BN_new();
    BN_one(product);
    BN_set_word(number, 2);
    for (int i = 0; i < 71; i++) {
        BIGNUM *prime = prime_from(number);
        if (i == 0)
            BN_set_word(prime, 2);
        BN_mul(product, product, prime, context);
        BN_copy(number, prime);
        BN_add_word(number, 1);
        BN_free(prime);
    }
    for (int i = 0; i < 5; i++)
        assert_true(
            is_weak(product_of(infineon_prime(product, 512), infineon_prime(product, 512))));
    assert_false(is_weak(product_of(infineon_prime(product, 512), new_prime(512))));
    BN_free(product);
    BN_free(number);
    /* powers of 65537, modulo the primes looked at, and a number that is none */
    assert_true(dkim_weak_rsa(SPAN_LIT("\x01\x00\x01")));
    assert_true(dkim_weak_rsa(SPAN_LIT("\x01\x00\x02\x00\x01")));
    assert_false(dkim_weak_rsa(SPAN_LIT("\x01\x00\x03")));
}

/* CVE-2022-26320: the second prime is the next one after the first. */
static void knows_close_primes(void **state) {
    (void)state;
    for (int bits = 512; bits <= 1024; bits += 512) {
        BIGNUM *p = new_prime(bits), *next = BN_dup(p);
        BN_add_word(next, 2);
        BIGNUM *q = prime_from(next);
        assert_true(is_weak(product_of(BN_dup(p), q)));
        assert_true(is_weak(product_of(BN_dup(p), BN_dup(p))));
        /* d apart, d^2 / 8 root(n) steps away: some dozen, and far beyond any */
        BIGNUM *distance = BN_new();
        BN_set_word(distance, 19);
        BN_lshift(distance, distance, bits / 2);
        BN_add(next, p, distance);
        assert_true(is_weak(product_of(BN_dup(p), prime_from(next))));
        BN_lshift(distance, distance, 16);
        BN_add(next, p, distance);
        assert_false(is_weak(product_of(BN_dup(p), prime_from(next))));
        BN_free(distance);
        BN_free(next);
        BN_free(p);
    }
}

static void knows_small_factors(void **state) {
    (void)state;
    static const unsigned small[] = {3, 5, 7, 11, 13, 251, 257, 641, 743, 751};
    for (size_t i = 0; i < G_N_ELEMENTS(small); i++) {
        BIGNUM *factor = BN_new();
        BN_set_word(factor, small[i]);
        assert_true(is_weak(product_of(factor, new_prime(512))));
    }
}

static void takes_no_good_key_for_weak(void **state) {
    (void)state;
    for (int i = 0; i < 40; i++)
        assert_false(is_weak(product_of(new_prime(512), new_prime(512))));
    assert_false(is_weak(product_of(new_prime(1024), new_prime(1024))));
    assert_false(dkim_weak_rsa(SPAN_LIT("\x1f\xff\xff\xff\xff\xff\xff\xff"))); /* 2^61 - 1 */
}

static enum dkim_reason reason_of(const char *record) {
    enum dkim_reason reason;
    OWNED(dkim_key) key = dkim_key_parse(span_of(record), &reason);
    assert_int_equal(key == NULL, reason != DKIM_REASON_NONE);
    return reason;
}

static void knows_points_of_small_order(void **state) {
    (void)state;
    static const char *const points[] = {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                                         "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA=",
                                         "7f///////////////////////////////////////38=",
                                         "JuiVj8KyJ7BFw/SJ8u+Y8NXfrAXTxjM5sTgCiG1T/AU="};
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
        g_autofree char *record = g_strconcat("k=ed25519; p=", points[i], NULL);
        assert_int_equal(reason_of(record), DKIM_KEY_WEAK);
    }
    struct signer good = signer_ed25519();
    g_autofree char *record = signer_record(&good, "");
    assert_int_equal(reason_of(record), DKIM_REASON_NONE);
    signer_clear(&good);
}

/* The whole record: bare RSAPublicKey with two primes side by side (RFC 8017 appendix A.1.1). */
static void refuses_the_record_of_a_weak_key(void **state) {
    (void)state;
    BIGNUM *p = new_prime(512), *next = BN_dup(p);
    BN_add_word(next, 2);
    BIGNUM *n = product_of(p, prime_from(next));
    BN_free(next);
    unsigned char der[4 + 4 + 128 + 5] = {0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00};
    BN_bn2binpad(n, der + 7, 128);
    memcpy(der + 135, "\x02\x03\x01\x00\x01", 5);
    der[2] = 137;
    g_autofree char *base64 = g_base64_encode(der, 140);
    g_autofree char *record = g_strconcat("v=DKIM1; p=", base64, NULL);
    assert_int_equal(reason_of(record), DKIM_KEY_WEAK);
    BN_free(n);
}

/* Keys published as Debian's, each with the process id 1: read, not there in the old, and not there
 * in the new OpenSSL (CVE-2008-0166). Another key of the same size is not taken for one. */
static void knows_debians_keys(void **state) {
    (void)state;
    static const char *const keys[] = {
        "MIGJAoGBAKvbakk7oW1c/ELJSvYSpB4jJR49zwusM19qFpT+ZlgsiyCW5QRQnSBT6sBrb57wUWCjOWJdHVfm1TAw"
        "0E55ziixzokkTm/6OwL4eg96zixgf9lN444c1MQ192RVgAUsBuamjTzTVNvfso/WbIqI/M7IYPI5QhH9r/VtahPi"
        "AKZPAgMBAAE=",
        "MIGJAoGBANDJEWKCzpwmReYrMwW/Z8zxBNvz5y59+In90bu7HIZ1MZVCPTAvAwbF3jpvBkWZF/LUoOs4WfkMJ6nn"
        "KYKE6EOSL+og+arigvlIue+4a1hxaCEEeHiBmKehPHfL2sGYhzh9TusgAQ2e3NGmm2v3Hhncn0l0CNveD9Xpw7BA"
        "9qLNAgMBAAE=",
        "MIGJAoGBAKDUrE6jP7ZBFG4zD3MNR37jWK9PadkEcWeKKvPQblaojVidn1iJ2DQ0L1bqXDzwdthNdOo3JmIZL1Ut"
        "pXJqKTIxDIWx9DqDHc7BwRmMFKwdQN2hccDxMFOHeWbgYRqUgAsy92ra85IO6mChOZfJ0aiuAureagRJZrXTDY4/"
        "NMmlAgMBAAE="};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *record = g_strconcat("v=DKIM1; p=", keys[i], NULL);
        assert_int_equal(reason_of(record), DKIM_KEY_WEAK);
        gsize size;
        g_autofree guchar *der = g_base64_decode(keys[i], &size);
        struct span modulus = span_make((char *)der + 7, 128);
        assert_true(dkim_debian_lists(modulus));
        assert_false(dkim_debian_lists(span_make(modulus.p, 127)));
        assert_false(dkim_debian_lists(span_make(modulus.p - 1, 129)));
        for (size_t at = 7; at < 135; at++) {
            der[at] ^= 1;
            assert_false(dkim_debian_lists(modulus));
            der[at] ^= 1;
        }
    }
    assert_false(dkim_debian_lists(SPAN_LIT("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_infineons_keys),
        cmocka_unit_test(knows_close_primes),
        cmocka_unit_test(knows_small_factors),
        cmocka_unit_test(takes_no_good_key_for_weak),
        cmocka_unit_test(knows_points_of_small_order),
        cmocka_unit_test(refuses_the_record_of_a_weak_key),
        cmocka_unit_test(knows_debians_keys),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}

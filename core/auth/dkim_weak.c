/* SPDX-License-Identifier: MIT
 *
 * ROCA: the flawed generator makes primes k*M + (65537^a mod M), M a product of the first primes,
 * so that the modulus is a power of 65537 modulo each of them (Nemec et al., CCS 2017 §2).
 * Close primes: n = a^2 - b^2 with a just above the root of n (Fermat); the flawed module of
 * CVE-2022-26320 took the next prime, which the first step finds. */
#include "auth/dkim_weak.h"

#include "base/limits.h"

#include <openssl/bn.h>

#include <stdint.h>

static guint remainder_of(struct span number, guint divisor) {
    guint rest = 0;
    for (size_t i = 0; i < number.n; i++)
        rest = (rest << 8 | (unsigned char)number.p[i]) % divisor;
    return rest;
}

static bool is_power_of_65537(guint value, guint prime) {
    guint power = 1;
    do {
        if (power == value)
            return true;
        power = power * (65537 % prime) % prime;
    } while (power != 1);
    return false;
}

static bool is_roca(struct span modulus) {
    static const unsigned char primes[] = {11, 13, 17,  19,  37,  53,  61,  71, 73,
                                           79, 97, 103, 107, 109, 127, 151, 157};
    for (size_t i = 0; i < G_N_ELEMENTS(primes); i++)
        if (!is_power_of_65537(remainder_of(modulus, primes[i]), primes[i]))
            return false;
    return true;
}

static bool share_factor(BN_ULONG a, BN_ULONG b) {
    while (b) {
        BN_ULONG rest = a % b;
        a = b;
        b = rest;
    }
    return a != 1;
}

/* As many divisors at once as fit into a word: dividing the long number is what costs. */
static bool has_small_factor(const BIGNUM *n) {
    BN_ULONG product = 3 * 5 * 7;
    for (BN_ULONG divisor = 11; divisor < LIMIT_RSA_SMALL_FACTOR; divisor += 2) {
        if (divisor % 3 == 0 || divisor % 5 == 0 || divisor % 7 == 0)
            continue;
        if (product > (BN_ULONG)-1 / divisor) {
            if (share_factor(product, BN_mod_word(n, product)))
                return true;
            product = 1;
        }
        product *= divisor;
    }
    return share_factor(product, BN_mod_word(n, product));
}

/* The whole part of the root of n, which is not 0, by Newton's method from above. */
static void square_root(BIGNUM *root, const BIGNUM *n, BN_CTX *context) {
    BN_CTX_start(context);
    BIGNUM *next = BN_CTX_get(context);
    BN_zero(next);
    BN_set_bit(next, (BN_num_bits(n) + 1) / 2);
    do {
        BN_copy(root, next);
        BN_div(next, NULL, n, root, context);
        BN_add(next, next, root);
        BN_rshift1(next, next);
    } while (BN_cmp(next, root) < 0);
    BN_CTX_end(context);
}

static bool is_square_modulo(BN_ULONG value, BN_ULONG modulus) {
    for (BN_ULONG i = 0; i <= modulus / 2; i++)
        if (i * i % modulus == value % modulus)
            return true;
    return false;
}

static bool is_square(const BIGNUM *n, BN_CTX *context) {
    /* six of a thousand numbers get past these four */
    BN_ULONG rest = BN_mod_word(n, 64 * 63 * 65 * 11);
    if (!is_square_modulo(rest, 64) || !is_square_modulo(rest, 63) || !is_square_modulo(rest, 65) ||
        !is_square_modulo(rest, 11))
        return false;
    if (BN_is_zero(n))
        return true;
    BN_CTX_start(context);
    BIGNUM *root = BN_CTX_get(context);
    square_root(root, n, context);
    BN_sqr(root, root, context);
    bool square = BN_cmp(root, n) == 0;
    BN_CTX_end(context);
    return square;
}

static bool has_close_primes(const BIGNUM *n, BN_CTX *context) {
    BN_CTX_start(context);
    BIGNUM *a = BN_CTX_get(context), *b_squared = BN_CTX_get(context);
    BN_copy(b_squared, n);
    BN_sub_word(b_squared, 1);
    square_root(a, b_squared, context);
    BN_add_word(a, 1); /* the root of n, rounded up */
    BN_sqr(b_squared, a, context);
    BN_sub(b_squared, b_squared, n);
    bool close = false;
    for (guint i = 0; i < LIMIT_FERMAT_STEPS && !close; i++) {
        close = is_square(b_squared, context);
        BN_add(b_squared, b_squared, a); /* (a + 1)^2 = a^2 + 2a + 1 */
        BN_add_word(a, 1);
        BN_add(b_squared, b_squared, a);
    }
    BN_CTX_end(context);
    return close;
}

bool dkim_weak_rsa(struct span modulus) {
    if (is_roca(modulus))
        return true;
    BIGNUM *n = BN_bin2bn((const unsigned char *)modulus.p, (int)modulus.n, NULL);
    BN_CTX *context = BN_CTX_new();
    g_assert(n && context);
    bool weak = has_small_factor(n) || has_close_primes(n, context);
    BN_CTX_free(context);
    BN_free(n);
    return weak;
}

bool dkim_weak_ed25519(struct span point) {
    /* y of the points of order 1, 2, 4 and 8, also in the encodings that are not reduced modulo
       2^255 - 19; little-endian, without the sign of x. Between the first and last octet the four
       that are not of order 8 hold one octet throughout. */
    static const char order_8[2][33] = {
        "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0"
        "\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
        "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f"
        "\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a"};
    static const unsigned char others[][3] = {{0x00, 0x00, 0x00},
                                              {0x01, 0x00, 0x00},
                                              {0xec, 0xff, 0x7f},
                                              {0xed, 0xff, 0x7f},
                                              {0xee, 0xff, 0x7f}};
    g_assert(point.n == 32);
    char y[32];
    memcpy(y, point.p, 32);
    y[31] &= 0x7f;
    for (size_t i = 0; i < G_N_ELEMENTS(order_8); i++)
        if (memcmp(y, order_8[i], 32) == 0)
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        char small[32];
        memset(small, others[i][1], 32);
        small[0] = (char)others[i][0];
        small[31] = (char)others[i][2];
        if (memcmp(y, small, 32) == 0)
            return true;
    }
    return false;
}

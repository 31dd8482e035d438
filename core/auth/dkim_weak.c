/* SPDX-License-Identifier: MIT
 *
 * ROCA: the flawed generator makes primes k*M + (65537^a mod M), M a product of the first primes,
 * so that the modulus is a power of 65537 modulo each of them (Nemec et al., CCS 2017 §2). */
#include "auth/dkim_weak.h"

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

bool dkim_weak_rsa(struct span modulus) {
    static const unsigned char primes[] = {11, 13, 17,  19,  37,  53,  61,  71, 73,
                                           79, 97, 103, 107, 109, 127, 151, 157};
    for (size_t i = 0; i < G_N_ELEMENTS(primes); i++)
        if (!is_power_of_65537(remainder_of(modulus, primes[i]), primes[i]))
            return false;
    return true;
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

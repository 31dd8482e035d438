/* SPDX-License-Identifier: MIT
 *
 * base/base64.h: a table, because branches on the octets of a signature are guessed wrong every
 * other time. */
#include "base/base64.h"

static const unsigned char sextets[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

unsigned base64_sextet(char digit) {
    return sextets[(unsigned char)digit];
}

size_t base64_groups(struct span s, size_t *at, unsigned char *out, size_t room) {
    const unsigned char *p = (const unsigned char *)s.p + *at;
    size_t groups = MIN((s.n - *at) / 4, room / 3), n = 0;
    for (; n < groups; n++, p += 4, out += 3) {
        uint32_t a = sextets[p[0]], b = sextets[p[1]], c = sextets[p[2]], d = sextets[p[3]];
        if (a * b * c * d == 0) /* one of them is no digit */
            break;
        /* each is one more than its value */
        uint32_t bits = (a << 18) + (b << 12) + (c << 6) + d - (1u << 18 | 1u << 12 | 1u << 6 | 1u);
        out[0] = (unsigned char)(bits >> 16);
        out[1] = (unsigned char)(bits >> 8);
        out[2] = (unsigned char)bits;
    }
    *at += 4 * n;
    return 3 * n;
}

/* SPDX-License-Identifier: MIT
 *
 * The list is dkim_debian.bin, as tests/conformance/debian_keys.py makes it: fingerprints of six
 * octets each, big-endian, ascending. */
#include "auth/dkim_debian.h"

#include <openssl/sha.h>

#include <string.h>

#define FINGERPRINT 6

__asm__(".section .rodata\n"
        ".global inkan_debian_keys_begin\n.global inkan_debian_keys_end\n"
        "inkan_debian_keys_begin:\n.incbin \"core/auth/dkim_debian.bin\"\ninkan_debian_keys_end:\n"
        ".previous\n");

extern const unsigned char inkan_debian_keys_begin[], inkan_debian_keys_end[];

static void fingerprint_of(struct span modulus, unsigned char *fingerprint) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)modulus.p, modulus.n, digest);
    memcpy(fingerprint, digest, FINGERPRINT);
}

bool dkim_debian_lists(struct span modulus) {
    unsigned char wanted[FINGERPRINT];
    fingerprint_of(modulus, wanted);
    size_t low = 0;
    size_t high =
        ((uintptr_t)inkan_debian_keys_end - (uintptr_t)inkan_debian_keys_begin) / FINGERPRINT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(wanted, inkan_debian_keys_begin + middle * FINGERPRINT, FINGERPRINT);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

uint64_t dkim_debian_fingerprint(struct span modulus) {
    unsigned char octets[FINGERPRINT];
    fingerprint_of(modulus, octets);
    uint64_t number = 0;
    for (size_t i = 0; i < FINGERPRINT; i++)
        number = number << 8 | octets[i];
    return number;
}

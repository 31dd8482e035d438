/* SPDX-License-Identifier: MIT
 *
 * Public keys whose signatures prove nothing, recognised from the public half alone: moduli of the
 * flawed Infineon generator (ROCA, CVE-2017-15361), of two primes close together (CVE-2022-26320)
 * or with a small factor, and Ed25519 points of small order, under which forgeries verify. Keys of
 * Debian's CVE-2008-0166 look like any other; auth/dkim_debian.h lists them. */
#ifndef INKAN_AUTH_DKIM_WEAK_H
#define INKAN_AUTH_DKIM_WEAK_H

#include "base/span.h"

/* `modulus` big-endian, odd, above 1. Wrong for a good key about once in 2^27. At most
 * LIMIT_FERMAT_STEPS steps, which cost about as much as three checks of a signature, once a key. */
bool dkim_weak_rsa(struct span modulus);

/* `point`: 32 octets. */
bool dkim_weak_ed25519(struct span point);

#endif

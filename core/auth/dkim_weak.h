/* SPDX-License-Identifier: MIT
 *
 * Public keys whose signatures prove nothing, recognised from the public half alone: moduli of the
 * flawed Infineon generator (ROCA, CVE-2017-15361) and Ed25519 points of small order, under which
 * forgeries verify. Keys of Debian's CVE-2008-0166 need a list of them and are not recognised. */
#ifndef INKAN_AUTH_DKIM_WEAK_H
#define INKAN_AUTH_DKIM_WEAK_H

#include "base/span.h"

/* `modulus` big-endian. Wrong for a good key about once in 2^27. */
bool dkim_weak_rsa(struct span modulus);

/* `point`: 32 octets. */
bool dkim_weak_ed25519(struct span point);

#endif

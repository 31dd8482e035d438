/* SPDX-License-Identifier: MIT
 *
 * RSA keys that OpenSSL as Debian changed it made from 2006 to 2008 (CVE-2008-0166): one of 32,768
 * for each kind of machine, so that everybody holds the private half. Nothing in the public half
 * tells; this is the list of them, of 1024 bits and most of 2048 (README, "Not yet"). */
#ifndef INKAN_AUTH_DKIM_DEBIAN_H
#define INKAN_AUTH_DKIM_DEBIAN_H

#include "base/span.h"

#include <stdint.h>

/* `modulus` big-endian, without zeros in front. Wrong for another key about once in 2^29. */
bool dkim_debian_lists(struct span modulus);

/* The first 48 bits of the modulus' SHA-256: what the list holds of a key. */
uint64_t dkim_debian_fingerprint(struct span modulus);

#endif

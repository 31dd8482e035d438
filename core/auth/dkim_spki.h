/* SPDX-License-Identifier: MIT
 *
 * The two shapes of an RSA key in p= (RFC 6376 §3.6.1 with errata 3017): SubjectPublicKeyInfo (RFC
 * 5280 §4.1) and bare RSAPublicKey (RFC 8017 appendix A.1.1), read as DER and nothing looser. */
#ifndef INKAN_AUTH_DKIM_SPKI_H
#define INKAN_AUTH_DKIM_SPKI_H

#include "base/span.h"

/* Spans into the DER, big-endian, without leading zero octets; never empty, never negative. */
struct rsa_numbers {
    struct span modulus, exponent;
};

/* False for anything that is not exactly one of the two shapes: another algorithm, a length or an
 * integer not in its shortest form, octets behind the end. */
bool dkim_spki_parse(struct span der, struct rsa_numbers *numbers);

#endif

/* SPDX-License-Identifier: MIT
 *
 *     SubjectPublicKeyInfo ::= SEQUENCE { algorithm SEQUENCE { OID rsaEncryption, NULL OPTIONAL },
 *                                         subjectPublicKey BIT STRING }   -- of RSAPublicKey
 *     RSAPublicKey         ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
#include "auth/dkim_spki.h"

#include "base/der.h"

static bool take_positive(struct span *in, struct span *number) {
    if (!der_take(in, DER_INTEGER, number) || !number->n || number->p[0] & 0x80)
        return false;
    if (number->p[0] == 0 && number->n > 1) {
        if (!(number->p[1] & 0x80))
            return false;
        *number = span_from(*number, 1);
    }
    return true;
}

static bool parse_rsa(struct span der, struct rsa_numbers *numbers) {
    struct span body;
    return der_take(&der, DER_SEQUENCE, &body) && !der.n &&
           take_positive(&body, &numbers->modulus) && take_positive(&body, &numbers->exponent) &&
           !body.n;
}

bool dkim_spki_parse(struct span der, struct rsa_numbers *numbers) {
    static const char rsa_encryption[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    const struct span with_null = span_make(rsa_encryption, 13),
                      bare = span_make(rsa_encryption, 11);
    struct span rest = der, info, algorithm, bits;
    if (!der_take(&rest, DER_SEQUENCE, &info) || rest.n)
        return false;
    if (!der_take(&info, DER_SEQUENCE, &algorithm))
        return parse_rsa(der, numbers);
    if (!span_eq(algorithm, with_null) && !span_eq(algorithm, bare))
        return false;
    /* the first octet of a BIT STRING counts its unused bits */
    return der_take(&info, DER_BIT_STRING, &bits) && !info.n && bits.n && bits.p[0] == 0 &&
           parse_rsa(span_from(bits, 1), numbers);
}

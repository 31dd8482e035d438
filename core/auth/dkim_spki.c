/* SPDX-License-Identifier: MIT
 *
 *     SubjectPublicKeyInfo ::= SEQUENCE { algorithm SEQUENCE { OID rsaEncryption, NULL OPTIONAL },
 *                                         subjectPublicKey BIT STRING }   -- of RSAPublicKey
 *     RSAPublicKey         ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
#include "auth/dkim_spki.h"

enum { DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_SEQUENCE = 0x30 };

/* Definite length in its shortest form, at most two octets of it: 64 KB hold any key. */
static bool take_length(struct span *in, size_t *length) {
    if (!in->n)
        return false;
    const unsigned char *p = (const unsigned char *)in->p;
    size_t octets = p[0] < 0x80 ? 0 : p[0] & 0x7f;
    if (octets > 2 || p[0] == 0x80 || in->n < 1 + octets)
        return false;
    *length = octets == 0 ? p[0] : octets == 1 ? p[1] : (size_t)p[1] << 8 | p[2];
    if ((octets == 1 && *length < 0x80) || (octets == 2 && *length < 0x100))
        return false;
    *in = span_from(*in, 1 + octets);
    return true;
}

static bool take(struct span *in, unsigned char tag, struct span *content) {
    size_t length;
    if (!in->n || (unsigned char)in->p[0] != tag)
        return false;
    *in = span_from(*in, 1);
    if (!take_length(in, &length) || length > in->n)
        return false;
    *content = span_first(*in, length);
    *in = span_from(*in, length);
    return true;
}

static bool take_positive(struct span *in, struct span *number) {
    if (!take(in, DER_INTEGER, number) || !number->n || number->p[0] & 0x80)
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
    return take(&der, DER_SEQUENCE, &body) && !der.n && take_positive(&body, &numbers->modulus) &&
           take_positive(&body, &numbers->exponent) && !body.n;
}

bool dkim_spki_parse(struct span der, struct rsa_numbers *numbers) {
    static const char rsa_encryption[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    const struct span with_null = span_make(rsa_encryption, 13),
                      bare = span_make(rsa_encryption, 11);
    struct span rest = der, info, algorithm, bits;
    if (!take(&rest, DER_SEQUENCE, &info) || rest.n)
        return false;
    if (!take(&info, DER_SEQUENCE, &algorithm))
        return parse_rsa(der, numbers);
    if (!span_eq(algorithm, with_null) && !span_eq(algorithm, bare))
        return false;
    /* the first octet of a BIT STRING counts its unused bits */
    return take(&info, DER_BIT_STRING, &bits) && !info.n && bits.n && bits.p[0] == 0 &&
           parse_rsa(span_from(bits, 1), numbers);
}

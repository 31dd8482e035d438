/* SPDX-License-Identifier: MIT
 *
 *     element ::= tag length content      -- X.690 §8.1
 *     length  ::= 0x00-0x7f | 0x81 octet | 0x82 octet octet | 0x83 octet octet octet   -- §10.1 */
#include "base/der.h"

static bool take_length(struct span *in, size_t *length) {
    if (!in->n)
        return false;
    const unsigned char *p = (const unsigned char *)in->p;
    size_t octets = p[0] < 0x80 ? 0 : p[0] & 0x7f;
    if (octets > 3 || p[0] == 0x80 || in->n < 1 + octets)
        return false;
    size_t value = octets ? 0 : p[0];
    for (size_t i = 1; i <= octets; i++)
        value = value << 8 | p[i];
    /* the shortest form: nothing below 128 in the long one, no leading zero octet */
    if (octets && (value < 0x80 || p[1] == 0))
        return false;
    *length = value;
    *in = span_from(*in, 1 + octets);
    return true;
}

static bool begins_with(struct span in, unsigned tag) {
    return in.p && in.n && (unsigned char)in.p[0] == tag;
}

bool der_take(struct span *in, unsigned tag, struct span *content) {
    if (!begins_with(*in, tag))
        return false;
    struct span rest = span_from(*in, 1);
    size_t length;
    if (!take_length(&rest, &length) || length > rest.n)
        return false;
    *content = span_first(rest, length);
    *in = span_from(rest, length);
    return true;
}

bool der_take_optional(struct span *in, unsigned tag, struct span *content) {
    if (begins_with(*in, tag))
        return der_take(in, tag, content);
    *content = SPAN_NULL;
    return true;
}

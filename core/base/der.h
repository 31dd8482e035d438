/* SPDX-License-Identifier: MIT
 *
 * Reads DER (X.690 §10) one element at a time, as spans into the octets: definite lengths in their
 * shortest form, one-octet tags. Nothing recurses; the grammar stands where it is read. */
#ifndef INKAN_BASE_DER_H
#define INKAN_BASE_DER_H

#include "base/span.h"

enum der_tag {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_IA5_STRING = 0x16,
    DER_SEQUENCE = 0x30,
    DER_CONTEXT = 0xa0 /* constructed [0]; add the number: DER_CONTEXT + 2 is [2] */
};

/* Takes the element at the start of *in if it has this tag: *content is what it holds, *in what
 * follows. False, and both untouched, for another tag, a length that is indefinite, not in its
 * shortest form or over 16 MB, and an element that is cut off. */
bool der_take(struct span *in, unsigned tag, struct span *content);

/* The same for an element that may be absent: true with an empty *content then. False only if one
 * with this tag begins and is not sound. */
bool der_take_optional(struct span *in, unsigned tag, struct span *content);

#endif

/* SPDX-License-Identifier: MIT
 *
 * ASN.1 in BER (X.690 §8), one element at a time: enough to count what a CMS structure holds before
 * a library decodes it. Definite and indefinite lengths; no values are interpreted. */
#ifndef INKAN_SIGN_BER_H
#define INKAN_SIGN_BER_H

#include "base/span.h"

#include <stdint.h>

enum ber_tag {
    BER_INTEGER = 0x02,
    BER_OCTETS = 0x04,
    BER_OID = 0x06,
    BER_SEQUENCE = 0x30,
    BER_SET = 0x31,
    BER_CONTEXT_0 = 0xa0,
    BER_CONTEXT_1 = 0xa1
};

struct ber {
    uint8_t tag;       /* the identifier octet: class, constructed, number below 31 */
    struct span value; /* without identifier, length and end-of-contents */
    struct span whole;
};

/* Takes the next element off *rest. False, and *rest as it was, if there is none, or it is cut
 * short, its tag number is 31 or more, its length longer than eight octets, or it nests more than
 * LIMIT_BER_DEPTH indefinite lengths. */
bool ber_next(struct span *rest, struct ber *element);

/* The element whole, and nothing behind it, nests at most LIMIT_BER_DEPTH and holds at most
 * LIMIT_BER_ELEMENTS. Linear. */
bool ber_is_bounded(struct span octets);

#endif

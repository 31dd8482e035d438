/* SPDX-License-Identifier: MIT
 *
 * Addresses and names of a vCard file (RFC 6350; 3.0 of RFC 2426 and 2.1 read the same here): EMAIL
 * and FN of every card, unfolded and unescaped, nothing else. A name in quoted-printable (2.1) is
 * left out. Linear in the text; lines of more than LIMIT_VCARD_LINE octets are skipped. */
#ifndef INKAN_REPUTE_VCARD_H
#define INKAN_REPUTE_VCARD_H

#include "base/span.h"

/* Called for each EMAIL of each complete card, in order. `address` is what stands there, not
 * checked; `name` is the card's FN, "" where there is none. Both are valid UTF-8 of one line. */
typedef void (*vcard_found)(void *data, const char *address, const char *name);

/* How many cards began and ended; 0: it is no vCard. Stops after LIMIT_VCARD_ADDRESSES addresses,
 * and reads LIMIT_VCARD_SIZE octets. */
guint vcard_read(struct span text, vcard_found found, void *data);

#endif

/* SPDX-License-Identifier: MIT
 *
 * A CMS signature apart from the certificates that came with it (RFC 5652 §5.1): decoding those
 * costs many times what verifying does, and the same few come with every letter of a sender. */
#ifndef INKAN_SIGN_CMS_LEAN_H
#define INKAN_SIGN_CMS_LEAN_H

#include "base/limits.h"
#include "base/span.h"

struct cms_lean {
    GByteArray *octets; /* the same ContentInfo without its certificates */
    struct span certificates[LIMIT_SMIME_CERTIFICATES]; /* whole, borrowed from what was read */
    guint n_certificates;
};

/* Of a structure that cms_outline_read calls signed and not too large. False, and nothing to clear,
 * if it is odd in any way (elements behind its content, other things than certificates among them):
 * such a one is for the library as it stands. */
bool cms_lean_read(struct span octets, struct cms_lean *lean);
void cms_lean_clear(struct cms_lean *lean);

#endif

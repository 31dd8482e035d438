/* SPDX-License-Identifier: MIT
 *
 * What is kept of a judged message so that other belief rules can be applied to it without fetching
 * it: the octets of its header, and under which name the record of its first complete verdict lies.
 * The body is never kept; what it told stands in that record. */
#ifndef INKAN_FCGI_KEPT_HEADER_H
#define INKAN_FCGI_KEPT_HEADER_H

#include "base/own.h"
#include "mail/message.h"

#include <glib.h>

struct kept_header {
    char *record;   /* name in the store of the first record */
    GBytes *header; /* up to and with the empty line */
};

/* NULL: a header of more than LIMIT_KEPT_HEADER octets is not kept. `octets` hold all of it. */
GBytes *kept_header_encode(GBytes *octets, const char *record);
/* NULL for what kept_header_encode of this version did not write. */
struct kept_header *kept_header_decode(GBytes *value);
void kept_header_free(struct kept_header *kept);

DEFINE_OWNED(kept_header, kept_header_free)

#endif

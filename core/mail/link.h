/* SPDX-License-Identifier: MIT
 *
 * A URL of a message, read as a browser will read it (WHATWG URL, http and https) so that the
 * domain we show is the one that opens: back slashes are slashes, "@" hides no host, the host is
 * written as A-labels. mailto (RFC 6068) keeps its address, cc, subject and body; it never attaches
 * (attacks H171, K206). Every other scheme, and every URL two readers could read differently, is no
 * link. */
#ifndef INKAN_MAIL_LINK_H
#define INKAN_MAIL_LINK_H

#include "base/own.h"
#include "base/span.h"

struct link {
    char *url;  /* absolute, ASCII, without user info; what is opened */
    char *host; /* lower-case A-labels or an IP address; mailto: the address's domain */
    bool mail;  /* mailto: */
};

/* NULL for anything that is to be shown without being opened. The caller frees. */
struct link *link_parse(struct span written);
void link_free(struct link *link);

/* The next URL or mail address in running text at or after *at: its range, and what it opens.
 * *at moves behind it. NULL at the end. Linear over repeated calls; text behind a URL that is not
 * ASCII (Japanese, without a space) does not belong to it. */
struct link *link_find(struct span text, size_t *at, struct span *range);

DEFINE_OWNED(link, link_free)

#endif

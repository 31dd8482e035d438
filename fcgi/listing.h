/* SPDX-License-Identifier: MIT
 *
 * One page of a mailbox: flags from the server, everything else from the store, and only what is
 * not stored fetched. On a pooled connection that has the mailbox selected: one command when
 * nothing is new, two otherwise. */
#ifndef INKAN_FCGI_LISTING_H
#define INKAN_FCGI_LISTING_H

#include "base/own.h"
#include "fcgi/id.h"
#include "fcgi/route.h"
#include "fcgi/row.h"
#include "trust/record.h"

/* One line: the row, today's flags, and the verdict as far as it is known. */
struct listing_line {
    struct row *row;
    struct imap_message *flags;
    struct record *record; /* NULL: nothing is known yet */
};

struct listing {
    GPtrArray *lines; /* struct listing_line, newest first; owned */
    uint32_t uidvalidity;
    uint32_t next; /* UID to go on before, or 0: this was the last page */
};

/* The newest `limit` messages of the mailbox with a UID below `where->uid` (0: the newest). Hands
 * those without a verdict to the verifier. NULL: x->reply is filled. */
struct listing *listing_new(struct exchange *x, const struct id *where, unsigned limit);
void listing_free(struct listing *listing);

DEFINE_OWNED(listing, listing_free)

#endif

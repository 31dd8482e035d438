/* SPDX-License-Identifier: MIT
 *
 * One page of a mailbox: flags from the server, everything else from the store, and only what is
 * not stored fetched. On a pooled connection that has the mailbox selected: one command when
 * nothing is new, two otherwise; one more for a search. However large the mailbox is. */
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
    uint64_t thread;       /* its conversation (fcgi/threads.h) */
};

/* Which of the mailbox's messages. */
struct listing_query {
    struct id where; /* the mailbox, and in uid what to go on before; 0: the newest */
    unsigned limit;
    /* Only those that the server finds; NULL: all. Struct imap_search_term. */
    const GArray *terms;
    uint32_t after;     /* only those with a greater UID; 0: all */
    uint32_t thread_of; /* only those in the conversation of this UID; 0: all */
};

struct listing {
    GPtrArray *lines; /* struct listing_line, newest first; owned */
    uint32_t uidvalidity;
    uint32_t next;  /* UID to go on before, or 0: this was the last page */
    uint32_t total; /* messages in the mailbox */
};

/* The newest `limit` messages asked for. Hands those without a verdict to the verifier. NULL:
 * x->reply is filled. */
struct listing *listing_new(struct exchange *x, const struct listing_query *query);
void listing_free(struct listing *listing);

DEFINE_OWNED(listing, listing_free)

#endif

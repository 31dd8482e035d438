/* SPDX-License-Identifier: MIT
 *
 * From an id of the API to the octets of its message: checks that the id is this account's, borrows
 * a connection of the session's pool, fetches, gives it back. Where that fails the exchange's reply
 * holds the problem already and the handler just returns. Never sets \Seen. */
#ifndef INKAN_FCGI_FETCH_H
#define INKAN_FCGI_FETCH_H

#include "base/own.h"
#include "fcgi/id.h"
#include "fcgi/route.h"

#include <glib.h>
#include <stdint.h>

/* A whole message as the server holds it. */
struct fetched {
    struct id id;
    GBytes *octets;
    int64_t received_at; /* INTERNALDATE */
    char **keywords;     /* JMAP keywords, "$seen" …; NULL-terminated */
    bool own;            /* in \Sent or \Drafts: no verdict is made */
    bool personal;       /* in the account's personal namespace: headers may be believed */
};

/* NULL: x->reply is filled (404, 413, 502, 503, 504). */
struct fetched *fetch_message(struct exchange *x, const char *id);
void fetched_free(struct fetched *fetched);

DEFINE_OWNED(fetched, fetched_free)

#endif

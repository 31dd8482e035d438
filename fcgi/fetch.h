/* SPDX-License-Identifier: MIT
 *
 * From an id of the API to the octets of its message, and from those to its verdict: checks that
 * the id is this account's, borrows a connection of the session's pool, fetches, gives it back.
 * Where that fails the exchange's reply holds the problem already and the handler just returns.
 * Never sets \Seen. */
#ifndef INKAN_FCGI_FETCH_H
#define INKAN_FCGI_FETCH_H

#include "base/own.h"
#include "fcgi/id.h"
#include "fcgi/route.h"
#include "trust/record.h"

#include <glib.h>
#include <stdint.h>

struct imap;
struct imap_message;

/* A whole message as the server holds it. */
struct fetched {
    struct id id;
    GBytes *octets;
    struct imap_message *info; /* uid, flags, keywords, internaldate, size */
    enum mailbox_role role;    /* what may be believed about mail in its mailbox */
};

/* NULL: x->reply is filled (404, 413, 502, 503, 504). */
struct fetched *fetch_message(struct exchange *x, const char *id);
/* The same, without asking the server for what was just opened (fcgi/recent): info has only its
 * internaldate then. */
struct fetched *fetch_recent(struct exchange *x, const char *id);
void fetched_free(struct fetched *fetched);

/* Its verdict: the one that is kept, so that list and message agree; else what a check comes to in
 * LIMIT_VERDICT_WAIT_MS, which goes on in the background; else what is known until then. Never
 * NULL; the caller frees with record_free. */
struct record *fetch_record(struct exchange *x, const struct fetched *fetched);
/* Checks again, now, and waits for it: a kept verdict stays what the lists show. */
struct record *fetch_record_again(struct exchange *x, const struct fetched *fetched);

/* The last check after the first one, of the same message (false: there was none). */
struct judge_later;
bool fetch_later(const struct exchange *x, const struct fetched *fetched,
                 struct judge_later *later);

/* Links of mail that is forged or calls for caution never open from its text, whoever asks: the
 * page lists them, with where they lead. */
bool fetch_may_link(const struct record *record);

/* Pictures that lie elsewhere are shown without being asked for: the account chose the author's
 * domain, and the author is verified. */
bool fetch_may_show_images(const struct exchange *x, const struct record *record);

/* Steps of fetch_message, for handlers that need less than the octets. *id is cleared by the
 * caller. False: x->reply is filled. */
bool fetch_id(struct exchange *x, enum id_kind kind, const char *text, struct id *id);
/* A connection with id->mailbox selected, whose UIDVALIDITY is still the id's (a mailbox id has
 * none to compare). NULL: x->reply is filled. Give it back with pool_checkin. */
struct imap *fetch_connection(struct exchange *x, const struct id *id);
/* Hands it back; true where it died of `error` while it was asked: what was asked may be asked once
 * more, by another. A server ends the connection that has a mailbox open which another program just
 * renamed or removed (RFC 2180 §3.1), and that says nothing about the question. */
bool fetch_gave_up(struct exchange *x, struct imap *imap, const GError *error);

DEFINE_OWNED(fetched, fetched_free)

#endif

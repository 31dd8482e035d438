/* SPDX-License-Identifier: MIT
 *
 * Messages just opened: their octets, so that body, parts and the raw message are not fetched again
 * for every click, and the inert document that was made to list their links, so that the frame does
 * not have it made once more. In memory only, bound to the session that fetched them, bounded in
 * octets, number and time (LIMIT_RECENT_*). Safe between threads. */
#ifndef INKAN_FCGI_RECENT_H
#define INKAN_FCGI_RECENT_H

#include "base/own.h"
#include "trust/evidence.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct recent;

struct recent *recent_new(void);
void recent_free(struct recent *recent);

/* What its verdict depends on beside the octets. */
struct recent_receipt {
    enum mailbox_role role;
    int64_t received_at; /* INTERNALDATE */
};

/* `session`: the session's hash; `id`: the message's; `now`: epoch seconds. Takes a reference; what
 * is too large is not kept. */
void recent_put(struct recent *recent, const char *session, const char *id, GBytes *octets,
                struct recent_receipt receipt, int64_t now);
/* A new reference and *receipt, or NULL. */
GBytes *recent_find(struct recent *recent, const char *session, const char *id, int64_t now,
                    struct recent_receipt *receipt);
/* Keeps the inert document of a message that is kept already, with links or without, until the
 * message goes. What is too large is not kept. */
void recent_put_document(struct recent *recent, const char *session, const char *id, bool links,
                         GBytes *html);
/* A new reference, or NULL: there is none, or only the other kind. */
GBytes *recent_find_document(struct recent *recent, const char *session, const char *id, bool links,
                             int64_t now);
/* Forgets everything of a session that has ended. */
void recent_forget(struct recent *recent, const char *session);

DEFINE_OWNED(recent, recent_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * Messages just opened: their octets, so that body, parts and the raw message are not fetched again
 * for every click. In memory only, bound to the session that fetched them, bounded in octets,
 * number and time (LIMIT_RECENT_*). Safe between threads. */
#ifndef INKAN_FCGI_RECENT_H
#define INKAN_FCGI_RECENT_H

#include "base/own.h"
#include "trust/evidence.h"

#include <glib.h>
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
/* Forgets everything of a session that has ended. */
void recent_forget(struct recent *recent, const char *session);

DEFINE_OWNED(recent, recent_free)

#endif

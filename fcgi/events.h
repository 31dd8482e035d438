/* SPDX-License-Identifier: MIT
 *
 * What happens while a page is open, told as server-sent events (WHATWG HTML §9.2): new mail, flags
 * and removals in the inbox, verdicts that are finished. A channel is what the streams of one
 * account share: the last LIMIT_EVENTS_KEPT events and one watcher, a thread with an IMAP
 * connection of its own (fcgi/events_watch.h) that lives as long as there is a stream. Streams
 * belong to the front's thread, which asks them for octets; whoever tells something never waits. */
#ifndef INKAN_FCGI_EVENTS_H
#define INKAN_FCGI_EVENTS_H

#include "base/own.h"
#include "base/span.h"
#include "fcgi/problem.h"
#include "fcgi/serve_stream.h"
#include "fcgi/session.h"
#include "fcgi/verifier.h"
#include "trust/record.h"

struct events;

/* `id_key` as in fcgi/id.h; copied. */
struct events *events_new(struct span id_key);
/* Every stream must be gone. Ends the watchers and joins them. */
void events_free(struct events *events);

/* A new stream for this session, in "en" or "ja". `last_id` (NULL = none): what the client saw
 * last; what came after it is said again, or `reload` if that is not known any more. NULL and
 * *problem: TOO_MANY_STREAMS of the account, or BUSY. The stream says `end` and ends with the
 * session. */
struct serve_source *events_open(struct events *events, struct session *session, const char *lang,
                                 const char *last_id, enum problem *problem);

/* The verdict of a message is complete. Does nothing if nobody listens. */
void events_tell_verdict(struct events *events, const struct place *place,
                         const struct record *record);

/* Streams open now, and watchers running: for /metrics and tests. */
void events_count(struct events *events, guint *streams, guint *watchers);

DEFINE_OWNED(events, events_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * Background work: brings listed messages without a complete verdict to one. Fetches over the
 * pooled connections of the session that listed them, judges, keeps, and writes the row. Never
 * takes credentials from the store, never outlives the session (its pool refuses), never makes a
 * listing wait. What failed for a while is tried again, 1, 2, 4 … seconds apart. */
#ifndef INKAN_FCGI_VERIFIER_H
#define INKAN_FCGI_VERIFIER_H

#include "base/own.h"
#include "fcgi/judge.h"
#include "fcgi/session.h"

struct verifier;
struct brands;
struct events;
struct wkd_keys;

/* Starts `threads`. All arguments are borrowed; `brands` and `wkd` may be NULL. Complete verdicts
 * are told to `events`. */
struct verifier *verifier_new(struct judge *judge, struct brands *brands, struct wkd_keys *wkd,
                              struct store *store, struct events *events, unsigned threads);
/* Ends the threads; an evaluation under way is waited for. */
void verifier_free(struct verifier *verifier);

/* A message of a session. */
struct place {
    struct session *session;
    const char *mailbox;
    uint32_t uidvalidity, uid;
    enum mailbox_role role;
    const struct config_trust *trust;
    int64_t received_at;
};

/* The same as judge/ wants it; borrowed from `place`. */
struct judge_case verifier_case(const struct place *place);

/* Queues a message unless it is queued already or resting between two attempts. `whole` (may be
 * NULL): its whole octets, where they are at hand. Never blocks. */
void verifier_submit(struct verifier *verifier, const struct place *place, GBytes *whole);

/* Reads in the background what \Sent and the inbox tell the account's memory (fcgi/walk), unless
 * that was done or begun LIMIT_WALK_SECONDS ago or less. Never blocks. */
void verifier_walk(struct verifier *verifier, struct session *session);

/* Waits until a message has been attempted or is not queued, at most `ms`. */
void verifier_wait(struct verifier *verifier, const struct place *place, int64_t ms);

/* What the last attempt came to, where it was not complete: the verdict to show meanwhile. NULL if
 * there was none. The caller frees with record_free. */
struct record *verifier_provisional(struct verifier *verifier, const struct place *place);

/* Messages queued, resting or being judged. */
guint verifier_backlog(struct verifier *verifier);

DEFINE_OWNED(verifier, verifier_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * The conversations (fcgi/forest) of the mailboxes that are looked at, made of stored rows and kept
 * in memory for the last LIMIT_FORESTS of them. Costs the mail server nothing: what was never
 * listed is in no conversation yet. Safe between threads. */
#ifndef INKAN_FCGI_THREADS_H
#define INKAN_FCGI_THREADS_H

#include "fcgi/forest.h"
#include "store/store.h"

struct threads;
/* `store` is borrowed. */
struct threads *threads_new(struct store *store);
void threads_free(struct threads *threads);

/* Which mailbox; all borrowed for the call. */
struct threads_place {
    const char *account, *mailbox;
    uint32_t uidvalidity;
};
/* One message: in, and its conversation (forest_thread) out. */
struct threads_message {
    uint32_t uid;
    struct references references;
    uint64_t thread;
};
/* Adds the messages, all of this mailbox, then fills `thread` of each. */
void threads_join(struct threads *threads, const struct threads_place *place,
                  struct threads_message *messages, guint n);
/* UIDs of the conversation of this message, newest first, at most LIMIT_THREAD; the message's own
 * where nothing is known of it. The caller unrefs. */
GArray *threads_members(struct threads *threads, const struct threads_place *place, uint32_t uid);

/* The id by which the API names a conversation; of a message that is in none (0): of its own. The
 * caller frees. */
char *threads_id(uint64_t thread, uint32_t uid);

DEFINE_OWNED(threads, threads_free)

#endif

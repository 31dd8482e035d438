/* SPDX-License-Identifier: MIT
 *
 * Conversations of one mailbox, out of what its messages say they follow: the References half of
 * RFC 5256's THREAD=REFERENCES, without its joining by subject. One rule is stricter, because
 * anybody can write any id: a message speaks for itself alone. It follows the newest message it
 * names that is here; it never joins two conversations, nor moves a message that follows one that
 * is here. Where an id is there twice, the message that came first has the name. Pure; one thread
 * at a time. */
#ifndef INKAN_FCGI_FOREST_H
#define INKAN_FCGI_FOREST_H

#include "base/own.h"
#include "mail/references.h"

struct forest;
struct forest *forest_new(void);
void forest_free(struct forest *forest);

/* A message of the mailbox; again: nothing. False: LIMIT_FOREST messages are here already. */
bool forest_add(struct forest *forest, uint32_t uid, const struct references *references);
/* The conversation of a message, here or not: the id of its first message, as far as that can be
 * told, the same for all that follow it. 0: it has no id and names none that it could be found by.
 */
uint64_t forest_thread(struct forest *forest, const struct references *references);
/* UIDs of the conversation, uint32_t, newest first, at most `most`. The caller unrefs. */
GArray *forest_members(struct forest *forest, uint64_t thread, guint most);
/* What a message of this UID said; false: it is not here. */
bool forest_find(const struct forest *forest, uint32_t uid, struct references *references);

DEFINE_OWNED(forest, forest_free)

#endif

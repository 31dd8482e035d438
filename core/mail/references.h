/* SPDX-License-Identifier: MIT
 *
 * Which message this is and which ones it says it follows: Message-ID, References, In-Reply-To (RFC
 * 5322 §3.6.4). Anybody can write any id into either: what is read here orders a list and proves
 * nothing. Ids are kept as numbers, which is all that comparing them needs. */
#ifndef INKAN_MAIL_REFERENCES_H
#define INKAN_MAIL_REFERENCES_H

#include "base/limits.h"
#include "mail/message.h"

struct references {
    uint64_t own;                     /* 0: it has no Message-ID */
    uint64_t named[LIMIT_REFERENCES]; /* oldest first: of more, the oldest and the newest */
    guint n;
};

/* References where it holds an id, else the first id of In-Reply-To (RFC 5256, step 1 of
 * THREAD=REFERENCES). The message's own id is not among those named. Linear in the header. */
void references_read(const struct message *message, struct references *out);

/* 64 bits of the SHA-256 of an id without its angle brackets; never 0. */
uint64_t references_number(struct span id);

#endif

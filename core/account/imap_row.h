/* SPDX-License-Identifier: MIT
 *
 * From what libetpan parsed of FETCH responses to struct imap_message, for the imap_*.c files. */
#ifndef INKAN_ACCOUNT_IMAP_ROW_H
#define INKAN_ACCOUNT_IMAP_ROW_H

#include "account/imap_session.h"

/* Which messages were asked for; what the server tells of others is left out. */
struct imap_wanted {
    uint32_t from, to;    /* these UIDs … */
    const uint32_t *uids; /* … or these … */
    guint n;
    uint32_t above; /* … or greater than this, if not 0 */
};

/* Messages of the last answer, newest first by UID, each once: what comes later about the same
 * message adds to it. `whole`: receives the octets of BODY[] of the last one; may be NULL. */
GPtrArray *imap_rows(struct imap *imap, const struct imap_wanted *wanted, GBytes **whole);

#endif

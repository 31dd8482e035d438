/* SPDX-License-Identifier: MIT
 *
 * One change to messages of one mailbox, as PATCH, DELETE and the batch ask for it: keywords in the
 * spirit of RFC 7396 with the names of RFC 8621 §4.1 (the only way by which Inkan ever marks a
 * message as seen), moving, deleting. One kind at a time: half a success would have no answer.
 * However many messages, the IMAP commands stay the same few. */
#ifndef INKAN_FCGI_CHANGE_H
#define INKAN_FCGI_CHANGE_H

#include "account/imap.h"
#include "fcgi/id.h"
#include "fcgi/route.h"

struct json_t;

enum change_kind {
    CHANGE_NONE = 0,
    CHANGE_KEYWORDS,
    CHANGE_MOVE,    /* to `mailbox` */
    CHANGE_TO_ROLE, /* to the mailbox of `role`, made if need be */
    CHANGE_DELETE,  /* into the trash; out of it for good */
    CHANGE_DESTROY  /* for good */
};

struct change {
    enum change_kind kind;
    unsigned flags[2];      /* enum imap_flag that are cleared [0] and set [1] */
    GPtrArray *keywords[2]; /* char *, the same; NULL: none */
    char *mailbox;          /* as the IMAP server names it */
    enum imap_role role;
};
void change_clear(struct change *change);

/* Reads {"keywords"}, {"mailboxIds"} or {"moveToRole"}, whichever of them `body` holds, exactly
 * one; other members are the caller's business. False and *problem. */
bool change_read(const struct exchange *x, const struct json_t *body, struct change *change,
                 enum problem *problem);

/* What became of one message. */
struct change_result {
    enum problem problem; /* PROBLEM_NONE: done */
    unsigned retry_after;
    struct json_t *answer; /* Changed or Moved of the OpenAPI document; owned */
};

/* Changes the messages `uids` (n of them, at most LIMIT_BATCH) of the mailbox that `where` names
 * (kind, mailbox and UIDVALIDITY of a message id); fills results[0..n-1]. */
void change_run(struct exchange *x, const struct change *change, const struct id *where,
                const uint32_t *uids, guint n, struct change_result *results);

#endif

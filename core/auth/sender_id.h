/* SPDX-License-Identifier: MIT
 *
 * Sender ID (RFC 4406, 4407; historic), scope "pra": the purported responsible address of a
 * message, and whether the client may send for its domain. Legacy information: it never raises a
 * verdict, since the header fields it starts from are anybody's, and records written for SPF say
 * nothing about them. */
#ifndef INKAN_AUTH_SENDER_ID_H
#define INKAN_AUTH_SENDER_ID_H

#include "auth/spf.h"
#include "base/own.h"
#include "mail/author.h"
#include "mail/message.h"

struct sender_id {
    const char *pra;            /* addr-spec; NULL: the message has none (RFC 4407 §2 step 6) */
    const char *local, *domain; /* of it; domain in A-labels. All within this block. */
    struct spf_result result;   /* NOT_EVALUATED until sender_id_verify; none without a PRA */
};

/* Selects the PRA (RFC 4407 §2). `author` of the same message saves reading From twice; may be
 * NULL, the PRA is the same. Never NULL; the caller frees. */
struct sender_id *sender_id_new(const struct message *message, const struct author *author);
void sender_id_free(struct sender_id *sender_id);

/* Asks for the record, before anybody waits. */
void sender_id_names(const struct sender_id *sender_id, struct lookups *lookups);
/* check_host() with the PRA as <sender> and its domain as <domain> (RFC 4406 §4.1), for the client
 * and HELO of `spf`. Where its MAIL FROM was checked at that domain `now`, and neither local part
 * nor scope made a difference, that result is taken over. */
void sender_id_verify(struct sender_id *sender_id, struct lookups *lookups,
                      const struct spf_check *spf, int64_t now);

DEFINE_OWNED(sender_id, sender_id_free)

#endif

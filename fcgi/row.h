/* SPDX-License-Identifier: MIT
 *
 * One line of a message list: what was read from header and first 4,096 octets of text once, kept
 * in the store, and never fetched again. Flags are not part of it, they change; the verdict is not
 * either, it has a record of its own, found through `judged`. */
#ifndef INKAN_FCGI_ROW_H
#define INKAN_FCGI_ROW_H

#include "base/own.h"
#include "mail/references.h"

#include <glib.h>
#include <stdint.h>

struct imap_message;
struct json_t;

enum row_attachment { ROW_ATTACHMENT_UNKNOWN = 0, ROW_ATTACHMENT_NO, ROW_ATTACHMENT_YES };

struct row_mailbox {
    char *name; /* display text; NULL: none */
    char *email;
};

struct row {
    uint32_t uid;
    int64_t received_at; /* INTERNALDATE, epoch seconds; 0 = unknown */
    uint64_t size;
    struct row_mailbox *from; /* every mailbox of From, at most LIMIT_ROW_FROM */
    guint n_from;
    struct row_mailbox *to; /* of To, as many: who a list of sent mail is read by */
    guint n_to;
    char *subject, *preview; /* display text, never NULL */
    enum row_attachment attachment;
    struct references references; /* what puts it into a conversation */
    char *judged; /* hex SHA-256 of the octets that its verdict rests on; "": none yet */
};

/* Reads a message of IMAP_FETCH_ROW. *octets gets what is there of it, header and text, and *whole
 * whether that is all; the caller unrefs. */
struct row *row_new(const struct imap_message *fetched, GBytes **octets, bool *whole);
void row_free(struct row *row);

/* What only the whole message tells: attachments, and the preview of what an opaque signature
 * holds.
 */
void row_set_attachment(struct row *row, const struct message *whole);

GBytes *row_encode(const struct row *row);
/* NULL for what row_encode of this version did not write. */
struct row *row_decode(uint32_t uid, GBytes *value);

/* {"id", "from", "to", "subject", "receivedAt", "size", "preview", "keywords", "hasAttachment"}:
 * names of RFC 8621 §4.1. `flags` and `keywords` as in struct imap_message. */
struct json_t *row_json(const struct row *row, const char *id, const struct imap_message *flags);
/* {"$seen": true, …} (RFC 8621 §4.1.1). */
struct json_t *row_keywords_json(unsigned flags, char *const *keywords);

DEFINE_OWNED(row, row_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * A message as octets: header index and body as spans over bytes that nobody touches, exact for
 * what signatures hash (RFC 6376 §3.4). Nothing is unfolded, decoded or repaired here; what is odd
 * is flagged. The header ends at the first empty line; a line that ends in a bare LF is a line, a
 * bare CR is not a line end. */
#ifndef INKAN_MAIL_MESSAGE_H
#define INKAN_MAIL_MESSAGE_H

#include "base/own.h"
#include "base/span.h"

#include <stdint.h>

enum field_flag {
    FIELD_NO_COLON = 1 << 0, /* a line without a colon: name is empty, value the whole line */
    FIELD_WSP_NAME = 1 << 1, /* white space between name and colon ("From :") or a folded name */
    FIELD_BAD_NAME = 1 << 2, /* name holds an octet outside 33-126 (8-bit, control) or is empty */
    FIELD_NUL = 1 << 3,      /* a NUL somewhere in the field */
    FIELD_BARE_CR = 1 << 4,  /* a CR that no LF follows */
    FIELD_BARE_LF = 1 << 5,  /* a line end without CR */
    FIELD_8BIT = 1 << 6,     /* an octet above 127 in the value */
    FIELD_TOO_LONG = 1 << 7, /* longer than LIMIT_FIELD_SIZE */
    FIELD_LEADING_WSP =
        1 << 8 /* the very first line of the header starts with white space (attacks A2) */
};

/* One header field, top first. `raw` is the whole field with its final line end; `name` what stands
 * before the colon without trailing white space; `value` everything after the colon up to, without,
 * the final line end (folds inside are kept). */
struct field {
    struct span raw, name, value;
    uint32_t flags;
    guint next; /* one more than the index of the next field in message_find's chain; 0: the last */
};

enum message_flag {
    MESSAGE_FROM_LINE = 1 << 0,        /* an mbox "From " line stood on top; it is not a field */
    MESSAGE_NO_BODY = 1 << 1,          /* the header never ended in an empty line */
    MESSAGE_TOO_MANY_FIELDS = 1 << 2,  /* more than LIMIT_FIELDS: the rest is not indexed */
    MESSAGE_HEADER_TOO_LARGE = 1 << 3, /* more than LIMIT_HEADER_SIZE: the rest is not indexed */
    MESSAGE_BODY_PARTIAL = 1 << 4      /* the caller holds only the beginning of the body */
};

struct message {
    GBytes *octets;
    struct span header; /* all fields, indexed or not, without "From " line and empty line */
    struct span body;   /* after the empty line; empty if there is none */
    struct field *fields;
    guint n_fields;
    uint32_t flags;
    /* message_find's: the names that there are, by first letter and length, and for each of these
     * one more than the index of its first field. */
    uint64_t names;
    guint first[64];
};

/* Indexes `octets` (a reference is taken). Never fails: any octets are a message, perhaps one
 * without fields. `flags` may hold MESSAGE_BODY_PARTIAL. */
struct message *message_new(GBytes *octets, uint32_t flags);
void message_free(struct message *message);

/* The next field of that name (ASCII case does not matter) at or below index `from`, or -1. Fields
 * whose name has trailing white space or bad octets match by their cleaned name: "From :" and
 * "From\xff:" are From. Who must match exactly (a signature's h=) looks at FIELD_BAD_NAME. */
static inline int message_find(const struct message *message, const char *name, guint from);
guint message_count(const struct message *message, const char *name);

/* Octets with every line end made CRLF, when they hold no CRLF at all (a Maildir file, an editor's
 * copy); otherwise, or when there is nothing to change, a new reference to the same octets. */
GBytes *message_restore_crlf(GBytes *octets);
/* The same whatever the octets hold: every bare LF gets its CR (Maildir). */
GBytes *message_force_crlf(GBytes *octets);
/* The same in place, over the first `n` octets of a buffer, which grows where it is too short: a
 * large message has no second copy. `every`: as message_force_crlf does, otherwise as
 * message_restore_crlf. Returns how many octets they are now. */
gsize message_make_crlf(GByteArray *octets, gsize n, bool every);

/* One number of 64 for a name's first letter and length. Most names that are looked for are not
 * there, and the bit of that number in `names` says so; the others are met in one or two steps. A
 * name that only a lenient reader sees may be any: then every bit is set. */
static inline guint message_name_number(struct span name) {
    guint letter = name.n ? (unsigned char)name.p[0] | 0x20 : 0;
    return (guint)(letter + 5 * name.n) % 64;
}

/* message_find for a name whose bit is set. */
int message_search(const struct message *message, struct span name, guint from);

/* Inline, since nearly every name is a literal: its length and bit are then known to the compiler.
 */
static inline int message_find(const struct message *message, const char *name, guint from) {
    struct span wanted = span_of(name);
    bool may_be = message->names >> message_name_number(wanted) & 1;
    return may_be ? message_search(message, wanted, from) : -1;
}

DEFINE_OWNED(message, message_free)

#endif

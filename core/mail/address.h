/* SPDX-License-Identifier: MIT
 *
 * Address lists: RFC 5322 §3.4 with the obsolete forms of §4.4, groups in any field (RFC 6854),
 * UTF-8 (RFC 6532). Syntax is decided on the octets as they stand; only then are names decoded.
 * Nothing is repaired: what has no single reading is flagged, and mail/author decides what that
 * means. One pass, linear time, bounded by base/limits.h. */
#ifndef INKAN_MAIL_ADDRESS_H
#define INKAN_MAIL_ADDRESS_H

#include "base/own.h"
#include "base/span.h"
#include "mail/domain.h"

#include <stdint.h>

enum address_flag {
    /* Two readings are possible. */
    ADDRESS_SYNTAX = 1 << 0,        /* octets that no rule allows here */
    ADDRESS_TRAILING_TEXT = 1 << 1, /* "<a@b.example> c@d.example" (attacks A15) */
    ADDRESS_SEVERAL_AT = 1 << 2,    /* a second "@" outside quotes in one mailbox */
    ADDRESS_ENCODED_WORD = 1 << 3,  /* an encoded word where address syntax must stand, or one that
                                       holds address syntax and stands alone (A10, A11) */
    ADDRESS_CONTROL = 1 << 4,       /* a control, bidi or invisible character in an address, or NUL,
                                       bare CR or LF anywhere (A29) */
    ADDRESS_UNCLOSED = 1 << 5,      /* comment, quotes, literal, angle-addr or group never ends */
    ADDRESS_TOO_DEEP = 1 << 6,      /* comments nested beyond LIMIT_COMMENT_DEPTH */
    ADDRESS_TOO_LONG = 1 << 7,  /* value over LIMIT_ADDRESS_VALUE: only the beginning was read */
    ADDRESS_TOO_MANY = 1 << 8,  /* over LIMIT_MAILBOXES: counted, not kept */
    ADDRESS_LOOKALIKE = 1 << 9, /* a full-width "@", "." or "<" in a local part (A24) */
    /* One reading. */
    ADDRESS_GROUP = 1 << 16,         /* the list holds a group */
    ADDRESS_ROUTE = 1 << 17,         /* obs-route, dropped (A12) */
    ADDRESS_EMPTY_ELEMENT = 1 << 18, /* ",," (obs-addr-list) */
    ADDRESS_NULL = 1 << 19,          /* "<>" */
    ADDRESS_EMPTY_ATOM = 1 << 20,    /* "a..b", ".a" or "a." in a local part: carriers in Japan */
    ADDRESS_QUOTED_WORD = 1 << 21,   /* an encoded word inside a quoted display name, decoded */
    ADDRESS_8BIT = 1 << 22,          /* octets above 127 in address or name */
    ADDRESS_SHIFTED = 1 << 23,  /* raw ISO-2022-JP or Shift_JIS, whose octets look like syntax */
    ADDRESS_OBSOLETE = 1 << 24, /* CFWS around dots and "@", dots in a phrase, specials in an
                                   encoded word, the bare address as its own name */
    ADDRESS_NAME_ONLY = 1 << 25 /* an element of plain words without address: "Doe, J <j@x>" */
};

#define ADDRESS_TWO_READINGS 0x3ffu

enum address_fault {
    ADDRESS_FINE = 0,
    ADDRESS_NO_ADDRESS, /* only a name, or "<>" */
    ADDRESS_NO_DOMAIN,  /* "user": no "@", or nothing after it */
    ADDRESS_NO_LOCAL,   /* "@example.org" */
    ADDRESS_BAD_LOCAL,  /* control characters, invalid UTF-8, over LIMIT_LOCAL_PART */
    ADDRESS_BAD_DOMAIN  /* see domain_fault */
};

struct mailbox {
    char *display_name; /* display text (mail/header) of phrase, or of the comment after a bare
                           addr-spec; NULL if none */
    char *decoded_name; /* the same before display rules */
    char *local;        /* local part, unquoted; display text if unusable; NULL if none */
    char *domain;       /* lower-case A-labels, or NULL: then fault says why */
    char *address;      /* addr-spec "local@domain", the local part quoted where RFC 5322 needs it
                           (dots out of place stay bare); NULL unless fault is ADDRESS_FINE */
    char *shown; /* never NULL: the address; display text of the whole element where there is no
                    address or more than one reading */
    /* address_mailbox_clear frees them: `decoded_name` may be the same string as `display_name`,
     * `shown` the same as `address`, and `domain` its end. */
    enum address_fault fault;
    enum domain_fault domain_fault;
    uint32_t flags;      /* address_flag, of this mailbox */
    uint32_t name_flags; /* text_flag (mail/header) of the display name */
    gint group;          /* index of its group, or -1 */
};

struct address_list {
    struct mailbox *mailboxes; /* in order, members of groups included, at most LIMIT_MAILBOXES */
    guint n;
    guint total;      /* as many as there are, kept or not */
    guint n_groups;   /* groups seen, empty ones too */
    char *group_name; /* display text of the first group's name, or NULL */
    uint32_t flags;   /* address_flag of the list and of every mailbox, or-ed */
};

/* Parses a field value (folds and all). Never NULL and never fails: findings are flags. Raw
 * ISO-2022-JP and Shift_JIS are read with their shifts and pairs, so that half a character is never
 * syntax. The caller frees with address_list_free. */
struct address_list *address_parse(struct span value);
void address_list_free(struct address_list *list);

/* What stands as the name beside the address: the display name; where no address can be given, text
 * that hides nothing of what was written. NULL if there is none. Borrowed. */
const char *address_name(const struct mailbox *mailbox);

/* The other reading of shifted text: is `address` the only one that a reader who knows neither
 * grammar nor shifts could find in these octets? Anything@domain.with-a-dot counts. */
bool address_is_only(struct span value, const char *address);

/* The first address in the text of a domain that is neither `domain` nor above or below it, or
 * NULL. For display names (attacks A17); no grammar either. The caller frees. */
char *address_other(struct span text, const char *domain);

/* Stable word for a fault ("no-domain"); NULL for ADDRESS_FINE. */
const char *address_fault_name(enum address_fault fault);

DEFINE_OWNED(address_list, address_list_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * The one answer to "who claims to have written this", for the verdict and for the screen: one
 * From, one address, or a reason why there is none. Whatever allows two readings is ambiguous;
 * Sender and Resent-* never stand in for a missing author. It proves nothing: auth/ and trust/ do.
 */
#ifndef INKAN_MAIL_AUTHOR_H
#define INKAN_MAIL_AUTHOR_H

#include "mail/address.h"
#include "mail/message.h"

enum author_state {
    AUTHOR_NOT_EVALUATED = 0,
    AUTHOR_ONE,      /* one From field, one mailbox, usable domain */
    AUTHOR_SEVERAL,  /* one From field, several mailboxes of one domain: the first is the author */
    AUTHOR_NONE,     /* no From, no address, empty group, or a domain nobody can vouch for */
    AUTHOR_AMBIGUOUS /* two readings */
};

/* Facts that leave one reading: information, never a reason to raise anything. */
enum author_note {
    AUTHOR_NAME_IS_ADDRESS = 1 << 0, /* display name holds an address of another domain (A17) */
    AUTHOR_EMPTY_ATOMS = 1 << 1,     /* "a..b.@carrier.example" */
    AUTHOR_QUOTED_WORD = 1 << 2,     /* encoded word inside quotes */
    AUTHOR_RAW_TEXT = 1 << 3, /* raw ISO-2022-JP or 8-bit name, same address in both readings */
    AUTHOR_ROUTE = 1 << 4,    /* obs-route, dropped (A12) */
    AUTHOR_EMPTY_ELEMENTS = 1 << 5, /* ",," in the list */
    AUTHOR_OBSOLETE_NAME = 1 << 6,  /* "From :" (RFC 5322 §4.5.2) */
    AUTHOR_BIDI = 1 << 7,           /* bidi controls in the display name (A20) */
    AUTHOR_INVISIBLE = 1 << 8,      /* invisible characters in the display name (A21) */
    AUTHOR_MARKS = 1 << 9,          /* glyphs like our marks in the display name (A28) */
    AUTHOR_IDN = 1 << 10,           /* the domain has A-labels */
    AUTHOR_SENDER = 1 << 11,        /* Sender is another address */
    AUTHOR_RESENT = 1 << 12,        /* Resent-From or Resent-Sender is there */
    AUTHOR_BARE_NAMES = 1 << 13 /* words without address beside the one mailbox: "Doe, J <j@x>" */
};

struct author {
    enum author_state state;
    const char *why; /* author_why word when state is NONE or AMBIGUOUS, or SEVERAL; else NULL */
    /* Borrowed from the mailbox that is the author (the first one with an address); all NULL unless
     * state is ONE or SEVERAL. */
    const char *address, *local, *domain;
    /* Display text of its name, or of the only thing From says if state is NONE; NULL if there is
     * none or the state is AMBIGUOUS. */
    const char *display_name;
    char *address_in_name;     /* with AUTHOR_NAME_IS_ADDRESS: that address, full-width folded */
    struct mailbox *mailboxes; /* of every From field, in order, at most LIMIT_MAILBOXES */
    guint n_mailboxes;
    guint total;    /* mailboxes that were counted, kept or not */
    guint n_fields; /* From fields there were, malformed ones too */
    uint32_t notes;
    char *sender; /* display text, never an author: Sender, first of Resent-Sender/Resent-From; */
    char *resent; /* NULL if absent */
};

/* Words for `why`, stable: they are codes of the reasons table.
 *   AMBIGUOUS: two-from-fields  malformed-from-field  several-domains  group-in-from
 *              control-characters  encoded-address  lookalike-syntax  broken-syntax  shift-state
 *              too-large
 *   SEVERAL:   several-authors
 *   NONE:      no-from  no-address  empty-group  unusable-domain  unusable-address */
struct author *author_find(const struct message *message);
void author_free(struct author *author);

/* "one", "several", "none", "ambiguous"; NULL for AUTHOR_NOT_EVALUATED. */
const char *author_state_name(enum author_state state);

DEFINE_OWNED(author, author_free)

#endif

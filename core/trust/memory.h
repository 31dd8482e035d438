/* SPDX-License-Identifier: MIT
 *
 * What the account's memory and one message have to do with each other: what history knew before
 * it, what it teaches, what of it the user may call known, and what the user's word explains.
 * Nothing in here touches the author axis: a known sender is not a proved one. */
#ifndef INKAN_TRUST_MEMORY_H
#define INKAN_TRUST_MEMORY_H

#include "repute/contacts.h"
#include "repute/history.h"
#include "trust/finding.h"

/* Writes into evidence->history what was known before the message. Older mail (verdict rule 6: 72
 * h) is told nothing: what came after it says nothing about it. `indexed`: the mailbox was read
 * before, so that an address without past is a new one. */
void memory_recall(struct evidence *evidence, const struct history_past *past, bool indexed);

/* What a message with that complete verdict teaches. False: nothing. Strings are borrowed from the
 * evidence. A message that something contradicts or makes doubtful teaches not even that its
 * address was seen; only a verified or likely author says anything about signatures. */
bool memory_lesson(const struct evidence *evidence, const struct verdict *verdict,
                   const struct verdict_policy *policy, struct history_lesson *lesson);

/* Something of a message that its user may say is known; borrowed from the evidence. */
struct memory_offer {
    enum known_kind kind;
    const char *subject;
    const char *by; /* KNOWN_LIST: the domain whose signature that holds ties it; else NULL */
};
enum { MEMORY_OFFERS_MAX = KNOWN__MAX + 1 };
/* How many there are; at most one of each kind, and two keys. A list is offered only where a
 * signature that holds and covers List-Id speaks for it, a forwarder only where its seal holds, a
 * key only where what it signed is intact. */
guint memory_offers(const struct evidence *evidence, struct memory_offer offers[MEMORY_OFFERS_MAX]);

/* The user wrote to the author's address, has it in an address book or says that he knows it. */
bool memory_knows_author(const struct findings *f);
/* What the user's word explains, where the message proves that it is about it: the list (tied by
 * a signature over its List-Id) or the forwarder (its seal holds); NULL if nothing. It says how the
 * message came, and nothing about who wrote it. */
const struct known *memory_said_carrier(const struct findings *f);
/* The key that its user knows and that signed everything shown, for the author's address;
 * NULL: none. One on a part, or of another address, says nothing about this author. */
const char *memory_said_certificate(const struct findings *f);
const char *memory_said_openpgp(const struct findings *f);

#endif

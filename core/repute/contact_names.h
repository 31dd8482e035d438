/* SPDX-License-Identifier: MIT
 *
 * Does a display name pass for that of somebody the user knows (attacks A27)? Names are compared by
 * the fold of their words in any order ("Smith, John" is John Smith, with a Cyrillic o too). Only
 * full names count: two words, or three characters of a script without spaces. First names are
 * everybody's. And does an address pass for another one of the same domain (attacks A25)? */
#ifndef INKAN_REPUTE_CONTACT_NAMES_H
#define INKAN_REPUTE_CONTACT_NAMES_H

#include "base/own.h"
#include "repute/contacts.h"

struct confusables;
struct contact_names;

/* `contacts` and `confusables` are borrowed and must live longer, unchanged. */
struct contact_names *contact_names_new(const struct contacts *contacts,
                                        const struct confusables *confusables);
void contact_names_free(struct contact_names *names);

/* The contact (borrowed) whose name it is although `address` is none of that name's addresses; NULL
 * if there is none. */
const struct contact *contact_names_find(const struct contact_names *names,
                                         const char *display_name, const char *address);

/* The contact (borrowed) of the same domain whose local part has the same fold as that of
 * `address`, where one of the two is not ASCII (RFC 6531): john1@ and johnl@ are two people. NULL
 * if there is none, or `address` is a contact itself. */
const struct contact *contact_names_find_address(const struct contact_names *names,
                                                 const char *address);

DEFINE_OWNED(contact_names, contact_names_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * Names and domains that others like to pass for (conf/known-names.txt, part of the program, and
 * the operator's own file), as repute/lookalike asks for them. */
#ifndef INKAN_FCGI_KNOWN_NAMES_H
#define INKAN_FCGI_KNOWN_NAMES_H

#include "base/own.h"
#include "base/span.h"

#include <glib.h>
#include <stdbool.h>

struct belief_rules;
struct confusables;
struct lookalikes;
struct public_suffixes;

/* Read-only: shared by all threads. */
struct known_names {
    struct confusables *confusables;
    struct lookalikes *lookalikes;
    char *digest; /* hex SHA-256 of the operator's file, "" without: part of the name of a stored
                     verdict */
};

/* The built-in list and, unless it is NULL, that file. NULL and *error if it cannot be read, or a
 * line makes no sense (the sentence names it). */
struct known_names *known_names_new(const char *file, GError **error);
void known_names_free(struct known_names *names);

/* Adds the lines of a list: "NAME, NAME: DOMAIN DOMAIN", "#" comments. 0, or the first line that
 * makes no sense: no colon, no domain, or one that is none. */
guint known_names_add(struct known_names *names, struct span text);

/* The account's own: domains that its server submits mail for, and that of its address, unless
 * anyone can open an account there. The caller frees, before `names`. */
struct lookalikes *known_names_own(const struct known_names *names,
                                   const struct belief_rules *rules, const char *address,
                                   const struct public_suffixes *suffixes, GHashTable *providers);

DEFINE_OWNED(known_names, known_names_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * Does the author's domain or name pass for one that the reader knows: his own, or a brand's?
 * (attacks A22, A26) A list is built once from what is known, then asked about each author.
 * Rules are narrow, so that ordinary mail has none of this: whole labels, listed words, no edit
 * distance. What follows from a likeness is the verdict's business. */
#ifndef INKAN_REPUTE_LOOKALIKE_H
#define INKAN_REPUTE_LOOKALIKE_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>

struct confusables;
struct lookalikes;

enum lookalike_trick {
    LOOKALIKE_NONE = 0,
    LOOKALIKE_CHARACTERS, /* "paypa1.example", "rnicrosoft.example", "pay-pal.example" */
    LOOKALIKE_WORD,       /* "paypal-login.example", "securepaypal.example" */
    LOOKALIKE_SUFFIX,     /* the same name under another public suffix */
    LOOKALIKE_WITHIN,     /* "paypal.com.example.net", "paypal-com.example" */
    LOOKALIKE__MAX
};

/* `confusables` is borrowed and must live longer. */
struct lookalikes *lookalikes_new(const struct confusables *confusables);
void lookalikes_free(struct lookalikes *lookalikes);

/* Makes a registrable domain (lower-case A-labels: "paypal.com"; "google.*" for all suffixes)
 * known. If its label `is_word` of common language ("office", "visa"), others may have it under
 * another suffix or beside another word: only LOOKALIKE_CHARACTERS and LOOKALIKE_WITHIN are found.
 * Domains in which anyone can open an account should not be made known. False, and nothing done,
 * unless it is a domain of two labels or more whose first has three characters. */
bool lookalikes_add_domain(struct lookalikes *lookalikes, const char *domain, bool is_word);
/* Makes a name known that goes with that domain; the domain is shown where the name is misused.
 * Names of less than three characters are not taken (false). */
bool lookalikes_add_name(struct lookalikes *lookalikes, const char *name, const char *domain);

/* The domain that `domain` passes for, borrowed, and by which trick; NULL if there is none, or if
 * the domain is a known one or below one. `registrable` is its registrable tail by the public
 * suffix list, or NULL: then its last two labels stand in. Linear in the domain. */
const char *lookalikes_find_domain(const struct lookalikes *lookalikes, const char *domain,
                                   const char *registrable, enum lookalike_trick *trick);

/* The known name (borrowed, as it was added) that a display name consists of, words such as
 * "support" and "Inc." aside, although `domain` is none of its domains. NULL if there is none. */
const char *lookalikes_find_name(const struct lookalikes *lookalikes, const char *display_name,
                                 const char *domain);

/* The domain is a known one or below one ("google.*" aside, which lookalikes_find_domain knows). */
bool lookalikes_knows(const struct lookalikes *lookalikes, const char *domain);

DEFINE_OWNED(lookalikes, lookalikes_free)

#endif

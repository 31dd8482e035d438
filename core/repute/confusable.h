/* SPDX-License-Identifier: MIT
 *
 * What a reader takes one text for another: Unicode's confusable skeletons (UTS #39 §4), and the
 * tricks that need no Unicode (rn for m, 0 for o, vv for w, 3 for e, hyphens). Owner of ICU. For
 * comparison only: nothing from here is ever shown. */
#ifndef INKAN_REPUTE_CONFUSABLE_H
#define INKAN_REPUTE_CONFUSABLE_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>

struct confusables;

/* Loads ICU's tables; a library without them is our bug. Read-only afterwards: shared by threads.
 */
struct confusables *confusables_new(void);
void confusables_free(struct confusables *confusables);

/* Two texts that pass for each other have the same fold: skeleton, lower case, digits as the
 * letters they resemble, without hyphens. `text` is UTF-8; of what is longer than
 * LIMIT_LOOKALIKE_TEXT octets only the beginning counts. Never NULL, may be empty. The caller
 * frees. */
char *confusable_fold(const struct confusables *confusables, const char *text);

/* The label as characters, whatever they are: an A-label decoded, anything else (also what does not
 * decode) as it stands. The caller frees. */
char *confusable_label(const struct confusables *confusables, const char *label);

/* One word holds ASCII letters and letters of another alphabet that pass for ASCII letters, and
 * nothing but such: no honest word is spelled so. `text` as above. */
bool confusable_is_mixed(const struct confusables *confusables, const char *text);
/* The same of any label of a domain of A-labels. */
bool confusable_domain_is_mixed(const struct confusables *confusables, const char *domain);

DEFINE_OWNED(confusables, confusables_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * Macro strings of SPF (RFC 7208 §7): checking their grammar and expanding them. What a letter
 * stands for is handed in; where names are looked up is not known here. */
#ifndef INKAN_AUTH_SPF_MACRO_H
#define INKAN_AUTH_SPF_MACRO_H

#include "base/span.h"

#include <stdint.h>

/* A set of macro letters, lower case: bit 0 is "a". */
#define SPF_LETTER(c) (1u << ((c) - 'a'))

/* What each letter stands for, by position in the alphabet. Letters that may occur must be set;
 * octets are the caller's. */
struct spf_values {
    struct span of[26];
};

/* domain-spec (§7.1): a macro string that ends in a macro or in "." toplabel ["."]. The letters
 * "c", "r" and "t" are refused, "%{d0}" too. *letters (may be NULL) gets those that occur. */
bool spf_macro_is_domain(struct span text, uint32_t *letters);

/* macro-string, as an unknown modifier holds one: any letter. */
bool spf_macro_is_string(struct span text);

/* explain-string (§6.2): a macro string with spaces; any letter. */
bool spf_macro_is_explanation(struct span text, uint32_t *letters);

/* Appends the expansion of a domain-spec as a name: without one dot at the end, and cut on the left
 * at a dot until it is no longer than LIMIT_DOMAIN (§7.3). It need not be a name that DNS can carry
 * (any octet, empty or long labels). `text` must have passed spf_macro_is_domain. */
void spf_macro_expand_name(struct span text, const struct spf_values *values, GString *name);

/* Appends the expansion of an explanation. False, and `out` of no use, beyond LIMIT_SPF_EXPLANATION
 * octets. `text` must have passed spf_macro_is_explanation. */
bool spf_macro_expand_explanation(struct span text, const struct spf_values *values, GString *out);

#endif

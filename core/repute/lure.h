/* SPDX-License-Identifier: MIT
 *
 * Words that are put beside a known name to make another domain, or a display name, look official.
 */
#ifndef INKAN_REPUTE_LURE_H
#define INKAN_REPUTE_LURE_H

#include <stdbool.h>
#include <stddef.h>

/* One whole word, lower case, of n octets: "login", "secure", "サポート". */
bool lure_is_word(const char *word, size_t n);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The sentences of fcgi/brand_check: brand_words.def is the only table. English and Japanese;
 * `lang` is "ja" or, for any other word, English. What was found goes in as text, never as markup.
 */
#ifndef INKAN_FCGI_BRAND_WORDS_H
#define INKAN_FCGI_BRAND_WORDS_H

#include "net/https.h"

enum { BRAND_FOUND_MAX = 6 };

enum brand_said {
    BRAND_SAID_NOTHING = 0,
#define BRAND_SAID(name, code, en, ja) BRAND_SAID_##name,
#include "fcgi/brand_words.def"
    BRAND_SAID__MAX
};

/* "no-record": what scripts know. */
const char *brand_words_code(enum brand_said said);
/* The sentence without its full stop, {1} to {6} filled in; a missing one is empty. The caller
 * frees. */
char *brand_words_text(enum brand_said said, const char *const found[static BRAND_FOUND_MAX],
                       const char *lang);
/* What a step is called; its own name where the table has none. Borrowed. */
const char *brand_words_title(const char *step, const char *lang);
/* What a fetch that failed says: {1} is the URL, {2} the reply's `why`. */
enum brand_said brand_words_fetch(enum https_status status);

#endif

/* SPDX-License-Identifier: MIT
 *
 * One encoded word of RFC 2047 §2, "=?charset?encoding?text?=", found and turned into octets.
 * Charsets are mail/charset; adjacency of words is mail/header. Lenient where mailers are broken
 * and nothing depends on it: longer than 75 characters, white space inside. */
#ifndef INKAN_MAIL_ENCODED_WORD_H
#define INKAN_MAIL_ENCODED_WORD_H

#include "base/span.h"

struct encoded_word {
    struct span charset; /* without an RFC 2231 §5 language */
    struct span text;    /* still encoded */
    size_t length;       /* of the whole word in the octets it was cut from */
    char encoding;       /* 'B' or 'Q' */
};

/* The offset past the last "?=", or 0. Who looks for words at many places cuts the text there once:
 * then every search for an end finds one, and the whole is linear. */
size_t encoded_word_end(struct span text);

/* Reads a word that begins at the first octet of `text`. False, and *word untouched, if none does.
 * Looks at most to the next "?=" for the end. */
bool encoded_word_parse(struct span text, struct encoded_word *word);

/* Appends the decoded octets, at most `max` of them. False if the encoding was damaged (octets that
 * it does not know are skipped, a broken "=XY" stays as it is). */
bool encoded_word_append(GString *to, const struct encoded_word *word, size_t max);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Text of a message as it may stand beside a verdict of ours: without bidi controls, invisible
 * characters and glyphs that look like our marks (attacks A20, A21, A28). What is taken away is
 * flagged. Text for comparison or search must not come from here. */
#ifndef INKAN_MAIL_DISPLAY_H
#define INKAN_MAIL_DISPLAY_H

#include "base/span.h"

#include <stdint.h>

enum text_flag {
    TEXT_BIDI = 1 << 0,       /* bidi embedding, override or isolate (attacks A20) */
    TEXT_INVISIBLE = 1 << 1,  /* invisible character where its script has no use for it (A21) */
    TEXT_MARK = 1 << 2,       /* a glyph that looks like one of our marks (A28) */
    TEXT_CONTROL = 1 << 3,    /* a control character, bare CR, bare LF or NUL became U+FFFD (A29) */
    TEXT_BAD_OCTETS = 1 << 4, /* octets that are not text of their charset became U+FFFD */
    TEXT_BAD_CHARSET = 1 << 5, /* unknown or refused charset (UTF-7): one U+FFFD for the word */
    TEXT_BAD_WORD = 1 << 6,    /* an encoded word whose encoding is damaged */
    TEXT_8BIT = 1 << 7,        /* raw octets above 127; without TEXT_GUESSED they were UTF-8 */
    TEXT_GUESSED = 1 << 8,     /* raw octets read in a charset nobody declared */
    TEXT_RAW_JIS = 1 << 9,     /* raw ISO-2022-JP escape sequences outside encoded words */
    TEXT_CUT = 1 << 10         /* longer than LIMIT_TEXT; the rest is not there */
};

/* Display text of text that is already decoded (a display name, a file name, a name in a
 * certificate). Invalid UTF-8 and control characters become U+FFFD, runs of white space one space
 * and none at the ends, bidi controls, misplaced invisible characters and our marks disappear.
 * Joiners and variation selectors stay where their script or an emoji needs them. Flags are or-ed
 * into *flags (may be NULL). The caller frees with g_free; never NULL. */
char *display_text(struct span text, uint32_t *flags);

/* Printable ASCII in single spaces: most text, which display_text gives back as it is, without a
 * flag. */
bool display_is_plain(struct span text);

#endif

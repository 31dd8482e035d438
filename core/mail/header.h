/* SPDX-License-Identifier: MIT
 *
 * Field values as text: unfolding (RFC 5322 §2.2.3), encoded words (RFC 2047) decoded at most once,
 * raw 8-bit and ISO-2022-JP text that should have been encoded. What comes out is always valid
 * UTF-8 on one line. Address syntax is mail/address, which decodes only after it has parsed.
 *
 * Two kinds of text leave this file. Decoded text (header_decode) is what the sender wrote: for
 * search, comparison, look-alike checks, JSON fields named "raw". Display text (header_text,
 * header_display) is what may stand beside a verdict of ours: without bidi controls, invisible
 * characters and glyphs that look like our marks. Whatever a person sees goes through display. */
#ifndef INKAN_MAIL_HEADER_H
#define INKAN_MAIL_HEADER_H

#include "base/span.h"

#include <stdint.h>

enum text_flag {
    TEXT_BIDI = 1 << 0,       /* bidi embedding, override or isolate (attacks A20) */
    TEXT_INVISIBLE = 1 << 1,  /* invisible character where its script has no use for it (A21) */
    TEXT_MARK = 1 << 2,       /* a glyph that looks like one of our marks (A28) */
    TEXT_CONTROL = 1 << 3,    /* a control character, bare CR, bare LF or NUL became U+FFFD (A29) */
    TEXT_BAD_OCTETS = 1 << 4, /* octets that are not text of their charset became U+FFFD */
    TEXT_BAD_CHARSET = 1 << 5, /* unknown or refused charset (UTF-7): one U+FFFD for the word */
    TEXT_BAD_WORD = 1 << 6, /* looks like an encoded word but breaks RFC 2047 §2, left as it is */
    TEXT_8BIT = 1 << 7,     /* raw octets above 127; without TEXT_GUESSED they were UTF-8 */
    TEXT_GUESSED = 1 << 8,  /* raw octets read in a charset nobody declared */
    TEXT_RAW_JIS = 1 << 9,  /* raw ISO-2022-JP escape sequences outside encoded words */
    TEXT_CUT = 1 << 10      /* longer than LIMIT_TEXT; the rest is not there */
};

/* The value without the line ends that are followed by white space; nothing else changes, leading
 * white space and bare CR stay. The caller frees with g_string_free. At most LIMIT_FIELD_SIZE
 * octets. */
GString *header_unfold(struct span value);

/* Decoded text of an unstructured value (Subject, a display name, a comment): unfolded, trimmed,
 * encoded words decoded where RFC 2047 §5 allows and white space between two of them dropped
 * (§6.2). The caller frees with g_free; never NULL. Flags are or-ed into *flags (may be NULL). */
char *header_decode(struct span value, uint32_t *flags);

/* header_decode, then header_display. */
char *header_text(struct span value, uint32_t *flags);

/* Display text of text that is already decoded (a display name, a file name, a name in a
 * certificate). Invalid UTF-8 and control characters become U+FFFD, runs of white space one space,
 * bidi controls, misplaced invisible characters and our marks disappear. The caller frees. */
char *header_display(struct span text, uint32_t *flags);

/* Does an encoded word "=?charset?q?text?=" stand anywhere in these octets? */
bool header_has_encoded_word(struct span text);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The tokens of a PDF (ISO 32000-2 §7.2, §7.3), read so that no two readers can disagree about
 * them: what programs are known to read in different ways (octets above 127 outside strings and
 * names, a
 * "#" without two hex digits, words of absurd length) is no token at all. Contents of streams are
 * never read. */
#ifndef INKAN_MAIL_PDF_LEX_H
#define INKAN_MAIL_PDF_LEX_H

#include "base/limits.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum pdf_token {
    PDF_BROKEN = 0, /* no token; the lexer stays where it is */
    PDF_END,
    PDF_INTEGER, /* digits alone, at most ten of them */
    PDF_REAL,    /* every other number */
    PDF_STRING,
    PDF_NAME,
    PDF_KEYWORD, /* obj, endobj, stream, R, true, … */
    PDF_OPEN_DICTIONARY,
    PDF_CLOSE_DICTIONARY,
    PDF_OPEN_ARRAY,
    PDF_CLOSE_ARRAY
};

/* Set `octets` and `at`, the rest to zero. A copy looks ahead. */
struct pdf_lexer {
    struct span octets;
    size_t at;        /* behind the last token */
    struct span text; /* the last token, or the white space and comments before PDF_END */
    uint64_t integer; /* of PDF_INTEGER */
    /* Of PDF_NAME: escapes undone, up to the first octet that is not printable ASCII, where some
     * readers end it; `odd` if there is one. Cut at LIMIT_PDF_NAME - 1 octets. */
    char name[LIMIT_PDF_NAME];
    bool odd;
};

enum pdf_token pdf_lex_next(struct pdf_lexer *lexer);

/* Whether the last token is this keyword (after PDF_KEYWORD). */
bool pdf_lex_is(const struct pdf_lexer *lexer, const char *keyword);

/* After PDF_INTEGER: whether it begins a reference, whose "0 R" is taken then (§7.3.10). */
bool pdf_lex_reference(struct pdf_lexer *lexer);

/* Called with the lexer behind each name of a value. */
typedef void (*pdf_name_visit)(const struct pdf_lexer *lexer, void *data);

/* One value from here on, whatever it holds; "7 0 R" is one. Visits every name in it, keys too
 * (`visit` may be NULL). False: none, or one that is not closed, or nested deeper than
 * LIMIT_PDF_NESTING. */
bool pdf_lex_value(struct pdf_lexer *lexer, pdf_name_visit visit, void *data);

/* Octets that some reader takes for white space (PDFium: 0x80 and 0xff too). */
bool pdf_lex_is_space(unsigned char c);
/* ( ) < > [ ] { } / % */
bool pdf_lex_is_delimiter(unsigned char c);

#endif

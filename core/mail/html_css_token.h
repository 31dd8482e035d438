/* SPDX-License-Identifier: MIT
 *
 * The tokenizer of CSS Syntax Level 3 §4: escapes, comments, strings, url() in all its spellings,
 * so that no filter of ours is fooled by a spelling that a browser understands (attacks J194,
 * J199). */
#ifndef INKAN_MAIL_HTML_CSS_TOKEN_H
#define INKAN_MAIL_HTML_CSS_TOKEN_H

#include "base/span.h"

enum css_type {
    CSS_END,
    CSS_IDENT,
    CSS_FUNCTION, /* text is the name; the "(" is consumed */
    CSS_AT,
    CSS_HASH,
    CSS_STRING,
    CSS_URL, /* url(unquoted) */
    CSS_BAD, /* a string or url that is broken */
    CSS_NUMBER,
    CSS_PERCENTAGE,
    CSS_DIMENSION, /* text is the unit */
    CSS_SPACE,     /* white space and comments */
    CSS_OPEN,      /* ( [ {  */
    CSS_CLOSE,     /* ) ] } */
    CSS_DELIM      /* any other octet, in `octet`: ":" ";" "," "/" "!" … */
};

struct css_lexer {
    const char *p, *end;
    enum css_type type;
    GString *text; /* of names and strings, escapes resolved; of CSS_DIMENSION the unit */
    double number;
    char octet;
};

void css_lexer_init(struct css_lexer *lexer, struct span css);
void css_lexer_clear(struct css_lexer *lexer);
/* Moves to the next token and returns its type; CSS_END for ever at the end. */
enum css_type css_next(struct css_lexer *lexer);

#endif

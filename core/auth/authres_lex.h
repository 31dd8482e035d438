/* SPDX-License-Identifier: MIT
 *
 * Inside auth/authres: octets, white space, comments and quoted strings of RFC 8601 and RFC 5322
 * §3.2, with a cursor that never looks twice at an octet it has passed. */
#ifndef INKAN_AUTH_AUTHRES_LEX_H
#define INKAN_AUTH_AUTHRES_LEX_H

#include "auth/authres_parse.h"

enum octet_class {
    SPACE = 1 << 0,   /* SP HTAB CR LF: folds are white space */
    KEYWORD = 1 << 1, /* letters, digits, "-"; "_" and "." as they are written in the wild */
    TOKEN = 1 << 2,   /* RFC 2045 §5.1 */
    VALUE = 1 << 3,   /* what a bare value may hold here */
    LOOSE = 1 << 4,   /* … though RFC 8601 wants it quoted */
    UPPER = 1 << 5
};

extern const uint8_t authres_classes[256];

#define MAX_COMMENTS 8 /* kept of one result; nothing depends on the ninth */

struct authres_lex {
    const char *p, *end;
    struct authres_memory *memory;
    uint32_t flags; /* authres_flag of the field */
    struct span comment[MAX_COMMENTS];
    guint n_comments;
};

static inline bool authres_lex_is(char c, enum octet_class wanted) {
    return (authres_classes[(uint8_t)c] & wanted) != 0;
}

static inline bool authres_lex_at(const struct authres_lex *p, char c) {
    return p->p < p->end && *p->p == c;
}

static inline bool authres_lex_at_end(const struct authres_lex *p) {
    return p->p == p->end || *p->p == ';';
}

/* comment, with p->p on the parenthesis; its text is kept. False if it never ends. */
bool authres_lex_comment(struct authres_lex *p);
/* quoted-string, with p->p on the quote; the span includes both quotes. False if it never ends. */
bool authres_lex_quoted(struct authres_lex *p, struct span *quoted);
/* To the next ";" outside quotes and comments, or to the end. */
void authres_lex_to_semicolon(struct authres_lex *p);

/* Text of a quoted string without its quoted pairs and folds; the same span if there are none. */
struct span authres_lex_decoded(struct authres_lex *p, struct span text);
/* ASCII letters made lower-case; the same span if they are. */
struct span authres_lex_lowered(struct authres_lex *p, struct span text);
/* Text of all comments since n_comments was 0, " " between them; p is NULL if there are none. */
struct span authres_lex_comments(struct authres_lex *p);

/* [CFWS]. False if a comment never ends. */
static inline bool authres_lex_cfws(struct authres_lex *p) {
    for (;;) {
        while (p->p < p->end && authres_lex_is(*p->p, SPACE))
            p->p++;
        if (!authres_lex_at(p, '('))
            return true;
        if (!authres_lex_comment(p))
            return false;
    }
}

static inline struct span authres_lex_run(struct authres_lex *p, enum octet_class wanted) {
    const char *start = p->p;
    while (p->p < p->end && authres_lex_is(*p->p, wanted))
        p->p++;
    return span_make(start, (size_t)(p->p - start));
}

#endif

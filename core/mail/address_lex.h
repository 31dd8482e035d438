/* SPDX-License-Identifier: MIT
 *
 * The lexical tokens of address fields (RFC 5322 §3.2), for mail/address alone. A token is a span
 * of the unfolded value; nothing is decoded. Comments are tokens, white space is a mark on the
 * next. */
#ifndef INKAN_MAIL_ADDRESS_LEX_H
#define INKAN_MAIL_ADDRESS_LEX_H

#include "base/span.h"

#include <stdint.h>

enum address_token_kind {
    TOKEN_WORD,    /* atom, UTF-8 and raw multibyte text included */
    TOKEN_QUOTED,  /* quoted string, text without the quotes */
    TOKEN_LITERAL, /* domain literal, text with the brackets */
    TOKEN_COMMENT, /* text without the outer parentheses */
    TOKEN_SPECIAL, /* one of < > @ , ; : . */
    TOKEN_BAD      /* one octet that may stand nowhere outside quotes */
};

struct address_token {
    enum address_token_kind kind;
    struct span text;
    struct span raw; /* with quotes, brackets, parentheses */
    bool gap;        /* white space or a comment stands before it */
    uint32_t flags;  /* address_flag */
};

struct address_lexer {
    struct span text;
    size_t at, words_end;
    bool shift_jis; /* the undeclared charset is Shift_JIS: pairs are read whole */
    bool gap;
};

/* `text` is unfolded and outlives the lexer. */
void address_lex_init(struct address_lexer *lexer, struct span text);
/* False at the end. */
bool address_lex_next(struct address_lexer *lexer, struct address_token *token);

static inline bool address_token_is(const struct address_token *token, char special) {
    return token->kind == TOKEN_SPECIAL && token->text.p[0] == special;
}

/* Appends the text of a quoted string or comment with quoted pairs undone (§3.2.1). */
void address_lex_unescape(const struct address_lexer *lexer, struct span text, GString *to);

#endif

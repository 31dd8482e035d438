/* SPDX-License-Identifier: MIT
 *
 * Octet by octet, but a character of raw ISO-2022-JP or Shift_JIS as a whole. Nesting is a counter,
 * not a recursion. */
#include "mail/address_lex.h"

#include "base/limits.h"
#include "mail/address.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"

void address_lex_init(struct address_lexer *lexer, struct span text) {
    const char *charset = charset_guess(text);
    *lexer = (struct address_lexer){
        .text = text,
        .words_end = encoded_word_end(text),
        .shift_jis = charset && strcmp(charset, "shift_jis") == 0,
    };
}

/* Octets of the character at `at`; more than one only for raw multibyte text whose later octets
 * could be taken for syntax. */
static size_t unit(const struct address_lexer *lexer, struct span text, size_t at) {
    guchar c = (guchar)text.p[at];
    if (c == 0x1b) {
        size_t run = charset_jis_run(span_from(text, at));
        return run ? run : 1;
    }
    bool lead = lexer->shift_jis && ((c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc));
    return lead && at + 1 < text.n ? 2 : 1;
}

static bool is_wsp(char c) {
    return c == ' ' || c == '\t';
}

/* Where a token of octets with quoted pairs ends: past `close`, or n if it never closes. */
static size_t closed_at(const struct address_lexer *lexer, char open, char close, uint32_t *flags) {
    struct span text = lexer->text;
    guint depth = 0;
    for (size_t at = lexer->at; at < text.n;) {
        size_t n = unit(lexer, text, at);
        char c = text.p[at];
        if (n > 1)
            *flags |= ADDRESS_SHIFTED;
        else if (c == '\0' || c == '\r' || c == '\n')
            *flags |= ADDRESS_CONTROL;
        else if ((guchar)c > 127)
            *flags |= ADDRESS_8BIT;
        at += n;
        if (n > 1)
            continue;
        if (c == '\\' && at < text.n) {
            if (text.p[at] == '\0' || text.p[at] == '\r' || text.p[at] == '\n')
                *flags |= ADDRESS_CONTROL;
            at += unit(lexer, text, at);
        } else if (c == close && depth && !--depth) {
            return at;
        } else if (c == open) {
            depth++;
            *flags |= depth > LIMIT_COMMENT_DEPTH ? ADDRESS_TOO_DEEP : 0;
        }
    }
    *flags |= ADDRESS_UNCLOSED;
    return text.n;
}

static void lex_enclosed(struct address_lexer *lexer, struct address_token *token,
                         enum address_token_kind kind, char open, char close) {
    size_t start = lexer->at, end = closed_at(lexer, open, close, &token->flags);
    size_t inner_end = token->flags & ADDRESS_UNCLOSED ? end : end - 1;
    token->kind = kind;
    token->raw = span_make(lexer->text.p + start, end - start);
    token->text = span_make(lexer->text.p + start + 1, inner_end - start - 1);
    lexer->at = end;
}

/* May an encoded word with these octets be one token? RFC 2047 §5 (3) allows no specials in a
 * phrase. A comma or paired parentheses, which careless mailers leave bare, name the same address
 * whether they are syntax or not. Other specials are syntax, and a reader who knows encoded words
 * first reads something else. White space is harmless, but ends the token. */
static bool word_is_one_token(struct span text, uint32_t *flags) {
    int depth = 0;
    bool space = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        space |= c == ' ' || c == '\t';
        if (depth < 0 || ((guchar)c < ' ' && c != '\t') || c == 127 || strchr("<>@;:\\\"[]", c)) {
            *flags |= ADDRESS_SYNTAX;
            return false;
        }
        if (strchr(",()", c))
            *flags |= ADDRESS_OBSOLETE;
    }
    if (depth)
        *flags |= ADDRESS_SYNTAX;
    return depth == 0 && !space;
}

static size_t encoded_word_length(const struct address_lexer *lexer, size_t at, uint32_t *flags) {
    struct encoded_word word;
    struct span text = span_from(span_first(lexer->text, lexer->words_end), at);
    if (!encoded_word_parse(span_first(text, LIMIT_WORD_TOKEN), &word))
        return 0;
    return word_is_one_token(word.text, flags) ? word.length : 0;
}

/* atext of RFC 5322 §3.2.3 with UTF8-non-ascii of RFC 6532 §3.2 */
static bool is_atext(char c) {
    return (guchar)c > 127 || g_ascii_isalnum(c) ||
           (c > ' ' && c < 127 && !strchr("()<>[]:;@\\,.\"", c));
}

static void lex_word(struct address_lexer *lexer, struct address_token *token) {
    struct span text = lexer->text;
    size_t start = lexer->at, at = start;
    while (at < text.n) {
        size_t n = text.p[at] == '=' ? encoded_word_length(lexer, at, &token->flags) : 0;
        if (!n)
            n = unit(lexer, text, at);
        if (n == 1 && !is_atext(text.p[at]))
            break;
        if ((guchar)text.p[at] > 127)
            token->flags |= ADDRESS_8BIT;
        if (n > 1 && text.p[at] != '=')
            token->flags |= ADDRESS_SHIFTED;
        at += n;
    }
    token->kind = TOKEN_WORD;
    token->raw = token->text = span_make(text.p + start, at - start);
    lexer->at = at;
}

static void lex_octet(struct address_lexer *lexer, struct address_token *token) {
    char c = lexer->text.p[lexer->at];
    token->raw = token->text = span_make(lexer->text.p + lexer->at, 1);
    token->kind = c && strchr("<>@,;:.", c) ? TOKEN_SPECIAL : TOKEN_BAD;
    if (token->kind == TOKEN_BAD)
        token->flags |= ADDRESS_SYNTAX | (c >= 0 && (c < ' ' || c == 127) ? ADDRESS_CONTROL : 0);
    lexer->at++;
}

bool address_lex_next(struct address_lexer *lexer, struct address_token *token) {
    struct span text = lexer->text;
    bool gap = lexer->gap;
    while (lexer->at < text.n && is_wsp(text.p[lexer->at])) {
        lexer->at++;
        gap = true;
    }
    lexer->gap = false;
    if (lexer->at >= text.n)
        return false;
    *token = (struct address_token){.gap = gap};
    char c = text.p[lexer->at];
    if (c == '"') {
        lex_enclosed(lexer, token, TOKEN_QUOTED, '"', '"');
    } else if (c == '[') {
        lex_enclosed(lexer, token, TOKEN_LITERAL, '[', ']');
    } else if (c == '(') {
        lex_enclosed(lexer, token, TOKEN_COMMENT, '(', ')');
        lexer->gap = true;
    } else if (is_atext(c) || unit(lexer, text, lexer->at) > 1) {
        lex_word(lexer, token);
    } else {
        lex_octet(lexer, token);
    }
    return true;
}

void address_lex_unescape(const struct address_lexer *lexer, struct span text, GString *to) {
    for (size_t at = 0; at < text.n;) {
        if (text.p[at] == '\\' && at + 1 < text.n)
            at++;
        size_t n = unit(lexer, text, at);
        g_string_append_len(to, text.p + at, (gssize)n);
        at += n;
    }
}

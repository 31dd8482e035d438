/* SPDX-License-Identifier: MIT
 *
 * Function names follow the algorithms of CSS Syntax Level 3 §4.3. */
#include "mail/html_css_token.h"

#define LONGEST_NAME 200 /* octets kept of a name or string; a longer one is none of ours */

void css_lexer_init(struct css_lexer *lexer, struct span css) {
    *lexer = (struct css_lexer){.p = css.p, .end = css.p + css.n, .text = g_string_new(NULL)};
}

void css_lexer_clear(struct css_lexer *lexer) {
    g_string_free(lexer->text, TRUE);
}

static char peek(const struct css_lexer *l, size_t ahead) {
    return (size_t)(l->end - l->p) > ahead ? l->p[ahead] : 0;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_newline(char c) {
    return c == '\n' || c == '\r' || c == '\f';
}

static bool is_name_start(char c) {
    return g_ascii_isalpha(c) || c == '_' || (guchar)c > 127;
}

static bool is_name(char c) {
    return is_name_start(c) || g_ascii_isdigit(c) || c == '-';
}

static void keep(struct css_lexer *l, gunichar c) {
    if (l->text->len < LONGEST_NAME)
        g_string_append_unichar(l->text, c);
}

static void keep_octet(struct css_lexer *l, char c) {
    if (l->text->len < LONGEST_NAME)
        g_string_append_c(l->text, c);
}

/* §4.3.8: are these two octets a valid escape? */
static bool is_escape(const struct css_lexer *l, size_t ahead) {
    return peek(l, ahead) == '\\' && (size_t)(l->end - l->p) > ahead + 1 &&
           !is_newline(peek(l, ahead + 1));
}

/* §4.3.7: consume an escaped code point; the back slash is still there. */
static void consume_escape(struct css_lexer *l) {
    l->p++;
    gunichar c = 0;
    int digits = 0;
    for (; digits < 6 && g_ascii_isxdigit(peek(l, 0)); digits++, l->p++)
        c = c * 16 + (gunichar)g_ascii_xdigit_value(*l->p);
    if (digits == 0) {
        keep_octet(l, *l->p++);
        return;
    }
    if (peek(l, 0) == '\r' && peek(l, 1) == '\n')
        l->p++;
    if (l->p < l->end && is_space(*l->p))
        l->p++;
    keep(l, c && g_unichar_validate(c) ? c : 0xFFFD);
}

/* §4.3.9: would start an ident sequence */
static bool starts_ident(const struct css_lexer *l) {
    if (peek(l, 0) == '-')
        return is_name_start(peek(l, 1)) || peek(l, 1) == '-' || is_escape(l, 1);
    return is_name_start(peek(l, 0)) || is_escape(l, 0);
}

/* §4.3.10: would start a number */
static bool starts_number(const struct css_lexer *l) {
    size_t sign = peek(l, 0) == '+' || peek(l, 0) == '-';
    if (g_ascii_isdigit(peek(l, sign)))
        return true;
    return peek(l, sign) == '.' && g_ascii_isdigit(peek(l, sign + 1));
}

/* §4.3.11 */
static void consume_name(struct css_lexer *l) {
    while (l->p < l->end) {
        if (is_name(*l->p))
            keep_octet(l, *l->p++);
        else if (is_escape(l, 0))
            consume_escape(l);
        else
            return;
    }
}

/* §4.3.14: consume the remnants of a bad url */
static enum css_type consume_bad_url(struct css_lexer *l) {
    while (l->p < l->end && *l->p != ')') {
        if (is_escape(l, 0))
            consume_escape(l);
        else
            l->p++;
    }
    if (l->p < l->end)
        l->p++;
    return CSS_BAD;
}

/* §4.3.6: consume a url token; "url(" is consumed */
static enum css_type consume_url(struct css_lexer *l) {
    g_string_truncate(l->text, 0);
    while (l->p < l->end && is_space(*l->p))
        l->p++;
    while (l->p < l->end && *l->p != ')') {
        if (is_space(*l->p)) {
            while (l->p < l->end && is_space(*l->p))
                l->p++;
            if (l->p < l->end && *l->p != ')')
                return consume_bad_url(l);
        } else if (strchr("\"'(", *l->p) || (guchar)*l->p < 32 || *l->p == 127) {
            return consume_bad_url(l);
        } else if (*l->p == '\\') {
            if (!is_escape(l, 0))
                return consume_bad_url(l);
            consume_escape(l);
        } else {
            keep_octet(l, *l->p++);
        }
    }
    if (l->p < l->end)
        l->p++;
    return CSS_URL;
}

/* §4.3.4: consume an ident-like token */
static enum css_type consume_ident_like(struct css_lexer *l) {
    consume_name(l);
    if (peek(l, 0) != '(')
        return CSS_IDENT;
    l->p++;
    if (g_ascii_strcasecmp(l->text->str, "url") != 0)
        return CSS_FUNCTION;
    size_t skip = 0;
    while (is_space(peek(l, skip)))
        skip++;
    return peek(l, skip) == '"' || peek(l, skip) == '\'' ? CSS_FUNCTION : consume_url(l);
}

/* §4.3.5: consume a string token */
static enum css_type consume_string(struct css_lexer *l) {
    char quote = *l->p++;
    while (l->p < l->end && *l->p != quote) {
        if (is_newline(*l->p))
            return CSS_BAD;
        if (*l->p == '\\' && l->p + 1 < l->end && is_newline(l->p[1]))
            l->p += 2;
        else if (is_escape(l, 0))
            consume_escape(l);
        else
            keep_octet(l, *l->p++);
    }
    if (l->p < l->end)
        l->p++;
    return CSS_STRING;
}

/* §4.3.3, §4.3.12: consume a numeric token. More digits than a double can tell apart are read and
 * forgotten. */
static enum css_type consume_numeric(struct css_lexer *l) {
    char digits[40];
    size_t n = 0;
    bool exponent = false;
    while (l->p < l->end) {
        char c = *l->p;
        bool takes_sign = n == 0 || g_ascii_tolower(digits[n - 1]) == 'e';
        bool is_exponent = !exponent && n && g_ascii_tolower(c) == 'e' &&
                           (g_ascii_isdigit(peek(l, 1)) ||
                            (strchr("+-", peek(l, 1)) && g_ascii_isdigit(peek(l, 2))));
        if (!(g_ascii_isdigit(c) || is_exponent || (takes_sign && (c == '+' || c == '-')) ||
              (c == '.' && !exponent && g_ascii_isdigit(peek(l, 1)) && !memchr(digits, '.', n))))
            break;
        exponent = exponent || is_exponent;
        if (n + 1 < sizeof digits)
            digits[n++] = c;
        l->p++;
    }
    digits[n] = '\0';
    l->number = g_ascii_strtod(digits, NULL);
    if (starts_ident(l)) {
        consume_name(l);
        return CSS_DIMENSION;
    }
    if (peek(l, 0) != '%')
        return CSS_NUMBER;
    l->p++;
    return CSS_PERCENTAGE;
}

/* White space and comments (§4.3.2), also unclosed ones. */
static bool consume_space(struct css_lexer *l) {
    const char *start = l->p;
    for (;;) {
        if (l->p < l->end && is_space(*l->p)) {
            l->p++;
        } else if (peek(l, 0) == '/' && peek(l, 1) == '*') {
            const char *end = g_strstr_len(l->p + 2, l->end - l->p - 2, "*/");
            l->p = end ? end + 2 : l->end;
        } else {
            return l->p > start;
        }
    }
}

static enum css_type consume_token(struct css_lexer *l) {
    if (consume_space(l))
        return CSS_SPACE;
    if (l->p >= l->end)
        return CSS_END;
    char c = *l->p;
    if (c == '"' || c == '\'')
        return consume_string(l);
    if (starts_number(l))
        return consume_numeric(l);
    if (starts_ident(l))
        return consume_ident_like(l);
    l->p++;
    l->octet = c;
    if ((c == '#' && (is_name(peek(l, 0)) || is_escape(l, 0))) || (c == '@' && starts_ident(l))) {
        consume_name(l);
        return c == '#' ? CSS_HASH : CSS_AT;
    }
    if (c == '(' || c == '[' || c == '{')
        return CSS_OPEN;
    return c == ')' || c == ']' || c == '}' ? CSS_CLOSE : CSS_DELIM;
}

enum css_type css_next(struct css_lexer *lexer) {
    g_string_truncate(lexer->text, 0);
    lexer->type = consume_token(lexer);
    return lexer->type;
}

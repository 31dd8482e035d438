/* SPDX-License-Identifier: MIT */
#include "mail/pdf_lex.h"

enum { WORD_MAX = 255 /* PDFium cuts longer ones */, DIGITS_MAX = 10 };

bool pdf_lex_is_space(unsigned char c) {
    return c == 0 || (c >= '\t' && c <= '\r') || c == ' ' || c == 0x80 || c == 0xa0 || c == 0xff;
}

bool pdf_lex_is_delimiter(unsigned char c) {
    return c && strchr("()<>[]{}/%", c);
}

/* ISO 32000-2 table 1: these six, whatever else a reader may add. */
static bool is_white(unsigned char c) {
    return c == 0 || strchr("\t\n\f\r ", c);
}

static bool is_regular(unsigned char c) {
    return !is_white(c) && !pdf_lex_is_delimiter(c);
}

static unsigned char octet(const struct pdf_lexer *lexer, size_t at) {
    return (unsigned char)lexer->octets.p[at];
}

static bool has(const struct pdf_lexer *lexer, size_t at) {
    return at < lexer->octets.n;
}

/* White space and comments: "%" to the end of its line (§7.2.4). */
static void skip_white(struct pdf_lexer *lexer) {
    bool comment = false;
    for (; has(lexer, lexer->at); lexer->at++) {
        unsigned char c = octet(lexer, lexer->at);
        if (comment)
            comment = c != '\r' && c != '\n';
        else if (c == '%')
            comment = true;
        else if (!is_white(c))
            return;
    }
}

/* Takes what ends before `end` as the token. */
static enum pdf_token take(struct pdf_lexer *lexer, size_t end, enum pdf_token token) {
    lexer->text = span_make(lexer->octets.p + lexer->at, end - lexer->at);
    lexer->at = end;
    return token;
}

/* §7.3.4.2: parentheses balance, a reverse solidus takes the next octet with it. */
static enum pdf_token literal_string(struct pdf_lexer *lexer) {
    size_t depth = 0;
    for (size_t at = lexer->at; has(lexer, at); at++) {
        unsigned char c = octet(lexer, at);
        if (c == '\\')
            at++;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return take(lexer, at + 1, PDF_STRING);
    }
    return PDF_BROKEN;
}

/* §7.3.4.3 */
static enum pdf_token hex_string(struct pdf_lexer *lexer) {
    for (size_t at = lexer->at + 1; has(lexer, at); at++) {
        unsigned char c = octet(lexer, at);
        if (c == '>')
            return take(lexer, at + 1, PDF_STRING);
        if (!g_ascii_isxdigit((char)c) && !is_white(c))
            break;
    }
    return PDF_BROKEN;
}

static void add_to_name(struct pdf_lexer *lexer, size_t *n, int c) {
    lexer->odd = lexer->odd || c <= ' ' || c >= 0x7f;
    if (!lexer->odd && *n < LIMIT_PDF_NAME - 1)
        lexer->name[(*n)++] = (char)c;
}

/* §7.3.5: "#" and two hex digits are an octet. What else "#" may be is each reader's own idea. */
static enum pdf_token name(struct pdf_lexer *lexer) {
    size_t n = 0, at = lexer->at + 1;
    lexer->odd = false;
    while (has(lexer, at) && is_regular(octet(lexer, at))) {
        int c = octet(lexer, at++);
        if (c == '#') {
            int high = has(lexer, at) ? g_ascii_xdigit_value((char)octet(lexer, at)) : -1;
            int low = has(lexer, at + 1) ? g_ascii_xdigit_value((char)octet(lexer, at + 1)) : -1;
            if (high < 0 || low < 0)
                return PDF_BROKEN;
            c = high << 4 | low;
            at += 2;
        }
        add_to_name(lexer, &n, c);
    }
    lexer->name[n] = '\0';
    return take(lexer, at, PDF_NAME);
}

static enum pdf_token word(struct pdf_lexer *lexer) {
    size_t at = lexer->at;
    bool digits = true, number = true;
    uint64_t integer = 0;
    for (; has(lexer, at) && is_regular(octet(lexer, at)); at++) {
        unsigned char c = octet(lexer, at);
        if (c <= ' ' || c >= 0x7f || at - lexer->at == WORD_MAX)
            return PDF_BROKEN;
        digits = digits && g_ascii_isdigit((char)c) && at - lexer->at < DIGITS_MAX;
        number = number && (g_ascii_isdigit((char)c) || strchr("+-.", c));
        integer = digits ? integer * 10 + (c - '0') : 0;
    }
    lexer->integer = integer;
    return take(lexer, at, digits ? PDF_INTEGER : number ? PDF_REAL : PDF_KEYWORD);
}

enum pdf_token pdf_lex_next(struct pdf_lexer *lexer) {
    skip_white(lexer);
    if (!has(lexer, lexer->at))
        return PDF_END;
    bool twice =
        has(lexer, lexer->at + 1) && octet(lexer, lexer->at + 1) == octet(lexer, lexer->at);
    switch (octet(lexer, lexer->at)) {
    case '/':
        return name(lexer);
    case '(':
        return literal_string(lexer);
    case '[':
        return take(lexer, lexer->at + 1, PDF_OPEN_ARRAY);
    case ']':
        return take(lexer, lexer->at + 1, PDF_CLOSE_ARRAY);
    case '<':
        return twice ? take(lexer, lexer->at + 2, PDF_OPEN_DICTIONARY) : hex_string(lexer);
    case '>':
        return twice ? take(lexer, lexer->at + 2, PDF_CLOSE_DICTIONARY) : PDF_BROKEN;
    case ')':
    case '{':
    case '}':
        return PDF_BROKEN;
    default:
        return word(lexer);
    }
}

bool pdf_lex_is(const struct pdf_lexer *lexer, const char *keyword) {
    return span_eq(lexer->text, span_of(keyword));
}

/* What is open, innermost in bit 0: 1 is a dictionary. */
struct nesting {
    uint64_t open;
    unsigned depth;
};
G_STATIC_ASSERT(LIMIT_PDF_NESTING <= 64);

static bool open_one(struct nesting *nesting, unsigned dictionary) {
    nesting->open = nesting->open << 1 | dictionary;
    return nesting->depth++ < LIMIT_PDF_NESTING;
}

static bool close_one(struct nesting *nesting, unsigned dictionary) {
    bool fits = nesting->depth && (nesting->open & 1) == dictionary;
    nesting->open >>= 1;
    nesting->depth--;
    return fits;
}

static bool is_plain_keyword(const struct pdf_lexer *lexer, bool inside) {
    return pdf_lex_is(lexer, "null") || pdf_lex_is(lexer, "true") || pdf_lex_is(lexer, "false") ||
           (inside && pdf_lex_is(lexer, "R"));
}

bool pdf_lex_reference(struct pdf_lexer *lexer) {
    struct pdf_lexer ahead = *lexer;
    if (pdf_lex_next(&ahead) != PDF_INTEGER)
        return false;
    if (pdf_lex_next(&ahead) != PDF_KEYWORD || !pdf_lex_is(&ahead, "R"))
        return false;
    lexer->at = ahead.at;
    return true;
}

bool pdf_lex_value(struct pdf_lexer *lexer, pdf_name_visit visit, void *data) {
    struct nesting nesting = {0, 0};
    bool fine = true;
    do {
        enum pdf_token token = pdf_lex_next(lexer);
        if (token == PDF_OPEN_DICTIONARY || token == PDF_OPEN_ARRAY)
            fine = open_one(&nesting, token == PDF_OPEN_DICTIONARY);
        else if (token == PDF_CLOSE_DICTIONARY || token == PDF_CLOSE_ARRAY)
            fine = close_one(&nesting, token == PDF_CLOSE_DICTIONARY);
        else if (token == PDF_KEYWORD)
            fine = is_plain_keyword(lexer, nesting.depth > 0);
        else if (token == PDF_BROKEN || token == PDF_END)
            return false;
        else if (token == PDF_NAME && visit)
            visit(lexer, data);
        else if (token == PDF_INTEGER && !nesting.depth)
            pdf_lex_reference(lexer);
    } while (fine && nesting.depth);
    return fine;
}

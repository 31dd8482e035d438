/* SPDX-License-Identifier: MIT
 *
 * Tokens of IMAP. */
#include "account/imap_cursor.h"

static void advance(struct imap_cursor *cursor, size_t n) {
    cursor->rest = span_from(cursor->rest, n);
}

bool imap_cursor_octet(struct imap_cursor *cursor, char octet) {
    if (cursor->rest.n == 0 || *cursor->rest.p != octet)
        return false;
    advance(cursor, 1);
    return true;
}

bool imap_cursor_end(const struct imap_cursor *cursor) {
    return cursor->rest.n == 0;
}

bool imap_cursor_word(struct imap_cursor *cursor, const char *word) {
    size_t n = strlen(word);
    if (!span_starts_nocase(cursor->rest, span_make(word, n)))
        return false;
    if (cursor->rest.n > n && !strchr(" ()[", cursor->rest.p[n]))
        return false;
    advance(cursor, n);
    return true;
}

/* atom-specials = "(" / ")" / "{" / SP / CTL / "%" / "*" / DQUOTE / "\" / "]" */
static bool is_atom_octet(char c) {
    return (unsigned char)c > 0x20 && c != 0x7f && !strchr("(){%*\"\\]", c);
}

bool imap_cursor_atom(struct imap_cursor *cursor, struct span *atom) {
    size_t n = 0;
    while (n < cursor->rest.n && is_atom_octet(cursor->rest.p[n]))
        n++;
    *atom = span_first(cursor->rest, n);
    advance(cursor, n);
    return n > 0;
}

bool imap_cursor_number(struct imap_cursor *cursor, uint64_t max, uint64_t *number) {
    uint64_t value = 0;
    size_t n = 0;
    for (; n < cursor->rest.n && g_ascii_isdigit(cursor->rest.p[n]); n++) {
        uint64_t digit = (uint64_t)(cursor->rest.p[n] - '0');
        value = value > (max - digit) / 10 ? max : value * 10 + digit;
    }
    *number = value;
    advance(cursor, n);
    return n > 0;
}

bool imap_cursor_quoted(struct imap_cursor *cursor, struct span *quoted) {
    struct span s = cursor->rest;
    if (s.n == 0 || *s.p != '"')
        return false;
    size_t n = 1;
    while (n < s.n && s.p[n] != '"')
        n += s.p[n] == '\\' ? 2 : 1;
    if (n >= s.n)
        return false;
    *quoted = span_first(s, n + 1);
    advance(cursor, n + 1);
    return true;
}

bool imap_cursor_flag(struct imap_cursor *cursor, struct span *flag) {
    struct span start = cursor->rest, name;
    (void)imap_cursor_octet(cursor, '\\');
    if (!imap_cursor_atom(cursor, &name)) {
        cursor->rest = start;
        return false;
    }
    *flag = span_first(start, start.n - cursor->rest.n);
    return true;
}

bool imap_cursor_skip(struct imap_cursor *cursor) {
    struct span start = cursor->rest, quoted;
    size_t depth = 0;
    while (cursor->rest.n > 0) {
        char c = *cursor->rest.p;
        if (depth == 0 && (c == ' ' || c == ')'))
            break;
        if (c == '"') {
            if (!imap_cursor_quoted(cursor, &quoted))
                break;
            continue;
        }
        depth += c == '(' || c == '[';
        if ((c == ')' || c == ']') && depth > 0)
            depth--;
        advance(cursor, 1);
    }
    return cursor->rest.n < start.n && depth == 0;
}

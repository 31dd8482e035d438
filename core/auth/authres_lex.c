/* SPDX-License-Identifier: MIT
 *
 * auth/authres_lex.h: the table of octets, and what ends only at its own closing mark. */
#include "auth/authres_lex.h"

#include "base/limits.h"

const uint8_t authres_classes[256] = {
    ['\t'] = SPACE,
    ['\n'] = SPACE,
    ['\r'] = SPACE,
    [' '] = SPACE,
    ['!'] = TOKEN | VALUE,
    ['#' ... '\''] = TOKEN | VALUE,
    ['*' ... '+'] = TOKEN | VALUE,
    [','] = VALUE | LOOSE,
    ['-' ... '.'] = KEYWORD | TOKEN | VALUE,
    ['/'] = VALUE | LOOSE,
    ['0' ... '9'] = KEYWORD | TOKEN | VALUE,
    [':'] = VALUE | LOOSE,
    ['<' ... '?'] = VALUE | LOOSE,
    ['@'] = VALUE,
    ['A' ... 'Z'] = KEYWORD | TOKEN | VALUE | UPPER,
    ['['] = VALUE | LOOSE,
    [']'] = VALUE | LOOSE,
    ['^'] = TOKEN | VALUE,
    ['_'] = KEYWORD | TOKEN | VALUE,
    ['`'] = TOKEN | VALUE,
    ['a' ... 'z'] = KEYWORD | TOKEN | VALUE,
    ['{' ... '~'] = TOKEN | VALUE,
    [0x80 ... 0xff] = VALUE, /* RFC 6532 and RFC 8616: local parts and U-labels */
};

/* comment = "(" *([FWS] ccontent) [FWS] ")" with p->p on the parenthesis. False if it never ends.
 */
bool authres_lex_comment(struct authres_lex *p) {
    const char *start = p->p + 1;
    guint depth = 0;
    for (; p->p < p->end; p->p++) {
        if (*p->p == '\\') {
            if (++p->p == p->end)
                break;
        } else if (*p->p == '(') {
            if (++depth > LIMIT_COMMENT_DEPTH)
                break;
        } else if (*p->p == ')' && --depth == 0) {
            if (p->n_comments < MAX_COMMENTS)
                p->comment[p->n_comments++] = span_make(start, (size_t)(p->p - start));
            p->p++;
            return true;
        }
    }
    p->flags |= AUTHRES_UNCLOSED;
    p->p = p->end;
    return false;
}

bool authres_lex_quoted(struct authres_lex *p, struct span *quoted) {
    const char *start = p->p++;
    for (; p->p < p->end; p->p++) {
        if (*p->p == '\\') {
            if (++p->p == p->end)
                break;
        } else if (*p->p == '"') {
            p->p++;
            *quoted = span_make(start, (size_t)(p->p - start));
            return true;
        }
    }
    p->flags |= AUTHRES_UNCLOSED;
    p->p = p->end;
    return false;
}

/* Text of a quoted string or comment: without the backslashes of quoted pairs and the line ends of
 * folds. Written to `out`, which has room for text.n octets; the octets written. */
static size_t decode(struct span text, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\r' || text.p[i] == '\n')
            continue;
        if (text.p[i] == '\\' && i + 1 < text.n)
            i++;
        out[n++] = text.p[i];
    }
    return n;
}

struct span authres_lex_decoded(struct authres_lex *p, struct span text) {
    bool plain = true;
    for (size_t i = 0; i < text.n && plain; i++)
        plain = text.p[i] != '\\' && text.p[i] != '\r' && text.p[i] != '\n';
    if (plain)
        return text;
    char *out = authres_memory_text(p->memory, text.n);
    return span_make(out, decode(text, out));
}

struct span authres_lex_lowered(struct authres_lex *p, struct span text) {
    uint8_t seen = 0;
    for (size_t i = 0; i < text.n; i++)
        seen |= authres_classes[(uint8_t)text.p[i]];
    if (!(seen & UPPER))
        return text;
    char *out = authres_memory_text(p->memory, text.n);
    for (size_t i = 0; i < text.n; i++)
        out[i] = g_ascii_tolower(text.p[i]);
    return span_make(out, text.n);
}

/* All comments of a result, " " between them. */
struct span authres_lex_comments(struct authres_lex *p) {
    if (p->n_comments == 0)
        return SPAN_NULL;
    if (p->n_comments == 1)
        return authres_lex_decoded(p, p->comment[0]);
    size_t room = p->n_comments, n = 0;
    for (guint i = 0; i < p->n_comments; i++)
        room += p->comment[i].n;
    char *out = authres_memory_text(p->memory, room);
    for (guint i = 0; i < p->n_comments; i++) {
        if (i > 0)
            out[n++] = ' ';
        n += decode(p->comment[i], out + n);
    }
    return span_make(out, n);
}

void authres_lex_to_semicolon(struct authres_lex *p) {
    struct span quoted;
    while (!authres_lex_at_end(p)) {
        if (*p->p == '"') {
            if (!authres_lex_quoted(p, &quoted))
                return;
        } else if (*p->p == '(') {
            if (!authres_lex_comment(p))
                return;
        } else {
            p->p++;
        }
    }
}

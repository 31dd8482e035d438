/* SPDX-License-Identifier: MIT
 *
 * auth/spf_macro.h: one reader of pieces (literals, escapes, macros) serves the grammar check and
 * the expansion, so that nothing is expanded that was not checked. */
#include "auth/spf_macro.h"

#include "base/limits.h"

enum {
    PARTS_ALL = 1000, /* §7.3 asks for 127 at least; LIMIT_SPF_PATH has no more */
    NAME_KEPT = 1024  /* octets at the end of a name that can still matter: LIMIT_DOMAIN and more */
};

enum piece { PIECE_END = 0, PIECE_BAD, PIECE_LITERAL, PIECE_MACRO };

struct macro {
    char letter; /* lower case */
    bool url;    /* was upper case: to be escaped for a URL */
    bool reverse;
    guint parts;            /* right-hand parts to keep */
    struct span delimiters; /* empty: "." */
};

static bool is_letter(char c) {
    return c && strchr("slodipvhcrt", c);
}

/* macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
 * macro-letter = "s" / "l" / "o" / "d" / "i" / "p" / "v" / "h" / "c" / "r" / "t"
 * transformers = *DIGIT [ "r" ]
 * delimiter    = "." / "-" / "+" / "," / "/" / "_" / "="
 *
 * `rest` starts behind "%{". */
static bool read_macro(struct span *rest, struct macro *macro) {
    size_t at = 0, end = span_find(*rest, '}');
    const char *p = rest->p;
    if (end == rest->n || end == 0)
        return false;
    *macro = (struct macro){.letter = g_ascii_tolower(p[0]), .url = g_ascii_isupper(p[0])};
    if (!is_letter(macro->letter))
        return false;
    for (at = 1; g_ascii_isdigit(p[at]); at++)
        macro->parts = MIN(macro->parts * 10 + (guint)(p[at] - '0'), PARTS_ALL);
    if (at > 1 && macro->parts == 0) /* §7.3: "the value MUST be nonzero" */
        return false;
    if (at == 1)
        macro->parts = PARTS_ALL;
    macro->reverse = p[at] == 'r' || p[at] == 'R';
    at += macro->reverse;
    macro->delimiters = span_make(p + at, end - at);
    for (; at < end; at++)
        if (!p[at] || !strchr(".-+,/_=", p[at]))
            return false;
    *rest = span_from(*rest, end + 1);
    return true;
}

/* The next piece, taken off `rest`: a literal run (also what an escape stands for) or a macro. */
static enum piece read_piece(struct span *rest, struct span *literal, struct macro *macro) {
    if (rest->n == 0)
        return PIECE_END;
    if (rest->p[0] != '%') {
        *literal = span_first(*rest, span_find(*rest, '%'));
        *rest = span_from(*rest, literal->n);
        return PIECE_LITERAL;
    }
    char kind = rest->n > 1 ? rest->p[1] : '\0';
    *rest = span_from(*rest, 2);
    switch (kind) {
    case '{':
        return read_macro(rest, macro) ? PIECE_MACRO : PIECE_BAD;
    case '%':
        *literal = SPAN_LIT("%");
        return PIECE_LITERAL;
    case '_':
        *literal = SPAN_LIT(" ");
        return PIECE_LITERAL;
    case '-':
        *literal = SPAN_LIT("%20");
        return PIECE_LITERAL;
    default:
        return PIECE_BAD;
    }
}

/* macro-string   = *( macro-expand / macro-literal )
 * macro-literal  = %x21-24 / %x26-7E
 * explain-string = *( macro-string / SP )
 *
 * *tail gets the literal octets at the end that no macro-expand follows. */
static bool check(struct span text, char lowest, uint32_t *letters, struct span *tail) {
    struct span rest = text, literal;
    struct macro macro;
    *letters = 0;
    *tail = SPAN_NULL;
    for (;;) {
        const char *start = rest.p;
        switch (read_piece(&rest, &literal, &macro)) {
        case PIECE_END:
            return true;
        case PIECE_BAD:
            return false;
        case PIECE_MACRO:
            *letters |= SPF_LETTER(macro.letter);
            *tail = SPAN_NULL;
            break;
        case PIECE_LITERAL:
            *tail = literal.p == start ? literal : SPAN_NULL;
            for (size_t i = 0; i < tail->n; i++)
                if (literal.p[i] < lowest || literal.p[i] > 0x7e)
                    return false;
            break;
        }
    }
}

/* toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum ) */
static bool is_toplabel(struct span label) {
    bool digits_only = true;
    for (size_t i = 0; i < label.n; i++) {
        bool inside = i > 0 && i + 1 < label.n;
        if (!g_ascii_isalnum(label.p[i]) && !(label.p[i] == '-' && inside))
            return false;
        digits_only = digits_only && g_ascii_isdigit(label.p[i]);
    }
    return label.n > 0 && !digits_only;
}

/* domain-spec = macro-string domain-end
 * domain-end  = ( "." toplabel [ "." ] ) / macro-expand */
bool spf_macro_is_domain(struct span text, uint32_t *letters) {
    static const uint32_t only_in_explanations =
        SPF_LETTER('c') | SPF_LETTER('r') | SPF_LETTER('t');
    uint32_t found;
    struct span tail;
    if (text.n == 0 || !check(text, 0x21, &found, &tail) || (found & only_in_explanations))
        return false;
    if (letters)
        *letters = found;
    if (tail.n == 0)
        return true;
    if (tail.p[tail.n - 1] == '.')
        tail.n--;
    size_t label = tail.n;
    while (label > 0 && tail.p[label - 1] != '.')
        label--;
    return label > 0 && is_toplabel(span_from(tail, label));
}

bool spf_macro_is_string(struct span text) {
    uint32_t letters;
    struct span tail;
    return check(text, 0x21, &letters, &tail);
}

bool spf_macro_is_explanation(struct span text, uint32_t *letters) {
    struct span tail;
    return check(text, 0x20, letters, &tail);
}

/* --- expansion ------------------------------------------------------------------------------ */

/* §7.3: "unreserved" of RFC 3986 stays, all else is percent-encoded. */
static void append_url(GString *out, struct span text) {
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (g_ascii_isalnum(c) || (c && strchr("-._~", c)))
            g_string_append_c(out, c);
        else
            g_string_append_printf(out, "%%%02X", (guint)(guchar)c);
    }
}

static void append_part(GString *out, struct span part, const struct macro *macro) {
    if (macro->url)
        append_url(out, part);
    else
        g_string_append_len(out, part.p, (gssize)part.n);
}

static bool is_delimiter(const struct macro *macro, char c) {
    return macro->delimiters.n ? memchr(macro->delimiters.p, c, macro->delimiters.n) != NULL
                               : c == '.';
}

static bool is_plain(const struct macro *macro) {
    return !macro->reverse && macro->parts == PARTS_ALL && macro->delimiters.n == 0;
}

/* §7.3: split at the delimiters, reverse, keep the right-hand parts, join with dots. */
static void append_macro(GString *out, const struct macro *macro, struct span value) {
    if (is_plain(macro)) {
        append_part(out, value, macro);
        return;
    }
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(struct span));
    for (size_t start = 0, i = 0; i <= value.n; i++) {
        if (i < value.n && !is_delimiter(macro, value.p[i]))
            continue;
        struct span part = span_make(value.p + start, i - start);
        g_array_append_val(parts, part);
        start = i + 1;
    }
    guint n = parts->len, kept = MIN(n, macro->parts);
    for (guint i = n - kept; i < n; i++) {
        if (i > n - kept)
            g_string_append_c(out, '.');
        append_part(out, g_array_index(parts, struct span, macro->reverse ? n - 1 - i : i), macro);
    }
    g_array_free(parts, TRUE);
}

/* False if `text` is not what the checks above let through. */
static bool append_piece(GString *out, struct span *rest, const struct spf_values *values) {
    struct span literal;
    struct macro macro;
    switch (read_piece(rest, &literal, &macro)) {
    case PIECE_LITERAL:
        g_string_append_len(out, literal.p, (gssize)literal.n);
        return true;
    case PIECE_MACRO:
        append_macro(out, &macro, values->of[macro.letter - 'a']);
        return true;
    default:
        return false;
    }
}

/* What lies further left than any cut at a dot could leave is dropped while it grows. */
void spf_macro_expand_name(struct span text, const struct spf_values *values, GString *name) {
    while (text.n) {
        bool good = append_piece(name, &text, values);
        g_assert(good);
        if (name->len > 2 * NAME_KEPT)
            g_string_erase(name, 0, (gssize)(name->len - NAME_KEPT));
    }
    if (name->len && name->str[name->len - 1] == '.')
        g_string_truncate(name, name->len - 1);
    while (name->len > LIMIT_DOMAIN) {
        const char *dot = memchr(name->str, '.', name->len);
        if (!dot)
            return;
        g_string_erase(name, 0, dot + 1 - name->str);
    }
}

bool spf_macro_expand_explanation(struct span text, const struct spf_values *values, GString *out) {
    while (text.n) {
        bool good = append_piece(out, &text, values);
        g_assert(good);
        if (out->len > LIMIT_SPF_EXPLANATION)
            return false;
    }
    return true;
}

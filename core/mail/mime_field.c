/* SPDX-License-Identifier: MIT */
#include "mail/mime_field.h"

#include "base/limits.h"
#include "base/zeroed.h"
#include "mail/charset.h"
#include "mail/header.h"

/* One parameter as it stands there: name, section of RFC 2231 §3 (-1: none), whether the value is
 * percent-encoded (§4), octets. */
struct piece {
    char *name;
    bool named; /* `name` is that of a parameter now, which owns it */
    int section;
    bool extended;
    struct span octets;
    GString *copy; /* of the octets, where something was left out of them; else NULL */
};

struct pieces {
    struct piece piece[LIMIT_PARAMETERS];
    guint n;
};

static void piece_clear(struct piece *piece) {
    if (!piece->named)
        g_free(piece->name);
    if (piece->copy)
        g_string_free(piece->copy, TRUE);
}

struct cursor {
    const char *p, *end;
};

static bool is_fws(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* CFWS: white space, folds, comments (RFC 5322 §3.2.2). An unclosed comment reaches to the end. */
static bool skip_cfws(struct cursor *c) {
    int depth = 0;
    for (; c->p < c->end; c->p++) {
        if (*c->p == '(')
            depth++;
        else if (depth && *c->p == ')')
            depth--;
        else if (depth && *c->p == '\\' && c->p + 1 < c->end)
            c->p++;
        else if (!depth && !is_fws(*c->p))
            break;
    }
    return depth == 0;
}

/* token of RFC 2045 §5.1: no controls, spaces or tspecials. */
static bool is_token(char c) {
    return c > 32 && c < 127 && !strchr("()<>@,;:\\\"/[]?=", c);
}

static struct span take_token(struct cursor *c) {
    const char *start = c->p;
    while (c->p < c->end && is_token(*c->p))
        c->p++;
    return span_make(start, (size_t)(c->p - start));
}

static bool is_line_end(char c) {
    return c == '\r' || c == '\n';
}

/* Where the quoted-string that begins at *c ends: at its closing quote, or at c->end. */
static const char *closing_quote(const struct cursor *c) {
    const char *p = c->p + 1;
    while (p < c->end && *p != '"')
        p += *p == '\\' && p + 1 < c->end ? 2 : 1;
    return p;
}

static bool is_left_out(char c) {
    return is_line_end(c) || c == '\\';
}

static bool holds(struct span text, bool (*is_one)(char c)) {
    for (size_t i = 0; i < text.n; i++)
        if (is_one(text.p[i]))
            return true;
    return false;
}

/* quoted-string without its quotes and folds; false if the closing quote is missing. */
static bool take_quoted(struct cursor *c, struct piece *piece) {
    const char *start = c->p + 1, *close = closing_quote(c);
    bool closed = close < c->end;
    c->p = close + closed;
    piece->octets = span_make(start, (size_t)(close - start));
    if (!holds(piece->octets, is_left_out))
        return closed;
    piece->copy = g_string_sized_new(piece->octets.n);
    for (const char *p = start; p < close; p++) {
        if (is_line_end(*p))
            continue;
        if (*p == '\\' && p + 1 < c->end)
            p++;
        g_string_append_c(piece->copy, *p);
    }
    piece->octets = span_make(piece->copy->str, piece->copy->len);
    return closed;
}

/* An unquoted value: up to ";", without what is a comment behind white space. Names keep such
 * "comments": name=Report (1).pdf. True if it was a plain token. */
static bool take_bare(struct cursor *c, bool name, struct piece *piece) {
    const char *start = c->p, *stop;
    while (c->p < c->end && *c->p != ';')
        c->p++;
    for (stop = start; stop < c->p; stop++)
        if (!name && *stop == '(' && stop > start && is_fws(stop[-1]))
            break;
    struct span value = span_trim_fws(span_make(start, (size_t)(stop - start)));
    bool plain = value.n > 0;
    for (size_t i = 0; i < value.n; i++)
        plain = plain && is_token(value.p[i]);
    piece->octets = value;
    if (plain || !holds(value, is_line_end))
        return plain;
    piece->copy = g_string_sized_new(value.n);
    for (size_t i = 0; i < value.n; i++)
        if (!is_line_end(value.p[i]))
            g_string_append_c(piece->copy, value.p[i]);
    piece->octets = span_make(piece->copy->str, piece->copy->len);
    return false;
}

/* "name", "name*", "name*3", "name*3*" (RFC 2231 §7) */
static void read_name(struct span written, struct piece *piece) {
    size_t star = span_find(written, '*');
    piece->name = span_dup_lower(span_first(written, star));
    piece->section = -1;
    struct span rest = span_from(written, star + 1);
    if (star == written.n)
        return;
    piece->extended = rest.n == 0 || rest.p[rest.n - 1] == '*';
    size_t digits = rest.n && piece->extended ? rest.n - 1 : rest.n;
    if (digits == 0 || digits > 4)
        return;
    piece->section = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!g_ascii_isdigit(rest.p[i])) {
            piece->section = -1;
            return;
        }
        piece->section = piece->section * 10 + (rest.p[i] - '0');
    }
}

static bool is_file_name(const char *name) {
    return strcmp(name, "name") == 0 || strcmp(name, "filename") == 0;
}

/* parameter := attribute "=" value, RFC 2045 §5.1. The cursor stands at the next ";" then, whether
 * it was one or not. */
static void take_piece(struct cursor *c, struct pieces *pieces, uint32_t *flags) {
    struct piece piece = {.octets = SPAN_NULL};
    read_name(take_token(c), &piece);
    bool sane = skip_cfws(c) && *piece.name && c->p < c->end && *c->p == '=';
    if (sane) {
        c->p++;
        skip_cfws(c);
        bool quoted = c->p < c->end && *c->p == '"';
        if (quoted ? !take_quoted(c, &piece) : !take_bare(c, is_file_name(piece.name), &piece))
            *flags |= MIME_BAD_FIELD;
        pieces->piece[pieces->n++] = piece;
    } else {
        *flags |= MIME_BAD_FIELD;
        piece_clear(&piece);
    }
    const char *before = c->p;
    skip_cfws(c);
    if (c->p < c->end && *c->p != ';')
        *flags |= MIME_BAD_FIELD;
    c->p = before;
    while (c->p < c->end && *c->p != ';')
        c->p++;
}

static void percent_decode(struct span from, GString *to) {
    for (size_t at = 0; at < from.n; at++) {
        int high = from.p[at] == '%' && at + 2 < from.n ? g_ascii_xdigit_value(from.p[at + 1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(from.p[at + 2]) : -1;
        if (low >= 0) {
            g_string_append_c(to, (char)(high * 16 + low));
            at += 2;
        } else {
            g_string_append_c(to, from.p[at]);
        }
    }
}

static const struct piece *find_piece(const struct pieces *pieces, const char *name, int section,
                                      bool extended_first) {
    const struct piece *found = NULL;
    for (guint i = 0; i < pieces->n; i++) {
        const struct piece *piece = &pieces->piece[i];
        if (piece->section != section || strcmp(piece->name, name) != 0)
            continue;
        if (!found || (extended_first && piece->extended && !found->extended))
            found = piece;
    }
    return found;
}

/* charset'language'text (RFC 2231 §4): the charset; *octets becomes the text. */
static struct span take_charset(struct span *octets) {
    struct span all = *octets;
    size_t first = span_find(all, '\'');
    size_t second = first + 1 + span_find(span_from(all, first + 1), '\'');
    if (first >= all.n || second >= all.n)
        return SPAN_NULL;
    *octets = span_from(all, second + 1);
    return span_first(all, first);
}

/* The octets of all sections, decoded, and the charset the first one named. In *copy, which is NULL
 * before, unless they stand in one piece. */
static struct span join(const struct pieces *pieces, const char *name, struct span *charset,
                        GString **copy) {
    const struct piece *single = find_piece(pieces, name, -1, true);
    if (single && !single->extended && find_piece(pieces, name, 0, true))
        single = NULL;
    if (single && !single->extended)
        return single->octets;
    *copy = g_string_new(NULL);
    for (int section = single ? -1 : 0;; section++) {
        const struct piece *piece = find_piece(pieces, name, section, true);
        if (!piece)
            break;
        struct span octets = piece->octets;
        if (piece->extended && section <= 0)
            *charset = take_charset(&octets);
        if (piece->extended)
            percent_decode(octets, *copy);
        else
            g_string_append_len(*copy, octets.p, (gssize)octets.n);
        if (single)
            break;
    }
    return span_make((*copy)->str, (*copy)->len);
}

static bool is_printable(struct span text) {
    for (size_t i = 0; i < text.n; i++)
        if ((guchar)text.p[i] < 32 || (guchar)text.p[i] >= 127)
            return false;
    return true;
}

/* Octets to valid UTF-8 without control characters. */
static char *to_text(struct span raw, struct span charset, bool file_name, uint32_t *flags) {
    if (charset.n == 0 && file_name)
        return header_decode(raw, NULL);
    if (charset.n == 0 && is_printable(raw))
        return span_dup(raw);
    GString *text = g_string_new(NULL);
    if (charset.n == 0 || charset_append(text, raw, charset) == CHARSET_UNKNOWN) {
        if (charset.n)
            *flags |= MIME_BAD_CHARSET;
        g_string_append_len(text, raw.p, (gssize)raw.n);
    }
    for (gsize i = 0; i < text->len; i++)
        if ((guchar)text->str[i] < 32 || text->str[i] == 127)
            text->str[i] = ' ';
    char *valid = g_utf8_make_valid(text->str, (gssize)text->len);
    g_string_free(text, TRUE);
    return valid;
}

/* A parameter written twice in the same form, or in two forms that differ (attacks H162). */
static void note_duplicates(const struct pieces *pieces, const struct piece *piece, guint at,
                            uint32_t *flags) {
    for (guint i = 0; i < at; i++) {
        const struct piece *other = &pieces->piece[i];
        if (strcmp(other->name, piece->name) != 0)
            continue;
        if ((other->section == piece->section && other->extended == piece->extended) ||
            (other->section < 0) != (piece->section < 0) ||
            (other->section < 0 && !span_eq(other->octets, piece->octets)))
            *flags |= MIME_DUPLICATE_PARAMETER;
    }
}

static bool seen_before(const struct pieces *pieces, guint at) {
    for (guint i = 0; i < at; i++)
        if (strcmp(pieces->piece[i].name, pieces->piece[at].name) == 0)
            return true;
    return false;
}

static void collect(struct pieces *pieces, struct mime_field *field) {
    field->parameters = NEW_ZEROS(struct mime_parameter, pieces->n + 1);
    for (guint i = 0; i < pieces->n; i++) {
        struct piece *piece = &pieces->piece[i];
        note_duplicates(pieces, piece, i, &field->flags);
        if (seen_before(pieces, i))
            continue;
        struct span charset = SPAN_NULL;
        g_autoptr(GString) copy = NULL;
        struct span octets = join(pieces, piece->name, &charset, &copy);
        struct mime_parameter *parameter = &field->parameters[field->n_parameters++];
        parameter->name = piece->name;
        piece->named = true;
        parameter->value = to_text(octets, charset, is_file_name(piece->name), &field->flags);
        if (strcmp(piece->name, "boundary") == 0)
            field->boundary = g_string_new_len(octets.p, (gssize)octets.n);
    }
}

static char *take_value(struct cursor *c, bool slash) {
    if (!skip_cfws(c))
        return NULL;
    struct span type = take_token(c);
    if (!slash)
        return type.n ? span_dup_lower(type) : NULL;
    skip_cfws(c);
    if (type.n == 0 || c->p >= c->end || *c->p != '/')
        return NULL;
    c->p++;
    skip_cfws(c);
    struct span subtype = take_token(c);
    if (subtype.n == 0)
        return NULL;
    char *value = g_malloc(type.n + subtype.n + sizeof "/");
    memcpy(value, type.p, type.n);
    value[type.n] = '/';
    memcpy(value + type.n + 1, subtype.p, subtype.n);
    value[type.n + 1 + subtype.n] = '\0';
    for (char *p = value; *p; p++)
        *p = g_ascii_tolower(*p);
    return value;
}

void mime_field_parse(struct span text, bool slash, struct mime_field *field) {
    *field = (struct mime_field){.flags = text.n ? 0 : MIME_BAD_FIELD};
    if (text.n > LIMIT_PARAMETER_FIELD)
        field->flags |= MIME_BAD_FIELD;
    if (!text.n)
        return;
    text = span_first(text, LIMIT_PARAMETER_FIELD);
    struct cursor c = {text.p, text.p + text.n};
    field->value = take_value(&c, slash);
    skip_cfws(&c);
    if (!field->value || (c.p < c.end && *c.p != ';'))
        field->flags |= MIME_BAD_FIELD;
    while (c.p < c.end && *c.p != ';')
        c.p++;
    if (c.p == c.end)
        return;
    struct pieces pieces;
    pieces.n = 0;
    while (c.p < c.end && pieces.n < LIMIT_PARAMETERS) {
        c.p++;
        skip_cfws(&c);
        if (c.p < c.end && *c.p != ';')
            take_piece(&c, &pieces, &field->flags);
    }
    if (c.p < c.end)
        field->flags |= MIME_BAD_FIELD;
    collect(&pieces, field);
    for (guint i = 0; i < pieces.n; i++)
        piece_clear(&pieces.piece[i]);
}

void mime_field_clear(struct mime_field *field) {
    for (guint i = 0; i < field->n_parameters; i++) {
        g_free(field->parameters[i].name);
        g_free(field->parameters[i].value);
    }
    g_free(field->parameters);
    g_free(field->value);
    if (field->boundary)
        g_string_free(field->boundary, TRUE);
    *field = (struct mime_field){0};
}

const char *mime_field_find(const struct mime_field *field, const char *name) {
    for (guint i = 0; i < field->n_parameters; i++)
        if (strcmp(field->parameters[i].name, name) == 0)
            return field->parameters[i].value;
    return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "mail/mime_field.h"

#include "base/limits.h"
#include "mail/charset.h"
#include "mail/header.h"

/* One parameter as it stands there: name, section of RFC 2231 §3 (-1: none), whether the value is
 * percent-encoded (§4), octets. */
struct piece {
    char *name;
    int section;
    bool extended;
    GString *octets;
};

static void piece_clear(gpointer data) {
    struct piece *piece = data;
    g_free(piece->name);
    g_string_free(piece->octets, TRUE);
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

/* quoted-string without its quotes and folds; false if the closing quote is missing. */
static bool take_quoted(struct cursor *c, GString *to) {
    for (c->p++; c->p < c->end; c->p++) {
        if (*c->p == '"') {
            c->p++;
            return true;
        }
        if (*c->p == '\r' || *c->p == '\n')
            continue;
        if (*c->p == '\\' && c->p + 1 < c->end)
            c->p++;
        g_string_append_c(to, *c->p);
    }
    return false;
}

/* An unquoted value: up to ";", without what is a comment behind white space. Names keep such
 * "comments": name=Report (1).pdf. True if it was a plain token. */
static bool take_bare(struct cursor *c, bool name, GString *to) {
    const char *start = c->p, *stop;
    while (c->p < c->end && *c->p != ';')
        c->p++;
    for (stop = start; stop < c->p; stop++)
        if (!name && *stop == '(' && stop > start && is_fws(stop[-1]))
            break;
    struct span value = span_trim_fws(span_make(start, (size_t)(stop - start)));
    bool plain = value.n > 0;
    for (size_t i = 0; i < value.n; i++) {
        plain = plain && is_token(value.p[i]);
        if (value.p[i] != '\r' && value.p[i] != '\n')
            g_string_append_c(to, value.p[i]);
    }
    return plain;
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

/* parameter := attribute "=" value, RFC 2045 §5.1. False: not one, the cursor stands at the next
 * ";". */
static bool take_piece(struct cursor *c, GArray *pieces, uint32_t *flags) {
    struct piece piece = {.octets = g_string_new(NULL)};
    read_name(take_token(c), &piece);
    bool sane = skip_cfws(c) && *piece.name && c->p < c->end && *c->p == '=';
    if (sane) {
        c->p++;
        sane = skip_cfws(c);
        bool quoted = c->p < c->end && *c->p == '"';
        if (quoted ? !take_quoted(c, piece.octets)
                   : !take_bare(c, is_file_name(piece.name), piece.octets))
            *flags |= MIME_BAD_FIELD;
        g_array_append_val(pieces, piece);
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
    return sane;
}

static void percent_decode(const GString *from, gsize at, GString *to) {
    for (; at < from->len; at++) {
        int high = from->str[at] == '%' && at + 2 < from->len
                       ? g_ascii_xdigit_value(from->str[at + 1])
                       : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(from->str[at + 2]) : -1;
        if (low >= 0) {
            g_string_append_c(to, (char)(high * 16 + low));
            at += 2;
        } else {
            g_string_append_c(to, from->str[at]);
        }
    }
}

static struct piece *find_piece(GArray *pieces, const char *name, int section,
                                bool extended_first) {
    struct piece *found = NULL;
    for (guint i = 0; i < pieces->len; i++) {
        struct piece *piece = &g_array_index(pieces, struct piece, i);
        if (piece->section != section || strcmp(piece->name, name) != 0)
            continue;
        if (!found || (extended_first && piece->extended && !found->extended))
            found = piece;
    }
    return found;
}

/* charset'language'text (RFC 2231 §4): the charset, and where the text begins. */
static struct span extended_charset(const GString *octets, gsize *at) {
    struct span all = span_make(octets->str, octets->len);
    size_t first = span_find(all, '\'');
    size_t second = first + 1 + span_find(span_from(all, first + 1), '\'');
    if (first >= all.n || second >= all.n)
        return SPAN_NULL;
    *at = second + 1;
    return span_first(all, first);
}

/* The octets of all sections, decoded, and the charset the first one named. */
static GString *join(GArray *pieces, const char *name, struct span *charset) {
    struct piece *single = find_piece(pieces, name, -1, true);
    if (single && !single->extended && find_piece(pieces, name, 0, true))
        single = NULL;
    if (single && !single->extended)
        return g_string_new_len(single->octets->str, (gssize)single->octets->len);
    GString *octets = g_string_new(NULL);
    for (int section = single ? -1 : 0;; section++) {
        struct piece *piece = find_piece(pieces, name, section, true);
        if (!piece)
            break;
        gsize at = 0;
        if (piece->extended && section <= 0)
            *charset = extended_charset(piece->octets, &at);
        if (piece->extended)
            percent_decode(piece->octets, at, octets);
        else
            g_string_append_len(octets, piece->octets->str, (gssize)piece->octets->len);
        if (single)
            break;
    }
    return octets;
}

/* Octets to valid UTF-8 without control characters. */
static char *to_text(GString *octets, struct span charset, bool file_name, uint32_t *flags) {
    struct span raw = span_make(octets->str, octets->len);
    if (charset.n == 0 && file_name)
        return header_decode(raw, NULL);
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
static void note_duplicates(GArray *pieces, const struct piece *piece, guint at, uint32_t *flags) {
    for (guint i = 0; i < at; i++) {
        const struct piece *other = &g_array_index(pieces, struct piece, i);
        if (strcmp(other->name, piece->name) != 0)
            continue;
        if ((other->section == piece->section && other->extended == piece->extended) ||
            (other->section < 0) != (piece->section < 0) ||
            (other->section < 0 && !g_string_equal(other->octets, piece->octets)))
            *flags |= MIME_DUPLICATE_PARAMETER;
    }
}

static bool seen_before(GArray *pieces, guint at) {
    const char *name = g_array_index(pieces, struct piece, at).name;
    for (guint i = 0; i < at; i++)
        if (strcmp(g_array_index(pieces, struct piece, i).name, name) == 0)
            return true;
    return false;
}

static void collect(GArray *pieces, struct mime_field *field) {
    field->parameters = g_new0(struct mime_parameter, pieces->len + 1);
    for (guint i = 0; i < pieces->len; i++) {
        struct piece *piece = &g_array_index(pieces, struct piece, i);
        note_duplicates(pieces, piece, i, &field->flags);
        if (seen_before(pieces, i))
            continue;
        struct span charset = SPAN_NULL;
        GString *octets = join(pieces, piece->name, &charset);
        struct mime_parameter *parameter = &field->parameters[field->n_parameters++];
        parameter->name = g_strdup(piece->name);
        parameter->value = to_text(octets, charset, is_file_name(piece->name), &field->flags);
        if (strcmp(piece->name, "boundary") == 0)
            field->boundary = octets;
        else
            g_string_free(octets, TRUE);
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
    g_autofree char *first = span_dup_lower(type), *second = span_dup_lower(subtype);
    return g_strconcat(first, "/", second, NULL);
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
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(struct piece));
    g_array_set_clear_func(pieces, piece_clear);
    while (c.p < c.end && pieces->len < LIMIT_PARAMETERS) {
        c.p++;
        skip_cfws(&c);
        if (c.p < c.end && *c.p != ';')
            take_piece(&c, pieces, &field->flags);
    }
    if (c.p < c.end)
        field->flags |= MIME_BAD_FIELD;
    collect(pieces, field);
    g_array_unref(pieces);
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

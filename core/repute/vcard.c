/* SPDX-License-Identifier: MIT
 *
 *   contentline = [group "."] name *(";" param) ":" value CRLF        (RFC 6350 §3.3)
 *
 * A line that begins with SP or HTAB goes on the one before (§3.2). */
#include "repute/vcard.h"

#include "base/limits.h"

struct reader {
    struct span text; /* what is left */
    GString *line;    /* the last unfolded line */
    bool in_card;
    GString *name;        /* FN of the card */
    GPtrArray *addresses; /* its EMAILs (char *) */
    guint cards, found;
};

static struct span physical_line(struct span *text) {
    struct span line = span_first(*text, span_find(*text, '\n'));
    *text = span_from(*text, line.n + 1);
    return line.n && line.p[line.n - 1] == '\r' ? span_first(line, line.n - 1) : line;
}

static bool is_continued(struct span text) {
    return text.n && (text.p[0] == ' ' || text.p[0] == '\t');
}

/* False at the end. A line that is too long is unfolded as the empty line. */
static bool next_line(struct reader *reader) {
    if (!reader->text.n)
        return false;
    struct span part = physical_line(&reader->text);
    bool fits = true;
    g_string_truncate(reader->line, 0);
    for (;;) {
        fits = fits && reader->line->len + part.n <= LIMIT_VCARD_LINE;
        if (fits && part.n)
            g_string_append_len(reader->line, part.p, (gssize)part.n);
        if (!is_continued(reader->text))
            break;
        part = span_from(physical_line(&reader->text), 1);
    }
    if (!fits)
        g_string_truncate(reader->line, 0);
    return true;
}

/* Where the value begins: the first ":" outside of a quoted parameter. */
static size_t find_value(struct span line) {
    bool quoted = false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '"')
            quoted = !quoted;
        else if (line.p[i] == ':' && !quoted)
            return i;
    }
    return line.n;
}

/* "item1.EMAIL;TYPE=work" is EMAIL. */
static struct span property_name(struct span head) {
    struct span name = span_first(head, span_find(head, ';'));
    size_t dot = span_find(name, '.');
    return dot < name.n ? span_from(name, dot + 1) : name;
}

/* "ENCODING=QUOTED-PRINTABLE", "QUOTED-PRINTABLE": 2.1 alone has it, and no reader of 3.0 and
 * later. */
static bool is_encoded(struct span head) {
    for (size_t i = 0; i < head.n; i++)
        if (span_starts_nocase(span_from(head, i), SPAN_LIT("QUOTED-PRINTABLE")))
            return true;
    return false;
}

/* Text of one line; "\," "\;" "\\" and "\n" (RFC 6350 §3.4). */
static char *unescape(struct span value) {
    g_autoptr(GString) out = g_string_sized_new(value.n);
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\' && i + 1 < value.n) {
            c = value.p[++i];
            c = c == 'n' || c == 'N' ? ' ' : c;
        }
        g_string_append_c(out, (guchar)c < ' ' || c == 127 ? ' ' : c);
    }
    g_strstrip(out->str);
    return g_utf8_make_valid(out->str, -1);
}

static void end_card(struct reader *reader, vcard_found found, void *data) {
    reader->in_card = false;
    reader->cards++;
    for (guint i = 0; i < reader->addresses->len && reader->found < LIMIT_VCARD_ADDRESSES; i++) {
        found(data, reader->addresses->pdata[i], reader->name->str);
        reader->found++;
    }
}

static void begin_card(struct reader *reader) {
    reader->in_card = true;
    g_string_truncate(reader->name, 0);
    g_ptr_array_set_size(reader->addresses, 0);
}

static void read_property(struct reader *reader, struct span head, struct span value) {
    struct span name = property_name(head);
    g_autofree char *text = unescape(value);
    if (span_eq_nocase(name, SPAN_LIT("EMAIL")) && *text &&
        reader->addresses->len < LIMIT_VCARD_ADDRESSES)
        g_ptr_array_add(reader->addresses, g_steal_pointer(&text));
    else if (span_eq_nocase(name, SPAN_LIT("FN")) && !reader->name->len && !is_encoded(head))
        g_string_assign(reader->name, text);
}

guint vcard_read(struct span text, vcard_found found, void *data) {
    struct reader reader = {.text = span_first(text, LIMIT_VCARD_SIZE),
                            .line = g_string_new(NULL),
                            .name = g_string_new(NULL),
                            .addresses = g_ptr_array_new_with_free_func(g_free)};
    while (reader.found < LIMIT_VCARD_ADDRESSES && next_line(&reader)) {
        struct span line = span_make(reader.line->str, reader.line->len);
        size_t at = find_value(line);
        struct span head = span_first(line, at), value = span_trim_wsp(span_from(line, at + 1));
        bool is_frame = span_eq_nocase(value, SPAN_LIT("VCARD"));
        if (is_frame && span_eq_nocase(head, SPAN_LIT("BEGIN")))
            begin_card(&reader);
        else if (reader.in_card && is_frame && span_eq_nocase(head, SPAN_LIT("END")))
            end_card(&reader, found, data);
        else if (reader.in_card)
            read_property(&reader, head, value);
    }
    g_string_free(reader.line, TRUE);
    g_string_free(reader.name, TRUE);
    g_ptr_array_unref(reader.addresses);
    return reader.cards;
}

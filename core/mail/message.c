/* SPDX-License-Identifier: MIT
 *
 * One walk over the header by line ends (memchr), one array of fields. RFC 5322 §2.2 says what a
 * field is; what breaks it stays where it is, with a flag. */
#include "mail/message.h"

#include "base/limits.h"
#include "base/zeroed.h"

static bool is_wsp(char c) {
    return c == ' ' || c == '\t';
}

/* The octet before the final line end of a line that ends at `end`. */
static const char *without_line_end(const char *start, const char *end) {
    if (end > start && end[-1] == '\n') {
        end--;
        if (end > start && end[-1] == '\r')
            end--;
    }
    return end;
}

/* How the lines of a field end. In a well-formed line the first CR is the one before the LF. */
static uint32_t line_flags(const char *line, const char *end) {
    const char *cr = memchr(line, '\r', (size_t)(end - line));
    if (!cr)
        return end[-1] == '\n' ? FIELD_BARE_LF : 0;
    if (cr + 2 == end && cr[1] == '\n')
        return 0;
    bool crlf = end - line >= 2 && end[-1] == '\n' && end[-2] == '\r';
    return FIELD_BARE_CR | (crlf || end[-1] != '\n' ? 0 : FIELD_BARE_LF);
}

/* Past the last line of the field that begins at `at`: a line that starts with white space belongs
 * to the one before (RFC 5322 §2.2.3). */
static const char *field_end(const char *at, const char *end, uint32_t *flags) {
    do {
        const char *lf = memchr(at, '\n', (size_t)(end - at));
        const char *next = lf ? lf + 1 : end;
        *flags |= line_flags(at, next);
        at = next;
    } while (at < end && is_wsp(*at));
    return at;
}

/* RFC 5322 §3.6.8: ftext, but the colon. */
static bool is_ftext(char c) {
    return c >= 33 && c <= 126;
}

static uint32_t name_flags(struct span name) {
    uint32_t flags = name.n ? 0 : FIELD_BAD_NAME;
    for (size_t i = 0; i < name.n; i++)
        if (!is_ftext(name.p[i]))
            flags |= FIELD_BAD_NAME;
    return flags;
}

/* Everything before the colon is the name, but white space that ends it (RFC 5322 §4.5.8). For
 * names that are not ftext alone. */
static void split_name(struct field *field, const char *colon) {
    const char *start = field->raw.p, *end = colon;
    while (end > start && (is_wsp(end[-1]) || end[-1] == '\r' || end[-1] == '\n'))
        end--;
    field->name = span_make(start, (size_t)(end - start));
    field->flags |= name_flags(field->name);
    struct span gap = span_make(end, (size_t)(colon - end));
    if (gap.n)
        field->flags |= FIELD_WSP_NAME;
    if (span_find(gap, '\n') < gap.n || span_find(field->name, '\n') < field->name.n)
        field->flags |= FIELD_WSP_NAME | FIELD_BAD_NAME;
}

static void fill_field(struct field *field, const char *start, const char *end, uint32_t flags) {
    *field = (struct field){.raw = span_make(start, (size_t)(end - start)), .flags = flags};
    const char *value_end = without_line_end(start, end);
    const char *colon = start;
    while (colon < value_end && *colon != ':' && is_ftext(*colon))
        colon++;
    if (colon > start && colon < value_end && *colon == ':') {
        field->name = span_make(start, (size_t)(colon - start));
    } else if ((colon = memchr(start, ':', (size_t)(value_end - start)))) {
        split_name(field, colon);
    } else {
        field->name = span_make(start, 0);
        field->flags |= FIELD_NO_COLON;
    }
    const char *value = colon ? colon + 1 : start;
    field->value = span_make(value, (size_t)(value_end - value));
    if (field->raw.n > LIMIT_FIELD_SIZE)
        field->flags |= FIELD_TOO_LONG;
    if (memchr(start, '\0', field->raw.n))
        field->flags |= FIELD_NUL;
    if (!span_is_ascii(field->value))
        field->flags |= FIELD_8BIT;
}

/* An empty line is CRLF or a bare LF alone; returns what follows it, or NULL. */
static const char *after_empty_line(const char *at, const char *end) {
    if (*at == '\n')
        return at + 1;
    if (*at == '\r' && end - at >= 2 && at[1] == '\n')
        return at + 2;
    return NULL;
}

static struct field *next_slot(struct message *message, guint *allocated) {
    if (message->n_fields == LIMIT_FIELDS) {
        message->flags |= MESSAGE_TOO_MANY_FIELDS;
        return NULL;
    }
    if (message->n_fields == *allocated) {
        /* what malloc keeps at hand for the next message, which a larger block would not be */
        *allocated = *allocated ? *allocated * 2 : 16;
        message->fields = g_renew(struct field, message->fields, *allocated);
    }
    return &message->fields[message->n_fields++];
}

/* "From someone Thu Nov 11 …" that an mbox writer put on top; "From : x" is a field. */
static const char *after_from_line(const char *at, const char *end, uint32_t *flags) {
    if (end - at < 5 || memcmp(at, "From ", 5) != 0)
        return at;
    const char *first = at + 5;
    while (first < end && is_wsp(*first))
        first++;
    if (first < end && (*first == ':' || *first == '\r' || *first == '\n'))
        return at;
    *flags |= MESSAGE_FROM_LINE;
    const char *lf = memchr(at, '\n', (size_t)(end - at));
    return lf ? lf + 1 : end;
}

/* From the last field to the first, so that each stands before the chain of those below it. */
static void chain_names(struct message *message) {
    for (guint i = message->n_fields; i-- > 0;) {
        struct field *field = &message->fields[i];
        guint number = message_name_number(field->name);
        field->next = message->first[number];
        message->first[number] = i + 1;
        message->names |= field->flags & FIELD_BAD_NAME ? UINT64_MAX : UINT64_C(1) << number;
    }
}

static void index_header(struct message *message, const char *start, const char *end) {
    const char *at = after_from_line(start, end, &message->flags);
    const char *header = at, *body = NULL;
    guint allocated = 0;
    while (at < end && !(body = after_empty_line(at, end))) {
        uint32_t flags = at == header && is_wsp(*at) ? FIELD_LEADING_WSP : 0;
        const char *next = field_end(at, end, &flags);
        if (next - header > LIMIT_HEADER_SIZE)
            message->flags |= MESSAGE_HEADER_TOO_LARGE;
        struct field *slot = message->flags & (MESSAGE_HEADER_TOO_LARGE | MESSAGE_TOO_MANY_FIELDS)
                                 ? NULL
                                 : next_slot(message, &allocated);
        if (slot)
            fill_field(slot, at, next, flags);
        at = next;
    }
    chain_names(message);
    message->header = span_make(header, (size_t)(at - header));
    message->body = body ? span_make(body, (size_t)(end - body)) : span_make(end, 0);
    if (!body)
        message->flags |= MESSAGE_NO_BODY;
}

struct message *message_new(GBytes *octets, uint32_t flags) {
    struct message *message = NEW_ZERO(message);
    message->octets = g_bytes_ref(octets);
    message->flags = flags & MESSAGE_BODY_PARTIAL;
    gsize n;
    const char *start = g_bytes_get_data(octets, &n);
    if (!start)
        start = "";
    index_header(message, start, start + n);
    return message;
}

void message_free(struct message *message) {
    if (!message)
        return;
    g_bytes_unref(message->octets);
    g_free(message->fields);
    g_free(message);
}

/* The name as a lenient reader might see it: octets that no name can hold are not there. */
static bool cleaned_name_is(struct span name, struct span wanted) {
    size_t at = 0;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] < 33 || name.p[i] > 126)
            continue;
        if (at == wanted.n || g_ascii_tolower(name.p[i]) != g_ascii_tolower(wanted.p[at]))
            return false;
        at++;
    }
    return at == wanted.n;
}

static bool field_is(const struct field *field, struct span name) {
    if (field->flags & (FIELD_NO_COLON | FIELD_BAD_NAME))
        return !(field->flags & FIELD_NO_COLON) && cleaned_name_is(field->name, name);
    return span_eq_nocase(field->name, name);
}

/* Where a chain does not lead to every field that might be meant. */
static int search_all(const struct message *message, struct span name, guint from) {
    for (guint i = from; i < message->n_fields; i++)
        if (field_is(&message->fields[i], name))
            return (int)i;
    return -1;
}

/* Whoever looks for the next field of a name stands behind one of its chain: a header full of one
 * name is walked once. */
int message_search(const struct message *message, struct span name, guint from) {
    if (message->names == UINT64_MAX)
        return search_all(message, name, from);
    guint number = message_name_number(name);
    const struct field *before =
        from && from <= message->n_fields ? &message->fields[from - 1] : NULL;
    bool on_chain = before && message_name_number(before->name) == number;
    for (guint i = on_chain ? before->next : message->first[number]; i;
         i = message->fields[i - 1].next)
        if (i > from && field_is(&message->fields[i - 1], name))
            return (int)i - 1;
    return -1;
}

guint message_count(const struct message *message, const char *name) {
    guint count = 0;
    for (int i = message_find(message, name, 0); i >= 0;
         i = message_find(message, name, (guint)i + 1))
        count++;
    return count;
}

struct line_ends {
    gsize crlf, lf; /* line ends with CR, and without */
};

static struct line_ends count_line_ends(const char *p, gsize n, bool stop_at_crlf) {
    struct line_ends count = {0, 0};
    const char *end = p + n;
    for (const char *at = p; (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        if (at > p && at[-1] == '\r')
            count.crlf++;
        else
            count.lf++;
        if (count.crlf && stop_at_crlf)
            break;
        if (at + 1 == end)
            break;
    }
    return count;
}

static gsize missing_cr(const char *p, gsize n, bool every) {
    struct line_ends count = n ? count_line_ends(p, n, !every) : (struct line_ends){0, 0};
    return count.crlf && !every ? 0 : count.lf;
}

/* From the end, so that no octet is overwritten before it has moved. Where `to` meets `from`, all
 * that is left lies where it belongs. */
gsize message_make_crlf(GByteArray *octets, gsize n, bool every) {
    gsize missing = missing_cr((const char *)octets->data, n, every);
    if (!missing)
        return n;
    if (octets->len < n + missing)
        g_byte_array_set_size(octets, (guint)(n + missing));
    char *p = (char *)octets->data;
    for (gsize from = n, to = n + missing; to > from;) {
        const char *lf = memrchr(p, '\n', from);
        g_assert(lf);
        gsize tail = from - (gsize)(lf - p);
        from -= tail;
        to -= tail;
        memmove(p + to, p + from, tail);
        if (from == 0 || p[from - 1] != '\r')
            p[--to] = '\r';
    }
    return n + missing;
}

static GBytes *with_crlf(GBytes *octets, bool every) {
    gsize n;
    const char *p = g_bytes_get_data(octets, &n);
    gsize missing = missing_cr(p, n, every);
    if (!missing)
        return g_bytes_ref(octets);
    GByteArray *copy = g_byte_array_sized_new((guint)(n + missing));
    g_byte_array_append(copy, (const guint8 *)p, (guint)n);
    message_make_crlf(copy, n, every);
    return g_byte_array_free_to_bytes(copy);
}

GBytes *message_restore_crlf(GBytes *octets) {
    return with_crlf(octets, false);
}

GBytes *message_force_crlf(GBytes *octets) {
    return with_crlf(octets, true);
}

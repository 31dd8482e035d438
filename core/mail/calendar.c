/* SPDX-License-Identifier: MIT */
#include "mail/calendar.h"

#include "base/limits.h"
#include "mail/address.h"

/* One content line without its folds (RFC 5545 §3.1: a line end and one white space). False at the
 * end. */
static bool take_line(struct span *rest, GString *line) {
    g_string_truncate(line, 0);
    if (!rest->p || !rest->n)
        return false;
    do {
        size_t end = span_find(*rest, '\n');
        struct span part = span_first(*rest, end);
        *rest = span_from(*rest, end + 1);
        if (part.n && part.p[part.n - 1] == '\r')
            part.n--;
        if (part.n)
            g_string_append_len(line, part.p, (gssize)part.n);
        if (!rest->n || (rest->p[0] != ' ' && rest->p[0] != '\t'))
            return true;
        *rest = span_from(*rest, 1);
    } while (rest->n);
    return true;
}

/* contentline := name *(";" param) ":" value; a ":" inside quotes belongs to a parameter. */
static struct span value_of(struct span line, struct span name) {
    bool quoted = false;
    if (!span_starts_nocase(line, name))
        return SPAN_NULL;
    line = span_from(line, name.n);
    if (!line.p || !line.n || (line.p[0] != ';' && line.p[0] != ':'))
        return SPAN_NULL;
    for (size_t i = 0; i < line.n; i++) {
        quoted ^= line.p[i] == '"';
        if (line.p[i] == ':' && !quoted)
            return span_from(line, i + 1);
    }
    return SPAN_NULL;
}

/* RFC 6068 without headers; an address list of one. */
static char *address_of(struct span value) {
    struct span scheme = SPAN_LIT("mailto:");
    value = span_trim_wsp(value);
    if (!span_starts_nocase(value, scheme))
        return NULL;
    value = span_from(value, scheme.n);
    if (!value.p)
        return NULL;
    OWNED(address_list) list = address_parse(span_first(value, span_find(value, '?')));
    return list->n == 1 ? g_strdup(list->mailboxes[0].address) : NULL;
}

static bool is_answer(struct span method) {
    method = span_trim_wsp(method);
    return span_eq_nocase(method, SPAN_LIT("REPLY")) ||
           span_eq_nocase(method, SPAN_LIT("COUNTER")) ||
           span_eq_nocase(method, SPAN_LIT("REFRESH"));
}

char *calendar_organizer(struct span text, const char *author) {
    struct span rest = span_first(text, LIMIT_CALENDAR);
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *found = NULL;
    while (take_line(&rest, line)) {
        struct span all = span_make(line->str, line->len);
        if (is_answer(value_of(all, SPAN_LIT("METHOD"))))
            return NULL;
        struct span value = value_of(all, SPAN_LIT("ORGANIZER"));
        if (found || !value.n)
            continue;
        g_autofree char *address = address_of(value);
        if (address && (!author || g_ascii_strcasecmp(address, author) != 0))
            found = g_steal_pointer(&address);
    }
    return g_steal_pointer(&found);
}

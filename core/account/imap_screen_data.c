/* SPDX-License-Identifier: MIT
 *
 * LIST, STATUS, SEARCH, NAMESPACE and CAPABILITY: shapes that libetpan is known to take. */
#include "account/imap_screen_parts.h"

#include "base/limits.h"

/* An astring, always written quoted. Octets an atom may not hold do not come up: the cursor stops
 * before them. */
static bool screen_astring(struct imap_cursor *in, GString *clean) {
    struct span s;
    if (imap_cursor_quoted(in, &s)) {
        g_string_append_len(clean, s.p, (gssize)s.n);
        return true;
    }
    /* astring = 1*(ATOM-CHAR / "]") */
    size_t n = 0;
    struct imap_cursor probe = *in;
    while (imap_cursor_atom(&probe, &s) || imap_cursor_octet(&probe, ']'))
        n = in->rest.n - probe.rest.n;
    if (n == 0)
        return false;
    g_string_append_printf(clean, "\"%.*s\"", (int)n, in->rest.p);
    *in = probe;
    return true;
}

/* The attributes of RFC 3501 §7.2.2, 6154 §2, 8457, 5258 §3 that mean something here. */
static void put_list_flag(GString *clean, struct span flag, bool first) {
    static const char *const known[] = {"\\All",       "\\Archive", "\\Drafts", "\\Flagged",
                                        "\\Important", "\\Junk",    "\\Sent",   "\\Trash"};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (span_eq_nocase(flag, span_of(known[i])))
            g_string_append_printf(clean, "%s%s", first ? "" : " ", known[i]);
}

/* DQUOTE QUOTED-CHAR DQUOTE / nil */
static bool take_delimiter(struct imap_cursor *in, struct span *delimiter) {
    if (imap_cursor_quoted(in, delimiter))
        return delimiter->n == 3 || (delimiter->n == 4 && delimiter->p[1] == '\\');
    *delimiter = SPAN_LIT("NIL");
    return imap_cursor_word(in, "NIL");
}

/* mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox, and
 * whatever RFC 5258 lets follow. */
bool screen_list(struct imap_cursor *in, GString *clean) {
    if (!imap_cursor_octet(in, ' ') || !imap_cursor_octet(in, '('))
        return false;
    g_string_append(clean, "* LIST (");
    size_t start = clean->len;
    bool selectable = true;
    while (!imap_cursor_octet(in, ')')) {
        struct span flag;
        if (imap_cursor_flag(in, &flag)) {
            if (span_eq_nocase(flag, SPAN_LIT("\\Noselect")) ||
                span_eq_nocase(flag, SPAN_LIT("\\NonExistent")))
                selectable = false;
            else
                put_list_flag(clean, flag, clean->len == start);
        } else if (!imap_cursor_octet(in, ' ')) {
            return false;
        }
    }
    if (!selectable) /* mbx-list-sflag: at most one */
        g_string_append(clean, clean->len == start ? "\\Noselect" : " \\Noselect");
    g_string_append(clean, ") ");
    struct span delimiter;
    if (!imap_cursor_octet(in, ' '))
        return false;
    if (!take_delimiter(in, &delimiter))
        return false;
    g_string_append_printf(clean, "%.*s ", (int)delimiter.n, delimiter.p);
    return imap_cursor_octet(in, ' ') && screen_astring(in, clean);
}

/* "STATUS" SP mailbox SP "(" [status-att SP number *(SP status-att SP number)] ")" */
bool screen_status(struct imap_cursor *in, GString *clean) {
    static const char *const known[] = {"MESSAGES", "UNSEEN", "UIDNEXT", "UIDVALIDITY"};
    g_string_append(clean, "* STATUS ");
    if (!imap_cursor_octet(in, ' ') || !screen_astring(in, clean) || !imap_cursor_octet(in, ' ') ||
        !imap_cursor_octet(in, '('))
        return false;
    g_string_append(clean, " (");
    bool first = true;
    while (!imap_cursor_octet(in, ')')) {
        struct span name;
        uint64_t number;
        (void)imap_cursor_octet(in, ' ');
        if (!imap_cursor_atom(in, &name) || !imap_cursor_octet(in, ' ') ||
            !imap_cursor_number(in, G_MAXUINT32, &number))
            return false;
        for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
            if (span_eq_nocase(name, span_of(known[i]))) {
                g_string_append_printf(clean, "%s%s %u", first ? "" : " ", known[i],
                                       (unsigned)number);
                first = false;
            }
    }
    g_string_append_c(clean, ')');
    return !first;
}

/* "SEARCH" *(SP nz-number), and what RFC 7162 lets follow. */
bool screen_search(struct imap_cursor *in, GString *clean) {
    g_string_append(clean, "* SEARCH");
    uint64_t number;
    while (imap_cursor_octet(in, ' ') && imap_cursor_number(in, G_MAXUINT32, &number))
        if (number > 0)
            g_string_append_printf(clean, " %u", (unsigned)number);
    return imap_cursor_end(in) || *in->rest.p == '(';
}

/* What libetpan takes: CHARs only, and "AUTH=" with something behind it. */
static bool is_capability(struct span name) {
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] > 0x7e)
            return false;
    return name.n <= LIMIT_IMAP_NAME && name.p[name.n - 1] != '=';
}

/* "CAPABILITY" *(SP capability); ends at "]" or the end. */
bool screen_capability(struct imap_cursor *in, GString *clean) {
    struct span name;
    g_string_append(clean, "CAPABILITY");
    while (imap_cursor_octet(in, ' '))
        if (imap_cursor_atom(in, &name) && is_capability(name))
            g_string_append_printf(clean, " %.*s", (int)name.n, name.p);
    return true;
}

/* namespace = nil / "(" 1*("(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) *extension ")") ")" */
static bool screen_namespace(struct imap_cursor *in, GString *clean) {
    g_string_append_c(clean, ' ');
    if (imap_cursor_word(in, "NIL")) {
        g_string_append(clean, "NIL");
        return true;
    }
    if (!imap_cursor_octet(in, '('))
        return false;
    size_t start = clean->len;
    g_string_append_c(clean, '(');
    while (imap_cursor_octet(in, '(')) {
        struct span prefix, delimiter;
        if (!imap_cursor_quoted(in, &prefix) || !imap_cursor_octet(in, ' ') ||
            !take_delimiter(in, &delimiter))
            return false;
        g_string_append_printf(clean, "(%.*s %.*s)", (int)prefix.n, prefix.p, (int)delimiter.n,
                               delimiter.p);
        while (imap_cursor_octet(in, ' ') && imap_cursor_skip(in))
            ;
        if (!imap_cursor_octet(in, ')'))
            return false;
        (void)imap_cursor_octet(in, ' ');
    }
    g_string_append_c(clean, ')');
    if (clean->len == start + 2) { /* "()" is no namespace either, but libetpan wants one in it */
        g_string_truncate(clean, start);
        g_string_append(clean, "NIL");
    }
    return imap_cursor_octet(in, ')');
}

bool screen_namespaces(struct imap_cursor *in, GString *clean) {
    g_string_append(clean, "* NAMESPACE");
    for (int i = 0; i < 3; i++)
        if (!imap_cursor_octet(in, ' ') || !screen_namespace(in, clean))
            return false;
    return imap_cursor_end(in);
}

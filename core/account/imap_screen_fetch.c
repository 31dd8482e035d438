/* SPDX-License-Identifier: MIT
 *
 * FETCH: of the items only those that this client asks for; ENVELOPE and BODYSTRUCTURE, on which
 * libetpan can be driven out of its stack, are never among them. */
#include "account/imap_screen_parts.h"

#include "base/limits.h"

/* libetpan takes CHARs only (RFC 3501 §9), and who shows a keyword wants no control characters. */
static bool is_ascii(struct span s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] > 0x7e)
            return false;
    return true;
}

static void put(GString *clean, struct span s) {
    g_string_append_len(clean, s.p, (gssize)s.n);
}

/* nstring = string / "NIL" */
static bool screen_nstring(struct imap_cursor *in, GString *clean) {
    struct span s;
    if (imap_cursor_quoted(in, &s)) {
        put(clean, s);
        return true;
    }
    g_string_append(clean, "NIL");
    return imap_cursor_word(in, "NIL");
}

/* flag-list = "(" [flag *(SP flag)] ")"; \Recent and "\*" say nothing here. */
static bool screen_flags(struct imap_cursor *in, GString *clean) {
    if (!imap_cursor_octet(in, '('))
        return false;
    g_string_append(clean, "FLAGS (");
    guint written = 0;
    while (!imap_cursor_octet(in, ')')) {
        struct span flag;
        if (imap_cursor_flag(in, &flag)) {
            if (written < LIMIT_IMAP_KEYWORDS && is_ascii(flag) &&
                !span_eq_nocase(flag, SPAN_LIT("\\Recent"))) {
                g_string_append(clean, written++ ? " " : "");
                put(clean, flag);
            }
        } else if (!imap_cursor_octet(in, ' ') && !imap_cursor_skip(in)) {
            return false;
        }
    }
    g_string_append_c(clean, ')');
    return true;
}

/* date-time = DQUOTE date-day-fixed "-" date-month "-" 4DIGIT SP 2DIGIT ":" 2DIGIT ":" 2DIGIT SP
 *             ("+" / "-") 4DIGIT DQUOTE                          as "dd-Mmm-dddd dd:dd:dd +dddd" */
static bool is_date_time(struct span quoted) {
    static const char shape[] = "\"?d-aaa-dddd dd:dd:dd sdddd\"";
    if (quoted.n != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; i < quoted.n; i++) {
        char c = quoted.p[i];
        bool ok = shape[i] == '?'   ? c == ' ' || g_ascii_isdigit(c)
                  : shape[i] == 'd' ? g_ascii_isdigit(c)
                  : shape[i] == 'a' ? g_ascii_isalpha(c)
                  : shape[i] == 's' ? c == '+' || c == '-'
                                    : c == shape[i];
        if (!ok)
            return false;
    }
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (size_t i = 0; i < sizeof(months) - 1; i += 3)
        if (g_ascii_strncasecmp(quoted.p + 4, months + i, 3) == 0)
            return true;
    return false;
}

static bool screen_date(struct imap_cursor *in, GString *clean) {
    struct span quoted;
    if (!imap_cursor_quoted(in, &quoted))
        return imap_cursor_skip(in);
    if (is_date_time(quoted)) {
        g_string_append(clean, "INTERNALDATE ");
        put(clean, quoted);
    }
    return true;
}

/* "BODY" section ["<" number ">"] SP nstring, for the sections that are ever asked for. */
static bool screen_body(struct imap_cursor *in, GString *clean) {
    static const char *const sections[] = {"BODY[]", "BODY[HEADER]", "BODY[TEXT]", "BODY[TEXT]<0>"};
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        size_t n = strlen(sections[i]);
        if (!span_starts_nocase(in->rest, span_make(sections[i], n)) || in->rest.n == n ||
            in->rest.p[n] != ' ')
            continue;
        in->rest = span_from(in->rest, n + 1);
        g_string_append_printf(clean, "%s ", sections[i]);
        return screen_nstring(in, clean);
    }
    return imap_cursor_skip(in) && imap_cursor_octet(in, ' ') && imap_cursor_skip(in);
}

/* One item; writes nothing for one that is not known. */
static bool screen_item(struct imap_cursor *in, GString *clean, struct imap_screened *screened) {
    uint64_t number;
    if (imap_cursor_word(in, "UID")) {
        if (!imap_cursor_octet(in, ' ') || !imap_cursor_number(in, G_MAXUINT32, &number))
            return false;
        screened->uid = (uint32_t)number;
        g_string_append_printf(clean, "UID %u", screened->uid);
        return true;
    }
    if (imap_cursor_word(in, "RFC822.SIZE")) {
        if (!imap_cursor_octet(in, ' ') || !imap_cursor_number(in, G_MAXUINT32, &number))
            return false;
        g_string_append_printf(clean, "RFC822.SIZE %u", (unsigned)number);
        return true;
    }
    if (imap_cursor_word(in, "FLAGS"))
        return imap_cursor_octet(in, ' ') && screen_flags(in, clean);
    if (imap_cursor_word(in, "INTERNALDATE"))
        return imap_cursor_octet(in, ' ') && screen_date(in, clean);
    if (span_starts_nocase(in->rest, SPAN_LIT("BODY[")))
        return screen_body(in, clean);
    return imap_cursor_skip(in) && imap_cursor_octet(in, ' ') && imap_cursor_skip(in);
}

/* msg-att = "(" item *(SP item) ")" */
bool screen_fetch(struct imap_cursor *in, GString *clean, struct imap_screened *screened) {
    if (!imap_cursor_octet(in, ' ') || !imap_cursor_octet(in, '('))
        return false;
    g_string_append_printf(clean, "* %u FETCH (", screened->number);
    size_t start = clean->len;
    do {
        size_t before = clean->len;
        if (before > start)
            g_string_append_c(clean, ' ');
        size_t item = clean->len;
        if (!screen_item(in, clean, screened))
            return false;
        if (clean->len == item)
            g_string_truncate(clean, before);
    } while (imap_cursor_octet(in, ' '));
    g_string_append_c(clean, ')');
    /* Without a UID nobody can tell which message it is about. */
    screened->about_message = true;
    screened->kind = screened->uid ? IMAP_KIND_FETCH : IMAP_KIND_DROPPED;
    return imap_cursor_octet(in, ')');
}

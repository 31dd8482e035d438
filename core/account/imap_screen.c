/* SPDX-License-Identifier: MIT
 *
 * Which response it is, and the status responses, whose free text libetpan never gets.
 *
 *   response      = ("*" / tag) SP resp-cond-state / "*" SP data / "+" [SP text]
 *   resp-text     = ["[" resp-text-code "]" SP] text                       ; RFC 3501 §9 */
#include "account/imap_screen.h"

#include "account/imap_screen_parts.h"

/* "NAME number" for a code, e.g. "UIDNEXT 42". */
static bool screen_number_code(struct imap_cursor *in, const char *name, uint64_t max,
                               GString *clean) {
    uint64_t number;
    if (!imap_cursor_octet(in, ' ') || !imap_cursor_number(in, max, &number) || number == 0)
        return false;
    g_string_append_printf(clean, "%s %" G_GUINT64_FORMAT, name, number);
    return true;
}

/* uid-set = (uniqueid / uid-range) *("," uid-set)   (RFC 4315 §4) */
static bool screen_uid_set(struct imap_cursor *in, GString *clean) {
    if (!imap_cursor_octet(in, ' '))
        return false;
    g_string_append_c(clean, ' ');
    for (char separator = 0;; g_string_append_c(clean, separator)) {
        uint64_t uid;
        if (!imap_cursor_number(in, G_MAXUINT32, &uid) || uid == 0)
            return false;
        g_string_append_printf(clean, "%u", (unsigned)uid);
        separator = imap_cursor_octet(in, ',') ? ',' : imap_cursor_octet(in, ':') ? ':' : 0;
        if (!separator)
            return true;
    }
}

/* Codes whose arguments are wanted from libetpan. PERMANENTFLAGS, BADCHARSET and all unknown ones
 * are not: the first crashes it when malformed, and nobody here reads them. */
static bool screen_code(struct imap_cursor *in, GString *clean) {
    if (imap_cursor_word(in, "CAPABILITY"))
        return screen_capability(in, clean);
    if (imap_cursor_word(in, "UIDVALIDITY"))
        return screen_number_code(in, "UIDVALIDITY", G_MAXUINT32, clean);
    if (imap_cursor_word(in, "UIDNEXT"))
        return screen_number_code(in, "UIDNEXT", G_MAXUINT32, clean);
    if (imap_cursor_word(in, "HIGHESTMODSEQ"))
        return screen_number_code(in, "HIGHESTMODSEQ", G_MAXINT64, clean);
    if (imap_cursor_word(in, "COPYUID"))
        return screen_number_code(in, "COPYUID", G_MAXUINT32, clean) && screen_uid_set(in, clean) &&
               screen_uid_set(in, clean);
    struct span name;
    if (!imap_cursor_atom(in, &name) || (!span_eq_nocase(name, SPAN_LIT("READ-ONLY")) &&
                                         !span_eq_nocase(name, SPAN_LIT("READ-WRITE"))))
        return false;
    g_string_append_len(clean, name.p, (gssize)name.n);
    return true;
}

/* resp-text after the condition. Writes " [CODE …] -": the words themselves stay here. */
static void screen_resp_text(struct span rest, GString *clean, struct imap_screened *screened) {
    if (rest.n > 0 && *rest.p == ' ')
        rest = span_from(rest, 1);
    size_t close = rest.n > 0 && *rest.p == '[' ? span_find(rest, ']') : rest.n;
    if (close < rest.n) {
        struct imap_cursor in = {span_make(rest.p + 1, close - 1)}, name = in;
        (void)imap_cursor_atom(&name, &screened->code);
        size_t before = clean->len;
        g_string_append(clean, " [");
        if (screen_code(&in, clean) && imap_cursor_end(&in))
            g_string_append_c(clean, ']');
        else
            g_string_truncate(clean, before);
        rest = span_from(rest, close + 1);
    }
    screened->text = span_trim_wsp(rest);
    g_string_append(clean, " -");
}

static enum imap_condition take_condition(struct imap_cursor *in) {
    return imap_cursor_word(in, "OK")    ? IMAP_OK
           : imap_cursor_word(in, "NO")  ? IMAP_NO
           : imap_cursor_word(in, "BAD") ? IMAP_BAD
                                         : IMAP_CONDITION_NONE;
}

static void screen_condition(struct span who, struct imap_cursor *in, GString *clean,
                             struct imap_screened *screened) {
    static const char *const words[] = {"", "OK", "NO", "BAD"};
    g_string_append_printf(clean, "%.*s %s", (int)who.n, who.p, words[screened->condition]);
    screen_resp_text(in->rest, clean, screened);
}

/* "*" SP number SP ("EXISTS" / "EXPUNGE" / "FETCH" …) */
static bool screen_numbered(struct imap_cursor *in, GString *clean,
                            struct imap_screened *screened) {
    uint64_t number;
    if (!imap_cursor_number(in, G_MAXUINT32, &number) || !imap_cursor_octet(in, ' '))
        return false;
    screened->number = (uint32_t)number;
    if (imap_cursor_word(in, "EXISTS"))
        screened->kind = IMAP_KIND_EXISTS;
    else if (imap_cursor_word(in, "EXPUNGE") && number > 0)
        screened->kind = IMAP_KIND_EXPUNGE;
    else if (imap_cursor_word(in, "FETCH") && number > 0)
        return screen_fetch(in, clean, screened);
    return true;
}

static bool screen_data(struct imap_cursor *in, GString *clean, struct imap_screened *screened) {
    screened->kind = IMAP_KIND_DATA;
    if (imap_cursor_word(in, "LIST"))
        return screen_list(in, clean);
    if (imap_cursor_word(in, "STATUS"))
        return screen_status(in, clean);
    if (imap_cursor_word(in, "SEARCH"))
        return screen_search(in, clean);
    if (imap_cursor_word(in, "NAMESPACE"))
        return screen_namespaces(in, clean);
    struct imap_cursor probe = *in;
    if (imap_cursor_word(&probe, "CAPABILITY")) {
        g_string_append(clean, "* ");
        return screen_capability(&probe, clean);
    }
    return false;
}

static void screen_untagged(struct imap_cursor *in, GString *clean,
                            struct imap_screened *screened) {
    screened->condition = take_condition(in);
    if (screened->condition) {
        screened->kind = IMAP_KIND_STATE;
        screen_condition(SPAN_LIT("*"), in, clean, screened);
        return;
    }
    screened->kind = imap_cursor_word(in, "BYE")       ? IMAP_KIND_BYE
                     : imap_cursor_word(in, "PREAUTH") ? IMAP_KIND_PREAUTH
                                                       : IMAP_KIND_DROPPED;
    if (screened->kind) {
        screen_resp_text(in->rest, clean, screened);
        g_string_truncate(clean, 0);
        return;
    }
    bool known = in->rest.n > 0 && g_ascii_isdigit(*in->rest.p)
                     ? screen_numbered(in, clean, screened)
                     : screen_data(in, clean, screened);
    if (!known)
        screened->kind = IMAP_KIND_DROPPED;
}

struct imap_screened imap_screen(struct span line, GString *clean) {
    struct imap_screened screened = {0};
    struct imap_cursor in = {line};
    g_string_truncate(clean, 0);
    if (imap_cursor_octet(&in, '+')) {
        screened.kind = IMAP_KIND_CONTINUE;
        screened.text = span_trim_wsp(in.rest);
    } else if (imap_cursor_octet(&in, '*') && imap_cursor_octet(&in, ' ')) {
        screen_untagged(&in, clean, &screened);
    } else if (imap_cursor_atom(&in, &screened.tag) && imap_cursor_octet(&in, ' ') &&
               (screened.condition = take_condition(&in))) {
        screened.kind = IMAP_KIND_DONE;
        screen_condition(screened.tag, &in, clean, &screened);
    } else {
        screened.kind = IMAP_KIND_BROKEN;
    }
    bool wanted = screened.kind == IMAP_KIND_DATA || screened.kind == IMAP_KIND_FETCH ||
                  screened.kind == IMAP_KIND_STATE || screened.kind == IMAP_KIND_DONE;
    g_string_append(clean, "\r\n");
    if (!wanted)
        g_string_truncate(clean, 0);
    return screened;
}

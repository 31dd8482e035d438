/* SPDX-License-Identifier: MIT */
#include "mail/unsubscribe.h"

#include "base/limits.h"
#include "mail/header.h"
#include "mail/link.h"

#include <string.h>

static const char list_field[] = "List-Unsubscribe";
static const char post_field[] = "List-Unsubscribe-Post";

/* After a comment that begins at `at`; an unclosed one takes the rest with it. */
static size_t after_comment(struct span value, size_t at) {
    guint depth = 0;
    for (; at < value.n; at++) {
        if (value.p[at] == '\\')
            at++;
        else if (value.p[at] == '(')
            depth++;
        else if (value.p[at] == ')' && --depth == 0)
            return at + 1;
    }
    return value.n;
}

/* The next `"<" URI ">"` at or after *at outside comments; false at the end. RFC 2369 §2: anything
 * before the next bracket is passed over. */
static bool next_uri(struct span value, size_t *at, struct span *uri) {
    while (*at < value.n && value.p[*at] != '<')
        *at = value.p[*at] == '(' ? after_comment(value, *at) : *at + 1;
    if (*at >= value.n)
        return false;
    struct span rest = span_from(value, *at + 1);
    size_t end = span_find(rest, '>');
    if (end == rest.n)
        return false;
    *uri = span_first(rest, end);
    *at += end + 2;
    return true;
}

/* RFC 2369 §2: white space inside the brackets does not belong to the URI. */
static struct link *read_link(struct span uri) {
    size_t n = 0;
    while (n < uri.n && uri.p[n] && !g_ascii_isspace(uri.p[n]))
        n++;
    if (n == uri.n) /* nearly always: no need of a copy */
        return link_parse(uri);
    g_autoptr(GString) bare = g_string_sized_new(uri.n);
    for (size_t i = 0; i < uri.n; i++)
        if (uri.p[i] == '\0')
            return NULL;
        else if (!g_ascii_isspace(uri.p[i]))
            g_string_append_c(bare, uri.p[i]);
    return link_parse(span_make(bare->str, bare->len));
}

static guint read_uris(struct span value, struct unsubscribe *into) {
    guint n_https = 0, n = 0;
    size_t at = 0;
    struct span uri;
    for (; next_uri(value, &at, &uri); n++) {
        if (n == LIMIT_UNSUBSCRIBE_URIS || uri.n > LIMIT_UNSUBSCRIBE_URI)
            return n_https + 2; /* nobody knows what else is there */
        OWNED(link) link = read_link(uri);
        if (!link)
            continue;
        bool https = !link->mail && g_str_has_prefix(link->url, "https://");
        n_https += https;
        if (https && !into->https)
            into->https = g_steal_pointer(&link->url);
        else if (link->mail && !into->mailto)
            into->mailto = g_steal_pointer(&link->url);
    }
    return n_https;
}

/* RFC 8058 §5: postarg = "List-Unsubscribe=One-Click", as all ABNF strings in any case. */
static bool says_one_click(const struct message *message) {
    int at = message_find(message, post_field, 0);
    return at >= 0 && message_count(message, post_field) == 1 &&
           span_eq_nocase(span_trim_fws(message->fields[at].value),
                          SPAN_LIT("List-Unsubscribe=One-Click"));
}

void unsubscribe_parse(const struct message *message, struct unsubscribe *unsubscribe) {
    *unsubscribe = (struct unsubscribe){0};
    int at = message_find(message, list_field, 0);
    if (at < 0 || message->fields[at].value.n > LIMIT_FIELD_SIZE)
        return;
    g_autoptr(GString) copy = NULL;
    guint n_https = read_uris(header_unfolded(message->fields[at].value, &copy), unsubscribe);
    unsubscribe->one_click =
        n_https == 1 && message_count(message, list_field) == 1 && says_one_click(message);
}

void unsubscribe_clear(struct unsubscribe *unsubscribe) {
    g_clear_pointer(&unsubscribe->https, g_free);
    g_clear_pointer(&unsubscribe->mailto, g_free);
}

/* SPDX-License-Identifier: MIT
 *
 * RFC 3986 §3, cut down:
 *
 *     url  = "https://" host [ ":443" ] [ "/" *visible ] [ "?" *visible ] [ "#" *visible ]
 *     host = label 1*( "." label ) [ "." ]     ; letters, digits, hyphens; last label has a letter
 *
 * net/ knows no mail/, hence no U-labels here: who has them converts first. */
#include "net/https_url.h"

#include "base/limits.h"

static bool is_clean(struct span text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] > '~' || strchr("\"<>\\^`{|}", text.p[i]))
            return false;
    return true;
}

static bool is_label(struct span label) {
    if (label.n == 0 || label.n > LIMIT_LABEL || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++)
        if (!g_ascii_isalnum(label.p[i]) && label.p[i] != '-')
            return false;
    return true;
}

static bool has_letter_first(struct span label) {
    return g_ascii_isalpha(label.p[0]);
}

/* No top-level domain begins with a digit (RFC 3696 §2: none is all-numeric; "0x7f" is none
 * either), so that no resolver can take the host for an address. */
static bool is_host(struct span host) {
    guint labels = 0;
    struct span last;
    if (host.n == 0 || host.n > LIMIT_DOMAIN)
        return false;
    for (struct span rest = host;; rest = span_from(rest, last.n + 1)) {
        last = span_first(rest, span_find(rest, '.'));
        if (!is_label(last))
            return false;
        labels++;
        if (last.n == rest.n)
            break;
    }
    return labels >= 2 && has_letter_first(last);
}

static enum https_url_fault read_authority(struct span authority, struct span *host) {
    if (span_find(authority, '@') < authority.n)
        return HTTPS_URL_USERINFO;
    size_t colon = span_find(authority, ':');
    *host = span_first(authority, colon);
    if (host->n && host->p[0] == '[')
        return HTTPS_URL_HOST;
    if (colon < authority.n && !span_eq(span_from(authority, colon + 1), SPAN_LIT("443")))
        return HTTPS_URL_PORT;
    if (host->n && host->p[host->n - 1] == '.')
        host->n--;
    return is_host(*host) ? HTTPS_URL_FINE : HTTPS_URL_HOST;
}

static size_t authority_end(struct span text) {
    size_t end = 0;
    while (end < text.n && !strchr("/?#", text.p[end]))
        end++;
    return end;
}

static enum https_url_fault read_url(struct span text, struct span *host, struct span *rest) {
    static const struct span scheme = {"https://", 8};
    if (text.n > LIMIT_HTTPS_URL)
        return HTTPS_URL_TOO_LONG;
    if (!is_clean(text))
        return HTTPS_URL_BAD_OCTET;
    if (!text.p || !span_starts_nocase(text, scheme))
        return HTTPS_URL_SCHEME;
    text = span_from(text, scheme.n);
    size_t end = authority_end(text);
    *rest = span_from(text, end);
    *rest = span_first(*rest, span_find(*rest, '#'));
    return read_authority(span_first(text, end), host);
}

char *https_url_parse(struct span text, char **host, enum https_url_fault *fault) {
    struct span name = SPAN_NULL, rest = SPAN_NULL;
    enum https_url_fault found = read_url(text, &name, &rest);
    if (fault)
        *fault = found;
    if (found)
        return NULL;
    g_autofree char *lower = span_dup_lower(name);
    char *url = g_strdup_printf("https://%s%s%.*s", lower, rest.n && rest.p[0] == '/' ? "" : "/",
                                (int)rest.n, rest.n ? rest.p : "");
    if (host)
        *host = g_steal_pointer(&lower);
    return url;
}

const char *https_url_fault_text(enum https_url_fault fault) {
    static const char *const texts[] = {
        [HTTPS_URL_TOO_LONG] = "the URL is too long",
        [HTTPS_URL_BAD_OCTET] = "the URL holds an octet that has no place in one",
        [HTTPS_URL_SCHEME] = "the URL is not https",
        [HTTPS_URL_USERINFO] = "the URL names a user",
        [HTTPS_URL_HOST] = "the URL names no public host",
        [HTTPS_URL_PORT] = "the URL names a port other than 443",
    };
    return texts[fault];
}

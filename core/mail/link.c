/* SPDX-License-Identifier: MIT */
#include "mail/link.h"

#include "base/limits.h"
#include "base/zeroed.h"
#include "mail/domain.h"

#include <arpa/inet.h>

void link_free(struct link *link) {
    if (!link)
        return;
    g_free(link->url);
    g_free(link->host);
    g_free(link);
}

static bool is_left_out(char c) {
    return c == '\t' || c == '\r' || c == '\n';
}

/* WHATWG URL §4.4: white space and controls around are not there, tabs and line ends nowhere: then
 * the URL is *copy, which is NULL before. */
static struct span without_white_space(struct span written, GString **copy) {
    while (written.n && (guchar)written.p[0] <= 32)
        written = span_from(written, 1);
    while (written.n && (guchar)written.p[written.n - 1] <= 32)
        written.n--;
    size_t n = 0;
    while (n < written.n && !is_left_out(written.p[n]))
        n++;
    if (n == written.n)
        return written;
    *copy = g_string_sized_new(written.n + 1);
    for (size_t i = 0; i < written.n; i++)
        if (!is_left_out(written.p[i]))
            g_string_append_c(*copy, written.p[i]);
    return span_make((*copy)->str, (*copy)->len);
}

static bool stands_in_url(char c) {
    return g_ascii_isalnum(c) || (c > 32 && c < 127 && !strchr("\"<>`{}|^\\'", c));
}

/* What a URL cannot hold as it is becomes %XX. */
static void append_encoded(struct span octets, GString *to) {
    while (octets.n) {
        size_t n = 0;
        while (n < octets.n && stands_in_url(octets.p[n]))
            n++;
        g_string_append_len(to, octets.p, (gssize)n);
        if (n < octets.n)
            g_string_append_printf(to, "%%%02X", (guchar)octets.p[n]);
        octets = span_from(octets, n + 1);
    }
}

/* A back slash of a path is a slash. */
static void append_path(struct span path, GString *to) {
    size_t tail = 0;
    while (tail < path.n && path.p[tail] != '?' && path.p[tail] != '#')
        tail++;
    struct span segments = span_first(path, tail);
    for (size_t n; (n = span_find(segments, '\\')) < segments.n;) {
        append_encoded(span_first(segments, n), to);
        g_string_append_c(to, '/');
        segments = span_from(segments, n + 1);
    }
    append_encoded(segments, to);
    append_encoded(span_from(path, tail), to);
}

/* NULL if that is not text: a NUL would end it early. */
static char *percent_decode(struct span s) {
    GString *out = g_string_sized_new(s.n + 1);
    for (size_t n; n = span_find(s, '%'), g_string_append_len(out, s.p, (gssize)n), n < s.n;) {
        s = span_from(s, n);
        int high = s.n > 2 ? g_ascii_xdigit_value(s.p[1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(s.p[2]) : -1;
        g_string_append_c(out, low >= 0 ? (char)(high * 16 + low) : '%');
        s = span_from(s, low >= 0 ? 3 : 1);
    }
    bool text = g_utf8_validate(out->str, (gssize)out->len, NULL);
    return g_string_free(out, !text);
}

/* `name` is what parse_host fills. */
static bool parse_ipv6(struct span inside, char *name) {
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    if (inside.n >= sizeof text || span_find(inside, '\0') < inside.n)
        return false;
    memcpy(text, inside.p, inside.n);
    text[inside.n] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1 &&
           inet_ntop(AF_INET6, &address, name, INET6_ADDRSTRLEN);
}

static bool is_plain_ipv4(const char *text) {
    struct in_addr address;
    return g_ascii_isdigit(*text) && inet_pton(AF_INET, text, &address) == 1;
}

/* A host whose last label is a number is an IPv4 address to a browser in any of its spellings; only
 * the plain one, which is no domain to domain_write, is taken. */
static bool parse_host(struct span host, char name[static LIMIT_DOMAIN + 1]) {
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        return parse_ipv6(span_make(host.p + 1, host.n - 2), name);
    g_autofree char *decoded = NULL;
    if (span_find(host, '%') < host.n) {
        decoded = percent_decode(host);
        if (!decoded)
            return false;
        host = span_of(decoded);
    }
    if (domain_write(host, DOMAIN_ALLOW_UNDERSCORE | DOMAIN_ALLOW_ROOT_DOT, NULL, name)) {
        const char *last = strrchr(name, '.');
        last = last ? last + 1 : name;
        return !g_ascii_isdigit(*last) ||
               (strspn(last, "0123456789") != strlen(last) && !g_str_has_prefix(last, "0x"));
    }
    if (host.n >= INET_ADDRSTRLEN)
        return false;
    memcpy(name, host.p, host.n);
    name[host.n] = '\0';
    return strlen(name) == host.n && is_plain_ipv4(name);
}

/* host [":" port]; false for a port that is no number. */
static bool split_port(struct span *host, struct span *port) {
    size_t close = host->n && host->p[0] == '[' ? span_find(*host, ']') : 0;
    size_t colon = close + span_find(span_from(*host, close), ':');
    *port = span_from(*host, colon + 1);
    *host = span_first(*host, colon);
    for (size_t i = 0; i < port->n; i++)
        if (!g_ascii_isdigit(port->p[i]))
            return false;
    return port->n <= 5;
}

/* What follows "http:" or "https:". Any number of slashes of either kind leads to the authority
 * (WHATWG URL §4.4, special authority slashes states). */
static struct link *parse_web(const char *scheme, struct span rest) {
    while (rest.n && (rest.p[0] == '/' || rest.p[0] == '\\'))
        rest = span_from(rest, 1);
    size_t n = 0;
    while (n < rest.n && (g_ascii_isalnum(rest.p[n]) || !strchr("/\\?#", rest.p[n])))
        n++;
    struct span host = span_first(rest, n), port;
    for (size_t at; (at = span_find(host, '@')) < host.n;)
        host = span_from(host, at + 1);
    if (!split_port(&host, &port))
        return NULL;
    char name[LIMIT_DOMAIN + 1];
    if (!parse_host(host, name))
        return NULL;
    bool ipv6 = strchr(name, ':');
    GString *url = g_string_sized_new(rest.n + LIMIT_LABEL);
    g_string_append(url, scheme);
    g_string_append(url, ipv6 ? "://[" : "://");
    g_string_append(url, name);
    if (ipv6)
        g_string_append_c(url, ']');
    if (port.n)
        g_string_append_printf(url, ":%.*s", (int)port.n, port.p);
    struct span path = span_from(rest, n);
    if (path.n == 0 || path.p[0] == '?' || path.p[0] == '#')
        g_string_append_c(url, '/');
    append_path(path, url);
    struct link *link = NEW_ZERO(link);
    link->url = g_string_free(url, FALSE);
    link->host = g_strdup(name);
    return link;
}

static bool is_kept_field(struct span name) {
    return span_eq_nocase(name, SPAN_LIT("to")) || span_eq_nocase(name, SPAN_LIT("cc")) ||
           span_eq_nocase(name, SPAN_LIT("subject")) || span_eq_nocase(name, SPAN_LIT("body"));
}

static void append_fields(struct span query, GString *url) {
    char separator = '?';
    while (query.n) {
        size_t n = span_find(query, '&');
        struct span pair = span_first(query, n);
        if (is_kept_field(span_first(pair, span_find(pair, '=')))) {
            g_string_append_c(url, separator);
            append_encoded(pair, url);
            separator = '&';
        }
        query = span_from(query, n + 1);
    }
}

/* mailtoURI = "mailto:" [ to ] [ "?" hfield *( "&" hfield ) ] (RFC 6068 §2) */
static struct link *parse_mail(struct span rest) {
    rest = span_first(rest, span_find(rest, '#'));
    size_t question = span_find(rest, '?');
    struct span to = span_first(rest, question);
    g_autofree char *first = percent_decode(span_first(to, span_find(to, ',')));
    const char *at = first ? strrchr(first, '@') : NULL;
    char *domain = at ? domain_parse(span_of(at + 1), 0, NULL) : NULL;
    if (!domain)
        return NULL;
    GString *url = g_string_new("mailto:");
    append_encoded(to, url);
    append_fields(span_from(rest, question + 1), url);
    struct link *link = NEW_ZERO(link);
    link->url = g_string_free(url, FALSE);
    link->host = domain;
    link->mail = true;
    return link;
}

static struct link *parse_absolute(struct span url) {
    static const char *const schemes[] = {"http", "https", "mailto"};
    size_t colon = span_find(url, ':');
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (span_eq_nocase(span_first(url, colon), span_of(schemes[i])) && colon < url.n)
            return i < 2 ? parse_web(schemes[i], span_from(url, colon + 1))
                         : parse_mail(span_from(url, colon + 1));
    return NULL;
}

struct link *link_parse(struct span written) {
    if (written.n == 0 || written.n > LIMIT_LINK_URL)
        return NULL;
    g_autoptr(GString) copy = NULL;
    return parse_absolute(without_white_space(written, &copy));
}

/* SPDX-License-Identifier: MIT
 *
 * Links in running text: http://, https:// and mail addresses, by ranges. Each octet is looked at a
 * constant number of times whatever the text (attacks N250). */
#include "mail/link.h"

#include "base/limits.h"

/* uric of RFC 3986 §2, without the quotes and angle brackets that stand around URLs in text */
static bool is_url_octet(char c) {
    return c > 32 && c < 127 && !strchr("<>\"`{}|\\^", c);
}

static bool is_local_octet(char c) {
    return g_ascii_isalnum(c) || (c && strchr("._%+-=/!#$&'*?~", c));
}

static bool is_domain_octet(char c) {
    return g_ascii_isalnum(c) || c == '.' || c == '-';
}

/* Punctuation at the end belongs to the sentence; a closing bracket to it too unless the URL opened
 * it. */
static size_t without_punctuation(struct span url) {
    int open = 0, close = 0;
    for (size_t i = 0; i < url.n; i++) {
        open += url.p[i] == '(' || url.p[i] == '[';
        close += url.p[i] == ')' || url.p[i] == ']';
    }
    for (; url.n; url.n--) {
        char last = url.p[url.n - 1];
        if (last == ')' || last == ']') {
            if (close <= open)
                break;
            close--;
        } else if (!strchr(".,;:!?'*_~", last)) {
            break;
        }
    }
    return url.n;
}

/* The scheme that ends before "://" at `colon`, 0 if it is none of ours or part of a word. */
static size_t scheme_length(struct span text, size_t from, size_t colon) {
    static const char *const schemes[] = {"https", "http"};
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        size_t n = strlen(schemes[i]);
        if (colon < from + n)
            continue;
        const char *start = text.p + colon - n;
        bool inside_word = colon > from + n && g_ascii_isalnum(start[-1]);
        if (!inside_word && g_ascii_strncasecmp(start, schemes[i], n) == 0)
            return n;
    }
    return 0;
}

/* *range is set even if what stands there opens nothing: nobody looks into it again. */
static struct link *take_url(struct span text, size_t from, size_t colon, struct span *range) {
    *range = span_make(text.p + colon, 0);
    size_t scheme = scheme_length(text, from, colon);
    if (!scheme || colon + 3 >= text.n || text.p[colon + 1] != '/' || text.p[colon + 2] != '/')
        return NULL;
    size_t end = colon + 3;
    while (end < text.n && end - colon < LIMIT_LINK_URL && is_url_octet(text.p[end]))
        end++;
    size_t start = colon - scheme;
    *range = span_make(text.p + start, end - start);
    range->n = without_punctuation(*range);
    return range->n > scheme + 3 ? link_parse(*range) : NULL;
}

static struct link *take_address(struct span text, size_t from, size_t sign, struct span *range) {
    size_t start = sign, end = sign + 1;
    while (start > from && sign - start < LIMIT_LOCAL_PART && is_local_octet(text.p[start - 1]))
        start--;
    while (end < text.n && end - sign <= LIMIT_DOMAIN && is_domain_octet(text.p[end]))
        end++;
    while (end > sign + 1 && !g_ascii_isalnum(text.p[end - 1]))
        end--;
    while (start < sign && !g_ascii_isalnum(text.p[start]))
        start++;
    *range = span_make(text.p + start, end - start);
    if (start == sign || !memchr(text.p + sign, '.', end - sign))
        return NULL;
    GString *url = g_string_new("mailto:");
    for (size_t i = 0; i < range->n; i++) {
        if (strchr("%?&#+=/", range->p[i]))
            g_string_append_printf(url, "%%%02X", (guchar)range->p[i]);
        else
            g_string_append_c(url, range->p[i]);
    }
    struct link *link = link_parse(span_make(url->str, url->len));
    g_string_free(url, TRUE);
    return link;
}

struct link *link_find(struct span text, size_t *at, struct span *range) {
    size_t from = *at;
    for (size_t i = from; i < text.n; i++) {
        struct link *link = NULL;
        if (text.p[i] == ':') {
            link = take_url(text, from, i, range);
            i = MAX(i, (size_t)(range->p - text.p) + range->n);
        } else if (text.p[i] == '@') {
            link = take_address(text, from, i, range);
        }
        if (link) {
            *at = (size_t)(range->p - text.p) + range->n;
            return link;
        }
    }
    *at = text.n;
    return NULL;
}

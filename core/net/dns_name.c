/* SPDX-License-Identifier: MIT
 *
 * Spellings of DNS names. */
#include "net/dns_name.h"

/* g_ascii_tolower is a call, and every name of a message comes by here several times. */
static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool dns_question_init(struct dns_question *question, const char *name, enum dns_type type) {
    size_t n = strnlen(name, LIMIT_DOMAIN + 2), label = 0;
    guint hash = 5381u * 33u + (guint)type;
    if (n && name[n - 1] == '.')
        n--;
    if (n == 0 || n > LIMIT_DOMAIN)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = lower(name[i]);
        if (c == '.') {
            if (label == 0)
                return false;
            label = 0;
        } else if (++label > LIMIT_LABEL) {
            return false;
        }
        question->name[i] = c;
        hash = hash * 33u + (guchar)c;
    }
    question->name[n] = '\0';
    question->type = type;
    question->hash = hash;
    return label > 0;
}

guint dns_question_hash(gconstpointer question) {
    return ((const struct dns_question *)question)->hash;
}

gboolean dns_question_equal(gconstpointer a, gconstpointer b) {
    const struct dns_question *x = a, *y = b;
    return x->hash == y->hash && x->type == y->type && strcmp(x->name, y->name) == 0;
}

void dns_name_escape(const char *name, char escaped[static DNS_NAME_ESCAPED]) {
    char *out = escaped;
    for (const guchar *p = (const guchar *)name; *p; p++) {
        if (g_ascii_isalnum(*p) || *p == '-' || *p == '_' || *p == '.') {
            *out++ = (char)*p;
            continue;
        }
        *out++ = '\\';
        *out++ = (char)('0' + *p / 100);
        *out++ = (char)('0' + *p / 10 % 10);
        *out++ = (char)('0' + *p % 10);
    }
    *out = '\0';
}

/* domain = *(length octets) %x00, each length 1-63 (RFC 1035 §3.1). */
static bool append_labels(GString *text, struct span wire) {
    gsize before = text->len;
    while (wire.n > 1 && wire.p[0]) {
        size_t n = (guchar)wire.p[0];
        struct span label = span_first(span_from(wire, 1), n);
        if (n > LIMIT_LABEL || label.n < n || memchr(label.p, '.', n) || memchr(label.p, '\0', n))
            return false;
        if (text->len > before)
            g_string_append_c(text, '.');
        for (size_t i = 0; i < n; i++)
            g_string_append_c(text, g_ascii_tolower(label.p[i]));
        wire = span_from(wire, 1 + n);
    }
    if (text->len == before)
        g_string_append_c(text, '.');
    return wire.n == 1 && wire.p[0] == '\0' && text->len - before <= LIMIT_DOMAIN;
}

bool dns_name_append(GString *text, struct span wire) {
    gsize before = text->len;
    bool good = append_labels(text, wire);
    if (!good)
        g_string_truncate(text, before);
    return good;
}

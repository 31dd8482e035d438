/* SPDX-License-Identifier: MIT
 *
 * Spellings of DNS names. */
#include "net/dns_name.h"

/* Eight octets with the ASCII letters among them in lower case (RFC 4343): adding carries into bit
 * 7 of an octet from 'A' on, and from behind 'Z' on. */
static uint64_t lower_word(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101), low = word & (ones * 0x7f);
    uint64_t from_a = low + ones * (0x80 - 'A'), behind_z = low + ones * (0x7f - 'Z');
    uint64_t upper = (from_a ^ behind_z) & ~word & (ones * 0x80);
    return word | upper >> 2;
}

/* No label is empty or too long. */
static bool labels_fit(const char *name, size_t n) {
    for (const char *label = name, *end = name + n;;) {
        const char *dot = memchr(label, '.', (size_t)(end - label));
        size_t length = (size_t)((dot ? dot : end) - label);
        if (length == 0 || length > LIMIT_LABEL)
            return false;
        if (!dot)
            return true;
        label = dot + 1;
    }
}

/* Eight octets of a name in lower case, mixed into the hash. */
static inline void lower_octets(const char *from, char *to, uint64_t *hash) {
    uint64_t word;
    memcpy(&word, from, sizeof word);
    word = lower_word(word);
    memcpy(to, &word, sizeof word);
    *hash = (*hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    *hash ^= *hash >> 32;
}

/* Octets of the name without its root dot; 0: DNS cannot carry it. */
static size_t usable_length(const char *name) {
    size_t n = strnlen(name, LIMIT_DOMAIN + 2);
    if (n && name[n - 1] == '.')
        n--;
    return n && n <= LIMIT_DOMAIN && labels_fit(name, n) ? n : 0;
}

bool dns_name_fits(const char *name) {
    return usable_length(name) > 0;
}

/* Every name of a message comes by here several times: eight octets a step, the last ones together
 * with some before them, which are the same again. */
bool dns_question_init(struct dns_question *question, const char *name, enum dns_type type) {
    size_t n = usable_length(name);
    if (n == 0)
        return false;
    uint64_t hash = (uint64_t)type + 1;
    if (n < sizeof hash) {
        char padded[sizeof hash] = {0};
        memcpy(padded, name, n);
        lower_octets(padded, question->name, &hash);
    } else {
        for (size_t at = 0; at + sizeof hash < n; at += sizeof hash)
            lower_octets(name + at, question->name + at, &hash);
        lower_octets(name + n - sizeof hash, question->name + n - sizeof hash, &hash);
    }
    question->name[n] = '\0';
    question->type = type;
    question->hash = (guint)hash;
    return true;
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

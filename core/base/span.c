/* SPDX-License-Identifier: MIT
 *
 * Comparing, trimming and copying of spans. */
#include "base/span.h"

#include <stdint.h>

/* g_ascii_tolower is a call through the linker's table; header names are compared all the time. */
static unsigned char lower(char c) {
    unsigned char u = (unsigned char)c;
    return (unsigned char)(u - 'A') < 26 ? u | 0x20 : u;
}

/* Octet by octet: the strncasecmp family stops at a NUL and would call "a\0b" and "a\0c" equal. */
static bool same_but_case(const char *a, const char *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

static bool same_eight(const char *a, const char *b) {
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y || same_but_case(a, b, sizeof x);
}

/* Eight octets a step, as long as they are the very same, as they nearly always are; the last eight
 * together with some that were compared before. */
bool span_same_letters(const char *a, const char *b, size_t n) {
    if (n < 8)
        return same_but_case(a, b, n);
    for (size_t at = 0; at + 8 < n; at += 8)
        if (!same_eight(a + at, b + at))
            return false;
    return same_eight(a + n - 8, b + n - 8);
}

bool span_starts_nocase(struct span s, struct span prefix) {
    return s.n >= prefix.n && span_eq_nocase(span_first(s, prefix.n), prefix);
}

bool span_is_ascii(struct span s) {
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t word;
        memcpy(&word, s.p + i, 8);
        if (word & UINT64_C(0x8080808080808080))
            return false;
    }
    for (; i < s.n; i++)
        if ((unsigned char)s.p[i] > 127)
            return false;
    return true;
}

static bool is_wsp(char c) {
    return c == ' ' || c == '\t';
}

static bool is_fws(char c) {
    return is_wsp(c) || c == '\r' || c == '\n';
}

struct span span_trim_wsp(struct span s) {
    while (s.n && is_wsp(s.p[0]))
        s = span_from(s, 1);
    while (s.n && is_wsp(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct span span_trim_fws(struct span s) {
    while (s.n && is_fws(s.p[0]))
        s = span_from(s, 1);
    while (s.n && is_fws(s.p[s.n - 1]))
        s.n--;
    return s;
}

char *span_dup(struct span s) {
    char *copy = g_malloc(s.n + 1);
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return copy;
}

char *span_dup_lower(struct span s) {
    char *copy = span_dup(s);
    for (size_t i = 0; i < s.n; i++)
        copy[i] = (char)lower(copy[i]);
    return copy;
}

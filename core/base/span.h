/* SPDX-License-Identifier: MIT
 *
 * A borrowed run of octets: pointer and length, never NUL-terminated, never owned. It lives as long
 * as what it was cut from. Mail is bytes; nothing here looks at a locale or at UTF-8. */
#ifndef INKAN_BASE_SPAN_H
#define INKAN_BASE_SPAN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
    const char *p;
    size_t n;
};

#define SPAN_NULL ((struct span){NULL, 0})
/* A span over a string literal. */
#define SPAN_LIT(s) ((struct span){"" s, sizeof(s) - 1})

static inline struct span span_of(const char *text) {
    return (struct span){text, text ? strlen(text) : 0};
}

static inline struct span span_make(const char *p, size_t n) {
    return (struct span){p, n};
}

/* From `at` to the end; an `at` past the end gives the empty span there. */
static inline struct span span_from(struct span s, size_t at) {
    if (at > s.n)
        at = s.n;
    return s.p ? (struct span){s.p + at, s.n - at} : SPAN_NULL;
}

/* The first n octets, or all. */
static inline struct span span_first(struct span s, size_t n) {
    return (struct span){s.p, n < s.n ? n : s.n};
}

static inline bool span_eq(struct span a, struct span b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Both have `n` octets; ASCII case only: octets above 127 must be the same. */
bool span_same_letters(const char *a, const char *b, size_t n);

/* The same for spans. Most that are compared differ in length or in the first octet already, of
 * which bit 5 is the case of a letter. */
static inline bool span_eq_nocase(struct span a, struct span b) {
    return a.n == b.n &&
           (a.n == 0 || (((a.p[0] ^ b.p[0]) & ~0x20) == 0 && span_same_letters(a.p, b.p, a.n)));
}
bool span_starts_nocase(struct span s, struct span prefix);

/* Position of octet c, or s.n. */
static inline size_t span_find(struct span s, char c) {
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

/* No octet above 127; NUL and other controls are ASCII. */
bool span_is_ascii(struct span s);

/* Without SP and HTAB at both ends. */
struct span span_trim_wsp(struct span s);
/* Without SP, HTAB, CR and LF at both ends (RFC 5322 FWS, leniently). */
struct span span_trim_fws(struct span s);

/* New NUL-terminated copy; the caller frees it with g_free. NUL octets inside are kept. */
char *span_dup(struct span s);
/* The same, ASCII upper case made lower. */
char *span_dup_lower(struct span s);

#endif

/* SPDX-License-Identifier: MIT
 *
 * RFC 8259 §2-§7. What was written last says whether a comma is due. */
#include "fcgi/json_emit.h"

#include "base/block.h"
#include "base/clock.h"

#include <string.h>

/* §7: quotation mark, reverse solidus and U+0000 to U+001F; the short forms where there are any. */
static void append_escaped(GString *out, unsigned char c) {
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (const char *s = shorts; *s; s += 2)
        if ((unsigned char)*s == c) {
            g_string_append_c(out, '\\');
            g_string_append_c(out, s[1]);
            return;
        }
    g_string_append_printf(out, "\\u%04X", c);
}

/* Marks what needs an escape. */
static inline struct block special(struct block text) {
    return (struct block){((text.octets < 0x20) & (text.octets >= 0)) | (text.octets == '"') |
                          (text.octets == '\\')};
}

/* Copies fewer than sixteen octets and marks what needs an escape: the first and the last ones, of
 * which some may be the same. */
static inline struct block copy_few(char *to, const char *text, size_t n) {
    uint64_t first, last;
    uint32_t first_half, last_half;
    if (n >= sizeof first) {
        memcpy(&first, text, sizeof first);
        memcpy(&last, text + n - sizeof last, sizeof last);
        memcpy(to, &first, sizeof first);
        memcpy(to + n - sizeof last, &last, sizeof last);
    } else if (n >= sizeof first_half) {
        memcpy(&first_half, text, sizeof first_half);
        memcpy(&last_half, text + n - sizeof last_half, sizeof last_half);
        memcpy(to, &first_half, sizeof first_half);
        memcpy(to + n - sizeof last_half, &last_half, sizeof last_half);
        first = last = (uint64_t)first_half << 32 | last_half;
    } else {
        first = UINT64_C(0x2020202020202020);
        for (size_t i = 0; i < n; i++) {
            to[i] = text[i];
            first = first << 8 | (unsigned char)text[i];
        }
        last = first;
    }
    return special(block_of(first, last));
}

/* Copies sixteen octets and marks those that need an escape. */
static inline struct block copy_block(char *to, const char *text) {
    struct block copied;
    memcpy(&copied, text, BLOCK);
    memcpy(to, &copied, BLOCK);
    return special(copied);
}

/* Copies any number and says whether none of them needs an escape; the last sixteen together with
 * some that were copied before. */
static G_ALWAYS_INLINE inline bool copy_plain(char *to, const char *text, size_t n) {
    if (n < BLOCK)
        return !block_is_marked(copy_few(to, text, n));
    struct block marks = copy_block(to + n - BLOCK, text + n - BLOCK);
    for (size_t at = 0; at + BLOCK < n; at += BLOCK)
        marks.octets |= copy_block(to + at, text + at).octets;
    return !block_is_marked(marks);
}

/* Length of what needs no escape. */
static size_t plain_length(struct span text) {
    size_t n = 0;
    while (n < text.n && (unsigned char)text.p[n] >= 0x20 && text.p[n] != '"' && text.p[n] != '\\')
        n++;
    return n;
}

static void put_until(GString *out, char *end) {
    *end = '\0';
    out->len = (gsize)(end - out->str);
}

static G_GNUC_NO_INLINE void make_room(GString *out, size_t n) {
    gsize len = out->len;
    g_string_set_size(out, len + n);
    out->len = len;
}

/* A value ends in a quotation mark, a bracket, a digit or a letter; lines end in LF. */
static inline bool wants_comma(const GString *out) {
    char last = out->len ? out->str[out->len - 1] : '\n';
    return last != '{' && last != '[' && last != '\n';
}

/* What stands before a value of `n` octets. Where these go: who calls puts them there, and says so
 * with put_until. */
static G_ALWAYS_INLINE inline char *begin_value(GString *out, struct span before, size_t n) {
    if (out->allocated_len - out->len <= before.n + n)
        make_room(out, before.n + n);
    char *at = out->str + out->len;
    if (before.n && !wants_comma(out))
        before = span_make(before.p + 1, before.n - 1);
    copy_plain(at, before.p, before.n);
    return at + before.n;
}

static inline void append_value(GString *out, struct span before, const char *value, size_t n) {
    char *at = begin_value(out, before, n);
    memcpy(at, value, n);
    put_until(out, at + n);
}

/* `at` is where it goes. */
static G_GNUC_NO_INLINE void append_with_escapes(GString *out, char *at, struct span text) {
    put_until(out, at);
    g_string_append_c(out, '"');
    for (size_t plain = plain_length(text);; plain = plain_length(text)) {
        g_string_append_len(out, text.p, (gssize)plain);
        if (plain == text.n)
            break;
        append_escaped(out, (unsigned char)text.p[plain]);
        text = span_from(text, plain + 1);
    }
    g_string_append_c(out, '"');
}

/* In one piece where nothing has to be escaped, as is nearly always so. */
static G_ALWAYS_INLINE inline void append_text(GString *out, struct span before, struct span text) {
    char *at = begin_value(out, before, text.n + strlen("\"\""));
    if (!copy_plain(at + 1, text.p, text.n)) {
        append_with_escapes(out, at, text);
        return;
    }
    at[0] = '"';
    at[1 + text.n] = '"';
    put_until(out, at + text.n + 2);
}

void json_emit_open(GString *out, struct span before, char bracket) {
    char *at = begin_value(out, before, 1);
    *at = bracket;
    put_until(out, at + 1);
}

void json_emit_close(GString *out, char bracket) {
    g_string_append_c(out, bracket);
}

void json_emit_null(GString *out, struct span before) {
    append_value(out, before, "null", 4);
}

void json_emit_text(GString *out, struct span before, const char *text) {
    if (text)
        append_text(out, before, span_of(text));
    else
        json_emit_null(out, before);
}

void json_emit_name(GString *out, struct span name) {
    append_text(out, JSON_ITEM, name);
    g_string_append_c(out, ':');
}

static bool is_printable(const char *text) {
    while (*text >= 0x20 && *text < 0x7f)
        text++;
    return *text == '\0';
}

void json_emit_outside(GString *out, struct span before, const char *octets) {
    if (is_printable(octets)) {
        json_emit_text(out, before, octets);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(octets, -1);
    GString *clean = g_string_new(NULL);
    for (const char *p = valid; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(clean, g_unichar_iscntrl(c) ? 0xfffd : c);
    }
    json_emit_text(out, before, clean->str);
    g_string_free(clean, TRUE);
}

void json_emit_time(GString *out, struct span before, int64_t epoch) {
    char text[CLOCK_RFC3339];
    json_emit_text(out, before, clock_write_rfc3339(epoch, text) ? text : NULL);
}

void json_emit_integer(GString *out, struct span before, int64_t value) {
    char digits[sizeof "-9223372036854775808"], *end = digits + sizeof digits, *at = end;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    append_value(out, before, at, (size_t)(end - at));
}

void json_emit_boolean(GString *out, struct span before, bool value) {
    if (value)
        append_value(out, before, "true", 4);
    else
        append_value(out, before, "false", 5);
}

json_t *json_emit_tree(GString *text) {
    json_t *tree = json_loadb(text->str, text->len, 0, NULL);
    g_assert(tree); /* ours, and valid UTF-8 by construction */
    g_string_free(text, TRUE);
    return tree;
}

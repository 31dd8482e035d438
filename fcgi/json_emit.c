/* SPDX-License-Identifier: MIT
 *
 * RFC 8259 §2-§7. What was written last says whether a comma is due. */
#include "fcgi/json_emit.h"

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

/* A word of eight octets of which one is below 0x20, a quotation mark or a reverse solidus. The
 * borrow of a subtraction may mark the octet above one that counts, never one alone. */
static bool has_special(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t quote = word ^ (ones * '"'), solidus = word ^ (ones * '\\');
    uint64_t below = (word - ones * 0x20) & ~word;
    return ((below | ((quote - ones) & ~quote) | ((solidus - ones) & ~solidus)) & tops) != 0;
}

/* Copies `n` octets and says whether none of them needs an escape: eight a step, the last ones
 * together with some that were copied before. */
static bool copy_plain(char *to, const char *text, size_t n) {
    uint64_t word;
    uint32_t first, last;
    bool special = false;
    if (n < sizeof first) {
        for (size_t i = 0; i < n; i++) {
            to[i] = text[i];
            special |= (unsigned char)text[i] < 0x20 || text[i] == '"' || text[i] == '\\';
        }
        return !special;
    }
    if (n < sizeof word) {
        memcpy(&first, text, sizeof first);
        memcpy(&last, text + n - sizeof last, sizeof last);
        memcpy(to, &first, sizeof first);
        memcpy(to + n - sizeof last, &last, sizeof last);
        return !has_special((uint64_t)first << 32 | last);
    }
    for (size_t at = 0; at + sizeof word < n; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        memcpy(to + at, &word, sizeof word);
        special |= has_special(word);
    }
    memcpy(&word, text + n - sizeof word, sizeof word);
    memcpy(to + n - sizeof word, &word, sizeof word);
    return !special && !has_special(word);
}

/* Length of what needs no escape. */
static size_t plain_length(const char *text) {
    const unsigned char *at = (const unsigned char *)text;
    while (*at >= 0x20 && *at != '"' && *at != '\\') /* stops at the NUL */
        at++;
    return (size_t)(at - (const unsigned char *)text);
}

/* Where the next `n` octets go; what calls puts them there and says so with put_until. */
static char *room_for(GString *out, size_t n) {
    gsize len = out->len;
    if (out->allocated_len - len <= n) {
        g_string_set_size(out, len + n);
        out->len = len;
    }
    return out->str + len;
}

static void put_until(GString *out, char *end) {
    *end = '\0';
    out->len = (gsize)(end - out->str);
}

static void append_with_escapes(GString *out, const char *text, size_t n) {
    g_string_append_c(out, '"');
    for (size_t plain = plain_length(text);; plain = plain_length(text)) {
        g_string_append_len(out, text, (gssize)plain);
        if (plain == n)
            break;
        append_escaped(out, (unsigned char)text[plain]);
        text += plain + 1;
        n -= plain + 1;
    }
    g_string_append_c(out, '"');
}

/* A value ends in a quotation mark, a bracket, a digit or a letter; lines end in LF. */
static bool wants_comma(const GString *out) {
    char last = out->len ? out->str[out->len - 1] : '\n';
    return last != '{' && last != '[' && last != '\n';
}

/* The comma that is due, then "key": if there is a key, then room for `n` octets more. */
static char *begin_value(GString *out, struct span key, size_t n) {
    bool comma = wants_comma(out);
    char *at = room_for(out, key.n + n + sizeof ",\"\":");
    if (comma)
        *at++ = ',';
    if (!key.p)
        return at;
    *at++ = '"';
    memcpy(at, key.p, key.n);
    at += key.n;
    *at++ = '"';
    *at++ = ':';
    return at;
}

static void append_value(GString *out, struct span key, const char *text, size_t n) {
    char *at = begin_value(out, key, n);
    memcpy(at, text, n);
    put_until(out, at + n);
}

void json_emit_open_at(GString *out, struct span key, char bracket) {
    append_value(out, key, &bracket, 1);
}

void json_emit_close(GString *out, char bracket) {
    g_string_append_c(out, bracket);
}

void json_emit_null_at(GString *out, struct span key) {
    append_value(out, key, "null", 4);
}

/* In one piece where nothing has to be escaped, as is nearly always so. */
void json_emit_text_at(GString *out, struct span key, const char *text) {
    if (!text) {
        json_emit_null_at(out, key);
        return;
    }
    size_t n = strlen(text);
    char *at = begin_value(out, key, n + sizeof "\"\"");
    if (!copy_plain(at + 1, text, n)) {
        put_until(out, at);
        append_with_escapes(out, text, n);
        return;
    }
    *at = '"';
    at += 1 + n;
    *at++ = '"';
    put_until(out, at);
}

void json_emit_named(GString *out, const char *name, const char *text) {
    json_emit_text(out, NULL, name);
    g_string_append_c(out, ':');
    g_autoptr(GString) value = g_string_new(NULL);
    json_emit_text(value, NULL, text);
    g_string_append_len(out, value->str, (gssize)value->len);
}

static bool is_printable(const char *text) {
    while (*text >= 0x20 && *text < 0x7f)
        text++;
    return *text == '\0';
}

void json_emit_outside_at(GString *out, struct span key, const char *octets) {
    if (is_printable(octets)) {
        json_emit_text_at(out, key, octets);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(octets, -1);
    GString *clean = g_string_new(NULL);
    for (const char *p = valid; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(clean, g_unichar_iscntrl(c) ? 0xfffd : c);
    }
    json_emit_text_at(out, key, clean->str);
    g_string_free(clean, TRUE);
}

void json_emit_time_at(GString *out, struct span key, int64_t epoch) {
    g_autofree char *text = clock_rfc3339(epoch);
    json_emit_text_at(out, key, text);
}

void json_emit_integer_at(GString *out, struct span key, int64_t value) {
    char digits[sizeof "-9223372036854775808"], *end = digits + sizeof digits, *at = end;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    append_value(out, key, at, (size_t)(end - at));
}

void json_emit_boolean_at(GString *out, struct span key, bool value) {
    append_value(out, key, value ? "true" : "false", value ? 4 : 5);
}

json_t *json_emit_tree(GString *text) {
    json_t *tree = json_loadb(text->str, text->len, 0, NULL);
    g_assert(tree); /* ours, and valid UTF-8 by construction */
    g_string_free(text, TRUE);
    return tree;
}

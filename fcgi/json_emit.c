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

/* Whether none of `n` octets needs an escape; eight a step, the last ones together with some that
 * were looked at before. */
static bool is_plain(const char *text, size_t n) {
    uint64_t word;
    uint32_t first, last;
    if (n < sizeof first) {
        for (; n; n--, text++)
            if ((unsigned char)*text < 0x20 || *text == '"' || *text == '\\')
                return false;
        return true;
    }
    if (n < sizeof word) {
        memcpy(&first, text, sizeof first);
        memcpy(&last, text + n - sizeof last, sizeof last);
        return !has_special((uint64_t)first << 32 | last);
    }
    for (size_t at = 0; at + sizeof word <= n; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if (has_special(word))
            return false;
    }
    memcpy(&word, text + n - sizeof word, sizeof word);
    return !has_special(word);
}

/* Length of what needs no escape. */
static size_t plain_length(const char *text) {
    const unsigned char *at = (const unsigned char *)text;
    while (*at >= 0x20 && *at != '"' && *at != '\\') /* stops at the NUL */
        at++;
    return (size_t)(at - (const unsigned char *)text);
}

/* `after`: what comes behind the closing quotation mark, or NUL for nothing. In one piece where
 * nothing has to be escaped, as is nearly always so. */
static void append_quoted(GString *out, const char *text, char after) {
    size_t n = strlen(text), plain = is_plain(text, n) ? n : plain_length(text);
    gsize at = out->len;
    g_string_set_size(out, at + 1 + plain);
    out->str[at] = '"';
    memcpy(out->str + at + 1, text, plain);
    while (plain < n) {
        append_escaped(out, (unsigned char)text[plain]);
        text += plain + 1;
        n -= plain + 1;
        plain = plain_length(text);
        g_string_append_len(out, text, (gssize)plain);
    }
    g_string_append_c(out, '"');
    if (after)
        g_string_append_c(out, after);
}

/* A value ends in a quotation mark, a bracket, a digit or a letter; lines end in LF. */
static void begin_value(GString *out, const char *key) {
    char last = out->len ? out->str[out->len - 1] : '\n';
    if (last != '{' && last != '[' && last != '\n')
        g_string_append_c(out, ',');
    if (!key)
        return;
    append_quoted(out, key, ':');
}

void json_emit_open(GString *out, const char *key, char bracket) {
    begin_value(out, key);
    g_string_append_c(out, bracket);
}

void json_emit_close(GString *out, char bracket) {
    g_string_append_c(out, bracket);
}

void json_emit_null(GString *out, const char *key) {
    begin_value(out, key);
    g_string_append_len(out, "null", 4);
}

void json_emit_text(GString *out, const char *key, const char *text) {
    begin_value(out, key);
    if (text)
        append_quoted(out, text, '\0');
    else
        g_string_append_len(out, "null", 4);
}

static bool is_printable(const char *text) {
    while (*text >= 0x20 && *text < 0x7f)
        text++;
    return *text == '\0';
}

void json_emit_outside(GString *out, const char *key, const char *octets) {
    if (is_printable(octets)) {
        json_emit_text(out, key, octets);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(octets, -1);
    GString *clean = g_string_new(NULL);
    for (const char *p = valid; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(clean, g_unichar_iscntrl(c) ? 0xfffd : c);
    }
    json_emit_text(out, key, clean->str);
    g_string_free(clean, TRUE);
}

void json_emit_time(GString *out, const char *key, int64_t epoch) {
    g_autofree char *text = clock_rfc3339(epoch);
    json_emit_text(out, key, text);
}

void json_emit_integer(GString *out, const char *key, int64_t value) {
    begin_value(out, key);
    g_string_append_printf(out, "%" G_GINT64_FORMAT, value);
}

void json_emit_boolean(GString *out, const char *key, bool value) {
    begin_value(out, key);
    g_string_append(out, value ? "true" : "false");
}

json_t *json_emit_tree(GString *text) {
    json_t *tree = json_loadb(text->str, text->len, 0, NULL);
    g_assert(tree); /* ours, and valid UTF-8 by construction */
    g_string_free(text, TRUE);
    return tree;
}

/* SPDX-License-Identifier: MIT
 *
 * The content of a part: transfer encoding (RFC 2045 §6) undone by GMime, charset to UTF-8, line
 * ends and control characters made harmless. */
#include "mail/mime.h"

#include "base/base64.h"
#include "base/limits.h"
#include "mail/charset.h"

#include <gmime/gmime.h>

/* GMime skips what it cannot read; whoever looks at a result should know. RFC 2045 §6.7: "=" hex
 * hex, or "=" and perhaps white space at the end of a line. */
static bool is_clean_quoted_printable(struct span s) {
    if (!span_is_ascii(s) || span_find(s, 0x7f) < s.n)
        return false;
    for (size_t i = span_find(s, '='); i < s.n; i += 1 + span_find(span_from(s, i + 1), '=')) {
        size_t at = i + 1;
        while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r'))
            at++;
        if (at >= s.n || s.p[at] == '\n')
            continue;
        if (i + 2 >= s.n || !g_ascii_isxdigit(s.p[i + 1]) || !g_ascii_isxdigit(s.p[i + 2]))
            return false;
    }
    return true;
}

static GBytes *decode(struct span body, GMimeContentEncoding encoding) {
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, encoding);
    gsize room = g_mime_encoding_outlen(&state, body.n);
    char *out = g_malloc(room + 1);
    gsize n = g_mime_encoding_step(&state, body.p, body.n, out);
    return g_bytes_new_take(out, n);
}

/* base64 of RFC 2045 §6.8 as it should be: its alphabet, white space, padding at the end only; NULL
 * if something else is in it. Everybody writes it so, and GMime takes a step for each octet. */
static GBytes *decode_clean_base64(struct span s) {
    size_t room = s.n / 4 * 3 + 3, put = 0, digits = 0, padding = 0;
    unsigned char *out = g_malloc(room);
    uint32_t bits = 0;
    bool clean = true;
    for (size_t i = 0; i < s.n && clean; i++) {
        if (digits % 4 == 0 && !padding)
            put += base64_groups(s, &i, out + put, room - put);
        if (i == s.n)
            break;
        unsigned six = base64_sextet(s.p[i]);
        if (six) {
            clean = padding == 0;
            bits = bits << 6 | (six - 1);
            if (++digits % 4 != 1) /* every digit but the first of four completes an octet */
                out[put++] = (unsigned char)(bits >> (6 - 2 * ((digits - 1) % 4)));
        } else if (s.p[i] == '=') {
            padding++;
        } else {
            clean = strchr(" \t\r\n", s.p[i]) && s.p[i];
        }
    }
    if (clean && (digits + padding) % 4 == 0 && padding <= 2)
        return g_bytes_new_take(out, put);
    g_free(out);
    return NULL;
}

/* RFC 2045 §6.7 (3): white space at the end of an encoded line was added on the way; GMime keeps it
 * and so would miss a soft line break. The next line and its end, without that; what follows. */
static struct span take_encoded_line(struct span *body, struct span *line_end) {
    size_t n = span_find(*body, '\n');
    struct span line = span_first(*body, n);
    bool crlf = line.n && line.p[line.n - 1] == '\r';
    *line_end = n == body->n ? SPAN_NULL : crlf ? SPAN_LIT("\r\n") : SPAN_LIT("\n");
    line.n -= crlf;
    while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
        line.n--;
    *body = span_from(*body, n + 1);
    return line;
}

static char *put(char *at, struct span octets) {
    if (octets.n)
        memcpy(at, octets.p, octets.n);
    return at + octets.n;
}

/* One line and its end; NULL at an "=" that is neither an octet nor, at the end, a soft line break.
 * Copies what stands between two "=" in one go: GMime takes a step for each octet. */
static char *put_encoded_line(char *at, struct span line, struct span line_end) {
    for (size_t n = span_find(line, '='); n < line.n; n = span_find(line, '=')) {
        at = put(at, span_first(line, n));
        if (n + 1 == line.n)
            return at;
        int high = g_ascii_xdigit_value(line.p[n + 1]);
        int low = n + 2 < line.n ? g_ascii_xdigit_value(line.p[n + 2]) : -1;
        if (high < 0 || low < 0)
            return NULL;
        *at++ = (char)(high << 4 | low);
        line = span_from(line, n + 3);
    }
    return put(put(at, line), line_end);
}

/* NULL if something in it is not as RFC 2045 §6.7 wants it: then GMime says what it means. */
static GBytes *decode_clean_quoted_printable(struct span body) {
    char *out = g_malloc(body.n + 1), *at = out;
    while (body.n && at) {
        struct span line_end, line = take_encoded_line(&body, &line_end);
        at = put_encoded_line(at, line, line_end);
    }
    if (at)
        return g_bytes_new_take(out, (gsize)(at - out));
    g_free(out);
    return NULL;
}

static GBytes *decode_quoted_printable(struct span body) {
    GBytes *decoded = decode_clean_quoted_printable(body);
    if (decoded)
        return decoded;
    GString *clean = g_string_sized_new(body.n + 1);
    while (body.n) {
        struct span line_end, line = take_encoded_line(&body, &line_end);
        g_string_append_len(clean, line.p, (gssize)line.n);
        g_string_append_len(clean, line_end.p, (gssize)line_end.n);
    }
    decoded = decode(span_make(clean->str, clean->len), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_string_free(clean, TRUE);
    return decoded;
}

/* What stands after the line "begin MODE NAME" (POSIX uuencode); all of it if there is none. */
static struct span after_begin(struct span body) {
    for (struct span rest = body; rest.n; rest = span_from(rest, span_find(rest, '\n') + 1))
        if (rest.n > 6 && memcmp(rest.p, "begin ", 6) == 0)
            return span_from(rest, span_find(rest, '\n') + 1);
    return body;
}

GBytes *mime_content(const struct mime_part *part, uint32_t *flags) {
    struct span body = part->body;
    bool clean = true;
    GBytes *content = NULL;
    switch (part->encoding) {
    case MIME_BASE64:
        content = decode_clean_base64(body);
        clean = content != NULL;
        if (!clean)
            content = decode(body, GMIME_CONTENT_ENCODING_BASE64);
        break;
    case MIME_QUOTED_PRINTABLE:
        clean = !flags || is_clean_quoted_printable(body);
        content = decode_quoted_printable(body);
        break;
    case MIME_UUENCODE:
        content = decode(after_begin(body), GMIME_CONTENT_ENCODING_UUENCODE);
        break;
    case MIME_OTHER:
        clean = false;
        content = g_bytes_new(body.p, body.n);
        break;
    case MIME_IDENTITY:
        content = g_bytes_new(body.p, body.n);
        break;
    }
    if (flags && !clean)
        *flags |= MIME_BAD_ENCODING;
    return content;
}

/* At most `n` octets, never half a character. */
static void cut_text(GString *text, gsize n) {
    if (text->len <= n)
        return;
    while (n && (text->str[n] & 0xC0) == 0x80)
        n--;
    g_string_truncate(text, n);
}

static bool is_control(gunichar c) {
    return (c < 32 && c != '\t' && c != '\n') || (c >= 127 && c < 160);
}

/* Octets from `p` on that stay as they are: ASCII that is shown, nearly all of most text. Eight a
 * step: the borrow or carry of a neighbour may stop it early, never late. */
static const char *shown_ascii_end(const char *p, const char *end) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    for (uint64_t word; (size_t)(end - p) >= sizeof word; p += sizeof word) {
        memcpy(&word, p, sizeof word);
        if (((word - ones * ' ') | (word + ones) | word) & tops)
            break;
    }
    while (p < end && *p >= ' ' && *p < 0x7f)
        p++;
    return p;
}

/* Line ends to LF, controls to U+FFFD, no byte order mark in front. `text` is valid UTF-8, but may
 * hold NUL. */
static char *tidy(const GString *text) {
    GString *out = g_string_sized_new(text->len + 1);
    const char *end = text->str + text->len;
    for (const char *p = text->str; p < end;) {
        const char *plain = p;
        p = shown_ascii_end(p, end);
        g_string_append_len(out, plain, p - plain);
        if (p == end)
            break;
        gunichar c = g_utf8_get_char(p);
        if (c == '\r') {
            if (p + 1 >= end || p[1] != '\n')
                g_string_append_c(out, '\n');
        } else if (c == '\n') {
            g_string_append_c(out, '\n');
        } else if (is_control(c)) {
            g_string_append(out, "\xEF\xBF\xBD");
        } else if (c != 0xFEFF || p > text->str) {
            g_string_append_unichar(out, c);
        }
        p += g_utf8_skip[(guchar)*p];
    }
    return g_string_free(out, FALSE);
}

/* UTF-8 of octets in the part's charset; a NUL stays a NUL. */
static GString *to_utf8(const struct mime_part *part, struct span octets, uint32_t *flags) {
    GString *text = g_string_sized_new(octets.n + 1);
    if (octets.n == 0)
        return text;
    const char *declared = mime_parameter_find(part, "charset");
    const char *charset = declared && *declared ? declared : charset_guess(octets);
    enum charset_result result = charset_append(text, octets, span_of(charset ? charset : "utf-8"));
    /* An unknown or refused charset (UTF-7): what is ASCII in it can be read. */
    if (result == CHARSET_UNKNOWN)
        charset_append(text, octets, span_of("utf-8"));
    if (result != CHARSET_CLEAN && flags)
        *flags |= MIME_BAD_CHARSET;
    return text;
}

char *mime_text(const struct mime_part *part, gsize limit, uint32_t *flags) {
    GBytes *content = mime_content(part, flags);
    gsize n;
    const char *octets = g_bytes_get_data(content, &n);
    GString *text = to_utf8(part, span_first(span_make(octets, n), limit), flags);
    g_bytes_unref(content);
    cut_text(text, limit);
    char *tidied = tidy(text);
    g_string_free(text, TRUE);
    return tidied;
}

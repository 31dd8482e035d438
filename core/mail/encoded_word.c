/* SPDX-License-Identifier: MIT
 *
 * RFC 2047 §2 and §4, by hand: one word, one pass. */
#include "mail/encoded_word.h"

#include <string.h>

#define CHARSET_NAME_MAX 64 /* no registered name is longer than 45 octets (RFC 2978 §2.3: 40) */

size_t encoded_word_end(struct span text) {
    for (size_t n = text.n; n >= 2; n--)
        if (text.p[n - 1] == '=' && text.p[n - 2] == '?')
            return n;
    return 0;
}

/* token = 1*<any CHAR except SPACE, CTLs, and especials>; "*" begins the language. */
static size_t token_length(struct span text) {
    size_t n = 0;
    while (n < text.n && n <= CHARSET_NAME_MAX && text.p[n] > ' ' && text.p[n] < 127 &&
           !strchr("()<>@,;:\"/[]?.=", text.p[n]))
        n++;
    return n;
}

/* encoded-word = "=?" charset "?" encoding "?" encoded-text "?=" */
bool encoded_word_parse(struct span text, struct encoded_word *word) {
    if (text.n < 8 || text.p[0] != '=' || text.p[1] != '?')
        return false;
    size_t n = token_length(span_from(text, 2));
    struct span after = span_from(text, 2 + n);
    if (!n || n > CHARSET_NAME_MAX || after.n < 5 || after.p[0] != '?' || after.p[2] != '?')
        return false;
    char encoding = g_ascii_toupper(after.p[1]);
    if (encoding != 'B' && encoding != 'Q')
        return false;
    const char *start = after.p + 3, *end = text.p + text.n;
    const char *close = memmem(start, (size_t)(end - start), "?=", 2);
    if (!close)
        return false;
    struct span charset = span_make(text.p + 2, n);
    word->charset = span_first(charset, span_find(charset, '*'));
    word->text = span_make(start, (size_t)(close - start));
    word->length = (size_t)(close + 2 - text.p);
    word->encoding = encoding;
    return true;
}

/* RFC 2047 §4.2 */
static bool append_q(GString *to, struct span text, size_t max) {
    bool clean = true;
    for (size_t i = 0; i < text.n && max; i++, max--) {
        char c = text.p[i];
        if (c == '=' && i + 2 < text.n && g_ascii_isxdigit(text.p[i + 1]) &&
            g_ascii_isxdigit(text.p[i + 2])) {
            c = (char)(g_ascii_xdigit_value(text.p[i + 1]) << 4 |
                       g_ascii_xdigit_value(text.p[i + 2]));
            i += 2;
        } else if (c == '=') {
            clean = false;
        } else if (c == '_') {
            c = ' ';
        }
        g_string_append_c(to, c);
    }
    return clean;
}

static int base64_value(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 2047 §4.1: base64 without line breaks; each padded run starts anew, because some mailers
 * encode piecewise. */
static bool append_b(GString *to, struct span text, size_t max) {
    bool clean = true;
    guint bits = 0;
    guint32 held = 0;
    for (size_t i = 0; i < text.n && max; i++) {
        int value = base64_value(text.p[i]);
        if (value < 0) {
            clean &= text.p[i] == '=' || text.p[i] == ' ' || text.p[i] == '\t';
            if (text.p[i] == '=')
                bits = 0;
            continue;
        }
        held = held << 6 | (guint32)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            g_string_append_c(to, (char)(held >> bits & 0xff));
            max--;
        }
    }
    return clean && bits < 6;
}

bool encoded_word_append(GString *to, const struct encoded_word *word, size_t max) {
    return word->encoding == 'B' ? append_b(to, word->text, max) : append_q(to, word->text, max);
}

/* SPDX-License-Identifier: MIT
 *
 * One walk over the unfolded value that tells three things apart: encoded words, raw ISO-2022-JP,
 * and other octets. */
#include "mail/header.h"

#include "base/limits.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

GString *header_unfold(struct span value) {
    value = span_first(value, LIMIT_FIELD_SIZE);
    GString *out = g_string_sized_new(value.n + 1);
    const char *p = value.p, *end = p + value.n;
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        const char *next = lf ? lf + 1 : end;
        bool fold = lf && next < end && (*next == ' ' || *next == '\t');
        const char *stop = next;
        if (fold)
            stop = lf > p && lf[-1] == '\r' ? lf - 1 : lf;
        g_string_append_len(out, p, stop - p);
        p = next;
    }
    return out;
}

struct span header_unfolded(struct span value, GString **copy) {
    value = span_first(value, LIMIT_FIELD_SIZE);
    if (span_find(value, '\n') == value.n)
        return value;
    *copy = header_unfold(value);
    return span_make((*copy)->str, (*copy)->len);
}

struct decoder {
    GString *out;        /* UTF-8 so far */
    GString *octets;     /* of encoded words in one charset, not yet converted */
    struct span charset; /* theirs */
    bool after_word;     /* an encoded word was the last thing read */
    uint32_t flags;
};

static bool is_full(const struct decoder *d) {
    return d->out->len + d->octets->len > LIMIT_TEXT;
}

static void flush_words(struct decoder *d) {
    if (!d->octets->len)
        return;
    switch (charset_append(d->out, span_make(d->octets->str, d->octets->len), d->charset)) {
    case CHARSET_UNKNOWN:
        g_string_append(d->out, REPLACEMENT);
        d->flags |= TEXT_BAD_CHARSET;
        break;
    case CHARSET_DAMAGED:
        d->flags |= TEXT_BAD_OCTETS;
        break;
    case CHARSET_CLEAN:
        break;
    }
    g_string_truncate(d->octets, 0);
}

static void read_word(struct decoder *d, const struct encoded_word *word) {
    if (!span_eq_nocase(d->charset, word->charset))
        flush_words(d);
    d->charset = word->charset;
    if (!encoded_word_append(d->octets, word, LIMIT_TEXT + 1))
        d->flags |= TEXT_BAD_WORD;
    d->after_word = true;
}

static void append_undeclared(struct decoder *d, struct span text, const char *charset) {
    flush_words(d);
    d->after_word = false;
    if (charset_append(d->out, text, span_of(charset)) == CHARSET_DAMAGED)
        d->flags |= TEXT_BAD_OCTETS;
}

static bool is_blank(struct span text) {
    return span_trim_fws(text).n == 0;
}

static bool has_8bit(struct span text) {
    for (size_t i = 0; i < text.n; i++)
        if ((guchar)text.p[i] > 127)
            return true;
    return false;
}

/* Enough to fill the output, without half a character of UTF-8 at the end. */
static struct span enough_of(struct span text) {
    if (text.n <= LIMIT_TEXT + 4)
        return text;
    size_t n = LIMIT_TEXT + 4;
    for (int back = 0; back < 3 && (text.p[n] & 0xc0) == 0x80; back++)
        n--;
    return span_first(text, n);
}

/* Octets that no encoded word declares. RFC 2047 §6.2: white space between two words is not there;
 * `between` says that another word follows. */
static void read_raw(struct decoder *d, struct span text, bool between) {
    if (!text.n || (between && d->after_word && is_blank(text)))
        return;
    text = enough_of(text);
    const char *charset = "utf-8";
    if (has_8bit(text)) {
        d->flags |= TEXT_8BIT;
        const char *guess = charset_guess(text);
        charset = guess ? guess : "utf-8";
        if (strcmp(charset, "utf-8") != 0)
            d->flags |= TEXT_GUESSED;
    }
    append_undeclared(d, text, charset);
}

static void read_value(struct decoder *d, struct span text) {
    size_t words_end = encoded_word_end(text), raw = 0, at = 0;
    while (at < text.n && !is_full(d)) {
        struct encoded_word word;
        struct span here = span_from(text, at);
        size_t jis = text.p[at] == '\x1b' ? charset_jis_run(here) : 0;
        bool is_word = at < words_end && text.p[at] == '=' &&
                       encoded_word_parse(span_first(here, words_end - at), &word);
        if (!jis && !is_word) {
            at++;
            continue;
        }
        read_raw(d, span_make(text.p + raw, at - raw), is_word);
        if (is_word) {
            read_word(d, &word);
        } else {
            append_undeclared(d, span_first(here, MIN(jis, LIMIT_TEXT + 4)), "iso-2022-jp");
            d->flags |= TEXT_RAW_JIS | TEXT_GUESSED;
        }
        raw = at += is_word ? word.length : jis;
    }
    if (!is_full(d))
        read_raw(d, span_from(text, raw), false);
    flush_words(d);
}

/* One line of printable text: tabs are spaces, what else controls anything is U+FFFD. */
static char *without_controls(struct decoder *d) {
    GString *text = g_string_sized_new(d->out->len + 1);
    const char *end = d->out->str + d->out->len;
    const char *p = d->out->str;
    for (; p < end && text->len + 4 <= LIMIT_TEXT; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
        if (c == '\t') {
            g_string_append_c(text, ' ');
        } else if (control) {
            g_string_append(text, REPLACEMENT);
            d->flags |= TEXT_CONTROL;
        } else {
            g_string_append_len(text, p, g_utf8_skip[(guchar)*p]);
        }
    }
    if (p < end)
        d->flags |= TEXT_CUT;
    return g_string_free(text, FALSE);
}

/* Printable ASCII on one line without an encoded word: most values, and nothing to do. */
static bool is_plain(struct span text) {
    for (size_t i = 0; i < text.n; i++) {
        guchar c = (guchar)text.p[i];
        if (c < 0x20 || c >= 0x7f || (c == '?' && i && text.p[i - 1] == '='))
            return false;
    }
    return text.n < LIMIT_TEXT;
}

char *header_decode(struct span value, uint32_t *flags) {
    if (is_plain(span_trim_fws(value)))
        return span_dup(span_trim_fws(value));
    g_autoptr(GString) unfolded = NULL;
    struct span line = header_unfolded(value, &unfolded);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) octets = g_string_new(NULL);
    struct decoder d = {.out = out, .octets = octets};
    read_value(&d, span_trim_fws(line));
    char *text = without_controls(&d);
    if (flags)
        *flags |= d.flags;
    return text;
}

char *header_text(struct span value, uint32_t *flags) {
    g_autofree char *decoded = header_decode(value, flags);
    return display_text(span_of(decoded), flags);
}

bool header_has_encoded_word(struct span text) {
    text = span_first(text, encoded_word_end(text));
    struct encoded_word word;
    for (size_t at = 0; at < text.n; at++)
        if (text.p[at] == '=' && encoded_word_parse(span_from(text, at), &word))
            return true;
    return false;
}

/* SPDX-License-Identifier: MIT */
#include "mail/mime_preview.h"

#include "base/limits.h"
#include "mail/display.h"
#include "mail/mime_body.h"
#include "mail/mime_markup.h"

/* Quoted lines and what introduces a signature are not news ("-- " is RFC 3676 §4.3). */
static void append_own_lines(const char *text, GString *to) {
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n == 3 && memcmp(text, "-- ", 3) == 0)
            return;
        if (*text != '>') {
            g_string_append_len(to, text, (gssize)n);
            g_string_append_c(to, ' ');
        }
        text += n + (text[n] == '\n');
    }
}

static void append_parts(const GPtrArray *parts, GString *to) {
    for (guint i = 0; i < parts->len && to->len < LIMIT_PREVIEW_SOURCE; i++) {
        const struct mime_part *part = parts->pdata[i];
        g_autofree char *text = mime_text(part, LIMIT_PREVIEW_SOURCE, NULL);
        if (mime_is(part, "text/html"))
            mime_markup_text(text, to);
        else
            append_own_lines(text, to);
    }
}

/* A cut body may end in half a character; the U+FFFD it became is not the sender's. */
static void drop_cut_end(GString *text) {
    while (text->len >= 3 && (g_str_has_suffix(text->str, "\xEF\xBF\xBD") ||
                              g_ascii_isspace(text->str[text->len - 1])))
        g_string_truncate(text, text->len - (g_ascii_isspace(text->str[text->len - 1]) ? 1 : 3));
}

static char *finish(GString *text) {
    for (gsize i = 0; i < text->len; i++)
        if (g_ascii_isspace(text->str[i]))
            text->str[i] = ' ';
    drop_cut_end(text);
    char *line = display_text(span_make(text->str, text->len), NULL);
    if (strlen(line) > LIMIT_PREVIEW) {
        size_t n = LIMIT_PREVIEW;
        while (n && (line[n] & 0xC0) == 0x80)
            n--;
        line[n] = '\0';
    }
    return g_strchomp(line);
}

char *mime_preview(const struct message *message) {
    struct message beginning = *message;
    beginning.body = span_first(message->body, LIMIT_PREVIEW_SOURCE);
    OWNED(mime) mime = mime_parse(&beginning);
    OWNED(mime_body) body = mime_body_choose(mime);
    GString *text = g_string_new(NULL);
    if (body->has_html)
        append_parts(body->html, text);
    g_strstrip(text->str);
    text->len = strlen(text->str);
    if (text->len == 0)
        append_parts(body->plain, text);
    char *preview = finish(text);
    g_string_free(text, TRUE);
    return preview;
}

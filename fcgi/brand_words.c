/* SPDX-License-Identifier: MIT */
#include "fcgi/brand_words.h"

#include <string.h>

static const struct said {
    const char *code, *english, *japanese;
} table[BRAND_SAID__MAX] = {
#define BRAND_SAID(name, code, en, ja) [BRAND_SAID_##name] = {code, en, ja},
#include "fcgi/brand_words.def"
};

static const struct title {
    const char *step, *english, *japanese;
} titles[] = {
#define BRAND_STEP(name, en, ja) {name, en, ja},
#include "fcgi/brand_words.def"
};

static bool is_japanese(const char *lang) {
    return strcmp(lang, "ja") == 0;
}

const char *brand_words_code(enum brand_said said) {
    g_assert(said > BRAND_SAID_NOTHING && said < BRAND_SAID__MAX);
    return table[said].code;
}

char *brand_words_text(enum brand_said said, const char *const found[static BRAND_FOUND_MAX],
                       const char *lang) {
    g_assert(said > BRAND_SAID_NOTHING && said < BRAND_SAID__MAX);
    GString *text = g_string_new(NULL);
    const char *p = is_japanese(lang) ? table[said].japanese : table[said].english;
    for (const char *gap; (gap = strchr(p, '{')); p = gap + strlen("{1}")) {
        int n = gap[1] - '1';
        g_assert(n >= 0 && n < BRAND_FOUND_MAX && gap[2] == '}');
        g_string_append_len(text, p, gap - p);
        g_string_append(text, found[n] ? found[n] : "");
    }
    g_string_append(text, p);
    return g_string_free(text, FALSE);
}

const char *brand_words_title(const char *step, const char *lang) {
    for (guint i = 0; i < G_N_ELEMENTS(titles); i++)
        if (strcmp(titles[i].step, step) == 0)
            return is_japanese(lang) ? titles[i].japanese : titles[i].english;
    return step;
}

enum brand_said brand_words_fetch(enum https_status status) {
    static const enum brand_said said[HTTPS__MAX] = {
        [HTTPS_BAD_URL] = BRAND_SAID_FETCH_BAD_URL,
        [HTTPS_BAD_ADDRESS] = BRAND_SAID_FETCH_BAD_ADDRESS,
        [HTTPS_NO_HOST] = BRAND_SAID_FETCH_NO_HOST,
        [HTTPS_REDIRECT] = BRAND_SAID_FETCH_REDIRECT,
        [HTTPS_REFUSED] = BRAND_SAID_FETCH_REFUSED,
        [HTTPS_TOO_LARGE] = BRAND_SAID_FETCH_TOO_LARGE,
        [HTTPS_TLS] = BRAND_SAID_FETCH_TLS,
        [HTTPS_RATE] = BRAND_SAID_FETCH_RATE,
        [HTTPS_DNS] = BRAND_SAID_FETCH_DNS,
        [HTTPS_CONNECT] = BRAND_SAID_FETCH_CONNECT,
        [HTTPS_LATE] = BRAND_SAID_FETCH_LATE,
        [HTTPS_FAILED] = BRAND_SAID_FETCH_FAILED,
        [HTTPS_STOPPED] = BRAND_SAID_FETCH_STOPPED,
    };
    return said[status] ? said[status] : BRAND_SAID_FETCH_STOPPED;
}

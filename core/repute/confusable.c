/* SPDX-License-Identifier: MIT */
#include "repute/confusable.h"

#include "base/limits.h"

#include <string.h>
#include <unicode/uidna.h>
#include <unicode/uspoof.h>

struct confusables {
    USpoofChecker *checker;
    UIDNA *names;
};

struct confusables *confusables_new(void) {
    UErrorCode status = U_ZERO_ERROR;
    struct confusables *confusables = g_new0(struct confusables, 1);
    confusables->checker = uspoof_open(&status);
    confusables->names = uidna_openUTS46(UIDNA_DEFAULT, &status);
    g_assert(U_SUCCESS(status));
    return confusables;
}

void confusables_free(struct confusables *confusables) {
    if (!confusables)
        return;
    uspoof_close(confusables->checker);
    uidna_close(confusables->names);
    g_free(confusables);
}

/* The beginning, cut between characters. */
static char *cut(const char *text) {
    size_t n = strnlen(text, LIMIT_LOOKALIKE_TEXT + 1);
    if (n > LIMIT_LOOKALIKE_TEXT)
        for (n = LIMIT_LOOKALIKE_TEXT; n && ((guchar)text[n] & 0xc0) == 0x80;)
            n--;
    return g_utf8_make_valid(text, (gssize)n);
}

/* UTS #39 §4. A character becomes at most 18 UTF-16 units in ICU's table; what still does not fit
 * stays as it is. */
static char *skeleton(const struct confusables *confusables, const char *text) {
    enum { SPACE = LIMIT_LOOKALIKE_TEXT * 18 };
    char out[SPACE];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = uspoof_getSkeletonUTF8(confusables->checker, 0, text, -1, out, SPACE, &status);
    return U_SUCCESS(status) && n < SPACE ? g_strndup(out, (gsize)n) : g_strdup(text);
}

static bool is_ascii(const char *text) {
    for (; *text; text++)
        if ((guchar)*text > 127)
            return false;
    return true;
}

/* What passes for what among letters and digits of ASCII: beyond Unicode's table (0 1 and rn) also
 * the digits of number plates, and i for l. NULL: the character itself. */
static const char *plain_twin(char c) {
    static const char *const twins[128] = {
        ['0'] = "o", ['1'] = "l", ['3'] = "e",  ['4'] = "a", ['5'] = "s",
        ['7'] = "t", ['i'] = "l", ['m'] = "rn", ['-'] = "",  ['_'] = ""};
    return (guchar)c < 128 ? twins[(guchar)c] : NULL;
}

/* Of ASCII in either case. */
static char *plain(const char *text) {
    char *out = g_malloc(strlen(text) * 2 + 1), *put = out; /* no twin is longer than "rn" */
    for (const char *p = text; *p; p++) {
        char c = g_ascii_tolower(*p);
        const char *twin = plain_twin(c);
        bool double_v = c == 'v' && g_ascii_tolower(p[1]) == 'v';
        if (twin)
            put = stpcpy(put, twin);
        else
            *put++ = double_v ? 'w' : c;
        p += double_v;
    }
    *put = '\0';
    return out;
}

/* Lower case before the skeleton (that of "I" is "l", of "i" itself) and after it (that of "0" is
 * "O"). ASCII needs no table but ours: most names are spared ICU. */
char *confusable_fold(const struct confusables *confusables, const char *text) {
    if (is_ascii(text) && strlen(text) <= LIMIT_LOOKALIKE_TEXT)
        return plain(text);
    g_autofree char *beginning = cut(text);
    g_autofree char *lower = g_utf8_strdown(beginning, -1);
    if (is_ascii(lower))
        return plain(lower);
    g_autofree char *bare = skeleton(confusables, lower);
    g_autofree char *folded = g_utf8_strdown(bare, -1);
    return plain(folded);
}

char *confusable_label(const struct confusables *confusables, const char *label) {
    char out[LIMIT_DOMAIN + 1];
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    if (!g_str_has_prefix(label, "xn--"))
        return g_strdup(label);
    int32_t n =
        uidna_labelToUnicodeUTF8(confusables->names, label, -1, out, sizeof out, &info, &status);
    bool decoded = U_SUCCESS(status) && n > 0 && (size_t)n < sizeof out &&
                   !(info.errors & (UIDNA_ERROR_PUNYCODE | UIDNA_ERROR_INVALID_ACE_LABEL));
    return decoded ? g_strndup(out, (gsize)n) : g_strdup(label);
}

/* Marks above Latin letters are no other alphabet: only scripts that have twins of ASCII letters.
 */
static bool is_other_alphabet(gunichar c) {
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_CYRILLIC:
    case G_UNICODE_SCRIPT_GREEK:
    case G_UNICODE_SCRIPT_ARMENIAN:
    case G_UNICODE_SCRIPT_CHEROKEE:
    case G_UNICODE_SCRIPT_COPTIC:
    case G_UNICODE_SCRIPT_LISU:
        return true;
    default:
        return false;
    }
}

static bool word_is_mixed(const struct confusables *confusables, const char *word) {
    bool latin = false, other = false;
    for (const char *p = word; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        latin |= c < 128 && g_ascii_isalpha((char)c);
        other |= is_other_alphabet(c);
    }
    if (!latin || !other)
        return false;
    g_autofree char *bare = skeleton(confusables, word);
    return is_ascii(bare);
}

static bool ends_word(gunichar c) {
    return !c || !g_unichar_isalnum(c);
}

bool confusable_is_mixed(const struct confusables *confusables, const char *text) {
    if (is_ascii(text))
        return false;
    g_autofree char *beginning = cut(text);
    const char *start = beginning;
    bool mixed = false;
    while (*start && !mixed) {
        const char *end = start;
        while (!ends_word(g_utf8_get_char(end)))
            end += g_utf8_skip[(guchar)*end];
        g_autofree char *word = g_strndup(start, (gsize)(end - start));
        mixed = word_is_mixed(confusables, word);
        start = *end ? end + g_utf8_skip[(guchar)*end] : end;
    }
    return mixed;
}

bool confusable_domain_is_mixed(const struct confusables *confusables, const char *domain) {
    bool mixed = false;
    if (!strstr(domain, "xn--"))
        return false;
    g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
    for (char **label = labels; *label && !mixed; label++) {
        g_autofree char *text = confusable_label(confusables, *label);
        mixed = confusable_is_mixed(confusables, text);
    }
    return mixed;
}

/* SPDX-License-Identifier: MIT
 *
 * One pass with one character of look-back and one of look-ahead: what a character may do depends
 * on its neighbours, never on the whole text. */
#include "mail/display.h"

struct range {
    gunichar first, last;
};

#define IN(ranges, c) in_ranges(ranges, G_N_ELEMENTS(ranges), c)

static bool in_ranges(const struct range *ranges, size_t n, gunichar c) {
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* UAX #9 §2: embeddings, overrides, isolates. */
static const struct range bidi[] = {{0x202a, 0x202e}, {0x2066, 0x2069}};

/* Direction marks: of use, and no surprise, in text that runs from right to left. */
static const struct range direction_marks[] = {{0x200e, 0x200f}, {0x061c, 0x061c}};

/* Characters that print nothing (Default_Ignorable_Code_Point and blanks that are no spaces). */
static const struct range invisible[] = {
    {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x0600, 0x0605},   {0x06dd, 0x06dd},
    {0x070f, 0x070f},   {0x0890, 0x0891},   {0x08e2, 0x08e2},   {0x115f, 0x1160},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200d},   {0x2060, 0x2065},
    {0x206a, 0x206f},   {0x2800, 0x2800},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},   {0x110bd, 0x110bd},
    {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
};

/* Filled rings, check marks, locks, keys and shields, stamps of approval, and signs that draw a
 * ring around the character before them: our marks are round seals, ticks and locks. */
static const struct range marks[] = {
    {0x20dd, 0x20df},   {0x20e2, 0x20e2},   {0x20e4, 0x20e4},   {0x221a, 0x221a},
    {0x2299, 0x229b},   {0x233e, 0x233e},   {0x237b, 0x237b},   {0x25c9, 0x25c9},
    {0x25ce, 0x25ce},   {0x2609, 0x2609},   {0x2611, 0x2611},   {0x26bf, 0x26bf},
    {0x26e8, 0x26e8},   {0x2705, 0x2705},   {0x2713, 0x2714},   {0x29be, 0x29bf},
    {0x2a00, 0x2a00},   {0x2b57, 0x2b57},   {0x329e, 0x329e},   {0x32a3, 0x32a3},
    {0x1f197, 0x1f197}, {0x1f234, 0x1f234}, {0x1f250, 0x1f251}, {0x1f396, 0x1f396},
    {0x1f3c5, 0x1f3c5}, {0x1f4ae, 0x1f4ae}, {0x1f4db, 0x1f4db}, {0x1f50f, 0x1f513},
    {0x1f518, 0x1f518}, {0x1f530, 0x1f530}, {0x1f5dd, 0x1f5dd}, {0x1f5f8, 0x1f5f9},
    {0x1f6e1, 0x1f6e1}, {0x1fbb1, 0x1fbb1},
};

struct neighbours {
    gunichar before; /* the last character that was kept, 0 at the start */
    gunichar after;  /* the next one, 0 at the end */
    bool after_mark; /* one of our marks has just been taken away */
    bool right_to_left;
};

/* What an emoji sequence is made of: symbols, their skin tones and variation selectors. */
static bool is_symbol(gunichar c) {
    switch (g_unichar_type(c)) {
    case G_UNICODE_OTHER_SYMBOL:
    case G_UNICODE_MODIFIER_SYMBOL:
    case G_UNICODE_MATH_SYMBOL:
    case G_UNICODE_OTHER_PUNCTUATION: /* U+203C */
        return c > 127;
    default:
        return c == 0xfe0f;
    }
}

/* Scripts in which U+200C and U+200D choose between letter shapes (RFC 5892 appendix A). */
static bool has_joiners(gunichar c) {
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_ARABIC:
    case G_UNICODE_SCRIPT_SYRIAC:
    case G_UNICODE_SCRIPT_NKO:
    case G_UNICODE_SCRIPT_MONGOLIAN:
    case G_UNICODE_SCRIPT_DEVANAGARI:
    case G_UNICODE_SCRIPT_BENGALI:
    case G_UNICODE_SCRIPT_GURMUKHI:
    case G_UNICODE_SCRIPT_GUJARATI:
    case G_UNICODE_SCRIPT_ORIYA:
    case G_UNICODE_SCRIPT_TAMIL:
    case G_UNICODE_SCRIPT_TELUGU:
    case G_UNICODE_SCRIPT_KANNADA:
    case G_UNICODE_SCRIPT_MALAYALAM:
    case G_UNICODE_SCRIPT_SINHALA:
    case G_UNICODE_SCRIPT_KHMER:
        return true;
    default:
        return false;
    }
}

/* Invisible, but it shapes what stands before it: kept. */
static bool has_use(gunichar c, const struct neighbours *near) {
    if (c == 0x200c || c == 0x200d)
        return (has_joiners(near->before) && has_joiners(near->after)) ||
               (c == 0x200d && is_symbol(near->before) && is_symbol(near->after) &&
                near->after != 0xfe0f);
    if (c == 0xfe0e || c == 0xfe0f)
        return (is_symbol(near->before) && near->before != 0xfe0f) || near->after == 0x20e3;
    bool variation = (c >= 0xfe00 && c <= 0xfe02) || (c >= 0xe0100 && c <= 0xe01ef);
    return variation && g_unichar_get_script(near->before) == G_UNICODE_SCRIPT_HAN;
}

/* Invisible and gone, but nobody is fooled by it: no flag. */
static bool is_harmless(gunichar c, const struct neighbours *near) {
    return (c == 0xfeff && !near->before) || /* byte order mark */
           ((c == 0xfe0e || c == 0xfe0f) && near->after_mark) ||
           (c >= 0xe0020 && c <= 0xe007f && near->before == 0x1f3f4); /* flag of a region */
}

static bool is_control(gunichar c) {
    return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/* The character to show, or 0 for none. */
static gunichar shown(gunichar c, const struct neighbours *near, uint32_t *flags) {
    if (c >= 0x20 && c < 0x7f)
        return c;
    if (is_control(c)) {
        *flags |= TEXT_CONTROL;
        return 0xfffd;
    }
    if (IN(bidi, c)) {
        *flags |= TEXT_BIDI;
        return 0;
    }
    if (IN(direction_marks, c)) {
        *flags |= near->right_to_left ? 0 : TEXT_INVISIBLE;
        return 0;
    }
    if (IN(invisible, c)) {
        if (has_use(c, near))
            return c;
        *flags |= is_harmless(c, near) ? 0 : TEXT_INVISIBLE;
        return 0;
    }
    if (IN(marks, c)) {
        *flags |= TEXT_MARK;
        return 0;
    }
    return c;
}

static bool runs_right_to_left(const char *text) {
    for (const char *p = text; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        if ((c >= 0x590 && c <= 0x8ff && c != 0x61c) || (c >= 0xfb1d && c <= 0xfdff) ||
            (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c <= 0x10fff) ||
            (c >= 0x1e800 && c <= 0x1efff))
            return true;
    }
    return false;
}

static bool is_space(gunichar c) {
    return c == '\t' || g_unichar_type(c) == G_UNICODE_SPACE_SEPARATOR;
}

/* NUL would end the string before its end: it is replaced here, with what is not UTF-8. */
static char *valid_text(struct span text, uint32_t *flags) {
    g_autoptr(GString) copy = g_string_sized_new(text.n + 1);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i]) {
            g_string_append_c(copy, text.p[i]);
        } else {
            g_string_append(copy, "\xef\xbf\xbd");
            *flags |= TEXT_CONTROL;
        }
    }
    if (!g_utf8_validate(copy->str, (gssize)copy->len, NULL))
        *flags |= TEXT_BAD_OCTETS;
    return g_utf8_make_valid(copy->str, (gssize)copy->len);
}

bool display_is_plain(struct span text) {
    bool space = true;
    for (size_t i = 0; i < text.n; i++) {
        guchar c = (guchar)text.p[i];
        if (c < 0x20 || c >= 0x7f || (c == ' ' && space))
            return false;
        space = c == ' ';
    }
    return !space || !text.n;
}

char *display_text(struct span text, uint32_t *flags) {
    if (display_is_plain(text))
        return span_dup(text);
    uint32_t found = 0;
    g_autofree char *valid = valid_text(text, &found);
    GString *out = g_string_sized_new(text.n + 1);
    struct neighbours near = {.right_to_left = runs_right_to_left(valid)};
    gunichar space = 0; /* what the run of white space before this character becomes */
    for (const char *p = valid; *p;) {
        gunichar c = g_utf8_get_char(p);
        p += g_utf8_skip[(guchar)*p];
        if (is_space(c)) {
            space = space || c != 0x3000 ? ' ' : c; /* a lone ideographic space stays */
            continue;
        }
        near.after = g_utf8_get_char(p);
        gunichar kept = shown(c, &near, &found);
        near.after_mark = !kept && (IN(marks, c) || near.after_mark);
        if (!kept)
            continue;
        if (space && out->len)
            g_string_append_unichar(out, space);
        g_string_append_unichar(out, kept);
        near.before = kept;
        space = 0;
    }
    if (flags)
        *flags |= found;
    return g_string_free(out, FALSE);
}

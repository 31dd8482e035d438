/* SPDX-License-Identifier: MIT */
#include "mail/html_css.h"

#include "base/limits.h"
#include "mail/html_css_token.h"

#include <math.h>

/* What a property's value may be made of. */
enum {
    WORD = 1 << 0,
    LENGTH = 1 << 1, /* number, percentage, dimension; never negative */
    COLOR = 1 << 2,
    FONT = 1 << 3, /* strings and commas */
    SLASH = 1 << 4,
    DISPLAY = 1 << 5, /* words of display alone */
    SIZE = 1 << 6,    /* a font size: lengths up to LARGEST_FONT */
    BACKGROUND = 1 << 7
};

#define LARGEST_LENGTH 5000 /* in any unit: nobody's screen */
#define LARGEST_FONT 120    /* px, pt; 12 em */

static const struct property {
    const char *name;
    guint allowed;
} properties[] = {
    {"background", BACKGROUND},
    {"background-color", COLOR | WORD},
    {"border", WORD | LENGTH | COLOR},
    {"border-bottom", WORD | LENGTH | COLOR},
    {"border-bottom-color", WORD | COLOR},
    {"border-bottom-left-radius", LENGTH},
    {"border-bottom-right-radius", LENGTH},
    {"border-bottom-style", WORD},
    {"border-bottom-width", WORD | LENGTH},
    {"border-collapse", WORD},
    {"border-color", WORD | COLOR},
    {"border-left", WORD | LENGTH | COLOR},
    {"border-left-color", WORD | COLOR},
    {"border-left-style", WORD},
    {"border-left-width", WORD | LENGTH},
    {"border-radius", LENGTH | SLASH},
    {"border-right", WORD | LENGTH | COLOR},
    {"border-right-color", WORD | COLOR},
    {"border-right-style", WORD},
    {"border-right-width", WORD | LENGTH},
    {"border-spacing", LENGTH},
    {"border-style", WORD},
    {"border-top", WORD | LENGTH | COLOR},
    {"border-top-color", WORD | COLOR},
    {"border-top-left-radius", LENGTH},
    {"border-top-right-radius", LENGTH},
    {"border-top-style", WORD},
    {"border-top-width", WORD | LENGTH},
    {"border-width", WORD | LENGTH},
    {"box-sizing", WORD},
    {"caption-side", WORD},
    {"clear", WORD},
    {"color", WORD | COLOR},
    {"direction", WORD},
    {"display", DISPLAY},
    {"empty-cells", WORD},
    {"float", WORD},
    {"font", WORD | LENGTH | FONT | SLASH | SIZE},
    {"font-family", WORD | FONT},
    {"font-size", WORD | SIZE},
    {"font-style", WORD},
    {"font-variant", WORD},
    {"font-weight", WORD | LENGTH},
    {"height", WORD | LENGTH},
    {"letter-spacing", WORD | LENGTH},
    {"line-height", WORD | LENGTH},
    {"list-style", WORD},
    {"list-style-position", WORD},
    {"list-style-type", WORD},
    {"margin", WORD | LENGTH},
    {"margin-bottom", WORD | LENGTH},
    {"margin-left", WORD | LENGTH},
    {"margin-right", WORD | LENGTH},
    {"margin-top", WORD | LENGTH},
    {"max-height", WORD | LENGTH},
    {"max-width", WORD | LENGTH},
    {"min-height", WORD | LENGTH},
    {"min-width", WORD | LENGTH},
    {"opacity", LENGTH},
    {"overflow", WORD},
    {"overflow-wrap", WORD},
    {"padding", WORD | LENGTH},
    {"padding-bottom", WORD | LENGTH},
    {"padding-left", WORD | LENGTH},
    {"padding-right", WORD | LENGTH},
    {"padding-top", WORD | LENGTH},
    {"table-layout", WORD},
    {"text-align", WORD},
    {"text-decoration", WORD | COLOR},
    {"text-decoration-color", WORD | COLOR},
    {"text-decoration-line", WORD},
    {"text-decoration-style", WORD},
    {"text-indent", LENGTH},
    {"text-transform", WORD},
    {"vertical-align", WORD | LENGTH},
    {"visibility", WORD},
    {"white-space", WORD},
    {"width", WORD | LENGTH},
    {"word-break", WORD},
    {"word-spacing", WORD | LENGTH},
    {"word-wrap", WORD},
};

static const char *const units[] = {"px", "pt", "em", "rem", "ex", "ch", "pc", "in", "cm", "mm"};

static const char *const displays[] = {"block",
                                       "inline",
                                       "inline-block",
                                       "none",
                                       "table",
                                       "inline-table",
                                       "table-row",
                                       "table-cell",
                                       "table-row-group",
                                       "list-item",
                                       "table-column",
                                       "table-caption",
                                       "table-header-group",
                                       "table-footer-group"};

/* Words of the background shorthand that are no colour. */
static const char *const not_colors[] = {
    "none",  "repeat", "no-repeat", "repeat-x",   "repeat-y",    "scroll",      "fixed",   "local",
    "left",  "right",  "top",       "bottom",     "center",      "cover",       "contain", "auto",
    "space", "round",  "initial",   "border-box", "padding-box", "content-box", "unset"};

#define IS_ONE_OF(list, name) is_one_of(list, G_N_ELEMENTS(list), name)

static bool is_one_of(const char *const *list, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static guint allowed_of(const char *name) {
    size_t low = 0, high = G_N_ELEMENTS(properties);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, properties[middle].name);
        if (order == 0)
            return properties[middle].allowed;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

/* keyword: letters, digits and inner hyphens; no vendor prefix, no custom property */
static bool is_word(const char *text) {
    if (!g_ascii_isalpha(*text))
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && *text != '-')
            return false;
    return true;
}

static bool is_hex_color(const char *digits) {
    size_t n = strlen(digits);
    return (n == 3 || n == 4 || n == 6 || n == 8) && strspn(digits, "0123456789abcdefABCDEF") == n;
}

bool css_is_color(struct span text) {
    g_autofree char *copy = span_dup(text);
    if (strlen(copy) != text.n || text.n > 32)
        return false;
    return *copy == '#' ? is_hex_color(copy + 1)
                        : is_word(copy) && !strchr(copy, '-') && !IS_ONE_OF(not_colors, copy);
}

/* At most three decimals, none that say nothing: writing what was read gives the same again. */
static void append_number(GString *to, double number) {
    char text[G_ASCII_DTOSTR_BUF_SIZE + 16];
    g_ascii_formatd(text, sizeof text, "%.3f", number);
    size_t n = strlen(text);
    while (text[n - 1] == '0')
        n--;
    text[n - (text[n - 1] == '.')] = '\0';
    g_string_append(to, strcmp(text, "-0") == 0 ? "0" : text);
}

static void separate(GString *to) {
    if (to->len && !strchr(",/( ", to->str[to->len - 1]))
        g_string_append_c(to, ' ');
}

static bool take_word(const struct css_lexer *l, guint allowed, GString *to) {
    g_autofree char *word = g_ascii_strdown(l->text->str, -1);
    if (!is_word(word) || (allowed & DISPLAY && !IS_ONE_OF(displays, word)))
        return false;
    if (allowed & BACKGROUND && IS_ONE_OF(not_colors, word))
        return true;
    if (!(allowed & (WORD | DISPLAY | BACKGROUND)))
        return false;
    separate(to);
    g_string_append(to, word);
    return true;
}

static bool take_length(const struct css_lexer *l, guint allowed, GString *to) {
    g_autofree char *unit = g_ascii_strdown(l->text->str, -1);
    if (allowed & BACKGROUND)
        return true;
    if (!(allowed & (LENGTH | SIZE)) || !isfinite(l->number) || l->number < 0 ||
        l->number > LARGEST_LENGTH)
        return false;
    if (l->type == CSS_DIMENSION && !IS_ONE_OF(units, unit))
        return false;
    if (allowed & SIZE && l->type == CSS_PERCENTAGE && l->number > 1000)
        return false;
    bool relative = l->type == CSS_DIMENSION && strchr(unit, 'm') && *unit != 'm' && *unit != 'c';
    if (allowed & SIZE && l->type == CSS_DIMENSION &&
        l->number > (relative ? LARGEST_FONT / 10 : LARGEST_FONT))
        return false;
    separate(to);
    append_number(to, l->number);
    if (l->type != CSS_NUMBER)
        g_string_append(to, l->type == CSS_PERCENTAGE ? "%" : unit);
    return true;
}

/* rgb(), rgba(), hsl(), hsla() of numbers, percentages, commas and a slash */
static bool take_color_function(struct css_lexer *l, GString *to) {
    static const char *const functions[] = {"rgb", "rgba", "hsl", "hsla"};
    g_autofree char *name = g_ascii_strdown(l->text->str, -1);
    if (!IS_ONE_OF(functions, name))
        return false;
    separate(to);
    g_string_append_printf(to, "%s(", name);
    for (;;) {
        switch (css_next(l)) {
        case CSS_SPACE:
            break;
        case CSS_NUMBER:
        case CSS_PERCENTAGE:
            if (!isfinite(l->number) || fabs(l->number) > LARGEST_LENGTH)
                return false;
            separate(to);
            append_number(to, l->number);
            if (l->type == CSS_PERCENTAGE)
                g_string_append_c(to, '%');
            break;
        case CSS_DELIM:
            if (l->octet != ',' && l->octet != '/')
                return false;
            g_string_append_c(to, l->octet);
            break;
        case CSS_CLOSE:
            g_string_append_c(to, ')');
            return l->octet == ')';
        default:
            return false;
        }
    }
}

/* A font's name: letters of any script, digits, spaces, "_", "-", "." */
static bool take_string(const struct css_lexer *l, guint allowed, GString *to) {
    const char *text = l->text->str;
    if (!(allowed & FONT) || !g_utf8_validate(text, (gssize)l->text->len, NULL))
        return false;
    for (const char *p = text; *p; p++)
        if ((guchar)*p < 128 && !g_ascii_isalnum(*p) && !strchr(" _-.", *p))
            return false;
    separate(to);
    g_string_append_printf(to, "'%s'", text);
    return true;
}

static bool take_delim(const struct css_lexer *l, guint allowed, GString *to) {
    if (allowed & BACKGROUND)
        return l->octet == ',' || l->octet == '/';
    bool fits = (l->octet == ',' && allowed & FONT) || (l->octet == '/' && allowed & SLASH);
    if (fits && to->len)
        g_string_append_c(to, l->octet);
    return fits;
}

/* url("…") has a string of its own inside; that it was there is all we want to know. */
static bool take_function(struct css_lexer *l, guint allowed, GString *to,
                          struct css_findings *findings) {
    if (g_ascii_strcasecmp(l->text->str, "url") != 0)
        return allowed & (COLOR | BACKGROUND) && take_color_function(l, to);
    findings->remote++;
    while (css_next(l) == CSS_SPACE || l->type == CSS_STRING)
        ;
    return allowed & BACKGROUND && l->type == CSS_CLOSE;
}

static bool take_token(struct css_lexer *l, guint allowed, GString *to,
                       struct css_findings *findings) {
    switch (l->type) {
    case CSS_SPACE:
        return true;
    case CSS_IDENT:
        return take_word(l, allowed, to);
    case CSS_NUMBER:
    case CSS_PERCENTAGE:
    case CSS_DIMENSION:
        return take_length(l, allowed, to);
    case CSS_HASH:
        if (!(allowed & (COLOR | BACKGROUND)) || !is_hex_color(l->text->str))
            return false;
        separate(to);
        g_string_append_printf(to, "#%s", l->text->str);
        return true;
    case CSS_FUNCTION:
        return take_function(l, allowed, to, findings);
    case CSS_URL:
        findings->remote++;
        return allowed & BACKGROUND;
    case CSS_STRING:
        return take_string(l, allowed, to);
    case CSS_DELIM:
        return take_delim(l, allowed, to);
    default:
        return false;
    }
}

static bool at_end(const struct css_lexer *l) {
    return l->type == CSS_END || (l->type == CSS_DELIM && l->octet == ';');
}

/* To the ";" that ends this declaration: not one inside brackets (CSS Syntax §5.4.4). */
static void skip_declaration(struct css_lexer *l, struct css_findings *findings) {
    guint depth = 0;
    for (; l->type != CSS_END && (depth || !at_end(l)); css_next(l)) {
        if (l->type == CSS_OPEN || l->type == CSS_FUNCTION)
            depth++;
        else if (l->type == CSS_CLOSE && depth)
            depth--;
        if (l->type == CSS_URL ||
            (l->type == CSS_FUNCTION && g_ascii_strcasecmp(l->text->str, "url") == 0))
            findings->remote++;
    }
}

static bool is_important(struct css_lexer *l) {
    return l->type == CSS_DELIM && l->octet == '!';
}

static bool take_value(struct css_lexer *l, guint allowed, GString *value,
                       struct css_findings *findings) {
    for (css_next(l); !at_end(l); css_next(l)) {
        if (is_important(l)) { /* it outranks nothing of ours: the sender's own order is kept */
            skip_declaration(l, findings);
            return value->len > 0;
        }
        if (!take_token(l, allowed, value, findings))
            return false;
    }
    return value->len > 0;
}

static bool hides(const char *name, const char *value) {
    static const struct {
        const char *name, *value;
    } ways[] = {{"display", "none"},  {"visibility", "hidden"}, {"opacity", "0"},
                {"max-height", "0"},  {"max-height", "0px"},    {"font-size", "0"},
                {"font-size", "0px"}, {"font-size", "1px"},     {"color", "transparent"}};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (strcmp(ways[i].name, name) == 0 && strcmp(ways[i].value, value) == 0)
            return true;
    return false;
}

/* declaration := ident ":" value [ "!important" ] */
static void take_declaration(struct css_lexer *l, GString *to, struct css_findings *findings) {
    g_autofree char *name = g_ascii_strdown(l->text->str, -1);
    guint allowed = allowed_of(name);
    do
        css_next(l);
    while (l->type == CSS_SPACE);
    GString *value = g_string_new(NULL);
    bool fine = allowed && l->type == CSS_DELIM && l->octet == ':' &&
                take_value(l, allowed, value, findings);
    skip_declaration(l, findings);
    if (fine) {
        if (allowed & BACKGROUND)
            fine = css_is_color(span_make(value->str, value->len)) || strchr(value->str, '(');
        if (fine && to->len)
            g_string_append_c(to, ';');
        if (fine)
            g_string_append_printf(to, "%s:%s", allowed & BACKGROUND ? "background-color" : name,
                                   value->str);
        findings->hides = findings->hides || (fine && hides(name, value->str));
    }
    g_string_free(value, TRUE);
}

void css_clean(struct span style, GString *to, struct css_findings *findings) {
    struct css_lexer lexer;
    css_lexer_init(&lexer, span_first(style, LIMIT_CSS));
    GString *clean = g_string_new(NULL);
    while (css_next(&lexer) != CSS_END) {
        if (lexer.type == CSS_IDENT)
            take_declaration(&lexer, clean, findings);
        else if (lexer.type != CSS_SPACE)
            skip_declaration(&lexer, findings);
    }
    g_string_append_len(to, clean->str, (gssize)clean->len);
    g_string_free(clean, TRUE);
    css_lexer_clear(&lexer);
}

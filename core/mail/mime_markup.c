/* SPDX-License-Identifier: MIT */
#include "mail/mime_markup.h"

#include "base/span.h"

struct reader {
    const char *p, *end;
    GString *to;
    char hidden[16];    /* name of the element whose content is not seen, or "" */
    guint hidden_depth; /* elements of that name open inside it */
};

/* Elements whose content is never text on the screen. */
static const char *const unseen[] = {"head",   "style",  "script",   "title",  "template",
                                     "svg",    "math",   "textarea", "select", "noscript",
                                     "iframe", "object", "audio",    "video",  "canvas"};
/* Elements that hold text or markup of their own up to their end tag. */
static const char *const raw[] = {"style", "script", "title", "textarea"};
/* Elements within a line: no white space where they begin and end. */
static const char *const phrasing[] = {"a",      "b",    "i",    "u",     "s",   "em",
                                       "strong", "font", "span", "small", "big", "code",
                                       "sub",    "sup",  "abbr", "label", "wbr", "mark"};
static const char *const empty[] = {"br",  "img",  "hr",   "meta", "link", "input",
                                    "col", "area", "base", "wbr",  "embed"};

#define IS_ONE_OF(list, name) is_one_of(list, G_N_ELEMENTS(list), name)

static bool is_one_of(const char *const *list, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

/* Does the style attribute take the element out of sight (attacks H166)? Spaces are left out. */
static bool style_hides(struct span style) {
    static const char *const signs[] = {"display:none",  "visibility:hidden", "font-size:0",
                                        "font-size:1px", "max-height:0",      "opacity:0",
                                        "mso-hide:all",  "height:0px;"};
    GString *tight = g_string_new(NULL);
    for (size_t i = 0; i < style.n; i++)
        if (!g_ascii_isspace(style.p[i]))
            g_string_append_c(tight, g_ascii_tolower(style.p[i]));
    bool hides = false;
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        const char *at = strstr(tight->str, signs[i]);
        /* "font-size:0.9em" and "opacity:0.5" are seen */
        if (at && at[strlen(signs[i])] != '.' && !g_ascii_isdigit(at[strlen(signs[i])]))
            hides = true;
    }
    g_string_free(tight, TRUE);
    return hides;
}

/* One attribute of a start tag; false at the tag's end. */
static bool take_attribute(struct reader *r, struct span *name, struct span *value) {
    while (r->p < r->end && (g_ascii_isspace(*r->p) || *r->p == '/'))
        r->p++;
    if (r->p >= r->end || *r->p == '>')
        return false;
    const char *start = r->p++;
    while (r->p < r->end && !g_ascii_isspace(*r->p) && !strchr("=>/", *r->p))
        r->p++;
    *name = span_make(start, (size_t)(r->p - start));
    *value = SPAN_NULL;
    if (r->p >= r->end || *r->p != '=')
        return true;
    r->p++;
    while (r->p < r->end && g_ascii_isspace(*r->p))
        r->p++;
    char quote = r->p < r->end && (*r->p == '"' || *r->p == '\'') ? *r->p++ : 0;
    start = r->p;
    while (r->p < r->end && (quote ? *r->p != quote : !g_ascii_isspace(*r->p) && *r->p != '>'))
        r->p++;
    *value = span_make(start, (size_t)(r->p - start));
    if (quote && r->p < r->end)
        r->p++;
    return true;
}

static bool attributes_hide(struct reader *r) {
    struct span name, value;
    bool hides = false;
    while (take_attribute(r, &name, &value)) {
        if (span_eq_nocase(name, SPAN_LIT("style")))
            hides = hides || style_hides(value);
        else if (span_eq_nocase(name, SPAN_LIT("hidden")))
            hides = true;
    }
    if (r->p < r->end)
        r->p++;
    return hides;
}

/* Skips to "</name", which stays. */
static void skip_raw(struct reader *r, const char *name) {
    size_t n = strlen(name);
    while (r->p < r->end) {
        const char *at = memchr(r->p, '<', (size_t)(r->end - r->p));
        if (!at || (size_t)(r->end - at) < n + 2) {
            r->p = r->end;
            return;
        }
        r->p = at;
        if (at[1] == '/' && g_ascii_strncasecmp(at + 2, name, n) == 0)
            return;
        r->p++;
    }
}

static void space(struct reader *r) {
    if (!*r->hidden && r->to->len && r->to->str[r->to->len - 1] != ' ')
        g_string_append_c(r->to, ' ');
}

static void start_tag(struct reader *r, const char *name) {
    bool hides = attributes_hide(r) || IS_ONE_OF(unseen, name);
    if (!IS_ONE_OF(phrasing, name))
        space(r);
    if (*r->hidden && strcmp(r->hidden, name) == 0) {
        r->hidden_depth++;
    } else if (!*r->hidden && hides && !IS_ONE_OF(empty, name)) {
        g_strlcpy(r->hidden, name, sizeof r->hidden);
        r->hidden_depth = 1;
    }
    if (IS_ONE_OF(raw, name))
        skip_raw(r, name);
}

static void end_tag(struct reader *r, const char *name) {
    if (*r->hidden && strcmp(r->hidden, name) == 0 && --r->hidden_depth == 0)
        *r->hidden = '\0';
    if (!IS_ONE_OF(phrasing, name))
        space(r);
    attributes_hide(r);
}

static void skip_comment(struct reader *r) {
    const char *end = g_strstr_len(r->p, r->end - r->p, "-->");
    r->p = end ? end + 3 : r->end;
}

static void take_tag(struct reader *r) {
    char name[16];
    bool closing = r->p + 1 < r->end && r->p[1] == '/';
    const char *p = r->p + (closing ? 2 : 1);
    size_t n = 0;
    while (p < r->end && (g_ascii_isalnum(*p) || *p == ':' || *p == '-')) {
        if (n + 1 < sizeof name)
            name[n++] = g_ascii_tolower(*p);
        p++;
    }
    name[n] = '\0';
    r->p = p;
    if (closing)
        end_tag(r, name);
    else
        start_tag(r, name);
}

/* character reference := "&#" digits / "&#x" hex / "&" name, ";" (the names mail uses) */
static bool take_entity(struct reader *r) {
    static const struct {
        const char *name;
        gunichar character;
    } named[] = {{"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},
                 {"apos", '\''},    {"nbsp", ' '},      {"copy", 0xA9},    {"reg", 0xAE},
                 {"trade", 0x2122}, {"hellip", 0x2026}, {"mdash", 0x2014}, {"ndash", 0x2013},
                 {"lsquo", 0x2018}, {"rsquo", 0x2019},  {"ldquo", 0x201C}, {"rdquo", 0x201D},
                 {"laquo", 0xAB},   {"raquo", 0xBB},    {"bull", 0x2022},  {"middot", 0xB7},
                 {"euro", 0x20AC},  {"pound", 0xA3},    {"yen", 0xA5},     {"zwnj", ' '},
                 {"zwj", ' '},      {"shy", ' '},       {"ensp", ' '},     {"emsp", ' '}};
    const char *limit = MIN(r->end, r->p + 12);
    const char *semicolon = memchr(r->p, ';', (size_t)(limit - r->p));
    if (!semicolon)
        return false;
    g_autofree char *name = g_strndup(r->p + 1, (gsize)(semicolon - r->p - 1));
    gunichar c = 0;
    if (name[0] == '#')
        c = (gunichar)(g_ascii_tolower(name[1]) == 'x' ? g_ascii_strtoull(name + 2, NULL, 16)
                                                       : g_ascii_strtoull(name + 1, NULL, 10));
    for (size_t i = 0; !c && i < G_N_ELEMENTS(named); i++)
        if (strcmp(named[i].name, name) == 0)
            c = named[i].character;
    if (!c || !g_unichar_validate(c))
        return false;
    if (!*r->hidden)
        g_string_append_unichar(r->to, c);
    r->p = semicolon + 1;
    return true;
}

void mime_markup_text(const char *html, GString *to) {
    struct reader r = {.p = html, .end = html + strlen(html), .to = to};
    while (r.p < r.end) {
        char next = r.p + 1 < r.end ? r.p[1] : 0;
        if (*r.p == '<' && next == '!' && r.p + 3 < r.end && r.p[2] == '-' && r.p[3] == '-')
            skip_comment(&r);
        else if (*r.p == '<' && (g_ascii_isalpha(next) || next == '/'))
            take_tag(&r);
        else if (*r.p == '<' && (next == '!' || next == '?'))
            attributes_hide(&r);
        else if (*r.p != '&' || !take_entity(&r)) {
            if (!*r.hidden)
                g_string_append_c(to, *r.p);
            r.p++;
        }
    }
}

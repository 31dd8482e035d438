/* SPDX-License-Identifier: MIT */
#include "mail/html_element.h"

#include "mail/inert.h"

static const enum html_fate fates[GUMBO_TAG_LAST] = {
    [GUMBO_TAG_BODY] = HTML_BODY,       [GUMBO_TAG_A] = HTML_LINK,
    [GUMBO_TAG_IMG] = HTML_IMAGE,

    [GUMBO_TAG_BR] = HTML_KEEP_EMPTY,   [GUMBO_TAG_HR] = HTML_KEEP_EMPTY,
    [GUMBO_TAG_WBR] = HTML_KEEP_EMPTY,  [GUMBO_TAG_COL] = HTML_KEEP_EMPTY,

    [GUMBO_TAG_ABBR] = HTML_KEEP,       [GUMBO_TAG_ADDRESS] = HTML_KEEP,
    [GUMBO_TAG_ARTICLE] = HTML_KEEP,    [GUMBO_TAG_ASIDE] = HTML_KEEP,
    [GUMBO_TAG_B] = HTML_KEEP,          [GUMBO_TAG_BDI] = HTML_KEEP,
    [GUMBO_TAG_BIG] = HTML_KEEP,        [GUMBO_TAG_BLOCKQUOTE] = HTML_KEEP,
    [GUMBO_TAG_CAPTION] = HTML_KEEP,    [GUMBO_TAG_CENTER] = HTML_KEEP,
    [GUMBO_TAG_CITE] = HTML_KEEP,       [GUMBO_TAG_CODE] = HTML_KEEP,
    [GUMBO_TAG_COLGROUP] = HTML_KEEP,   [GUMBO_TAG_DD] = HTML_KEEP,
    [GUMBO_TAG_DEL] = HTML_KEEP,        [GUMBO_TAG_DFN] = HTML_KEEP,
    [GUMBO_TAG_DIV] = HTML_KEEP,        [GUMBO_TAG_DL] = HTML_KEEP,
    [GUMBO_TAG_DT] = HTML_KEEP,         [GUMBO_TAG_EM] = HTML_KEEP,
    [GUMBO_TAG_FIGCAPTION] = HTML_KEEP, [GUMBO_TAG_FIGURE] = HTML_KEEP,
    [GUMBO_TAG_FONT] = HTML_KEEP,       [GUMBO_TAG_FOOTER] = HTML_KEEP,
    [GUMBO_TAG_H1] = HTML_KEEP,         [GUMBO_TAG_H2] = HTML_KEEP,
    [GUMBO_TAG_H3] = HTML_KEEP,         [GUMBO_TAG_H4] = HTML_KEEP,
    [GUMBO_TAG_H5] = HTML_KEEP,         [GUMBO_TAG_H6] = HTML_KEEP,
    [GUMBO_TAG_HEADER] = HTML_KEEP,     [GUMBO_TAG_I] = HTML_KEEP,
    [GUMBO_TAG_INS] = HTML_KEEP,        [GUMBO_TAG_KBD] = HTML_KEEP,
    [GUMBO_TAG_LI] = HTML_KEEP,         [GUMBO_TAG_MAIN] = HTML_KEEP,
    [GUMBO_TAG_MARK] = HTML_KEEP,       [GUMBO_TAG_NAV] = HTML_KEEP,
    [GUMBO_TAG_OL] = HTML_KEEP,         [GUMBO_TAG_P] = HTML_KEEP,
    [GUMBO_TAG_PRE] = HTML_KEEP,        [GUMBO_TAG_Q] = HTML_KEEP,
    [GUMBO_TAG_RP] = HTML_KEEP,         [GUMBO_TAG_RT] = HTML_KEEP,
    [GUMBO_TAG_RUBY] = HTML_KEEP,       [GUMBO_TAG_S] = HTML_KEEP,
    [GUMBO_TAG_SAMP] = HTML_KEEP,       [GUMBO_TAG_SECTION] = HTML_KEEP,
    [GUMBO_TAG_SMALL] = HTML_KEEP,      [GUMBO_TAG_SPAN] = HTML_KEEP,
    [GUMBO_TAG_STRIKE] = HTML_KEEP,     [GUMBO_TAG_STRONG] = HTML_KEEP,
    [GUMBO_TAG_SUB] = HTML_KEEP,        [GUMBO_TAG_SUP] = HTML_KEEP,
    [GUMBO_TAG_TABLE] = HTML_KEEP,      [GUMBO_TAG_TBODY] = HTML_KEEP,
    [GUMBO_TAG_TD] = HTML_KEEP,         [GUMBO_TAG_TFOOT] = HTML_KEEP,
    [GUMBO_TAG_TH] = HTML_KEEP,         [GUMBO_TAG_THEAD] = HTML_KEEP,
    [GUMBO_TAG_TR] = HTML_KEEP,         [GUMBO_TAG_TT] = HTML_KEEP,
    [GUMBO_TAG_U] = HTML_KEEP,          [GUMBO_TAG_UL] = HTML_KEEP,
    [GUMBO_TAG_VAR] = HTML_KEEP,

    [GUMBO_TAG_DETAILS] = HTML_BLOCK,   [GUMBO_TAG_DIR] = HTML_BLOCK,
    [GUMBO_TAG_FIELDSET] = HTML_BLOCK,  [GUMBO_TAG_FORM] = HTML_BLOCK,
    [GUMBO_TAG_LEGEND] = HTML_BLOCK,    [GUMBO_TAG_MENU] = HTML_BLOCK,
    [GUMBO_TAG_SUMMARY] = HTML_BLOCK,

    [GUMBO_TAG_APPLET] = HTML_DROP,     [GUMBO_TAG_AREA] = HTML_DROP,
    [GUMBO_TAG_AUDIO] = HTML_DROP,      [GUMBO_TAG_BASE] = HTML_DROP,
    [GUMBO_TAG_BGSOUND] = HTML_DROP,    [GUMBO_TAG_CANVAS] = HTML_DROP,
    [GUMBO_TAG_DATALIST] = HTML_DROP,   [GUMBO_TAG_EMBED] = HTML_DROP,
    [GUMBO_TAG_FRAME] = HTML_DROP,      [GUMBO_TAG_FRAMESET] = HTML_DROP,
    [GUMBO_TAG_HEAD] = HTML_DROP,       [GUMBO_TAG_IFRAME] = HTML_DROP,
    [GUMBO_TAG_INPUT] = HTML_DROP,      [GUMBO_TAG_KEYGEN] = HTML_DROP,
    [GUMBO_TAG_LINK] = HTML_DROP,       [GUMBO_TAG_MAP] = HTML_DROP,
    [GUMBO_TAG_META] = HTML_DROP,       [GUMBO_TAG_METER] = HTML_DROP,
    [GUMBO_TAG_NOEMBED] = HTML_DROP,    [GUMBO_TAG_NOFRAMES] = HTML_DROP,
    [GUMBO_TAG_NOSCRIPT] = HTML_DROP,   [GUMBO_TAG_OBJECT] = HTML_DROP,
    [GUMBO_TAG_OPTGROUP] = HTML_DROP,   [GUMBO_TAG_OPTION] = HTML_DROP,
    [GUMBO_TAG_PARAM] = HTML_DROP,      [GUMBO_TAG_PLAINTEXT] = HTML_DROP,
    [GUMBO_TAG_PROGRESS] = HTML_DROP,   [GUMBO_TAG_SCRIPT] = HTML_DROP,
    [GUMBO_TAG_SELECT] = HTML_DROP,     [GUMBO_TAG_SOURCE] = HTML_DROP,
    [GUMBO_TAG_STYLE] = HTML_DROP,      [GUMBO_TAG_TEMPLATE] = HTML_DROP,
    [GUMBO_TAG_TEXTAREA] = HTML_DROP,   [GUMBO_TAG_TITLE] = HTML_DROP,
    [GUMBO_TAG_TRACK] = HTML_DROP,      [GUMBO_TAG_VIDEO] = HTML_DROP,
    [GUMBO_TAG_XMP] = HTML_DROP,
};

enum html_fate html_element_fate(const GumboNode *node) {
    const GumboElement *element = &node->v.element;
    if (node->type == GUMBO_NODE_TEMPLATE || element->tag_namespace != GUMBO_NAMESPACE_HTML)
        return HTML_DROP;
    return element->tag < GUMBO_TAG_LAST ? fates[element->tag] : HTML_UNWRAP;
}

bool html_element_loads(const GumboElement *element) {
    static const char *const names[] = {"src", "srcset", "data", "poster", "background", "dynsrc"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const GumboAttribute *attribute = gumbo_get_attribute(&element->attributes, names[i]);
        if (attribute && *attribute->value &&
            g_ascii_strncasecmp(attribute->value, "cid:", 4) != 0 &&
            g_ascii_strncasecmp(attribute->value, "data:", 5) != 0)
            return true;
    }
    return false;
}

enum form {
    FORM_NUMBER, /* up to 4 digits; spans no further than 1000 (a table of 65534 empty rows) */
    FORM_LENGTH, /* the same, or a percentage */
    FORM_SIZE,   /* font size: 1 to 7, signed */
    FORM_COLOR,
    FORM_WORD, /* one of a list */
    FORM_TEXT,
    FORM_NAME, /* letters, digits, hyphens: languages */
    FORM_FACE, /* font names */
    FORM_EMPTY /* only its presence counts */
};

static const struct attribute {
    const char *name;
    enum form form;
    const char *words; /* of FORM_WORD, each in spaces */
} attributes[] = {
    {"align", FORM_WORD, " left center right justify middle top bottom absmiddle "},
    {"alt", FORM_TEXT, NULL},
    {"bgcolor", FORM_COLOR, NULL},
    {"border", FORM_NUMBER, NULL},
    {"cellpadding", FORM_NUMBER, NULL},
    {"cellspacing", FORM_NUMBER, NULL},
    {"clear", FORM_WORD, " left right all both none "},
    {"color", FORM_COLOR, NULL},
    {"colspan", FORM_NUMBER, NULL},
    {"dir", FORM_WORD, " ltr rtl auto "},
    {"face", FORM_FACE, NULL},
    {"height", FORM_LENGTH, NULL},
    {"hspace", FORM_NUMBER, NULL},
    {"lang", FORM_NAME, NULL},
    {"noshade", FORM_EMPTY, NULL},
    {"nowrap", FORM_EMPTY, NULL},
    {"reversed", FORM_EMPTY, NULL},
    {"role", FORM_WORD, " presentation none "},
    {"rowspan", FORM_NUMBER, NULL},
    {"rules", FORM_WORD, " none groups rows cols all "},
    {"size", FORM_SIZE, NULL},
    {"span", FORM_NUMBER, NULL},
    {"start", FORM_NUMBER, NULL},
    {"type", FORM_WORD, " 1 a A i I disc circle square "},
    {"valign", FORM_WORD, " top middle bottom baseline "},
    {"value", FORM_NUMBER, NULL},
    {"vspace", FORM_NUMBER, NULL},
    {"width", FORM_LENGTH, NULL},
};

static bool has_only(const char *value, bool (*allowed)(char)) {
    for (const char *p = value; *p; p++)
        if (!allowed(*p))
            return false;
    return *value && strlen(value) <= 200;
}

static bool is_name_octet(char c) {
    return g_ascii_isalnum(c) || c == '-';
}

static bool is_face_octet(char c) {
    return g_ascii_isalnum(c) || (guchar)c > 127 || (c && strchr(" ,-_'", c));
}

static bool is_number(const char *value, bool percent) {
    size_t digits = strspn(value, "0123456789");
    const char *rest = value + digits;
    if (percent && *rest == '%')
        rest++;
    else if (strcmp(rest, "px") == 0)
        rest += 2;
    return digits > 0 && !*rest && (digits < 4 || (digits == 4 && *value == '1'));
}

static bool is_size(const char *value) {
    value += *value == '+' || *value == '-';
    return *value >= '1' && *value <= '7' && !value[1];
}

static bool is_listed(const char *words, const char *value) {
    g_autofree char *lower = strlen(value) == 1 ? g_strdup(value) : g_ascii_strdown(value, -1);
    g_autofree char *wanted = g_strconcat(" ", lower, " ", NULL);
    return !strchr(lower, ' ') && *lower && strstr(words, wanted);
}

static bool has_form(const struct attribute *attribute, const char *value) {
    switch (attribute->form) {
    case FORM_NUMBER:
        return is_number(value, false);
    case FORM_LENGTH:
        return is_number(value, true);
    case FORM_SIZE:
        return is_size(value);
    case FORM_COLOR:
        return css_is_color(span_of(value));
    case FORM_WORD:
        return is_listed(attribute->words, value);
    case FORM_NAME:
        return has_only(value, is_name_octet);
    case FORM_FACE:
        return has_only(value, is_face_octet);
    case FORM_TEXT:
        return strlen(value) <= 1000;
    case FORM_EMPTY:
        return true;
    }
    return false;
}

static void append(GString *to, const char *name, const char *value) {
    g_string_append_printf(to, " %s=\"", name);
    inert_append_attribute(to, value, strlen(value));
    g_string_append_c(to, '"');
}

static const struct attribute *find(const char *name) {
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++)
        if (strcmp(attributes[i].name, name) == 0)
            return &attributes[i];
    return NULL;
}

static void append_style(GString *style, GString *to) {
    if (style->len) {
        g_string_append(to, " style=\"");
        inert_append_attribute(to, style->str, style->len);
        g_string_append_c(to, '"');
    }
    g_string_free(style, TRUE);
}

/* <body bgcolor text> as CSS of the <div> that it becomes. */
static void body_colors(const char *name, const char *value, GString *style) {
    bool ground = strcmp(name, "bgcolor") == 0;
    if ((!ground && strcmp(name, "text") != 0) || !css_is_color(span_of(value)))
        return;
    if (style->len)
        g_string_append_c(style, ';');
    g_string_append_printf(style, "%s:%s", ground ? "background-color" : "color", value);
}

void html_element_attributes(const GumboElement *element, bool body, GString *to,
                             struct css_findings *findings) {
    GString *style = g_string_new(NULL);
    for (unsigned i = 0; body && i < element->attributes.length; i++) {
        const GumboAttribute *attribute = element->attributes.data[i];
        body_colors(attribute->name, attribute->value, style);
    }
    for (unsigned i = 0; i < element->attributes.length; i++) {
        const GumboAttribute *attribute = element->attributes.data[i];
        const struct attribute *known = find(attribute->name);
        if (body && known && known->form != FORM_NAME && strcmp(known->name, "dir") != 0)
            known = NULL;
        if (attribute->attr_namespace != GUMBO_ATTR_NAMESPACE_NONE)
            continue;
        if (strcmp(attribute->name, "style") == 0) {
            if (style->len)
                g_string_append_c(style, ';');
            css_clean(span_of(attribute->value), style, findings);
        } else if (known && has_form(known, attribute->value)) {
            append(to, known->name, known->form == FORM_EMPTY ? "" : attribute->value);
        }
    }
    if (style->len && style->str[style->len - 1] == ';')
        g_string_truncate(style, style->len - 1);
    append_style(style, to);
}

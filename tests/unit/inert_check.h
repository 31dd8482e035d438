/* SPDX-License-Identifier: MIT
 *
 * The oracle for inert documents, used by unit tests and the fuzz target: parses a document again
 * and names the first thing in it that is not on a list of its own. Written from what a document
 * must be, not from the cleaner. */
#ifndef INKAN_TESTS_INERT_CHECK_H
#define INKAN_TESTS_INERT_CHECK_H

#include <glib.h>
#include <gumbo.h>
#include <stdbool.h>
#include <string.h>

static bool check_listed(const char *list, const char *word) {
    g_autofree char *wanted = g_strconcat(" ", word, " ", NULL);
    return !strchr(word, ' ') && strstr(list, wanted);
}

#define INERT_ELEMENTS                                                                             \
    " a abbr address article aside b bdi big blockquote br caption center cite code col colgroup " \
    "dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i " \
    "img ins "                                                                                     \
    "kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub sup "  \
    "summary table tbody td tfoot th thead tr tt u ul var wbr "
#define INERT_ATTRIBUTES                                                                           \
    " align alt bgcolor border cellpadding cellspacing clear color colspan dir face height "       \
    "hspace lang noshade nowrap reversed role rowspan rules size span start style title type "     \
    "valign value vspace width "

/* A style of ours has no escape, no at-rule, no function but a colour's. */
static const char *check_style(const char *style) {
    static const char *const functions[] = {"rgb(", "rgba(", "hsl(", "hsla("};
    if (strpbrk(style, "\\@{}<>\"!*"))
        return "style: octet";
    for (const char *open = strchr(style, '('); open; open = strchr(open + 1, '(')) {
        bool known = false;
        for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
            size_t n = strlen(functions[i]);
            known = known || ((size_t)(open - style) + 1 >= n &&
                              strncmp(open + 1 - n, functions[i], n) == 0);
        }
        if (!known)
            return "style: function";
    }
    g_autofree char *lower = g_ascii_strdown(style, -1);
    static const char *const banned[] = {"url(", "import", "expression(", "behavior",  "position:",
                                         "var(", "attr(",  "-moz",        "javascript"};
    for (size_t i = 0; i < G_N_ELEMENTS(banned); i++)
        if (strstr(lower, banned[i]) && !strstr(lower, "font"))
            return "style: word";
    return NULL;
}

static const char *check_image(const GumboElement *element) {
    static const char *const types[] = {"png", "jpeg", "gif", "webp", "avif"};
    const GumboAttribute *src = gumbo_get_attribute(&element->attributes, "src");
    if (!src)
        return "img without src";
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *prefix = g_strdup_printf("data:image/%s;base64,", types[i]);
        if (g_str_has_prefix(src->value, prefix))
            return NULL;
    }
    static const char ours[] = "/api/v1/images/";
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/";
    const char *rest = src->value + strlen(ours);
    if (g_str_has_prefix(src->value, ours) && strspn(rest, plain) == strlen(rest))
        return NULL;
    return "img src";
}

static const char *check_link_attribute(const GumboAttribute *attribute) {
    const char *value = attribute->value;
    if (strcmp(attribute->name, "rel") == 0)
        return strcmp(value, "noreferrer noopener") == 0 ? NULL : "rel";
    if (strcmp(attribute->name, "target") == 0)
        return strcmp(value, "_blank") == 0 ? NULL : "target";
    bool web = g_str_has_prefix(value, "http://") || g_str_has_prefix(value, "https://");
    return web || g_str_has_prefix(value, "mailto:") ? NULL : "href scheme";
}

static const char *check_attribute(const GumboElement *element, const GumboAttribute *attribute) {
    if (attribute->attr_namespace != GUMBO_ATTR_NAMESPACE_NONE)
        return "attribute namespace";
    if (strcmp(attribute->name, "style") == 0)
        return check_style(attribute->value);
    if (check_listed(INERT_ATTRIBUTES, attribute->name))
        return NULL;
    if (element->tag == GUMBO_TAG_A && check_listed(" href rel target ", attribute->name))
        return check_link_attribute(attribute);
    if (element->tag == GUMBO_TAG_IMG && strcmp(attribute->name, "src") == 0)
        return NULL;
    if (element->tag == GUMBO_TAG_SPAN && strcmp(attribute->name, "class") == 0)
        return strcmp(attribute->value, "left-out") == 0 ? NULL : "class";
    return "attribute";
}

static const char *check_element(const GumboElement *element) {
    if (element->tag_namespace != GUMBO_NAMESPACE_HTML)
        return "namespace";
    if (!check_listed(INERT_ELEMENTS, gumbo_normalized_tagname(element->tag)))
        return "element";
    if (element->tag == GUMBO_TAG_IMG && check_image(element))
        return check_image(element);
    for (unsigned i = 0; i < element->attributes.length; i++) {
        const char *found = check_attribute(element, element->attributes.data[i]);
        if (found)
            return found;
    }
    return NULL;
}

static const char *check_below(const GumboVector *children) {
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *node = children->data[i];
        if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
            continue;
        if (node->type != GUMBO_NODE_ELEMENT)
            return "comment, cdata or template";
        const char *found = check_element(&node->v.element);
        if (!found)
            found = check_below(&node->v.element.children);
        if (found)
            return found;
    }
    return NULL;
}

/* The head is always ours: a charset, a style. NULL: nothing to object to. */
static const char *inert_check(const char *html, gsize n) {
    static const char head[] = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>";
    if (n == 0)
        return NULL;
    if (!g_str_has_prefix(html, head) || !g_utf8_validate(html, (gssize)n, NULL))
        return "beginning";
    GumboOutput *output = gumbo_parse_with_options(&kGumboDefaultOptions, html, n);
    const GumboVector *top = &output->root->v.element.children;
    const GumboNode *head_node = top->data[0], *body = top->data[1];
    const char *found = NULL;
    if (top->length != 2 || head_node->v.element.children.length != 2)
        found = "head";
    else if (body->v.element.attributes.length != 0)
        found = "body attributes";
    else
        found = check_below(&body->v.element.children);
    gumbo_destroy_output(&kGumboDefaultOptions, output);
    return found;
}

#endif

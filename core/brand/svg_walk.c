/* SPDX-License-Identifier: MIT */
#include "brand/svg_walk.h"

#include "base/limits.h"
#include "brand/svg_reference.h"

#include <string.h>

#define TITLE_CHARACTERS 64 /* draft-svg-tiny-ps-abrotman-12 §2.1 */
#define XML_NAMESPACE "http://www.w3.org/XML/1998/namespace"

struct walk {
    const struct svg_schema *schema;
    struct svg_report *report;
    GHashTable *ids;       /* of char, the document's names */
    GPtrArray *references; /* of struct reference */
    bool text;             /* there is text to draw */
};

struct reference {
    char *name;
    guint line;
    char *element;
};

static void reference_free(gpointer data) {
    struct reference *reference = data;
    g_free(reference->name);
    g_free(reference->element);
    g_free(reference);
}

static const char *name_of(const xmlNode *node) {
    return (const char *)node->name;
}

static guint line_of(const xmlNode *node) {
    long line = xmlGetLineNo(node);
    return line > 0 ? (guint)line : 0;
}

static void add(const struct walk *walk, enum svg_rule rule, const xmlNode *node,
                const char *detail) {
    svg_report_add(walk->report, rule, line_of(node), name_of(node), detail);
}

static bool is_svg(const xmlNode *node) {
    return node->type == XML_ELEMENT_NODE && node->ns && node->ns->href &&
           strcmp((const char *)node->ns->href, SVG_NAMESPACE) == 0;
}

static bool is_named(const xmlNode *node, const char *name) {
    return is_svg(node) && strcmp(name_of(node), name) == 0;
}

static char *value_of(xmlNode *node, const char *name) {
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
    char *copy = value ? g_strdup((const char *)value) : NULL;
    xmlFree(value);
    return copy;
}

static void remember_reference(const struct walk *walk, const xmlNode *node, char *name) {
    struct reference *reference = g_new0(struct reference, 1);
    reference->name = name;
    reference->line = line_of(node);
    reference->element = g_strdup(name_of(node));
    g_ptr_array_add(walk->references, reference);
}

static void check_reference(const struct walk *walk, xmlNode *node, const char *ns,
                            const char *attribute, const char *value) {
    char *name = NULL;
    bool is_href = strcmp(attribute, "href") == 0;
    /* xml:base would make even "#name" a reference to elsewhere */
    bool is_base = strcmp(ns, XML_NAMESPACE) == 0 && strcmp(attribute, "base") == 0;
    bool inert = svg_reference_is_inert(value, &name);
    if (is_href && inert) {
        const char *local = svg_reference_find_local(value);
        inert = local != NULL;
        g_free(name);
        name = g_strdup(local);
    }
    if (!inert || (is_base && *value)) {
        g_autofree char *detail = g_strdup_printf("%s=\"%s\"", attribute, value);
        add(walk, SVG_EXTERNAL, node, detail);
    }
    if (name)
        remember_reference(walk, node, name);
}

/* Those of the root have a rule of their own (check_root). */
static bool has_own_rule(const xmlNode *node, const char *attribute) {
    return node->parent && node->parent->type == XML_DOCUMENT_NODE &&
           (strcmp(attribute, "version") == 0 || strcmp(attribute, "baseProfile") == 0 ||
            strcmp(attribute, "x") == 0 || strcmp(attribute, "y") == 0);
}

static void check_attribute(const struct walk *walk, xmlNode *node, const xmlAttr *attribute) {
    const char *ns = attribute->ns ? (const char *)attribute->ns->href : "";
    const char *name = (const char *)attribute->name;
    xmlChar *content = xmlNodeListGetString(node->doc, attribute->children, 1);
    const char *value = content ? (const char *)content : "";
    const struct svg_attribute *known =
        svg_schema_find_attribute(walk->schema, name_of(node), ns, name);
    g_autofree char *detail = g_strdup_printf("%s=\"%s\"", name, value);
    if (!has_own_rule(node, name)) {
        if (!known)
            add(walk, SVG_ATTRIBUTE, node, name);
        else if (!svg_attribute_allows(known, value))
            add(walk, SVG_VALUE, node, detail);
    }
    if (strcmp(name, "id") == 0)
        g_hash_table_add(walk->ids, g_strdup(value));
    else
        check_reference(walk, node, ns, name, value);
    xmlFree(content);
}

static char *text_of(const xmlNode *node) {
    xmlChar *content = xmlNodeGetContent(node);
    char *text = g_strstrip(g_strdup(content ? (const char *)content : ""));
    xmlFree(content);
    return text;
}

static void check_words(struct walk *walk, const xmlNode *node) {
    g_autofree char *text = text_of(node);
    if (is_named(node, "title")) {
        if (!*text)
            add(walk, SVG_TITLE_EMPTY, node, NULL);
        else if (g_utf8_strlen(text, -1) > TITLE_CHARACTERS)
            add(walk, SVG_TITLE_LONG, node, NULL);
    } else if (is_named(node, "desc") && !*text) {
        add(walk, SVG_DESC_EMPTY, node, NULL);
    } else if (is_named(node, "text") || is_named(node, "textArea")) {
        if (!walk->text)
            add(walk, SVG_TEXT, node, NULL);
        walk->text = true;
    }
}

static void check_name(const struct walk *walk, const xmlNode *node) {
    if (is_svg(node) && svg_schema_has_element(walk->schema, name_of(node)))
        return;
    bool prefixed = node->ns && node->ns->prefix;
    g_autofree char *name =
        prefixed ? g_strdup_printf("%s:%s", (const char *)node->ns->prefix, name_of(node))
                 : g_strdup(name_of(node));
    add(walk, SVG_ELEMENT, node, name);
}

/* False when nested too deep. What is below an element that is not allowed is walked too: an owner
 * wants the whole list. */
static bool walk_element(struct walk *walk, xmlNode *node, guint depth) {
    if (depth > LIMIT_SVG_DEPTH) {
        g_autofree char *most = g_strdup_printf("%d", LIMIT_SVG_DEPTH);
        add(walk, SVG_TOO_DEEP, node, most);
        return false;
    }
    check_name(walk, node);
    if (is_svg(node) && svg_schema_has_element(walk->schema, name_of(node))) {
        for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
            check_attribute(walk, node, attribute);
        check_words(walk, node);
    }
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && !walk_element(walk, child, depth + 1))
            return false;
    return true;
}

static void check_version(const struct walk *walk, xmlNode *root) {
    g_autofree char *version = value_of(root, "version");
    g_autofree char *profile = value_of(root, "baseProfile");
    if (g_strcmp0(version, "1.2") != 0)
        add(walk, SVG_VERSION, root, NULL);
    if (g_strcmp0(profile, "tiny-ps") != 0)
        add(walk, SVG_BASE_PROFILE, root, NULL);
    if (xmlHasNsProp(root, (const xmlChar *)"x", NULL))
        add(walk, SVG_POSITION, root, "x");
    if (xmlHasNsProp(root, (const xmlChar *)"y", NULL))
        add(walk, SVG_POSITION, root, "y");
}

static void check_children(const struct walk *walk, xmlNode *root) {
    guint titles = 0, descriptions = 0;
    xmlNode *first = xmlFirstElementChild(root);
    for (const xmlNode *child = first; child; child = child->next) {
        titles += is_named(child, "title");
        descriptions += is_named(child, "desc");
    }
    if (titles != 1 || !is_named(first, "title"))
        add(walk, SVG_TITLE, root, NULL);
    if (descriptions == 0)
        add(walk, SVG_DESC_MISSING, root, NULL);
}

/* SVG Tiny 1.2 §7.9: four numbers, separated by white space or a comma. */
static bool read_view_box(const char *text, double number[4]) {
    for (int i = 0; i < 4; i++) {
        char *end = NULL;
        text += strspn(text, i ? ", \t\r\n" : " \t\r\n");
        number[i] = g_ascii_strtod(text, &end);
        if (end == text)
            return false;
        text = end;
    }
    return text[strspn(text, " \t\r\n")] == '\0' && number[2] > 0 && number[3] > 0;
}

static void check_size(const struct walk *walk, xmlNode *root) {
    static const char *const sides[] = {"width", "height"};
    g_autofree char *box = value_of(root, "viewBox");
    double number[4] = {0};
    if (!box || !read_view_box(box, number))
        add(walk, SVG_VIEW_BOX, root, NULL);
    else if (number[2] < number[3] || number[2] > number[3])
        add(walk, SVG_NOT_SQUARE, root, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        g_autofree char *side = value_of(root, sides[i]);
        if (side && strchr(side, '%'))
            add(walk, SVG_RELATIVE_SIZE, root, sides[i]);
    }
}

static void check_targets(const struct walk *walk) {
    for (guint i = 0; i < walk->references->len; i++) {
        const struct reference *reference = walk->references->pdata[i];
        if (!g_hash_table_contains(walk->ids, reference->name))
            svg_report_add(walk->report, SVG_TARGET, reference->line, reference->element,
                           reference->name);
    }
}

static bool walk_root(struct walk *walk, xmlNode *root) {
    if (!is_named(root, "svg")) {
        g_autofree char *name = g_strdup_printf("<%s>", name_of(root));
        add(walk, SVG_ROOT, root, name);
        return false;
    }
    check_version(walk, root);
    check_children(walk, root);
    if (!walk_element(walk, root, 1))
        return false;
    check_size(walk, root);
    check_targets(walk);
    return true;
}

bool svg_walk(xmlDoc *document, const struct svg_schema *schema, struct svg_report *report) {
    struct walk walk = {.schema = schema,
                        .report = report,
                        .ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                        .references = g_ptr_array_new_with_free_func(reference_free)};
    xmlNode *root = xmlDocGetRootElement(document);
    bool whole = root && walk_root(&walk, root);
    g_hash_table_unref(walk.ids);
    g_ptr_array_unref(walk.references);
    return whole;
}

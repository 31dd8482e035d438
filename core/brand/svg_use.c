/* SPDX-License-Identifier: MIT
 *
 * Every element has a size (itself, its children, what it uses) and a height, both computed once.
 */
#include "brand/svg_use.h"

#include "base/limits.h"
#include "brand/svg_reference.h"

#include <string.h>

struct extent {
    guint drawn; /* elements, at most LIMIT_SVG_DRAWN + 1 */
    guint height;
    bool open; /* being computed: whoever meets it again is in a circle */
};

struct counting {
    struct svg_report *report;
    GHashTable *names;   /* name → GPtrArray of xmlNode, all that bear it */
    GHashTable *extents; /* xmlNode → struct extent */
    bool failed;
};

static void fail(struct counting *counting, enum svg_rule rule, const xmlNode *node,
                 const char *detail) {
    long line = xmlGetLineNo(node);
    if (!counting->failed)
        svg_report_add(counting->report, rule, line > 0 ? (guint)line : 0, (const char *)node->name,
                       detail);
    counting->failed = true;
}

static void fail_at(struct counting *counting, enum svg_rule rule, const xmlNode *node,
                    guint most) {
    g_autofree char *text = g_strdup_printf("%u", most);
    fail(counting, rule, node, text);
}

static bool is_called(const xmlAttr *attribute, const char *name) {
    return strcmp((const char *)attribute->name, name) == 0;
}

static char *value_of(const xmlNode *node, const xmlAttr *attribute) {
    xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
    char *copy = g_strdup(value ? (const char *)value : "");
    xmlFree(value);
    return copy;
}

/* Renderers differ in which element a name means that two have, and whether xml:id gives one; what
 * any of them may draw is counted. */
static void index_names(struct counting *counting, xmlNode *node) {
    for (const xmlAttr *at = node->properties; at; at = at->next)
        if (is_called(at, "id")) {
            char *name = value_of(node, at);
            GPtrArray *bearers = g_hash_table_lookup(counting->names, name);
            if (bearers) {
                g_free(name);
            } else {
                bearers = g_ptr_array_new();
                g_hash_table_insert(counting->names, name, bearers);
            }
            g_ptr_array_add(bearers, node);
        }
    for (xmlNode *child = xmlFirstElementChild(node); child; child = xmlNextElementSibling(child))
        index_names(counting, child);
}

static struct extent *measure(struct counting *counting, xmlNode *node, guint depth);

static void include(struct counting *counting, struct extent *extent, xmlNode *part, guint depth) {
    const struct extent *other = measure(counting, part, depth + 1);
    if (!other)
        return;
    extent->drawn = MIN(extent->drawn + other->drawn, LIMIT_SVG_DRAWN + 1);
    extent->height = MAX(extent->height, other->height + 1);
}

/* href and xlink:href: a renderer follows one of them, here both are. */
static void include_used(struct counting *counting, struct extent *extent, const xmlNode *node,
                         guint depth) {
    for (const xmlAttr *at = node->properties; at; at = at->next) {
        g_autofree char *href = is_called(at, "href") ? value_of(node, at) : NULL;
        const char *name = href ? svg_reference_find_local(href) : NULL;
        const GPtrArray *bearers = name ? g_hash_table_lookup(counting->names, name) : NULL;
        for (guint i = 0; bearers && i < bearers->len && !counting->failed; i++)
            include(counting, extent, bearers->pdata[i], depth);
    }
}

/* NULL after a failure. */
static struct extent *measure(struct counting *counting, xmlNode *node, guint depth) {
    struct extent *extent = g_hash_table_lookup(counting->extents, node);
    if (extent && extent->open)
        fail(counting, SVG_USE_CYCLE, node, (const char *)node->name);
    if (!extent && depth > LIMIT_SVG_DEPTH)
        fail_at(counting, SVG_TOO_DEEP, node, LIMIT_SVG_DEPTH);
    if (counting->failed || extent)
        return counting->failed ? NULL : extent;
    extent = g_new0(struct extent, 1);
    *extent = (struct extent){.drawn = 1, .height = 1, .open = true};
    g_hash_table_insert(counting->extents, node, extent);
    if (strcmp((const char *)node->name, "use") == 0)
        include_used(counting, extent, node, depth);
    for (xmlNode *child = xmlFirstElementChild(node); child && !counting->failed;
         child = xmlNextElementSibling(child))
        include(counting, extent, child, depth);
    extent->open = false;
    if (!counting->failed && extent->drawn > LIMIT_SVG_DRAWN)
        fail_at(counting, SVG_TOO_MANY, node, LIMIT_SVG_DRAWN);
    if (!counting->failed && extent->height > LIMIT_SVG_DEPTH)
        fail_at(counting, SVG_TOO_DEEP, node, LIMIT_SVG_DEPTH);
    return counting->failed ? NULL : extent;
}

static void bearers_free(gpointer bearers) {
    g_ptr_array_unref(bearers);
}

void svg_use_check(xmlDoc *document, struct svg_report *report) {
    struct counting counting = {
        .report = report,
        .names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bearers_free),
        .extents = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free)};
    xmlNode *root = xmlDocGetRootElement(document);
    index_names(&counting, root);
    measure(&counting, root, 1);
    g_hash_table_unref(counting.names);
    g_hash_table_unref(counting.extents);
}

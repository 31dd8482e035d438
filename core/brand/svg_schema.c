/* SPDX-License-Identifier: MIT
 *
 * The schema's own document is walked once: below each <element>, through every <ref>, down to the
 * <attribute>s and their <value>s. So the names stand in one place, the schema. */
#include "brand/svg_schema.h"

#include "base/limits.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xmlschemastypes.h>
#include <stdint.h>
#include <string.h>

__asm__(".section .rodata\n"
        ".global inkan_svg_schema_begin\n.global inkan_svg_schema_end\n"
        "inkan_svg_schema_begin:\n.incbin \"core/brand/svg_tiny_ps.rng\"\ninkan_svg_schema_end:\n"
        ".byte 0\n.previous\n");

extern const char inkan_svg_schema_begin[], inkan_svg_schema_end[];

#define STRUCTURE_FINDINGS 3

struct svg_attribute {
    GPtrArray *values; /* of char; empty: any text */
    bool settled;      /* may be absent, and its values are all there is to say about it */
};

struct svg_schema {
    xmlDoc *document;
    xmlRelaxNG *compiled;
    GHashTable *defines;  /* name → xmlNode, borrowed from the document */
    GHashTable *elements; /* name → GHashTable of "namespace name" → struct svg_attribute */
};

static bool is(const xmlNode *node, const char *name) {
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static char *property(xmlNode *node, const char *name) {
    xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
    char *copy = g_strdup(value ? (const char *)value : "");
    xmlFree(value);
    return copy;
}

static void attribute_free(gpointer data) {
    struct svg_attribute *attribute = data;
    g_ptr_array_unref(attribute->values);
    g_free(attribute);
}

static void collect_values(xmlNode *node, GPtrArray *values) {
    for (xmlNode *child = node->children; child; child = child->next) {
        if (is(child, "value")) {
            xmlChar *text = xmlNodeGetContent(child);
            g_ptr_array_add(values, g_strdup((const char *)text));
            xmlFree(text);
        }
        collect_values(child, values);
    }
}

/* Below a node there is a <data>, which has rules of its own. */
static bool has_data(const xmlNode *node) {
    bool found = is(node, "data");
    for (const xmlNode *child = node->children; child && !found; child = child->next)
        found = has_data(child);
    return found;
}

static void add_attribute(xmlNode *node, GHashTable *attributes) {
    g_autofree char *name = property(node, "name");
    g_autofree char *ns = property(node, "ns");
    struct svg_attribute *attribute = g_new0(struct svg_attribute, 1);
    attribute->values = g_ptr_array_new_with_free_func(g_free);
    attribute->settled = is(node->parent, "optional") && !has_data(node);
    collect_values(node, attribute->values);
    g_hash_table_insert(attributes, g_strdup_printf("%s %s", ns, name), attribute);
}

/* Our own schema nests no define in itself but through an element, where this stops. */
static void collect_attributes(const struct svg_schema *schema, xmlNode *node,
                               GHashTable *attributes) {
    for (xmlNode *child = node->children; child; child = child->next) {
        if (is(child, "attribute")) {
            add_attribute(child, attributes);
        } else if (is(child, "ref")) {
            g_autofree char *name = property(child, "name");
            xmlNode *define = g_hash_table_lookup(schema->defines, name);
            g_assert(define);
            collect_attributes(schema, define, attributes);
        } else if (!is(child, "element")) {
            collect_attributes(schema, child, attributes);
        }
    }
}

static void index_defines(struct svg_schema *schema) {
    xmlNode *root = xmlDocGetRootElement(schema->document);
    for (xmlNode *define = root->children; define; define = define->next)
        if (is(define, "define"))
            g_hash_table_insert(schema->defines, property(define, "name"), define);
}

static void index_elements(struct svg_schema *schema) {
    GHashTableIter iterator;
    gpointer define;
    g_hash_table_iter_init(&iterator, schema->defines);
    while (g_hash_table_iter_next(&iterator, NULL, &define))
        for (xmlNode *child = ((xmlNode *)define)->children; child; child = child->next)
            if (is(child, "element")) {
                GHashTable *attributes =
                    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, attribute_free);
                collect_attributes(schema, child, attributes);
                g_hash_table_insert(schema->elements, property(child, "name"), attributes);
            }
}

struct svg_schema *svg_schema_new(void) {
    struct svg_schema *schema = g_new0(struct svg_schema, 1);
    int size = (int)((uintptr_t)inkan_svg_schema_end - (uintptr_t)inkan_svg_schema_begin);
    schema->document = xmlReadMemory(inkan_svg_schema_begin, size, NULL, NULL, XML_PARSE_NONET);
    g_assert(schema->document);
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewMemParserCtxt(inkan_svg_schema_begin, size);
    schema->compiled = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    g_assert(schema->compiled);
    schema->defines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    schema->elements =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    index_defines(schema);
    index_elements(schema);
    return schema;
}

void svg_schema_free(struct svg_schema *schema) {
    if (!schema)
        return;
    g_hash_table_unref(schema->elements);
    g_hash_table_unref(schema->defines);
    xmlRelaxNGFree(schema->compiled);
    xmlFreeDoc(schema->document);
    g_free(schema);
}

/* libxml2 follows every subset of an element's optional attributes: 2^n ways for n of them, seconds
 * for sixteen. Those that the table answers for are taken away before it is asked. */
static void settle(const struct svg_schema *schema, xmlNode *node) {
    for (xmlAttr *at = node->properties, *next; at; at = next) {
        next = at->next;
        const struct svg_attribute *known = svg_schema_find_attribute(
            schema, (const char *)node->name, at->ns ? (const char *)at->ns->href : "",
            (const char *)at->name);
        if (!known || !known->settled)
            continue;
        xmlChar *value = xmlNodeListGetString(node->doc, at->children, 1);
        if (svg_attribute_allows(known, value ? (const char *)value : ""))
            xmlRemoveProp(at);
        xmlFree(value);
    }
    for (xmlNode *child = xmlFirstElementChild(node); child; child = xmlNextElementSibling(child))
        settle(schema, child);
}

struct listener {
    struct svg_report *report;
    guint left;
};

/* libxml2 2.9 hands over a mutable error. */
static void hear(void *data, xmlErrorPtr error) { // NOLINT(readability-non-const-parameter)
    struct listener *listener = data;
    if (!listener->left || !error->message)
        return;
    listener->left--;
    const xmlNode *node = error->node;
    g_autofree char *text = g_strdup(error->message);
    svg_report_add(listener->report, SVG_STRUCTURE, error->line > 0 ? (guint)error->line : 0,
                   node && node->type == XML_ELEMENT_NODE ? (const char *)node->name : NULL,
                   g_strstrip(text));
}

bool svg_schema_check(const struct svg_schema *schema, xmlDoc *document,
                      struct svg_report *report) {
    struct listener listener = {report, svg_report_find_error(report) ? 0 : STRUCTURE_FINDINGS};
    settle(schema, xmlDocGetRootElement(document));
    xmlRelaxNGValidCtxt *check = xmlRelaxNGNewValidCtxt(schema->compiled);
    xmlRelaxNGSetValidStructuredErrors(check, hear, &listener);
    bool valid = xmlRelaxNGValidateDoc(check, document) == 0;
    xmlRelaxNGFreeValidCtxt(check);
    return valid;
}

bool svg_schema_has_element(const struct svg_schema *schema, const char *element) {
    return g_hash_table_contains(schema->elements, element);
}

const struct svg_attribute *svg_schema_find_attribute(const struct svg_schema *schema,
                                                      const char *element, const char *ns,
                                                      const char *name) {
    GHashTable *attributes = g_hash_table_lookup(schema->elements, element);
    g_autofree char *key = g_strdup_printf("%s %s", ns, name);
    return attributes ? g_hash_table_lookup(attributes, key) : NULL;
}

bool svg_attribute_allows(const struct svg_attribute *attribute, const char *value) {
    if (attribute->values->len == 0)
        return true;
    /* A <value> is a token: white space at its ends does not count, and runs of it are one space.
     */
    xmlChar *collapsed = xmlSchemaCollapseString((const xmlChar *)value);
    bool found = g_ptr_array_find_with_equal_func(
        attribute->values, collapsed ? (const char *)collapsed : value, g_str_equal, NULL);
    xmlFree(collapsed);
    return found;
}

/* SPDX-License-Identifier: MIT
 *
 * The schema of SVG Tiny PS (svg_tiny_ps.rng, compiled in), as libxml2 validates with it, and as a
 * table of names that says what is wrong where libxml2 only says that something is. */
#ifndef INKAN_BRAND_SVG_SCHEMA_H
#define INKAN_BRAND_SVG_SCHEMA_H

#include "base/own.h"
#include "brand/svg.h"

#include <libxml/tree.h>

#define SVG_NAMESPACE "http://www.w3.org/2000/svg"

struct svg_schema;

/* Never fails: a schema that cannot be read is our bug. */
struct svg_schema *svg_schema_new(void);
void svg_schema_free(struct svg_schema *schema);

/* True if the document follows the schema. What libxml2 says is added to `report` as SVG_STRUCTURE,
 * at most three of it, unless the report holds an error already. Takes attributes away from the
 * document, which is of no further use; its depth was bounded before. */
bool svg_schema_check(const struct svg_schema *schema, xmlDoc *document, struct svg_report *report);

/* An element of that name exists in the profile. */
bool svg_schema_has_element(const struct svg_schema *schema, const char *element);

/* The attribute of an element; NULL if it may not have it. `ns` "" for none. Borrowed. */
struct svg_attribute;
const struct svg_attribute *svg_schema_find_attribute(const struct svg_schema *schema,
                                                      const char *element, const char *ns,
                                                      const char *name);
/* True if the value is one of those listed, or none are listed. */
bool svg_attribute_allows(const struct svg_attribute *attribute, const char *value);

DEFINE_OWNED(svg_schema, svg_schema_free)

#endif

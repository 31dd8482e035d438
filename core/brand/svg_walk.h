/* SPDX-License-Identifier: MIT
 *
 * Names what is wrong with a document of SVG: each element and attribute held against the schema's
 * names, and the rules that no schema says: references, titles, depth. */
#ifndef INKAN_BRAND_SVG_WALK_H
#define INKAN_BRAND_SVG_WALK_H

#include "brand/svg_schema.h"

/* False if the document is not of a kind that is worth more words: no svg, or nested beyond
 * LIMIT_SVG_DEPTH (findings say so). Linear in the document, recursion bounded by libxml2's own
 * limit of 256. */
bool svg_walk(xmlDoc *document, const struct svg_schema *schema, struct svg_report *report);

#endif

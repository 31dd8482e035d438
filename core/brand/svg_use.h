/* SPDX-License-Identifier: MIT
 *
 * How much a document draws once every <use> is followed: a few hundred octets of nested <use> can
 * stand for millions of elements (attacks E120). */
#ifndef INKAN_BRAND_SVG_USE_H
#define INKAN_BRAND_SVG_USE_H

#include "brand/svg.h"

#include <libxml/tree.h>

/* Adds SVG_TOO_MANY, SVG_TOO_DEEP or SVG_USE_CYCLE if a renderer that follows every <use> would
 * draw more than LIMIT_SVG_DRAWN elements, nest them deeper than LIMIT_SVG_DEPTH, or not come to an
 * end; where a name or a reference is ambiguous, whatever it may mean counts. At most one of them.
 * Each element is measured once (the document's own depth was bounded before); at most uses times
 * elements steps. */
void svg_use_check(xmlDoc *document, struct svg_report *report);

#endif

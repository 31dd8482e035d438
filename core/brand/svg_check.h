/* SPDX-License-Identifier: MIT
 *
 * Is this SVG Tiny PS (draft-svg-tiny-ps-abrotman-12)? Octets to a report: scanned (svg_scan),
 * parsed by libxml2 without network, entities or DTD, walked for what can be named (svg_walk,
 * svg_use), and held against the schema (svg_schema), which has the last word. Runs in the
 * sandboxed worker. */
#ifndef INKAN_BRAND_SVG_CHECK_H
#define INKAN_BRAND_SVG_CHECK_H

#include "base/span.h"
#include "brand/svg.h"

/* Never NULL; the caller frees. No pictures yet (svg_draw). */
struct svg_report *svg_check(struct span octets);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The octets of a picture before any parser of XML sees them: size, encoding, and nothing that
 * declares or includes. Knows markup only as far as it must to tell a declaration from a comment.
 */
#ifndef INKAN_BRAND_SVG_SCAN_H
#define INKAN_BRAND_SVG_SCAN_H

#include "base/span.h"
#include "brand/svg.h"

/* True if the octets may be given to the parser: UTF-8 (with or without the mark of RFC 3629 §6)
 * without control characters, declared as nothing else, no document type declaration, no processing
 * instruction, at most LIMIT_SVG_READ. What is wrong is added to the report; over LIMIT_SVG_SIZE
 * that is an error, but the document may still be read to find what else is wrong. Linear. */
bool svg_scan(struct span octets, struct svg_report *report);

#endif

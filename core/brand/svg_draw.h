/* SPDX-License-Identifier: MIT
 *
 * Draws a picture that is valid (svg_check) as PNG, with librsvg and cairo, in the sandboxed
 * worker: no files, so no fonts, and therefore no text. */
#ifndef INKAN_BRAND_SVG_DRAW_H
#define INKAN_BRAND_SVG_DRAW_H

#include "base/span.h"
#include "brand/svg.h"

/* Adds pictures of `side`, 2, 3 and 4 times `side` pixels to a report that is valid and has no
 * SVG_TEXT; else does nothing. What is not square is centred. Adds SVG_NOT_DRAWN or SVG_ONE_COLOUR
 * where that is so. `side` is 1 … LIMIT_SVG_SIDE. */
void svg_draw(struct span octets, guint side, struct svg_report *report);

#endif

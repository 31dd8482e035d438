/* SPDX-License-Identifier: MIT
 *
 * References of an SVG document: href of any kind, and url() in any attribute. */
#ifndef INKAN_BRAND_SVG_REFERENCE_H
#define INKAN_BRAND_SVG_REFERENCE_H

#include <glib.h>
#include <stdbool.h>

/* The name behind "#" of an href, borrowed; NULL unless the whole value is a reference to a name
 * within the document. */
const char *svg_reference_find_local(const char *href);

/* True if a value of an attribute cannot make a reader fetch anything: every url() in it names
 * something within the document, and no backslash (CSS would read `u\72l(` as url) stands in it.
 * The name of the first url() is written to *name if there is one (the caller frees), else NULL.
 * Linear. */
bool svg_reference_is_inert(const char *value, char **name);

#endif

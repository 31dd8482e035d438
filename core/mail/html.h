/* SPDX-License-Identifier: MIT
 *
 * HTML of a message to an inert document. libgumbo parses (WHATWG tree construction), an allow-list
 * of elements, attributes, CSS properties and values copies what is known to be harmless into the
 * output, everything else is left out. Written once from the tree; nobody edits the text after.
 * Links only into inkan-worker: this is hostile and heavy. */
#ifndef INKAN_MAIL_HTML_H
#define INKAN_MAIL_HTML_H

#include "base/span.h"
#include "mail/inert.h"

/* `html` is UTF-8; `images` holds struct inert_image, matched by Content-ID and inlined as data:
 * (LIMIT_CID_IMAGE each, LIMIT_CID_TOTAL together) if their first octets are those of a PNG, JPEG,
 * GIF or WebP. Remote references become placeholders and are counted. Over LIMIT_HTML_SIZE, _NODES
 * or _DEPTH: INERT_TOO_LARGE and an empty document. */
struct inert_document *html_clean(struct span html, const GPtrArray *images,
                                  const struct inert_options *options);

#endif

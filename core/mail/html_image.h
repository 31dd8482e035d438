/* SPDX-License-Identifier: MIT
 *
 * What an <img> may become: a picture of the message itself as a data: URL, or the place it would
 * have taken. The octets decide what is a picture, not what a header calls them. */
#ifndef INKAN_MAIL_HTML_IMAGE_H
#define INKAN_MAIL_HTML_IMAGE_H

#include "mail/inert.h"

#include <gumbo.h>

/* "image/png", "image/jpeg", "image/gif", "image/webp" by the first octets, else NULL. */
const char *html_image_sniff(struct span octets);

/* What one document may still inline. */
struct html_images {
    const GPtrArray *given; /* of struct inert_image; may be NULL */
    gsize used;             /* octets inlined so far, of LIMIT_CID_TOTAL */
};

/* Writes the element: an inlined picture, a frame with its alternative text, or nothing for what is
 * too small to be seen. `attributes` is what html_element_attributes made of it. Counts remote
 * references and sets INERT_IMAGES_CUT in `document`. */
void html_image_write(const GumboElement *element, const GString *attributes,
                      struct html_images *images, struct inert_document *document);

#endif

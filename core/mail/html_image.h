/* SPDX-License-Identifier: MIT
 *
 * What an <img> may become: a picture of the message itself as a data: URL; one that lies elsewhere
 * by a signed URL of our own (mail/image_url), where the reader asked for it; or the place it would
 * have taken. The octets decide what is a picture, not what a header calls them. */
#ifndef INKAN_MAIL_HTML_IMAGE_H
#define INKAN_MAIL_HTML_IMAGE_H

#include "mail/inert.h"

#include <gumbo.h>

/* What one document may still inline. */
struct html_images {
    const GPtrArray *given; /* of struct inert_image; may be NULL */
    gsize used;             /* octets inlined so far, of LIMIT_CID_TOTAL */
};

/* How the element would be seen. */
struct html_image_look {
    const GString *attributes; /* what html_element_attributes made of it */
    bool hidden;               /* by itself or by what is around: never asked for elsewhere */
};

/* Writes the element: a picture, a frame with its alternative text, or nothing for what is too
 * small to be seen. Counts pictures elsewhere and what is left out, and sets INERT_IMAGES_CUT in
 * `document`. */
void html_image_write(const GumboElement *element, const struct html_image_look *look,
                      const struct inert_options *options, struct html_images *images,
                      struct inert_document *document);

#endif

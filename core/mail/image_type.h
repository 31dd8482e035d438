/* SPDX-License-Identifier: MIT
 *
 * Which pictures are shown, by their first octets: what a header or a URL calls them decides
 * nothing. SVG is none of them: it is a document. */
#ifndef INKAN_MAIL_IMAGE_TYPE_H
#define INKAN_MAIL_IMAGE_TYPE_H

#include "base/span.h"

/* "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif" (static), else NULL. */
const char *image_type(struct span octets);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Which parts of a message are its text and which are attached: the algorithm of RFC 8621 §4.1.4
 * over our tree. One choice for the screen, the API and the preview (attacks H165): the screen
 * shows `html` if has_html, else `plain`; what else exists is said, not hidden. Attached messages
 * are attachments whole: nothing inside them is ever body. */
#ifndef INKAN_MAIL_MIME_BODY_H
#define INKAN_MAIL_MIME_BODY_H

#include "mail/mime.h"

/* Arrays of const struct mime_part, borrowed from the tree, in message order. */
struct mime_body {
    GPtrArray *plain;       /* text parts of the plain reading; a text/html part where nothing
                               plainer says the same */
    GPtrArray *html;        /* text parts of the rich reading; a text/plain part where there is no
                               HTML for it */
    GPtrArray *attachments; /* every other leaf. Unlike RFC 8621's, pictures between texts too */
    bool has_plain;         /* `plain` holds a text/plain part */
    bool has_html;          /* `html` holds a text/html part */
};

struct mime_body *mime_body_choose(const struct mime *mime);
void mime_body_free(struct mime_body *body);

/* Does the part have a Content-ID and an image type: may HTML refer to it (RFC 2392)? Then it need
 * not be listed as an attachment once it is shown. */
bool mime_body_is_inline_image(const struct mime_part *part);

/* Something is attached that is not just a picture in the text: what a list row marks. */
bool mime_body_has_attachment(const struct mime_body *body);

DEFINE_OWNED(mime_body, mime_body_free)

#endif

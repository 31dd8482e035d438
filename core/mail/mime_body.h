/* SPDX-License-Identifier: MIT
 *
 * Which parts of a message are its text and which are attached (RFC 2046 §5.1.4, RFC 2387, RFC
 * 2183). One choice for the screen, the API and the preview (attacks H165), and what else exists is
 * said, not hidden. Attached messages are attachments whole: nothing inside them is ever body. */
#ifndef INKAN_MAIL_MIME_BODY_H
#define INKAN_MAIL_MIME_BODY_H

#include "mail/mime.h"

/* Arrays borrow their parts from the tree. */
struct mime_body {
    GPtrArray *plain;       /* text parts of the plain reading, in order */
    GPtrArray *html;        /* text parts of the rich reading, in order (text/plain where a part has
                               no HTML twin) */
    GPtrArray *attachments; /* all that is not shown as text, in order */
    GPtrArray *inlined;     /* images with a Content-ID, beside or under the HTML; those that the
                               HTML does not use are attachments too */
    bool has_plain;         /* a text/plain part belongs to the plain reading */
    bool has_html;          /* a text/html part belongs to the rich reading */
};

struct mime_body *mime_body_choose(const struct mime *mime);
void mime_body_free(struct mime_body *body);

DEFINE_OWNED(mime_body, mime_body_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * A message as it is read: its parts, which of them are text and which attached, and the inert
 * document that shows them. Knows nothing of HTTP. */
#ifndef INKAN_FCGI_OPENED_H
#define INKAN_FCGI_OPENED_H

#include "base/own.h"
#include "mail/inert.h"
#include "mail/mime_body.h"

struct workers;

struct opened {
    GBytes *octets;
    struct message *message;
    struct message *inside; /* opaque signed mail (RFC 8551 §3.5.2): the entity that is shown,
                               whether its signature holds or not; else NULL */
    struct mime *mime;      /* of the message, or of what is inside */
    struct mime_body *body;
    GPtrArray
        *attachments; /* of body->attachments those that the HTML does not show in its place */
    bool encrypted;   /* the message is sealed: multipart/encrypted, enveloped PKCS #7 */
};

/* Takes a reference of the octets. */
struct opened *opened_new(GBytes *octets);
void opened_free(struct opened *opened);

/* What a list says of the same message, without opening it: it looks into opaque signatures too.
 * *preview (or NULL) gets the line of text (mail/mime_preview) of what such a signature holds,
 * which the caller frees, or NULL where there is none. */
bool opened_has_attachment(const struct message *message, char **preview);

/* Which text is to be shown. */
enum opened_reading {
    OPENED_NONE = 0, /* a part that is no text of this message */
    OPENED_RICH,     /* as HTML */
    OPENED_PLAIN
};
/* `part` NULL: HTML if the message has some, else text. Else the reading that begins with the part
 * of that number, or the one that holds it. */
enum opened_reading opened_choose(const struct opened *opened, const char *part);

/* The document of a reading other than OPENED_NONE; never NULL. *fallback: the HTML could not be
 * cleaned (too large, too deep, or the worker failed), so its text is shown instead. */
struct inert_document *opened_document(const struct opened *opened, enum opened_reading reading,
                                       struct workers *workers, const struct inert_options *options,
                                       bool *fallback);

DEFINE_OWNED(opened, opened_free)

#endif

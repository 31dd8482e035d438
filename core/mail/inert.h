/* SPDX-License-Identifier: MIT
 *
 * The inert document: what the reader's frame shows. Own charset, own small style, no script, no
 * form, no reference to anything outside itself but links, and those only if asked for. Text mail
 * becomes one here; HTML mail becomes one in mail/html, inside the sandboxed worker. */
#ifndef INKAN_MAIL_INERT_H
#define INKAN_MAIL_INERT_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum inert_flag {
    INERT_TOO_LARGE = 1 << 0,  /* over a cap of limits.h: nothing was made of it, show the text */
    INERT_LINKS_CUT = 1 << 1,  /* more than LIMIT_LINKS: the rest is text without a link */
    INERT_IMAGES_CUT = 1 << 2, /* an inline image over a cap or of no known type was left out */
    INERT_HIDDEN_TEXT = 1 << 3 /* much of the text would not have been visible (attacks H166) */
};

/* n counts from 1 in the order of the document; `text` is what is shown for it, white space
 * collapsed, and `url` an absolute http, https or mailto URL as written, both valid UTF-8. */
struct inert_link {
    guint n;
    char *text;
    char *url;
};

/* An image of the message that the HTML may refer to as cid:ID. */
struct inert_image {
    char *id;
    GBytes *content;
};

struct inert_options {
    bool links; /* false: no href at all (a loud verdict); the list of links is the same */
};

struct inert_document {
    GString *html;
    GPtrArray *links; /* of struct inert_link */
    guint remote;     /* remote images (and the like) that were left out */
    uint32_t flags;
};

struct inert_document *inert_document_new(void);
void inert_document_free(struct inert_document *document);

/* Adds a link and returns its number, or 0 beyond LIMIT_LINKS. */
guint inert_document_add_link(struct inert_document *document, const char *text, gsize text_length,
                              const char *url);

/* An inert document of a text mail: escaped, line breaks kept, http, https and mail addresses made
 * links by ranges (attacks I184), quoted lines in nested blockquotes. `flowed` and `delsp` are the
 * format parameters of RFC 3676. `text` is valid UTF-8. Linear. */
struct inert_document *inert_text(const char *text, bool flowed, bool delsp,
                                  const struct inert_options *options);

/* The beginning and end of every inert document. */
void inert_begin(GString *html);
void inert_end(GString *html);

struct inert_image *inert_image_new(const char *id, GBytes *content);
void inert_image_free(struct inert_image *image);

DEFINE_OWNED(inert_document, inert_document_free)

#endif

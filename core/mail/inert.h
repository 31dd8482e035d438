/* SPDX-License-Identifier: MIT
 *
 * The inert document: what the reader's frame shows. Own charset, own small style, no script, no
 * form, no reference to anything outside itself but links and pictures by way of ourselves, and
 * those only if asked for. Text mail becomes one here; HTML mail becomes one in mail/html, inside
 * the sandboxed worker. */
#ifndef INKAN_MAIL_INERT_H
#define INKAN_MAIL_INERT_H

#include "base/own.h"
#include "base/span.h"

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
 * collapsed, and `url` what is opened (mail/link), both valid UTF-8. `host` is its host as A-labels
 * or address. */
struct inert_link {
    guint n;
    char *text;
    char *url;
    char *host;
};

/* An image of the message that the HTML may refer to as cid:ID. */
struct inert_image {
    char *id;
    GBytes *content;
};

struct image_sheet; /* mail/image_url.h */

struct inert_options {
    bool links; /* false: no href at all (a loud verdict); the list of links is the same */
    /* Signs the URLs of pictures that lie elsewhere; NULL: they are left out. */
    const struct image_sheet *images;
};

struct inert_document {
    GString *html;
    GPtrArray *links; /* of struct inert_link */
    guint remote;     /* remote images (and the like) that were left out */
    guint elsewhere;  /* pictures that lie elsewhere and could be shown, shown or not */
    uint32_t flags;
};

struct inert_document *inert_document_new(void);
void inert_document_free(struct inert_document *document);

/* Adds a link and returns its number, or 0 (and INERT_LINKS_CUT) beyond LIMIT_LINKS. White space of
 * `text` is collapsed, at most LIMIT_LINK_TEXT octets are kept. */
guint inert_document_add_link(struct inert_document *document, const char *text, gsize n,
                              const char *url, const char *host);

/* An inert document of a text mail: escaped, line breaks kept, http, https and mail addresses made
 * links by ranges (attacks I184), quoted lines in nested blockquotes (LIMIT_QUOTE_DEPTH), long
 * quotes in a <details> that is closed at first. `flowed` and `delsp` are the format parameters of
 * RFC 3676. `text` is valid UTF-8. Linear. */
struct inert_document *inert_text(const char *text, bool flowed, bool delsp,
                                  const struct inert_options *options);

/* What stands before and after the content of every inert document. Text follows the reader's light
 * or dark; HTML, made for white paper, stays on white paper. */
enum inert_paper { INERT_PAPER_TEXT, INERT_PAPER_HTML };
void inert_begin(GString *html, enum inert_paper paper);
void inert_end(GString *html);

/* Adds the content of an HTML document (what stands between inert_begin and inert_end), its links
 * with numbers that go on, and its flags to one that was begun. False: it is no such document. */
bool inert_document_append(struct inert_document *to, const struct inert_document *from);

/* Escapes for where the text lands: between tags, inside a double-quoted attribute. */
void inert_append_text(GString *html, const char *text, gsize n);
void inert_append_attribute(GString *html, const char *text, gsize n);
/* The start tag of a link; a span when options forbid links. inert_append_link_end closes it. */
void inert_append_link(GString *html, const char *url, const struct inert_options *options);
void inert_append_link_end(GString *html, const struct inert_options *options);

struct inert_image *inert_image_new(const char *id, GBytes *content);
void inert_image_free(struct inert_image *image);

DEFINE_OWNED(inert_document, inert_document_free)

#endif

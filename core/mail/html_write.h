/* SPDX-License-Identifier: MIT
 *
 * One walk over libgumbo's tree, writing what the allow-list keeps. No recursion: how deep a
 * message nests is its sender's choice. */
#ifndef INKAN_MAIL_HTML_WRITE_H
#define INKAN_MAIL_HTML_WRITE_H

#include "mail/inert.h"

#include <gumbo.h>

/* The content of <body> in normal form: allowed elements and attributes, text, links and pictures
 * still pointing where they pointed. Parsing it and writing it again gives the same octets, or the
 * message uses a shape that HTML cannot spell (html.c tries until it does). Not fit for eyes.
 * *remote: what is gone that would have loaded something, pictures apart: they are still there.
 * False beyond LIMIT_HTML_NODES or LIMIT_HTML_DEPTH. */
bool html_write_normal(const GumboNode *root, GString *to, guint *remote);

/* The same walk into the inert document: links numbered, pictures inlined or left out. Adds to all
 * of `document`. False as above. */
bool html_write_inert(const GumboNode *root, const GPtrArray *images,
                      const struct inert_options *options, struct inert_document *document);

#endif

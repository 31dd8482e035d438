/* SPDX-License-Identifier: MIT
 *
 * The readable text of HTML, for previews: tags skipped, entities decoded, and everything left out
 * that a reader would not see. Understands no more of HTML than that; what it gives is text, never
 * markup, so a mistake shows a wrong word and nothing worse. */
#ifndef INKAN_MAIL_MIME_MARKUP_H
#define INKAN_MAIL_MIME_MARKUP_H

#include <glib.h>

/* Appends the text of `html` (valid UTF-8, perhaps cut anywhere). Linear. */
void mime_markup_text(const char *html, GString *to);

#endif

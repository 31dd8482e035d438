/* SPDX-License-Identifier: MIT
 *
 * A style attribute, rewritten from what is known to be harmless: properties that change how text
 * and boxes look, values made of keywords, plain lengths, colours and font names. Nothing that
 * loads (url(), image-set()), moves boxes out of their place (position, transform, negative
 * lengths, viewport units), animates, generates text or asks the environment (attacks J194-199,
 * K204). */
#ifndef INKAN_MAIL_HTML_CSS_H
#define INKAN_MAIL_HTML_CSS_H

#include "base/span.h"

struct css_findings {
    bool hides; /* takes the element out of sight: display:none, font-size:0, … (attacks H166) */
    guint remote; /* url()s left out */
};

/* Appends "property:value" declarations, separated by ";", for as many of the first LIMIT_CSS
 * octets as are allowed; octets of CSS and ASCII only but font names. Its own output comes back
 * unchanged. */
void css_clean(struct span style, GString *to, struct css_findings *findings);

/* Is the text one colour: a name, or "#" and 3, 4, 6 or 8 hex digits? */
bool css_is_color(struct span text);

#endif

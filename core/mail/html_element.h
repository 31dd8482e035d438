/* SPDX-License-Identifier: MIT
 *
 * The allow-list: which elements and attributes of a message survive. What is not named here is
 * left out, elements with or without their content. */
#ifndef INKAN_MAIL_HTML_ELEMENT_H
#define INKAN_MAIL_HTML_ELEMENT_H

#include "mail/html_css.h"

#include <gumbo.h>

enum html_fate {
    HTML_UNWRAP = 0, /* the content stays, the tags go: also for every element unknown to us */
    HTML_DROP,       /* with its content */
    HTML_BLOCK,      /* becomes a <div>: form, fieldset, … */
    HTML_KEEP,
    HTML_KEEP_EMPTY, /* a void element: no content, no end tag */
    HTML_LINK,       /* <a> */
    HTML_IMAGE,      /* <img> */
    HTML_BODY        /* <body>: becomes a <div> if it brings colours or style */
};

/* Only elements of the HTML namespace: SVG and MathML are HTML_DROP. */
enum html_fate html_element_fate(const GumboNode *node);

/* Does the element load something over the network (a src, data, poster or background that is no
 * cid: or data: URL)? For the count of what was left out. */
bool html_element_loads(const GumboElement *element);

/* Appends ' name="value"' for each attribute that is allowed and has a value of its form; style is
 * rewritten (html_css), bgcolor, color, text and the like as well. `body`: attributes of <body>
 * become CSS. */
void html_element_attributes(const GumboElement *element, bool body, GString *to,
                             struct css_findings *findings);

#endif

/* SPDX-License-Identifier: MIT
 *
 * What links of HTML say beside where they lead: the text of each <a href> and its target (attacks
 * K206). For a hint alone: it reads tags in their plain order, builds no tree, and may see less
 * than a browser shows; what is shown is made by mail/html. */
#ifndef INKAN_MAIL_LINK_MARKUP_H
#define INKAN_MAIL_LINK_MARKUP_H

#include "base/span.h"

/* `shown`: host that the link's text names as a whole; `target`: host that it opens; both
 * lower-case A-labels, borrowed for the call. */
typedef void (*link_markup_seen)(const char *shown, const char *target, void *data);

/* Calls `seen` for each link of `html` (valid UTF-8, perhaps cut anywhere) whose text is the name
 * of a host, at most LIMIT_LINKS. Linear. */
void link_markup_each(const char *html, link_markup_seen seen, void *data);

/* The cheap question before a part is decoded: may there be an <a>? `octets` as they were sent,
 * in quoted-printable or bare, in a charset whose ASCII is ASCII. One pass; may say yes for
 * nothing, never no for something. */
bool link_markup_possible(struct span octets, bool quoted_printable);

/* The host that `text` as a whole names, "https://www.example.org/x", "www.example.org" or
 * "example.org/x"; NULL for any other text, and for what may as well be a file name ("notes.md").
 * The caller frees. */
char *link_markup_host(struct span text);

#endif

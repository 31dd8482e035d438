/* SPDX-License-Identifier: MIT
 *
 * What people type into the search field, as terms for the mail server:
 *
 *   query = *SP [term *(1*SP term)] *SP
 *   term  = "has:attachment" / "is:unread" / "is:flagged" / [field] (phrase / word)
 *   field = "from:" / "to:" / "subject:"
 *   phrase = DQUOTE *<any but DQUOTE> (DQUOTE / end of query)
 *
 * SP is any white space of Unicode. Letter case of fields does not matter; anything else with a
 * colon is a word. Knows no IMAP but its keys. */
#ifndef INKAN_FCGI_SEARCH_H
#define INKAN_FCGI_SEARCH_H

#include "account/imap.h"

struct json_t;

/* Terms (struct imap_search_term, cleared with the array) of a query of at most LIMIT_SEARCH_QUERY
 * characters. NULL for one without a term, with more than LIMIT_SEARCH_TERMS, with control
 * characters, or that is no UTF-8. Linear. */
GArray *search_parse(const char *query);
/* [{"text", "in": "any" | "from" | "to" | "subject"}]: what to mark in the rows found. */
struct json_t *search_highlight(const GArray *terms);

#endif

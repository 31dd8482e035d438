/* SPDX-License-Identifier: MIT
 *
 * Cuts what an IMAP server sends into whole responses (RFC 3501 §2.2.2, §4, §7) before anything
 * parses it: line length, nesting, quotes, control characters and literals are bounded here. The
 * octets of literals never stand in the line: they go into a table, and the line holds the quoted
 * string "{0}", "{1}" … instead. A quoted string that the server began with "{" goes into the table
 * as well, so a reference can be nothing but a reference. Does not know what a response means. */
#ifndef INKAN_ACCOUNT_IMAP_LEXER_H
#define INKAN_ACCOUNT_IMAP_LEXER_H

#include "base/own.h"
#include "base/span.h"

#include <stdint.h>

struct imap_lexer;

enum imap_lexed {
    IMAP_LEXED_MORE = 0, /* all input consumed, the response is not complete yet */
    IMAP_LEXED_RESPONSE, /* imap_lexer_line holds one */
    IMAP_LEXED_BROKEN,   /* no IMAP; imap_lexer_why says what */
    IMAP_LEXED_TOO_LARGE /* more than LIMIT_IMAP_LINES or LIMIT_IMAP_ANSWER */
};

struct imap_lexer *imap_lexer_new(void);
void imap_lexer_free(struct imap_lexer *lexer);

/* Before each command: forgets all literals, begins to count octets anew. Literals longer than
 * `one` octets, or beyond `all` octets together, are skipped and not kept. */
void imap_lexer_begin(struct imap_lexer *lexer, size_t one, size_t all);

/* Consumes *input up to the end of one response. After _BROKEN and _TOO_LARGE the lexer stays so.
 * Linear in the input. */
enum imap_lexed imap_lexer_feed(struct imap_lexer *lexer, struct span *input);

/* The response without its CRLF; borrowed until the next feed. */
struct span imap_lexer_line(const struct imap_lexer *lexer);
/* Forgets the literals of this response: nobody will ask for them. */
void imap_lexer_drop(struct imap_lexer *lexer);
/* For a person: "a line is too long". Never NULL. */
const char *imap_lexer_why(const struct imap_lexer *lexer);

/* True while nothing of a response has been consumed. */
bool imap_lexer_between(const struct imap_lexer *lexer);

/* If `string` (the content of a quoted string of a line) is a reference: true, and *octets is what
 * it stands for, borrowed until imap_lexer_begin, NULL if it was skipped. */
bool imap_lexer_literal(const struct imap_lexer *lexer, const char *string, GBytes **octets);

DEFINE_OWNED(imap_lexer, imap_lexer_free)

#endif

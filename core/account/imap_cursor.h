/* SPDX-License-Identifier: MIT
 *
 * Reads the tokens of RFC 3501 §9 from one line of account/imap_lexer, whose quotes and parentheses
 * are known to be balanced. Every function takes what it names and returns true, or takes nothing
 * and returns false. */
#ifndef INKAN_ACCOUNT_IMAP_CURSOR_H
#define INKAN_ACCOUNT_IMAP_CURSOR_H

#include "base/span.h"

#include <stdint.h>

struct imap_cursor {
    struct span rest;
};

bool imap_cursor_octet(struct imap_cursor *cursor, char octet);
bool imap_cursor_end(const struct imap_cursor *cursor);
/* The word as written, in any case, followed by SP, "(", ")", "[" or the end. */
bool imap_cursor_word(struct imap_cursor *cursor, const char *word);
/* 1*ATOM-CHAR; octets above 127 are let through. "[" is an ATOM-CHAR, "]" is not. */
bool imap_cursor_atom(struct imap_cursor *cursor, struct span *atom);
/* number up to `max`, without sign. Larger ones are taken and become `max`. */
bool imap_cursor_number(struct imap_cursor *cursor, uint64_t max, uint64_t *number);
/* quoted, with both quotes. */
bool imap_cursor_quoted(struct imap_cursor *cursor, struct span *quoted);
/* "\" atom, or atom. */
bool imap_cursor_flag(struct imap_cursor *cursor, struct span *flag);
/* Any value: atoms with sections and origins, quoted, parenthesised lists. */
bool imap_cursor_skip(struct imap_cursor *cursor);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The grammar of single responses, for account/imap_screen alone. Each function stands behind the
 * response's name, reads to its end, appends the line for libetpan without CRLF, and returns false
 * for anything that is not of the shape; `clean` may then hold rubbish. */
#ifndef INKAN_ACCOUNT_IMAP_SCREEN_PARTS_H
#define INKAN_ACCOUNT_IMAP_SCREEN_PARTS_H

#include "account/imap_cursor.h"
#include "account/imap_screen.h"

/* Sets screened->kind and ->uid; ->number is set. */
bool screen_fetch(struct imap_cursor *in, GString *clean, struct imap_screened *screened);
bool screen_list(struct imap_cursor *in, GString *clean);
bool screen_status(struct imap_cursor *in, GString *clean);
bool screen_search(struct imap_cursor *in, GString *clean);
bool screen_namespaces(struct imap_cursor *in, GString *clean);
/* Also within a response code; writes "CAPABILITY …" without "* ". */
bool screen_capability(struct imap_cursor *in, GString *clean);

#endif

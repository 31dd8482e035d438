/* SPDX-License-Identifier: MIT
 *
 * Mailbox names: modified UTF-7 (RFC 3501 §5.1.3) to UTF-8 and back. */
#ifndef INKAN_ACCOUNT_IMAP_NAME_H
#define INKAN_ACCOUNT_IMAP_NAME_H

#include <glib.h>

/* What people read. A name that is not well-formed modified UTF-7 (unclosed or malformed shift,
 * lone surrogate, shifted ASCII, 8-bit) is shown as it is, made valid UTF-8; control characters
 * become U+FFFD. Never NULL; the caller frees. */
char *imap_name_decode(const char *name);

/* What the server gets; NULL if `name` is not valid UTF-8. The caller frees. */
char *imap_name_encode(const char *name);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The opaque ids of the API: mailbox, message, cursor. An id holds the mailbox's name, UIDVALIDITY
 * and UID, and a MAC over them and the account under a key that never leaves this installation: it
 * is stable as long as the message stays where it is, says nothing to other accounts and cannot be
 * made up (attacks L229). A wrong id, another account's and a mistyped one look alike. */
#ifndef INKAN_FCGI_ID_H
#define INKAN_FCGI_ID_H

#include "base/span.h"

#include <glib.h>
#include <stdint.h>

enum id_kind {
    ID_NONE = 0,
    ID_MAILBOX, /* name alone */
    ID_MESSAGE, /* name, UIDVALIDITY, UID */
    ID_CURSOR   /* the page before this UID */
};

/* Where an id points. */
struct id {
    enum id_kind kind;
    uint32_t uidvalidity, uid;
    char *mailbox; /* as the IMAP server names it (modified UTF-7 octets), LIMIT_IMAP_NAME */
};

void id_clear(struct id *id);

/* Text of base64url characters; the caller frees it. `key`: config or store secret, 32 octets. */
char *id_format(struct span key, const char *account, const struct id *id);

/* Fills *id (clear it after use). False, *id untouched, for anything that id_format did not write
 * for this account, key and kind. */
bool id_parse(struct span key, const char *account, enum id_kind kind, const char *text,
              struct id *id);

#endif

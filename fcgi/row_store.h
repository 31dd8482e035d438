/* SPDX-License-Identifier: MIT
 *
 * Rows in the store. */
#ifndef INKAN_FCGI_ROW_STORE_H
#define INKAN_FCGI_ROW_STORE_H

#include "fcgi/row.h"
#include "fcgi/verifier.h"

/* Rows with lo <= UID <= hi that are kept and can be read: uint32_t UID (GUINT_TO_POINTER) → struct
 * row, which the table owns. */
GHashTable *row_store_find(struct store *store, const char *account, const char *mailbox,
                           uint32_t uidvalidity, uint32_t lo, uint32_t hi);
/* Keeps rows; one that cannot be kept is read again next time. */
void row_store_put(struct store *store, const char *account, const char *mailbox,
                   uint32_t uidvalidity, const GPtrArray *rows);
/* Writes into a kept row what the whole message told: attachment, and the digest of the octets its
 * verdict rests on ("": it has none yet). */
void row_store_judged(struct store *store, const struct place *place, GBytes *whole,
                      const char *digest);

#endif

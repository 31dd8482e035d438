/* SPDX-License-Identifier: MIT
 *
 * Which UID stands at which sequence number of the selected mailbox, as far as the server has said:
 * what makes a page of a listing cost one command. Kept current by EXISTS, EXPUNGE and FETCH in the
 * order they arrive (RFC 3501 §7.3, §7.4). A server that lies gets a wrong page of its own mail,
 * never more memory than LIMIT_IMAP_MAP. */
#ifndef INKAN_ACCOUNT_IMAP_MAP_H
#define INKAN_ACCOUNT_IMAP_MAP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct imap_map {
    uint32_t exists;
    GArray *uids; /* uint32_t at sequence number - 1; 0 = not known */
};

void imap_map_init(struct imap_map *map);
void imap_map_clear(struct imap_map *map);

/* Another mailbox: nothing is known. */
void imap_map_reset(struct imap_map *map);
void imap_map_exists(struct imap_map *map, uint32_t exists);
void imap_map_expunge(struct imap_map *map, uint32_t sequence);
void imap_map_learn(struct imap_map *map, uint32_t sequence, uint32_t uid);

/* 0 if not known. */
uint32_t imap_map_uid(const struct imap_map *map, uint32_t sequence);
/* The greatest sequence number whose UID is below `uid`, 0 if there is none: true if that is known
 * for sure. Linear in the mailbox. */
bool imap_map_below(const struct imap_map *map, uint32_t uid, uint32_t *sequence);
/* The greatest UID known, 0 if none is. */
uint32_t imap_map_greatest(const struct imap_map *map);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Sequence numbers to UIDs. UIDs ascend with sequence numbers (RFC 3501 §2.3.1.1). */
#include "account/imap_map.h"

#include "base/limits.h"

void imap_map_init(struct imap_map *map) {
    map->exists = 0;
    map->uids = g_array_new(FALSE, TRUE, sizeof(uint32_t));
}

void imap_map_clear(struct imap_map *map) {
    g_array_unref(map->uids);
    map->uids = NULL;
}

void imap_map_reset(struct imap_map *map) {
    map->exists = 0;
    g_array_set_size(map->uids, 0);
}

void imap_map_exists(struct imap_map *map, uint32_t exists) {
    /* Fewer than before without EXPUNGE breaks the rules: then nothing known can be relied on. */
    if (exists < map->exists)
        imap_map_reset(map);
    map->exists = exists;
}

void imap_map_expunge(struct imap_map *map, uint32_t sequence) {
    if (sequence == 0 || sequence > map->exists)
        return;
    map->exists--;
    if (sequence <= map->uids->len)
        g_array_remove_index(map->uids, sequence - 1);
}

void imap_map_learn(struct imap_map *map, uint32_t sequence, uint32_t uid) {
    if (sequence == 0 || sequence > map->exists || sequence > LIMIT_IMAP_MAP)
        return;
    if (sequence > map->uids->len)
        g_array_set_size(map->uids, sequence);
    g_array_index(map->uids, uint32_t, sequence - 1) = uid;
}

uint32_t imap_map_uid(const struct imap_map *map, uint32_t sequence) {
    return sequence == 0 || sequence > map->uids->len
               ? 0
               : g_array_index(map->uids, uint32_t, sequence - 1);
}

bool imap_map_below(const struct imap_map *map, uint32_t uid, uint32_t *sequence) {
    uint32_t below = 0;              /* the greatest known to be below */
    uint32_t from = map->exists + 1; /* the least known not to be */
    for (uint32_t i = map->uids->len; i > 0 && below == 0; i--) {
        uint32_t known = imap_map_uid(map, i);
        if (known >= uid)
            from = i;
        else if (known > 0)
            below = i;
    }
    *sequence = below;
    if (from == below + 1)
        return true;
    if (imap_map_uid(map, from) != uid)
        return false;
    *sequence = from - 1; /* `uid` itself stands at `from`: all before it is below */
    return true;
}

uint32_t imap_map_greatest(const struct imap_map *map) {
    uint32_t greatest = 0;
    for (uint32_t i = map->uids->len; i > 0 && greatest == 0; i--)
        greatest = imap_map_uid(map, i);
    return greatest;
}

/* SPDX-License-Identifier: MIT
 *
 * The memory that rooms are handed: get, put and expire of opaque bytes. store/ implements it; a
 * room that remembers (history, first use, logos, policies) sees only this. */
#ifndef INKAN_BASE_KEEP_H
#define INKAN_BASE_KEEP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct keep {
    /* The bytes under (space, key), or NULL if there are none or they have expired. The caller
     * unrefs. */
    GBytes *(*get)(struct keep *keep, const char *space, const char *key, int64_t now);
    /* The same for who writes back what it read: false where it could not be read, which is not the
     * same as none; *value is NULL then too. */
    bool (*read)(struct keep *keep, const char *space, const char *key, int64_t now,
                 GBytes **value);
    /* Replaces what is there; kept until `expires` (epoch seconds, 0 = for good). False: not kept,
     * and the caller goes on without (a store that cannot write loses caching, not reading). */
    bool (*put)(struct keep *keep, const char *space, const char *key, GBytes *value,
                int64_t expires);
    /* Drops everything whose time has passed. */
    void (*expire)(struct keep *keep, int64_t now);
};

#endif

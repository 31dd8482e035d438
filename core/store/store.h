/* SPDX-License-Identifier: MIT
 *
 * What we remember, behind one table of operations: sqlite.c now, others later. Everything is
 * opaque bytes under names; what they mean belongs to the rooms that wrote them. All operations may
 * be called from any thread at once. Nothing here is needed to read mail: a caller that gets false
 * goes on without. Times are epoch seconds. */
#ifndef INKAN_STORE_STORE_H
#define INKAN_STORE_STORE_H

#include "base/keep.h"
#include "base/own.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* One row of a mailbox listing, as the caller serialised it. */
struct store_row {
    uint32_t uid;
    GBytes *value;
};

struct store {
    struct keep keep; /* the memory that rooms are handed */

    /* Sessions: `hash` names the token, `sealed` opens only with it. Find: NULL if unknown or
     * expired at `now`; the caller unrefs. */
    bool (*session_put)(struct store *store, const char *hash, GBytes *sealed, int64_t expires,
                        GError **error);
    GBytes *(*session_find)(struct store *store, const char *hash, int64_t now, int64_t *expires);
    bool (*session_delete)(struct store *store, const char *hash, GError **error);

    /* Verdict records. The first one put under a key stays: a later put of the same key changes
     * nothing and succeeds. Only complete verdicts belong here. */
    bool (*verdict_put)(struct store *store, const char *key, GBytes *record, int64_t now,
                        GError **error);
    GBytes *(*verdict_find)(struct store *store, const char *key);
    /* Those of n keys that are there, in one query: char * → GBytes *, which the table owns. Keys
     * without quotes, backslashes and control characters. Never NULL. */
    GHashTable *(*verdicts_find)(struct store *store, const char *const *keys, size_t n);

    /* Listing rows of (account, mailbox, UIDVALIDITY). put_rows is one transaction and replaces
     * rows of the same UID; rows of another UIDVALIDITY of that mailbox are dropped (attacks M242).
     * find_rows gives at most `limit` rows with lo <= UID <= hi, highest UID first, in an array of
     * struct store_row (never NULL; elements are freed with it). */
    bool (*rows_put)(struct store *store, const char *account, const char *mailbox,
                     uint32_t uidvalidity, const struct store_row *rows, size_t n, int64_t now,
                     GError **error);
    GArray *(*rows_find)(struct store *store, const char *account, const char *mailbox,
                         uint32_t uidvalidity, uint32_t lo, uint32_t hi, unsigned limit);
    bool (*rows_delete)(struct store *store, const char *account, const char *mailbox,
                        uint32_t uidvalidity, const uint32_t *uids, size_t n, GError **error);

    /* Forgets verdict records and listing rows that were stored before `before`, the oldest first,
     * at most LIMIT_STORE_FORGET of each a call. */
    void (*forget)(struct store *store, int64_t before);

    /* A secret of this installation: what is there, or `fresh` (n octets), which is then kept.
     * Always fills `out`; false: `fresh` could not be kept and lasts as long as the caller. */
    bool (*secret)(struct store *store, const char *name, const void *fresh, void *out, size_t n);

    /* True if something can be written (health): false from the first write that failed on, until
     * LIMIT_STORE_PROBE_OCTETS were written as a trial, at most once in LIMIT_STORE_PROBE. */
    bool (*writable)(struct store *store, int64_t now);
    void (*free)(struct store *store);
};

/* Domain of every *error of this room; the code is the backend's own. */
#define STORE_ERROR store_error_quark()
GQuark store_error_quark(void);

static inline void store_free(struct store *store) {
    store->free(store);
}

DEFINE_OWNED(store, store_free)

#endif

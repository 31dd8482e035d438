/* SPDX-License-Identifier: MIT
 *
 * A mailbox that is met for the first time is read from the store without the lock. */
#include "fcgi/threads.h"

#include "fcgi/row.h"

#include <inttypes.h>
#include <string.h>

struct entry {
    char *key; /* account, mailbox, UIDVALIDITY */
    struct forest *forest;
};

struct threads {
    struct store *store;
    GMutex lock;
    GQueue entries; /* struct entry, last used first */
};

static void entry_free(gpointer data) {
    struct entry *entry = data;
    g_free(entry->key);
    forest_free(entry->forest);
    g_free(entry);
}

struct threads *threads_new(struct store *store) {
    struct threads *threads = g_new0(struct threads, 1);
    threads->store = store;
    g_mutex_init(&threads->lock);
    g_queue_init(&threads->entries);
    return threads;
}

void threads_free(struct threads *threads) {
    g_queue_clear_full(&threads->entries, entry_free);
    g_mutex_clear(&threads->lock);
    g_free(threads);
}

/* Neither an account nor a mailbox name holds a line break. */
static char *key_of(const struct threads_place *place) {
    return g_strdup_printf("%s\n%s\n%" PRIu32, place->account, place->mailbox, place->uidvalidity);
}

static struct forest *read_forest(struct store *store, const struct threads_place *place) {
    struct forest *forest = forest_new();
    g_autoptr(GArray) kept = store->rows_find(store, place->account, place->mailbox,
                                              place->uidvalidity, 1, G_MAXUINT32, LIMIT_FOREST);
    for (guint i = 0; i < kept->len; i++) {
        const struct store_row *one = &g_array_index(kept, struct store_row, i);
        struct row *row = row_decode(one->uid, one->value);
        if (!row)
            continue;
        forest_add(forest, row->uid, &row->references);
        row_free(row);
    }
    return forest;
}

static int has_key(gconstpointer data, gconstpointer key) {
    const struct entry *entry = data;
    return strcmp(entry->key, key);
}

/* With the lock held. NULL: it is not in memory. */
static struct forest *find_forest(struct threads *threads, const char *key) {
    GList *link = g_queue_find_custom(&threads->entries, key, has_key);
    if (!link)
        return NULL;
    g_queue_unlink(&threads->entries, link);
    g_queue_push_head_link(&threads->entries, link);
    const struct entry *entry = link->data;
    return entry->forest;
}

/* With the lock held. */
static struct forest *keep_forest(struct threads *threads, const char *key, struct forest *forest) {
    struct entry *entry = g_new0(struct entry, 1);
    *entry = (struct entry){g_strdup(key), forest};
    g_queue_push_head(&threads->entries, entry);
    if (threads->entries.length > LIMIT_FORESTS)
        entry_free(g_queue_pop_tail(&threads->entries));
    return forest;
}

/* Takes the lock, which the caller gives back. */
static struct forest *take_forest(struct threads *threads, const struct threads_place *place) {
    g_autofree char *key = key_of(place);
    g_mutex_lock(&threads->lock);
    struct forest *forest = find_forest(threads, key);
    if (forest)
        return forest;
    g_mutex_unlock(&threads->lock);
    struct forest *fresh = read_forest(threads->store, place);
    g_mutex_lock(&threads->lock);
    forest = find_forest(threads, key); /* another thread's may be there by now */
    if (!forest)
        return keep_forest(threads, key, fresh);
    forest_free(fresh);
    return forest;
}

void threads_join(struct threads *threads, const struct threads_place *place,
                  struct threads_message *messages, guint n) {
    struct forest *forest = take_forest(threads, place);
    for (guint i = 0; i < n; i++)
        forest_add(forest, messages[i].uid, &messages[i].references);
    for (guint i = 0; i < n; i++)
        messages[i].thread = forest_thread(forest, &messages[i].references);
    g_mutex_unlock(&threads->lock);
}

GArray *threads_members(struct threads *threads, const struct threads_place *place, uint32_t uid) {
    struct references references;
    struct forest *forest = take_forest(threads, place);
    uint64_t thread =
        forest_find(forest, uid, &references) ? forest_thread(forest, &references) : 0;
    GArray *uids = forest_members(forest, thread, LIMIT_THREAD);
    g_mutex_unlock(&threads->lock);
    if (!uids->len)
        g_array_append_val(uids, uid);
    return uids;
}

char *threads_id(uint64_t thread, uint32_t uid) {
    return thread ? g_strdup_printf("T%016" PRIx64, thread) : g_strdup_printf("U%" PRIu32, uid);
}

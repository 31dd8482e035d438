/* SPDX-License-Identifier: MIT
 *
 * Between struct row and the store's opaque values. */
#include "fcgi/row_store.h"

#include "base/clock.h"
#include "base/log.h"

static void free_row(gpointer row) {
    row_free(row);
}

GHashTable *row_store_find(struct store *store, const char *account, const char *mailbox,
                           uint32_t uidvalidity, uint32_t lo, uint32_t hi) {
    GHashTable *found = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_row);
    g_autoptr(GArray) kept =
        store->rows_find(store, account, mailbox, uidvalidity, lo, hi, G_MAXINT32);
    for (guint i = 0; i < kept->len; i++) {
        const struct store_row *one = &g_array_index(kept, struct store_row, i);
        struct row *row = row_decode(one->uid, one->value);
        if (row)
            g_hash_table_insert(found, GUINT_TO_POINTER(one->uid), row);
    }
    return found;
}

void row_store_put(struct store *store, const char *account, const char *mailbox,
                   uint32_t uidvalidity, const GPtrArray *rows) {
    g_autoptr(GError) error = NULL;
    g_autofree struct store_row *values = g_new0(struct store_row, rows->len);
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = rows->pdata[i];
        values[i] = (struct store_row){row->uid, row_encode(row)};
    }
    if (rows->len && !store->rows_put(store, account, mailbox, uidvalidity, values, rows->len,
                                      clock_now(), &error))
        log_write(LOG_WARNING, "fcgi/row", "%u rows were not kept: %s", rows->len,
                  error ? error->message : "?");
    for (guint i = 0; i < rows->len; i++)
        g_bytes_unref(values[i].value);
}

void row_store_judged(struct store *store, const struct place *place, GBytes *whole,
                      const char *digest) {
    const char *account = place->session->account;
    g_autoptr(GHashTable) found =
        row_store_find(store, account, place->mailbox, place->uidvalidity, place->uid, place->uid);
    struct row *row = g_hash_table_lookup(found, GUINT_TO_POINTER(place->uid));
    if (!row)
        return;
    if (row->attachment == ROW_ATTACHMENT_UNKNOWN) {
        OWNED(message) message = message_new(whole, 0);
        row_set_attachment(row, message);
    }
    g_free(row->judged);
    row->judged = g_strdup(digest);
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, row);
    row_store_put(store, account, place->mailbox, place->uidvalidity, one);
}

/* SPDX-License-Identifier: MIT
 *
 * The cache of parsed keys: a hash table over record texts and a queue in order of last use, under
 * one lock that is never held while a key is parsed or used. */
#include "auth/dkim_keys.h"

#include "base/limits.h"

struct entry {
    char *octets;       /* of the record, owned */
    struct span record; /* over them; the table's key */
    struct dkim_key *key;
    GList link; /* in `used`, most recent first */
};

struct dkim_keys {
    GMutex lock;
    GHashTable *table; /* &entry->record → entry */
    GQueue used;
    guint parsed;
};

/* Eight octets a step. The table is small and bounded, so that colliding records cost at worst
 * LIMIT_DKIM_KEYS comparisons. */
static guint hash_record(gconstpointer pointer) {
    const struct span *s = pointer;
    uint64_t hash = s->n, word;
    size_t i = 0;
    for (; i + 8 <= s->n; i += 8) {
        memcpy(&word, s->p + i, 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (; i < s->n; i++)
        hash = (hash ^ (unsigned char)s->p[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return (guint)(hash ^ hash >> 32);
}

static gboolean same_record(gconstpointer a, gconstpointer b) {
    return span_eq(*(const struct span *)a, *(const struct span *)b);
}

static void entry_free(gpointer pointer) {
    struct entry *entry = pointer;
    g_free(entry->octets);
    dkim_key_unref(entry->key);
    g_free(entry);
}

struct dkim_keys *dkim_keys_new(void) {
    struct dkim_keys *keys = g_new0(struct dkim_keys, 1);
    g_mutex_init(&keys->lock);
    g_queue_init(&keys->used);
    keys->table = g_hash_table_new_full(hash_record, same_record, NULL, entry_free);
    return keys;
}

void dkim_keys_free(struct dkim_keys *keys) {
    if (!keys)
        return;
    g_hash_table_destroy(keys->table);
    g_mutex_clear(&keys->lock);
    g_free(keys);
}

/* A reference to the key of that record, made the most recent one, or NULL. */
static struct dkim_key *find(struct dkim_keys *keys, struct span record) {
    g_mutex_lock(&keys->lock);
    struct entry *entry = g_hash_table_lookup(keys->table, &record);
    struct dkim_key *key = NULL;
    if (entry) {
        g_queue_unlink(&keys->used, &entry->link);
        g_queue_push_head_link(&keys->used, &entry->link);
        key = dkim_key_ref(entry->key);
    } else {
        keys->parsed++;
    }
    g_mutex_unlock(&keys->lock);
    return key;
}

static void keep(struct dkim_keys *keys, struct span record, struct dkim_key *key) {
    struct entry *entry = g_new0(struct entry, 1);
    entry->octets = span_dup(record);
    entry->record = span_make(entry->octets, record.n);
    entry->key = dkim_key_ref(key);
    entry->link.data = entry;
    g_mutex_lock(&keys->lock);
    if (g_hash_table_contains(keys->table, &entry->record)) { /* another thread was faster */
        entry_free(entry);
    } else {
        g_hash_table_insert(keys->table, &entry->record, entry);
        g_queue_push_head_link(&keys->used, &entry->link);
    }
    if (keys->used.length > LIMIT_DKIM_KEYS) {
        struct entry *oldest = g_queue_pop_tail_link(&keys->used)->data;
        g_hash_table_remove(keys->table, &oldest->record);
    }
    g_mutex_unlock(&keys->lock);
}

struct dkim_key *dkim_keys_get(struct dkim_keys *keys, struct span record,
                               enum dkim_reason *reason) {
    *reason = DKIM_REASON_NONE;
    struct dkim_key *key = keys ? find(keys, record) : NULL;
    if (key)
        return key;
    key = dkim_key_parse(record, reason);
    if (key && keys)
        keep(keys, record, key);
    return key;
}

static enum dkim_reason check_answer(const struct dns_answer *answer) {
    switch (answer->status) {
    case DNS_DATA:
        return answer->n == 1 ? DKIM_REASON_NONE : DKIM_KEY_DUPLICATE;
    case DNS_NODATA:
    case DNS_NXDOMAIN:
        return DKIM_KEY_NOT_FOUND;
    case DNS_NOT_ASKED:
        return DKIM_NOT_ASKED;
    case DNS_BOGUS:
        return DKIM_DNS_BOGUS;
    case DNS_OVER_BUDGET:
        return DKIM_DNS_BUDGET;
    case DNS_BAD_NAME:
        return DKIM_BAD_SELECTOR;
    case DNS_TEMPERROR:
        break;
    }
    return DKIM_DNS;
}

struct dkim_key *dkim_keys_answer(struct dkim_keys *keys, struct lookups *lookups, const char *name,
                                  enum dnssec_state *dnssec, enum dkim_reason *reason) {
    const struct dns_answer *answer = lookups_answer(lookups, name, DNS_TXT);
    *dnssec = answer->dnssec;
    *reason = check_answer(answer);
    return *reason ? NULL : dkim_keys_get(keys, answer->records[0], reason);
}

guint dkim_keys_parsed(struct dkim_keys *keys) {
    g_mutex_lock(&keys->lock);
    guint parsed = keys->parsed;
    g_mutex_unlock(&keys->lock);
    return parsed;
}

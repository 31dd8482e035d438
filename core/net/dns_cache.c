/* SPDX-License-Identifier: MIT
 *
 * A hash table over a list in order of use. */
#include "net/dns_cache.h"

struct entry {
    struct dns_question question;
    const struct dns_answer *answer;
    int64_t until_ms;
    GList link; /* data: the entry itself */
};

struct dns_cache {
    GHashTable *entries; /* question -> entry that holds it */
    GQueue order;        /* most recently used first */
    size_t octets;
    guint max_answers;
    size_t max_octets;
};

struct dns_cache *dns_cache_new(guint max_answers, size_t max_octets) {
    struct dns_cache *cache = g_new0(struct dns_cache, 1);
    cache->entries = g_hash_table_new(dns_question_hash, dns_question_equal);
    g_queue_init(&cache->order);
    cache->max_answers = max_answers;
    cache->max_octets = max_octets;
    return cache;
}

static void drop(struct dns_cache *cache, struct entry *entry) {
    g_hash_table_remove(cache->entries, &entry->question);
    g_queue_unlink(&cache->order, &entry->link);
    cache->octets -= sizeof *entry + dns_answer_size(entry->answer);
    dns_answer_unref(entry->answer);
    g_free(entry);
}

void dns_cache_free(struct dns_cache *cache) {
    while (cache->order.head)
        drop(cache, cache->order.head->data);
    g_hash_table_unref(cache->entries);
    g_free(cache);
}

const struct dns_answer *dns_cache_find(struct dns_cache *cache,
                                        const struct dns_question *question, int64_t now_ms) {
    struct entry *entry = g_hash_table_lookup(cache->entries, question);
    if (!entry)
        return NULL;
    if (now_ms >= entry->until_ms) {
        drop(cache, entry);
        return NULL;
    }
    g_queue_unlink(&cache->order, &entry->link);
    g_queue_push_head_link(&cache->order, &entry->link);
    return dns_answer_ref(entry->answer);
}

void dns_cache_put(struct dns_cache *cache, const struct dns_question *question,
                   const struct dns_answer *answer, int64_t now_ms) {
    struct entry *old = g_hash_table_lookup(cache->entries, question);
    if (old)
        drop(cache, old);
    struct entry *entry = g_new0(struct entry, 1);
    entry->question = *question;
    entry->answer = dns_answer_ref(answer);
    entry->until_ms = now_ms + (int64_t)answer->ttl * 1000;
    entry->link.data = entry;
    g_hash_table_insert(cache->entries, &entry->question, entry);
    g_queue_push_head_link(&cache->order, &entry->link);
    cache->octets += sizeof *entry + dns_answer_size(answer);
    while (cache->order.length > cache->max_answers || cache->octets > cache->max_octets)
        drop(cache, cache->order.tail->data);
}

guint dns_cache_count(const struct dns_cache *cache) {
    return cache->order.length;
}

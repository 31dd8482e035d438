/* SPDX-License-Identifier: MIT
 *
 * Answers kept for as long as they are good: by count and by octets, the least recently used goes
 * first. No lock and no clock inside: the caller has both. */
#ifndef INKAN_NET_DNS_CACHE_H
#define INKAN_NET_DNS_CACHE_H

#include "net/dns_answer.h"
#include "net/dns_name.h"

struct dns_cache;

struct dns_cache *dns_cache_new(guint max_answers, size_t max_octets);
void dns_cache_free(struct dns_cache *cache);

/* The answer, counted for the caller, or NULL if there is none or its time has passed. `now_ms` is
 * monotonic. */
const struct dns_answer *dns_cache_find(struct dns_cache *cache,
                                        const struct dns_question *question, int64_t now_ms);

/* Keeps `answer` (which stays the caller's as well) for its ttl, in place of an older one. */
void dns_cache_put(struct dns_cache *cache, const struct dns_question *question,
                   const struct dns_answer *answer, int64_t now_ms);

guint dns_cache_count(const struct dns_cache *cache);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Counted answers: one block of memory each, immutable once made, shared by the cache, by open
 * questions and by messages in different threads. */
#ifndef INKAN_NET_DNS_ANSWER_H
#define INKAN_NET_DNS_ANSWER_H

#include "net/resolver.h"

/* Copies everything. `records` beyond LIMIT_DNS_RECORDS or LIMIT_DNS_ANSWER octets in all are left
 * out. `ttl` is clamped to the limits of `status`. Count 1. */
const struct dns_answer *dns_answer_new(enum dns_status status, enum dnssec_state dnssec,
                                        uint32_t ttl, const char *why, const struct span *records,
                                        guint n);

/* An answer without data. */
const struct dns_answer *dns_answer_new_failure(enum dns_status status, const char *why);

const struct dns_answer *dns_answer_ref(const struct dns_answer *answer);
void dns_answer_unref(const struct dns_answer *answer);

/* Octets of memory it holds. */
size_t dns_answer_size(const struct dns_answer *answer);

#endif

/* SPDX-License-Identifier: MIT
 *
 * How often one host is asked: at most so many times in LIMIT_HTTPS_HOST_SECONDS, so that nobody
 * can point this program at somebody else's machine. Thread-safe, bounded memory. */
#ifndef INKAN_NET_HTTPS_RATE_H
#define INKAN_NET_HTTPS_RATE_H

#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

struct https_rate;

/* `most`: fetches from one host in that time. */
struct https_rate *https_rate_new(unsigned most);
void https_rate_free(struct https_rate *rate);

/* Counts one fetch from `host` at `now` (seconds that never jump); false: one too many, not
 * counted. While LIMIT_HTTPS_HOSTS other hosts are remembered, a new one is refused. */
bool https_rate_take(struct https_rate *rate, const char *host, int64_t now);

DEFINE_OWNED(https_rate, https_rate_free)

#endif

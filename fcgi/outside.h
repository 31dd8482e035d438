/* SPDX-License-Identifier: MIT
 *
 * The door to servers that mail or an address names, and how many requests may stand in it: a
 * stranger who answers slowly must not take all workers. */
#ifndef INKAN_FCGI_OUTSIDE_H
#define INKAN_FCGI_OUTSIDE_H

#include "base/own.h"
#include "net/https.h"

#include <stdbool.h>

struct outside;

/* As https_new. */
struct outside *outside_new(const struct https_options *options, GError **error);
/* Ends what is under way (https_stop). */
void outside_stop(struct outside *outside);
/* Nobody may be in the door. */
void outside_free(struct outside *outside);

/* For background work, which has threads of its own. */
struct https *outside_https(struct outside *outside);
/* For a request that waits: the same, or NULL if LIMIT_OUTSIDE_REQUESTS wait already. Each that is
 * not NULL needs one outside_leave. */
struct https *outside_enter(struct outside *outside);
void outside_leave(struct outside *outside);

DEFINE_OWNED(outside, outside_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * What stands behind `struct resolver`: three verbs, implemented by libunbound (resolver_unbound.c)
 * and by a table (resolver_table.c). Only files of this room include it. */
#ifndef INKAN_NET_RESOLVER_BACKEND_H
#define INKAN_NET_RESOLVER_BACKEND_H

#include "net/dns_answer.h"
#include "net/dns_name.h"

struct resolver_pending; /* a question under way, counted; its shape is the back end's business */

struct resolver {
    /* A ready answer, counted for the caller; or NULL, and *pending counted for the caller. */
    const struct dns_answer *(*ask)(struct resolver *resolver, const struct dns_question *question,
                                    struct resolver_pending **pending);
    /* Waits until monotonic `until_ms` at most. The answer counted for the caller, or NULL. Back
     * ends that are always ready have none of the following two. */
    const struct dns_answer *(*wait)(struct resolver *resolver, struct resolver_pending *pending,
                                     int64_t until_ms);
    /* Gives back what `ask` counted. */
    void (*forget)(struct resolver *resolver, struct resolver_pending *pending);
    void (*stop)(struct resolver *resolver);
    void (*free)(struct resolver *resolver);
    gint64 sent; /* __atomic; questions that were not answered from memory */
};

#endif

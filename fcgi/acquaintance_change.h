/* SPDX-License-Identifier: MIT
 *
 * A request that changes whom its account knows: done, or answered why not. */
#ifndef INKAN_FCGI_ACQUAINTANCE_CHANGE_H
#define INKAN_FCGI_ACQUAINTANCE_CHANGE_H

#include "fcgi/acquaintance.h"
#include "fcgi/reply.h"
#include "fcgi/route.h"

/* False: x->reply is filled, with `unchanged` where `change` said no, with store-unavailable where
 * it could not be kept. */
bool acquaintance_change_run(struct exchange *x, acquaintance_change change, void *data,
                             enum problem unchanged);

#endif

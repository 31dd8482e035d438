/* SPDX-License-Identifier: MIT
 *
 * Part of route/recipient: the MTA-STS policy that counts now, fetched or kept (RFC 8461 §3.3). */
#ifndef INKAN_ROUTE_RECIPIENT_STS_H
#define INKAN_ROUTE_RECIPIENT_STS_H

#include "route/recipient.h"

void recipient_sts_ask(struct lookups *lookups, const char *domain);
/* Fills the sts fields of `route`. */
void recipient_sts_find(struct recipient_route *route, struct lookups *lookups, struct https *https,
                        struct keep *keep, int64_t now);

#endif

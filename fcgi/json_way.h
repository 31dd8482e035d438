/* SPDX-License-Identifier: MIT
 *
 * The way of a reply as JSON: `inkan route` and GET /recipients/{address}/route. */
#ifndef INKAN_FCGI_JSON_WAY_H
#define INKAN_FCGI_JSON_WAY_H

#include "route/recipient.h"
#include "trust/reasons.h"

/* One object; `address` as asked. The caller frees with g_string_free. */
GString *json_way(const char *address, const struct recipient_route *route,
                  enum reason_language language);

/* What it comes to, in one sentence. */
const char *way_text(enum route_summary summary, enum reason_language language);

/* The address's domain as lower-case A-labels: of an addr-spec, or the text itself where it is a
 * domain. NULL if it is neither, or an address literal. The caller frees. */
char *way_domain(const char *address);

#endif

/* SPDX-License-Identifier: MIT
 *
 * GET /recipients/{address}/route: can mail to this address be intercepted on the way? Asked by a
 * person who is about to answer, never because a message was opened. */
#include "base/clock.h"
#include "fcgi/json_emit.h"
#include "fcgi/json_way.h"
#include "fcgi/json_summary.h"
#include "fcgi/outside.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "store/store.h"

enum { BUSY_SECONDS = 5 };

void api_recipient_route(struct exchange *x) {
    struct service *service = x->service;
    g_autofree char *domain = way_domain(x->captured[0]);
    if (!domain) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return;
    }
    if (!service->resolver) { /* verify = never: nothing is looked up */
        reply_problem(x->reply, x->request, PROBLEM_NOT_SUPPORTED, 0);
        return;
    }
    struct https *https = outside_enter(service->outside);
    if (!https) {
        reply_problem(x->reply, x->request, PROBLEM_BUSY, BUSY_SECONDS);
        return;
    }
    OWNED(lookups) lookups = lookups_new(service->resolver);
    OWNED(recipient_route)
    route = recipient_route_find(lookups, https, &service->store->keep, domain, clock_now());
    outside_leave(service->outside);
    reply_json(x->reply, 200,
               json_emit_tree(json_way(x->captured[0], route, json_language(x->request->lang))));
}

/* SPDX-License-Identifier: MIT
 *
 * GET /events: the head is sent here, all the rest by the front (fcgi/events.h). */
#include "fcgi/events.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <string.h>

enum { RETRY_AFTER = 60 };

/* A stream is held open and is one of few: with the cookie only a page that the browser itself says
 * is ours gets one. */
static bool is_own(const struct request *request) {
    return request->authorization ||
           (request->fetch_site && strcmp(request->fetch_site, "same-origin") == 0);
}

void api_events(struct exchange *x) {
    enum problem problem = PROBLEM_NONE;
    if (!is_own(x->request)) {
        reply_problem(x->reply, x->request, PROBLEM_CROSS_SITE, 0);
        return;
    }
    struct serve_source *source = NULL;
    if (x->request->method != HTTP_HEAD)
        source = events_open(x->service->events, x->session, x->request->lang,
                             x->request->last_event_id, &problem);
    if (problem) {
        reply_problem(x->reply, x->request, problem, RETRY_AFTER);
        return;
    }
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    reply_bytes(x->reply, 200, "text/event-stream", nothing, REPLY_NO_STORE);
    reply_header(x->reply, "X-Accel-Buffering", "no");
    x->reply->source = source;
}

/* SPDX-License-Identifier: MIT
 *
 * POST /messages/{id}/unsubscribe with {"consent": true}: the one click of RFC 8058. Only where a
 * signature that holds covers both fields (trust/evidence_unsubscribe), never for mail that calls
 * for caution, never by itself; no redirects, no cookies, no word of who asks but the URI. */
#include "fcgi/fetch.h"
#include "fcgi/outside.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>

enum { BUSY_SECONDS = 5, ANSWER_OCTETS = 4096 };

static bool consents(struct exchange *x) {
    enum problem problem = PROBLEM_BAD_JSON;
    json_t *body = request_json(x->request, &problem);
    bool given = json_is_true(json_object_get(body, "consent"));
    if (!body)
        reply_problem(x->reply, x->request, problem, 0);
    else if (!given)
        reply_problem(x->reply, x->request, PROBLEM_UNPROCESSABLE, 0);
    json_decref(body);
    return given;
}

/* RFC 8058 §3.2: "List-Unsubscribe=One-Click" as the body; what comes back is of no interest. */
static bool post(struct exchange *x, struct https *https, const char *url) {
    struct https_request request = {
        .url = url, .form = "List-Unsubscribe=One-Click", .max_size = ANSWER_OCTETS};
    struct https_reply reply;
    OWNED(lookups) lookups = lookups_new(x->service->resolver);
    https_post(https, lookups, &request, &reply);
    /* A long page of thanks is cut, and the request was taken all the same. */
    bool taken = reply.status == HTTPS_OK ||
                 (reply.status == HTTPS_TOO_LARGE && reply.http_status / 100 == 2);
    https_reply_clear(&reply);
    return taken;
}

static void ask(struct exchange *x, const char *url) {
    struct https *https = outside_enter(x->service->outside);
    if (!https) {
        reply_problem(x->reply, x->request, PROBLEM_BUSY, BUSY_SECONDS);
        return;
    }
    bool taken = post(x, https, url);
    outside_leave(x->service->outside);
    if (taken)
        reply_json(x->reply, 200, json_pack("{s:s, s:b}", "https", url, "unsubscribed", 1));
    else
        reply_problem(x->reply, x->request, PROBLEM_UNSUBSCRIBE_FAILED, 0);
}

void api_unsubscribe_post(struct exchange *x) {
    if (!consents(x))
        return;
    OWNED(fetched) fetched = fetch_message(x, x->captured[0]);
    if (!fetched)
        return;
    OWNED(record) record = fetch_record(x, fetched);
    const struct evidence_unsubscribe *unsubscribe = &record->evidence->unsubscribe;
    if (!unsubscribe->one_click || !fetch_may_link(record) || !x->service->outside)
        reply_problem(x->reply, x->request, PROBLEM_UNPROCESSABLE, 0);
    else
        ask(x, unsubscribe->https);
}

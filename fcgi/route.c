/* SPDX-License-Identifier: MIT
 *
 * The site map, and the rules that hold before any handler runs. */
#include "fcgi/route.h"

#include "base/span.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <string.h>

/* "{}" stands for one segment and is captured; HEAD goes where GET goes. */
struct route {
    enum http_method method;
    const char *pattern;
    route_handler handler;
    enum route_access access;
};

static const struct route routes[] = {
    {HTTP_POST, "session", api_session_create, ROUTE_PUBLIC},
    {HTTP_GET, "session", api_session_get, ROUTE_SESSION},
    {HTTP_DELETE, "session", api_session_delete, ROUTE_SESSION},
    {HTTP_GET, "about", api_about_get, ROUTE_SESSION},
    {HTTP_GET, "mailboxes", api_mailboxes_list, ROUTE_SESSION},
    {HTTP_GET, "mailboxes/{}/messages", api_messages_list, ROUTE_SESSION},
    {HTTP_GET, "messages/{}/verdict", api_verdict_get, ROUTE_SESSION},
    {HTTP_GET, "messages/{}", api_message_get, ROUTE_SESSION},
    {HTTP_GET, "messages/{}/body.html", api_message_body, ROUTE_SESSION},
    {HTTP_GET, "messages/{}/parts/{}", api_part_get, ROUTE_SESSION},
    {HTTP_GET, "messages/{}/parts/{}/message", api_attached_message, ROUTE_SESSION},
    {HTTP_GET, "messages/{}/parts/{}/body.html", api_attached_body, ROUTE_SESSION},
    {HTTP_GET, "messages/{}/parts/{}/preview", api_part_preview, ROUTE_SESSION},
    {HTTP_GET, "messages/{}/attachments.zip", api_attachments_get, ROUTE_SESSION},
    {HTTP_GET, "messages/{}/raw", api_message_raw, ROUTE_SESSION},
    {HTTP_PATCH, "messages/{}", api_message_patch, ROUTE_SESSION},
    {HTTP_DELETE, "messages/{}", api_message_delete, ROUTE_SESSION},
    {HTTP_POST, "messages/batch", api_messages_batch, ROUTE_SESSION},
    {HTTP_GET, "events", api_events, ROUTE_SESSION},
    {HTTP_POST, "verify", api_verify_post, ROUTE_SESSION},
    {HTTP_GET, "openpgp/keys", api_keys_list, ROUTE_SESSION},
    {HTTP_POST, "openpgp/keys", api_keys_import, ROUTE_SESSION},
    {HTTP_DELETE, "openpgp/keys/{}", api_key_delete, ROUTE_SESSION},
    {HTTP_GET, "correspondents", api_correspondents_list, ROUTE_SESSION},
    {HTTP_POST, "correspondents", api_correspondents_import, ROUTE_SESSION},
    {HTTP_DELETE, "correspondents/{}", api_correspondent_delete, ROUTE_SESSION},
    {HTTP_GET, "known", api_known_list, ROUTE_SESSION},
    {HTTP_POST, "messages/{}/known", api_known_say, ROUTE_SESSION},
    {HTTP_DELETE, "known/{}/{}", api_known_delete, ROUTE_SESSION},
    {HTTP_GET, "brands/{}", api_brand_get, ROUTE_SESSION},
    {HTTP_GET, "logos/{}", api_logo_get, ROUTE_SESSION},
    {HTTP_GET, "images/{}/{}/{}", api_image_get, ROUTE_PUBLIC},
    {HTTP_GET, "image-domains", api_image_domains_list, ROUTE_SESSION},
    {HTTP_POST, "image-domains", api_image_domains_add, ROUTE_SESSION},
    {HTTP_DELETE, "image-domains/{}", api_image_domain_delete, ROUTE_SESSION},
    {HTTP_POST, "messages/{}/unsubscribe", api_unsubscribe_post, ROUTE_SESSION},
    {HTTP_GET, "recipients/{}/route", api_recipient_route, ROUTE_SESSION},
    {HTTP_GET, "health", api_health, ROUTE_PUBLIC},
    {HTTP_GET, "metrics", api_metrics, ROUTE_PUBLIC},
    {HTTP_GET, "openapi.json", api_openapi, ROUTE_PUBLIC},
};

static bool route_match(const char *pattern, const struct request *request,
                        const char *captured[4]) {
    struct span rest = span_of(pattern);
    guint n = 0, i = 0;
    for (; rest.n && i < request->n_segments; i++) {
        size_t end = span_find(rest, '/');
        struct span part = span_first(rest, end);
        rest = span_from(rest, end + 1);
        if (span_eq(part, SPAN_LIT("{}")))
            captured[n++] = request->segments[i];
        else if (!span_eq(part, span_of(request->segments[i])))
            return false;
    }
    return !rest.n && i == request->n_segments;
}

static const char *method_name(enum http_method method) {
    static const char *const names[] = {"", "GET", "HEAD", "POST", "PATCH", "DELETE"};
    return names[method];
}

/* The route, or NULL; *allow gets what the path would take. */
static const struct route *route_find(const struct request *request, const char *captured[4],
                                      GString *allow) {
    enum http_method method = request->method == HTTP_HEAD ? HTTP_GET : request->method;
    for (size_t i = 0; i < G_N_ELEMENTS(routes); i++) {
        if (!route_match(routes[i].pattern, request, captured))
            continue;
        if (routes[i].method == method)
            return &routes[i];
        g_string_append_printf(allow, "%s%s", allow->len ? ", " : "",
                               method_name(routes[i].method));
        if (routes[i].method == HTTP_GET)
            g_string_append(allow, ", HEAD");
    }
    return NULL;
}

static void run(const struct route *route, struct exchange *x) {
    enum problem problem;
    OWNED(session) session = NULL;
    if (route->access == ROUTE_SESSION) {
        session = session_require(x->service->sessions, x->service->config, x->request, &problem);
        if (!session) {
            reply_problem(x->reply, x->request, problem, 0);
            return;
        }
    }
    x->session = session;
    route->handler(x);
    x->session = NULL;
    if (!x->reply->status)
        reply_problem(x->reply, x->request, PROBLEM_INTERNAL, 0);
}

void route_handle(struct service *service, const struct request *request, struct reply *reply) {
    struct exchange x = {.service = service, .request = request, .reply = reply};
    g_autoptr(GString) allow = g_string_new(NULL);
    const struct route *route = route_find(request, x.captured, allow);
    if (route) {
        run(route, &x);
    } else if (allow->len) {
        reply_problem(reply, request, PROBLEM_METHOD_NOT_ALLOWED, 0);
        reply_header(reply, "Allow", allow->str);
    } else {
        reply_problem(reply, request, PROBLEM_NOT_FOUND, 0);
    }
}

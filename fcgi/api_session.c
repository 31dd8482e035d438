/* SPDX-License-Identifier: MIT
 *
 * /session: sign in, who am I, sign out. A wrong name and a wrong password are answered alike. */
#include "base/clock.h"
#include "fcgi/recent.h"
#include "fcgi/route.h"
#include "fcgi/seal.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>

static json_t *session_json(const struct session *session, const char *token) {
    g_autofree char *expires = clock_rfc3339(session->expires);
    json_t *value = json_pack("{s:s, s:{s:s, s:s}}", "expiresAt", expires, "account", "username",
                              session->username, "host", session->host);
    if (token)
        json_object_set_new(value, "token", json_string(token));
    return value;
}

struct credentials {
    const char *username, *password, *bearer; /* borrowed from the JSON */
};

static bool credentials_read(json_t *body, struct credentials *c) {
    c->username = json_string_value(json_object_get(body, "username"));
    c->password = json_string_value(json_object_get(body, "password"));
    c->bearer = json_string_value(json_object_get(body, "bearer"));
    return c->username && !c->password != !c->bearer;
}

static void sign_in(struct exchange *x, const struct credentials *c, bool cookie) {
    char *token = NULL;
    enum problem problem = PROBLEM_INTERNAL;
    unsigned retry_after = 0;
    OWNED(session)
    session =
        session_sign_in(x->service->sessions, c->username, c->password ? c->password : c->bearer,
                        c->bearer != NULL, x->request->client, &token, &problem, &retry_after);
    if (!session) {
        reply_problem(x->reply, x->request, problem, retry_after);
        return;
    }
    reply_json(x->reply, 201, session_json(session, token));
    if (cookie)
        session_set_cookie(x->service->config, x->reply, token, session->expires, clock_now());
    seal_wipe_text(token);
    g_free(token);
}

void api_session_create(struct exchange *x) {
    enum problem problem;
    bool cookie = session_wants_cookie(x->service->config, x->request, &problem);
    json_t *body = problem ? NULL : request_json(x->request, &problem);
    struct credentials c = {0};
    if (!body)
        reply_problem(x->reply, x->request, problem, 0);
    else if (!credentials_read(body, &c))
        reply_problem(x->reply, x->request, PROBLEM_BAD_JSON, 0);
    else
        sign_in(x, &c, cookie);
    seal_wipe_text(c.password); /* Jansson's own octets: nothing else would overwrite them */
    seal_wipe_text(c.bearer);
    json_decref(body);
}

void api_session_get(struct exchange *x) {
    reply_json(x->reply, 200, session_json(x->session, NULL));
}

void api_session_delete(struct exchange *x) {
    recent_forget(x->service->recent, x->session->hash);
    session_end(x->service->sessions, x->session);
    reply_empty(x->reply, 204);
    if (!x->request->authorization)
        session_set_cookie(x->service->config, x->reply, NULL, 0, 0);
}

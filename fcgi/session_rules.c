/* SPDX-License-Identifier: MIT
 *
 * Which request may use a session: bearer or cookie, and what a cookie needs beside it. A cookie is
 * sent by the browser whoever asks, so it alone proves nothing about who asked (attacks L218). */
#include "base/log.h"
#include "fcgi/session.h"

#include "fcgi/seal.h"

#include <string.h>

static const char *cookie_name(const struct config *config) {
    return config->secure_cookie ? "__Host-inkan" : "inkan";
}

static bool from_own_page(const struct config *config, const struct request *request) {
    return g_strcmp0(request->requested_with, "inkan") == 0 &&
           config_has_origin(config, request->origin);
}

/* Reading changes nothing; but what another site makes the browser ask for is not answered either.
 * Browsers without Sec-Fetch-Site still have SameSite=Strict. */
static bool cookie_allowed(const struct config *config, const struct request *request) {
    if (request->fetch_site && strcmp(request->fetch_site, "same-origin") != 0 &&
        strcmp(request->fetch_site, "none") != 0)
        return false;
    if (request->method == HTTP_GET || request->method == HTTP_HEAD)
        return true;
    return from_own_page(config, request);
}

struct session *session_require(struct sessions *sessions, const struct config *config,
                                const struct request *request, enum problem *problem) {
    g_autofree char *token = NULL;
    *problem = PROBLEM_NOT_SIGNED_IN;
    if (request->authorization) {
        token = request_bearer(request);
    } else {
        token = request_cookie(request, cookie_name(config));
        if (token && !cookie_allowed(config, request)) {
            *problem = PROBLEM_CROSS_SITE;
            seal_wipe(token, strlen(token));
            return NULL;
        }
    }
    struct session *session = token ? session_find(sessions, token) : NULL;
    if (token)
        seal_wipe(token, strlen(token));
    return session;
}

bool session_wants_cookie(const struct config *config, const struct request *request,
                          enum problem *problem) {
    *problem = PROBLEM_NONE;
    if (g_strcmp0(request->requested_with, "inkan") != 0)
        return false;
    if (config_has_origin(config, request->origin))
        return true;
    *problem = PROBLEM_CROSS_SITE;
    return false;
}

void session_set_cookie(const struct config *config, struct reply *reply, const char *token,
                        int64_t expires, int64_t now) {
    int64_t age = token ? MAX(0, expires - now) : 0;
    g_autofree char *value = g_strdup_printf(
        "%s=%s; Path=/; Max-Age=%" G_GINT64_FORMAT "; HttpOnly; SameSite=Strict%s",
        cookie_name(config), token ? token : "", age, config->secure_cookie ? "; Secure" : "");
    reply_header(reply, "Set-Cookie", value);
    seal_wipe(value, strlen(value));
}

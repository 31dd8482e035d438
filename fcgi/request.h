/* SPDX-License-Identifier: MIT
 *
 * One HTTP request, read from FastCGI parameters (names of RFC 3875). Only the parameters listed in
 * request.c are ever looked at, so a client's header can never pose as one of the web server's own
 * (attacks L223). The path is cut at "/" first and percent-decoded after (RFC 3986 §2.4), strictly:
 * a segment that decodes to ".", "..", a NUL, a "/" or no UTF-8 is refused. No FastCGI here: the
 * connection belongs to serve.c. */
#ifndef INKAN_FCGI_REQUEST_H
#define INKAN_FCGI_REQUEST_H

#include "base/own.h"
#include "fcgi/problem.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct json_t;
struct FCGX_Request;

enum http_method {
    HTTP_OTHER = 0, /* anything the site map cannot name: 405 */
    HTTP_GET,
    HTTP_HEAD, /* handled as GET; reply.c leaves the body out */
    HTTP_POST,
    HTTP_PATCH,
    HTTP_DELETE
};

/* Everything is owned by the request; a header that was not sent is NULL. */
struct request {
    enum http_method method;
    char **segments; /* decoded path below /api/v1, NULL-terminated: {"messages", "abc"} */
    guint n_segments;
    GHashTable *query; /* decoded name → decoded value; a repeated name: 400 */
    char *client;      /* address of the client as the web server saw it; "" if it did not say */
    char *content_type;
    char *cookie, *authorization, *origin, *requested_with, *fetch_site;
    char *if_none_match, *accept_language, *last_event_id;
    bool in_frame;    /* a browser fills a frame with the answer (Fetch Metadata: "iframe") */
    GBytes *body;     /* never NULL */
    const char *lang; /* "en" or "ja": ?lang=, else Accept-Language (RFC 9110 §12.5.4), else "en" */
};

/* Makes a request of name=value parameters (FCGX envp, NULL-terminated) and a body. NULL and
 * *problem for what is no sane request. Takes its own reference of `body`; NULL is an empty one. */
struct request *request_new(char *const *params, GBytes *body, enum problem *problem);
void request_free(struct request *request);

/* Reads the whole of an accepted FastCGI request, at most `max_body` octets of body. NULL and
 * *problem: BODY_TOO_LARGE, BAD_REQUEST, or PROBLEM_NONE where the client went away before its
 * request was whole (nobody is there to answer). */
struct request *request_read(struct FCGX_Request *fcgx, size_t max_body, enum problem *problem);

/* The decoded value, borrowed, or NULL. */
const char *request_query(const struct request *request, const char *name);
/* A query parameter that is a decimal number of lo–hi; `*value` untouched when absent. False for
 * anything else. */
bool request_query_number(const struct request *request, const char *name, unsigned lo, unsigned hi,
                          unsigned *value);
/* A query parameter that is yes ("1", "true", "on") or no ("0", "false", "off"); `*value` untouched
 * when absent. False for anything else. */
bool request_query_flag(const struct request *request, const char *name, bool *value);

/* The value of a cookie (RFC 6265 §4.2.1), new, or NULL. A name that occurs twice is no cookie. */
char *request_cookie(const struct request *request, const char *name);
/* The token of "Authorization: Bearer …" (RFC 6750 §2.1), new, or NULL. */
char *request_bearer(const struct request *request);
/* Media type equals `type`, parameters aside. */
bool request_is_type(const struct request *request, const char *type);

/* The body as a JSON object: application/json, UTF-8, no duplicate keys, bounded depth (attacks
 * L224). New reference, or NULL and *problem. */
struct json_t *request_json(const struct request *request, enum problem *problem);

DEFINE_OWNED(request, request_free)

#endif

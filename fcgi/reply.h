/* SPDX-License-Identifier: MIT
 *
 * One HTTP reply: status, headers, body. The security headers of every reply are written in one
 * place (reply_head), so that a handler cannot forget one: nosniff, CORP, Referrer-Policy,
 * no-store and, unless the handler brings its own, "default-src 'none'" (attacks L225, L226). A
 * reply is whole in memory before its first octet is sent. */
#ifndef INKAN_FCGI_REPLY_H
#define INKAN_FCGI_REPLY_H

#include "base/own.h"
#include "fcgi/problem.h"
#include "fcgi/request.h"

#include <glib.h>
#include <stdbool.h>

struct json_t;
struct FCGX_Request;

enum reply_cache {
    REPLY_NO_STORE = 0, /* private: what belongs to a session, and every error */
    REPLY_IMMUTABLE,    /* named by its own hash: a year, in the browser alone */
    REPLY_PUBLIC_SHORT  /* public and alike for everybody: five minutes */
};

struct reply {
    int status;
    enum reply_cache cache;
    char *content_type;
    char *csp;        /* NULL: "default-src 'none'; frame-ancestors 'none'" */
    GString *headers; /* further header lines, CRLF each */
    GBytes *body;     /* NULL: none */
    bool embedded;    /* documents of any origin may draw it (a sandboxed frame has none) */
    struct serve_source *source; /* what goes on with the body (fcgi/serve_stream.h); owned until
                                    handed to the front; NULL: the reply is whole */
};

void reply_init(struct reply *reply);
void reply_clear(struct reply *reply);

/* Takes over `value`; NULL (out of a pack that met bad UTF-8) becomes problem "internal". */
void reply_json(struct reply *reply, int status, struct json_t *value);

/* An application/problem+json document (RFC 9457 §3): {"type","title","status","detail","code"},
 * and "retryAfter" with a Retry-After header where `retry_after` (seconds) is not 0. Replaces
 * whatever the reply held; cookies set before stay out of it. */
void reply_problem(struct reply *reply, const struct request *request, enum problem problem,
                   unsigned retry_after);

/* "bad-parameter", with "parameter": the name of the query parameter. */
void reply_bad_parameter(struct reply *reply, const struct request *request, const char *name);

/* "store-unavailable", with when to ask again (LIMIT_STORE_RETRY). */
void reply_store_unavailable(struct reply *reply, const struct request *request);

/* Any other octets. `content_type` is copied; takes its own reference of `body`. */
void reply_bytes(struct reply *reply, int status, const char *content_type, GBytes *body,
                 enum reply_cache cache);
void reply_empty(struct reply *reply, int status);

/* A further header. Name and value come from us: an octet outside 0x20–0x7e is our bug. */
void reply_header(struct reply *reply, const char *name, const char *value);
/* `Content-Disposition: attachment|inline` with a hostile file name made harmless (RFC 6266,
 * RFC 8187): path separators, controls and bidi marks dropped, "filename" in ASCII and
 * "filename*" in UTF-8. NULL: no name. */
void reply_disposition(struct reply *reply, bool attachment, const char *file_name);

/* Gives a finished 200 reply a strong ETag: a hash of body, content type and `bound_to` (the
 * account, so that one user's tag says nothing about another's); becomes 304 without a body where
 * If-None-Match holds it (RFC 9110 §13.1.2). */
void reply_etag(struct reply *reply, const struct request *request, const char *bound_to);

/* Status line and headers up to and with the empty line, as CGI wants them ("Status: 200 OK"). */
GString *reply_head(const struct reply *reply);

/* Sends head and body. False: the client is gone. */
bool reply_send(const struct reply *reply, bool with_body, struct FCGX_Request *fcgx);

#endif

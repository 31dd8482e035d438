/* SPDX-License-Identifier: MIT
 *
 * Replies, and the one place where security headers are written. */
#include "fcgi/reply.h"

#include "base/limits.h"
#include "fcgi/seal.h"
#include "fcgi/serve_stream.h"

#include <fcgiapp.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char default_csp[] = "default-src 'none'; frame-ancestors 'none'";
static const char frame_csp[] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri "
                                "'none'; form-action 'none'; frame-ancestors 'self'";

void reply_init(struct reply *reply) {
    memset(reply, 0, sizeof *reply);
    reply->headers = g_string_new(NULL);
}

void reply_clear(struct reply *reply) {
    g_free(reply->content_type);
    g_free(reply->csp);
    g_string_free(reply->headers, TRUE);
    g_clear_pointer(&reply->body, g_bytes_unref);
    if (reply->source)
        reply->source->free(reply->source);
    memset(reply, 0, sizeof *reply);
}

void reply_empty(struct reply *reply, int status) {
    reply->status = status;
    reply->cache = REPLY_NO_STORE;
    g_clear_pointer(&reply->content_type, g_free);
    g_clear_pointer(&reply->body, g_bytes_unref);
}

void reply_bytes(struct reply *reply, int status, const char *content_type, GBytes *body,
                 enum reply_cache cache) {
    reply_empty(reply, status);
    reply->cache = cache;
    reply->content_type = g_strdup(content_type);
    reply->body = g_bytes_ref(body);
}

static void json_body(struct reply *reply, int status, const char *type, json_t *value) {
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    json_decref(value);
    if (!text) {
        static const char broken[] = "{\"code\":\"internal\",\"status\":500}";
        text = strdup(broken);
        status = 500;
        type = "application/problem+json";
    }
    g_autoptr(GBytes) body = g_bytes_new_with_free_func(text, strlen(text), free, text);
    reply_bytes(reply, status, type, body, REPLY_NO_STORE);
}

void reply_json(struct reply *reply, int status, struct json_t *value) {
    json_body(reply, status, "application/json", value);
}

/* What a frame shows of a problem: people read it, not scripts. */
static void problem_page(struct reply *reply, const char *lang, int status, enum problem problem) {
    g_autofree char *html = g_markup_printf_escaped(
        "<!doctype html><html lang=\"%s\"><meta charset=\"utf-8\"><title>%s</title>"
        "<p style=\"font:15px/1.5 system-ui,sans-serif;margin:24px 28px\">%s</p></html>",
        lang, problem_title(problem), problem_detail(problem, lang));
    g_autoptr(GBytes) body = g_bytes_new(html, strlen(html));
    reply_bytes(reply, status, "text/html; charset=utf-8", body, REPLY_NO_STORE);
    reply->csp = g_strdup(frame_csp);
}

/* Takes over `value`, the document. */
static void problem_reply(struct reply *reply, const struct request *request, enum problem problem,
                          unsigned retry_after, json_t *value) {
    const char *lang = request ? request->lang : "en";
    int status = problem_status(problem);
    g_string_truncate(reply->headers, 0);
    g_clear_pointer(&reply->csp, g_free);
    reply->embedded = false;
    if (retry_after) {
        g_autofree char *seconds = g_strdup_printf("%u", retry_after);
        json_object_set_new(value, "retryAfter", json_integer(retry_after));
        reply_header(reply, "Retry-After", seconds);
    }
    if (status == 401) /* RFC 9110 §15.5.2; a scheme that makes no browser ask */
        reply_header(reply, "WWW-Authenticate", "Bearer realm=\"inkan\"");
    if (!request || !request->in_frame) {
        json_body(reply, status, "application/problem+json", value);
        return;
    }
    json_decref(value);
    problem_page(reply, lang, status, problem);
}

static json_t *problem_json(const struct request *request, enum problem problem) {
    return json_pack(
        "{s:s+, s:s, s:i, s:s, s:s}", "type", "urn:inkan:problem:", problem_code(problem), "title",
        problem_title(problem), "status", problem_status(problem), "detail",
        problem_detail(problem, request ? request->lang : "en"), "code", problem_code(problem));
}

void reply_problem(struct reply *reply, const struct request *request, enum problem problem,
                   unsigned retry_after) {
    problem_reply(reply, request, problem, retry_after, problem_json(request, problem));
}

void reply_bad_parameter(struct reply *reply, const struct request *request, const char *name) {
    json_t *value = problem_json(request, PROBLEM_BAD_PARAMETER);
    json_object_set_new(value, "parameter", json_string(name));
    problem_reply(reply, request, PROBLEM_BAD_PARAMETER, 0, value);
}

void reply_store_unavailable(struct reply *reply, const struct request *request) {
    reply_problem(reply, request, PROBLEM_STORE_UNAVAILABLE, LIMIT_STORE_RETRY);
}

void reply_header(struct reply *reply, const char *name, const char *value) {
    for (const char *p = value; *p; p++)
        g_assert(*p >= 0x20 && *p < 0x7f);
    g_string_append_printf(reply->headers, "%s: %s\r\n", name, value);
}

/* Characters that would let a name be read as another (attacks H, K): controls, separators, bidi.
 */
static bool name_char_ok(gunichar c) {
    bool bidi = (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
                (c >= 0x2066 && c <= 0x2069) || c == 0x061c;
    return g_unichar_isprint(c) && !bidi && c != '/' && c != '\\' && c != ':';
}

/* attr-char of RFC 8187 §3.2.1; all else is percent-encoded. */
static void append_ext_value(GString *out, const char *utf8) {
    for (const unsigned char *p = (const unsigned char *)utf8; *p; p++) {
        if (g_ascii_isalnum(*p) || strchr("!#$&+-.^_`|~", *p))
            g_string_append_c(out, (char)*p);
        else
            g_string_append_printf(out, "%%%02X", *p);
    }
}

void reply_disposition(struct reply *reply, bool attachment, const char *file_name) {
    g_autoptr(GString) value = g_string_new(attachment ? "attachment" : "inline");
    g_autofree char *valid = file_name ? g_utf8_make_valid(file_name, -1) : NULL;
    g_autoptr(GString) name = g_string_new(NULL), ascii = g_string_new(NULL);
    for (char *p = valid; p && *p && name->len < 200; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!name_char_ok(c) || (name->len == 0 && c == '.'))
            continue;
        g_string_append_unichar(name, c);
        g_string_append_c(ascii, c < 0x80 && c != '"' && c != '%' ? (char)c : '_');
    }
    if (name->len) {
        g_string_append_printf(value, "; filename=\"%s\"; filename*=UTF-8''", ascii->str);
        append_ext_value(value, name->str);
    }
    reply_header(reply, "Content-Disposition", value->str);
}

/* If-None-Match = "*" / #entity-tag, compared weakly (RFC 9110 §13.1.2). Our tags hold no comma. */
static bool tag_listed(const char *list, const char *tag) {
    for (struct span rest = span_of(list); rest.n;) {
        size_t end = span_find(rest, ',');
        struct span one = span_trim_wsp(span_first(rest, end));
        rest = span_from(rest, end + 1);
        if (one.n > 2 && one.p[0] == 'W' && one.p[1] == '/')
            one = span_from(one, 2);
        if (span_eq(one, span_of(tag)) || span_eq(one, SPAN_LIT("*")))
            return true;
    }
    return false;
}

void reply_etag(struct reply *reply, const struct request *request, const char *bound_to) {
    if (reply->status != 200 || !reply->body)
        return;
    g_autoptr(GString) all = g_string_new(bound_to);
    g_string_append_printf(all, "\n%s\n", reply->content_type);
    g_string_append_len(all, g_bytes_get_data(reply->body, NULL),
                        (gssize)g_bytes_get_size(reply->body));
    g_autofree char *digest = seal_digest(span_make(all->str, all->len));
    g_autofree char *tag = g_strdup_printf("\"%.32s\"", digest);
    reply_header(reply, "ETag", tag);
    if (request->if_none_match && tag_listed(request->if_none_match, tag)) {
        reply->status = 304;
        g_clear_pointer(&reply->body, g_bytes_unref);
        g_clear_pointer(&reply->content_type, g_free);
    }
}

static const char *status_words(int status) {
    static const struct {
        int status;
        const char *words;
    } table[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].status == status)
            return table[i].words;
    return "Status";
}

GString *reply_head(const struct reply *reply) {
    static const char *const cache[] = {[REPLY_NO_STORE] = "no-store",
                                        [REPLY_IMMUTABLE] = "private, max-age=31536000, immutable",
                                        [REPLY_PUBLIC_SHORT] = "public, max-age=300"};
    GString *head = g_string_new(NULL);
    g_string_printf(head, "Status: %d %s\r\n", reply->status, status_words(reply->status));
    if (reply->content_type)
        g_string_append_printf(head, "Content-Type: %s\r\n", reply->content_type);
    g_string_append_printf(head,
                           "Cache-Control: %s\r\n"
                           "X-Content-Type-Options: nosniff\r\n"
                           "Content-Security-Policy: %s\r\n"
                           "Cross-Origin-Resource-Policy: %s\r\n"
                           "Referrer-Policy: no-referrer\r\n"
                           "Vary: Accept-Language, Authorization, Cookie\r\n",
                           cache[reply->cache], reply->csp ? reply->csp : default_csp,
                           reply->embedded ? "cross-origin" : "same-origin");
    if (reply->status != 204 && reply->status != 304 && !reply->source)
        g_string_append_printf(head, "Content-Length: %zu\r\n",
                               reply->body ? g_bytes_get_size(reply->body) : 0);
    g_string_append_len(head, reply->headers->str, (gssize)reply->headers->len);
    g_string_append(head, "\r\n");
    return head;
}

/* FCGX_PutStr takes an int; a body never exceeds LIMIT_MESSAGE_SIZE and its JSON a few times that.
 */
static bool put(FCGX_Stream *out, const char *octets, size_t n) {
    while (n) {
        int part = (int)MIN(n, (size_t)1 << 20);
        if (FCGX_PutStr(octets, part, out) < part)
            return false;
        octets += part;
        n -= (size_t)part;
    }
    return true;
}

bool reply_send(const struct reply *reply, bool with_body, struct FCGX_Request *fcgx) {
    GString *head = reply_head(reply);
    bool sent = put(fcgx->out, head->str, head->len);
    g_string_free(head, TRUE);
    if (sent && with_body && reply->body)
        sent = put(fcgx->out, g_bytes_get_data(reply->body, NULL), g_bytes_get_size(reply->body));
    return sent;
}

/* SPDX-License-Identifier: MIT
 *
 * FastCGI parameters and body to struct request. */
#include "fcgi/request.h"

#include "base/limits.h"
#include "base/span.h"
#include "fcgi/language.h"
#include "fcgi/seal.h"

#include <fcgiapp.h>
#include <jansson.h>
#include <string.h>

static const char prefix[] = "/api/v1";

/* The only parameters that are looked at, in the order of enum param. */
enum param {
    PARAM_METHOD,
    PARAM_URI,
    PARAM_CLIENT,
    PARAM_CONTENT_TYPE,
    PARAM_CONTENT_LENGTH,
    PARAM_COOKIE,
    PARAM_AUTHORIZATION,
    PARAM_ORIGIN,
    PARAM_REQUESTED_WITH,
    PARAM_FETCH_SITE,
    PARAM_FETCH_DEST,
    PARAM_IF_NONE_MATCH,
    PARAM_ACCEPT_LANGUAGE,
    PARAM_LAST_EVENT_ID,
    PARAM__MAX
};
static const char *const param_names[PARAM__MAX] = {
    [PARAM_METHOD] = "REQUEST_METHOD",
    [PARAM_URI] = "REQUEST_URI",
    [PARAM_CLIENT] = "REMOTE_ADDR",
    [PARAM_CONTENT_TYPE] = "CONTENT_TYPE",
    [PARAM_CONTENT_LENGTH] = "CONTENT_LENGTH",
    [PARAM_COOKIE] = "HTTP_COOKIE",
    [PARAM_AUTHORIZATION] = "HTTP_AUTHORIZATION",
    [PARAM_ORIGIN] = "HTTP_ORIGIN",
    [PARAM_REQUESTED_WITH] = "HTTP_X_REQUESTED_WITH",
    [PARAM_FETCH_SITE] = "HTTP_SEC_FETCH_SITE",
    [PARAM_FETCH_DEST] = "HTTP_SEC_FETCH_DEST",
    [PARAM_IF_NONE_MATCH] = "HTTP_IF_NONE_MATCH",
    [PARAM_ACCEPT_LANGUAGE] = "HTTP_ACCEPT_LANGUAGE",
    [PARAM_LAST_EVENT_ID] = "HTTP_LAST_EVENT_ID",
};

/* Borrowed values. A listed parameter that comes twice has two readings: refused. */
static bool params_collect(char *const *params, const char *values[PARAM__MAX]) {
    memset(values, 0, PARAM__MAX * sizeof *values);
    for (; *params; params++) {
        const char *equals = strchr(*params, '=');
        if (!equals)
            continue;
        struct span name = span_make(*params, (size_t)(equals - *params));
        for (int i = 0; i < PARAM__MAX; i++) {
            if (!span_eq(name, span_of(param_names[i])))
                continue;
            if (values[i] || strlen(equals + 1) > LIMIT_HTTP_HEADER)
                return false;
            values[i] = equals + 1;
        }
    }
    return true;
}

static enum http_method method_parse(const char *text) {
    static const char *const names[] = {[HTTP_GET] = "GET",
                                        [HTTP_HEAD] = "HEAD",
                                        [HTTP_POST] = "POST",
                                        [HTTP_PATCH] = "PATCH",
                                        [HTTP_DELETE] = "DELETE"};
    for (unsigned i = 1; text && i < G_N_ELEMENTS(names); i++)
        if (strcmp(text, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

/* pct-encoded = "%" HEXDIG HEXDIG (RFC 3986 §2.1). NULL for a broken one, a control or what is no
 * UTF-8. `plus` reads "+" as a space, as form encoding in a query does. */
static char *percent_decode(struct span s, bool plus) {
    g_autoptr(GString) out = g_string_sized_new(s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        int c = (unsigned char)s.p[i];
        if (c == '%') {
            int hi = i + 2 < s.n ? g_ascii_xdigit_value(s.p[i + 1]) : -1;
            int lo = hi >= 0 ? g_ascii_xdigit_value(s.p[i + 2]) : -1;
            if (lo < 0)
                return NULL;
            c = hi << 4 | lo;
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c < 0x20 || c == 0x7f)
            return NULL;
        g_string_append_c(out, (char)c);
    }
    if (!g_utf8_validate(out->str, (gssize)out->len, NULL))
        return NULL;
    return g_strdup(out->str);
}

/* One decoded path segment, or NULL where it could be read as something else than a name. */
static char *segment_decode(struct span raw) {
    g_autofree char *text = percent_decode(raw, false);
    if (!text || !*text || strcmp(text, ".") == 0 || strcmp(text, "..") == 0 ||
        strpbrk(text, "/\\"))
        return NULL;
    return g_steal_pointer(&text);
}

/* The path is that of this API, or below it. */
static bool is_below_prefix(struct span path) {
    struct span base = span_of(prefix);
    return path.n >= base.n && memcmp(path.p, base.p, base.n) == 0 &&
           (path.n == base.n || path.p[base.n] == '/');
}

/* path-absolute below /api/v1 (RFC 3986 §3.3); one empty segment at the end is let pass. */
static bool path_parse(struct span path, struct request *request) {
    path = span_from(path, strlen(prefix));
    GPtrArray *segments = g_ptr_array_new();
    bool sane = true;
    for (path = span_from(path, 1); path.n && sane;) {
        size_t end = span_find(path, '/');
        char *segment = segment_decode(span_first(path, end));
        sane = segment && segments->len < LIMIT_PATH_SEGMENTS;
        if (segment)
            g_ptr_array_add(segments, segment);
        path = span_from(path, end + 1);
    }
    request->n_segments = segments->len;
    g_ptr_array_add(segments, NULL);
    request->segments = (char **)g_ptr_array_free(segments, FALSE);
    return sane;
}

/* name=value pairs joined by "&"; a pair without "=" has the empty value. */
static bool query_parse(struct span query, GHashTable *into) {
    for (guint n = 0; query.n; n++) {
        size_t end = span_find(query, '&');
        struct span pair = span_first(query, end);
        query = span_from(query, end + 1);
        if (!pair.n)
            continue;
        size_t equals = span_find(pair, '=');
        char *name = percent_decode(span_first(pair, equals), true);
        char *value = percent_decode(span_from(pair, equals + 1), true);
        if (!name || !value || n >= LIMIT_QUERY_PAIRS || g_hash_table_contains(into, name)) {
            g_free(name);
            g_free(value);
            return false;
        }
        g_hash_table_insert(into, name, value);
    }
    return true;
}

static enum problem uri_parse(const char *uri, struct request *request) {
    struct span all = span_of(uri);
    if (!uri || *uri != '/' || all.n > LIMIT_URI)
        return PROBLEM_BAD_REQUEST;
    size_t question = span_find(all, '?');
    struct span path = span_first(all, question);
    if (!is_below_prefix(path))
        return PROBLEM_NOT_FOUND;
    bool sane =
        path_parse(path, request) && query_parse(span_from(all, question + 1), request->query);
    return sane ? PROBLEM_NONE : PROBLEM_BAD_REQUEST;
}

struct request *request_new(char *const *params, GBytes *body, enum problem *problem) {
    const char *values[PARAM__MAX];
    OWNED(request) r = g_new0(struct request, 1);
    r->query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    r->body = body ? g_bytes_ref(body) : g_bytes_new(NULL, 0);
    r->lang = "en";
    enum problem found =
        params_collect(params, values) ? uri_parse(values[PARAM_URI], r) : PROBLEM_BAD_REQUEST;
    if (found != PROBLEM_NONE) {
        *problem = found;
        return NULL;
    }
    r->method = method_parse(values[PARAM_METHOD]);
    r->client = g_strdup(values[PARAM_CLIENT] ? values[PARAM_CLIENT] : "");
    r->content_type = g_strdup(values[PARAM_CONTENT_TYPE]);
    r->cookie = g_strdup(values[PARAM_COOKIE]);
    r->authorization = g_strdup(values[PARAM_AUTHORIZATION]);
    r->origin = g_strdup(values[PARAM_ORIGIN]);
    r->requested_with = g_strdup(values[PARAM_REQUESTED_WITH]);
    r->fetch_site = g_strdup(values[PARAM_FETCH_SITE]);
    r->in_frame = values[PARAM_FETCH_DEST] && strcmp(values[PARAM_FETCH_DEST], "iframe") == 0;
    r->if_none_match = g_strdup(values[PARAM_IF_NONE_MATCH]);
    r->accept_language = g_strdup(values[PARAM_ACCEPT_LANGUAGE]);
    r->last_event_id = g_strdup(values[PARAM_LAST_EVENT_ID]);
    r->lang = language_choose(request_query(r, "lang"), r->accept_language);
    return g_steal_pointer(&r);
}

void request_free(struct request *r) {
    g_strfreev(r->segments);
    g_hash_table_unref(r->query);
    seal_wipe_bytes(r->body); /* may have held a password; tokens below */
    seal_wipe_text(r->cookie);
    seal_wipe_text(r->authorization);
    char *owned[] = {r->client,         r->content_type, r->cookie,        r->authorization,
                     r->origin,         r->fetch_site,   r->if_none_match, r->accept_language,
                     r->requested_with, r->last_event_id};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(r);
}

/* Content-Length = 1*DIGIT (RFC 9110 §8.6); absent or empty means no body. */
static bool length_parse(const char *text, guint64 *n) {
    *n = 0;
    return !text || !*text || g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, n, NULL);
}

/* Reads n octets, or fewer where the client stops. Grown as they arrive: a length that is only
 * claimed costs nothing. A NULL `into` throws them away. */
static guint64 read_octets(FCGX_Stream *in, guint64 n, GByteArray *into) {
    guint64 have = 0;
    while (have < n) {
        guint8 chunk[16384];
        int got = FCGX_GetStr((char *)chunk, (int)MIN(sizeof chunk, n - have), in);
        if (got <= 0)
            break;
        if (into)
            g_byte_array_append(into, chunk, (guint)got);
        have += (guint64)got;
    }
    return have;
}

struct request *request_read(struct FCGX_Request *fcgx, size_t max_body, enum problem *problem) {
    guint64 n;
    if (!length_parse(FCGX_GetParam("CONTENT_LENGTH", fcgx->envp), &n)) {
        *problem = PROBLEM_BAD_REQUEST;
        return NULL;
    }
    if (n > max_body) { /* a client that still sends would not read the answer */
        read_octets(fcgx->in, MIN(n, LIMIT_MESSAGE_SIZE), NULL);
        *problem = PROBLEM_BODY_TOO_LARGE;
        return NULL;
    }
    GByteArray *octets = g_byte_array_new();
    guint64 have = read_octets(fcgx->in, n, octets);
    g_autoptr(GBytes) body = g_byte_array_free_to_bytes(octets);
    /* The end of the stream is read, too: what is left of one request would begin the next. */
    bool ended = FCGX_GetChar(fcgx->in) == EOF;
    *problem = PROBLEM_NONE;
    if (have < n || FCGX_GetError(fcgx->in) != 0)
        return NULL;
    if (!ended) {
        *problem = PROBLEM_BAD_REQUEST;
        return NULL;
    }
    return request_new(fcgx->envp, body, problem);
}

const char *request_query(const struct request *request, const char *name) {
    return g_hash_table_lookup(request->query, name);
}

bool request_query_number(const struct request *request, const char *name, unsigned lo, unsigned hi,
                          unsigned *value) {
    const char *text = request_query(request, name);
    guint64 number;
    if (!text)
        return true;
    if (!g_ascii_string_to_unsigned(text, 10, lo, hi, &number, NULL))
        return false;
    *value = (unsigned)number;
    return true;
}

bool request_query_flag(const struct request *request, const char *name, bool *value) {
    static const char *const yes[] = {"1", "true", "on", NULL}, *const no[] = {"0", "false", "off",
                                                                               NULL};
    const char *text = request_query(request, name);
    if (!text)
        return true;
    *value = g_strv_contains(yes, text);
    return *value || g_strv_contains(no, text);
}

/* cookie-string = cookie-pair *( ";" SP cookie-pair ) (RFC 6265 §4.2.1) */
char *request_cookie(const struct request *request, const char *name) {
    struct span rest = span_of(request->cookie), found = SPAN_NULL;
    while (rest.n) {
        size_t end = span_find(rest, ';');
        struct span pair = span_trim_wsp(span_first(rest, end));
        rest = span_from(rest, end + 1);
        size_t equals = span_find(pair, '=');
        if (equals == pair.n || !span_eq(span_first(pair, equals), span_of(name)))
            continue;
        if (found.p)
            return NULL;
        found = span_from(pair, equals + 1);
    }
    return found.p ? span_dup(found) : NULL;
}

char *request_bearer(const struct request *request) {
    struct span value = span_of(request->authorization);
    if (!span_starts_nocase(value, SPAN_LIT("Bearer ")))
        return NULL;
    return span_dup(span_trim_wsp(span_from(value, 7)));
}

bool request_is_type(const struct request *request, const char *type) {
    struct span value = span_of(request->content_type);
    value = span_trim_wsp(span_first(value, span_find(value, ';')));
    return span_eq_nocase(value, span_of(type));
}

struct json_t *request_json(const struct request *request, enum problem *problem) {
    if (!request_is_type(request, "application/json")) {
        *problem = PROBLEM_WRONG_TYPE;
        return NULL;
    }
    size_t n;
    const char *text = g_bytes_get_data(request->body, &n);
    json_error_t why;
    json_t *value =
        n <= LIMIT_JSON_BODY ? json_loadb(text ? text : "", n, JSON_REJECT_DUPLICATES, &why) : NULL;
    if (json_is_object(value))
        return value;
    json_decref(value);
    *problem = n <= LIMIT_JSON_BODY ? PROBLEM_BAD_JSON : PROBLEM_BODY_TOO_LARGE;
    return NULL;
}

/* SPDX-License-Identifier: MIT
 *
 * URL, addresses, rate, then one transfer of libcurl with everything switched off that is not
 * needed. libcurl never resolves: it is told the checked addresses, and asked for no other host. */
#include "net/https.h"

#include "base/clock.h"
#include "base/limits.h"
#include "net/https_guard.h"
#include "net/https_rate.h"
#include "net/https_url.h"

#include <curl/curl.h>
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

struct https {
    char *ca_file;
    const char *agent;
    struct https_rate *rate;
    gint stopped; /* __atomic */
    gint64 sent;  /* __atomic */
};

/* One transfer. */
struct transfer {
    struct https *https;
    size_t max_size, headers;
    GByteArray *body;
    bool too_large, refused;
    struct https_reply *reply;
    char error[CURL_ERROR_SIZE];
};

static void fail(struct https_reply *reply, enum https_status status, const char *why) {
    reply->status = status;
    g_free(reply->why);
    reply->why = g_strdup(why);
}

/* --- where to ------------------------------------------------------------------------------- */

/* Appends the addresses of one type; false if one of them is refused, or nobody knows. */
static bool add_addresses(struct lookups *lookups, const char *host, enum dns_type type,
                          GPtrArray *addresses, struct https_reply *reply) {
    const struct dns_answer *answer = lookups_answer(lookups, host, type);
    if (answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN)
        return true;
    if (answer->status != DNS_DATA) {
        g_autofree char *why = g_strdup_printf("%s: %s", host, answer->why);
        fail(reply, HTTPS_DNS, why);
        return false;
    }
    for (guint i = 0; i < answer->n; i++) {
        struct ip ip = {.size = (uint8_t)answer->records[i].n};
        if (ip.size != (type == DNS_A ? 4 : 16))
            continue;
        memcpy(ip.octets, answer->records[i].p, ip.size);
        const char *network = https_guard_refuses(&ip);
        g_autofree char *text = ip_format(&ip);
        if (network) {
            g_autofree char *why =
                g_strdup_printf("%s has the address %s (%s)", host, text, network);
            fail(reply, HTTPS_BAD_ADDRESS, why);
            return false;
        }
        if (addresses->len < LIMIT_HTTPS_ADDRESSES)
            g_ptr_array_add(addresses, g_steal_pointer(&text));
    }
    return true;
}

/* "HOST:443:ADDR,ADDR" as CURLOPT_RESOLVE takes it; NULL: *reply says why. All addresses are looked
 * at, also those that will not be used: a host that is partly private is not public. */
static char *find_addresses(struct lookups *lookups, const char *host, struct https_reply *reply) {
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
    lookups_ask(lookups, host, DNS_A);
    lookups_ask(lookups, host, DNS_AAAA);
    if (!add_addresses(lookups, host, DNS_A, addresses, reply) ||
        !add_addresses(lookups, host, DNS_AAAA, addresses, reply))
        return NULL;
    if (addresses->len == 0) {
        g_autofree char *why = g_strdup_printf("%s has no address", host);
        fail(reply, HTTPS_NO_HOST, why);
        return NULL;
    }
    g_ptr_array_add(addresses, NULL);
    g_autofree char *list = g_strjoinv(",", (char **)addresses->pdata);
    return g_strdup_printf("%s:443:%s", host, list);
}

/* The last gate: whatever libcurl wants to connect to comes by here. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address) {
    struct transfer *transfer = data;
    if (purpose != CURLSOCKTYPE_IPCXN || address->socktype != SOCK_STREAM ||
        https_guard_refuses_socket(&address->addr, address->addrlen)) {
        transfer->refused = true;
        return CURL_SOCKET_BAD;
    }
    __atomic_add_fetch(&transfer->https->sent, 1, __ATOMIC_RELAXED);
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* --- what comes back ------------------------------------------------------------------------ */

static size_t take_body(char *octets, size_t one, size_t n, void *data) {
    struct transfer *transfer = data;
    if (n > transfer->max_size - transfer->body->len) {
        transfer->too_large = true;
        return 0;
    }
    g_byte_array_append(transfer->body, (const guint8 *)octets, (guint)n);
    return one * n;
}

/* The value of a field if `line` is one of that name. */
static bool is_field(struct span line, const char *name, struct span *value) {
    size_t colon = span_find(line, ':');
    if (colon == line.n || !span_eq_nocase(span_first(line, colon), span_of(name)))
        return false;
    *value = span_trim_fws(span_from(line, colon + 1));
    return true;
}

/* RFC 9110 §8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE. It is sent back as it came, so
 * nothing may be in it that ends a line. */
static bool is_etag(struct span tag) {
    if (tag.n > LIMIT_HTTPS_ETAG)
        return false;
    if (tag.n > 2 && tag.p[0] == 'W' && tag.p[1] == '/')
        tag = span_from(tag, 2);
    if (tag.n < 2 || tag.p[0] != '"' || tag.p[tag.n - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < tag.n; i++)
        if (tag.p[i] <= ' ' || tag.p[i] > '~' || tag.p[i] == '"')
            return false;
    return true;
}

static size_t take_header(char *octets, size_t one, size_t n, void *data) {
    struct transfer *transfer = data;
    struct span line = {octets, n}, value;
    transfer->headers += n;
    if (transfer->headers > LIMIT_HTTPS_HEADER) {
        transfer->too_large = true;
        return 0;
    }
    if (is_field(line, "ETag", &value) && is_etag(value)) {
        g_free(transfer->reply->etag);
        transfer->reply->etag = span_dup(value);
    } else if (is_field(line, "Content-Type", &value)) {
        value = span_trim_fws(span_first(value, span_find(value, ';')));
        g_free(transfer->reply->content_type);
        transfer->reply->content_type = span_dup_lower(span_first(value, LIMIT_HTTPS_ETAG));
    }
    return one * n;
}

static int watch(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    (void)a, (void)b, (void)c, (void)d;
    struct transfer *transfer = data;
    return __atomic_load_n(&transfer->https->stopped, __ATOMIC_RELAXED);
}

/* --- one transfer --------------------------------------------------------------------------- */

static bool set_up(CURL *curl, struct transfer *transfer) {
    struct https *https = transfer->https;
    bool good = true;
#define SET(option, value) good = good && curl_easy_setopt(curl, option, value) == CURLE_OK
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, ""); /* none, whatever the environment says */
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_HTTP_CONTENT_DECODING, 0L); /* sizes are those on the wire */
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (https->ca_file) {
        SET(CURLOPT_CAINFO, https->ca_file);
        SET(CURLOPT_CAPATH, NULL);
    }
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)LIMIT_HTTPS_MS);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_HTTPS_CONNECT_MS);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, transfer);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_XFERINFOFUNCTION, watch);
    SET(CURLOPT_XFERINFODATA, transfer);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_ERRORBUFFER, transfer->error);
    SET(CURLOPT_USERAGENT, https->agent);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
#undef SET
    return good;
}

static enum https_status status_of_answer(unsigned http_status, bool posted) {
    if (http_status == 200 || (posted && http_status > 200 && http_status < 300))
        return HTTPS_OK;
    if (http_status == 304)
        return HTTPS_NOT_MODIFIED;
    if (http_status >= 300 && http_status < 400)
        return HTTPS_REDIRECT;
    if (http_status == 429 || http_status >= 500)
        return HTTPS_FAILED;
    return HTTPS_REFUSED;
}

static enum https_status status_of_code(CURLcode code, const struct transfer *transfer) {
    if (transfer->refused)
        return HTTPS_BAD_ADDRESS;
    if (transfer->too_large)
        return HTTPS_TOO_LARGE;
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return HTTPS_LATE;
    case CURLE_ABORTED_BY_CALLBACK:
        return HTTPS_STOPPED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return HTTPS_TLS;
    case CURLE_UNSUPPORTED_PROTOCOL: /* an answer that is no HTTP */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return HTTPS_REFUSED;
    default:
        return HTTPS_CONNECT;
    }
}

static bool is_conditional(const struct https_request *request) {
    return request->etag && is_etag(span_of(request->etag));
}

static void finish(CURL *curl, CURLcode code, struct transfer *transfer,
                   const struct https_request *request) {
    struct https_reply *reply = transfer->reply;
    long http_status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http_status);
    reply->http_status = (unsigned)http_status;
    if (code != CURLE_OK) {
        enum https_status status = status_of_code(code, transfer);
        fail(reply, status,
             status == HTTPS_TOO_LARGE     ? "the answer is larger than allowed"
             : status == HTTPS_BAD_ADDRESS ? "the address is not of the public Internet"
             : *transfer->error            ? transfer->error
                                           : curl_easy_strerror(code));
        return;
    }
    reply->status = status_of_answer(reply->http_status, request->form != NULL);
    if (reply->status == HTTPS_NOT_MODIFIED && !is_conditional(request)) /* nobody asked */
        reply->status = HTTPS_REFUSED;
    if (reply->status == HTTPS_OK)
        reply->body = g_byte_array_free_to_bytes(g_steal_pointer(&transfer->body));
    else if (reply->status != HTTPS_NOT_MODIFIED)
        reply->why = g_strdup_printf(
            "the server answered with status %u%s", reply->http_status,
            reply->status == HTTPS_REDIRECT ? ", a redirect, which is not followed" : "");
}

static struct curl_slist *headers_of(const struct https_request *request) {
    struct curl_slist *headers = curl_slist_append(NULL, "Accept-Encoding: identity");
    if (request->accept) {
        g_autofree char *line = g_strdup_printf("Accept: %s", request->accept);
        headers = curl_slist_append(headers, line);
    }
    if (is_conditional(request)) {
        g_autofree char *line = g_strdup_printf("If-None-Match: %s", request->etag);
        headers = curl_slist_append(headers, line);
    }
    return headers;
}

static void run(struct https *https, const struct https_request *request, const char *url,
                const char *resolve, struct https_reply *reply) {
    size_t max = request->max_size ? MIN(request->max_size, LIMIT_HTTPS_BODY) : LIMIT_HTTPS_BODY;
    struct transfer transfer = {
        .https = https, .max_size = max, .body = g_byte_array_new(), .reply = reply};
    struct curl_slist *addresses = curl_slist_append(NULL, resolve), *headers = headers_of(request);
    CURL *curl = curl_easy_init();
    if (curl && set_up(curl, &transfer) && curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_RESOLVE, addresses) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
        (!request->form || curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->form) == CURLE_OK))
        finish(curl, curl_easy_perform(curl), &transfer, request);
    else
        fail(reply, HTTPS_CONNECT, "libcurl refuses a setting");
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    curl_slist_free_all(addresses);
    if (transfer.body)
        g_byte_array_unref(transfer.body);
}

static void fetch(struct https *https, struct lookups *lookups, const struct https_request *request,
                  struct https_reply *reply) {
    enum https_url_fault fault;
    g_autofree char *host = NULL;
    *reply = (struct https_reply){0};
    g_autofree char *url = https_url_parse(span_of(request->url), &host, &fault);
    if (!url) {
        fail(reply, HTTPS_BAD_URL, https_url_fault_text(fault));
        return;
    }
    if (__atomic_load_n(&https->stopped, __ATOMIC_RELAXED)) {
        fail(reply, HTTPS_STOPPED, "the service is stopping");
        return;
    }
    g_autofree char *resolve = find_addresses(lookups, host, reply);
    if (!resolve)
        return;
    g_autofree char *counted = g_strconcat(host, request->vouched ? " vouched" : NULL, NULL);
    if (!https_rate_take(https->rate, counted, clock_monotonic_ms() / 1000)) {
        fail(reply, HTTPS_RATE, "this host was asked too often in the last minute");
        return;
    }
    run(https, request, url, resolve, reply);
}

void https_get(struct https *https, struct lookups *lookups, const struct https_request *request,
               struct https_reply *reply) {
    g_assert(!request->form);
    fetch(https, lookups, request, reply);
}

void https_post(struct https *https, struct lookups *lookups, const struct https_request *request,
                struct https_reply *reply) {
    g_assert(request->form);
    fetch(https, lookups, request, reply);
}

/* --- life ----------------------------------------------------------------------------------- */

struct https *https_new(const struct https_options *options, GError **error) {
    if (options->ca_file && access(options->ca_file, R_OK) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s cannot be read", options->ca_file);
        return NULL;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "libcurl cannot be set up");
        return NULL;
    }
    struct https *https = g_new0(struct https, 1);
    https->ca_file = g_strdup(options->ca_file);
    https->agent = options->agent ? options->agent : "Inkan/" INKAN_VERSION;
    https->rate =
        https_rate_new(options->host_fetches ? options->host_fetches : LIMIT_HTTPS_HOST_FETCHES);
    return https;
}

void https_stop(struct https *https) {
    __atomic_store_n(&https->stopped, 1, __ATOMIC_RELAXED);
}

void https_free(struct https *https) {
    https_rate_free(https->rate);
    g_free(https->ca_file);
    g_free(https);
    curl_global_cleanup();
}

void https_reply_clear(struct https_reply *reply) {
    if (reply->body)
        g_bytes_unref(reply->body);
    g_free(reply->etag);
    g_free(reply->content_type);
    g_free(reply->why);
    *reply = (struct https_reply){0};
}

bool https_is_temporary(enum https_status status) {
    return status >= HTTPS_RATE;
}

const char *https_status_name(enum https_status status) {
    static const char *const names[HTTPS__MAX] = {
        [HTTPS_OK] = "ok",           [HTTPS_NOT_MODIFIED] = "not-modified",
        [HTTPS_BAD_URL] = "bad-url", [HTTPS_BAD_ADDRESS] = "bad-address",
        [HTTPS_NO_HOST] = "no-host", [HTTPS_REDIRECT] = "redirect",
        [HTTPS_REFUSED] = "refused", [HTTPS_TOO_LARGE] = "too-large",
        [HTTPS_TLS] = "tls",         [HTTPS_RATE] = "rate",
        [HTTPS_DNS] = "dns",         [HTTPS_CONNECT] = "connect",
        [HTTPS_LATE] = "late",       [HTTPS_FAILED] = "server-error",
        [HTTPS_STOPPED] = "stopped",
    };
    return names[status];
}

uint64_t https_sent(const struct https *https) {
    return (uint64_t)__atomic_load_n(&https->sent, __ATOMIC_RELAXED);
}

/* SPDX-License-Identifier: MIT
 *
 * fcgi/request, fcgi/language: parameters to a request, strictly. */
#include "fcgi/request.h"

#include "base/limits.h"
#include "fcgi/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcgiapp.h>
#include <jansson.h>

static struct request *make(const char *uri, enum problem *problem, ...) G_GNUC_NULL_TERMINATED;

static struct request *make(const char *uri, enum problem *problem, ...) {
    g_autoptr(GPtrArray) params = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(params, g_strdup_printf("REQUEST_URI=%s", uri));
    va_list ap;
    va_start(ap, problem);
    for (const char *p; (p = va_arg(ap, const char *));)
        g_ptr_array_add(params, g_strdup(p));
    va_end(ap);
    g_ptr_array_add(params, NULL);
    return request_new((char *const *)params->pdata, NULL, problem);
}

static void cuts_then_decodes_the_path(void **state) {
    (void)state;
    enum problem problem;
    OWNED(request)
    r = make("/api/v1/mailboxes/a%20b/messages?limit=5&before=%E5%8D%B0&flag=1&q=a+b&empty",
             &problem, "REQUEST_METHOD=GET", NULL);
    assert_non_null(r);
    assert_int_equal(r->method, HTTP_GET);
    assert_int_equal(r->n_segments, 3);
    assert_string_equal(r->segments[1], "a b");
    assert_string_equal(request_query(r, "before"), "印");
    assert_string_equal(request_query(r, "q"), "a b");
    assert_string_equal(request_query(r, "empty"), "");
    bool flag = false;
    assert_true(request_query_flag(r, "flag", &flag) && flag);
    assert_true(request_query_flag(r, "absent", &flag) && flag);
    assert_false(request_query_flag(r, "empty", &flag));
    assert_false(request_query_flag(r, "limit", &flag));
    unsigned n = 0;
    assert_true(request_query_number(r, "limit", 1, 5, &n));
    assert_int_equal(n, 5);
    assert_false(request_query_number(r, "limit", 1, 4, &n));
    assert_true(request_query_number(r, "absent", 1, 4, &n));
    assert_int_equal(n, 5);
}

static void refuses_two_readings(void **state) {
    (void)state;
    static const char *const bad[] = {"api/v1/x",        "",
                                      "/api/v1/..",      "/api/v1/%2e%2e/x",
                                      "/api/v1/%2E",     "/api/v1/a%2fb",
                                      "/api/v1/a%5cb",   "/api/v1/a%00b",
                                      "/api/v1/%0d%0aX", "/api/v1/%ff",
                                      "/api/v1/%c0%af",  "/api/v1/%",
                                      "/api/v1/%4",      "/api/v1/%zz",
                                      "/api/v1//x",      "/api/v1/x?a=1&a=2",
                                      "/api/v1/x?%00=1", "/api/v1/x?a=%ed%a0%80"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        enum problem problem = PROBLEM_NONE;
        OWNED(request) r = make(bad[i], &problem, NULL);
        if (r)
            fail_msg("%s was taken", bad[i]);
        assert_int_equal(problem, PROBLEM_BAD_REQUEST);
    }
    enum problem problem;
    OWNED(request) slash = make("/api/v1/session/", &problem, NULL);
    assert_non_null(slash);
    assert_int_equal(slash->n_segments, 1);
}

static void another_path_holds_nothing(void **state) {
    (void)state;
    static const char *const elsewhere[] = {"/",        "/api/", "/api/v2/x",
                                            "/api/v1x", "/x",    "/api?q=1"};
    for (size_t i = 0; i < G_N_ELEMENTS(elsewhere); i++) {
        enum problem problem = PROBLEM_NONE;
        OWNED(request) r = make(elsewhere[i], &problem, NULL);
        if (r)
            fail_msg("%s was taken", elsewhere[i]);
        assert_int_equal(problem, PROBLEM_NOT_FOUND);
    }
}

static void caps_uri_segments_and_pairs(void **state) {
    (void)state;
    enum problem problem;
    g_autoptr(GString) uri = g_string_new("/api/v1");
    for (int i = 0; i < LIMIT_PATH_SEGMENTS; i++)
        g_string_append(uri, "/a");
    OWNED(request) most = make(uri->str, &problem, NULL);
    assert_non_null(most);
    g_string_append(uri, "/a");
    assert_null(make(uri->str, &problem, NULL));
    g_autoptr(GString) query = g_string_new("/api/v1/x?");
    for (int i = 0; i < LIMIT_QUERY_PAIRS; i++)
        g_string_append_printf(query, "%sa%d=1", i ? "&" : "", i);
    OWNED(request) pairs = make(query->str, &problem, NULL);
    assert_non_null(pairs);
    g_string_append(query, "&b=1");
    assert_null(make(query->str, &problem, NULL));
    g_autofree char *filler = g_strnfill(LIMIT_URI, 'a');
    g_autofree char *longer = g_strconcat("/api/v1/", filler, NULL);
    assert_null(make(longer, &problem, NULL));
}

static void looks_only_at_listed_parameters(void **state) {
    (void)state;
    enum problem problem;
    OWNED(request)
    r = make("/api/v1/session", &problem, "HTTP_REMOTE_ADDR=6.6.6.6", "REMOTE_ADDR=192.0.2.1",
             "HTTP_X_FORWARDED_FOR=1.2.3.4", "HTTP_PROXY=x", "HTTP_HOST=evil", "HTTPS=on",
             "REQUEST_METHOD=BREW", NULL);
    assert_non_null(r);
    assert_string_equal(r->client, "192.0.2.1");
    assert_int_equal(r->method, HTTP_OTHER);
    assert_null(make("/api/v1/session", &problem, "HTTP_COOKIE=a=1", "HTTP_COOKIE=a=2", NULL));
    assert_null(make("/api/v1/session", &problem, "REQUEST_URI=/api/v1/other", NULL));
}

static void finds_one_cookie_or_none(void **state) {
    (void)state;
    enum problem problem;
    OWNED(request)
    r = make("/api/v1/x", &problem,
             "HTTP_COOKIE=a=1; inkan=tok; __Host-inkan=other;x; twice=1; twice=2",
             "HTTP_AUTHORIZATION=bearer  abc ", NULL);
    g_autofree char *one = request_cookie(r, "inkan"), *host = request_cookie(r, "__Host-inkan");
    assert_string_equal(one, "tok");
    assert_string_equal(host, "other");
    assert_null(request_cookie(r, "twice"));
    assert_null(request_cookie(r, "kan"));
    g_autofree char *bearer = request_bearer(r);
    assert_string_equal(bearer, "abc");
    OWNED(request) basic = make("/api/v1/x", &problem, "HTTP_AUTHORIZATION=Basic YTpi", NULL);
    assert_null(request_bearer(basic));
}

static struct json_t *read_json(const char *text, size_t n, enum problem *problem) {
    char type[] = "CONTENT_TYPE=Application/JSON; charset=utf-8", uri[] = "REQUEST_URI=/api/v1/x";
    char *params[] = {uri, type, NULL};
    g_autoptr(GBytes) body = g_bytes_new(text, n);
    OWNED(request) r = request_new(params, body, problem);
    assert_non_null(r);
    return request_json(r, problem);
}

static void reads_json_objects_alone(void **state) {
    (void)state;
    enum problem problem;
    json_t *good = read_json("{\"a\":1}", 7, &problem);
    assert_non_null(good);
    json_decref(good);
    static const char *const bad[] = {"",
                                      "[]",
                                      "1",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"a\":NaN}",
                                      "{\"a\":\"\xff\"}",
                                      "{} x",
                                      "{\"a\":\"\\u0000\"}"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_null(read_json(bad[i], strlen(bad[i]), &problem));
        assert_int_equal(problem, PROBLEM_BAD_JSON);
    }
    g_autofree char *deep = g_strnfill(20000, '[');
    assert_null(read_json(deep, strlen(deep), &problem));
    g_autofree char *big = g_strnfill(LIMIT_JSON_BODY + 1, ' ');
    assert_null(read_json(big, strlen(big), &problem));
    assert_int_equal(problem, PROBLEM_BODY_TOO_LARGE);
}

static void chooses_a_language(void **state) {
    (void)state;
    static const struct {
        const char *asked, *accept, *wanted;
    } cases[] = {{NULL, NULL, "en"},
                 {NULL, "ja", "ja"},
                 {NULL, "ja-JP, en;q=0.8", "ja"},
                 {NULL, "en;q=0.8,ja;q=0.9", "ja"},
                 {NULL, "en,ja", "en"},
                 {NULL, "fr, de;q=0.9", "en"},
                 {NULL, "ja;q=0", "en"},
                 {NULL, "ja;q=2", "en"},
                 {NULL, "ja;q=0.9999", "en"},
                 {NULL, "jargon", "en"},
                 {NULL, "*, ja;q=0.1", "ja"},
                 {"ja", "en", "ja"},
                 {"JA-jp", NULL, "ja"},
                 {"fr", "ja", "ja"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(language_choose(cases[i].asked, cases[i].accept), cases[i].wanted);
}

/* ---- a whole request as the web server hands it on ---- */

static void at_end(FCGX_Stream *stream) {
    stream->isClosed = 1;
}

/* As libfcgi reads: from the octets that arrived; what is no more is the end of the stream. */
static struct request *read_body(const char *length, const char *octets, enum problem *problem) {
    g_autofree unsigned char *copy = (unsigned char *)g_strdup(octets);
    unsigned char *end = copy + strlen(octets);
    FCGX_Stream in = {.rdNext = copy,
                      .wrNext = end,
                      .stop = end,
                      .stopUnget = copy,
                      .isReader = 1,
                      .fillBuffProc = at_end};
    g_autofree char *content_length = g_strconcat("CONTENT_LENGTH=", length, NULL);
    char uri[] = "REQUEST_URI=/api/v1/verify", method[] = "REQUEST_METHOD=POST";
    char *envp[] = {uri, method, content_length, NULL};
    FCGX_Request fcgx = {.in = &in, .envp = envp};
    return request_read(&fcgx, 8, problem);
}

static void reads_as_many_octets_as_were_announced(void **state) {
    (void)state;
    static const struct {
        const char *length, *octets;
        const char *body; /* NULL: refused … */
        enum problem problem;
    } cases[] = {{"5", "hello", "hello", PROBLEM_NONE},
                 {"", "", "", PROBLEM_NONE},
                 {"8", "12345678", "12345678", PROBLEM_NONE},
                 {"9", "123456789", NULL, PROBLEM_BODY_TOO_LARGE},
                 {"9", "1", NULL, PROBLEM_BODY_TOO_LARGE},
                 {"5", "hell", NULL, PROBLEM_NONE}, /* … and nobody is there to be told */
                 {"5", "hello!", NULL, PROBLEM_BAD_REQUEST},
                 {"-1", "", NULL, PROBLEM_BAD_REQUEST},
                 {"5 ", "hello", NULL, PROBLEM_BAD_REQUEST},
                 {"99999999999999999999", "", NULL, PROBLEM_BAD_REQUEST}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        enum problem problem = PROBLEM_NONE;
        struct request *r = read_body(cases[i].length, cases[i].octets, &problem);
        assert_int_equal(problem, cases[i].problem);
        assert_int_equal(r != NULL, cases[i].body != NULL);
        if (!r)
            continue;
        assert_int_equal(g_bytes_get_size(r->body), strlen(cases[i].body));
        assert_memory_equal(g_bytes_get_data(r->body, NULL), cases[i].body, strlen(cases[i].body));
        request_free(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_then_decodes_the_path),
        cmocka_unit_test(refuses_two_readings),
        cmocka_unit_test(another_path_holds_nothing),
        cmocka_unit_test(caps_uri_segments_and_pairs),
        cmocka_unit_test(looks_only_at_listed_parameters),
        cmocka_unit_test(finds_one_cookie_or_none),
        cmocka_unit_test(reads_json_objects_alone),
        cmocka_unit_test(chooses_a_language),
        cmocka_unit_test(reads_as_many_octets_as_were_announced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

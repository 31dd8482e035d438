/* SPDX-License-Identifier: MIT
 *
 * fcgi/reply, fcgi/problem: headers that no reply lacks, RFC 9457 documents, tags, file names. */
#include "fcgi/reply.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

static char *head_of(const struct reply *reply) {
    return g_string_free(reply_head(reply), FALSE);
}

static void writes_security_headers_everywhere(void **state) {
    (void)state;
    static const char *const always[] = {
        "X-Content-Type-Options: nosniff\r\n", "Cross-Origin-Resource-Policy: same-origin\r\n",
        "Referrer-Policy: no-referrer\r\n",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
        "Cache-Control: no-store\r\n"};
    struct reply reply;
    reply_init(&reply);
    for (int kind = 0; kind < 3; kind++) {
        g_autoptr(GBytes) octets = g_bytes_new_static("x", 1);
        if (kind == 0)
            reply_json(&reply, 200, json_pack("{s:i}", "a", 1));
        else if (kind == 1)
            reply_problem(&reply, NULL, PROBLEM_NOT_FOUND, 0);
        else
            reply_bytes(&reply, 200, "text/plain", octets, REPLY_NO_STORE);
        g_autofree char *head = head_of(&reply);
        for (size_t i = 0; i < G_N_ELEMENTS(always); i++)
            assert_non_null(strstr(head, always[i]));
        assert_true(g_str_has_suffix(head, "\r\n\r\n"));
    }
    reply_clear(&reply);
}

static void problems_are_documents(void **state) {
    (void)state;
    for (int p = 1; p < PROBLEM__MAX; p++) {
        struct reply reply;
        reply_init(&reply);
        reply_header(&reply, "Set-Cookie", "inkan=secret");
        reply_problem(&reply, NULL, (enum problem)p, 7);
        json_t *body =
            json_loadb(g_bytes_get_data(reply.body, NULL), g_bytes_get_size(reply.body), 0, NULL);
        assert_non_null(body);
        assert_int_equal(json_integer_value(json_object_get(body, "status")), reply.status);
        assert_int_equal(json_integer_value(json_object_get(body, "retryAfter")), 7);
        assert_string_equal(json_string_value(json_object_get(body, "code")),
                            problem_code((enum problem)p));
        assert_true(reply.status >= 400 && reply.status < 600);
        g_autofree char *head = head_of(&reply);
        assert_null(strstr(head, "Set-Cookie"));
        assert_non_null(strstr(head, "Retry-After: 7\r\n"));
        assert_non_null(strstr(head, "application/problem+json"));
        assert_string_not_equal(problem_detail((enum problem)p, "en"),
                                problem_detail((enum problem)p, "ja"));
        for (int q = 1; q < p; q++)
            assert_string_not_equal(problem_code((enum problem)p), problem_code((enum problem)q));
        json_decref(body);
        reply_clear(&reply);
    }
}

static void a_frame_gets_a_sentence_that_can_do_nothing(void **state) {
    (void)state;
    struct request request = {.lang = "ja", .in_frame = true};
    struct reply reply;
    reply_init(&reply);
    reply_problem(&reply, &request, PROBLEM_MAIL_SERVER_UNREACHABLE, 10);
    g_autofree char *head = head_of(&reply);
    const char *body = g_bytes_get_data(reply.body, NULL);
    assert_int_equal(reply.status, 502);
    assert_non_null(strstr(head, "Content-Type: text/html; charset=utf-8\r\n"));
    assert_non_null(strstr(head, "Content-Security-Policy: sandbox; default-src 'none'; "));
    assert_non_null(strstr(head, "Retry-After: 10\r\n"));
    assert_non_null(g_strstr_len(body, (gssize)g_bytes_get_size(reply.body),
                                 problem_detail(PROBLEM_MAIL_SERVER_UNREACHABLE, "ja")));
    reply_clear(&reply);
}

static void broken_json_is_a_problem_not_an_empty_reply(void **state) {
    (void)state;
    struct reply reply;
    reply_init(&reply);
    reply_json(&reply, 200, NULL);
    assert_int_equal(reply.status, 500);
    assert_non_null(reply.body);
    reply_clear(&reply);
}

static char *tag_of(const char *content, const char *account, const char *if_none_match,
                    int *status) {
    struct request request = {.if_none_match = (char *)(guintptr)if_none_match};
    struct reply reply;
    reply_init(&reply);
    g_autoptr(GBytes) octets = g_bytes_new(content, strlen(content));
    reply_bytes(&reply, 200, "text/plain", octets, REPLY_NO_STORE);
    reply_etag(&reply, &request, account);
    *status = reply.status;
    if (reply.status == 304)
        assert_null(reply.body);
    char *tag = g_strndup(reply.headers->str + strlen("ETag: "), 34);
    reply_clear(&reply);
    return tag;
}

static void tags_cover_body_and_account(void **state) {
    (void)state;
    int status;
    g_autofree char *a = tag_of("x", "alice", NULL, &status),
                    *b = tag_of("x", "bob", NULL, &status),
                    *c = tag_of("y", "alice", NULL, &status);
    assert_int_equal(status, 200);
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, c);
    g_autofree char *list = g_strdup_printf("\"x\", W/%s", a),
                    *again = tag_of("x", "alice", list, &status);
    assert_int_equal(status, 304);
    assert_string_equal(a, again);
    g_autofree char *other G_GNUC_UNUSED = tag_of("x", "bob", a, &status);
    assert_int_equal(status, 200);
    g_autofree char *any G_GNUC_UNUSED = tag_of("x", "bob", "*", &status);
    assert_int_equal(status, 304);
}

static void file_names_are_inert(void **state) {
    (void)state;
    static const struct {
        const char *name, *wanted;
    } cases[] = {
        {NULL, "Content-Disposition: attachment\r\n"},
        {"a b.txt",
         "Content-Disposition: attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt\r\n"},
        {"../../etc/passwd",
         "Content-Disposition: attachment; filename=\"etcpasswd\"; filename*=UTF-8''etcpasswd\r\n"},
        {"x\r\nSet-Cookie: a=b", "Content-Disposition: attachment; filename=\"xSet-Cookie a=b\"; "
                                 "filename*=UTF-8''xSet-Cookie%20a%3Db\r\n"},
        {"a\"b%c.txt", "Content-Disposition: attachment; filename=\"a_b_c.txt\"; "
                       "filename*=UTF-8''a%22b%25c.txt\r\n"},
        {"\xe5\x8d\xb0.pdf",
         "Content-Disposition: attachment; filename=\"_.pdf\"; filename*=UTF-8''%E5%8D%B0.pdf\r\n"},
        {"gpj\xe2\x80\xae.exe",
         "Content-Disposition: attachment; filename=\"gpj.exe\"; filename*=UTF-8''gpj.exe\r\n"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply;
        reply_init(&reply);
        reply_disposition(&reply, true, cases[i].name);
        assert_string_equal(reply.headers->str, cases[i].wanted);
        reply_clear(&reply);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_security_headers_everywhere),
        cmocka_unit_test(problems_are_documents),
        cmocka_unit_test(a_frame_gets_a_sentence_that_can_do_nothing),
        cmocka_unit_test(broken_json_is_a_problem_not_an_empty_reply),
        cmocka_unit_test(tags_cover_body_and_account),
        cmocka_unit_test(file_names_are_inert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

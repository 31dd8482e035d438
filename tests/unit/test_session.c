/* SPDX-License-Identifier: MIT
 *
 * fcgi/attempts, and the rules of fcgi/session that need no mail server: whose request a session
 * answers, and how long. */
#include "fcgi/session.h"

#include "base/limits.h"
#include "fcgi/attempts.h"
#include "fcgi/seal.h"
#include "store/sqlite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void networks_are_24_and_64(void **state) {
    (void)state;
    static const struct {
        const char *client, *wanted;
    } cases[] = {{"192.0.2.77", "192.0.2.0/24"},
                 {"::ffff:192.0.2.77", "192.0.2.0/24"},
                 {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
                 {"", "?"},
                 {"unix:", "?"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *network = attempts_network(cases[i].client);
        assert_string_equal(network, cases[i].wanted);
    }
}

static void guesses_from_elsewhere_do_not_lock_the_owner_out(void **state) {
    (void)state;
    OWNED(attempts) a = attempts_new();
    unsigned retry = 0;
    for (int i = 0; i < LIMIT_SIGN_IN_PAIR; i++) {
        g_autofree char *client = g_strdup_printf("203.0.113.%d", i);
        assert_true(attempts_begin(a, i % 2 ? "Alice" : "alice", client, 1000, &retry));
    }
    assert_false(attempts_begin(a, "ALICE", "203.0.113.99", 1010, &retry));
    assert_int_equal(retry, LIMIT_SIGN_IN_SECONDS - 10);
    assert_true(attempts_begin(a, "alice", "198.51.100.1", 1010, &retry));
    assert_true(attempts_begin(a, "bob", "203.0.113.99", 1010, &retry));
    assert_true(attempts_begin(a, "alice", "203.0.113.1", 1000 + LIMIT_SIGN_IN_SECONDS, &retry));
}

static void many_networks_are_still_bounded(void **state) {
    (void)state;
    OWNED(attempts) a = attempts_new();
    unsigned retry = 0;
    for (int i = 0; i < LIMIT_SIGN_IN_ACCOUNT; i++) {
        g_autofree char *client = g_strdup_printf("192.0.%d.1", i);
        assert_true(attempts_begin(a, "alice", client, 1000, &retry));
    }
    assert_false(attempts_begin(a, "alice", "198.51.100.1", 1000, &retry));
    attempts_forgive(a, "alice", "192.0.7.1");
    assert_true(attempts_begin(a, "alice", "198.51.100.1", 1000, &retry));
}

static void a_network_has_a_limit_whatever_the_account(void **state) {
    (void)state;
    OWNED(attempts) a = attempts_new();
    unsigned retry = 0;
    for (int i = 0; i < LIMIT_SIGN_IN_NETWORK; i++) {
        g_autofree char *name = g_strdup_printf("user%d", i),
                        *client = g_strdup_printf("203.0.113.%d", i);
        assert_true(attempts_begin(a, name, client, 1000, &retry));
    }
    assert_false(attempts_begin(a, "other", "203.0.113.99", 1000, &retry));
    assert_true(attempts_begin(a, "other", "203.0.114.99", 1000, &retry));
    attempts_forgive(a, "user1", "203.0.113.1");
    assert_true(attempts_begin(a, "other2", "203.0.113.99", 1000, &retry));
    assert_false(attempts_begin(a, "other3", "203.0.113.99", 1000, &retry));
}

/* One network cannot fill the table with names and so be forgotten itself. */
static void refused_attempts_make_no_counters(void **state) {
    (void)state;
    OWNED(attempts) a = attempts_new();
    unsigned retry = 0;
    for (int i = 0; i < 2 * LIMIT_SIGN_IN_TRACKED; i++) {
        g_autofree char *name = g_strdup_printf("user%d", i);
        assert_int_equal(attempts_begin(a, name, "203.0.113.1", 1000, &retry),
                         i < LIMIT_SIGN_IN_NETWORK);
    }
}

static void counters_are_bounded(void **state) {
    (void)state;
    OWNED(attempts) a = attempts_new();
    unsigned retry;
    for (int i = 0; i < 2 * LIMIT_SIGN_IN_TRACKED; i++) {
        g_autofree char *name = g_strdup_printf("u%d", i);
        g_autofree char *client = g_strdup_printf("10.%d.%d.1", i / 250 % 250, i % 250);
        attempts_begin(a, name, client, i, &retry);
    }
    assert_true(attempts_begin(a, "new", "192.0.2.1", 100000, &retry));
}

struct stage {
    struct config *config;
    struct store *store;
    struct sessions *sessions;
};

static int set_up(void **state) {
    static const char text[] =
        "[web]\norigin = https://mail.example.org, https://b.example\n[imap]\nhost = localhost\n";
    struct stage *s = g_new0(struct stage, 1);
    s->config = config_parse("test.conf", text, strlen(text), NULL);
    s->store = sqlite_store_new(":memory:", NULL);
    s->sessions = sessions_new(s->config, s->store, -1, NULL);
    *state = s;
    return s->config && s->store && s->sessions ? 0 : -1;
}

static int tear_down(void **state) {
    struct stage *s = *state;
    sessions_free(s->sessions);
    store_free(s->store);
    config_free(s->config);
    g_free(s);
    return 0;
}

/* A session as sign-in leaves it in the store. */
static char *put_session(struct stage *s, int64_t expires) {
    char *token = seal_token_new();
    g_autofree char *hash = seal_token_hash(token);
    g_autofree char *binding = g_strdup_printf("%s|%" G_GINT64_FORMAT "|localhost", hash, expires);
    g_autoptr(GBytes) sealed = seal_close(token, SPAN_LIT("palice\0secret"), binding);
    assert_true(s->store->session_put(s->store, hash, sealed, expires, NULL));
    return token;
}

struct asked {
    const char *method, *bearer, *cookie, *origin, *with, *site;
};

static enum problem ask(struct stage *s, const struct asked *asked) {
    g_autoptr(GPtrArray) params = g_ptr_array_new_with_free_func(g_free);
    const char *values[] = {asked->method, asked->bearer, asked->cookie,
                            asked->origin, asked->with,   asked->site};
    static const char *const names[] = {"REQUEST_METHOD=",           "HTTP_AUTHORIZATION=Bearer ",
                                        "HTTP_COOKIE=__Host-inkan=", "HTTP_ORIGIN=",
                                        "HTTP_X_REQUESTED_WITH=",    "HTTP_SEC_FETCH_SITE="};
    g_ptr_array_add(params, g_strdup("REQUEST_URI=/api/v1/session"));
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        if (values[i])
            g_ptr_array_add(params, g_strconcat(names[i], values[i], NULL));
    g_ptr_array_add(params, NULL);
    enum problem problem = PROBLEM_NONE;
    OWNED(request) r = request_new((char *const *)params->pdata, NULL, &problem);
    assert_non_null(r);
    OWNED(session) session = session_require(s->sessions, s->config, r, &problem);
    return session ? PROBLEM_NONE : problem;
}

static void cookies_need_proof_of_who_asks(void **state) {
    struct stage *s = *state;
    g_autofree char *t = put_session(s, INT64_MAX / 2);
    const char *origin = "https://mail.example.org";
    const struct {
        struct asked asked;
        enum problem wanted;
    } cases[] = {
        {{"GET", NULL, t}, PROBLEM_NONE},
        {{"HEAD", NULL, t}, PROBLEM_NONE},
        {{"GET", NULL, t, NULL, NULL, "same-origin"}, PROBLEM_NONE},
        {{"GET", NULL, t, NULL, NULL, "none"}, PROBLEM_NONE},
        {{"GET", NULL, t, NULL, NULL, "cross-site"}, PROBLEM_CROSS_SITE},
        {{"GET", NULL, t, NULL, NULL, "same-site"}, PROBLEM_CROSS_SITE},
        {{"GET", NULL, t, NULL, NULL, "nonsense"}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t, origin}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t, NULL, "inkan"}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t, "https://mail.example.org.evil.example", "inkan"}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t, "http://mail.example.org", "inkan"}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t, "null", "inkan"}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t, origin, "Inkan"}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t, origin, "inkan", "cross-site"}, PROBLEM_CROSS_SITE},
        {{"DELETE", NULL, t, origin, "inkan", "same-origin"}, PROBLEM_NONE},
        {{"PATCH", NULL, t, "https://b.example", "inkan"}, PROBLEM_NONE},
        {{"BREW", NULL, t}, PROBLEM_CROSS_SITE},
        {{"DELETE", t}, PROBLEM_NONE},
        {{"DELETE", t, NULL, "https://evil.example", NULL, "cross-site"}, PROBLEM_NONE},
        {{"GET", "wrong", t}, PROBLEM_NOT_SIGNED_IN},
        {{"GET"}, PROBLEM_NOT_SIGNED_IN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        if (ask(s, &cases[i].asked) != cases[i].wanted)
            fail_msg("case %zu", i);
}

static void sessions_come_back_once_and_end(void **state) {
    struct stage *s = *state;
    g_autofree char *good = put_session(s, INT64_MAX / 2), *old = put_session(s, 1000);
    assert_null(session_find(s->sessions, old));
    OWNED(session) first = session_find(s->sessions, good);
    OWNED(session) second = session_find(s->sessions, good);
    assert_ptr_equal(first, second);
    assert_string_equal(first->username, "alice");
    assert_string_equal(first->account, "alice@localhost");
    session_end(s->sessions, first);
    assert_null(session_find(s->sessions, good));
}

static bool not_deleted(struct store *store, const char *hash, GError **error) {
    (void)store, (void)hash, (void)error;
    return false;
}

static void who_signs_out_is_out_though_the_store_cannot_be_written(void **state) {
    struct stage *s = *state;
    bool (*deletes)(struct store *, const char *, GError **) = s->store->session_delete;
    g_autofree char *token = put_session(s, INT64_MAX / 2), *hash = seal_token_hash(token);
    int64_t expires;
    s->store->session_delete = not_deleted;
    OWNED(session) session = session_find(s->sessions, token);
    session_end(s->sessions, session);
    assert_null(session_find(s->sessions, token));
    sessions_sweep(s->sessions, 1000);
    assert_null(session_find(s->sessions, token));
    s->store->session_delete = deletes;
    sessions_sweep(s->sessions, 1000);
    assert_null(s->store->session_find(s->store, hash, 1000, &expires));
    assert_null(session_find(s->sessions, token));
}

static void sweep_ends_what_is_over(void **state) {
    struct stage *s = *state;
    g_autofree char *token = put_session(s, INT64_MAX / 2);
    OWNED(session) session = session_find(s->sessions, token);
    session->expires = 2000;
    sessions_sweep(s->sessions, 1999);
    g_autoptr(GPtrArray) one = sessions_live(s->sessions);
    assert_int_equal(one->len, 1);
    sessions_sweep(s->sessions, 2000);
    g_autoptr(GPtrArray) none = sessions_live(s->sessions);
    assert_int_equal(none->len, 0);
    assert_null(session_find(s->sessions, token));
}

static void cookie_says_all_it_must(void **state) {
    struct stage *s = *state;
    struct reply reply;
    reply_init(&reply);
    session_set_cookie(s->config, &reply, "TOKEN", 1100, 1000);
    assert_string_equal(reply.headers->str, "Set-Cookie: __Host-inkan=TOKEN; Path=/; Max-Age=100; "
                                            "HttpOnly; SameSite=Strict; Secure\r\n");
    reply_clear(&reply);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_are_24_and_64),
        cmocka_unit_test(guesses_from_elsewhere_do_not_lock_the_owner_out),
        cmocka_unit_test(many_networks_are_still_bounded),
        cmocka_unit_test(a_network_has_a_limit_whatever_the_account),
        cmocka_unit_test(refused_attempts_make_no_counters),
        cmocka_unit_test(counters_are_bounded),
        cmocka_unit_test_setup_teardown(cookies_need_proof_of_who_asks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sessions_come_back_once_and_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_signs_out_is_out_though_the_store_cannot_be_written,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(sweep_ends_what_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cookie_says_all_it_must, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

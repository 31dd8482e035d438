/* SPDX-License-Identifier: MIT
 *
 * sign/wkd: the names under which a domain publishes keys, and which of those it answers count. */
#include "sign/wkd.h"

#include "base/limits.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void expect_url(const char *local, enum wkd_method method, const char *expected) {
    g_autofree char *url = wkd_url(local, "example.org", method);
    assert_string_equal(url, expected);
}

/* The example of draft-koch-openpgp-webkey-service §3.1. */
static void the_drafts_own_example(void **state) {
    (void)state;
    g_autofree char *hash = wkd_hash("Joe.Doe");
    assert_string_equal(hash, "iy9q119eutrkn8s1mk4r39qejnbu3n5q");
    expect_url("Joe.Doe", WKD_ADVANCED,
               "https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/"
               "iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe");
    expect_url("Joe.Doe", WKD_DIRECT,
               "https://example.org/.well-known/openpgpkey/hu/"
               "iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe");
}

static void case_changes_the_query_alone(void **state) {
    (void)state;
    g_autofree char *one = wkd_hash("JOE.doe");
    g_autofree char *other = wkd_hash("joe.doe");
    assert_string_equal(one, other);
    assert_int_equal(strlen(one), 32);
}

static void what_a_url_means_is_escaped(void **state) {
    (void)state;
    g_autofree char *hash = wkd_hash("a&b?c=d/#%");
    g_autofree char *expected = g_strdup_printf(
        "https://example.org/.well-known/openpgpkey/hu/%s?l=a%%26b%%3Fc%%3Dd%%2F%%23%%25", hash);
    expect_url("a&b?c=d/#%", WKD_DIRECT, expected);
}

static void odd_names_are_not_looked_up(void **state) {
    (void)state;
    char long_local[LIMIT_WKD_LOCAL + 2];
    memset(long_local, 'a', sizeof long_local - 1);
    long_local[sizeof long_local - 1] = 0;
    const char *const locals[] = {"", "a b", "a\r\nb", "a\x7f", "jos\xc3\xa9", long_local};
    for (size_t i = 0; i < G_N_ELEMENTS(locals); i++)
        assert_null(wkd_url(locals[i], "example.org", WKD_ADVANCED));
}

/* What would be another place in a URL: a path, a user, a port, a literal address. */
static void odd_domains_are_not_looked_up(void **state) {
    (void)state;
    g_autofree char *endless = g_strnfill(LIMIT_DOMAIN + 1, 'a');
    const char *const domains[] = {"",
                                   "example.org/x",
                                   "x@example.org",
                                   "example.org:80",
                                   "[127.0.0.1]",
                                   "example.org#",
                                   "example.org?",
                                   "a b.example",
                                   "b\xc3\xbc.example",
                                   "a%2fb.example",
                                   endless};
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        assert_null(wkd_url("a", domains[i], WKD_ADVANCED));
        assert_null(wkd_url("a", domains[i], WKD_DIRECT));
    }
    expect_url("a", WKD_DIRECT,
               "https://example.org/.well-known/openpgpkey/hu/"
               "o556ep94wsu93ak7dzqmu4zk7e5zc37a?l=a");
}

/* --- what counts of an answer ---------------------------------------------------------------- */

static void add_certificate(GPtrArray *list, const char *const *user_ids) {
    struct openpgp_certificate *certificate = g_new0(struct openpgp_certificate, 1);
    certificate->user_ids = g_strdupv((char **)(uintptr_t)user_ids);
    g_ptr_array_add(list, certificate);
}

static void free_certificate(gpointer certificate) {
    openpgp_certificate_free(certificate);
}

static void only_keys_of_that_address_count(void **state) {
    (void)state;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_certificate);
    add_certificate(list, (const char *const[]){"Bob <bob@example.org>", NULL});
    add_certificate(list, (const char *const[]){NULL});
    add_certificate(list, NULL);
    add_certificate(list, (const char *const[]){"alice@example.org", "bob@example.org", NULL});
    add_certificate(list, (const char *const[]){"<alice@example.org> <bob@example.org>", NULL});
    add_certificate(list, (const char *const[]){"Alice <alice@EXAMPLE.org>", NULL});
    add_certificate(list, (const char *const[]){"Alice <Alice@example.org>", NULL});
    wkd_certificates_keep(list, "alice@example.org");
    assert_int_equal(list->len, 2);
    const struct openpgp_certificate *first = list->pdata[0], *second = list->pdata[1];
    assert_string_equal(first->user_ids[0], "alice@example.org");
    assert_string_equal(second->user_ids[0], "Alice <alice@EXAMPLE.org>");
}

/* The crowd is cut off behind those of other people, not before. */
static void a_few_keys_are_kept(void **state) {
    (void)state;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_certificate);
    for (int i = 0; i < 2 * LIMIT_WKD_KEYS; i++)
        add_certificate(list, (const char *const[]){"bob@example.org", NULL});
    for (int i = 0; i < 2 * LIMIT_WKD_KEYS; i++)
        add_certificate(list, (const char *const[]){"alice@example.org", NULL});
    wkd_certificates_keep(list, "alice@example.org");
    assert_int_equal(list->len, LIMIT_WKD_KEYS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_drafts_own_example),
        cmocka_unit_test(case_changes_the_query_alone),
        cmocka_unit_test(what_a_url_means_is_escaped),
        cmocka_unit_test(odd_names_are_not_looked_up),
        cmocka_unit_test(odd_domains_are_not_looked_up),
        cmocka_unit_test(only_keys_of_that_address_count),
        cmocka_unit_test(a_few_keys_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

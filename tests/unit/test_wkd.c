/* SPDX-License-Identifier: MIT
 *
 * sign/wkd: the names under which a domain publishes keys. */
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
    assert_null(wkd_url("a", "", WKD_ADVANCED));
    assert_null(wkd_url("a", "example.org/x y", WKD_DIRECT));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_drafts_own_example),
        cmocka_unit_test(case_changes_the_query_alone),
        cmocka_unit_test(what_a_url_means_is_escaped),
        cmocka_unit_test(odd_names_are_not_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * RFC 8461: record, policy, and which exchangers fit. */
#include "route/mta_sts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static enum mta_sts_record_state one(const char *record) {
    struct span span = span_of(record);
    return mta_sts_record_select(&span, 1, NULL);
}

static void record_grammar(void **state) {
    (void)state;
    const char *const valid[] = {"v=STSv1; id=20160831085700Z;", "v=STSv1;id=1", "v=STSv1 ; id=a ;",
                                 "v=STSv1; x=1; id=2", "v=STSv1; id=2; a.b-c_d=!"};
    const char *const invalid[] = {
        "v=STSv1; id=",        "v=STSv1;",
        "v=STSv1; id=a-b",     "v=STSv1; id=123456789012345678901234567890123",
        "v=STSv1; id=1; id=2", "v=STSv1; id=1; x",
        "v=STSv1; id=1; x=",   "v=STSv1; ID=1",
        "v=STSv1; id=1; -x=1", "v=STSv1;; id=1"};
    const char *const none[] = {
        "", "v=STSv1", "v=stsv1; id=1", "v=STSv2; id=1", " v=STSv1; id=1", "v=STSv12; id=1"};
    for (guint i = 0; i < G_N_ELEMENTS(valid); i++)
        if (one(valid[i]) != MTA_STS_RECORD_VALID)
            fail_msg("%s", valid[i]);
    for (guint i = 0; i < G_N_ELEMENTS(invalid); i++)
        if (one(invalid[i]) != MTA_STS_RECORD_INVALID)
            fail_msg("%s", invalid[i]);
    for (guint i = 0; i < G_N_ELEMENTS(none); i++)
        if (one(none[i]) != MTA_STS_RECORD_NONE)
            fail_msg("%s", none[i]);
}

static void record_among_others(void **state) {
    (void)state;
    struct span records[] = {SPAN_LIT("other"), SPAN_LIT("v=STSv1; id=7"), SPAN_LIT("v=STSv1;")};
    struct span id;
    assert_int_equal(mta_sts_record_select(records, 2, &id), MTA_STS_RECORD_VALID);
    assert_true(span_eq(id, SPAN_LIT("7")));
    assert_int_equal(mta_sts_record_select(records, 3, &id), MTA_STS_RECORD_SEVERAL);
    assert_int_equal(mta_sts_record_select(records, 1, &id), MTA_STS_RECORD_NONE);
    assert_int_equal(mta_sts_record_select(NULL, 0, &id), MTA_STS_RECORD_NONE);
}

static struct mta_sts_policy *policy(const char *body) {
    const char *why;
    return mta_sts_policy_parse(span_of(body), &why);
}

/* The example of §3.2. */
static void policy_of_the_rfc(void **state) {
    (void)state;
    OWNED(mta_sts_policy)
    p = policy("version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\n"
               "mx: backupmx.example.com\nmax_age: 604800\n");
    assert_non_null(p);
    assert_int_equal(p->mode, MTA_STS_ENFORCE);
    assert_int_equal(p->max_age, 604800);
    assert_int_equal(p->n_mx, 3);
    assert_string_equal(p->mx[1], "*.example.net");
}

static void policy_forms(void **state) {
    (void)state;
    OWNED(mta_sts_policy)
    crlf = policy("version:STSv1\r\nmode:\ttesting \r\nmx: MX.Example\r\nmax_age: 99999999\r\n");
    assert_int_equal(crlf->mode, MTA_STS_TESTING);
    assert_int_equal(crlf->max_age, LIMIT_MTA_STS_AGE);
    assert_string_equal(crlf->mx[0], "mx.example");
    OWNED(mta_sts_policy) none = policy("version: STSv1\nmode: none\nmax_age: 86400");
    assert_int_equal(none->mode, MTA_STS_NONE);
    OWNED(mta_sts_policy)
    first =
        policy("version: STSv1\nmode: enforce\nmode: none\nmx: a.example\nmax_age: 1\nmax_age: x\n"
               "new_key: an extension\n");
    assert_int_equal(first->mode, MTA_STS_ENFORCE);
    assert_int_equal(first->max_age, 1);
}

static void policy_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "version: STSv1\nmode: enforce\nmax_age: 1\n",
        "version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 1\n",
        "version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 1\n",
        "version: STSv1\nmode: enforce\nmx: a.example\n",
        "version: STSv1\nmx: a.example\nmax_age: 1\n",
        "mode: enforce\nmx: a.example\nmax_age: 1\n",
        "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 12345678901\n",
        "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1\n",
        "version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1\n",
        "version: STSv1\nmode: enforce\nmx: \nmax_age: 1\n",
        "version: STSv1\n\nmode: enforce\nmx: a.example\nmax_age: 1\n",
        "<html>\nversion: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1\n",
        "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1\nx: \x01\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        const char *why = NULL;
        OWNED(mta_sts_policy) p = mta_sts_policy_parse(span_of(bad[i]), &why);
        if (p || !why)
            fail_msg("%s", bad[i]);
    }
    g_autofree char *large = g_strnfill(LIMIT_MTA_STS_POLICY + 1, '\n');
    assert_null(policy(large));
}

/* §4.1 */
static void hosts_that_fit(void **state) {
    (void)state;
    OWNED(mta_sts_policy)
    p = policy(
        "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 1\n");
    assert_true(mta_sts_matches(p, "mail.example.com"));
    assert_false(mta_sts_matches(p, "a.mail.example.com"));
    assert_false(mta_sts_matches(p, "example.com"));
    assert_true(mta_sts_matches(p, "a.example.net"));
    assert_false(mta_sts_matches(p, "a.b.example.net"));
    assert_false(mta_sts_matches(p, "example.net"));
    assert_false(mta_sts_matches(p, "aexample.net"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_grammar),    cmocka_unit_test(record_among_others),
        cmocka_unit_test(policy_of_the_rfc), cmocka_unit_test(policy_forms),
        cmocka_unit_test(policy_refused),    cmocka_unit_test(hosts_that_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * auth/received_spf: the field, and whose is believed (attacks B54, B55, B57). */
#include "auth/received_spf.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void reads_what_servers_write(void **state) {
    (void)state;
    static const struct {
        const char *value;
        enum auth_result result;
        const char *path_domain, *helo_domain;
        bool of_helo, null_path;
    } cases[] = {
        {" pass (google.com: domain of u@a.example designates 192.0.2.1 as permitted sender)"
         " client-ip=192.0.2.1;",
         AUTH_PASS, NULL, NULL, false, false},
        {" Pass (protection.outlook.com: domain of a.example designates\r\n 192.0.2.1 as permitted"
         " sender) receiver=protection.outlook.com;\r\n client-ip=192.0.2.1; helo=h.a.example; "
         "pr=C",
         AUTH_PASS, NULL, "h.a.example", false, false},
        {" Softfail (mailfrom) identity=mailfrom; client-ip=192.0.2.1; helo=h.a.example;"
         " envelope-from=u@A.example; receiver=<UNKNOWN> ",
         AUTH_SOFTFAIL, "a.example", "h.a.example", false, false},
        {" none (no SPF) identity=helo; client-ip=2001:db8::1; helo=h.a.example;"
         " envelope-from=\"<>\"",
         AUTH_NONE, NULL, "h.a.example", true, true},
        {" permerror envelope-from=\"\\\"a b\\\"@a.example\"; problem=%{x}", AUTH_PERMERROR,
         "a.example", NULL, false, false},
        {"neutral", AUTH_NEUTRAL, NULL, NULL, false, false},
        {" fail envelope-from=(any@a.example; x=y", AUTH_NOT_EVALUATED, NULL, NULL, false, false},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct received_spf field;
        bool read = received_spf_parse(span_of(cases[i].value), &field);
        assert_int_equal(read, cases[i].result != AUTH_NOT_EVALUATED);
        assert_int_equal(field.result, cases[i].result);
        assert_int_equal(g_strcmp0(field.path_domain, cases[i].path_domain), 0);
        assert_int_equal(g_strcmp0(field.helo_domain, cases[i].helo_domain), 0);
        assert_int_equal(field.of_helo, cases[i].of_helo);
        assert_int_equal(field.null_path, cases[i].null_path);
        received_spf_clear(&field);
    }
}

static void refuses_what_has_no_single_reading(void **state) {
    (void)state;
    static const char *const values[] = {
        "",
        "passed",
        "policy",
        "pass (never ends",
        "pass x",
        "pass =y",
        "pass envelope-from=\"a@b.example",
        "pass envelope-from=a@b.example; envelope-from=c@d.example",
        "pass identity=pra; envelope-from=a@b.example",
        "pass identity=mailfrom; IDENTITY=helo",
        "pass (((((((((((((((((((((deep)))))))))))))))))))))",
    };
    struct received_spf field;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        assert_false(received_spf_parse(span_of(values[i]), &field));
    g_autofree char *huge = g_strnfill(LIMIT_AR_SIZE + 1, ' ');
    memcpy(huge, "pass", 4);
    assert_false(received_spf_parse(span_of(huge), &field));
}

#define LINE                                                                                       \
    "Received: from h.a.example (h.a.example [203.0.113.5])\r\n\tby mx.ours.example (Postfix) "    \
    "with ESMTPS id 1;\r\n\tWed, 18 Nov 2026 10:06:40 +0000\r\n"
#define RS(result) "Received-SPF: " result " envelope-from=u@a.example; helo=h.a.example\r\n"
#define AR "Authentication-Results: mx.ours.example; dkim=none\r\n"
#define AR_SPF "Authentication-Results: mx.ours.example; spf=fail smtp.mailfrom=u@a.example\r\n"

/* What a statement of mx.ours.example says about SPF. */
static enum auth_result stated(const char *header, bool below, bool believes, bool imported,
                               char **domain) {
    OWNED(belief_rules) rules = belief_rules_new();
    assert_true(belief_add_border(rules, "mx.ours.example", NULL));
    assert_true(belief_add_border(rules, "store.ours.example", NULL));
    assert_true(belief_add_border(rules, "192.0.2.0/24", NULL));
    assert_true(!believes || belief_add_id(rules, "mx.ours.example", NULL));
    rules->below = below;
    g_autofree char *text = g_strconcat(header, "From: u@a.example\r\n\r\nx\r\n", NULL);
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    OWNED(message) message = message_new(octets, 0);
    struct border_session session;
    struct hops *hops = hops_parse(message);
    hops_apply_border(hops, rules->border);
    hops_session(hops, message, &session);
    OWNED(authres) authres = authres_read(message, hops, rules, imported);
    OWNED(statement) statement = statement_new(authres, rules, "a.example", NULL);
    received_spf_supply(statement, authres, message, hops, &session);
    enum auth_result result = statement->spf.result;
    assert_int_equal(result != AUTH_NOT_EVALUATED, statement->spf.domain != NULL);
    if (domain)
        *domain = g_strdup(statement->spf.domain);
    hops_free(hops);
    return result;
}

static enum auth_result above(const char *header) {
    return stated(header, false, true, false, NULL);
}

static void believed_by_place_alone(void **state) {
    (void)state;
    assert_int_equal(above(RS("pass") LINE), AUTH_PASS);
    assert_int_equal(above(RS("fail") LINE RS("pass")), AUTH_FAIL);
    assert_int_equal(above(AR RS("pass") LINE), AUTH_PASS);
    assert_int_equal(stated(LINE RS("pass") AR, true, true, false, NULL), AUTH_PASS);
    g_autofree char *from_session = NULL;
    assert_int_equal(
        stated("Return-Path: <u@s.example>\r\nReceived-SPF: pass (ok) client-ip=x\r\n" LINE, false,
               true, false, &from_session),
        AUTH_PASS);
    assert_string_equal(from_session, "s.example");
    g_autofree char *null_path = NULL;
    assert_int_equal(stated("Received-SPF: pass envelope-from=\"\"; helo=h.a.example\r\n" LINE,
                            false, true, false, &null_path),
                     AUTH_PASS);
    assert_string_equal(null_path, "h.a.example");
}

static void b55_never_below_the_border(void **state) {
    (void)state;
    assert_int_equal(above(LINE RS("pass")), AUTH_NOT_EVALUATED);
    assert_int_equal(above(LINE RS("pass") AR), AUTH_NOT_EVALUATED);
    assert_int_equal(above(RS("pass")), AUTH_NOT_EVALUATED); /* no border at all */
    assert_int_equal(above("X-Received-SPF: pass envelope-from=u@a.example\r\n" LINE),
                     AUTH_NOT_EVALUATED);
    /* `below` speaks of a field with an id of ours; what comes after it was there before */
    assert_int_equal(stated(LINE RS("pass"), true, true, false, NULL), AUTH_NOT_EVALUATED);
    assert_int_equal(stated(LINE AR RS("pass"), true, true, false, NULL), AUTH_NOT_EVALUATED);
    assert_int_equal(stated(RS("pass") LINE, false, true, true, NULL), AUTH_NOT_EVALUATED);
    assert_int_equal(stated(RS("pass") LINE, false, false, false, NULL), AUTH_NOT_EVALUATED);
}

static void authentication_results_go_first(void **state) {
    (void)state;
    assert_int_equal(above(AR_SPF RS("pass") LINE), AUTH_FAIL);
    assert_int_equal(above(RS("pass") AR_SPF LINE), AUTH_FAIL);
    /* two that disagree say nothing, and nothing settles what A-R left contradictory */
    assert_int_equal(above(RS("pass") RS("fail") LINE), AUTH_NOT_EVALUATED);
    assert_int_equal(above(RS("pass") RS("pass") LINE), AUTH_PASS);
    assert_int_equal(
        above("Authentication-Results: mx.ours.example; spf=pass smtp.mailfrom=a.example"
              "; spf=fail smtp.mailfrom=a.example\r\n" RS("pass") LINE),
        AUTH_NOT_EVALUATED);
    assert_int_equal(
        above("Authentication-Results: mx.ours.example; dkim=none (\r\n" RS("pass") LINE),
        AUTH_NOT_EVALUATED); /* one unreadable field of ours spoils them all */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_servers_write),
        cmocka_unit_test(refuses_what_has_no_single_reading),
        cmocka_unit_test(believed_by_place_alone),
        cmocka_unit_test(b55_never_below_the_border),
        cmocka_unit_test(authentication_results_go_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

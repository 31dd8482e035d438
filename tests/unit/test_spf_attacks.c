/* SPDX-License-Identifier: MIT
 *
 * Attacks B57 to B65 on SPF, each by its number, over the whole of evaluate and verdict: mail that
 * claims to be from bank.example, which allows 192.0.2.1 alone and asks to reject. What our border
 * wrote is the only session. */
#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "base/limits.h"
#include "spf_zone.h"
#include "trust/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define NOW 1795000000
#define MAIL "From: <ceo@bank.example>\r\nTo: me@ours.example\r\nSubject: x\r\n\r\nHello.\r\n"
#define LINE_FROM(helo, ip)                                                                        \
    "Received: from " helo " (mail.evil.example [" ip "])\r\n\tby mx.ours.example (Postfix) with " \
    "ESMTPS id 1;\r\n\tWed, 18 Nov 2026 10:06:40 +0000\r\n"
#define BORDER LINE_FROM("mail.evil.example", "203.0.113.66")
#define GOOD_LINE LINE_FROM("mail.bank.example", "192.0.2.1")
#define PATH(address) "Return-Path: <" address ">\r\n"

static struct resolver *resolver;
static struct public_suffixes *suffixes;

static int set_up(void **state) {
    (void)state;
    const struct zone_row rows[] = {
        {"bank.example", DNS_TXT, "v=spf1 ip4:192.0.2.1 -all"},
        {"bank.example", DNS_A, "192.0.2.1"},
        {"_dmarc.bank.example", DNS_TXT, "v=DMARC1; p=reject; sp=quarantine"},
        {"mail.bank.example", DNS_TXT, "v=spf1 ip4:192.0.2.1 -all"},
        {"evil.example", DNS_TXT, "v=spf1 ip4:203.0.113.66 -all"},
        {"mail.evil.example", DNS_TXT, "v=spf1 ip4:203.0.113.66 -all"},
        {"anyone.example", DNS_TXT, "v=spf1 +all"},
        {"anyone.example", DNS_A, "192.0.2.1"},
        {"_dmarc.anyone.example", DNS_TXT, "v=DMARC1; p=reject"},
        {NULL, DNS_A, NULL}};
    resolver = zone_of(rows);
    suffixes = orgdomain_suffixes_new(NULL);
    return suffixes ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    resolver_free(resolver);
    orgdomain_suffixes_free(suffixes);
    return 0;
}

static struct evaluate_request request_of(const struct belief_rules *rules) {
    return (struct evaluate_request){
        .belief = rules, .resolver = resolver, .suffixes = suffixes, .now = NOW};
}

static struct evidence *evaluate_text(struct evaluate_request request, const char *text) {
    g_autoptr(GBytes) octets = g_bytes_new_static(text, strlen(text));
    OWNED(message) message = message_new(octets, 0);
    request.message = message;
    return evaluate(&request);
}

static struct belief_rules *our_border(void) {
    struct belief_rules *rules = belief_rules_new();
    bool added = belief_add_border(rules, "mx.ours.example", NULL);
    g_assert(added);
    return rules;
}

static struct evidence *received(const char *text) {
    OWNED(belief_rules) rules = our_border();
    return evaluate_text(request_of(rules), text);
}

static void verdict_is(const struct evidence *evidence, enum verdict_author author,
                       enum reason_code code) {
    struct verdict_policy policy = {.rules = NULL};
    OWNED(verdict) verdict = verdict_derive(evidence, &policy, NOW);
    assert_string_equal(verdict_author_name(verdict->author), verdict_author_name(author));
    assert_string_equal(reason_code_name(verdict->reasons.items[0].code), reason_code_name(code));
}

/* The real thing, so that the rest means something. */
static void honest_mail_by_spf_alone_is_likely(void **state) {
    (void)state;
    OWNED(evidence) e = received(PATH("ceo@bank.example") GOOD_LINE MAIL);
    assert_int_equal(e->spf.result, AUTH_PASS);
    assert_int_equal(e->spf_helo.result, AUTH_PASS);
    assert_true(e->dmarc.by_spf && !e->dmarc.from_server);
    verdict_is(e, VERDICT_LIKELY, REASON_SENT_BY_LISTED_SERVER);
}

static void b52_helo_is_no_identity_of_dmarc(void **state) {
    (void)state;
    OWNED(evidence)
    e = received(PATH("x@evil.example") LINE_FROM("mail.bank.example", "192.0.2.1") MAIL);
    assert_int_equal(e->spf_helo.result, AUTH_PASS);
    assert_int_equal(e->spf.result, AUTH_FAIL);
    assert_int_equal(e->dmarc.result, AUTH_FAIL);
    verdict_is(e, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
}

static void b57_forged_received_lines_are_no_session(void **state) {
    (void)state;
    static const char *const tops[] = {BORDER, BORDER GOOD_LINE, BORDER PATH("ceo@bank.example"),
                                       BORDER PATH("ceo@bank.example") GOOD_LINE};
    for (guint i = 0; i < G_N_ELEMENTS(tops); i++) {
        g_autofree char *text = g_strconcat(PATH("x@evil.example"), tops[i], MAIL, NULL);
        OWNED(evidence) e = received(text);
        assert_string_equal(e->spf.client_ip, "203.0.113.66");
        assert_string_equal(e->spf.domain, "evil.example");
        verdict_is(e, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    }
}

static void b57_without_a_border_nothing_is_evaluated(void **state) {
    (void)state;
    OWNED(evidence) e = evaluate_text(request_of(NULL), PATH("ceo@bank.example") GOOD_LINE MAIL);
    assert_int_equal(e->spf.result, AUTH_NOT_EVALUATED);
    assert_int_equal(e->spf_helo.result, AUTH_NOT_EVALUATED);
    verdict_is(e, VERDICT_NOT_ESTABLISHED, REASON_SPF_NOT_CHECKED);
}

static void b57_two_return_paths_say_nothing(void **state) {
    (void)state;
    OWNED(evidence) e = received(PATH("ceo@bank.example") PATH("x@evil.example") GOOD_LINE MAIL);
    assert_int_equal(e->spf.result, AUTH_NOT_EVALUATED);
    assert_int_equal(e->spf_helo.result, AUTH_PASS); /* the line itself still names a client */
    OWNED(evidence) below = received(GOOD_LINE PATH("ceo@bank.example") MAIL);
    assert_int_equal(below->spf.result, AUTH_NOT_EVALUATED);
}

static void b57_imported_mail_has_no_border(void **state) {
    (void)state;
    OWNED(belief_rules) rules = our_border();
    struct evaluate_request request = request_of(rules);
    request.role = MAILBOX_IMPORTED;
    OWNED(evidence) e = evaluate_text(request, PATH("ceo@bank.example") GOOD_LINE MAIL);
    assert_int_equal(e->spf.result, AUTH_NOT_EVALUATED);
}

static void b57_a_private_client_is_no_identity(void **state) {
    (void)state;
    OWNED(evidence)
    e = received(PATH("ceo@bank.example") LINE_FROM("proxy.example", "10.0.0.7") MAIL);
    assert_int_equal(e->spf.result, AUTH_NOT_EVALUATED);
}

static void rule10_submitted_mail_is_not_asked_about(void **state) {
    (void)state;
    OWNED(evidence)
    e = received(PATH("ceo@bank.example") "Received: from laptop (x [192.0.2.1])"
                                          " by mx.ours.example with ESMTPSA id 1;"
                                          " Wed, 18 Nov 2026 10:06:40 +0000\r\n" MAIL);
    assert_int_equal(e->spf.result, AUTH_NOT_EVALUATED);
    assert_int_equal(e->dmarc.result, AUTH_NOT_EVALUATED);
    assert_false(e->sender_id.evaluated);
}

static void b58_mail_from_a_name_that_does_not_exist(void **state) {
    (void)state;
    OWNED(evidence) e = received(PATH("x@nowhere.bank.example") BORDER MAIL);
    assert_int_equal(e->spf.result, AUTH_NONE);
    verdict_is(e, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    OWNED(evidence)
    sub = received(PATH("x@nowhere.bank.example") BORDER
                   "From: ceo@nowhere.bank.example\r\n\r\nx\r\n");
    assert_int_equal(sub->spf.result, AUTH_NONE);
    assert_int_equal(sub->dmarc.applied, DMARC_POLICY_QUARANTINE); /* np= is absent, sp= applies */
}

static void b59_unusable_paths_are_never_repaired(void **state) {
    (void)state;
    static const char *const paths[] = {"(any@bank.example",
                                        "<>",
                                        "@evil.example:ceo@bank.example",
                                        "a@b@bank.example",
                                        "ceo@bank.example>",
                                        "<ceo@bank.example>",
                                        "ceo@bank.example(",
                                        "ceo@bank.example x",
                                        "ceo,x@bank.example",
                                        "\"a\"b@bank.example",
                                        "ceo@",
                                        "ceo@bank.example\\",
                                        "a\"@bank.example"};
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        OWNED(spf_check)
        check = check_session(resolver, "192.0.2.1", "mail.bank.example", paths[i]);
        if (check->mail_from.result.result != AUTH_NONE)
            fail_msg("%s: %s", paths[i], auth_result_name(check->mail_from.result.result));
    }
    OWNED(spf_check)
    quoted = check_session(resolver, "192.0.2.1", "h", "\"a@\\\"b(\\\\\"@bank.example");
    assert_string_equal(quoted->mail_from.local, "a@\"b(\\");
    assert_int_equal(quoted->mail_from.result.result, AUTH_PASS);
}

/* A policy that never ends costs its own result, a bounded number of questions, and nothing of
 * anybody else's. */
static void b60_endless_policies_are_bounded(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    resolver_table_add(table, "loop.example", DNS_TXT, "v=spf1 include:loop.example +all");
    resolver_table_add(table, "macro.example", DNS_TXT,
                       "v=spf1 include:%{d}.x.example exists:%{l}.%{i}.%{h}.example +all");
    g_autoptr(GString) wide = g_string_new("v=spf1");
    for (guint i = 0; i < 1500; i++)
        g_string_append_printf(wide, " mx:m%u.example", i);
    resolver_table_add(table, "wide.example", DNS_TXT, wide->str);
    for (guint i = 0; i < 1500; i++)
        for (guint j = 0; j < LIMIT_SPF_MX; j++) {
            g_autofree char *name = g_strdup_printf("m%u.example", i);
            g_autofree char *mx = g_strdup_printf("0 h%u-%u.example", i, j);
            resolver_table_add(table, name, DNS_MX, mx);
        }
    static const char *const names[] = {"loop.example", "macro.example", "wide.example"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        uint64_t before = resolver_questions_sent(table);
        OWNED(spf_check) check = check_domain(table, "192.0.2.1", names[i]);
        assert_int_equal(check->mail_from.result.result, AUTH_PERMERROR);
        assert_true(resolver_questions_sent(table) - before <=
                    2 + LIMIT_SPF_TERMS * (1 + LIMIT_SPF_MX));
    }
}

/* What a macro makes is a name or it is not; nothing overflows, and nothing is found by accident.
 */
static void b61_macros_beyond_any_name(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    g_autofree char *label = g_strnfill(255, 'x');
    g_autofree char *dots = g_strnfill(600, '.');
    static const char *const specs[] = {"%{l}.a.example",       "%{lr}",        "%{s127r.-+,/_=}",
                                        "%{l1}%{l1}%{l1}%{l1}", "%{L}.example", "%{hr}.%{h99r-}"};
    for (guint i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autofree char *record = g_strdup_printf("v=spf1 exists:%s -all", specs[i]);
        g_autofree char *name = g_strdup_printf("m%u.example", i);
        g_autofree char *from = g_strconcat(label, "@", name, NULL);
        resolver_table_add(table, name, DNS_TXT, record);
        OWNED(spf_check) check = check_session(table, "2001:db8::1", dots, from);
        assert_int_equal(check->mail_from.result.result, AUTH_FAIL);
    }
    static const char *const bad[] = {"%", "%{", "%{l", "%{l0}", "%{zr}", "%{l-!}"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *record = g_strdup_printf("v=spf1 exists:a.%s +all", bad[i]);
        g_autofree char *name = g_strdup_printf("b%u.example", i);
        resolver_table_add(table, name, DNS_TXT, record);
        OWNED(spf_check) check = check_domain(table, "192.0.2.1", name);
        assert_int_equal(check->mail_from.result.result, AUTH_PERMERROR);
    }
}

static void b62_records_that_are_several_odd_or_long(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    resolver_table_add(table, "two.example", DNS_TXT, "v=spf1 +all");
    resolver_table_add(table, "two.example", DNS_TXT, "V=SPF1 -all");
    resolver_table_add(table, "case.example", DNS_TXT, "V=Spf1 IP4:192.0.2.1 -ALL");
    resolver_table_add_octets(table, "nul.example", DNS_TXT, SPAN_LIT("v=spf1 +all\0 -all"));
    g_autoptr(GString) joined = g_string_new("v=spf1");
    for (guint i = 0; i < 40; i++)
        g_string_append_printf(joined, " ip4:203.0.113.%u", i);
    g_string_append(joined, " ip4:192.0.2.1 -all");
    assert_true(joined->len > 600); /* three character-strings on the wire, one text here */
    resolver_table_add(table, "long.example", DNS_TXT, joined->str);
    static const struct {
        const char *name;
        enum auth_result result;
    } cases[] = {{"two.example", AUTH_PERMERROR},
                 {"case.example", AUTH_PASS},
                 {"nul.example", AUTH_PERMERROR},
                 {"long.example", AUTH_PASS}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(spf_check) check = check_domain(table, "192.0.2.1", cases[i].name);
        assert_string_equal(auth_result_name(check->mail_from.result.result),
                            auth_result_name(cases[i].result));
    }
}

static void b63_a_policy_for_anyone_proves_nothing(void **state) {
    (void)state;
    OWNED(evidence)
    e = received(PATH("ceo@anyone.example") BORDER "From: ceo@anyone.example\r\n\r\nx\r\n");
    assert_int_equal(e->spf.result, AUTH_PASS);
    assert_true(e->spf.anyone);
    verdict_is(e, VERDICT_NOT_ESTABLISHED, REASON_SPF_ANYONE);
    /* aligned with somebody else's name it is not even that */
    OWNED(evidence) other = received(PATH("ceo@anyone.example") BORDER MAIL);
    verdict_is(other, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
}

static void b64_b65_spf_alone_is_likely_and_no_more(void **state) {
    (void)state;
    OWNED(evidence) e = received(PATH("ceo@bank.example") GOOD_LINE MAIL);
    struct verdict_policy policy = {.rules = NULL};
    OWNED(verdict) verdict = verdict_derive(e, &policy, NOW);
    assert_int_equal(verdict->author, VERDICT_LIKELY);
    assert_int_equal(verdict->strength, STRENGTH_NONE);
    assert_null(verdict->identity);
    assert_non_null(reason_find(&verdict->reasons, REASON_SPF_ONLY));
    assert_int_equal(verdict->source, SOURCE_LOCAL);
}

/* Rule 17: trouble in the sender's own zones excuses nothing. */
static void broken_dns_of_the_sender_is_no_excuse(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    resolver_table_add(table, "_dmarc.bank.example", DNS_TXT, "v=DMARC1; p=reject");
    resolver_table_add(table, "bank.example", DNS_A, "192.0.2.1");
    resolver_table_set(table, "evil.example", DNS_TXT, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
    OWNED(belief_rules) rules = our_border();
    struct evaluate_request request = request_of(rules);
    request.resolver = table;
    OWNED(evidence) e = evaluate_text(request, PATH("x@evil.example") BORDER MAIL);
    assert_int_equal(e->spf.result, AUTH_TEMPERROR);
    verdict_is(e, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    resolver_table_set(table, "bank.example", DNS_TXT, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
    OWNED(evidence) own = evaluate_text(request, PATH("x@bank.example") BORDER MAIL);
    verdict_is(own, VERDICT_UNCHECKED, REASON_TEMPORARY_TROUBLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_mail_by_spf_alone_is_likely),
        cmocka_unit_test(b52_helo_is_no_identity_of_dmarc),
        cmocka_unit_test(b57_forged_received_lines_are_no_session),
        cmocka_unit_test(b57_without_a_border_nothing_is_evaluated),
        cmocka_unit_test(b57_two_return_paths_say_nothing),
        cmocka_unit_test(b57_imported_mail_has_no_border),
        cmocka_unit_test(b57_a_private_client_is_no_identity),
        cmocka_unit_test(rule10_submitted_mail_is_not_asked_about),
        cmocka_unit_test(b58_mail_from_a_name_that_does_not_exist),
        cmocka_unit_test(b59_unusable_paths_are_never_repaired),
        cmocka_unit_test(b60_endless_policies_are_bounded),
        cmocka_unit_test(b61_macros_beyond_any_name),
        cmocka_unit_test(b62_records_that_are_several_odd_or_long),
        cmocka_unit_test(b63_a_policy_for_anyone_proves_nothing),
        cmocka_unit_test(b64_b65_spf_alone_is_likely_and_no_more),
        cmocka_unit_test(broken_dns_of_the_sender_is_no_excuse),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

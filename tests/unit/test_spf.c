/* SPDX-License-Identifier: MIT
 *
 * auth/spf and auth/spf_check: sessions, mechanisms, modifiers, limits and errors of RFC 7208 over
 * a table of answers. What the public suites ask is not repeated here one by one. */
#include "auth/spf.h"
#include "base/limits.h"
#include "spf_zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void is(const struct spf_identity *identity, enum auth_result result,
               enum spf_reason reason) {
    assert_true(identity->known);
    assert_string_equal(auth_result_name(identity->result.result), auth_result_name(result));
    assert_string_equal(spf_reason_name(identity->result.reason), spf_reason_name(reason));
}

/* One record at a.example, among a few names that are always there. */
static struct resolver *with(const char *record) {
    const struct zone_row rows[] = {{"a.example", DNS_TXT, record},
                                    {"a.example", DNS_A, "192.0.2.1"},
                                    {"a.example", DNS_AAAA, "2001:db8::1"},
                                    {"a.example", DNS_MX, "10 mx.a.example"},
                                    {"mx.a.example", DNS_A, "192.0.2.2"},
                                    {"pass.example", DNS_TXT, "v=spf1 ip4:192.0.2.0/28 -all"},
                                    {"fail.example", DNS_TXT, "v=spf1 -all"},
                                    {"open.example", DNS_TXT, "v=spf1 +all"},
                                    {"broken.example", DNS_TXT, "v=spf1 moo"},
                                    {"text.example", DNS_TXT, "nothing of ours"},
                                    {"1.2.0.192.in-addr.arpa", DNS_PTR, "a.example"},
                                    {"9.2.0.192.in-addr.arpa", DNS_PTR, "liar.a.example"},
                                    {"liar.a.example", DNS_A, "192.0.2.77"},
                                    {"why.example", DNS_TXT, "%{i} may not send for %{d}"},
                                    {NULL, DNS_A, NULL}};
    return zone_of(rows);
}

static void gives_from(const char *record, const char *ip, enum auth_result result,
                       enum spf_reason reason) {
    OWNED(resolver) resolver = with(record);
    OWNED(spf_check) check = check_domain(resolver, ip, "a.example");
    if (check->mail_from.result.result != result || check->mail_from.result.reason != reason)
        print_error("%s: %s, %s\n", record, auth_result_name(check->mail_from.result.result),
                    spf_reason_name(check->mail_from.result.reason));
    is(&check->mail_from, result, reason);
}

#define gives(record, result, reason) gives_from(record, "192.0.2.1", result, reason)

static void every_mechanism_matches_or_not(void **state) {
    (void)state;
    gives("v=spf1 a -all", AUTH_PASS, SPF_REASON_MATCH);
    gives("v=spf1 ~mx ?all", AUTH_NEUTRAL, SPF_REASON_MATCH);
    gives("v=spf1 mx/30 -all", AUTH_PASS, SPF_REASON_MATCH);
    gives("v=spf1 ptr -all", AUTH_PASS, SPF_REASON_MATCH);
    gives("v=spf1 ptr:b.example -all", AUTH_FAIL, SPF_REASON_MATCH);
    gives("v=spf1 ~ip4:192.0.2.1", AUTH_SOFTFAIL, SPF_REASON_MATCH);
    gives("v=spf1 exists:%{ir}.%{v}.arpa -all", AUTH_FAIL, SPF_REASON_MATCH); /* PTR, no A */
    gives("v=spf1 exists:mx.%{d} -all", AUTH_PASS, SPF_REASON_MATCH);
    gives("v=spf1 include:pass.example -all", AUTH_PASS, SPF_REASON_MATCH);
    gives("v=spf1 include:fail.example ?all", AUTH_NEUTRAL, SPF_REASON_MATCH);
    gives("v=spf1 redirect=fail.example", AUTH_FAIL, SPF_REASON_MATCH);
    gives("v=spf1 ?all redirect=fail.example", AUTH_NEUTRAL, SPF_REASON_MATCH);
    gives("v=spf1", AUTH_NEUTRAL, SPF_REASON_DEFAULT);
    gives_from("v=spf1 a -all", "2001:db8::1", AUTH_PASS, SPF_REASON_MATCH);
    gives_from("v=spf1 ip6:::ffff:192.0.2.1 -all", "192.0.2.1", AUTH_FAIL, SPF_REASON_MATCH);
    gives_from("v=spf1 ip4:192.0.2.1 -all", "::ffff:192.0.2.1", AUTH_PASS, SPF_REASON_MATCH);
    gives_from("v=spf1 a:mx.a.example/0 -all", "2001:db8::1", AUTH_FAIL, SPF_REASON_MATCH);
    gives_from("v=spf1 ptr -all", "192.0.2.9", AUTH_FAIL, SPF_REASON_MATCH);
}

static void errors_are_what_they_are(void **state) {
    (void)state;
    gives("v=spf1 +all moo", AUTH_PERMERROR, SPF_REASON_SYNTAX);
    gives("v=spf1 include:broken.example +all", AUTH_PERMERROR, SPF_REASON_SYNTAX);
    gives("v=spf1 include:text.example +all", AUTH_PERMERROR, SPF_REASON_TARGET);
    gives("v=spf1 include:nowhere.example +all", AUTH_PERMERROR, SPF_REASON_TARGET);
    gives("v=spf1 redirect=text.example", AUTH_PERMERROR, SPF_REASON_TARGET);
    gives("v=spf1 redirect=nowhere.example", AUTH_PERMERROR, SPF_REASON_TARGET);
    gives("v=spf1 a:a..example -all", AUTH_FAIL, SPF_REASON_MATCH); /* no name: no match */
    gives("v=spf1 include:a..example -all", AUTH_PERMERROR, SPF_REASON_TARGET);
}

static void lookup_trouble_is_temporary(void **state) {
    (void)state;
    static const char *const records[] = {
        "v=spf1 a:t.example +all",      "v=spf1 mx:t.example +all",
        "v=spf1 exists:t.example +all", "v=spf1 include:t.example +all",
        "v=spf1 redirect=t.example",    "v=spf1 mx:m.example +all"};
    static const enum dns_status statuses[] = {DNS_TEMPERROR, DNS_BOGUS};
    for (guint i = 0; i < G_N_ELEMENTS(records) * G_N_ELEMENTS(statuses); i++) {
        enum dns_status status = statuses[i % 2];
        OWNED(resolver) resolver = with(records[i / 2]);
        resolver_table_add(resolver, "m.example", DNS_MX, "0 t.example");
        resolver_table_set(resolver, "t.example", DNS_A, status, DNSSEC_NOT_EVALUATED);
        resolver_table_set(resolver, "t.example", DNS_MX, status, DNSSEC_NOT_EVALUATED);
        resolver_table_set(resolver, "t.example", DNS_TXT, status, DNSSEC_NOT_EVALUATED);
        OWNED(spf_check) check = check_domain(resolver, "192.0.2.1", "a.example");
        is(&check->mail_from, AUTH_TEMPERROR,
           status == DNS_BOGUS ? SPF_REASON_BOGUS : SPF_REASON_DNS);
    }
}

/* Hosts of a mechanism are looked at by preference, in whatever order the answer has them: the same
 * zone gives the same result every time. */
static void trouble_behind_a_matching_host_does_not_matter(void **state) {
    (void)state;
    static const struct {
        const char *mx[2];
        enum auth_result result;
    } cases[] = {{{"5 mx.a.example", "10 t.example"}, AUTH_PASS},
                 {{"10 t.example", "5 mx.a.example"}, AUTH_PASS},
                 {{"9 t.example", "10 mx.a.example"}, AUTH_TEMPERROR},
                 {{"10 mx.a.example", "9 t.example"}, AUTH_TEMPERROR},
                 {{"0 T.example", "0 mx.a.example"}, AUTH_PASS}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(resolver) resolver = with("v=spf1 mx:m.example -all");
        resolver_table_add(resolver, "m.example", DNS_MX, cases[i].mx[0]);
        resolver_table_add(resolver, "m.example", DNS_MX, cases[i].mx[1]);
        resolver_table_set(resolver, "t.example", DNS_A, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
        OWNED(spf_check) check = check_domain(resolver, "192.0.2.2", "a.example");
        assert_int_equal(check->mail_from.result.result, cases[i].result);
    }
}

/* §5.5: trouble with the names of an address is no match, not an error. */
static void ptr_forgives_trouble(void **state) {
    (void)state;
    OWNED(resolver) resolver = with("v=spf1 ptr -all");
    resolver_table_set(resolver, "a.example", DNS_A, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
    OWNED(spf_check) check = check_domain(resolver, "192.0.2.1", "a.example");
    is(&check->mail_from, AUTH_FAIL, SPF_REASON_MATCH);
    resolver_table_set(resolver, "1.2.0.192.in-addr.arpa", DNS_PTR, DNS_TEMPERROR,
                       DNSSEC_NOT_EVALUATED);
    OWNED(spf_check) again = check_domain(resolver, "192.0.2.1", "a.example");
    is(&again->mail_from, AUTH_FAIL, SPF_REASON_MATCH);
}

static void domains_that_are_none(void **state) {
    (void)state;
    OWNED(resolver) resolver = with("v=spf1 +all");
    static const char *const paths[] = {"a@com",
                                        "a@[192.0.2.1]",
                                        "a@a..example",
                                        "a@.a.example",
                                        "a@a b.example",
                                        "a@",
                                        "@",
                                        "a@a.example..",
                                        "a",
                                        "a@\xff.example"};
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        OWNED(spf_check) check = check_session(resolver, "192.0.2.1", "h", paths[i]);
        is(&check->mail_from, AUTH_NONE, SPF_REASON_BAD_DOMAIN);
        assert_null(check->mail_from.domain);
    }
    OWNED(spf_check) nowhere = check_domain(resolver, "192.0.2.1", "b.a.example");
    is(&nowhere->mail_from, AUTH_NONE, SPF_REASON_NO_DOMAIN);
    OWNED(spf_check) text = check_domain(resolver, "192.0.2.1", "text.example");
    is(&text->mail_from, AUTH_NONE, SPF_REASON_NO_RECORD);
    OWNED(spf_check) root = check_domain(resolver, "192.0.2.1", "A.example.");
    is(&root->mail_from, AUTH_PASS, SPF_REASON_MATCH);
    assert_string_equal(root->mail_from.domain, "a.example");
}

static void the_null_path_is_helos_postmaster(void **state) {
    (void)state;
    OWNED(resolver) resolver = with("v=spf1 exists:%{l}.%{h}.x.example -all");
    resolver_table_add(resolver, "postmaster.a.example.x.example", DNS_A, "127.0.0.1");
    OWNED(spf_check) null_path = check_session(resolver, "192.0.2.1", "a.example", "");
    is(&null_path->mail_from, AUTH_PASS, SPF_REASON_MATCH);
    is(&null_path->helo, AUTH_PASS, SPF_REASON_MATCH);
    OWNED(spf_check) no_local = check_session(resolver, "192.0.2.1", "a.example", "@a.example");
    is(&no_local->mail_from, AUTH_PASS, SPF_REASON_MATCH);
    OWNED(spf_check) local = check_session(resolver, "192.0.2.1", "a.example", "b@a.example");
    is(&local->mail_from, AUTH_FAIL, SPF_REASON_MATCH);
    is(&local->helo, AUTH_PASS, SPF_REASON_MATCH); /* never altered by MAIL FROM, nor alters it */
    OWNED(spf_check) unknown = check_session(resolver, "192.0.2.1", "a.example", NULL);
    assert_false(unknown->mail_from.known);
    assert_true(unknown->helo.known);
    OWNED(spf_check) silent = check_session(resolver, "192.0.2.1", "", "b@a.example");
    assert_false(silent->helo.known);
}

/* RFC 8616 §4 */
static void internationalized_addresses(void **state) {
    (void)state;
    OWNED(resolver) resolver = with("v=spf1 ?exists:%{l}.x.example ?include:%{s} -all");
    resolver_table_add(resolver, "\xc3\xa9.x.example", DNS_A, "127.0.0.1");
    resolver_table_add(resolver, "xn--bcher-kva.example", DNS_TXT, "v=spf1 ip4:192.0.2.1 -all");
    OWNED(spf_check) local = check_session(resolver, "192.0.2.1", "h", "\xc3\xa9@a.example");
    is(&local->mail_from, AUTH_FAIL, SPF_REASON_MATCH);
    OWNED(spf_check)
    domain = check_session(resolver, "192.0.2.1", "h",
                           "a@B\xc3\xbc"
                           "cher.example");
    is(&domain->mail_from, AUTH_PASS, SPF_REASON_MATCH);
    assert_string_equal(domain->mail_from.domain, "xn--bcher-kva.example");
}

static void the_term_that_matched_is_named(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"v=spf1 mx ~a -all", "~a"},
        {"v=spf1 include:pass.example -all", "include:pass.example"},
        {"v=spf1 redirect=pass.example", "ip4:192.0.2.0/28"},
        {"v=spf1 mx", NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(resolver) resolver = with(cases[i][0]);
        OWNED(spf_check) check = check_domain(resolver, "192.0.2.1", "a.example");
        if (cases[i][1])
            assert_string_equal(check->mail_from.result.mechanism, cases[i][1]);
        else
            assert_null(check->mail_from.result.mechanism);
    }
}

static void explains(const char *record, const char *explanation, const char *mail_from,
                     const char *wanted) {
    OWNED(resolver) resolver = with(record);
    if (explanation)
        resolver_table_add(resolver, "exp.example", DNS_TXT, explanation);
    OWNED(spf_check) check = check_session(resolver, "192.0.2.99", "h", mail_from);
    if (wanted)
        assert_string_equal(check->mail_from.result.explanation, wanted);
    else
        assert_null(check->mail_from.result.explanation);
}

/* §6.2 */
static void explanations(void **state) {
    (void)state;
    const char *from = "u@a.example";
    explains("v=spf1 -all exp=exp.example", "%{i} %{d} %{t} %{r} %{C} %{p}", from,
             "192.0.2.99 a.example 1795000000 unknown 192.0.2.99 unknown");
    explains("v=spf1 ~all exp=exp.example", "soft", from, NULL);
    explains("v=spf1 -all exp=exp.example", NULL, from, NULL);
    explains("v=spf1 -all exp=exp.example", "bad %{", from, NULL);
    explains("v=spf1 -all exp=exp.example", "na\xc3\xafve", from, NULL);
    explains("v=spf1 -all exp=exp.example", "sent by %{s}", "\xc3\xa9@a.example", NULL);
    explains("v=spf1 redirect=fail.example exp=exp.example", "of the redirecting", from, NULL);
    explains("v=spf1 include:pass.example -all", "none asked for", from, NULL);
    explains("v=spf1 -all exp=why.example", NULL, from, "192.0.2.99 may not send for a.example");
    OWNED(resolver) two = with("v=spf1 -all exp=exp.example");
    resolver_table_add(two, "exp.example", DNS_TXT, "one");
    resolver_table_add(two, "exp.example", DNS_TXT, "two");
    OWNED(spf_check) check = check_domain(two, "192.0.2.99", "a.example");
    assert_null(check->mail_from.result.explanation);
}

static void validated_names_of_the_client(void **state) {
    (void)state;
    OWNED(resolver) resolver = with("v=spf1 exists:%{p}.x.example -all");
    resolver_table_add(resolver, "a.example.x.example", DNS_A, "127.0.0.1");
    resolver_table_add(resolver, "unknown.x.example", DNS_A, "127.0.0.1");
    OWNED(spf_check) check = check_domain(resolver, "192.0.2.1", "a.example");
    is(&check->mail_from, AUTH_PASS, SPF_REASON_MATCH);
    assert_int_equal(check->mail_from.result.terms, 2); /* §4.6.4: its PTR question counts */
    OWNED(spf_check) liar = check_domain(resolver, "192.0.2.9", "a.example");
    is(&liar->mail_from, AUTH_PASS, SPF_REASON_MATCH); /* as "unknown" */
}

static void names_are_asked_together_and_once(void **state) {
    (void)state;
    OWNED(resolver) resolver = with("v=spf1 ip4:192.0.2.1 a mx include:pass.example -all");
    OWNED(spf_check) first = check_domain(resolver, "192.0.2.1", "a.example");
    assert_int_equal(resolver_questions_sent(resolver), 2); /* a.example and helo.example TXT */
    OWNED(spf_check) later = check_domain(resolver, "192.0.2.12", "a.example");
    is(&later->mail_from, AUTH_PASS, SPF_REASON_MATCH);
    /* … and A, MX, TXT of the include, A of the MX */
    assert_int_equal(resolver_questions_sent(resolver), 2 + 6);
}

/* §4.6.4, each limit from both sides. */
static void limits_hold(void **state) {
    (void)state;
    gives("v=spf1 a:x.example a:y.example -all", AUTH_FAIL, SPF_REASON_MATCH);
    gives("v=spf1 a:x.example mx:y.example ptr:z.example +all", AUTH_PASS, SPF_REASON_MATCH);
    gives_from("v=spf1 a:x.example mx:y.example ptr +all", "192.0.2.200", AUTH_PERMERROR,
               SPF_REASON_VOIDS);
    gives("v=spf1 mx mx mx mx mx mx mx mx mx a -all", AUTH_PASS, SPF_REASON_MATCH);
    gives("v=spf1 mx mx mx mx mx mx mx mx mx mx a -all", AUTH_PERMERROR, SPF_REASON_TERMS);
    gives("v=spf1 include:a.example -all", AUTH_PERMERROR, SPF_REASON_TERMS);
    gives("v=spf1 redirect=a.example", AUTH_PERMERROR, SPF_REASON_TERMS);
}

static void mx_and_ptr_names_are_counted(void **state) {
    (void)state;
    OWNED(resolver) resolver = with("v=spf1 mx:m.example -all");
    for (guint i = 0; i < LIMIT_SPF_MX; i++) {
        g_autofree char *mx = g_strdup_printf("%u h%u.example", i, i);
        resolver_table_add(resolver, "m.example", DNS_MX, mx);
    }
    resolver_table_add(resolver, "h9.example", DNS_A, "192.0.2.1");
    OWNED(spf_check) ten = check_domain(resolver, "192.0.2.1", "a.example");
    is(&ten->mail_from, AUTH_PASS, SPF_REASON_MATCH);
    resolver_table_add(resolver, "m.example", DNS_MX, "0 mx.a.example");
    OWNED(spf_check) eleven = check_domain(resolver, "192.0.2.1", "a.example");
    is(&eleven->mail_from, AUTH_PERMERROR, SPF_REASON_MX);

    OWNED(resolver) names = with("v=spf1 ptr -all");
    for (guint i = 0; i < LIMIT_SPF_PTR; i++) {
        g_autofree char *name = g_strdup_printf("n%u.b.example", i);
        resolver_table_add(names, "50.2.0.192.in-addr.arpa", DNS_PTR, name);
    }
    resolver_table_add(names, "50.2.0.192.in-addr.arpa", DNS_PTR, "z.a.example");
    resolver_table_add(names, "z.a.example", DNS_A, "192.0.2.50");
    OWNED(spf_check) ignored = check_domain(names, "192.0.2.50", "a.example");
    is(&ignored->mail_from, AUTH_FAIL, SPF_REASON_MATCH);
}

/* Verdict rule 4, attacks B63. */
static void a_pass_for_anyone_is_marked(void **state) {
    (void)state;
    static const struct {
        const char *record, *ip;
        bool anyone;
    } cases[] = {
        {"v=spf1 +all", "192.0.2.1", true},
        {"v=spf1 ip4:0.0.0.0/0 -all", "192.0.2.1", true},
        {"v=spf1 ip4:192.0.0.0/7 -all", "192.0.2.1", true},
        {"v=spf1 ip4:192.0.0.0/8 -all", "192.0.2.1", false},
        {"v=spf1 ip6:2001::/18 -all", "2001:db8::1", true},
        {"v=spf1 ip6:2001::/19 -all", "2001:db8::1", false},
        {"v=spf1 a/7 -all", "192.0.2.1", true},
        {"v=spf1 mx/0 -all", "192.0.2.1", true},
        {"v=spf1 include:open.example -all", "192.0.2.1", true},
        {"v=spf1 redirect=open.example", "192.0.2.1", true},
        {"v=spf1 exists:mx.a.example -all", "192.0.2.1", true},
        {"v=spf1 a +all", "192.0.2.1", false},
        {"v=spf1 ?all", "192.0.2.1", false},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(resolver) resolver = with(cases[i].record);
        OWNED(spf_check) check = check_domain(resolver, cases[i].ip, "a.example");
        if (check->mail_from.result.anyone != cases[i].anyone)
            fail_msg("%s", cases[i].record);
    }
}

static void dnssec_is_that_of_the_weakest_link(void **state) {
    (void)state;
    OWNED(resolver) resolver = with("v=spf1 mx include:pass.example a -all");
    resolver_table_set(resolver, "a.example", DNS_TXT, DNS_DATA, DNSSEC_SECURE);
    resolver_table_set(resolver, "a.example", DNS_A, DNS_DATA, DNSSEC_INSECURE);
    resolver_table_set(resolver, "pass.example", DNS_TXT, DNS_DATA, DNSSEC_SECURE);
    OWNED(spf_check) included = check_domain(resolver, "192.0.2.1", "a.example");
    assert_int_equal(included->mail_from.result.dnssec, DNSSEC_SECURE);
    OWNED(spf_check) last = check_domain(resolver, "192.0.2.99", "a.example");
    assert_int_equal(last->mail_from.result.dnssec, DNSSEC_SECURE);
    resolver_table_set(resolver, "pass.example", DNS_TXT, DNS_DATA, DNSSEC_INSECURE);
    OWNED(spf_check) weaker = check_domain(resolver, "192.0.2.1", "a.example");
    assert_int_equal(weaker->mail_from.result.dnssec, DNSSEC_INSECURE);
}

static void without_a_resolver_nothing_is_evaluated(void **state) {
    (void)state;
    OWNED(spf_check) check = check_domain(NULL, "192.0.2.1", "a.example");
    assert_int_equal(check->mail_from.result.result, AUTH_NOT_EVALUATED);
    struct spf_session nobody = {.helo = SPAN_LIT("a.example"), .has_mail_from = true};
    OWNED(spf_check) no_client = spf_new(&nobody);
    assert_false(no_client->mail_from.known || no_client->helo.known);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mechanism_matches_or_not),
        cmocka_unit_test(errors_are_what_they_are),
        cmocka_unit_test(lookup_trouble_is_temporary),
        cmocka_unit_test(trouble_behind_a_matching_host_does_not_matter),
        cmocka_unit_test(ptr_forgives_trouble),
        cmocka_unit_test(domains_that_are_none),
        cmocka_unit_test(the_null_path_is_helos_postmaster),
        cmocka_unit_test(internationalized_addresses),
        cmocka_unit_test(the_term_that_matched_is_named),
        cmocka_unit_test(explanations),
        cmocka_unit_test(validated_names_of_the_client),
        cmocka_unit_test(names_are_asked_together_and_once),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(mx_and_ptr_names_are_counted),
        cmocka_unit_test(a_pass_for_anyone_is_marked),
        cmocka_unit_test(dnssec_is_that_of_the_weakest_link),
        cmocka_unit_test(without_a_resolver_nothing_is_evaluated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

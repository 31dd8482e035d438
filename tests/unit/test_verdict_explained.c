/* SPDX-License-Identifier: MIT
 *
 * trust/verdict: what explains a failure or stands against it: changed on the way, submitted here,
 * gateways, forwarders, two answers (rules 9 to 13, 16). */
#include "verdict_case.h"

static void rule09_changed_body_is_never_contradicted(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    add_signature(e, AUTHOR, AUTH_FAIL)->header_hash = AUTH_PASS;
    OWNED(verdict)
    v = expect(e, VERDICT_NOT_ESTABLISHED, LEVEL_CAUTION, REASON_CHANGED_AFTER_SIGNING);
    assert_int_equal(reason_find(&v->reasons, REASON_BODY_CHANGED)->severity, SEVERITY_DANGER);
}

static void rule09_explains_a_servers_failure_too(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    add_signature(e, AUTHOR, AUTH_FAIL)->header_hash = AUTH_PASS;
    OWNED(verdict)
    v = expect(e, VERDICT_NOT_ESTABLISHED, LEVEL_CAUTION, REASON_CHANGED_AFTER_SIGNING);
    assert_int_equal(v->source, SOURCE_MIXED);
}

static void rule09_a_strangers_changed_body_explains_nothing(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    add_signature(e, "evil.example", AUTH_FAIL)->header_hash = AUTH_PASS;
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
}

static void rule09_changed_body_under_a_believed_pass_is_no_caution(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dkim(say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN), AUTHOR, AUTH_PASS)->signature = 0;
    add_signature(e, AUTHOR, AUTH_FAIL)->header_hash = AUTH_PASS;
    OWNED(verdict) v = expect(e, DOMAIN_LEVEL, REASON_SERVER_CONFIRMED);
    assert_null(reason_find(&v->reasons, REASON_BODY_CHANGED));
    assert_non_null(reason_find(&v->reasons, REASON_OWN_CHECK_DIFFERS));
}

static void rule10_submitted_in_an_own_domain_is_likely(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->session.submitted = true;
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, LEVEL_LIKELY, REASON_SUBMITTED_HERE);
    assert_int_equal(v->source, SOURCE_SERVER);
}

static void rule10_submitted_by_the_author_is_verified(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->session.submitted = true;
    e->session.submitted_by = "alice@BANK.example";
    OWNED(verdict) v = expect(e, DOMAIN_LEVEL, REASON_SUBMITTED_BY_AUTHOR);
    assert_int_equal(v->via, VIA_SUBMISSION);
}

static void rule10_another_user_is_not_the_author(void **state) {
    (void)state;
    static const char *const users[] = {"bob@bank.example", "alice", "Alice@bank.example",
                                        "alice@bank.example.evil.example", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
        struct evidence *e = make_evidence();
        e->session.submitted = true;
        e->session.submitted_by = users[i];
        check(e, VERDICT_LIKELY, LEVEL_LIKELY, REASON_SUBMITTED_HERE);
    }
}

static void rule10_submitted_for_another_domain_is_never_contradicted(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->author.domain = e->author.registrable = "elsewhere.example";
    e->author.address = "alice@elsewhere.example";
    e->session.submitted = true;
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    check(e, UNVERIFIED, REASON_SUBMITTED_FOR_OTHER);
}

static void rule10_a_signature_speaks_for_itself(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->session.submitted = true;
    add_signature(e, AUTHOR, AUTH_PASS);
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule11_failures_behind_a_gateway_say_nothing(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT)->failure_counts = false;
    OWNED(verdict) v = expect(e, UNVERIFIED, REASON_NO_SIGNATURE);
    assert_non_null(reason_find(&v->reasons, REASON_GATEWAY_IN_FRONT));
}

static void rule11_own_signature_counts_behind_a_gateway(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT)->failure_counts = false;
    add_signature(e, AUTHOR, AUTH_PASS);
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule12_a_named_forwarder_makes_likely(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    e->forwarded = (struct evidence_statement){.present = true,
                                               .server = "mx.alumni.example",
                                               .forwarder = "Alumni office",
                                               .dmarc = AUTH_PASS};
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, LEVEL_LIKELY, REASON_AS_SEEN_BY);
    assert_string_equal(v->reasons.items[0].values[0], "Alumni office");
}

static void rule12_a_forwarders_failure_helps_nobody(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    e->forwarded.forwarder = "Alumni office";
    e->forwarded.dmarc = AUTH_FAIL;
    say_dkim(&e->forwarded, AUTHOR, AUTH_PASS);
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
}

static void rule12_a_change_by_the_forwarder_is_only_information(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->forwarded.forwarder = "Alumni office";
    e->forwarded.dmarc = AUTH_PASS;
    add_signature(e, AUTHOR, AUTH_FAIL)->header_hash = AUTH_PASS;
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, LEVEL_LIKELY, REASON_AS_SEEN_BY);
    assert_int_equal(reason_find(&v->reasons, REASON_BODY_CHANGED)->severity, SEVERITY_INFO);
}

static void rule13_own_pass_against_the_server_is_likely(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    add_signature(e, AUTHOR, AUTH_PASS);
    check_limit(e, REASON_SIGNATURE_INTACT, REASON_SERVER_DISAGREES);
}

static void rule13_only_over_all_shown_content(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    add_signature(e, AUTHOR, AUTH_PASS)->fields_uncovered = "Subject";
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
}

static void rule13_server_refuses_the_signature_we_find_intact(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dkim(&e->statement, AUTHOR, AUTH_FAIL);
    add_signature(e, AUTHOR, AUTH_PASS);
    check_limit(e, REASON_SIGNATURE_INTACT, REASON_SERVER_DISAGREES);
}

static void rule13_temporary_trouble_of_the_server_is_no_answer(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dkim(&e->statement, AUTHOR, AUTH_TEMPERROR);
    add_signature(e, AUTHOR, AUTH_PASS);
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule13_own_failure_against_the_server_is_never_loud(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dkim(say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN), AUTHOR, AUTH_PASS)->signature = 0;
    add_signature(e, AUTHOR, AUTH_FAIL);
    find_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    OWNED(verdict) v = expect(e, DOMAIN_LEVEL, REASON_SERVER_CONFIRMED);
    assert_int_equal(reason_find(&v->reasons, REASON_OWN_CHECK_DIFFERS)->severity, SEVERITY_INFO);
}

static void rule16_spf_alone_is_likely(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_spf(&e->statement, "bounce." AUTHOR, AUTH_PASS);
    e->statement.spf_aligned = DMARC_ALIGNED_RELAXED;
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    e->dmarc.from_server = true;
    check_limit(e, REASON_SENT_BY_LISTED_SERVER, REASON_SPF_ONLY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule09_changed_body_is_never_contradicted),
        cmocka_unit_test(rule09_explains_a_servers_failure_too),
        cmocka_unit_test(rule09_a_strangers_changed_body_explains_nothing),
        cmocka_unit_test(rule09_changed_body_under_a_believed_pass_is_no_caution),
        cmocka_unit_test(rule10_submitted_in_an_own_domain_is_likely),
        cmocka_unit_test(rule10_submitted_by_the_author_is_verified),
        cmocka_unit_test(rule10_another_user_is_not_the_author),
        cmocka_unit_test(rule10_submitted_for_another_domain_is_never_contradicted),
        cmocka_unit_test(rule10_a_signature_speaks_for_itself),
        cmocka_unit_test(rule11_failures_behind_a_gateway_say_nothing),
        cmocka_unit_test(rule11_own_signature_counts_behind_a_gateway),
        cmocka_unit_test(rule12_a_named_forwarder_makes_likely),
        cmocka_unit_test(rule12_a_forwarders_failure_helps_nobody),
        cmocka_unit_test(rule12_a_change_by_the_forwarder_is_only_information),
        cmocka_unit_test(rule13_own_pass_against_the_server_is_likely),
        cmocka_unit_test(rule13_only_over_all_shown_content),
        cmocka_unit_test(rule13_server_refuses_the_signature_we_find_intact),
        cmocka_unit_test(rule13_temporary_trouble_of_the_server_is_no_answer),
        cmocka_unit_test(rule13_own_failure_against_the_server_is_never_loud),
        cmocka_unit_test(rule16_spf_alone_is_likely),
    };
    return cmocka_run_group_tests(tests, own_domains, forget);
}

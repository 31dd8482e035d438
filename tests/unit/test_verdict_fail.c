/* SPDX-License-Identifier: MIT
 *
 * trust/verdict: failures, the server's and our own, and what time and trouble make of them (rules
 * 4 to 8). */
#include "verdict_case.h"

/* --- the server says it failed -------------------------------------------------------------- */

static void rule04_believed_fail_under_reject_is_contradicted(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    OWNED(verdict) v = expect(e, FORGED, REASON_FAIL_POLICY_REJECT);
    assert_int_equal(v->source, SOURCE_SERVER);
    assert_true(v->complete);
}

static void rule04_fail_beats_spf_pass_and_a_strangers_signature(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    say_spf(&e->statement, AUTHOR, AUTH_PASS);
    say_dkim(&e->statement, "evil.example", AUTH_PASS);
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
}

static void rule04_fail_beats_a_believed_aligned_signature(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dkim(say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT), AUTHOR, AUTH_PASS);
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
}

static void rule04_fail_under_quarantine_is_a_caution(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_QUARANTINE);
    check(e, VERDICT_NOT_ESTABLISHED, LEVEL_CAUTION, REASON_FAIL_POLICY_QUARANTINE);
}

static void rule04_fail_under_none_is_quiet(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_NONE)->disposition = DMARC_POLICY_NONE;
    check(e, UNVERIFIED, REASON_FAIL_POLICY_NONE);
}

static void rule04_unaligned_spf_or_signature_earns_nothing(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_spf(&e->statement, "evil.example", AUTH_PASS);
    say_dkim(&e->statement, "evil.example", AUTH_PASS);
    check(e, UNVERIFIED, REASON_SIGNED_BY_OTHER);
    e = make_evidence();
    add_signature(e, "evil.example", AUTH_PASS);
    check(e, UNVERIFIED, REASON_SIGNED_BY_OTHER);
}

static void rule04_a_sister_domain_is_no_stranger(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->author.domain = "news." AUTHOR;
    e->author.address = "alice@news." AUTHOR;
    add_signature(e, "shop." AUTHOR, AUTH_PASS)->bare = DMARC_BARE_UNALIGNED;
    check(e, UNVERIFIED, REASON_NO_SIGNATURE);
}

static void rule04_anyone_may_send_is_no_proof(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->spf = (struct evidence_spf){.result = AUTH_PASS, .domain = AUTHOR, .anyone = true};
    check(e, UNVERIFIED, REASON_SPF_ANYONE);
}

static void rule08_policy_from_our_look_up_counts(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_UNKNOWN);
    find_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    OWNED(verdict) v = expect(e, FORGED, REASON_FAIL_POLICY_REJECT);
    assert_int_equal(v->source, SOURCE_MIXED);
}

static void rule08_the_weaker_of_two_policies_counts(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    find_dmarc(e, AUTH_FAIL, DMARC_POLICY_QUARANTINE); /* t=y */
    check(e, VERDICT_NOT_ESTABLISHED, LEVEL_CAUTION, REASON_FAIL_POLICY_QUARANTINE);
}

static void rule08_unknown_policy_is_not_contradicted(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_UNKNOWN);
    check(e, UNVERIFIED, REASON_FAIL_POLICY_UNKNOWN);
}

static void rule08_disposition_none_is_an_exception(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT)->disposition = DMARC_POLICY_NONE;
    check(e, UNVERIFIED, REASON_SERVER_MADE_EXCEPTION);
}

static void rule05_policy_that_cannot_be_read_waits(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_UNKNOWN);
    find_dmarc(e, AUTH_TEMPERROR, DMARC_POLICY_UNKNOWN);
    OWNED(verdict) v = expect(e, UNKNOWN, REASON_TEMPORARY_TROUBLE);
    assert_false(v->complete);
}

/* --- time and trouble ----------------------------------------------------------------------- */

static void rule05_trouble_is_unchecked_for_72_hours(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_TEMPERROR);
    received_hours_ago(e, 72);
    OWNED(verdict) v = expect(e, UNKNOWN, REASON_TEMPORARY_TROUBLE);
    assert_false(v->complete);
}

static void rule05_trouble_after_72_hours_could_not_be_checked(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_TEMPERROR);
    received_hours_ago(e, 73);
    OWNED(verdict) v = expect(e, UNVERIFIED, REASON_COULD_NOT_CHECK);
    assert_false(v->complete);
}

static void rule05_trouble_of_a_stranger_does_not_matter(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, "evil.example", AUTH_TEMPERROR);
    OWNED(verdict) v = expect(e, UNVERIFIED, REASON_NO_SIGNATURE);
    assert_true(v->complete);
}

static void rule05_trouble_with_the_record_cannot_take_identity_away(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS);
    find_dmarc(e, AUTH_TEMPERROR, DMARC_POLICY_UNKNOWN);
    OWNED(verdict) v = expect(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
    assert_true(v->complete);
}

static void rule05_trouble_with_the_record_leaves_a_child_open(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, "mail." AUTHOR, AUTH_PASS);
    find_dmarc(e, AUTH_TEMPERROR, DMARC_POLICY_UNKNOWN);
    check(e, UNKNOWN, REASON_TEMPORARY_TROUBLE);
}

static void rule05_trouble_is_never_red(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->spf.result = AUTH_FAIL;
    find_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    add_signature(e, AUTHOR, AUTH_TEMPERROR);
    check(e, UNKNOWN, REASON_TEMPORARY_TROUBLE);
}

static void rule06_missing_key_of_old_mail_is_gone(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PERMERROR)->key_missing = true;
    received_hours_ago(e, 73);
    check(e, UNVERIFIED, REASON_KEY_GONE);
}

static void rule06_missing_key_of_new_mail_is_a_failed_signature(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PERMERROR)->key_missing = true;
    received_hours_ago(e, 71);
    check(e, UNVERIFIED, REASON_SIGNATURE_FAILED);
}

static void rule06_own_failure_of_old_mail_is_too_old_to_tell(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    received_hours_ago(e, 73);
    check(e, UNVERIFIED, REASON_TOO_OLD_TO_TELL);
}

static void rule06_age_is_measured_when_the_check_was_made(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    OWNED(verdict) v = verdict_derive(e, &policy, NOW + 1000 * HOUR);
    evidence_free(e);
    assert_int_equal(v->author, VERDICT_CONTRADICTED);
}

static void rule07_own_failure_with_everything_known_is_contradicted(void **state) {
    (void)state;
    OWNED(verdict) v = expect(own_failure(DMARC_POLICY_REJECT), FORGED, REASON_FAIL_POLICY_REJECT);
    assert_int_equal(v->source, SOURCE_LOCAL);
}

static void rule07_needs_spf_from_a_border_hop(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    e->spf.result = AUTH_NOT_EVALUATED;
    check(e, UNVERIFIED, REASON_SPF_NOT_CHECKED);
    e = own_failure(DMARC_POLICY_REJECT);
    e->spf.result = AUTH_NOT_EVALUATED;
    e->session.known = true; /* but the client is no identity */
    check(e, UNVERIFIED, REASON_FAIL_INCONCLUSIVE);
}

/* Trouble that could hide an aligned pass makes DMARC a temporary error; any other is the
 * attacker's own. */
static void rule07_a_strangers_temporary_trouble_is_no_excuse(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    e->spf.result = AUTH_TEMPERROR;
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
    e = own_failure(DMARC_POLICY_REJECT);
    e->spf = (struct evidence_spf){.result = AUTH_TEMPERROR, .domain = AUTHOR};
    e->dmarc.result = AUTH_TEMPERROR;
    check(e, UNKNOWN, REASON_TEMPORARY_TROUBLE);
}

static void rule07_needs_signatures_evaluated(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    e->dkim_evaluated = false;
    check(e, UNVERIFIED, REASON_FAIL_INCONCLUSIVE);
}

/* A server that checks signatures and no more leaves the rest to us: what it says of strangers'
 * signatures does not excuse a failure, what it says of one that could align is not our check. */
static void rule07_a_server_that_only_checks_signatures_is_no_excuse(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    say_dkim(&e->statement, "evil.example", AUTH_PASS);
    e->dmarc.from_server = true;
    e->dkim_evaluated = false;
    OWNED(verdict) v = expect(e, FORGED, REASON_FAIL_POLICY_REJECT);
    assert_int_equal(v->source, SOURCE_MIXED);
    e = own_failure(DMARC_POLICY_REJECT);
    say_dkim(&e->statement, AUTHOR, AUTH_FAIL);
    add_signature(e, AUTHOR, AUTH_NOT_EVALUATED);
    e->dmarc.from_server = true;
    e->dkim_evaluated = false;
    OWNED(verdict) open = verdict_derive(e, &policy, NOW);
    evidence_free(e);
    assert_int_equal(open->author, VERDICT_NOT_ESTABLISHED);
    e = own_failure(DMARC_POLICY_REJECT);
    e->dmarc.from_server = true;
    e->spf.result = AUTH_NOT_EVALUATED; /* the server's SPF went in, not ours */
    check(e, UNVERIFIED, REASON_FAIL_INCONCLUSIVE);
}

static void rule07_signatures_beyond_the_limit_are_no_excuse(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    add_signature(e, AUTHOR, AUTH_NOT_EVALUATED)->reason = "not-checked";
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
}

static void rule07_a_bogus_extra_signature_is_no_excuse(void **state) {
    (void)state;
    struct evidence *e = own_failure(DMARC_POLICY_REJECT);
    add_signature(e, AUTHOR, AUTH_FAIL);
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
}

static void rule07_own_failure_under_quarantine_is_a_caution(void **state) {
    (void)state;
    check(own_failure(DMARC_POLICY_QUARANTINE), VERDICT_NOT_ESTABLISHED, LEVEL_CAUTION,
          REASON_FAIL_POLICY_QUARANTINE);
}

static void rule07_own_failure_under_none_is_quiet(void **state) {
    (void)state;
    check(own_failure(DMARC_POLICY_NONE), UNVERIFIED, REASON_FAIL_POLICY_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule04_believed_fail_under_reject_is_contradicted),
        cmocka_unit_test(rule04_fail_beats_spf_pass_and_a_strangers_signature),
        cmocka_unit_test(rule04_fail_beats_a_believed_aligned_signature),
        cmocka_unit_test(rule04_fail_under_quarantine_is_a_caution),
        cmocka_unit_test(rule04_fail_under_none_is_quiet),
        cmocka_unit_test(rule04_unaligned_spf_or_signature_earns_nothing),
        cmocka_unit_test(rule04_a_sister_domain_is_no_stranger),
        cmocka_unit_test(rule04_anyone_may_send_is_no_proof),
        cmocka_unit_test(rule08_policy_from_our_look_up_counts),
        cmocka_unit_test(rule08_the_weaker_of_two_policies_counts),
        cmocka_unit_test(rule08_unknown_policy_is_not_contradicted),
        cmocka_unit_test(rule08_disposition_none_is_an_exception),
        cmocka_unit_test(rule05_policy_that_cannot_be_read_waits),
        cmocka_unit_test(rule05_trouble_is_unchecked_for_72_hours),
        cmocka_unit_test(rule05_trouble_after_72_hours_could_not_be_checked),
        cmocka_unit_test(rule05_trouble_of_a_stranger_does_not_matter),
        cmocka_unit_test(rule05_trouble_with_the_record_cannot_take_identity_away),
        cmocka_unit_test(rule05_trouble_with_the_record_leaves_a_child_open),
        cmocka_unit_test(rule05_trouble_is_never_red),
        cmocka_unit_test(rule06_missing_key_of_old_mail_is_gone),
        cmocka_unit_test(rule06_missing_key_of_new_mail_is_a_failed_signature),
        cmocka_unit_test(rule06_own_failure_of_old_mail_is_too_old_to_tell),
        cmocka_unit_test(rule06_age_is_measured_when_the_check_was_made),
        cmocka_unit_test(rule07_own_failure_with_everything_known_is_contradicted),
        cmocka_unit_test(rule07_needs_spf_from_a_border_hop),
        cmocka_unit_test(rule07_a_strangers_temporary_trouble_is_no_excuse),
        cmocka_unit_test(rule07_needs_signatures_evaluated),
        cmocka_unit_test(rule07_a_server_that_only_checks_signatures_is_no_excuse),
        cmocka_unit_test(rule07_signatures_beyond_the_limit_are_no_excuse),
        cmocka_unit_test(rule07_a_bogus_extra_signature_is_no_excuse),
        cmocka_unit_test(rule07_own_failure_under_quarantine_is_a_caution),
        cmocka_unit_test(rule07_own_failure_under_none_is_quiet),
    };
    return cmocka_run_group_tests(tests, own_domains, forget);
}

/* SPDX-License-Identifier: MIT
 *
 * trust/verdict: cautions, which are told beside the answer whatever it is. */
#include "verdict_case.h"

static const struct reason *caution(struct evidence *e, enum reason_code code,
                                    struct verdict **verdict) {
    *verdict = verdict_derive(e, &policy, NOW);
    evidence_free(e);
    return reason_find(&(*verdict)->reasons, code);
}

static void hidden_characters_are_loud_even_when_verified(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS);
    e->author.notes = AUTHOR_INVISIBLE;
    OWNED(verdict) v = NULL;
    assert_int_equal(caution(e, REASON_HIDDEN_CHARACTERS, &v)->severity, SEVERITY_DANGER);
    assert_int_equal(v->level, LEVEL_CAUTION);
    assert_int_equal(v->author, VERDICT_VERIFIED);
}

static void name_with_another_address_is_information(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->author.notes = AUTHOR_NAME_IS_ADDRESS;
    e->author.display_name = "The boss, ceo@corp.example";
    e->author.address_in_name = "ceo@corp.example";
    OWNED(verdict) v = NULL;
    const struct reason *reason = caution(e, REASON_NAME_IS_ADDRESS, &v);
    assert_string_equal(reason->values[0], "ceo@corp.example");
    assert_string_equal(reason->values[1], "alice@bank.example");
    assert_int_equal(v->level, LEVEL_UNVERIFIED);
}

/* Attacks A34. */
static void reply_elsewhere_is_silent_for_lists_and_invitations(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct evidence *e = make_evidence();
        e->author.reply_domain = "elsewhere.example";
        e->author.is_list = i == 1;
        e->author.is_invitation = i == 2;
        OWNED(verdict) v = NULL;
        assert_int_equal(caution(e, REASON_REPLY_ELSEWHERE, &v) != NULL, i == 0);
    }
}

static void weak_key_names_its_bits(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->key_bits = 1024;
    OWNED(verdict) v = NULL;
    assert_string_equal(caution(e, REASON_WEAK_KEY, &v)->values[1], "1024");
    e = make_evidence();
    struct evidence_signature *s = add_signature(e, AUTHOR, AUTH_PASS);
    s->key_bits = 256;
    s->algorithm = "ed25519-sha256";
    OWNED(verdict) w = NULL;
    assert_null(caution(e, REASON_WEAK_KEY, &w));
}

/* Attacks A35. */
static void not_addressed_needs_to_know_the_recipients(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct evidence *e = make_evidence();
        e->author.recipients_known = i > 0;
        e->author.addressed_to_account = i == 2;
        e->author.is_list = i == 3;
        OWNED(verdict) v = NULL;
        assert_int_equal(caution(e, REASON_NOT_ADDRESSED, &v) != NULL, i == 1);
    }
}

static void old_signature_counts_days_to_receipt(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->signed_at = NOW - 8 * 24 * HOUR;
    OWNED(verdict) v = NULL;
    assert_string_equal(caution(e, REASON_OLD_SIGNATURE, &v)->values[0], "8");
    e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->signed_at = NOW - 6 * 24 * HOUR;
    OWNED(verdict) w = NULL;
    assert_null(caution(e, REASON_OLD_SIGNATURE, &w));
    e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->signed_at = NOW - 8 * 24 * HOUR;
    e->receipt = RECEIPT_UNKNOWN;
    OWNED(verdict) x = NULL;
    assert_null(caution(e, REASON_OLD_SIGNATURE, &x));
}

static void forged_outranks_a_caution(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    e->author.notes = AUTHOR_BIDI;
    check(e, FORGED, REASON_FAIL_POLICY_REJECT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_characters_are_loud_even_when_verified),
        cmocka_unit_test(name_with_another_address_is_information),
        cmocka_unit_test(reply_elsewhere_is_silent_for_lists_and_invitations),
        cmocka_unit_test(weak_key_names_its_bits),
        cmocka_unit_test(not_addressed_needs_to_know_the_recipients),
        cmocka_unit_test(old_signature_counts_days_to_receipt),
        cmocka_unit_test(forged_outranks_a_caution),
    };
    return cmocka_run_group_tests(tests, own_domains, forget);
}

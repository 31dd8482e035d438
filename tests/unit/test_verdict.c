/* SPDX-License-Identifier: MIT
 *
 * trust/verdict: who is asked about, what aligns, what a server's pass is worth. A test for each
 * row of the table and each clause of the rules stands here and in the files beside
 * (test_verdict_*.c; design: verdict.md; the number in a name is the rule). */
#include "verdict_case.h"

/* --- who is asked about --------------------------------------------------------------------- */

static void own_mailbox_gets_no_verdict(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->role = MAILBOX_OWN;
    e->author.notes = AUTHOR_BIDI; /* no caution either */
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    OWNED(verdict) v = expect(e, VERDICT_OWN, LEVEL_OWN, REASON_WRITTEN_HERE);
    assert_int_equal(v->reasons.n, 1);
    assert_true(v->complete);
}

static void rule02_ambiguous_author_is_loud(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->author = (struct evidence_author){.state = AUTHOR_AMBIGUOUS, .why = "two-from-fields"};
    add_signature(e, AUTHOR, AUTH_PASS);
    OWNED(verdict) v = expect(e, VERDICT_AMBIGUOUS, LEVEL_CAUTION, REASON_TWO_FROM_FIELDS);
    assert_null(v->address);
    assert_null(v->domain);
}

static void rule02_every_word_of_author_find_is_a_reason(void **state) {
    (void)state;
    static const char *const words[] = {
        "two-from-fields",  "malformed-from-field", "several-domains",
        "group-in-from",    "control-characters",   "encoded-address",
        "lookalike-syntax", "broken-syntax",        "shift-state",
        "too-large",        "several-authors",      "no-from",
        "no-address",       "empty-group",          "unusable-domain"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        assert_int_not_equal(reason_code_find(words[i]), REASON_NOT_EVALUATED);
}

static void rule02_no_address_is_quiet(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->author = (struct evidence_author){.state = AUTHOR_NONE, .why = "no-address"};
    check(e, UNVERIFIED, REASON_NO_ADDRESS);
}

static void rule02_several_authors_are_likely_at_most(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->author.state = AUTHOR_SEVERAL;
    e->author.why = "several-authors";
    add_signature(e, AUTHOR, AUTH_PASS);
    check_limit(e, REASON_SIGNATURE_INTACT, REASON_SEVERAL_AUTHORS);
}

/* --- alignment ------------------------------------------------------------------------------ */

static void rule03_identical_domain_is_aligned_without_a_record(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS);
    find_dmarc(e, AUTH_NONE, DMARC_POLICY_UNKNOWN);
    OWNED(verdict) v = expect(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
    assert_int_equal(v->source, SOURCE_LOCAL);
    assert_int_equal(v->strength, STRENGTH_DOMAIN);
    assert_string_equal(v->identity, AUTHOR);
    assert_int_equal(v->via, VIA_DKIM);
}

static void rule03_parent_is_aligned_without_a_record(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->author.domain = "news." AUTHOR;
    e->author.address = "alice@news." AUTHOR;
    add_signature(e, AUTHOR, AUTH_PASS)->bare = DMARC_BARE_ALIGNED;
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule03_child_is_likely_without_a_record(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, "mail." AUTHOR, AUTH_PASS);
    find_dmarc(e, AUTH_NONE, DMARC_POLICY_UNKNOWN);
    check_limit(e, REASON_SIGNATURE_INTACT, REASON_NO_POLICY);
}

static void rule03_stated_child_is_likely_without_a_record(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dkim(&e->statement, "mail." AUTHOR, AUTH_PASS);
    check_limit(e, REASON_SERVER_CONFIRMED_SIGNATURE, REASON_NO_POLICY);
}

static void rule03_child_is_aligned_by_a_relaxed_record(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, "mail." AUTHOR, AUTH_PASS)->aligned = DMARC_ALIGNED_RELAXED;
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule03_parent_is_not_aligned_by_a_strict_record(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->author.domain = "news." AUTHOR;
    e->author.address = "alice@news." AUTHOR;
    struct evidence_signature *s = add_signature(e, AUTHOR, AUTH_PASS);
    s->bare = DMARC_BARE_ALIGNED;
    s->aligned = DMARC_UNALIGNED;
    find_dmarc(e, AUTH_FAIL, DMARC_POLICY_NONE);
    check(e, UNVERIFIED, REASON_SPF_NOT_CHECKED);
}

static void rule03_public_suffix_never_aligns(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->bare = DMARC_BARE_UNALIGNED; /* the list's veto */
    OWNED(verdict) v = verdict_derive(e, &policy, NOW);
    evidence_free(e);
    assert_int_equal(v->author, VERDICT_NOT_ESTABLISHED);
}

static void rule03_spf_for_the_identical_domain_is_likely(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_spf(&e->statement, AUTHOR, AUTH_PASS);
    find_dmarc(e, AUTH_NONE, DMARC_POLICY_UNKNOWN);
    check_limit(e, REASON_SENT_BY_LISTED_SERVER, REASON_NO_POLICY);
}

static void rule03_spf_for_a_child_is_nothing_without_a_record(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_spf(&e->statement, "bounce." AUTHOR, AUTH_PASS);
    check(e, UNVERIFIED, REASON_NO_SIGNATURE);
}

/* --- a server's word ------------------------------------------------------------------------ */

static void rule08_believed_pass_with_signature_is_verified(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN);
    say_matched_dkim(e, AUTHOR, AUTH_PASS);
    OWNED(verdict) v = expect(e, DOMAIN_LEVEL, REASON_SERVER_CONFIRMED);
    assert_int_equal(v->source, SOURCE_SERVER);
    assert_int_equal(v->via, VIA_DKIM | VIA_DMARC);
}

static void rule08_believed_pass_without_signature_is_likely(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_spf(say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN), AUTHOR, AUTH_PASS);
    check_limit(e, REASON_SERVER_CONFIRMED, REASON_SPF_ONLY);
}

static void rule08_believed_pass_that_names_no_signature_is_likely(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_dkim(say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN), "mail." AUTHOR, AUTH_PASS);
    check_limit(e, REASON_SERVER_CONFIRMED, REASON_SIGNATURE_UNKNOWN);
}

static void rule08_own_signature_completes_a_believed_pass(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_spf(say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN), AUTHOR, AUTH_PASS);
    add_signature(e, AUTHOR, AUTH_PASS);
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule08_believed_signature_alone_is_verified(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_matched_dkim(e, AUTHOR, AUTH_PASS);
    OWNED(verdict) v = expect(e, DOMAIN_LEVEL, REASON_SERVER_CONFIRMED_SIGNATURE);
    assert_int_equal(v->source, SOURCE_SERVER);
}

static void rule08_alignment_by_our_walk_makes_the_source_mixed(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    say_matched_dkim(e, "mail." AUTHOR, AUTH_PASS)->aligned = DMARC_ALIGNED_RELAXED;
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    e->dmarc.from_server = true;
    OWNED(verdict) v = expect(e, DOMAIN_LEVEL, REASON_SERVER_CONFIRMED_SIGNATURE);
    assert_int_equal(v->source, SOURCE_MIXED);
}

static void rule08_believed_signature_inherits_a_short_l(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    struct evidence_signature *s = add_signature(e, AUTHOR, AUTH_NOT_EVALUATED);
    e->dkim_evaluated = false;
    s->body_length_limit = 10;
    s->body_uncovered = true;
    say_dkim(say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN), AUTHOR, AUTH_PASS)->signature = 0;
    check(e, UNVERIFIED, REASON_BODY_NOT_COVERED);
}

static void rule08_a_believed_signature_without_dmarc_inherits_it_too(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    struct evidence_signature *s = add_signature(e, AUTHOR, AUTH_NOT_EVALUATED);
    e->dkim_evaluated = false;
    s->body_length_limit = 10;
    s->body_uncovered = true;
    say_dkim(&e->statement, AUTHOR, AUTH_PASS)->signature = 0;
    check(e, UNVERIFIED, REASON_BODY_NOT_COVERED);
}

static void rule08_any_l_with_content_type_unsigned_covers_too_little(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    struct evidence_signature *s = add_signature(e, AUTHOR, AUTH_PASS);
    s->body_length_limit = 10;
    s->content_type_unsigned = true;
    check(e, UNVERIFIED, REASON_BODY_NOT_COVERED);
}

static void rule08_l_over_the_whole_body_is_no_limit(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->body_length_limit = 10;
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule08_content_type_unsigned_without_l_is_no_limit(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->content_type_unsigned = true;
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule08_second_copies_of_signed_fields_are_inherited(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_NOT_EVALUATED)->fields_uncovered = "Subject";
    e->dkim_evaluated = false;
    say_dkim(say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN), AUTHOR, AUTH_PASS)->signature = 0;
    check_limit(e, REASON_SERVER_CONFIRMED, REASON_FIELDS_NOT_COVERED);
}

static void rule08_a_signature_that_covers_all_fields_is_preferred(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->fields_uncovered = "Subject";
    add_signature(e, AUTHOR, AUTH_PASS);
    check(e, DOMAIN_LEVEL, REASON_SIGNATURE_INTACT);
}

static void rule08_fields_uncovered_names_the_fields(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->fields_uncovered = "Subject, Date";
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, LEVEL_LIKELY, REASON_SIGNATURE_INTACT);
    const struct reason *limit = reason_find(&v->reasons, REASON_FIELDS_NOT_COVERED);
    assert_string_equal(limit->values[0], AUTHOR);
    assert_string_equal(limit->values[1], "Subject, Date");
}

/* --- the rest ------------------------------------------------------------------------------- */

static void testing_key_counts_as_no_signature(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->testing = true;
    check(e, UNVERIFIED, REASON_TESTING_KEY);
}

static void body_not_here_yet_is_pending(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_NOT_EVALUATED)->body_missing = true;
    OWNED(verdict) v = expect(e, UNKNOWN, REASON_PENDING);
    assert_false(v->complete);
}

static void failed_signature_is_named(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_FAIL);
    check(e, UNVERIFIED, REASON_SIGNATURE_FAILED);
    e = make_evidence();
    say_dkim(&e->statement, AUTHOR, AUTH_FAIL);
    check(e, UNVERIFIED, REASON_SIGNATURE_FAILED);
}

static void nobody_looked_is_said(void **state) {
    (void)state;
    check(make_evidence(), UNVERIFIED, REASON_NOT_CHECKED);
}

static void providers_are_named_as_such(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS);
    g_autoptr(GHashTable) set = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_add(set, (char *)(uintptr_t)AUTHOR);
    struct verdict_policy with_set = {.providers = set};
    OWNED(verdict) v = verdict_derive(e, &with_set, NOW);
    evidence_free(e);
    g_autofree char *text = verdict_text(v, LANGUAGE_EN);
    assert_string_equal(text, "Sent through bank.example, where anyone can open an account.");
}

static void zero_is_never_a_word(void **state) {
    (void)state;
    assert_null(verdict_author_name(VERDICT_NOT_EVALUATED));
    assert_null(verdict_strength_name(STRENGTH_NONE));
    assert_null(verdict_level_name(LEVEL_NOT_EVALUATED));
    for (int i = 1; i < VERDICT_AUTHOR__MAX; i++)
        assert_non_null(verdict_author_name((enum verdict_author)i));
    for (int i = 1; i < LEVEL__MAX; i++)
        assert_non_null(verdict_level_name((enum verdict_level)i));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_mailbox_gets_no_verdict),
        cmocka_unit_test(rule02_ambiguous_author_is_loud),
        cmocka_unit_test(rule02_every_word_of_author_find_is_a_reason),
        cmocka_unit_test(rule02_no_address_is_quiet),
        cmocka_unit_test(rule02_several_authors_are_likely_at_most),
        cmocka_unit_test(rule03_identical_domain_is_aligned_without_a_record),
        cmocka_unit_test(rule03_parent_is_aligned_without_a_record),
        cmocka_unit_test(rule03_child_is_likely_without_a_record),
        cmocka_unit_test(rule03_stated_child_is_likely_without_a_record),
        cmocka_unit_test(rule03_child_is_aligned_by_a_relaxed_record),
        cmocka_unit_test(rule03_parent_is_not_aligned_by_a_strict_record),
        cmocka_unit_test(rule03_public_suffix_never_aligns),
        cmocka_unit_test(rule03_spf_for_the_identical_domain_is_likely),
        cmocka_unit_test(rule03_spf_for_a_child_is_nothing_without_a_record),
        cmocka_unit_test(rule08_believed_pass_with_signature_is_verified),
        cmocka_unit_test(rule08_believed_pass_without_signature_is_likely),
        cmocka_unit_test(rule08_believed_pass_that_names_no_signature_is_likely),
        cmocka_unit_test(rule08_own_signature_completes_a_believed_pass),
        cmocka_unit_test(rule08_believed_signature_alone_is_verified),
        cmocka_unit_test(rule08_alignment_by_our_walk_makes_the_source_mixed),
        cmocka_unit_test(rule08_believed_signature_inherits_a_short_l),
        cmocka_unit_test(rule08_a_believed_signature_without_dmarc_inherits_it_too),
        cmocka_unit_test(rule08_any_l_with_content_type_unsigned_covers_too_little),
        cmocka_unit_test(rule08_l_over_the_whole_body_is_no_limit),
        cmocka_unit_test(rule08_content_type_unsigned_without_l_is_no_limit),
        cmocka_unit_test(rule08_second_copies_of_signed_fields_are_inherited),
        cmocka_unit_test(rule08_a_signature_that_covers_all_fields_is_preferred),
        cmocka_unit_test(rule08_fields_uncovered_names_the_fields),
        cmocka_unit_test(testing_key_counts_as_no_signature),
        cmocka_unit_test(body_not_here_yet_is_pending),
        cmocka_unit_test(failed_signature_is_named),
        cmocka_unit_test(nobody_looked_is_said),
        cmocka_unit_test(providers_are_named_as_such),
        cmocka_unit_test(zero_is_never_a_word),
    };
    return cmocka_run_group_tests(tests, own_domains, forget);
}

/* SPDX-License-Identifier: MIT
 *
 * trust/verdict: a test for each row of the table and each clause of the rules (design: verdict.md;
 * the number in a name is the rule). */
#include "auth/belief.h"
#include "evidence_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct verdict_policy policy;

/* Derives, frees the evidence, and compares author, badge and the deciding reason. */
static struct verdict *expect(struct evidence *e, enum verdict_author author,
                              enum verdict_level level, enum reason_code code) {
    struct verdict *v = verdict_derive(e, &policy, NOW);
    evidence_free(e);
    assert_string_equal(verdict_author_name(v->author), verdict_author_name(author));
    assert_string_equal(verdict_level_name(v->level), verdict_level_name(level));
    assert_true(v->reasons.n > 0);
    assert_string_equal(reason_code_name(v->reasons.items[0].code), reason_code_name(code));
    return v;
}

static void check(struct evidence *e, enum verdict_author author, enum verdict_level level,
                  enum reason_code code) {
    verdict_free(expect(e, author, level, code));
}

static void check_limit(struct evidence *e, enum reason_code code, enum reason_code limit) {
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, LEVEL_LIKELY, code);
    assert_non_null(reason_find(&v->reasons, limit));
    assert_int_equal(v->strength, STRENGTH_NONE);
    assert_null(v->identity);
}

#define UNVERIFIED VERDICT_NOT_ESTABLISHED, LEVEL_UNVERIFIED
#define DOMAIN_LEVEL VERDICT_VERIFIED, LEVEL_DOMAIN
#define FORGED VERDICT_CONTRADICTED, LEVEL_FORGED
#define UNKNOWN VERDICT_UNCHECKED, LEVEL_UNCHECKED

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

static struct evidence *own_failure(enum dmarc_policy demand) {
    struct evidence *e = make_evidence();
    e->dkim_evaluated = true;
    e->spf = (struct evidence_spf){.result = AUTH_FAIL, .domain = "evil.example"};
    find_dmarc(e, AUTH_FAIL, demand);
    return e;
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

/* --- explanations --------------------------------------------------------------------------- */

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

/* --- cautions ------------------------------------------------------------------------------- */

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

static int own_domains(void **state) {
    struct belief_rules *rules = belief_rules_new();
    policy.rules = *state = rules;
    return belief_add_own_domain(rules, AUTHOR, NULL) ? 0 : 1;
}

static int forget(void **state) {
    belief_rules_free(*state);
    return 0;
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
        cmocka_unit_test(testing_key_counts_as_no_signature),
        cmocka_unit_test(body_not_here_yet_is_pending),
        cmocka_unit_test(failed_signature_is_named),
        cmocka_unit_test(nobody_looked_is_said),
        cmocka_unit_test(providers_are_named_as_such),
        cmocka_unit_test(hidden_characters_are_loud_even_when_verified),
        cmocka_unit_test(name_with_another_address_is_information),
        cmocka_unit_test(reply_elsewhere_is_silent_for_lists_and_invitations),
        cmocka_unit_test(weak_key_names_its_bits),
        cmocka_unit_test(not_addressed_needs_to_know_the_recipients),
        cmocka_unit_test(old_signature_counts_days_to_receipt),
        cmocka_unit_test(forged_outranks_a_caution),
        cmocka_unit_test(zero_is_never_a_word),
    };
    return cmocka_run_group_tests(tests, own_domains, forget);
}

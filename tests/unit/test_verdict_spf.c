/* SPDX-License-Identifier: MIT
 *
 * trust/verdict: the rows that read our own SPF check (rules 3, 4, 7, 13, 16). */
#include "evidence_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct verdict_policy policy;

static struct verdict *expect(struct evidence *e, enum verdict_author author,
                              enum reason_code code) {
    struct verdict *v = verdict_derive(e, &policy, NOW);
    evidence_free(e);
    assert_string_equal(verdict_author_name(v->author), verdict_author_name(author));
    assert_string_equal(reason_code_name(v->reasons.items[0].code), reason_code_name(code));
    return v;
}

static void check(struct evidence *e, enum verdict_author author, enum reason_code code) {
    verdict_free(expect(e, author, code));
}

/* Our own check of MAIL FROM, as evaluate leaves it. */
static struct evidence *own_spf(enum auth_result result, const char *domain) {
    struct evidence *e = make_evidence();
    e->session.known = true;
    e->dkim_evaluated = true;
    e->spf = (struct evidence_spf){
        .result = result,
        .domain = domain,
        .client_ip = "192.0.2.1",
        .bare = strcmp(domain, AUTHOR) == 0 ? DMARC_BARE_LIKELY : DMARC_BARE_UNALIGNED,
    };
    return e;
}

static void rule16_own_spf_with_a_record_is_likely(void **state) {
    (void)state;
    struct evidence *e = own_spf(AUTH_PASS, "bounce." AUTHOR);
    e->spf.aligned = DMARC_ALIGNED_RELAXED;
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, REASON_SENT_BY_LISTED_SERVER);
    assert_non_null(reason_find(&v->reasons, REASON_SPF_ONLY));
    assert_int_equal(v->source, SOURCE_LOCAL);
    assert_int_equal(v->strength, STRENGTH_NONE);
}

static void rule03_own_spf_without_a_record(void **state) {
    (void)state;
    struct evidence *e = own_spf(AUTH_PASS, AUTHOR);
    find_dmarc(e, AUTH_NONE, DMARC_POLICY_UNKNOWN);
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, REASON_SENT_BY_LISTED_SERVER);
    assert_non_null(reason_find(&v->reasons, REASON_NO_POLICY));
    e = own_spf(AUTH_PASS, "bounce." AUTHOR);
    find_dmarc(e, AUTH_NONE, DMARC_POLICY_UNKNOWN);
    check(e, VERDICT_NOT_ESTABLISHED, REASON_NO_SIGNATURE);
}

static void rule03_a_public_suffix_earns_nothing(void **state) {
    (void)state;
    struct evidence *e = own_spf(AUTH_PASS, AUTHOR);
    e->spf.bare = DMARC_BARE_UNALIGNED; /* the list's veto */
    check(e, VERDICT_NOT_ESTABLISHED, REASON_NO_SIGNATURE);
}

static void only_a_pass_counts(void **state) {
    (void)state;
    static const enum auth_result results[] = {AUTH_NONE,    AUTH_FAIL,      AUTH_SOFTFAIL,
                                               AUTH_NEUTRAL, AUTH_TEMPERROR, AUTH_PERMERROR};
    for (guint i = 0; i < G_N_ELEMENTS(results); i++)
        check(own_spf(results[i], AUTHOR), VERDICT_NOT_ESTABLISHED, REASON_NO_SIGNATURE);
}

static void rule04_a_pass_for_anyone_lowers_what_a_server_took(void **state) {
    (void)state;
    struct evidence *e = own_spf(AUTH_PASS, AUTHOR);
    e->spf.anyone = true;
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    check(e, VERDICT_NOT_ESTABLISHED, REASON_SPF_ANYONE);
    e = own_spf(AUTH_PASS, AUTHOR);
    e->spf.anyone = true;
    say_spf(say_dmarc(e, AUTH_PASS, DMARC_POLICY_UNKNOWN), AUTHOR, AUTH_PASS);
    check(e, VERDICT_NOT_ESTABLISHED, REASON_SPF_ANYONE);
    e = own_spf(AUTH_PASS, AUTHOR);
    e->spf.anyone = true;
    say_spf(&e->statement, AUTHOR, AUTH_PASS);
    check(e, VERDICT_NOT_ESTABLISHED, REASON_SPF_ANYONE);
    /* a signature does not need it */
    e = own_spf(AUTH_PASS, AUTHOR);
    e->spf.anyone = true;
    add_signature(e, AUTHOR, AUTH_PASS);
    check(e, VERDICT_VERIFIED, REASON_SIGNATURE_INTACT);
    /* and another domain's openness is not the author's */
    e = own_spf(AUTH_PASS, "evil.example");
    e->spf.anyone = true;
    check(e, VERDICT_NOT_ESTABLISHED, REASON_NO_SIGNATURE);
}

static void rule13_a_server_that_saw_no_pass_is_not_outvoted(void **state) {
    (void)state;
    struct evidence *e = own_spf(AUTH_PASS, AUTHOR);
    say_spf(&e->statement, AUTHOR, AUTH_FAIL);
    check(e, VERDICT_NOT_ESTABLISHED, REASON_NO_SIGNATURE);
    e = own_spf(AUTH_PASS, AUTHOR);
    say_spf(&e->statement, AUTHOR, AUTH_TEMPERROR); /* no answer */
    check(e, VERDICT_LIKELY, REASON_SENT_BY_LISTED_SERVER);
    e = own_spf(AUTH_PASS, AUTHOR);
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    check(e, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
}

static void rule16_legacy_information_says_nothing(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    e->sender_id = (struct evidence_sender_id){true, AUTH_PASS, NULL, "alice@" AUTHOR};
    e->spf_helo = (struct evidence_spf){.result = AUTH_PASS, .domain = AUTHOR};
    e->dkim_evaluated = true;
    check(e, VERDICT_NOT_ESTABLISHED, REASON_NO_SIGNATURE);
}

static void not_complete_while_a_signature_is_open(void **state) {
    (void)state;
    struct evidence *e = own_spf(AUTH_PASS, AUTHOR);
    struct evidence_signature *s = add_signature(e, AUTHOR, AUTH_NOT_EVALUATED);
    s->body_missing = true;
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, REASON_SENT_BY_LISTED_SERVER);
    assert_false(v->complete);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule16_own_spf_with_a_record_is_likely),
        cmocka_unit_test(rule03_own_spf_without_a_record),
        cmocka_unit_test(rule03_a_public_suffix_earns_nothing),
        cmocka_unit_test(only_a_pass_counts),
        cmocka_unit_test(rule04_a_pass_for_anyone_lowers_what_a_server_took),
        cmocka_unit_test(rule13_a_server_that_saw_no_pass_is_not_outvoted),
        cmocka_unit_test(rule16_legacy_information_says_nothing),
        cmocka_unit_test(not_complete_while_a_signature_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

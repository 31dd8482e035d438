/* SPDX-License-Identifier: MIT
 *
 * Verdict rules 14 and 15: what a person's signature does to a verdict, and what it does not. */
#include "trust/verdict.h"

#include "evidence_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct verdict_policy nothing_configured;

/* An S/MIME signature by which everything holds; fields under it are not the header's. */
static struct evidence_smime *sign(struct evidence *e) {
    static const char *addresses[] = {"alice@" AUTHOR};
    e->smime = (struct evidence_smime){.evaluated = true,
                                       .status = SIGN_STATUS_VERIFIED,
                                       .at_delivery = SIGN_STATUS_VERIFIED,
                                       .verified_at = NOW,
                                       .signed_at = NOW,
                                       .has_signer = true,
                                       .digest = CHECK_PASS,
                                       .chain = CHECK_PASS,
                                       .time = CHECK_PASS,
                                       .usage = CHECK_PASS,
                                       .revocation = CHECK_UNKNOWN,
                                       .address = CHECK_PASS,
                                       .coverage = CHECK_PASS,
                                       .strength = CHECK_PASS};
    e->smime.covers.scope = SCOPE_MESSAGE;
    e->smime.covers.headers = HEADERS_UNSIGNED;
    e->smime.signer.issuer_name = "Authority";
    e->smime.signer.addresses = g_memdup2(addresses, sizeof addresses);
    e->smime.signer.n_addresses = 1;
    return &e->smime;
}

static struct verdict *derive(const struct evidence *e) {
    return verdict_derive(e, &nothing_configured, NOW);
}

static bool has(const struct verdict *verdict, enum reason_code code) {
    return reason_find(&verdict->reasons, code) != NULL;
}

static void a_persons_signature_is_a_proof(void **state) {
    (void)state;
    OWNED(evidence) e = make_evidence();
    sign(e);
    OWNED(verdict) v = derive(e);
    assert_int_equal(v->author, VERDICT_VERIFIED);
    assert_int_equal(v->strength, STRENGTH_PERSON);
    assert_int_equal(v->level, LEVEL_PERSON);
    assert_int_equal(v->source, SOURCE_LOCAL);
    assert_int_equal(v->via, VIA_SMIME);
    assert_string_equal(v->identity, "alice@" AUTHOR);
    assert_true(v->complete);
    assert_true(has(v, REASON_HEADERS_UNSIGNED));
    g_autofree char *text = verdict_text(v, LANGUAGE_EN);
    assert_string_equal(text, "Signed with a certificate issued for alice@" AUTHOR ".");
}

static void fields_under_it_take_the_limit_away(void **state) {
    (void)state;
    OWNED(evidence) e = make_evidence();
    sign(e)->covers.headers = HEADERS_COVERED;
    OWNED(verdict) v = derive(e);
    assert_int_equal(v->level, LEVEL_PERSON);
    assert_false(has(v, REASON_HEADERS_UNSIGNED));
}

/* Rule 15: over a failed DMARC check, and over what else a domain says. */
static void it_outranks_the_domain(void **state) {
    (void)state;
    OWNED(evidence) e = make_evidence();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    OWNED(verdict) without = derive(e);
    assert_int_equal(without->author, VERDICT_CONTRADICTED);
    sign(e);
    OWNED(verdict) with = derive(e);
    assert_int_equal(with->level, LEVEL_PERSON);
    OWNED(evidence) signed_by_both = make_evidence();
    add_signature(signed_by_both, AUTHOR, AUTH_PASS);
    sign(signed_by_both);
    OWNED(verdict) both = derive(signed_by_both);
    assert_int_equal(both->strength, STRENGTH_PERSON);
}

/* Rule 15: two readings of who wrote it, whatever else holds. */
static void another_author_under_the_signature_is_ambiguous(void **state) {
    (void)state;
    OWNED(evidence) e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS);
    sign(e)->covers.headers = HEADERS_FROM_DIFFERS;
    e->smime.covers.from = "boss@" AUTHOR;
    OWNED(verdict) v = derive(e);
    assert_int_equal(v->author, VERDICT_AMBIGUOUS);
    assert_int_equal(v->level, LEVEL_CAUTION);
    assert_true(has(v, REASON_SIGNED_FROM_DIFFERS));
    e->smime.digest = CHECK_FAIL; /* then anybody may have written it there */
    e->smime.status = e->smime.at_delivery = SIGN_STATUS_FAILED;
    OWNED(verdict) broken = derive(e);
    assert_int_equal(broken->level, LEVEL_DOMAIN);
}

/* Rule 14: less than everything is no proof, and no accusation either. */
static void anything_less_changes_nothing_but_a_fact(void **state) {
    (void)state;
    static const enum evidence_sign_status statuses[] = {SIGN_STATUS_NONE, SIGN_STATUS_UNKNOWN,
                                                         SIGN_STATUS_SIGNED, SIGN_STATUS_FAILED};
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        OWNED(evidence) e = make_evidence();
        sign(e)->status = statuses[i];
        e->smime.at_delivery = statuses[i];
        OWNED(verdict) v = derive(e);
        assert_int_equal(v->level, LEVEL_UNVERIFIED);
    }
    for (enum signature_scope scope = SCOPE_PART; scope < SCOPE__MAX; scope++) {
        OWNED(evidence) e = make_evidence();
        sign(e)->covers.scope = scope;
        OWNED(verdict) v = derive(e);
        assert_int_equal(v->level, LEVEL_UNVERIFIED);
    }
    OWNED(evidence) several = make_evidence();
    sign(several);
    several->author.state = AUTHOR_SEVERAL;
    OWNED(verdict) nobody = derive(several);
    assert_int_not_equal(nobody->strength, STRENGTH_PERSON);
}

/* Rule 6: what held when it came stays. */
static void receipt_decides_not_today(void **state) {
    (void)state;
    OWNED(evidence) e = make_evidence();
    sign(e)->status = SIGN_STATUS_FAILED;
    OWNED(verdict) v = derive(e);
    assert_int_equal(v->level, LEVEL_PERSON);
    e->smime.at_delivery = SIGN_STATUS_FAILED;
    e->smime.status = SIGN_STATUS_VERIFIED;
    OWNED(verdict) later = derive(e);
    assert_int_equal(later->level, LEVEL_UNVERIFIED);
}

/* A list's glance must not keep a lesser verdict for good. */
static void a_signature_still_to_be_read_keeps_it_open(void **state) {
    (void)state;
    OWNED(evidence) e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS);
    OWNED(verdict) settled = derive(e);
    assert_true(settled->complete);
    e->smime.pending = true;
    OWNED(verdict) open = derive(e);
    assert_false(open->complete);
}

static void openpgp_is_a_proof_too(void **state) {
    (void)state;
    OWNED(evidence) e = make_evidence();
    e->openpgp = (struct evidence_openpgp){.evaluated = true,
                                           .status = SIGN_STATUS_VERIFIED,
                                           .signature = CHECK_PASS,
                                           .key = CHECK_PASS,
                                           .address = CHECK_PASS,
                                           .coverage = CHECK_PASS,
                                           .signed_at = NOW};
    e->openpgp.covers.scope = SCOPE_MESSAGE;
    OWNED(verdict) v = derive(e);
    assert_int_equal(v->level, LEVEL_PERSON);
    assert_int_equal(v->via, VIA_OPENPGP);
    g_autofree char *text = verdict_text(v, LANGUAGE_EN);
    assert_string_equal(text, "Signed with the key of alice@" AUTHOR ".");
    assert_true(has(v, REASON_HEADERS_UNSIGNED));
    e->openpgp.covers.headers = HEADERS_COVERED;
    OWNED(verdict) whole = derive(e);
    assert_int_equal(whole->level, LEVEL_PERSON);
    assert_false(has(whole, REASON_HEADERS_UNSIGNED));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_persons_signature_is_a_proof),
        cmocka_unit_test(fields_under_it_take_the_limit_away),
        cmocka_unit_test(it_outranks_the_domain),
        cmocka_unit_test(another_author_under_the_signature_is_ambiguous),
        cmocka_unit_test(anything_less_changes_nothing_but_a_fact),
        cmocka_unit_test(receipt_decides_not_today),
        cmocka_unit_test(a_signature_still_to_be_read_keeps_it_open),
        cmocka_unit_test(openpgp_is_a_proof_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * Which messages may carry a logo, and what a logo does to the verdict (attacks E109-E112, E118).
 */
#include "trust/brand.h"

#include "mail/message.h"
#include "tests/unit/evidence_maker.h"
#include "trust/evaluate.h"
#include "trust/reasons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct verdict_policy nothing = {0};

static enum bimi_reason claim(struct evidence *e, struct brand_claim *claim_) {
    enum bimi_reason why = brand_claim(e, &nothing, NOW, claim_);
    if (why)
        assert_null(claim_->domain);
    return why;
}

static void expect(struct evidence *e, enum bimi_reason wanted) {
    struct brand_claim c;
    enum bimi_reason why = claim(e, &c);
    if (why != wanted)
        fail_msg("%s, not %s", bimi_reason_name(why), bimi_reason_name(wanted));
    evidence_free(e);
}

static struct evidence *signed_mail(void) {
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS)->aligned = DMARC_ALIGNED_STRICT;
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    e->dmarc.by_dkim = true;
    return e;
}

static void cover_selector(struct evidence_signature *s) {
    g_free(s->signed_headers);
    s->signed_headers = g_new0(const char *, 3);
    s->signed_headers[0] = "from";
    s->signed_headers[1] = "bimi-selector";
}

static void an_aligned_signature_under_dmarc_may_carry_a_logo(void **state) {
    (void)state;
    struct brand_claim c;
    OWNED(evidence) e = signed_mail();
    assert_int_equal(claim(e, &c), BIMI_REASON_NONE);
    assert_string_equal(c.domain, AUTHOR);
    assert_null(c.selector);
    assert_true(span_eq(c.local_part, SPAN_LIT("alice")));
    OWNED(evidence) said = make_evidence();
    say_dmarc(said, AUTH_PASS, DMARC_POLICY_UNKNOWN);
    say_matched_dkim(said, AUTHOR, AUTH_PASS);
    assert_int_equal(claim(said, &c), BIMI_REASON_NONE);
}

static void e109_spf_alone_never_carries_a_logo(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    e->dmarc.by_spf = true;
    e->spf = (struct evidence_spf){.result = AUTH_PASS, .domain = AUTHOR, .client_ip = "192.0.2.1"};
    e->spf.aligned = DMARC_ALIGNED_STRICT;
    expect(e, BIMI_REASON_DKIM);
    e = make_evidence();
    say_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    say_spf(&e->statement, AUTHOR, AUTH_PASS);
    expect(e, BIMI_REASON_DKIM);
}

static void e110_a_length_limit_a_third_party_or_several_authors_carry_none(void **state) {
    (void)state;
    struct evidence *e = signed_mail();
    e->signatures[0].body_length_limit = 100000;
    expect(e, BIMI_REASON_BODY_LENGTH);
    e = signed_mail();
    add_signature(e, AUTHOR, AUTH_PASS)->aligned = DMARC_ALIGNED_STRICT;
    e->signatures[0].body_length_limit = 100000; /* the other one has none */
    expect(e, BIMI_REASON_NONE);
    e = make_evidence();
    add_signature(e, "list.example", AUTH_PASS);
    find_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    expect(e, BIMI_REASON_DKIM);
    e = signed_mail();
    e->author.state = AUTHOR_SEVERAL;
    expect(e, BIMI_REASON_AUTHOR);
    e = signed_mail();
    e->signatures[0].testing = true;
    expect(e, BIMI_REASON_DKIM);
    e = signed_mail();
    e->signatures[0].fields_uncovered = "Subject";
    expect(e, BIMI_REASON_DKIM);
    e = signed_mail();
    say_dmarc(e, AUTH_FAIL, DMARC_POLICY_REJECT);
    expect(e, BIMI_REASON_DMARC);
    e = make_evidence(); /* ARC, or a forwarder's word: never more than likely */
    e->forwarded.present = true;
    e->forwarded.forwarder = "alumni";
    e->forwarded.dmarc = AUTH_PASS;
    say_dkim(&e->forwarded, AUTHOR, AUTH_PASS);
    expect(e, BIMI_REASON_DKIM);
    e = make_evidence(); /* a pass that leads to no signature we can read */
    say_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    say_dkim(&e->statement, AUTHOR, AUTH_PASS);
    expect(e, BIMI_REASON_DKIM);
}

/* The server's DMARC pass says nothing about which signature it rests on. */
static void e109_a_servers_pass_makes_no_other_signature_aligned(void **state) {
    (void)state;
    struct evidence *e = make_evidence(); /* adkim=s, and SPF is what passed */
    say_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    struct evidence_stated_dkim *parent = say_matched_dkim(e, "example", AUTH_PASS);
    parent->bare = DMARC_BARE_ALIGNED;
    parent->aligned = DMARC_UNALIGNED;
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    expect(e, BIMI_REASON_DMARC);
    const enum dmarc_bare_alignment strangers[] = {DMARC_BARE_UNALIGNED, DMARC_BARE_LIKELY};
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        e = make_evidence();
        say_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
        say_matched_dkim(e, "list.example", AUTH_PASS)->bare = strangers[i];
        expect(e, BIMI_REASON_DMARC);
    }
    e = make_evidence(); /* the author's has l=, the list's has none: neither carries for the other
                          */
    say_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    say_matched_dkim(e, AUTHOR, AUTH_PASS)->bare = DMARC_BARE_ALIGNED;
    say_matched_dkim(e, "list.example", AUTH_PASS)->bare = DMARC_BARE_UNALIGNED;
    e->signatures[0].body_length_limit = 100000;
    expect(e, BIMI_REASON_BODY_LENGTH);
}

static struct evidence *evaluated(const char *text) {
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {.message = message, .mode = VERIFY_NEVER, .now = NOW};
    return evaluate(&request);
}

static void e111_fields_that_only_a_server_may_write_are_not_read(void **state) {
    (void)state;
    OWNED(evidence)
    e = evaluated("Authentication-Results: mx.evil.example; bimi=pass header.d=bank.example "
                  "policy.authority=pass\r\n"
                  "BIMI-Location: v=BIMI1; l=https://evil.example/logo.svg\r\n"
                  "BIMI-Indicator: PHN2Zy8+\r\n"
                  "BIMI-Logo-Preference: brand\r\n"
                  "From: alice@bank.example\r\n\r\nx\r\n");
    struct brand_claim c;
    assert_int_equal(e->bimi.result, BIMI_NOT_EVALUATED);
    assert_null(e->bimi.selector_field);
    assert_null(e->bimi.location);
    assert_int_not_equal(claim(e, &c), BIMI_REASON_NONE);
    OWNED(verdict) verdict = verdict_derive(e, &nothing, NOW);
    assert_false(brand_is_shown(e, verdict));
}

static void e112_a_selector_counts_only_under_the_aligned_signature(void **state) {
    (void)state;
    struct brand_claim c;
    OWNED(evidence) e = signed_mail();
    e->bimi.selector_field = "red";
    assert_int_equal(claim(e, &c), BIMI_REASON_NONE);
    assert_null(c.selector);
    cover_selector(&e->signatures[0]);
    assert_int_equal(claim(e, &c), BIMI_REASON_NONE);
    assert_string_equal(c.selector, "red");
    OWNED(evidence) other = signed_mail(); /* covered by somebody else's signature */
    other->bimi.selector_field = "red";
    cover_selector(add_signature(other, "list.example", AUTH_PASS));
    assert_int_equal(claim(other, &c), BIMI_REASON_NONE);
    assert_null(c.selector);
}

static void e112_the_field_is_read_once_and_strictly(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"BIMI-Selector: v=BIMI1; s=red;\r\n", "red"},
        {"BIMI-Selector: v=BIMI1; s=../../x\r\n", NULL},
        {"BIMI-Selector: v=BIMI1; s=red\r\nBIMI-Selector: v=BIMI1; s=red\r\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strconcat(cases[i][0], "From: alice@bank.example\r\n\r\nx\r\n", NULL);
        OWNED(evidence) e = evaluated(text);
        if (g_strcmp0(e->bimi.selector_field, cases[i][1]) != 0)
            fail_msg("%s: %s", cases[i][0], e->bimi.selector_field);
    }
}

static void set_logo(struct evidence *e, enum brand_kind kind) {
    e->bimi.result = BIMI_PASS;
    e->bimi.kind = kind;
    e->bimi.certified_for = kind == BRAND_SELF ? NULL : "Example Bank";
    e->bimi.sha256 = "00";
}

static void e118_only_a_vmc_is_a_brand(void **state) {
    (void)state;
    static const struct {
        enum brand_kind kind;
        enum verdict_strength strength;
        enum verdict_level level;
        const char *identity;
    } cases[] = {{BRAND_VMC, STRENGTH_BRAND, LEVEL_BRAND, "Example Bank"},
                 {BRAND_CMC, STRENGTH_DOMAIN, LEVEL_DOMAIN, AUTHOR},
                 {BRAND_SELF, STRENGTH_DOMAIN, LEVEL_DOMAIN, AUTHOR}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(evidence) e = signed_mail();
        set_logo(e, cases[i].kind);
        OWNED(verdict) verdict = verdict_derive(e, &nothing, NOW);
        assert_int_equal(verdict->strength, cases[i].strength);
        assert_int_equal(verdict->level, cases[i].level);
        assert_string_equal(verdict->identity, cases[i].identity);
        assert_true(brand_is_shown(e, verdict));
        g_autofree char *text = verdict_text(verdict, LANGUAGE_EN);
        assert_int_equal(strstr(text, "certified") != NULL, cases[i].kind == BRAND_VMC);
        assert_non_null(strstr(text, AUTHOR));
    }
}

static void a_logo_raises_nothing_that_is_not_verified(void **state) {
    (void)state;
    struct evidence *unproved[] = {make_evidence(), make_evidence(), signed_mail()};
    find_dmarc(unproved[1], AUTH_FAIL, DMARC_POLICY_REJECT);
    add_signature(unproved[1], AUTHOR, AUTH_FAIL);
    unproved[2]->author.state = AUTHOR_SEVERAL;
    for (size_t i = 0; i < G_N_ELEMENTS(unproved); i++) {
        OWNED(verdict) before = verdict_derive(unproved[i], &nothing, NOW);
        set_logo(unproved[i], BRAND_VMC);
        OWNED(verdict) after = verdict_derive(unproved[i], &nothing, NOW);
        assert_true(verdict_equal(before, after));
        assert_false(brand_is_shown(unproved[i], after));
        evidence_free(unproved[i]);
    }
}

static void only_a_pass_is_shown(void **state) {
    (void)state;
    for (int result = 0; result < BIMI_RESULT__MAX; result++) {
        OWNED(evidence) e = signed_mail();
        set_logo(e, BRAND_VMC);
        e->bimi.result = (enum bimi_result)result;
        OWNED(verdict) verdict = verdict_derive(e, &nothing, NOW);
        assert_int_equal(brand_is_shown(e, verdict), result == BIMI_PASS);
        assert_int_equal(verdict->strength, result == BIMI_PASS ? STRENGTH_BRAND : STRENGTH_DOMAIN);
    }
}

/* However well it is verified: where the badge warns, no picture stands beside it. */
static void nothing_loud_is_shown_with_a_logo(void **state) {
    (void)state;
    for (enum verdict_level level = 0; level < LEVEL__MAX; level++) {
        OWNED(evidence) e = signed_mail();
        set_logo(e, BRAND_VMC);
        OWNED(verdict) verdict = verdict_derive(e, &nothing, NOW);
        verdict->level = level;
        assert_int_equal(brand_is_shown(e, verdict),
                         level != LEVEL_CAUTION && level != LEVEL_FORGED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_aligned_signature_under_dmarc_may_carry_a_logo),
        cmocka_unit_test(e109_spf_alone_never_carries_a_logo),
        cmocka_unit_test(e110_a_length_limit_a_third_party_or_several_authors_carry_none),
        cmocka_unit_test(e109_a_servers_pass_makes_no_other_signature_aligned),
        cmocka_unit_test(e111_fields_that_only_a_server_may_write_are_not_read),
        cmocka_unit_test(e112_a_selector_counts_only_under_the_aligned_signature),
        cmocka_unit_test(e112_the_field_is_read_once_and_strictly),
        cmocka_unit_test(e118_only_a_vmc_is_a_brand),
        cmocka_unit_test(a_logo_raises_nothing_that_is_not_verified),
        cmocka_unit_test(only_a_pass_is_shown),
        cmocka_unit_test(nothing_loud_is_shown_with_a_logo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

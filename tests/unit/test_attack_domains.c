/* SPDX-License-Identifier: MIT
 *
 * Attacks D93 to D108 as whole mails: policies, tenants, forwarders and lists. Chains (D100 to
 * D104) are in test_evaluate_arc and test_arc. Where the list and the design's verdict page
 * disagree, the page decides: quarantine is a caution and not a contradiction (D93), and a domain
 * without a policy vouches for itself (D94). */
#include "attack_stage.h"

static struct stage stage;

static int set_up(void **state) {
    (void)state;
    stage = stage_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    stage_clear(&stage);
    return 0;
}

static struct stage_verdict judge_from(const char *domain, const char *signer) {
    g_autofree char *header =
        g_strdup_printf("From: a@%s\r\nTo: me@ours.example\r\nSubject: x\r\n", domain);
    struct shape shape = {.domain = signer};
    return stage_judge_mail(
        &stage, &(struct stage_mail){.shape = signer ? &shape : NULL, .header = header});
}

static void check_from(const char *domain, const char *signer, const char *author,
                       const char *code) {
    struct stage_verdict judged = judge_from(domain, signer);
    assert_author(judged, author, code);
    stage_verdict_clear(&judged);
}

static void d93_a_failure_is_as_loud_as_the_domain_asks(void **state) {
    (void)state;
    check_from("lax.example", NULL, "not-established", "fail-policy-none");
    check_from("careful.example", NULL, "not-established", "fail-policy-quarantine");
    check_from("bank.example", NULL, "contradicted", "fail-policy-reject");
    static const struct {
        const char *domain, *level;
    } levels[] = {
        {"lax.example", "unverified"}, {"careful.example", "caution"}, {"bank.example", "forged"}};
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
        struct stage_verdict judged = judge_from(levels[i].domain, NULL);
        assert_string_equal(verdict_level_name(judged.verdict->level), levels[i].level);
        stage_verdict_clear(&judged);
    }
}

static void d94_without_a_record(void **state) {
    (void)state;
    check_from("bare.example", "bare.example", "verified", "signature-intact");
    check_from("bare.example", NULL, "not-established", "no-signature");
}

/* RFC 9989: whatever the records are, a stranger's mail never reads as the domain's, and only a
 * record that says reject makes it contradicted. */
static void d95_records_that_are_several_odd_or_deep(void **state) {
    (void)state;
    static const struct {
        const char *records[3];
        const char *result, *applied;
    } cases[] = {
        {{"v=DMARC1; p=reject", "v=DMARC1; p=none"}, "none", NULL},
        {{"v=DMARC1; p=reject", "not a policy"}, "fail", "reject"},
        {{"p=reject; v=DMARC1"}, "none", NULL},
        {{"v=DMARC1;p=reject"}, "fail", "reject"},
        {{"v=DMARC1 ; p = reject ; "}, "fail", "reject"},
        {{"v=dmarc1; p=reject"}, "none", NULL},
        {{"v=DMARC; p=reject"}, "none", NULL},
        {{"v=DMARC1; rua=mailto:a@b.example; p=reject"}, "fail", "reject"},
        {{"v=DMARC1; p=reject; t=y"}, "fail", "quarantine"},
        {{"v=DMARC1; p=reject; x=y; pct=10"}, "fail", "reject"},
        {{"v=DMARC1; p=rejct; rua=mailto:a@b.example"}, "fail", "none"},
        {{"v=DMARC1; p=rejct"}, "none", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *domain = g_strdup_printf("d95-%u.example", i);
        g_autofree char *name = g_strconcat("_dmarc.", domain, NULL);
        stage_domain(&stage, domain, NULL);
        for (guint j = 0; cases[i].records[j]; j++)
            resolver_table_add(stage.resolver, name, DNS_TXT, cases[i].records[j]);
        struct stage_verdict judged = judge_from(domain, NULL);
        assert_string_equal(auth_result_name(judged.evidence->dmarc.result), cases[i].result);
        if (cases[i].applied)
            assert_string_equal(dmarc_policy_name(judged.evidence->dmarc.applied),
                                cases[i].applied);
        bool rejects = g_strcmp0(cases[i].applied, "reject") == 0;
        assert_int_equal(judged.verdict->author == VERDICT_CONTRADICTED, rejects);
        stage_verdict_clear(&judged);
    }
}

/* Also of names deep below: np= where the name does not exist, sp= where it does, psd= ends it. */
static void d95_which_policy_applies_below(void **state) {
    (void)state;
    stage_domain(&stage, "deep.example", "v=DMARC1; p=none; sp=quarantine; np=reject");
    stage_domain(&stage, "there.deep.example", NULL);
    static const struct {
        const char *domain, *applied;
    } cases[] = {{"deep.example", "none"},
                 {"there.deep.example", "quarantine"},
                 {"nowhere.deep.example", "reject"},
                 {"a.b.c.d.e.f.g.h.i.j.deep.example", "reject"}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct stage_verdict judged = judge_from(cases[i].domain, NULL);
        assert_string_equal(dmarc_policy_name(judged.evidence->dmarc.applied), cases[i].applied);
        stage_verdict_clear(&judged);
    }
    stage_domain(&stage, "registry.example", "v=DMARC1; p=reject; psd=y");
    stage_domain(&stage, "one.registry.example", NULL);
    stage_domain(&stage, "two.registry.example", NULL);
    check_from("one.registry.example", "two.registry.example", "contradicted",
               "fail-policy-reject");
}

/* A name below that somebody else has taken over passes; what is shown is that name, whole. */
static void d96_a_subdomain_that_was_taken_over(void **state) {
    (void)state;
    resolver_table_add(stage.resolver, "promo.bank.example", DNS_TXT,
                       "v=spf1 include:gone.example -all");
    resolver_table_add(stage.resolver, "gone.example", DNS_TXT, "v=spf1 ip4:203.0.113.66 -all");
    struct stage_verdict judged = stage_judge_mail(
        &stage, &(struct stage_mail){.top = SENT_AS("a@promo.bank.example") EDGE,
                                     .header = "From: Bank <a@promo.bank.example>\r\n"
                                               "To: me@ours.example\r\nSubject: x\r\n"});
    assert_author(judged, "likely", "sent-by-listed-server");
    assert_string_equal(judged.verdict->domain, "promo.bank.example");
    assert_string_equal(judged.verdict->address, "a@promo.bank.example");
    g_autofree char *text = verdict_text(judged.verdict, LANGUAGE_EN);
    assert_non_null(strstr(text, "promo.bank.example"));
    stage_verdict_clear(&judged);
}

static void d97_a_tenant_in_another_tenants_name(void **state) {
    (void)state;
    struct stage_verdict judged = judge_from("bank.example", "bank.example");
    assert_author(judged, "verified", "signature-intact");
    assert_string_equal(verdict_strength_name(judged.verdict->strength), "domain");
    assert_string_equal(judged.verdict->identity, "bank.example"); /* not a@bank.example */
    stage_verdict_clear(&judged);
}

static void d98_a_colleague_in_the_bosss_name(void **state) {
    (void)state;
    struct stage_verdict judged = stage_judge_mail(
        &stage, &(struct stage_mail){.top = SENT_AS("clerk@bank.example") EDGE_OF("192.0.2.1")});
    assert_author(judged, "likely", "sent-by-listed-server");
    assert_string_equal(judged.evidence->session.mail_from, "clerk@bank.example");
    assert_string_equal(judged.verdict->address, "ceo@bank.example");
    assert_null(judged.verdict->identity);
    stage_verdict_clear(&judged);
}

static void d99_open_forwarding_is_spf_alone(void **state) {
    (void)state;
    struct stage_verdict judged = stage_judge_mail(&stage, &(struct stage_mail){.top = BY_BANK});
    assert_author(judged, "likely", "sent-by-listed-server");
    assert_true(stage_says(&judged, "spf-only"));
    assert_int_equal(judged.verdict->strength, STRENGTH_NONE);
    stage_verdict_clear(&judged);
}

/* The list vouches for itself; whom it says it writes for is text. */
static void d105_a_list_that_rewrites_from(void **state) {
    (void)state;
    struct shape shape = {.domain = "lax.example"};
    struct stage_verdict judged = stage_judge_mail(
        &stage, &(struct stage_mail){.shape = &shape,
                                     .header = "From: Alice via list <list@lax.example>\r\n"
                                               "To: list@lax.example\r\nSubject: x\r\n",
                                     .inserted = "Reply-To: alice@bank.example\r\n"
                                                 "X-Original-From: alice@bank.example\r\n"
                                                 "List-Id: <list.lax.example>\r\n"});
    assert_author(judged, "verified", "signature-intact");
    assert_string_equal(judged.verdict->address, "list@lax.example");
    assert_string_equal(judged.verdict->identity, "lax.example");
    assert_false(stage_says(&judged, "reply-elsewhere"));
    stage_verdict_clear(&judged);
}

/* A list's footer leaves the author's signature readable as changed; what a stranger's List-Id and
 * signature cover excuses nothing where the author's own signature says nothing. */
static void d106_a_list_that_adds_a_footer(void **state) {
    (void)state;
    struct shape author = {.domain = "bank.example"}, list = {.domain = "evil.example"};
    static const char with_footer[] = TEXT "-- \r\nthe list\r\n",
                      tag[] = "List-Id: <l.evil.example>\r\n";
    g_autofree char *by_list =
        sign_field(&stage.signer, &list, BANK, with_footer, strlen(with_footer));
    g_autofree char *above = g_strconcat(by_list, tag, NULL);
    struct stage_verdict judged = stage_judge_mail(
        &stage, &(struct stage_mail){
                    .shape = &author, .inserted = above, .appended = with_footer + strlen(TEXT)});
    assert_author(judged, "not-established", "changed-after-signing");
    stage_verdict_clear(&judged);
    judged = stage_judge_mail(
        &stage, &(struct stage_mail){.inserted = above, .appended = with_footer + strlen(TEXT)});
    assert_author(judged, "contradicted", "fail-policy-reject");
    assert_int_equal(judged.evidence->signatures[0].result, AUTH_PASS);
    stage_verdict_clear(&judged);
}

/* Who did sign is said in words, with whose address is shown. */
static void d107_a_strangers_signature_is_explained(void **state) {
    (void)state;
    struct stage_verdict judged = judge_from("lax.example", "evil.example");
    assert_int_equal(judged.verdict->author, VERDICT_NOT_ESTABLISHED);
    const struct reason *reason =
        reason_find(&judged.verdict->reasons, reason_code_find("signed-by-other"));
    g_autofree char *text = reason_text(reason, LANGUAGE_EN);
    assert_string_equal(text, "Signed by evil.example. The address shown, @lax.example, belongs to "
                              "somebody else.");
    stage_verdict_clear(&judged);
}

/* A caution makes the badge loud and leaves the author's axis what it was. */
static void d108_two_answers_stay_two(void **state) {
    (void)state;
    struct shape shape = {.domain = "bank.example"};
    struct stage_verdict judged = stage_judge_mail(
        &stage, &(struct stage_mail){.shape = &shape,
                                     .header = "From: \"B\xe2\x80\xaeknab\" <ceo@bank.example>\r\n"
                                               "To: me@ours.example\r\nSubject: x\r\n"});
    assert_author(judged, "verified", "signature-intact");
    assert_string_equal(verdict_strength_name(judged.verdict->strength), "domain");
    assert_string_equal(verdict_level_name(judged.verdict->level), "caution");
    assert_true(stage_says(&judged, "hidden-characters"));
    stage_verdict_clear(&judged);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d93_a_failure_is_as_loud_as_the_domain_asks),
        cmocka_unit_test(d94_without_a_record),
        cmocka_unit_test(d95_records_that_are_several_odd_or_deep),
        cmocka_unit_test(d95_which_policy_applies_below),
        cmocka_unit_test(d96_a_subdomain_that_was_taken_over),
        cmocka_unit_test(d97_a_tenant_in_another_tenants_name),
        cmocka_unit_test(d98_a_colleague_in_the_bosss_name),
        cmocka_unit_test(d99_open_forwarding_is_spf_alone),
        cmocka_unit_test(d105_a_list_that_rewrites_from),
        cmocka_unit_test(d106_a_list_that_adds_a_footer),
        cmocka_unit_test(d107_a_strangers_signature_is_explained),
        cmocka_unit_test(d108_two_answers_stay_two),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

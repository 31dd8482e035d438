/* SPDX-License-Identifier: MIT
 *
 * Attacks B39 to B56, B66 and B67 as whole mails: what an attacker writes into the header never
 * counts, and our own check says what it says of mail that is not the bank's. The parser's side of
 * each is in test_belief, SPF's (B57 to B65) in test_spf_attacks. */
#include "attack_stage.h"

#define PASS "dkim=pass header.d=bank.example header.s=s1; dmarc=pass header.from=bank.example"

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

static struct stage_verdict judge(const char *top) {
    return stage_judge_mail(&stage, &(struct stage_mail){.top = top});
}

/* No word for bank.example was taken: our own look says that it refuses such mail. */
static void never_counts(const char *top) {
    struct stage_verdict judged = judge(top);
    for (guint i = 0; i < judged.evidence->n_authres; i++)
        if (judged.evidence->authres[i].believed)
            assert_int_equal(judged.evidence->statement.dmarc, AUTH_NOT_EVALUATED);
    assert_author(judged, "contradicted", "fail-policy-reject");
    assert_string_not_equal(verdict_source_name(judged.verdict->source), "server");
    stage_verdict_clear(&judged);
}

static void each_never_counts(const char *const *results, const char *format_id) {
    for (; *results; results++) {
        g_autofree char *top = g_strconcat(AR, format_id, *results, "\r\n" BY_EVIL, NULL);
        never_counts(top);
    }
}

static void b39_without_rules_nobody_is_believed(void **state) {
    (void)state;
    struct stage nobody = stage;
    nobody.rules = belief_rules_new();
    struct stage_mail mail = {.top = AR "mx.ours.example; " PASS "\r\n" BY_EVIL};
    struct stage_verdict judged = stage_judge_mail(&nobody, &mail);
    assert_string_equal(judged.evidence->authres[0].why, "unknown-id");
    assert_author(judged, "not-established", "spf-not-checked");
    assert_string_equal(verdict_source_name(judged.verdict->source), "local");
    stage_verdict_clear(&judged);
    belief_rules_free(nobody.rules);
}

static void b40_a_forged_pass_below_the_real_failure(void **state) {
    (void)state;
    struct stage_verdict judged =
        judge(AR "mx.ours.example; dmarc=fail policy.dmarc=reject "
                 "header.from=bank.example\r\n" BY_EVIL AR "mx.ours.example; " PASS "\r\n");
    assert_true(judged.evidence->authres[0].believed);
    assert_false(judged.evidence->authres[1].believed);
    assert_author(judged, "contradicted", "fail-policy-reject");
    assert_string_equal(verdict_source_name(judged.verdict->source), "server");
    stage_verdict_clear(&judged);
}

static void b41_a_forged_pass_and_no_real_one(void **state) {
    (void)state;
    never_counts(BY_EVIL AR "mx.ours.example; " PASS "\r\n");
    never_counts(BY_EVIL AR "mx.ours.example; " PASS "\r\n" EDGE);
}

static void b42_ids_that_look_like_ours(void **state) {
    (void)state;
    static const char *const ids[] = {"mx.ours.example.evil.example; " PASS,
                                      "mx.ours.example.; " PASS,
                                      "evilmx.ours.example; " PASS,
                                      "mx(x).ours.example; " PASS,
                                      "mx.ours.ex\xd0\xb0mple; " PASS,
                                      "\"mx.ours.example \"; " PASS,
                                      NULL};
    each_never_counts(ids, "");
    struct stage_verdict judged = judge(AR "\"MX.ours.Example\" (c); " PASS "\r\n" BY_EVIL);
    assert_true(judged.evidence->authres[0].believed);
    stage_verdict_clear(&judged);
}

static void b43_without_an_id(void **state) {
    (void)state;
    static const char top[] = AR PASS "\r\n" BY_EVIL;
    never_counts(top);
    struct stage microsoft = stage;
    microsoft.rules = belief_rules_new();
    assert_true(belief_set_profile(microsoft.rules, "microsoft", NULL));
    assert_true(belief_add_border(microsoft.rules, "mx.ours.example", NULL));
    struct stage_verdict judged = stage_judge_mail(&microsoft, &(struct stage_mail){.top = top});
    assert_true(judged.evidence->authres[0].believed);
    stage_verdict_clear(&judged);
    belief_rules_free(microsoft.rules);
}

static void b44_versions_methods_and_none(void **state) {
    (void)state;
    static const char *const results[] = {" 2; " PASS, "; none",
                                          "; dmarc/2=pass header.from=bank.example",
                                          "; x-dmarc=pass header.from=bank.example", NULL};
    each_never_counts(results, "mx.ours.example");
}

static void b45_an_unreadable_one_on_top(void **state) {
    (void)state;
    never_counts(AR "mx.ours.example; dkim=pass (open\r\n" AR "mx.ours.example; " PASS
                    "\r\n" BY_EVIL);
}

static void b46_foreign_ones_between(void **state) {
    (void)state;
    struct stage_verdict judged =
        judge(AR "other.example; " PASS "\r\n" AR
                 "mx.ours.example; dmarc=fail policy.dmarc=reject header.from=bank.example\r\n" AR
                 "third.example; " PASS "\r\n" BY_EVIL);
    assert_author(judged, "contradicted", "fail-policy-reject");
    stage_verdict_clear(&judged);
    never_counts(AR "other.example; " PASS "\r\n" BY_EVIL);
}

/* Two that disagree prove nothing, and accuse nobody. */
static void b47_results_that_disagree(void **state) {
    (void)state;
    struct stage_verdict judged = judge(AR "mx.ours.example; dmarc=pass header.from=bank.example; "
                                           "dmarc=fail header.from=bank.example\r\n" BY_EVIL);
    assert_author(judged, "not-established", "fail-inconclusive");
    stage_verdict_clear(&judged);
    never_counts(AR "mx.ours.example; spf=pass smtp.mailfrom=a@bank.example; spf=fail "
                    "smtp.mailfrom=a@bank.example\r\n" BY_EVIL);
}

static void b48_values_that_are_no_domain(void **state) {
    (void)state;
    static const char *const results[] = {"dkim=pass header.d=bank.example(.evil.example",
                                          "dkim=pass header.d=\"bank.example(.evil.example\"",
                                          "dmarc=pass header.from=bank.example,evil.example",
                                          "dmarc=pass header.from=bank.example.",
                                          "dmarc=pass header.from=",
                                          NULL};
    each_never_counts(results, "mx.ours.example; ");
}

static void b49_quotes_and_semicolons_in_values(void **state) {
    (void)state;
    static const char *const results[] = {
        "dkim=pass header.d=bank.example'a.evil.example",
        "dkim=pass header.d=\"bank.example; dmarc=pass header.from=bank.example\"",
        "iprev=pass policy.iprev=\"1; dmarc=pass header.from=bank.example; y\"",
        /* "d=bank.example header.d=evil.example" and the like, copied as they came */
        "dkim=pass header.d=bank.example header.d=evil.example",
        "spf=pass smtp.helo=x smtp.mailfrom=a@bank.example smtp.mailfrom=a@evil.example",
        "dmarc=pass header.from=bank.example header.from=evil.example", NULL};
    each_never_counts(results, "mx.ours.example; ");
}

static void b50_a_pass_of_another_domain(void **state) {
    (void)state;
    static const char *const results[] = {"dmarc=pass header.from=evil.example",
                                          "dmarc=pass header.from=sub.bank.example", "dmarc=pass",
                                          "dkim=pass header.d=evil.example", NULL};
    each_never_counts(results, "mx.ours.example; ");
}

static void b51_identities_without_a_domain(void **state) {
    (void)state;
    static const char *const results[] = {"dkim=pass header.s=s1",
                                          "dkim=pass header.d=evil.example header.i=@bank.example",
                                          "dkim=pass header.d=\"\" header.i=@bank.example", NULL};
    each_never_counts(results, "mx.ours.example; ");
}

static void b52_helo_is_no_mail_from(void **state) {
    (void)state;
    static const char *const results[] = {
        "spf=pass smtp.helo=bank.example",
        "spf=pass smtp.mailfrom=x@evil.example smtp.helo=bank.example", NULL};
    for (guint i = 0; results[i]; i++) {
        g_autofree char *top =
            g_strconcat(AR "mx.ours.example; ", results[i], "\r\n" BY_EVIL, NULL);
        struct stage_verdict judged = judge(top);
        assert_false(judged.evidence->dmarc.by_spf);
        assert_string_not_equal(verdict_author_name(judged.verdict->author), "likely");
        assert_string_not_equal(verdict_author_name(judged.verdict->author), "verified");
        stage_verdict_clear(&judged);
    }
}

static void b53_results_in_comments_and_quotes(void **state) {
    (void)state;
    static const char *const results[] = {"x=y (; " PASS ")", "x=y reason=\"; " PASS "\"",
                                          "x=y (((((((((((((((((((x))))))))))))))))))); " PASS,
                                          "dmarc=pass header.\r\n\tfrom=bank.exam\r\n\tple", NULL};
    each_never_counts(results, "mx.ours.example; ");
}

static void b54_fields_inside_the_body(void **state) {
    (void)state;
    struct stage_mail mail = {
        .top = BY_EVIL,
        .header = BANK "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n",
        .body = AR "mx.ours.example; " PASS "\r\n" EDGE "Received-SPF: pass\r\n" BANK "\r\nx\r\n"};
    struct stage_verdict judged = stage_judge_mail(&stage, &mail);
    assert_int_equal(judged.evidence->n_authres, 0);
    assert_int_equal(judged.evidence->n_hops, 1);
    assert_author(judged, "contradicted", "fail-policy-reject");
    stage_verdict_clear(&judged);
}

static void b55_fields_of_other_names(void **state) {
    (void)state;
    static const char *const names[] = {
        "ARC-Authentication-Results: i=1; ",
        "X-Authentication-Results: ", "X-Original-Authentication-Results: ", NULL};
    for (guint i = 0; names[i]; i++) {
        g_autofree char *top = g_strconcat(names[i], "mx.ours.example; " PASS "\r\n" BY_EVIL, NULL);
        never_counts(top);
    }
    never_counts(BY_EVIL "Received-SPF: pass (mx.ours.example: domain of ceo@bank.example "
                         "designates 203.0.113.66) client-ip=203.0.113.66; "
                         "envelope-from=ceo@bank.example\r\nX-Spam-Status: No\r\n");
}

static void b56_imported_mail_brings_no_results(void **state) {
    (void)state;
    struct stage imported = stage;
    imported.role = MAILBOX_IMPORTED;
    struct stage_mail mail = {.top = AR "mx.ours.example; " PASS "\r\n" BY_EVIL};
    struct stage_verdict judged = stage_judge_mail(&imported, &mail);
    assert_string_equal(judged.evidence->authres[0].why, "imported");
    assert_string_equal(verdict_author_name(judged.verdict->author), "not-established");
    stage_verdict_clear(&judged);
    imported.role = MAILBOX_OWN;
    judged = stage_judge_mail(&imported, &mail);
    assert_author(judged, "own", "written-here");
    assert_string_equal(verdict_source_name(judged.verdict->source), "none");
    stage_verdict_clear(&judged);
}

/* One message, whatever a server on the way took for its end: a mail smuggled in the body of an
 * honest one changes that one's signature, and is never a message of its own. */
static void b66_pseudo_ends_of_data_stay_one_message(void **state) {
    (void)state;
    static const char *const ends[] = {"\n.\n",   "\n.\r\n",   "\r.\r",     "\r.\r\n",    "\r\n.\r",
                                       "\r\n.\n", "\r\n.\r\n", "\n\n.\r\n", "\r\n.\r\r\n"};
    struct shape shape = {.domain = "bank.example"};
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *smuggled = g_strconcat(
            ends[i], "MAIL FROM:<x@evil.example>\r\nDATA\r\nFrom: x@evil.example\r\n\r\nx\r\n",
            NULL);
        g_autofree char *whole = g_strconcat("Hello", smuggled, NULL);
        struct stage_verdict judged =
            stage_judge_mail(&stage, &(struct stage_mail){.shape = &shape, .body = whole});
        assert_author(judged, "verified", "signature-intact");
        assert_string_equal(judged.verdict->address, "ceo@bank.example");
        stage_verdict_clear(&judged);
        judged = stage_judge_mail(
            &stage,
            &(struct stage_mail){.shape = &shape, .body = "Hello\r\n", .appended = smuggled});
        assert_author(judged, "not-established", "changed-after-signing");
        stage_verdict_clear(&judged);
    }
}

/* Where the header ends for one it ends for all: no From behind a bare line end is the author while
 * another one is signed. */
static void b67_bare_line_ends_in_headers(void **state) {
    (void)state;
    static const char *const breaks[] = {"Subject: x\nFrom: <ceo@bank.example>\r\n",
                                         "Subject: x\rFrom: <ceo@bank.example>\r\n",
                                         "Subject: x\r\n\nFrom: <ceo@bank.example>\r\n",
                                         "Subject: x\n\nFrom: <ceo@bank.example>\r\n"};
    struct shape shape = {.domain = "evil.example", .headers = "From"};
    for (guint i = 0; i < G_N_ELEMENTS(breaks); i++) {
        struct stage_verdict judged = stage_judge_mail(
            &stage, &(struct stage_mail){.shape = &shape,
                                         .header = "From: x@evil.example\r\nTo: a@b.example\r\n",
                                         .inserted = breaks[i]});
        bool shows_bank = g_strcmp0(judged.verdict->domain, "bank.example") == 0;
        bool established =
            judged.verdict->author == VERDICT_VERIFIED || judged.verdict->author == VERDICT_LIKELY;
        assert_false(shows_bank && established);
        stage_verdict_clear(&judged);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(b39_without_rules_nobody_is_believed),
        cmocka_unit_test(b40_a_forged_pass_below_the_real_failure),
        cmocka_unit_test(b41_a_forged_pass_and_no_real_one),
        cmocka_unit_test(b42_ids_that_look_like_ours),
        cmocka_unit_test(b43_without_an_id),
        cmocka_unit_test(b44_versions_methods_and_none),
        cmocka_unit_test(b45_an_unreadable_one_on_top),
        cmocka_unit_test(b46_foreign_ones_between),
        cmocka_unit_test(b47_results_that_disagree),
        cmocka_unit_test(b48_values_that_are_no_domain),
        cmocka_unit_test(b49_quotes_and_semicolons_in_values),
        cmocka_unit_test(b50_a_pass_of_another_domain),
        cmocka_unit_test(b51_identities_without_a_domain),
        cmocka_unit_test(b52_helo_is_no_mail_from),
        cmocka_unit_test(b53_results_in_comments_and_quotes),
        cmocka_unit_test(b54_fields_inside_the_body),
        cmocka_unit_test(b55_fields_of_other_names),
        cmocka_unit_test(b56_imported_mail_brings_no_results),
        cmocka_unit_test(b66_pseudo_ends_of_data_stay_one_message),
        cmocka_unit_test(b67_bare_line_ends_in_headers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: MIT
 *
 * Whose Authentication-Results are believed: attacks B39 to B57 of the list, each by its number. */
#include "belief_case.h"

static void b39_nothing_configured(void **state) {
    (void)state;
    assert_why(GOOD EDGE, belief_rules_new(), false, "unknown-id");
    struct belief_rules *only_border = belief_rules_new();
    assert_true(belief_add_border(only_border, "mx.ours.example", NULL));
    assert_why(GOOD EDGE, only_border, false, "unknown-id");
    struct belief_rules *only_id = belief_rules_new();
    assert_true(belief_add_id(only_id, "mx.ours.example", NULL));
    assert_why(GOOD EDGE, only_id, false, "no-border");
}

/* The recipient's local part is the client's choice, and so is HELO. */
static void b40_quoted_recipient_above_forged(void **state) {
    (void)state;
    assert_why(
        GOOD "Received: from mx.ours.example (unknown [203.0.113.9]) by mx.ours.example "
             "(Postfix) with ESMTPS id 1 for <\"bob+> (Exim 4)\"@ours.example>; x\r\n" FORGED EDGE,
        our_rules(), false, "believed below-border");
    assert_why("Received: from x by mx.ours.example with LMTP (unknown [203.0.113.9]) by "
               "mx.ours.example (Postfix) with ESMTP id 1; x\r\n" FORGED EDGE,
               our_rules(), false, "no-border");
}

static void b40_forged_below_real(void **state) {
    (void)state;
    assert_why(GOOD EDGE FORGED, our_rules(), false, "believed below-border");
    assert_why(GOOD EDGE "Received: from x by mx.ours.example; x\r\n" FORGED EDGE FORGED,
               our_rules(), false, "believed below-border below-border");
}

static void b41_forged_and_no_real_one(void **state) {
    (void)state;
    assert_why(EDGE FORGED, our_rules(), false, "below-border");
    /* The forger brings a Received line of ours along; ours stays the first. */
    assert_why(EDGE FORGED EDGE, our_rules(), false, "below-border");
    assert_why(FORGED, our_rules(), false, "no-border");
}

static void b42_ids_that_look_like_ours(void **state) {
    (void)state;
    static const struct {
        const char *id, *why;
    } cases[] = {
        {"mx.ours.example", "believed"},
        {"MX.OURS.EXAMPLE", "believed"},
        {"\"mx.ours.example\"", "believed"},
        {"(c) mx.ours.example (d)", "believed"},
        {"mx.ours.example.evil.example", "unknown-id"},
        {"evilmx.ours.example", "unknown-id"},
        {"evil.mx.ours.example", "unknown-id"},
        {"mx.ours.example.", "unknown-id"},
        {"mx(x).ours.example", "bad-id"},
        {"evil.example (mx.ours.example)", "unknown-id"},
        {"evil.example mx.ours.example", "bad-id"},
        {"\"mx.ours.example \"", "unknown-id"},
        {"mx.ours.ex\xd0\xb0mple", "bad-id"},
        {"\"mx.ours.ex\xd0\xb0mple\"", "unknown-id"},
        {"xn--mxours", "unknown-id"},
        {"ours.example", "unknown-id"},
        {"me.ours.example", "unknown-id"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *header =
            g_strconcat(AR, cases[i].id, "; dmarc=pass header.from=bank.example\r\n" EDGE, NULL);
        assert_why(header, our_rules(), false, cases[i].why);
    }
}

static void b43_without_id(void **state) {
    (void)state;
    static const char header[] = AR "dmarc=pass header.from=bank.example\r\n" EDGE;
    assert_why(header, our_rules(), false, "no-id");
    struct belief_rules *microsoft = profile_rules("microsoft");
    assert_true(belief_add_border(microsoft, "mx.ours.example", NULL));
    assert_why(header, microsoft, false, "believed");
}

static void b44_versions_methods_and_none(void **state) {
    (void)state;
    assert_why(AR "mx.ours.example 2; dmarc=pass header.from=bank.example\r\n" EDGE, our_rules(),
               false, "version");
    struct judged j = judge(AR "mx.ours.example 1; none\r\n" EDGE, our_rules(), false);
    assert_true(j.authres->field[0].believed);
    OWNED(statement) none = statement_new(j.authres, j.rules, "bank.example", NULL);
    assert_true(none->present);
    assert_int_equal(none->dmarc.result, AUTH_NOT_EVALUATED);
    clear(&j);
    j = judge(AR "mx.ours.example; dmarc/2=pass header.from=bank.example; "
                 "x-dmarc=pass header.from=bank.example\r\n" EDGE,
              our_rules(), false);
    OWNED(statement) other = statement_new(j.authres, j.rules, "bank.example", NULL);
    assert_int_equal(other->dmarc.result, AUTH_NOT_EVALUATED);
    clear(&j);
}

static void b45_newest_unreadable(void **state) {
    (void)state;
    assert_why(AR "mx.ours.example; dkim=pass (open\r\n" FORGED EDGE, our_rules(), false,
               "unusable unusable");
    assert_why(FORGED AR "mx.ours.example; dkim=pass \"open\r\n" EDGE, our_rules(), false,
               "unusable unusable");
    assert_why(AR "mx.ours.example (open; dkim=pass\r\n" FORGED EDGE, our_rules(), false,
               "bad-id unusable");
    /* Not ours, or not where ours stand: it spoils nothing. */
    assert_why(AR "other.example; dkim=pass (open\r\n" GOOD EDGE, our_rules(), false,
               "unknown-id believed");
    assert_why(GOOD EDGE AR "mx.ours.example; dkim=pass (open\r\n", our_rules(), false,
               "believed below-border");
    assert_why(GOOD EDGE AR "(open\r\n", our_rules(), false, "believed bad-id");
    /* Where the server strips, only the newest can be its own unreadable one. */
    struct belief_rules *strips = our_rules();
    strips->strips = true;
    assert_why(GOOD EDGE AR "mx.ours.example; dkim=pass (open\r\n", strips, false,
               "believed unusable");
}

static void b46_foreign_ids_between(void **state) {
    (void)state;
    assert_why(AR "other.example; dmarc=pass header.from=bank.example\r\n" GOOD AR
                  "third.example; dmarc=pass\r\n" EDGE,
               our_rules(), false, "unknown-id believed unknown-id");
}

static void b47_results_that_disagree(void **state) {
    (void)state;
    struct judged j = judge(AR "mx.ours.example; spf=pass smtp.mailfrom=a@bank.example; dmarc=pass "
                               "header.from=bank.example; dkim=pass header.d=bank.example "
                               "header.s=s; dkim=pass header.d=bank.example header.s=t\r\n" AR
                               "mx.ours.example; spf=fail smtp.mailfrom=a@bank.example; dmarc=fail "
                               "header.from=bank.example; dkim=fail header.d=bank.example "
                               "header.s=s\r\n" EDGE,
                            our_rules(), false);
    OWNED(statement) s = statement_new(j.authres, j.rules, "bank.example", NULL);
    assert_true(s->contradictory);
    assert_int_equal(s->spf.result, AUTH_NOT_EVALUATED);
    assert_int_equal(s->dmarc.result, AUTH_NOT_EVALUATED);
    assert_int_equal(s->n_dkim, 1);
    assert_true(span_eq(s->dkim[0].selector, SPAN_LIT("t")));
    clear(&j);
}

static void assert_nothing_said(const char *results) {
    g_autofree char *header = g_strconcat(AR "mx.ours.example; ", results, "\r\n" EDGE, NULL);
    struct judged j = judge(header, our_rules(), false);
    OWNED(statement) s = statement_new(j.authres, j.rules, "bank.example", NULL);
    for (guint i = 0; i < s->n_dkim; i++)
        assert_string_not_equal(s->dkim[i].domain ? s->dkim[i].domain : "", "bank.example");
    assert_true(s->spf.domain == NULL || strcmp(s->spf.domain, "bank.example") != 0);
    assert_int_equal(s->dmarc.result, AUTH_NOT_EVALUATED);
    clear(&j);
}

static void b48_values_that_are_no_domain(void **state) {
    (void)state;
    assert_nothing_said("dkim=pass header.d=bank.example(.evil.example");
    assert_nothing_said("dkim=pass header.d=\"bank.example(.evil.example\"");
    assert_nothing_said("spf=pass smtp.mailfrom=\"a@bank.example(.evil\"");
    assert_nothing_said("dkim=pass header.d=bank.example(.evil.example)");
    assert_nothing_said("spf=pass smtp.mailfrom=a@bank.example(.evil.example)");
    assert_nothing_said("dkim=pass header.d=(evil.)bank.example");
    assert_nothing_said("dmarc=pass header.from=bank.example,evil.example");
    assert_nothing_said("dmarc=pass header.from=bank.example.");
    assert_nothing_said("dmarc=pass header.from=");
}

static void b49_quotes_and_semicolons_in_values(void **state) {
    (void)state;
    assert_nothing_said("dkim=pass header.d=bank.example'a.evil.example");
    assert_nothing_said("dkim=pass header.d=\"bank.example; dmarc=pass "
                        "header.from=bank.example\"");
    assert_nothing_said("spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=bank.example; "
                        "y\"@evil.example");
    assert_nothing_said("spf=pass smtp.mailfrom=\"dmarc=pass\"@evil.example");
}

static void b50_dmarc_of_another_domain(void **state) {
    (void)state;
    assert_nothing_said("dmarc=pass header.from=evil.example");
    assert_nothing_said("dmarc=pass header.from=sub.bank.example");
    assert_nothing_said("dmarc=pass");
    struct judged j = judge(AR "mx.ours.example; dmarc=pass header.from=<x@BANK.example>\r\n" EDGE,
                            our_rules(), false);
    OWNED(statement) bank = statement_new(j.authres, j.rules, "bank.example", NULL);
    assert_int_equal(bank->dmarc.result, AUTH_PASS);
    OWNED(statement) nobody = statement_new(j.authres, j.rules, NULL, NULL);
    assert_int_equal(nobody->dmarc.result, AUTH_NOT_EVALUATED);
    clear(&j);
}

static void b51_identity_without_domain(void **state) {
    (void)state;
    static const struct {
        const char *properties, *domain;
        bool from_i;
    } cases[] = {
        {"header.i=@bank.example", "bank.example", true},
        {"header.i=ceo@bank.example", "bank.example", true},
        {"header.i=bank.example", "bank.example", true},
        {"header.d=bank.example header.i=@sub.bank.example", "bank.example", false},
        {"header.d=evil.example header.i=@bank.example", NULL, false},
        {"header.d=bank.example header.i=\"@bank example\"", NULL, false},
        {"header.d=\"\" header.i=@bank.example", NULL, false},
        {"header.s=s1", NULL, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *header =
            g_strconcat(AR "mx.ours.example; dkim=pass ", cases[i].properties, "\r\n" EDGE, NULL);
        struct judged j = judge(header, our_rules(), false);
        OWNED(statement) s = statement_new(j.authres, j.rules, "bank.example", NULL);
        assert_true(s->dkim_said);
        const char *domain = s->n_dkim ? s->dkim[0].domain : NULL;
        if (cases[i].domain) {
            assert_string_equal(domain, cases[i].domain);
            assert_int_equal(s->dkim[0].domain_from_i, cases[i].from_i);
        } else {
            assert_null(domain);
        }
        clear(&j);
    }
}

static void b52_helo_is_no_mail_from(void **state) {
    (void)state;
    assert_nothing_said("spf=pass smtp.helo=bank.example");
    assert_nothing_said("spf=pass smtp.mailfrom=x@evil.example smtp.helo=bank.example");
    assert_nothing_said("spf=pass");
    assert_nothing_said("spf=pass (google.com: best guess record for domain of a@bank.example "
                        "designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@bank.example");
    struct judged j = judge(AR "mx.ours.example; spf=pass smtp.mailfrom=<> "
                               "smtp.helo=mail.bank.example; spf=fail smtp.helo=b.example\r\n" EDGE,
                            our_rules(), false);
    OWNED(statement) s = statement_new(j.authres, j.rules, "bank.example", NULL);
    assert_int_equal(s->spf.result, AUTH_PASS);
    assert_true(s->spf.null_path);
    assert_string_equal(s->spf.domain, "mail.bank.example");
    assert_int_equal(s->spf_helo.result, AUTH_FAIL);
    clear(&j);
}

static void b53_results_in_comments_and_quotes(void **state) {
    (void)state;
    assert_nothing_said("dkim=fail (dkim=pass header.d=bank.example; dmarc=pass "
                        "header.from=bank.example)");
    assert_nothing_said("x=y reason=\"; dmarc=pass header.from=bank.example\"");
    assert_nothing_said("dkim=pass (((((((((((((((((((x))))))))))))))))))) header.d=bank.example");
    assert_nothing_said("dkim=pass header.\r\n\td=bank.exam\r\n\tple");
}

static void b54_inside_the_body(void **state) {
    (void)state;
    struct judged j = judge("X: 1\r\n\r\n" FORGED, our_rules(), false);
    assert_int_equal(j.authres->n, 0);
    clear(&j);
}

static void b55_other_fields(void **state) {
    (void)state;
    struct judged j = judge("ARC-Authentication-Results: i=1; mx.ours.example; dmarc=pass\r\n"
                            "X-Authentication-Results: mx.ours.example; dmarc=pass\r\n"
                            "Received-SPF: pass (mx.ours.example)\r\n"
                            "X-Spam-Status: No\r\n" EDGE,
                            our_rules(), false);
    assert_int_equal(j.authres->n, 0);
    clear(&j);
}

static void b56_imported_mail(void **state) {
    (void)state;
    assert_why(GOOD EDGE AR "other.example; none\r\n", our_rules(), true, "imported unknown-id");
    struct belief_rules *strips = our_rules();
    strips->strips = true;
    assert_why(GOOD EDGE, strips, true, "imported");
    assert_why(AR "mx.ours.example; x=y (open\r\n" EDGE, our_rules(), true, "imported");
}

/* B57 (client and MAIL FROM) is in test_received; here: the lines forged into the chain. */
static void b57_forged_received(void **state) {
    (void)state;
    assert_why(EDGE "Received: from mx.ours.example (mx.ours.example [192.0.2.1]) by "
                    "mx.ours.example (Postfix) with LMTP id 3; x\r\n" FORGED EDGE,
               our_rules(), false, "below-border");
    assert_why("Received: from x (x [203.0.113.9]) by mx2.ours.example; x\r\n" FORGED EDGE,
               our_rules(), false, "no-border");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(b39_nothing_configured),
        cmocka_unit_test(b40_forged_below_real),
        cmocka_unit_test(b40_quoted_recipient_above_forged),
        cmocka_unit_test(b41_forged_and_no_real_one),
        cmocka_unit_test(b42_ids_that_look_like_ours),
        cmocka_unit_test(b43_without_id),
        cmocka_unit_test(b44_versions_methods_and_none),
        cmocka_unit_test(b45_newest_unreadable),
        cmocka_unit_test(b46_foreign_ids_between),
        cmocka_unit_test(b47_results_that_disagree),
        cmocka_unit_test(b48_values_that_are_no_domain),
        cmocka_unit_test(b49_quotes_and_semicolons_in_values),
        cmocka_unit_test(b50_dmarc_of_another_domain),
        cmocka_unit_test(b51_identity_without_domain),
        cmocka_unit_test(b52_helo_is_no_mail_from),
        cmocka_unit_test(b53_results_in_comments_and_quotes),
        cmocka_unit_test(b54_inside_the_body),
        cmocka_unit_test(b55_other_fields),
        cmocka_unit_test(b56_imported_mail),
        cmocka_unit_test(b57_forged_received),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * Where each receiver writes its results and its policy, gateways and forwarders, finding a
 * signature again, and what rules accept. */
#include "belief_case.h"

/* --- where receivers write ------------------------------------------------------------------- */

static void below_the_border_line(void **state) {
    (void)state;
    struct belief_rules *below = our_rules();
    below->below = true;
    assert_why(EDGE "Received-SPF: pass\r\n" GOOD FORGED, below, false, "believed below-border");
    below = our_rules();
    below->below = true;
    assert_why(EDGE "Subject: x\r\n" FORGED, below, false, "below-border");
    below = our_rules();
    below->below = true;
    assert_why(EDGE AR "other.example; none\r\n" FORGED, below, false, "unknown-id below-border");
}

#define GOOGLE                                                                                     \
    "Received: by 2002:a05:6a10:1:0:0:0:0 with SMTP id x; Fri, 21 Nov 2025 11:00:01 -0800\r\n"     \
    "Return-Path: <u@a.example>\r\n"                                                               \
    "Received: from mail.a.example (mail.a.example. [198.51.100.7]) by mx.google.com with ESMTPS " \
    "id 1; Fri, 21 Nov 2025 11:00:00 -0800\r\n"
#define GOOGLE_AR AR "mx.google.com; dmarc=fail (p=REJECT sp=NONE dis=NONE) "

static void google_writes_below(void **state) {
    (void)state;
    static const char forged[] = AR "mx.google.com; dmarc=pass header.from=bank.example\r\n";
    g_autofree char *one = g_strconcat(
        GOOGLE "Received-SPF: pass\r\n" GOOGLE_AR "header.from=bank.example\r\n", forged, NULL);
    assert_why(one, profile_rules("google"), false, "believed below-border");
    g_autofree char *none = g_strconcat(GOOGLE "DKIM-Signature: x\r\n", forged, NULL);
    assert_why(none, profile_rules("google"), false, "below-border");
    g_autofree char *foreign = g_strconcat(GOOGLE AR "other.example; none\r\n", forged, NULL);
    assert_why(foreign, profile_rules("google"), false, "unknown-id below-border");
}

#define ICLOUD                                                                                     \
    "Received: from ab1p00im-q1.me.com by p1-mailgateway-smtp-1a (mailgateway 1) with SMTP id 1; " \
    "Fri, 21 Nov 2025 19:00:01 GMT\r\n"                                                            \
    "Received: from mail.a.example (mail.a.example [198.51.100.7]) by ab1p00im-q1.me.com "         \
    "(Postfix) with ESMTPS id 1; Fri, 21 Nov 2025 19:00:00 GMT\r\n"                                \
    "X-ICL-SCORE: 3.3\r\n"

static void icloud_writes_five_in_order(void **state) {
    (void)state;
    assert_why(ICLOUD AR "bimi.icloud.com; bimi=none\r\n" AR "arc.icloud.com; arc=none\r\n" AR
                         "dmarc.icloud.com; dmarc=pass header.from=bank.example\r\n"
                         "X-DMARC-Policy: v=DMARC1; p=reject\r\n" AR
                         "dkim-verifier.icloud.com; dkim=pass header.d=bank.example\r\n" AR
                         "dkim-verifier.icloud.com; dkim=pass header.d=esp.example\r\n" AR
                         "spf.icloud.com; spf=pass smtp.mailfrom=u@bank.example\r\n"
                         "Received-SPF: pass\r\n" AR
                         "dkim-verifier.icloud.com; dkim=pass header.d=forged.example\r\n" AR
                         "dmarc.icloud.com; dmarc=pass header.from=bank.example\r\n",
               profile_rules("icloud"), false,
               "believed believed believed believed believed believed below-border below-border");
    assert_why(ICLOUD AR "dmarc.icloud.com; dmarc=fail header.from=bank.example\r\n" AR
                         "bimi.icloud.com; bimi=pass\r\n" AR "spf.icloud.com; spf=pass\r\n",
               profile_rules("icloud"), false, "believed below-border below-border");
}

#define MICROSOFT_INNER                                                                            \
    "Received: from AB1.eop-eur01.prod.protection.outlook.com (2603:10a6:1:cafe::1) by "           \
    "AB2.outlook.office365.com (2603:10a6:1::1) with Microsoft SMTP Server id 15; Fri, 21 Nov "    \
    "2025 19:00:01 +0000\r\n"
#define MICROSOFT_EDGE                                                                             \
    "Received: from mail.a.example (198.51.100.7) by AB1.mail.protection.outlook.com (10.1.2.3) "  \
    "with Microsoft SMTP Server id 15; Fri, 21 Nov 2025 19:00:00 +0000\r\n"
#define MICROSOFT_AR AR "spf=pass smtp.mailfrom=a.example; ours.example; dmarc=fail "

static void microsoft_writes_no_id(void **state) {
    (void)state;
    assert_why(MICROSOFT_INNER MICROSOFT_AR
               "action=none header.from=bank.example\r\n" MICROSOFT_EDGE AR
               "dmarc=pass header.from=bank.example\r\n",
               profile_rules("microsoft"), false, "believed below-border");
    /* What another tenant's servers wrote on the way out has an id: the recipient's domain. */
    assert_why(AR "ours.example; dkim=none; dmarc=none\r\n" MICROSOFT_EDGE,
               profile_rules("microsoft"), false, "unknown-id");
    /* Another tenant is not us, though it calls itself by a name of the same company. */
    assert_why(
        "Received: from AB9.outbound.protection.outlook.com (40.107.1.1) by "
        "AB1.mail.protection.outlook.com (10.1.2.3) with Microsoft SMTP Server id 15; x\r\n" AR
        "dmarc=pass header.from=bank.example\r\n"
        "Received: from AB8.prod.outlook.com (2603:10a6:1::3) by AB7.prod.outlook.com "
        "(2603:10a6:1::4) with mapi id 15; x\r\n",
        profile_rules("microsoft"), false, "below-border");
}

static void policy_comes_from_where_the_profile_says(void **state) {
    (void)state;
    static const struct {
        const char *profile, *top, *result, *bottom;
        enum dmarc_policy_word policy, disposition;
    } cases[] = {
        {"google", GOOGLE AR "mx.google.com; ",
         "dmarc=fail (p=REJECT sp=REJECT dis=QUARANTINE) header.from=bank.example", "",
         POLICY_REJECT, POLICY_QUARANTINE},
        {"google", GOOGLE AR "mx.google.com; ",
         "dmarc=fail (p=REJECT sp=NONE dis=NONE) header.from=bank.example", "", POLICY_UNKNOWN,
         POLICY_NONE},
        {"google", GOOGLE AR "mx.google.com; ",
         "dmarc=fail (says p=REJECT) header.from=bank.example", "", POLICY_UNKNOWN, POLICY_UNKNOWN},
        {"google", GOOGLE AR "mx.google.com; ", "dmarc=fail action=reject header.from=bank.example",
         "", POLICY_UNKNOWN, POLICY_UNKNOWN},
        {"microsoft", AR, "dmarc=fail action=oreject header.from=bank.example", MICROSOFT_EDGE,
         POLICY_REJECT, POLICY_QUARANTINE},
        {"microsoft", AR, "dmarc=fail action=none header.from=bank.example", MICROSOFT_EDGE,
         POLICY_UNKNOWN, POLICY_NONE},
        {"microsoft", AR, "dmarc=fail action=pct.quarantine header.from=bank.example",
         MICROSOFT_EDGE, POLICY_QUARANTINE, POLICY_NONE},
        {"microsoft", AR, "dmarc=fail action=pct.reject header.from=bank.example", MICROSOFT_EDGE,
         POLICY_QUARANTINE, POLICY_QUARANTINE},
        {"generic", AR "mx.ours.example; ",
         "dmarc=fail policy.dmarc=reject header.from=bank.example", EDGE, POLICY_REJECT,
         POLICY_UNKNOWN},
        {"generic", AR "mx.ours.example; ",
         "dmarc=fail (p=reject dis=none) header.from=bank.example", EDGE, POLICY_REJECT,
         POLICY_NONE},
        {"generic", AR "mx.ours.example; ", "dmarc=fail header.from=bank.example (policy=reject)",
         EDGE, POLICY_REJECT, POLICY_UNKNOWN},
        {"generic", AR "mx.ours.example; ",
         "dmarc=fail policy.published-domain-policy=none policy.published-subdomain-policy=reject "
         "policy.policy-from=sp policy.applied-disposition=none "
         "(p=none,sp=reject,d=none,d.eval=reject) header.from=bank.example",
         EDGE, POLICY_REJECT, POLICY_NONE},
        {"generic", AR "mx.ours.example; ", "dmarc=fail action=reject header.from=bank.example",
         EDGE, POLICY_UNKNOWN, POLICY_UNKNOWN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct belief_rules *rules = our_rules();
        assert_true(belief_set_profile(rules, cases[i].profile, NULL));
        g_autofree char *header =
            g_strconcat(cases[i].top, cases[i].result, "\r\n", cases[i].bottom, NULL);
        struct judged j = judge(header, rules, false);
        OWNED(statement) s = statement_new(j.authres, j.rules, "bank.example", NULL);
        assert_int_equal(s->dmarc.result, AUTH_FAIL);
        assert_int_equal(s->dmarc.policy, cases[i].policy);
        assert_int_equal(s->dmarc.disposition, cases[i].disposition);
        clear(&j);
    }
}

static void rule_11_behind_a_gateway(void **state) {
    (void)state;
    struct belief_rules *rules = our_rules();
    assert_true(belief_add_border(rules, "gw.ours.example", NULL));
    struct judged j =
        judge(AR "mx.ours.example; spf=fail smtp.mailfrom=u@bank.example; dmarc=fail "
                 "header.from=bank.example\r\n"
                 "Received: from gw.ours.example (gw.ours.example [192.0.2.9]) by mx.ours.example "
                 "(Postfix) with ESMTP id 1; x\r\n"
                 "Received: from mail.a.example (mail.a.example [198.51.100.7]) by gw.ours.example "
                 "(Postfix) with ESMTPS id 2; x\r\n",
              rules, false);
    assert_true(j.authres->field[0].believed);
    assert_true(j.authres->field[0].behind_gateway);
    OWNED(statement) s = statement_new(j.authres, j.rules, "bank.example", NULL);
    assert_int_equal(s->dmarc.result, AUTH_FAIL);
    assert_false(s->dmarc.evidence_of_failure);
    assert_false(s->spf.evidence_of_failure);
    clear(&j);
    j = judge(GOOD EDGE, our_rules(), false);
    OWNED(statement) direct = statement_new(j.authres, j.rules, "bank.example", NULL);
    assert_true(direct->dmarc.evidence_of_failure);
    clear(&j);
}

static void rule_12_forwarder(void **state) {
    (void)state;
    static const char text[] = "University, 198.51.100.0/24 2001:db8::/32, mx.uni.example";
    static const char header[] =
        GOOD EDGE AR "mx.uni.example; dmarc=pass header.from=bank.example\r\n"
                     "Received: from x (x [203.0.113.1]) by mx.uni.example; x\r\n" AR
                     "mx.uni.example; dmarc=pass header.from=bank.example\r\n";
    struct belief_rules *rules = our_rules();
    assert_true(belief_add_forwarder(rules, text, NULL));
    assert_why(header, rules, false, "believed forwarder unknown-id");
    rules = our_rules();
    assert_true(belief_add_forwarder(rules, "Other, 203.0.113.0/24, mx.uni.example", NULL));
    assert_why(header, rules, false, "believed unknown-id unknown-id");
    rules = our_rules();
    assert_true(belief_add_forwarder(rules, text, NULL));
    struct judged j = judge(header, rules, false);
    OWNED(statement) own = statement_new(j.authres, j.rules, "bank.example", NULL);
    assert_int_equal(own->dmarc.result, AUTH_FAIL);
    const struct forwarder *forwarder = j.authres->field[1].forwarder;
    assert_string_equal(forwarder->name, "University");
    OWNED(statement) seen = statement_new(j.authres, j.rules, "bank.example", forwarder);
    assert_int_equal(seen->dmarc.result, AUTH_PASS);
    clear(&j);
}

static void signatures_are_found_again(void **state) {
    (void)state;
    struct judged j =
        judge(AR "mx.ours.example; dkim=pass header.d=a.example header.b=abcdefgh; dkim=fail "
                 "header.d=a.example header.b=ijklmnop; dkim=pass header.d=b.example header.s=s1; "
                 "dkim=fail header.d=b.example header.s=s2; dkim=pass header.i=@sub.c.example; "
                 "dkim=pass header.d=d.example; dkim=pass header.d=d.example\r\n" EDGE,
              our_rules(), false);
    OWNED(statement) s = statement_new(j.authres, j.rules, "a.example", NULL);
    static const struct {
        const char *d, *s, *b;
        enum auth_result result;
    } cases[] = {
        {"a.example", "x", "abcdefghQQQQ", AUTH_PASS},
        {"a.example", "x", "ijklmnopQQQQ", AUTH_FAIL},
        {"a.example", "x", "zzzzzzzzQQQQ", AUTH_NOT_EVALUATED},
        {"evil.example", "x", "abcdefghQQQQ", AUTH_NOT_EVALUATED},
        {"b.example", "s1", "q", AUTH_PASS},
        {"b.example", "s2", "q", AUTH_FAIL},
        {"b.example", "s3", "q", AUTH_NOT_EVALUATED},
        {"c.example", "x", "q", AUTH_PASS},
        {"sub.c.example", "x", "q", AUTH_PASS},
        {"deep.sub.c.example", "x", "q", AUTH_NOT_EVALUATED},
        {"d.example", "x", "q", AUTH_PASS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct stated_dkim *dkim =
            statement_dkim_find(s, cases[i].d, span_of(cases[i].s), span_of(cases[i].b));
        assert_int_equal(dkim ? dkim->result : AUTH_NOT_EVALUATED, cases[i].result);
    }
    clear(&j);
}

static void rules_refuse_what_they_cannot_mean(void **state) {
    (void)state;
    OWNED(belief_rules) rules = belief_rules_new();
    g_autoptr(GError) error = NULL;
    assert_false(belief_set_profile(rules, "nobody", &error));
    assert_non_null(strstr(error->message, "google"));
    static const char *const ids[] = {"",    "*.",         "*",     "*.example", "a b",
                                      "a;b", "a*.example", "\"x\"", ".x"};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        assert_false(belief_add_id(rules, ids[i], NULL));
    static const char *const forwarders[] = {"",
                                             "x",
                                             "x, 192.0.2.0/24",
                                             "x,,id",
                                             ", 192.0.2.1, id",
                                             "x, 192.0.2.1/8, id",
                                             "x, 192.0.2.1,",
                                             "x, 192.0.2.1, i;d",
                                             "a, 192.0.2.1, b, c"};
    for (size_t i = 0; i < G_N_ELEMENTS(forwarders); i++) {
        g_autoptr(GError) why = NULL;
        assert_false(belief_add_forwarder(rules, forwarders[i], &why));
        assert_non_null(why);
    }
    assert_false(belief_add_own_domain(rules, "a..b", NULL));
    assert_false(belief_add_sealer(rules, "a b", NULL));
    assert_true(belief_add_own_domain(rules, "OURS.example", NULL));
    assert_true(belief_owns_domain(rules, "ours.example"));
    assert_false(belief_owns_domain(rules, "sub.ours.example"));
    assert_false(belief_owns_domain(rules, NULL));
    assert_true(belief_add_id(rules, "*.Hosts.example", NULL));
    assert_true(belief_has_id(rules, SPAN_LIT("a.hosts.example")));
    assert_true(belief_has_id(rules, SPAN_LIT("a.b.HOSTS.example")));
    static const char *const foreign[] = {"hosts.example",  ".hosts.example",   "a..hosts.example",
                                          "ahosts.example", "a.hosts.example.", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
        assert_false(belief_has_id(rules, span_of(foreign[i])));
}

static void copies_and_fingerprints(void **state) {
    (void)state;
    OWNED(belief_rules) rules = our_rules();
    assert_true(belief_add_forwarder(rules, "F, 192.0.2.0/24, f.example", NULL));
    OWNED(belief_rules) copy = belief_rules_copy(rules);
    g_autofree char *a = belief_rules_fingerprint(rules);
    g_autofree char *b = belief_rules_fingerprint(copy);
    assert_string_equal(a, b);
    assert_int_equal(strlen(a), 64);
    assert_true(belief_set_profile(copy, "google", NULL));
    g_autofree char *c = belief_rules_fingerprint(copy);
    assert_string_not_equal(a, c);
    rules->strips = true;
    g_autofree char *d = belief_rules_fingerprint(rules);
    assert_string_not_equal(a, d);
}

static void profiles_of_imap_hosts(void **state) {
    (void)state;
    static const struct {
        const char *host, *profile;
    } cases[] = {{"imap.gmail.com", "google"},
                 {"IMAP.Gmail.com", "google"},
                 {"outlook.office365.com", "microsoft"},
                 {"imap-mail.outlook.com", "microsoft"},
                 {"imap.mail.me.com", "icloud"},
                 {"p12-imap.mail.me.com", "generic"},
                 {"imap.gmail.com.evil.example", "generic"},
                 {"evilimap.gmail.com", "generic"},
                 {"localhost", "generic"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(profile_for_imap_host(cases[i].host)->name, cases[i].profile);
    for (guint i = 0; profile_at(i); i++)
        assert_ptr_equal(profile_find(profile_at(i)->name), profile_at(i));
}

static void too_many_fields(void **state) {
    (void)state;
    GString *many = g_string_new(GOOD EDGE);
    for (guint i = 0; i < 100; i++)
        g_string_append(many, FORGED);
    struct judged j = judge(many->str, our_rules(), false);
    assert_int_equal(j.authres->n, 65);
    assert_true(j.authres->field[0].believed);
    assert_int_equal(j.authres->field[64].why, AUTHRES_TOO_MANY);
    clear(&j);
    g_string_free(many, TRUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_the_border_line),
        cmocka_unit_test(google_writes_below),
        cmocka_unit_test(icloud_writes_five_in_order),
        cmocka_unit_test(microsoft_writes_no_id),
        cmocka_unit_test(policy_comes_from_where_the_profile_says),
        cmocka_unit_test(rule_11_behind_a_gateway),
        cmocka_unit_test(rule_12_forwarder),
        cmocka_unit_test(signatures_are_found_again),
        cmocka_unit_test(rules_refuse_what_they_cannot_mean),
        cmocka_unit_test(copies_and_fingerprints),
        cmocka_unit_test(profiles_of_imap_hosts),
        cmocka_unit_test(too_many_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

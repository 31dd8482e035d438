/* SPDX-License-Identifier: MIT
 *
 * repute/dnsbl: names of RFC 5782, codes that are no listing, and what of a message is asked about.
 */
#include "repute/dnsbl.h"

#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "base/limits.h"
#include "trust/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define NOW 1795000000
#define EDGE                                                                                       \
    "Received: from out.bank.example (out.bank.example [203.0.113.9])\r\n"                         \
    "\tby mx.ours.example with ESMTPS id 1; Wed, 18 Nov 2026 11:06:00 +0000\r\n"
#define BELOW                                                                                      \
    "Received: from pc (pc [198.51.100.4]) by out.bank.example; Wed, 18 Nov 2026 11:05:00 "        \
    "+0000\r\n"
#define MAIL "From: a@mail.bank.example\r\nTo: me@ours.example\r\n\r\nHello.\r\n"

static struct dnsbl_lists *three_lists(void) {
    struct dnsbl_lists *lists = dnsbl_lists_new();
    assert_true(dnsbl_lists_add(lists, DNSBL_BLOCK, "bl.example.net", NULL));
    assert_true(dnsbl_lists_add(lists, DNSBL_ALLOW, "WL.example.net", NULL));
    assert_true(dnsbl_lists_add(lists, DNSBL_DOMAIN, "dbl.example.net", NULL));
    return lists;
}

static void names_are_reversed(void **state) {
    (void)state;
    static const struct {
        const char *address, *name;
    } cases[] = {
        {"192.0.2.99", "99.2.0.192.bl.example.net"}, /* RFC 5782 §2.1 */
        {"2001:db8:1:2:3:4:567:89ab",                /* §2.4 */
         "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bl.example.net"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct ip ip;
        assert_true(ip_parse(span_of(cases[i].address), &ip));
        g_autofree char *name = dnsbl_address_name(&ip, "bl.example.net");
        assert_string_equal(name, cases[i].name);
    }
}

static enum dnsbl_state read_one(const struct dnsbl_lists *lists, const char *const *records,
                                 const char **meaning) {
    OWNED(resolver) table = resolver_new_table();
    for (; *records; records++)
        resolver_table_add(table, "x.example", DNS_A, *records);
    OWNED(lookups) lookups = lookups_new(table);
    return dnsbl_read(lists, 0, lookups_answer(lookups, "x.example", DNS_A), meaning);
}

static void only_what_can_be_nothing_else_is_a_listing(void **state) {
    (void)state;
    OWNED(dnsbl_lists) lists = three_lists();
    static const char *const lines[] = {
        "bl.example.net 127.0.0.2 sent spam",
        "BL.example.net 127.0.0.4-7 a machine taken over",
        "bl.example.net 127.0.1.* -",
        "bl.example.net 127.0.0.1 no words make this a listing",
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        assert_true(dnsbl_lists_add_meaning(lists, lines[i], NULL));
    static const struct {
        const char *records[4];
        enum dnsbl_state state;
        const char *meaning;
    } cases[] = {
        {{"127.0.0.2"}, DNSBL_LISTED, "sent spam"},
        {{"127.0.0.4"}, DNSBL_LISTED, "a machine taken over"},
        {{"127.0.0.7"}, DNSBL_LISTED, "a machine taken over"},
        {{"127.0.0.8"}, DNSBL_LISTED, NULL}, /* on the list, for a reason without words */
        {{"127.0.0.8", "127.0.0.2"}, DNSBL_LISTED, "sent spam"},
        {{"127.0.1.255"}, DNSBL_UNLISTED, NULL}, /* the operator says it is none */
        {{"127.0.1.3", "127.0.0.2"}, DNSBL_LISTED, "sent spam"},
        {{"127.0.0.1"}, DNSBL_REFUSED, NULL},
        {{"127.255.255.252"}, DNSBL_REFUSED, NULL}, /* mistyped, open resolver, too many */
        {{"127.255.255.254"}, DNSBL_REFUSED, NULL},
        {{"127.255.255.0"}, DNSBL_REFUSED, NULL},
        {{"127.255.254.2"}, DNSBL_LISTED, NULL},
        {{"192.0.2.1"}, DNSBL_REFUSED, NULL}, /* parked, or a search page */
        {{"126.0.0.2"}, DNSBL_REFUSED, NULL},
        {{"127.0.0.2", "198.51.100.1"}, DNSBL_REFUSED, NULL},
        {{"127.0.0.2", "127.255.255.255"}, DNSBL_REFUSED, NULL},
        {{NULL}, DNSBL_UNLISTED, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *meaning;
        assert_int_equal(read_one(lists, cases[i].records, &meaning), cases[i].state);
        if (cases[i].meaning)
            assert_string_equal(meaning, cases[i].meaning);
        else
            assert_null(meaning);
    }
}

static void trouble_is_neither(void **state) {
    (void)state;
    OWNED(dnsbl_lists) lists = three_lists();
    static const enum dns_status statuses[] = {DNS_TEMPERROR, DNS_BOGUS};
    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        const char *meaning;
        OWNED(resolver) table = resolver_new_table();
        resolver_table_set(table, "x.example", DNS_A, statuses[i], DNSSEC_NOT_EVALUATED);
        OWNED(lookups) lookups = lookups_new(table);
        assert_int_equal(
            dnsbl_read(lists, 0, lookups_answer(lookups, "x.example", DNS_A), &meaning),
            DNSBL_TROUBLE);
    }
    const char *meaning;
    OWNED(lookups) nobody = lookups_new(NULL);
    assert_int_equal(dnsbl_read(lists, 0, lookups_answer(nobody, "x.example", DNS_A), &meaning),
                     DNSBL_NOT_ASKED);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    OWNED(dnsbl_lists) lists = three_lists();
    static const char *const zones[] = {
        "", "bl", "a b.example", "bl..example", "bl.example.net", "wl.EXAMPLE.net"};
    static const char *const lines[] = {
        "",
        "bl.example.net",
        "bl.example.net 127.0.0.2",
        "other.example 127.0.0.2 words",
        "bl.example.net 128.0.0.2 words",
        "bl.example.net *.0.0.2 words",
        "bl.example.net 127.0.0 words",
        "bl.example.net 127.0.0.2.3 words",
        "bl.example.net 127.0.0.256 words",
        "bl.example.net 127.0.0.9-2 words",
        "bl.example.net 127.0.0.-2 words",
        "bl.example.net 127..0.2 words",
        "bl.example.net 127.0.0.2 \xff",
    };
    for (guint i = 0; i < G_N_ELEMENTS(zones); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(dnsbl_lists_add(lists, DNSBL_BLOCK, zones[i], &error));
        assert_non_null(error);
    }
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(dnsbl_lists_add_meaning(lists, lines[i], &error));
        assert_non_null(error);
    }
    for (guint i = 3; i < LIMIT_DNSBL_LISTS; i++) {
        g_autofree char *zone = g_strdup_printf("l%u.example", i);
        assert_true(dnsbl_lists_add(lists, DNSBL_BLOCK, zone, NULL));
    }
    assert_false(dnsbl_lists_add(lists, DNSBL_BLOCK, "more.example", NULL));
    for (guint i = 0; i < LIMIT_DNSBL_CODES; i++)
        assert_true(dnsbl_lists_add_meaning(lists, "bl.example.net 127.0.0.2 x", NULL));
    assert_false(dnsbl_lists_add_meaning(lists, "bl.example.net 127.0.0.2 x", NULL));
}

static void other_words_are_another_fingerprint(void **state) {
    (void)state;
    OWNED(dnsbl_lists) one = three_lists();
    OWNED(dnsbl_lists) two = three_lists();
    g_autofree char *before = dnsbl_lists_fingerprint(one);
    g_autofree char *same = dnsbl_lists_fingerprint(two);
    assert_string_equal(before, same);
    assert_true(dnsbl_lists_add_meaning(two, "bl.example.net 127.0.0.2 sent spam", NULL));
    g_autofree char *after = dnsbl_lists_fingerprint(two);
    assert_string_not_equal(before, after);
}

/* --- of a message ----------------------------------------------------------------------------- */

static struct evidence *evaluate_mail(const char *text, struct evaluate_request request,
                                      struct resolver *table, const struct dnsbl_lists *lists) {
    static struct public_suffixes *suffixes;
    if (!suffixes)
        suffixes = orgdomain_suffixes_new(NULL);
    OWNED(belief_rules) rules = belief_rules_new();
    assert_true(belief_add_border(rules, "mx.ours.example", NULL));
    g_autoptr(GBytes) octets = g_bytes_new_static(text, strlen(text));
    OWNED(message) message = message_new(octets, 0);
    request.message = message;
    request.belief = rules;
    request.resolver = table;
    request.suffixes = suffixes;
    request.reputation = lists;
    request.now = NOW;
    return evaluate(&request);
}

static const struct evidence_reputation *find(const struct evidence *evidence, const char *list,
                                              const char *subject) {
    for (guint i = 0; i < evidence->n_reputation; i++)
        if (strcmp(evidence->reputation[i].list, list) == 0 &&
            strcmp(evidence->reputation[i].subject, subject) == 0)
            return &evidence->reputation[i];
    return NULL;
}

static void asked_are_the_handover_address_and_the_authors_domain(void **state) {
    (void)state;
    OWNED(dnsbl_lists) lists = three_lists();
    OWNED(resolver) table = resolver_new_table();
    resolver_table_add(table, "9.113.0.203.bl.example.net", DNS_A, "127.0.0.2");
    resolver_table_add(table, "4.100.51.198.bl.example.net", DNS_A, "127.0.0.2");
    resolver_table_add(table, "bank.example.dbl.example.net", DNS_A, "127.0.1.2");
    OWNED(evidence)
    e = evaluate_mail(EDGE BELOW MAIL, (struct evaluate_request){.now = 0}, table, lists);
    assert_true(e->reputation_evaluated);
    assert_int_equal(e->n_reputation, 4);
    assert_int_equal(find(e, "bl.example.net", "203.0.113.9")->state, DNSBL_LISTED);
    assert_int_equal(find(e, "wl.example.net", "203.0.113.9")->state, DNSBL_UNLISTED);
    assert_int_equal(find(e, "dbl.example.net", "mail.bank.example")->state, DNSBL_UNLISTED);
    assert_int_equal(find(e, "dbl.example.net", "bank.example")->state, DNSBL_LISTED);
    assert_null(find(e, "bl.example.net", "198.51.100.4")); /* anybody can write that line */
}

static void nobody_of_ours_and_nothing_unknown_is_asked_about(void **state) {
    (void)state;
    OWNED(dnsbl_lists) lists = three_lists();
    static const struct {
        const char *text;
        struct evaluate_request request;
    } cases[] = {
        {BELOW MAIL, {.now = 0}},                                 /* no border */
        {EDGE MAIL, {.role = MAILBOX_IMPORTED}},                  /* not delivered by our servers */
        {EDGE MAIL, {.submitted = true}},                         /* a user of ours */
        {MAIL, {.session_known = true, .client_ip = "10.0.0.4"}}, /* not on the Internet */
        {MAIL, {.session_known = true, .client_ip = "::1"}},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(resolver) table = resolver_new_table();
        OWNED(evidence) e = evaluate_mail(cases[i].text, cases[i].request, table, lists);
        assert_int_equal(e->n_reputation, 2); /* the two domains */
    }
    OWNED(resolver) table = resolver_new_table();
    OWNED(evidence)
    given = evaluate_mail(
        MAIL, (struct evaluate_request){.session_known = true, .client_ip = "2001:db8::7"}, table,
        lists);
    assert_non_null(find(given, "bl.example.net", "2001:db8::7"));
    static const struct evaluate_request silent[] = {{.mode = VERIFY_NEVER}, {.role = MAILBOX_OWN}};
    for (guint i = 0; i < G_N_ELEMENTS(silent); i++) {
        OWNED(resolver) nothing = resolver_new_table();
        OWNED(evidence) e = evaluate_mail(EDGE MAIL, silent[i], nothing, lists);
        assert_false(e->reputation_evaluated);
        assert_int_equal(resolver_questions_sent(nothing), 0);
    }
    OWNED(dnsbl_lists) none = dnsbl_lists_new();
    OWNED(evidence)
    off = evaluate_mail(EDGE MAIL, (struct evaluate_request){.now = 0}, table, none);
    assert_false(off->reputation_evaluated);
}

/* A list is information: whatever it says, whoever is on it, the verdict is the same. */
static void no_list_moves_a_verdict(void **state) {
    (void)state;
    OWNED(dnsbl_lists) lists = three_lists();
    struct verdict_policy policy = {.rules = NULL};
    static const char *const answers[] = {"127.0.0.2", "127.255.255.254", "192.0.2.1"};
    OWNED(resolver) plain = resolver_new_table();
    OWNED(evidence)
    without = evaluate_mail(EDGE MAIL, (struct evaluate_request){.now = 0}, plain, NULL);
    OWNED(verdict) expected = verdict_derive(without, &policy, NOW);
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        static const char *const names[] = {"9.113.0.203.bl.example.net",
                                            "9.113.0.203.wl.example.net",
                                            "mail.bank.example.dbl.example.net"};
        OWNED(resolver) table = resolver_new_table();
        for (guint j = 0; j < G_N_ELEMENTS(names); j++)
            resolver_table_add(table, names[j], DNS_A, answers[i]);
        OWNED(evidence)
        e = evaluate_mail(EDGE MAIL, (struct evaluate_request){.now = 0}, table, lists);
        OWNED(verdict) got = verdict_derive(e, &policy, NOW);
        assert_true(verdict_equal(got, expected));
    }
}

/* Eight lists of domains are sixteen questions; four are kept for them, the rest is what others
 * leave. */
static void lists_live_within_the_messages_questions(void **state) {
    (void)state;
    OWNED(dnsbl_lists) lists = dnsbl_lists_new();
    for (int i = 0; i < LIMIT_DNSBL_LISTS; i++) {
        g_autofree char *zone = g_strdup_printf("l%d.example.net", i);
        assert_true(dnsbl_lists_add(lists, DNSBL_DOMAIN, zone, NULL));
    }
    OWNED(resolver) table = resolver_new_table();
    OWNED(evidence)
    e = evaluate_mail(EDGE MAIL, (struct evaluate_request){.now = 0}, table, lists);
    assert_int_equal(e->n_reputation, 2 * LIMIT_DNSBL_LISTS);
    for (guint i = 0; i < e->n_reputation; i++)
        assert_int_equal(e->reputation[i].state, DNSBL_UNLISTED);
    assert_true(resolver_questions_sent(table) <= LIMIT_QUESTIONS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_reversed),
        cmocka_unit_test(only_what_can_be_nothing_else_is_a_listing),
        cmocka_unit_test(trouble_is_neither),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(other_words_are_another_fingerprint),
        cmocka_unit_test(asked_are_the_handover_address_and_the_authors_domain),
        cmocka_unit_test(nobody_of_ours_and_nothing_unknown_is_asked_about),
        cmocka_unit_test(no_list_moves_a_verdict),
        cmocka_unit_test(lists_live_within_the_messages_questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

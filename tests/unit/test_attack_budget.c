/* SPDX-License-Identifier: MIT
 *
 * Mail made to use up the questions of one mechanism so that another cannot ask: whatever a sender
 * adds, each has those kept for it (base/limits.h), an overrun is its own result, and nobody is
 * excused by one (verdict rules 7 and 17; attacks B60, C89, N246). Answers come from a table, which
 * keeps no memory: every distinct question of a message counts. */
#include "arc_signer.h"
#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "trust/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define NOW 1795000000
#define HEADER "From: <ceo@bank.example>\r\nTo: me@ours.example\r\nSubject: x\r\n"
#define BODY "Hello.\r\n"
#define BORDER(ip)                                                                                 \
    "Return-Path: <ceo@bank.example>\r\nReceived: from mail.evil.example (mail.evil.example [" ip  \
    "])\r\n\tby mx.ours.example (Postfix) with ESMTPS id 1;\r\n\tWed, 18 Nov 2026 10:06:40 "       \
    "+0000\r\n"
#define EVIL "203.0.113.66"
#define LAST_MX "192.0.2.109"
/* One that cannot be verified: the key is asked for, and is not there. */
#define SIGNATURE                                                                                  \
    "DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=s1; h=from;\r\n"                                   \
    " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=b3duc2lnbmF0dXJl\r\n"

static struct signer signer;
static struct resolver *resolver;
static struct dkim_keys *keys;
static struct public_suffixes *suffixes;
static struct belief_rules *rules;

/* "v=spf1 mx:m0… … mx:m9… -all", ten hosts each: the most that RFC 7208 §4.6.4 lets a policy ask.
 */
static void add_deepest_policy(const char *domain) {
    g_autoptr(GString) policy = g_string_new("v=spf1");
    for (guint i = 0; i < LIMIT_SPF_TERMS; i++) {
        g_autofree char *mx = g_strdup_printf("m%u.%s", i, domain);
        g_string_append_printf(policy, " mx:%s", mx);
        for (guint j = 0; j < LIMIT_SPF_MX; j++) {
            g_autofree char *host = g_strdup_printf("h%u-%u.%s", i, j, domain);
            g_autofree char *record = g_strdup_printf("0 %s", host);
            g_autofree char *address = g_strdup_printf("192.0.2.%u", i * LIMIT_SPF_MX + j + 10);
            resolver_table_add(resolver, mx, DNS_MX, record);
            resolver_table_add(resolver, host, DNS_A, address);
        }
    }
    g_string_append(policy, " -all");
    resolver_table_add(resolver, domain, DNS_TXT, policy->str);
}

static int set_up(void **state) {
    (void)state;
    signer = signer_ed25519();
    keys = dkim_keys_new();
    suffixes = orgdomain_suffixes_new(NULL);
    resolver = resolver_new_table();
    add_deepest_policy("bank.example");
    add_deepest_policy("mail.evil.example");
    resolver_table_add(resolver, "_dmarc.bank.example", DNS_TXT, "v=DMARC1; p=reject");
    g_autofree char *record = signer_record(&signer, "");
    for (guint i = 0; i <= LIMIT_ARC_SETS; i++) {
        g_autofree char *name = g_strdup_printf("s1._domainkey.sealer%u.example", i);
        resolver_table_add(resolver, name, DNS_TXT, record);
    }
    rules = belief_rules_new();
    return belief_add_border(rules, "mx.ours.example", NULL) && suffixes ? 0 : 1;
}

static int tear_down(void **state) {
    (void)state;
    belief_rules_free(rules);
    orgdomain_suffixes_free(suffixes);
    dkim_keys_free(keys);
    resolver_free(resolver);
    signer_clear(&signer);
    return 0;
}

struct judged {
    struct evidence *evidence;
    struct verdict *verdict;
    uint64_t questions;
};

static struct judged judge(const char *top, const struct arc_text *text) {
    g_autoptr(GBytes) below = arc_text_octets(text);
    g_autofree char *all = g_strconcat(top, (const char *)g_bytes_get_data(below, NULL), NULL);
    g_autoptr(GBytes) octets = g_bytes_new(all, strlen(top) + g_bytes_get_size(below));
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {.message = message,
                                       .belief = rules,
                                       .mode = VERIFY_ALWAYS,
                                       .resolver = resolver,
                                       .keys = keys,
                                       .suffixes = suffixes,
                                       .now = NOW};
    uint64_t before = resolver_questions_sent(resolver);
    struct judged judged = {.evidence = evaluate(&request)};
    struct verdict_policy policy = {.rules = rules};
    judged.verdict = verdict_derive(judged.evidence, &policy, NOW);
    judged.questions = resolver_questions_sent(resolver) - before;
    return judged;
}

static void judged_clear(struct judged *judged) {
    verdict_free(judged->verdict);
    evidence_free(judged->evidence);
}

/* 100 signatures of names far below the author domain, each with a walk of its own. */
static char *crowd_of_signatures(void) {
    GString *fields = g_string_new(NULL);
    for (guint i = 0; i < 100; i++) {
        g_autofree char *domain =
            g_strdup_printf("a%u.b%u.c%u.d%u.e%u.f.bank.example", i, i, i, i, i);
        g_string_append_printf(fields, SIGNATURE, domain);
    }
    return g_string_free(fields, FALSE);
}

/* Sealed `n` times, by as many sealers. */
static struct arc_text chain_of(guint n) {
    g_autofree char *crowd = crowd_of_signatures();
    g_autofree char *header = g_strconcat(crowd, HEADER, NULL);
    struct arc_text text = arc_text_new(header, BODY);
    for (guint i = 0; i < n; i++) {
        g_autofree char *domain = g_strdup_printf("sealer%u.example", i);
        arc_text_seal(&text, &signer, &(struct arc_shape){.domain = domain});
    }
    return text;
}

/* Attacks N246. Whatever is added, the author's policy is found and SPF asked to its last host: a
 * fail stays one. */
static void nothing_added_excuses_a_failure(void **state) {
    (void)state;
    static const guint sets[] = {0, 1, LIMIT_ARC_SETS};
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        struct arc_text text = chain_of(sets[i]);
        struct judged judged = judge(BORDER(EVIL), &text);
        assert_int_equal(judged.evidence->spf.result, AUTH_FAIL);
        assert_int_equal(judged.evidence->dmarc.result, AUTH_FAIL);
        assert_string_equal(verdict_author_name(judged.verdict->author), "contradicted");
        assert_true(judged.questions <= LIMIT_QUESTIONS);
        judged_clear(&judged);
        arc_text_clear(&text);
    }
}

/* … and a pass by the very last host is one. */
static void nothing_added_hides_a_pass(void **state) {
    (void)state;
    struct arc_text text = chain_of(LIMIT_ARC_SETS);
    struct judged judged = judge(BORDER(LAST_MX), &text);
    assert_int_equal(judged.evidence->spf.result, AUTH_PASS);
    assert_string_equal(judged.evidence->spf.mechanism, "mx:m9.bank.example");
    assert_true(judged.evidence->dmarc.by_spf);
    assert_string_equal(verdict_author_name(judged.verdict->author), "likely");
    assert_true(judged.questions <= LIMIT_QUESTIONS);
    judged_clear(&judged);
    arc_text_clear(&text);
}

/* The overrun of a chain is the chain's own; one of honest length has its keys. */
static void an_overrun_is_that_mechanisms_own(void **state) {
    (void)state;
    struct arc_text long_chain = chain_of(LIMIT_ARC_SETS);
    struct judged judged = judge(BORDER(EVIL), &long_chain);
    assert_int_equal(judged.evidence->arc.result, AUTH_FAIL);
    assert_string_equal(judged.evidence->arc.reason, "seal-dns-budget");
    judged_clear(&judged);
    arc_text_clear(&long_chain);
    struct arc_text short_chain = chain_of(LIMIT_QUESTIONS_ARC);
    judged = judge(BORDER(EVIL), &short_chain);
    assert_int_equal(judged.evidence->arc.result, AUTH_PASS);
    judged_clear(&judged);
    arc_text_clear(&short_chain);
}

/* Where nobody else needs them, fifty sealers have their fifty keys. */
static void the_longest_chain_is_checked_where_there_is_room(void **state) {
    (void)state;
    struct arc_text text = arc_text_new(HEADER, BODY);
    for (guint i = 0; i < LIMIT_ARC_SETS; i++) {
        g_autofree char *domain = g_strdup_printf("sealer%u.example", i);
        arc_text_seal(&text, &signer, &(struct arc_shape){.domain = domain});
    }
    struct judged judged = judge("", &text);
    assert_int_equal(judged.evidence->arc.result, AUTH_PASS);
    assert_int_equal(judged.evidence->arc.instance, LIMIT_ARC_SETS);
    judged_clear(&judged);
    arc_text_clear(&text);
}

/* HELO is the client's choice: a policy of its own that asks all it may decides nothing and costs
 * nobody anything. */
static void what_informs_asks_last(void **state) {
    (void)state;
    struct arc_text text = chain_of(LIMIT_QUESTIONS_ARC);
    struct judged judged = judge(BORDER(LAST_MX), &text);
    assert_int_equal(judged.evidence->spf.result, AUTH_PASS);
    assert_int_equal(judged.evidence->arc.result, AUTH_PASS);
    assert_true(judged.questions <= LIMIT_QUESTIONS);
    judged_clear(&judged);
    arc_text_clear(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_added_excuses_a_failure),
        cmocka_unit_test(nothing_added_hides_a_pass),
        cmocka_unit_test(an_overrun_is_that_mechanisms_own),
        cmocka_unit_test(the_longest_chain_is_checked_where_there_is_room),
        cmocka_unit_test(what_informs_asks_last),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

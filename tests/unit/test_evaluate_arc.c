/* SPDX-License-Identifier: MIT
 *
 * ARC, DomainKeys and DKIM2 on the way to a verdict (attacks C84, D100, D101, D103, D104; verdict
 * rules 12, 16 and 17): whose chain counts, and that nothing else does. */
#include "arc_signer.h"
#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "domainkeys_signer.h"
#include "trust/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define NOW 1795000000
#define HEADER "From: Alice <alice@bank.example>\r\nTo: bob@ours.example\r\nSubject: Hi\r\n"
#define BODY "Hello.\r\nGood bye.\r\n"
#define FAILED                                                                                     \
    "Authentication-Results: mx.ours.example; dkim=none; spf=fail "                                \
    "smtp.mailfrom=bank.example;\r\n dmarc=fail (p=reject dis=reject) "                            \
    "header.from=bank.example\r\n"
#define RECEIVED                                                                                   \
    "Received: from out.list.example (out.list.example [192.0.2.9])\r\n"                           \
    "\tby mx.ours.example (Postfix) with ESMTPS id 1;\r\n Wed, 18 Nov 2026 10:06:40 +0000\r\n"
#define SAW_PASS "mx.sealer.example; dmarc=pass header.from=bank.example"

static struct signer ed25519, rsa;
static struct resolver *resolver;
static struct dkim_keys *keys;
static struct public_suffixes *suffixes;
static struct belief_rules *rules;    /* believes mx.ours.example, names no sealer */
static struct belief_rules *trusting; /* … and names sealer.example and inner.example */

static int set_up(void **state) {
    (void)state;
    ed25519 = signer_ed25519();
    rsa = signer_rsa(1024);
    resolver = resolver_new_table();
    keys = dkim_keys_new();
    suffixes = orgdomain_suffixes_new(NULL);
    g_autofree char *record = signer_record(&ed25519, "");
    g_autofree char *dk = signer_record(&rsa, "");
    static const char *const domains[] = {"sealer.example", "inner.example", "evil.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        g_autofree char *name = g_strdup_printf("s1._domainkey.%s", domains[i]);
        resolver_table_add(resolver, name, DNS_TXT, record);
    }
    resolver_table_add(resolver, "dk._domainkey.bank.example", DNS_TXT, dk);
    resolver_table_add(resolver, "_dmarc.bank.example", DNS_TXT, "v=DMARC1; p=reject");
    resolver_table_add(resolver, "bank.example", DNS_A, "192.0.2.1");
    resolver_table_set(resolver, "down._domainkey.sealer.example", DNS_TXT, DNS_TEMPERROR,
                       DNSSEC_NOT_EVALUATED);
    rules = belief_rules_new();
    bool fine = belief_add_border(rules, "mx.ours.example", NULL) &&
                belief_add_id(rules, "mx.ours.example", NULL);
    trusting = belief_rules_copy(rules);
    fine = fine && belief_add_sealer(trusting, "sealer.example", NULL) &&
           belief_add_sealer(trusting, "inner.example", NULL);
    return fine && suffixes ? 0 : 1;
}

static int tear_down(void **state) {
    (void)state;
    belief_rules_free(rules);
    belief_rules_free(trusting);
    orgdomain_suffixes_free(suffixes);
    dkim_keys_free(keys);
    resolver_free(resolver);
    signer_clear(&ed25519);
    signer_clear(&rsa);
    return 0;
}

/* --- one message ----------------------------------------------------------------------------- */

struct judged {
    struct evidence *evidence;
    struct verdict *verdict;
};

static struct judged judge(const char *top, const struct arc_text *text,
                           const struct belief_rules *belief, enum verify_mode mode) {
    g_autoptr(GBytes) octets = arc_text_octets(text);
    g_autofree char *all = g_strconcat(top, (const char *)g_bytes_get_data(octets, NULL), NULL);
    g_autoptr(GBytes) whole = g_bytes_new(all, strlen(top) + g_bytes_get_size(octets));
    OWNED(message) message = message_new(whole, 0);
    struct evaluate_request request = {.message = message,
                                       .belief = belief,
                                       .mode = mode,
                                       .resolver = resolver,
                                       .keys = keys,
                                       .suffixes = suffixes,
                                       .now = NOW};
    struct evidence *evidence = evaluate(&request);
    struct verdict_policy policy = {.rules = belief};
    return (struct judged){evidence, verdict_derive(evidence, &policy, NOW)};
}

static void judged_clear(struct judged *judged) {
    verdict_free(judged->verdict);
    evidence_free(judged->evidence);
}

static void expect_author(const struct judged *judged, enum verdict_author author,
                          enum reason_code code) {
    assert_string_equal(verdict_author_name(judged->verdict->author), verdict_author_name(author));
    assert_string_equal(reason_code_name(judged->verdict->reasons.items[0].code),
                        reason_code_name(code));
}

/* The message sealed once with each shape; what the account's server says of it is FAILED. */
static struct judged judge_sealed(const struct arc_shape *shapes, guint n,
                                  const struct belief_rules *belief) {
    struct arc_text text = arc_text_new(HEADER, BODY);
    for (guint i = 0; i < n; i++)
        arc_text_seal(&text, &ed25519, &shapes[i]);
    struct judged judged = judge(FAILED RECEIVED, &text, belief, VERIFY_ALWAYS);
    arc_text_clear(&text);
    return judged;
}

static void expect_no_trust(const struct arc_shape *shapes, guint n,
                            const struct belief_rules *belief) {
    struct judged judged = judge_sealed(shapes, n, belief);
    expect_author(&judged, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    assert_false(judged.evidence->forwarded.present);
    judged_clear(&judged);
}

/* --- whose chain counts ---------------------------------------------------------------------- */

static void d100_only_a_named_sealer_is_heard(void **state) {
    (void)state;
    static const struct arc_shape saw_pass = {.results = SAW_PASS};
    struct judged judged = judge_sealed(&saw_pass, 1, rules);
    assert_int_equal(judged.evidence->arc.result, AUTH_PASS);
    assert_false(judged.evidence->arc.trusted);
    expect_author(&judged, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    judged_clear(&judged);
    judged = judge_sealed(&saw_pass, 1, trusting);
    assert_true(judged.evidence->arc.trusted);
    assert_string_equal(judged.evidence->arc.sealer, "sealer.example");
    expect_author(&judged, VERDICT_LIKELY, REASON_AS_SEEN_BY);
    assert_string_equal(judged.verdict->reasons.items[0].values[0], "sealer.example");
    /* the sealer's word, which counts because we checked its seal: no server of ours said it */
    assert_string_equal(verdict_source_name(judged.verdict->source), "mixed");
    judged_clear(&judged);
}

static void d100_a_named_sealer_that_saw_no_pass(void **state) {
    (void)state;
    static const char *const results[] = {
        "mx.sealer.example; dmarc=fail header.from=bank.example",
        "mx.sealer.example; dmarc=none header.from=bank.example",
        "mx.sealer.example; dmarc=pass header.from=other.example",
        "mx.sealer.example; dmarc=pass",
        "mx.sealer.example; spf=pass smtp.mailfrom=bank.example",
        "mx.sealer.example; dkim=pass header.d=other.example",
        "mx.sealer.example; none",
        "mx.sealer.example; dmarc=pass header.from=bank.example (never closed",
        "mx.sealer.example 2; dmarc=pass header.from=bank.example",
        "",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(results); i++) {
        struct arc_shape shape = {.results = results[i]};
        struct judged judged = judge_sealed(&shape, 1, trusting);
        assert_true(judged.evidence->arc.trusted);
        expect_author(&judged, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
        judged_clear(&judged);
    }
}

/* The run of named sealers must reach from the newest set down. */
static void d100_an_unknown_sealer_ends_the_run(void **state) {
    (void)state;
    static const struct arc_shape unknown_last[] = {
        {.results = SAW_PASS}, {.domain = "evil.example", .results = SAW_PASS}};
    expect_no_trust(unknown_last, 2, trusting);
    static const struct arc_shape unknown_first[] = {
        {.domain = "evil.example", .results = SAW_PASS},
        {.results = "mx.sealer.example; dmarc=fail header.from=bank.example; arc=pass"}};
    struct judged judged = judge_sealed(unknown_first, 2, trusting);
    assert_true(judged.evidence->arc.trusted);
    expect_author(&judged, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    judged_clear(&judged);
    static const struct arc_shape both_named[] = {
        {.domain = "inner.example", .results = SAW_PASS},
        {.results = "mx.sealer.example; dmarc=fail header.from=bank.example; arc=pass"}};
    judged = judge_sealed(both_named, 2, trusting);
    expect_author(&judged, VERDICT_LIKELY, REASON_AS_SEEN_BY);
    assert_string_equal(judged.verdict->reasons.items[0].values[0], "inner.example");
    judged_clear(&judged);
}

/* What is shown must be what the sealer saw. */
static void d100_the_newest_signature_must_cover_what_is_shown(void **state) {
    (void)state;
    static const char *const headers[] = {"Subject", "From", "To", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        struct arc_shape shape = {.results = SAW_PASS, .headers = headers[i]};
        expect_no_trust(&shape, 1, trusting);
    }
}

static void d100_trusted_dns_trouble_is_not_the_last_word(void **state) {
    (void)state;
    static const struct arc_shape down = {.results = SAW_PASS, .selector = "down"};
    struct judged judged = judge_sealed(&down, 1, trusting);
    assert_string_equal(judged.evidence->arc.reason, "seal-dns");
    expect_author(&judged, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT); /* rule 17 */
    assert_false(judged.verdict->complete);
    judged_clear(&judged);
    judged = judge_sealed(&down, 1, rules);
    assert_true(judged.verdict->complete);
    judged_clear(&judged);
}

/* Signed and sealed by whoever forwarded it: still a stranger's signature. */
static void d101_a_forwarders_own_signature_is_not_the_authors(void **state) {
    (void)state;
    struct shape shape = {.domain = "evil.example"};
    g_autofree char *field = sign_field(&ed25519, &shape, HEADER, BODY, strlen(BODY));
    g_autofree char *header = g_strconcat(field, HEADER, NULL);
    struct arc_text text = arc_text_new(header, BODY);
    arc_text_seal(&text, &ed25519,
                  &(struct arc_shape){.domain = "evil.example", .results = SAW_PASS});
    struct judged judged = judge(RECEIVED, &text, rules, VERIFY_ALWAYS);
    assert_int_equal(judged.evidence->signatures[0].result, AUTH_PASS);
    assert_int_equal(judged.evidence->arc.result, AUTH_PASS);
    assert_int_equal(judged.verdict->author, VERDICT_NOT_ESTABLISHED);
    judged_clear(&judged);
    arc_text_clear(&text);
}

static void d103_arc_results_are_not_authentication_results(void **state) {
    (void)state;
    static const struct arc_shape claims = {
        .domain = "evil.example",
        .results = "mx.ours.example; dmarc=pass header.from=bank.example;\r\n dkim=pass "
                   "header.d=bank.example"};
    struct arc_text text = arc_text_new(HEADER, BODY);
    arc_text_seal(&text, &ed25519, &claims);
    static const char *const tops[] = {RECEIVED, ""};
    for (size_t i = 0; i < G_N_ELEMENTS(tops); i++) {
        struct judged judged = judge(tops[i], &text, trusting, VERIFY_ALWAYS);
        assert_int_equal(judged.evidence->n_authres, 0);
        assert_false(judged.evidence->statement.present);
        assert_int_equal(judged.verdict->author, VERDICT_NOT_ESTABLISHED);
        judged_clear(&judged);
    }
    arc_text_clear(&text);
}

static void d104_a_changed_body_is_told_with_its_sealer(void **state) {
    (void)state;
    struct arc_text text = arc_text_new(HEADER, BODY);
    arc_text_seal(&text, &ed25519, &(struct arc_shape){.results = SAW_PASS});
    text.body = BODY "Buy this.\r\n";
    struct judged judged = judge(FAILED RECEIVED, &text, trusting, VERIFY_ALWAYS);
    assert_int_equal(judged.evidence->arc.result, AUTH_FAIL);
    assert_string_equal(judged.evidence->arc.reason, "changed-after-sealing");
    assert_string_equal(judged.evidence->arc.sealer, "sealer.example");
    assert_false(judged.evidence->arc.trusted);
    expect_author(&judged, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    judged_clear(&judged);
    arc_text_clear(&text);
}

/* --- which checks run ------------------------------------------------------------------------ */

/* Whose seals held is not what the server said. */
static void an_answered_chain_is_checked_all_the_same(void **state) {
    (void)state;
    struct arc_text text = arc_text_new(HEADER, BODY);
    arc_text_seal(&text, &ed25519, &(struct arc_shape){.results = SAW_PASS});
    static const char answered[] =
        "Authentication-Results: mx.ours.example; dkim=none; arc=pass;\r\n dmarc=fail "
        "(p=reject dis=reject) header.from=bank.example\r\n" RECEIVED;
    struct judged judged = judge(answered, &text, rules, VERIFY_MISSING);
    assert_true(judged.evidence->arc.evaluated);
    expect_author(&judged, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    judged_clear(&judged);
    judged = judge(answered, &text, trusting, VERIFY_MISSING);
    assert_true(judged.evidence->arc.evaluated);
    expect_author(&judged, VERDICT_LIKELY, REASON_AS_SEEN_BY);
    judged_clear(&judged);
    judged = judge(answered, &text, trusting, VERIFY_NEVER);
    assert_false(judged.evidence->arc.evaluated);
    assert_false(judged.evidence->domainkeys.evaluated);
    judged_clear(&judged);
    arc_text_clear(&text);
}

/* --- history and drafts ---------------------------------------------------------------------- */

static void c84_domainkeys_raise_nothing(void **state) {
    (void)state;
    static const char *const fields[] = {HEADER, NULL};
    g_autofree char *b = domainkeys_sign(&rsa, fields, BODY, false);
    g_autofree char *header = g_strdup_printf(
        "DomainKey-Signature: a=rsa-sha1; c=simple; q=dns; d=bank.example; s=dk; b=%s\r\n" HEADER,
        b);
    struct arc_text text = arc_text_new(header, BODY);
    struct judged judged = judge(RECEIVED, &text, rules, VERIFY_ALWAYS);
    assert_int_equal(judged.evidence->domainkeys.result, AUTH_PASS);
    assert_string_equal(judged.evidence->domainkeys.domain, "bank.example");
    assert_int_equal(judged.verdict->author, VERDICT_NOT_ESTABLISHED);
    assert_int_equal(judged.evidence->arc.result, AUTH_NONE);
    judged_clear(&judged);
    judged = judge(FAILED RECEIVED, &text, rules, VERIFY_ALWAYS);
    expect_author(&judged, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
    judged_clear(&judged);
    arc_text_clear(&text);
}

static void c84_rsa_sha1_is_obsolete(void **state) {
    (void)state;
    struct shape shape = {.domain = "bank.example", .selector = "dk", .algorithm = "rsa-sha1"};
    g_autofree char *field = sign_field(&rsa, &shape, HEADER, BODY, strlen(BODY));
    g_autofree char *header = g_strconcat(field, HEADER, NULL);
    struct arc_text text = arc_text_new(header, BODY);
    struct judged judged = judge(RECEIVED, &text, rules, VERIFY_ALWAYS);
    assert_string_equal(judged.evidence->signatures[0].reason, "obsolete-algorithm");
    assert_int_equal(judged.verdict->author, VERDICT_NOT_ESTABLISHED);
    judged_clear(&judged);
    arc_text_clear(&text);
}

static void dkim2_is_counted_and_no_more(void **state) {
    (void)state;
    struct arc_text plain = arc_text_new(HEADER, BODY);
    struct arc_text draft =
        arc_text_new("DKIM2-Signature: i=1; m=1; d=bank.example; s=s1:rsa-sha256:AAAA\r\n"
                     "Message-Instance: m=1; h=sha256:AAAA\r\n" HEADER,
                     BODY);
    struct judged without = judge(RECEIVED, &plain, rules, VERIFY_ALWAYS);
    struct judged with = judge(RECEIVED, &draft, rules, VERIFY_ALWAYS);
    assert_int_equal(without.evidence->n_dkim2, 0);
    assert_int_equal(with.evidence->n_dkim2, 2);
    assert_true(verdict_equal(without.verdict, with.verdict));
    judged_clear(&without);
    judged_clear(&with);
    arc_text_clear(&plain);
    arc_text_clear(&draft);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d100_only_a_named_sealer_is_heard),
        cmocka_unit_test(d100_a_named_sealer_that_saw_no_pass),
        cmocka_unit_test(d100_an_unknown_sealer_ends_the_run),
        cmocka_unit_test(d100_the_newest_signature_must_cover_what_is_shown),
        cmocka_unit_test(d100_trusted_dns_trouble_is_not_the_last_word),
        cmocka_unit_test(d101_a_forwarders_own_signature_is_not_the_authors),
        cmocka_unit_test(d103_arc_results_are_not_authentication_results),
        cmocka_unit_test(d104_a_changed_body_is_told_with_its_sealer),
        cmocka_unit_test(an_answered_chain_is_checked_all_the_same),
        cmocka_unit_test(c84_domainkeys_raise_nothing),
        cmocka_unit_test(c84_rsa_sha1_is_obsolete),
        cmocka_unit_test(dkim2_is_counted_and_no_more),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

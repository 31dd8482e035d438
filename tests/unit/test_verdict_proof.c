/* SPDX-License-Identifier: MIT
 *
 * What a server's word proves, from real octets: a failure that is taken back (rule 4), a pass
 * whose signature is not there, not read or named too shortly (rule 8), and fields that decide how
 * signed octets are read (rules 8, 14). Nothing is looked up unless a test says so. */
#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "dkim_signer.h"
#include "evidence_maker.h"
#include "trust/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define HEADER "From: Alice <alice@bank.example>\r\nTo: bob@ours.example\r\nSubject: Hi\r\n"
#define BODY "Hello.\r\nGood bye.\r\n"
#define RECEIVED                                                                                   \
    "Received: from out.bank.example (out.bank.example [192.0.2.1])\r\n"                           \
    "\tby mx.ours.example (Postfix) with ESMTPS id 1\r\n\tfor <bob@ours.example>;"                 \
    " Wed, 18 Nov 2026 10:06:40 +0000\r\n"
#define AR "Authentication-Results: mx.ours.example; "
#define DMARC_PASS "; dmarc=pass header.from=bank.example\r\n"
#define FAIL "dmarc=fail policy.dmarc=reject header.from=bank.example"
/* A field that no verifier reads, for another domain. */
#define JUNK "DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=a; h=from; bh=AAAA; b=AAAA\r\n"

static struct signer signer;
static struct resolver *resolver;
static struct dkim_keys *keys;
static struct public_suffixes *suffixes;
static struct belief_rules *rules;

static struct verdict *judge(enum verify_mode mode, GBytes *octets) {
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {.message = message,
                                       .belief = rules,
                                       .mode = mode,
                                       .resolver = resolver,
                                       .keys = keys,
                                       .suffixes = suffixes,
                                       .now = NOW};
    OWNED(evidence) evidence = evaluate(&request);
    struct verdict_policy policy = {.rules = rules};
    return verdict_derive(evidence, &policy, NOW);
}

/* `reason` limits a likely author, or decides about another one. */
static void check_octets(enum verify_mode mode, GBytes *octets, enum verdict_author author,
                         enum reason_code reason) {
    OWNED(verdict) v = judge(mode, octets);
    assert_string_equal(verdict_author_name(v->author), verdict_author_name(author));
    assert_non_null(reason_find(&v->reasons, reason));
}

static GBytes *join(const char *top, const char *middle, GBytes *octets) {
    gsize n = 0;
    const char *p = octets ? g_bytes_get_data(octets, &n) : NULL;
    GString *all = g_string_new(top);
    g_string_append(all, middle);
    g_string_append_len(all, p, (gssize)n);
    return g_string_free_to_bytes(all);
}

static GBytes *signed_below(const char *top, const struct shape *shape, const char *header,
                            const char *body) {
    g_autoptr(GBytes) octets = sign_message(&signer, shape, header, body);
    return join(top, "", octets);
}

static const struct shape whole = {.domain = "bank.example"};
static const struct shape limited = {.domain = "bank.example", .tags = "l=8; ", .body_limit = "8"};

/* A message under `results`, signed in that shape, as the server alone sees it. */
static void check_stated(const char *results, const struct shape *shape, enum verdict_author author,
                         enum reason_code reason) {
    g_autofree char *top = g_strconcat(AR, results, RECEIVED, NULL);
    g_autoptr(GBytes) octets =
        shape ? signed_below(top, shape, HEADER, BODY) : join(top, HEADER "\r\n" BODY, NULL);
    check_octets(VERIFY_NEVER, octets, author, reason);
}

/* --- a failure that is taken back ----------------------------------------------------------- */

static const char disputed_results[] =
    FAIL "; dmarc=pass header.from=bank.example; dkim=pass header.d=bank.example header.s=s1\r\n";

static void rule04_a_disputed_failure_leaves_a_stated_signature_no_proof(void **state) {
    (void)state;
    check_stated(disputed_results, NULL, VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE);
    check_stated(disputed_results, &whole, VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE);
    check_stated("dmarc=pass header.from=bank.example; dkim=pass header.d=bank.example; " FAIL
                 "\r\n",
                 &whole, VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE);
}

static void rule04_spf_does_not_settle_a_dispute(void **state) {
    (void)state;
    check_stated(FAIL "; dmarc=none header.from=bank.example; spf=pass "
                      "smtp.mailfrom=a@bank.example\r\n",
                 NULL, VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE);
}

static void rule04_our_own_intact_signature_settles_a_dispute_to_likely(void **state) {
    (void)state;
    g_autofree char *top = g_strconcat(AR, disputed_results, RECEIVED, NULL);
    g_autoptr(GBytes) octets = signed_below(top, &whole, HEADER, BODY);
    check_octets(VERIFY_MISSING, octets, VERDICT_LIKELY, REASON_SERVER_DISAGREES);
    g_autoptr(GBytes) bare = join(top, HEADER "\r\n" BODY, NULL);
    check_octets(VERIFY_ALWAYS, bare, VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE);
}

static void rule04_a_clash_without_a_failure_is_no_dispute(void **state) {
    (void)state;
    check_stated("dmarc=none header.from=bank.example; dmarc=pass header.from=bank.example; "
                 "dkim=pass header.d=bank.example header.s=s1\r\n",
                 &whole, VERDICT_VERIFIED, REASON_SERVER_CONFIRMED_SIGNATURE);
}

/* --- a pass without its signature ----------------------------------------------------------- */

static void rule08_a_matched_pass_is_verified(void **state) {
    (void)state;
    check_stated("dkim=pass header.d=bank.example header.s=s1" DMARC_PASS, &whole, VERDICT_VERIFIED,
                 REASON_SERVER_CONFIRMED);
    check_stated("dkim=pass header.i=@bank.example header.s=s1" DMARC_PASS, &whole,
                 VERDICT_VERIFIED, REASON_SERVER_CONFIRMED);
    check_stated("dkim=pass header.d=bank.example\r\n", &whole, VERDICT_VERIFIED,
                 REASON_SERVER_CONFIRMED_SIGNATURE);
}

static void rule08_a_pass_without_any_signature_is_likely(void **state) {
    (void)state;
    check_stated("dkim=pass header.d=bank.example header.s=s1" DMARC_PASS, NULL, VERDICT_LIKELY,
                 REASON_SIGNATURE_UNKNOWN);
    check_stated("dkim=pass header.d=bank.example\r\n", NULL, VERDICT_LIKELY,
                 REASON_SIGNATURE_UNKNOWN);
}

static void rule08_a_pass_for_another_selector_is_likely(void **state) {
    (void)state;
    check_stated("dkim=pass header.d=bank.example header.s=other" DMARC_PASS, &limited,
                 VERDICT_LIKELY, REASON_SIGNATURE_UNKNOWN);
}

static void rule08_a_short_b_falls_back_to_domain_and_selector(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = sign_message(&signer, &limited, HEADER, BODY);
    const char *text = g_bytes_get_data(octets, NULL);
    const char *b = strstr(text, "b=");
    while (b && g_ascii_isalpha(b[-1])) /* bh= */
        b = strstr(b + 1, "b=");
    assert_non_null(b);
    g_autofree char *top = g_strdup_printf(
        AR "dkim=pass header.d=bank.example header.s=s1 header.b=%.6s" DMARC_PASS RECEIVED, b + 2);
    g_autoptr(GBytes) all = join(top, "", octets);
    check_octets(VERIFY_NEVER, all, VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED);
}

static void rule08_a_signature_too_large_to_read_may_cover_nothing(void **state) {
    (void)state;
    g_autofree char *folds = g_strnfill(LIMIT_DKIM_SIZE, ' ');
    g_autofree char *tags = g_strconcat("x-a=b", folds, "; l=8; ", NULL);
    struct shape fat = {.domain = "bank.example", .tags = tags, .body_limit = "8"};
    check_stated("dkim=pass header.d=bank.example header.s=s1" DMARC_PASS, &fat,
                 VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED);
}

static void rule08_signatures_beyond_the_limit_may_cover_nothing(void **state) {
    (void)state;
    GString *top =
        g_string_new(AR "dkim=pass header.d=bank.example header.s=s1" DMARC_PASS RECEIVED);
    for (guint i = 0; i < LIMIT_DKIM_FIELDS; i++)
        g_string_append(top, JUNK);
    g_autoptr(GBytes) octets = signed_below(top->str, &limited, HEADER, BODY);
    check_octets(VERIFY_NEVER, octets, VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED);
    g_string_free(top, TRUE);
}

static void rule08_a_decoy_beside_an_unread_signature_is_not_taken_for_it(void **state) {
    (void)state;
    GString *top = g_string_new(AR "dkim=pass header.d=bank.example" DMARC_PASS RECEIVED
                                   "DKIM-Signature: v=1; a=rsa-sha256; d=bank.example; s=decoy; "
                                   "h=from:to:subject; bh=AAAA; b=AAAA\r\n");
    for (guint i = 0; i < LIMIT_DKIM_FIELDS; i++)
        g_string_append(top, JUNK);
    g_autoptr(GBytes) octets = signed_below(top->str, &limited, HEADER, BODY);
    check_octets(VERIFY_NEVER, octets, VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED);
    g_string_free(top, TRUE);
}

/* --- fields that decide how the body is read ------------------------------------------------ */

/* Fields that no signature covers, above a message that our own check finds intact. */
static void check_fields(const char *fields, const struct shape *shape, const char *header,
                         const char *body, bool verified) {
    g_autofree char *top = g_strconcat(RECEIVED, fields, NULL);
    g_autoptr(GBytes) octets = signed_below(top, shape, header, body);
    OWNED(verdict) v = judge(VERIFY_ALWAYS, octets);
    assert_string_equal(verdict_author_name(v->author),
                        verdict_author_name(verified ? VERDICT_VERIFIED : VERDICT_LIKELY));
    assert_int_equal(reason_find(&v->reasons, REASON_FIELDS_NOT_COVERED) == NULL, verified);
}

static void rule14_an_unsigned_type_makes_other_text_of_the_body(void **state) {
    (void)state;
    struct shape shape = {.domain = "bank.example", .headers = "From:To:Subject"};
    static const struct {
        const char *fields;
        bool verified;
    } cases[] = {
        {"", true},
        {"MIME-Version: 1.0\r\n", true},
        {"Content-Type: text/plain\r\n", true},
        {"Content-Type: text/plain; charset=iso-2022-jp\r\n", true},
        {"Content-Type: text/html\r\n", false},
        {"Content-Type: multipart/mixed; boundary=x\r\n", false},
        {"Content-Type: (\r\n", false},
        {"Content-Type: text/plain\r\nContent-Type: text/html\r\n", false},
        {"Content-Transfer-Encoding: 7bit\r\n", true},
        {"Content-Transfer-Encoding: 8BIT\r\n", true},
        {"Content-Transfer-Encoding: quoted-printable\r\n", true},
        {"Content-Transfer-Encoding: base64\r\n", false},
        {"Content-Transfer-Encoding: x-uuencode\r\n", false},
        {"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        check_fields(cases[i].fields, &shape, HEADER, BODY, cases[i].verified);
}

static void rule14_an_added_encoding_below_a_signed_type(void **state) {
    (void)state;
    struct shape shape = {.domain = "bank.example", .headers = "From:To:Subject:Content-Type"};
    static const char plain[] = HEADER "Content-Type: text/plain\r\n";
    static const char html[] = HEADER "Content-Type: text/html\r\n";
    check_fields("", &shape, html, BODY, true);
    check_fields("Content-Transfer-Encoding: base64\r\n", &shape, plain, BODY, false);
    check_fields("Content-Transfer-Encoding: quoted-printable\r\n", &shape, plain, BODY, true);
    check_fields("Content-Transfer-Encoding: quoted-printable\r\n", &shape, html, BODY, false);
    check_fields("Content-Type: text/html\r\n", &shape, plain, BODY, false);
}

static void rule14_a_multipart_that_opens_with_its_delimiter_tells_of_itself(void **state) {
    (void)state;
    struct shape shape = {.domain = "bank.example", .headers = "From:To:Subject"};
    static const char body[] = "--x1\r\n\r\nHello.\r\n--x1--\r\n";
    static const char preamble[] = "Dear Bob\r\n--x1\r\n\r\nHello.\r\n--x1--\r\n";
    static const char type[] = "Content-Type: multipart/alternative; boundary=\"x1\"\r\n";
    check_fields(type, &shape, HEADER, body, true);
    check_fields(type, &shape, HEADER, preamble, false);
    check_fields("Content-Type: multipart/mixed\r\n", &shape, HEADER, body, false);
    check_fields("Content-Type: text/html; boundary=x1\r\n", &shape, HEADER, body, false);
}

static int set_up(void **state) {
    (void)state;
    signer = signer_ed25519();
    resolver = resolver_new_table();
    keys = dkim_keys_new();
    suffixes = orgdomain_suffixes_new(NULL);
    g_autofree char *record = signer_record(&signer, "");
    resolver_table_add(resolver, "s1._domainkey.bank.example", DNS_TXT, record);
    resolver_table_add(resolver, "_dmarc.bank.example", DNS_TXT, "v=DMARC1; p=reject");
    resolver_table_add(resolver, "bank.example", DNS_A, "192.0.2.1");
    rules = belief_rules_new();
    bool fine = belief_add_border(rules, "mx.ours.example", NULL) &&
                belief_add_id(rules, "mx.ours.example", NULL);
    return fine && suffixes ? 0 : 1;
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule04_a_disputed_failure_leaves_a_stated_signature_no_proof),
        cmocka_unit_test(rule04_spf_does_not_settle_a_dispute),
        cmocka_unit_test(rule04_our_own_intact_signature_settles_a_dispute_to_likely),
        cmocka_unit_test(rule04_a_clash_without_a_failure_is_no_dispute),
        cmocka_unit_test(rule08_a_matched_pass_is_verified),
        cmocka_unit_test(rule08_a_pass_without_any_signature_is_likely),
        cmocka_unit_test(rule08_a_pass_for_another_selector_is_likely),
        cmocka_unit_test(rule08_a_short_b_falls_back_to_domain_and_selector),
        cmocka_unit_test(rule08_a_signature_too_large_to_read_may_cover_nothing),
        cmocka_unit_test(rule08_signatures_beyond_the_limit_may_cover_nothing),
        cmocka_unit_test(rule08_a_decoy_beside_an_unread_signature_is_not_taken_for_it),
        cmocka_unit_test(rule14_an_unsigned_type_makes_other_text_of_the_body),
        cmocka_unit_test(rule14_an_added_encoding_below_a_signed_type),
        cmocka_unit_test(rule14_a_multipart_that_opens_with_its_delimiter_tells_of_itself),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

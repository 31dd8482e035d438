/* SPDX-License-Identifier: MIT
 *
 * trust/evaluate: which checks run, how many questions they ask, and what of a real message comes
 * out as evidence and verdict. Keys are fresh, signatures made by the tests' own signer, answers
 * come from a table. */
#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "dkim_signer.h"
#include "trust/evaluate.h"
#include "trust/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define NOW 1795000000
#define HEADER "From: Alice <alice@bank.example>\r\nTo: bob@ours.example\r\nSubject: Hi\r\n"
#define BODY "Hello.\r\nGood bye.\r\n"
#define RECEIVED                                                                                   \
    "Received: from out.bank.example (out.bank.example [192.0.2.1])\r\n"                           \
    "\tby mx.ours.example (Postfix) with ESMTPS id 1\r\n\tfor <bob@ours.example>;"                 \
    " Wed, 18 Nov 2026 10:06:40 +0000\r\n" /* NOW */
#define AR "Authentication-Results: mx.ours.example; "

static struct signer signer;
static struct resolver *resolver;
static struct dkim_keys *keys;
static struct public_suffixes *suffixes;
static struct belief_rules *rules;

static struct evaluate_request request_for(enum verify_mode mode) {
    return (struct evaluate_request){.belief = rules,
                                     .mode = mode,
                                     .resolver = resolver,
                                     .keys = keys,
                                     .suffixes = suffixes,
                                     .now = NOW};
}

static struct evidence *evaluate_text(struct evaluate_request request, GBytes *octets,
                                      uint32_t flags) {
    OWNED(message) message = message_new(octets, flags);
    request.message = message;
    return evaluate(&request);
}

/* Prepends header lines to signed octets. */
static GBytes *below(const char *top, GBytes *octets) {
    gsize n;
    const char *p = g_bytes_get_data(octets, &n);
    GString *all = g_string_new(top);
    g_string_append_len(all, p, (gssize)n);
    return g_string_free_to_bytes(all);
}

static GBytes *plain(const char *top) {
    g_autoptr(GBytes) octets = g_bytes_new_static(HEADER "\r\n" BODY, strlen(HEADER "\r\n" BODY));
    return below(top, octets);
}

static GBytes *signed_with(const char *top, const struct shape *shape) {
    g_autoptr(GBytes) octets = sign_message(&signer, shape, HEADER, BODY);
    return below(top, octets);
}

static GBytes *signed_by(const char *top, const char *domain) {
    return signed_with(top, &(struct shape){.domain = domain});
}

/* Evaluates and derives; checks the author and the deciding reason. */
static struct evidence *expect(struct evaluate_request request, GBytes *octets,
                               enum verdict_author author, enum reason_code code) {
    struct evidence *e = evaluate_text(request, octets, 0);
    struct verdict_policy policy = {.rules = request.belief};
    OWNED(verdict) v = verdict_derive(e, &policy, request.now);
    assert_string_equal(verdict_author_name(v->author), verdict_author_name(author));
    assert_string_equal(reason_code_name(v->reasons.items[0].code), reason_code_name(code));
    return e;
}

/* --- which checks run ----------------------------------------------------------------------- */

static void missing_asks_nothing_where_the_server_answered(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_by(
        AR "dkim=pass header.d=bank.example header.s=s1;\r\n spf=pass "
           "smtp.mailfrom=alice@bank.example;\r\n dmarc=pass header.from=bank.example\r\n" RECEIVED,
        "bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_VERIFIED, REASON_SERVER_CONFIRMED);
    assert_false(e->dkim_evaluated);
    assert_int_equal(e->dmarc.result, AUTH_NOT_EVALUATED);
    assert_int_equal(e->statement.dkim[0].signature, 0);
}

static void missing_runs_what_the_server_left_out(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_by(RECEIVED, "bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_VERIFIED, REASON_SIGNATURE_INTACT);
    assert_true(e->dkim_evaluated);
    assert_int_equal(e->dmarc.result, AUTH_PASS);
    assert_false(e->dmarc.from_server);
}

static void missing_looks_up_the_policy_of_a_failure(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = plain(AR "dmarc=fail header.from=bank.example\r\n" RECEIVED);
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_CONTRADICTED,
               REASON_FAIL_POLICY_REJECT);
    assert_int_equal(e->dmarc.applied, DMARC_POLICY_REJECT);
}

static void missing_feeds_believed_results_into_dmarc(void **state) {
    (void)state;
    g_autoptr(GBytes) octets =
        plain(AR "dkim=none;\r\n spf=pass smtp.mailfrom=a@bounce.bank.example\r\n" RECEIVED);
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_LIKELY, REASON_SENT_BY_LISTED_SERVER);
    assert_true(e->dmarc.from_server && e->dmarc.by_spf);
    assert_false(e->dmarc.by_dkim);
    assert_false(e->dkim_evaluated);
}

static void missing_asks_the_signature_before_it_says_forged(void **state) {
    (void)state;
    static const char fail[] = AR "dkim=fail header.d=bank.example;\r\n dmarc=fail (p=reject) "
                                  "policy.dmarc=reject header.from=bank.example\r\n" RECEIVED;
    g_autoptr(GBytes) whole = signed_by(fail, "bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), whole, VERDICT_LIKELY, REASON_SIGNATURE_INTACT);
    gsize n;
    const char *p = g_bytes_get_data(whole, &n);
    g_autoptr(GString) changed = g_string_new_len(p, (gssize)n);
    g_string_append(changed, "A footer of the list.\r\n");
    g_autoptr(GBytes) footer = g_bytes_new(changed->str, changed->len);
    OWNED(evidence)
    f = expect(request_for(VERIFY_MISSING), footer, VERDICT_NOT_ESTABLISHED,
               REASON_CHANGED_AFTER_SIGNING);
    OWNED(evidence)
    never =
        expect(request_for(VERIFY_NEVER), whole, VERDICT_CONTRADICTED, REASON_FAIL_POLICY_REJECT);
}

static void a_strangers_signature_starts_no_check_of_a_failure(void **state) {
    (void)state;
    g_autoptr(GBytes) octets =
        signed_by(AR "dkim=fail header.d=evil.example;\r\n dmarc=fail policy.dmarc=reject "
                     "header.from=bank.example\r\n" RECEIVED,
                  "evil.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_CONTRADICTED,
               REASON_FAIL_POLICY_REJECT);
    assert_false(e->dkim_evaluated);
}

static void temporary_errors_of_the_server_count_as_missing(void **state) {
    (void)state;
    g_autoptr(GBytes) octets =
        signed_by(AR "dkim=temperror header.d=bank.example;\r\n dmarc=temperror "
                     "header.from=bank.example\r\n" RECEIVED,
                  "bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_VERIFIED, REASON_SIGNATURE_INTACT);
    assert_true(e->dkim_evaluated);
}

static void a_signature_the_server_passed_over_is_checked(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_by(
        AR "dkim=pass header.d=esp.example header.s=e;\r\n spf=none\r\n" RECEIVED, "bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_VERIFIED, REASON_SIGNATURE_INTACT);
    assert_true(e->dkim_evaluated);
}

static void always_runs_everything_with_our_own_inputs(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_by(
        AR "dkim=pass header.d=bank.example;\r\n dmarc=pass header.from=bank.example\r\n" RECEIVED,
        "bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_ALWAYS), octets, VERDICT_VERIFIED, REASON_SERVER_CONFIRMED);
    assert_int_equal(e->signatures[0].result, AUTH_PASS);
    assert_int_equal(e->dmarc.result, AUTH_PASS);
    assert_false(e->dmarc.from_server);
}

static void never_asks_nothing(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_by(RECEIVED, "bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_NEVER), octets, VERDICT_NOT_ESTABLISHED, REASON_NOT_CHECKED);
    assert_false(e->dkim_evaluated);
    assert_int_equal(e->dmarc.result, AUTH_NOT_EVALUATED);
}

static void own_mailbox_asks_nothing_and_believes_nothing(void **state) {
    (void)state;
    struct evaluate_request request = request_for(VERIFY_ALWAYS);
    request.role = MAILBOX_OWN;
    g_autoptr(GBytes) octets =
        signed_by(AR "dmarc=pass header.from=bank.example\r\n" RECEIVED, "bank.example");
    OWNED(evidence) e = expect(request, octets, VERDICT_OWN, REASON_WRITTEN_HERE);
    assert_false(e->dkim_evaluated);
    assert_false(e->statement.present);
}

static void imported_mail_is_checked_but_its_headers_are_not_believed(void **state) {
    (void)state;
    struct evaluate_request request = request_for(VERIFY_MISSING);
    request.role = MAILBOX_IMPORTED;
    g_autoptr(GBytes) octets = plain(AR "dkim=pass header.d=bank.example\r\n" RECEIVED);
    OWNED(evidence) e = expect(request, octets, VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE);
    assert_string_equal(e->authres[0].why, "imported");
    assert_false(e->authres[0].believed);
}

static void without_rules_nobody_is_believed(void **state) {
    (void)state;
    struct evaluate_request request = request_for(VERIFY_NEVER);
    request.belief = NULL;
    g_autoptr(GBytes) octets = plain(AR "dmarc=pass header.from=bank.example\r\n" RECEIVED);
    OWNED(evidence) e = expect(request, octets, VERDICT_NOT_ESTABLISHED, REASON_NOT_CHECKED);
    assert_false(e->authres[0].believed);
}

/* --- alignment, coverage, receipt ----------------------------------------------------------- */

static void relaxed_alignment_comes_from_the_walk(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_by(RECEIVED, "mail.bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_VERIFIED, REASON_SIGNATURE_INTACT);
    assert_int_equal(e->signatures[0].aligned, DMARC_ALIGNED_RELAXED);
    assert_true(finding_is_aligned(e, &e->signatures[0]));
}

static void the_suffix_list_takes_alignment_away(void **state) {
    (void)state;
    /* A record at a public suffix would make its children one organization: they are not. */
    struct resolver *table = resolver_new_table();
    g_autofree char *record = signer_record(&signer, "");
    resolver_table_add(table, "s1._domainkey.other.co.uk", DNS_TXT, record);
    resolver_table_add(table, "_dmarc.co.uk", DNS_TXT, "v=DMARC1; p=reject; psd=n");
    resolver_table_add(table, "shop.co.uk", DNS_A, "192.0.2.1");
    struct evaluate_request request = request_for(VERIFY_ALWAYS);
    request.resolver = table;
    static const char header[] = "From: a@shop.co.uk\r\nTo: b@ours.example\r\nSubject: x\r\n";
    g_autoptr(GBytes) octets =
        sign_message(&signer, &(struct shape){.domain = "other.co.uk"}, header, BODY);
    OWNED(evidence) e = evaluate_text(request, octets, 0);
    assert_int_equal(e->dmarc.result, AUTH_PASS); /* as RFC 9989 has it */
    struct verdict_policy policy = {.rules = rules};
    OWNED(verdict) v = verdict_derive(e, &policy, NOW);
    assert_int_equal(v->author, VERDICT_NOT_ESTABLISHED);
    assert_int_equal(e->signatures[0].aligned, DMARC_UNALIGNED);
    assert_false(e->signatures[0].could_align);
    resolver_free(table);
}

static void a_second_subject_is_not_covered(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_by("Subject: Urgent\r\n" RECEIVED, "bank.example");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_LIKELY, REASON_SIGNATURE_INTACT);
    assert_string_equal(e->signatures[0].fields_uncovered, "Subject");
}

static void an_unsigned_subject_is_not_covered(void **state) {
    (void)state;
    g_autoptr(GBytes) octets =
        signed_with(RECEIVED, &(struct shape){.domain = "bank.example", .headers = "From:To"});
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_LIKELY, REASON_SIGNATURE_INTACT);
    assert_string_equal(e->signatures[0].fields_uncovered, "Subject");
}

static void a_short_l_leaves_the_text_open(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_with(
        RECEIVED, &(struct shape){.domain = "bank.example", .tags = "l=8; ", .body_limit = "8"});
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_NOT_ESTABLISHED,
               REASON_BODY_NOT_COVERED);
    assert_int_equal(e->signatures[0].body_length_limit, 8);
    assert_true(e->signatures[0].body_uncovered);
}

static void a_believed_signature_inherits_l_without_being_checked(void **state) {
    (void)state;
    g_autoptr(GBytes) octets =
        signed_with(AR "dkim=pass header.d=bank.example header.s=s1;\r\n dmarc=pass "
                       "header.from=bank.example\r\n" RECEIVED,
                    &(struct shape){.domain = "bank.example", .tags = "l=8; ", .body_limit = "8"});
    OWNED(evidence)
    e = expect(request_for(VERIFY_NEVER), octets, VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED);
}

static void the_border_line_dates_the_receipt(void **state) {
    (void)state;
    struct evaluate_request request = request_for(VERIFY_NEVER);
    request.received_known = true;
    request.received_at = NOW - 7;
    g_autoptr(GBytes) bordered = plain(RECEIVED), bare = plain("");
    OWNED(evidence) a = evaluate_text(request, bordered, 0);
    assert_int_equal(a->receipt, RECEIPT_BORDER);
    assert_int_equal(a->received_at, 1794996400);
    OWNED(evidence) b = evaluate_text(request, bare, 0);
    assert_int_equal(b->receipt, RECEIPT_GIVEN);
    assert_int_equal(b->received_at, NOW - 7);
    request.received_known = false;
    OWNED(evidence) c = evaluate_text(request, bare, 0);
    assert_int_equal(c->receipt, RECEIPT_UNKNOWN);
    assert_int_equal(c->received_at, NOW);
}

static void half_a_body_is_pending(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = signed_by(RECEIVED, "bank.example");
    OWNED(evidence) e = evaluate_text(request_for(VERIFY_MISSING), octets, MESSAGE_BODY_PARTIAL);
    struct verdict_policy policy = {.rules = rules};
    OWNED(verdict) v = verdict_derive(e, &policy, NOW);
    assert_int_equal(v->author, VERDICT_UNCHECKED);
    assert_false(v->complete);
}

/* --- submission ----------------------------------------------------------------------------- */

static void submission_by_the_border_line(void **state) {
    (void)state;
    g_autoptr(GBytes) octets =
        plain("Received: from laptop (laptop [198.51.100.7])\r\n\t(Authenticated sender: "
              "alice@bank.example)\r\n\tby mx.ours.example (Postfix) with ESMTPSA id 1;\r\n"
              "\tWed, 18 Nov 2026 10:06:40 +0000\r\n");
    OWNED(evidence)
    e = expect(request_for(VERIFY_MISSING), octets, VERDICT_NOT_ESTABLISHED,
               REASON_SUBMITTED_FOR_OTHER);
    assert_int_equal(e->dmarc.result, AUTH_NOT_EVALUATED); /* rule 10 */
    OWNED(belief_rules) own = belief_rules_copy(rules);
    assert_true(belief_add_own_domain(own, "bank.example", NULL));
    struct evaluate_request request = request_for(VERIFY_MISSING);
    request.belief = own;
    OWNED(evidence) f = expect(request, octets, VERDICT_VERIFIED, REASON_SUBMITTED_BY_AUTHOR);
    assert_string_equal(f->session.client_ip, "198.51.100.7");
}

static void submission_by_a_client_of_ours(void **state) {
    (void)state;
    OWNED(belief_rules) own = belief_rules_copy(rules);
    assert_true(belief_add_own_domain(own, "bank.example", NULL) &&
                belief_add_border(own, "10.1.0.0/16", NULL));
    struct evaluate_request request = request_for(VERIFY_MISSING);
    request.belief = own;
    static const struct {
        const char *received;
        bool submitted;
    } cases[] = {
        {"from web.ours.example (web [10.1.0.5]) by mx.ours.example with ESMTP id 1;", true},
        {"from web.ours.example (web [10.2.0.5]) by mx.ours.example with ESMTP id 1;", false},
        {"from mx.ours.example ([10.1.0.6]) by mx.ours.example with LMTP id 1;", false},
        {"by mx.ours.example (Postfix, from userid 115) id 1;", false},
        {"from x (x [10.1.0.5]) by mx.ours.example with ESMTP id 2; Wed, 18 Nov 2026 10:06:40 "
         "+0000\r\nReceived: from y (y [198.51.100.9]) by x with ESMTP id 1;",
         false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *top =
            g_strdup_printf("Received: %s Wed, 18 Nov 2026 10:06:40 +0000\r\n", cases[i].received);
        g_autoptr(GBytes) octets = plain(top);
        OWNED(evidence) e = evaluate_text(request, octets, 0);
        assert_int_equal(e->session.submitted, cases[i].submitted);
    }
}

static void a_crowd_of_signatures_does_not_eat_the_walk(void **state) {
    (void)state;
    g_autoptr(GString) top = g_string_new(NULL);
    for (int i = 0; i < 150; i++)
        g_string_append_printf(top,
                               "DKIM-Signature: v=1; a=rsa-sha256; d=a%d.b.bank.example; s=s%d; "
                               "h=from; bh=AAAA; b=AAAA\r\n",
                               i, i);
    g_autoptr(GBytes) octets = plain(top->str);
    OWNED(evidence) e = evaluate_text(request_for(VERIFY_ALWAYS), octets, 0);
    assert_int_equal(e->dmarc.result, AUTH_FAIL);
    assert_int_equal(e->dmarc.applied, DMARC_POLICY_REJECT);
    assert_string_equal(e->dmarc.reason,
                        "spf-not-evaluated"); /* there was no session to ask about */
}

static void submission_below_the_border_is_anybodys_word(void **state) {
    (void)state;
    g_autoptr(GBytes) octets =
        plain(RECEIVED "Received: from laptop (laptop [198.51.100.7]) by mx.ours.example with "
                       "ESMTPSA id 1;\r\n\tWed, 18 Nov 2026 10:06:00 +0000\r\n");
    OWNED(evidence) e = evaluate_text(request_for(VERIFY_NEVER), octets, 0);
    assert_false(e->session.submitted);
    assert_string_equal(e->session.client_ip, "192.0.2.1");
}

static void submission_by_a_believed_header(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = plain(AR "auth=pass smtp.auth=alice@bank.example\r\n" RECEIVED);
    OWNED(evidence) e = evaluate_text(request_for(VERIFY_NEVER), octets, 0);
    assert_true(e->session.submitted);
    assert_string_equal(e->session.submitted_by, "alice@bank.example");
}

/* --- what surrounds the author -------------------------------------------------------------- */

static const char *reply_domain(struct evidence **e, const char *lines) {
    g_autoptr(GBytes) octets = plain(lines);
    *e = evaluate_text(request_for(VERIFY_NEVER), octets, 0);
    return (*e)->author.reply_domain;
}

static void replies_elsewhere_are_seen(void **state) {
    (void)state;
    OWNED(evidence) a = NULL;
    assert_string_equal(reply_domain(&a, "Reply-To: x@bank.example, y@evil.example\r\n"),
                        "evil.example");
    OWNED(evidence) b = NULL;
    assert_null(reply_domain(&b, "Reply-To: x@mail.bank.example\r\n"));
    OWNED(evidence) c = NULL;
    assert_non_null(reply_domain(&c, "Reply-To: x@evil.example\r\nList-Id: <l.example>\r\n"));
    assert_true(c->author.is_list);
    OWNED(evidence) d = NULL;
    assert_non_null(reply_domain(
        &d, "Reply-To: x@evil.example\r\nContent-Type: Text/Calendar; method=REQUEST\r\n"));
    assert_true(d->author.is_invitation);
}

static void recipients_are_compared_with_to_and_cc(void **state) {
    (void)state;
    static const char *const mine[] = {"me@ours.example", "BOB@ours.example", NULL};
    static const char *const others[] = {"carol@ours.example", NULL};
    struct evaluate_request request = request_for(VERIFY_NEVER);
    g_autoptr(GBytes) octets = plain("");
    request.recipients = mine;
    OWNED(evidence) a = evaluate_text(request, octets, 0);
    assert_true(a->author.recipients_known && a->author.addressed_to_account);
    request.recipients = others;
    OWNED(evidence) b = evaluate_text(request, octets, 0);
    assert_true(b->author.recipients_known && !b->author.addressed_to_account);
    request.recipients = NULL;
    OWNED(evidence) c = evaluate_text(request, octets, 0);
    assert_false(c->author.recipients_known);
}

static void header_fields_are_kept_believed_or_not(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = plain(
        AR "dkim=pass (2048 bit) reason=\"good\" header.d=bank.example x-bits=2048\r\n" RECEIVED
           "Authentication-Results: evil.example; dmarc=pass "
           "header.from=bank.example\r\n");
    OWNED(evidence) e = evaluate_text(request_for(VERIFY_NEVER), octets, 0);
    assert_int_equal(e->n_authres, 2);
    assert_true(e->authres[0].believed && !e->authres[1].believed);
    const struct evidence_result *result = &e->authres[0].results[0];
    assert_string_equal(result->comment, "2048 bit");
    assert_string_equal(result->reason, "good");
    assert_int_equal(result->n_properties, 1);
    assert_int_equal(result->n_extra, 1);
    assert_string_equal(result->properties[1].name, "x-bits");
    assert_int_equal(e->statement.n_dkim, 1);
    assert_int_equal(e->statement.dmarc, AUTH_NOT_EVALUATED);
}

/* --- questions ------------------------------------------------------------------------------ */

static void questions_are_asked_once(void **state) {
    (void)state;
    g_autoptr(GBytes) one = signed_by("", "bank.example");
    struct evaluate_request request = request_for(VERIFY_ALWAYS);
    uint64_t before = resolver_questions_sent(resolver);
    OWNED(evidence) e = evaluate_text(request, one, 0);
    uint64_t first = resolver_questions_sent(resolver) - before;
    OWNED(evidence) f = evaluate_text(request, one, 0);
    assert_int_equal(e->signatures[0].result, AUTH_PASS);
    /* key, _dmarc of bank.example and of example, existence of bank.example */
    assert_true(first <= 4);
    request.mode = VERIFY_NEVER;
    before = resolver_questions_sent(resolver);
    OWNED(evidence) g = evaluate_text(request, one, 0);
    assert_int_equal(resolver_questions_sent(resolver), before);
}

static int set_up(void **state) {
    (void)state;
    signer = signer_rsa(2048);
    resolver = resolver_new_table();
    keys = dkim_keys_new();
    suffixes = orgdomain_suffixes_new(NULL);
    g_autofree char *record = signer_record(&signer, "");
    static const char *const domains[] = {"bank.example", "mail.bank.example", "evil.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        g_autofree char *name = g_strdup_printf("s1._domainkey.%s", domains[i]);
        resolver_table_add(resolver, name, DNS_TXT, record);
    }
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
        cmocka_unit_test(missing_asks_nothing_where_the_server_answered),
        cmocka_unit_test(missing_runs_what_the_server_left_out),
        cmocka_unit_test(missing_looks_up_the_policy_of_a_failure),
        cmocka_unit_test(missing_feeds_believed_results_into_dmarc),
        cmocka_unit_test(missing_asks_the_signature_before_it_says_forged),
        cmocka_unit_test(a_strangers_signature_starts_no_check_of_a_failure),
        cmocka_unit_test(temporary_errors_of_the_server_count_as_missing),
        cmocka_unit_test(a_signature_the_server_passed_over_is_checked),
        cmocka_unit_test(always_runs_everything_with_our_own_inputs),
        cmocka_unit_test(never_asks_nothing),
        cmocka_unit_test(own_mailbox_asks_nothing_and_believes_nothing),
        cmocka_unit_test(imported_mail_is_checked_but_its_headers_are_not_believed),
        cmocka_unit_test(without_rules_nobody_is_believed),
        cmocka_unit_test(relaxed_alignment_comes_from_the_walk),
        cmocka_unit_test(the_suffix_list_takes_alignment_away),
        cmocka_unit_test(a_second_subject_is_not_covered),
        cmocka_unit_test(an_unsigned_subject_is_not_covered),
        cmocka_unit_test(a_short_l_leaves_the_text_open),
        cmocka_unit_test(a_believed_signature_inherits_l_without_being_checked),
        cmocka_unit_test(the_border_line_dates_the_receipt),
        cmocka_unit_test(half_a_body_is_pending),
        cmocka_unit_test(submission_by_the_border_line),
        cmocka_unit_test(submission_by_a_client_of_ours),
        cmocka_unit_test(a_crowd_of_signatures_does_not_eat_the_walk),
        cmocka_unit_test(submission_below_the_border_is_anybodys_word),
        cmocka_unit_test(submission_by_a_believed_header),
        cmocka_unit_test(replies_elsewhere_are_seen),
        cmocka_unit_test(recipients_are_compared_with_to_and_cc),
        cmocka_unit_test(header_fields_are_kept_believed_or_not),
        cmocka_unit_test(questions_are_asked_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: MIT
 *
 * trust/evidence_bound: whatever a sender puts into a message, its record can be kept, and what the
 * verdict rests on is in it. */
#include "trust/evidence_bound.h"

#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "base/limits.h"
#include "trust/evaluate.h"
#include "trust/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define NOW 1795000000
#define FORGED                                                                                     \
    "Authentication-Results: mx.ours.example;\r\n dmarc=fail (p=reject) "                          \
    "header.from=bank.example\r\n"
#define END "From: Alice <alice@bank.example>\r\nSubject: Hi\r\n\r\nHello.\r\n"

static const struct verdict_policy nothing_configured;

/* `text` is consumed; evaluated without a look-up. */
static struct record *judged(GString *text) {
    OWNED(belief_rules) rules = belief_rules_new();
    belief_add_id(rules, "mx.ours.example", NULL);
    rules->strips = true;
    struct public_suffixes *suffixes = orgdomain_suffixes_new(NULL);
    g_autoptr(GBytes) octets = g_string_free_to_bytes(g_string_append(text, END));
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {.message = message,
                                       .belief = rules,
                                       .mode = VERIFY_MISSING,
                                       .suffixes = suffixes,
                                       .now = NOW};
    struct record *record = g_new0(struct record, 1);
    record->facts.inputs = g_strdup("00");
    record->evidence = evaluate(&request);
    record->verdict = verdict_derive(record->evidence, &nothing_configured, NOW);
    orgdomain_suffixes_free(suffixes);
    return record;
}

static void add_signature(GString *text, guint number, guint names) {
    g_string_append_printf(text,
                           "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=q%u;\r\n"
                           " bh=AAAA; b=AAAA; h=from",
                           number);
    for (guint i = 1; i < names; i++)
        g_string_append_printf(text, ":x-%020u", i);
    g_string_append(text, "\r\n");
}

/* A comment is invalid UTF-8, three octets for each when kept; properties cost more than they
 * take. */
static void add_results(GString *text, guint number) {
    g_autofree char *junk = g_strnfill(20000, '\xff');
    g_string_append_printf(text, "Authentication-Results: o%u.example", number);
    for (guint i = 0; i < 16; i++) {
        g_string_append_printf(text, "; dkim=fail (%.*s)", 2000, junk);
        for (guint j = 0; j < LIMIT_AR_PROPERTIES; j++)
            g_string_append(text, " a.b=c");
    }
    g_string_append(text, "\r\n");
}

static void the_worst_message_has_a_record(void **state) {
    (void)state;
    GString *text = g_string_new(FORGED);
    g_autofree char *name = g_strnfill(2000, 'h');
    for (guint i = 0; i < LIMIT_HOPS; i++)
        g_string_append_printf(text, "Received: from %s by %s; Wed, 18 Nov 2026 10:06:40 +0000\r\n",
                               name, name);
    for (guint i = 1; i < LIMIT_AR_FIELDS; i++)
        add_results(text, i);
    for (guint i = 0; i < LIMIT_DKIM_FIELDS; i++)
        add_signature(text, i, LIMIT_DKIM_H);
    OWNED(record) record = judged(text);
    assert_int_equal(record->verdict->level, LEVEL_FORGED);
    assert_int_equal(record->evidence->n_authres, LIMIT_AR_FIELDS);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) octets = record_encode(record, &error);
    assert_null(error);
    OWNED(record) again = record_decode(octets, &error);
    assert_null(error);
    assert_true(verdict_equal(record->verdict, again->verdict));
    assert_int_equal(again->evidence->n_hops, LIMIT_HOPS); /* not the net of record_encode */
    assert_int_equal(again->evidence->n_signatures, LIMIT_EVIDENCE_OTHERS);
    assert_int_equal(again->evidence->authres[0].n_results, 1);
}

static guint names_of(const struct evidence_signature *signature) {
    guint n = 0;
    while (signature->signed_headers[n])
        n++;
    return n;
}

static void signatures_keep_their_order_and_some_names(void **state) {
    (void)state;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < LIMIT_DKIM_FIELDS; i++)
        add_signature(text, i, 100);
    OWNED(record) record = judged(text);
    const struct evidence *evidence = record->evidence;
    guint names = 0;
    assert_int_equal(evidence->n_signatures, LIMIT_EVIDENCE_OTHERS);
    for (guint i = 0; i < evidence->n_signatures; i++) {
        g_autofree char *selector = g_strdup_printf("q%u", i);
        assert_string_equal(evidence->signatures[i].selector, selector);
        names += names_of(&evidence->signatures[i]);
    }
    assert_int_equal(names_of(&evidence->signatures[0]), LIMIT_EVIDENCE_H);
    assert_int_equal(names, LIMIT_EVIDENCE_H_ALL);
}

/* What the server speaks of is kept wherever it stands. */
static void a_signature_that_a_server_names_is_kept(void **state) {
    (void)state;
    GString *text = g_string_new("Authentication-Results: mx.ours.example;\r\n dkim=pass "
                                 "header.d=evil.example header.s=q150\r\n");
    for (guint i = 0; i < LIMIT_DKIM_FIELDS; i++)
        add_signature(text, i, 2);
    OWNED(record) record = judged(text);
    const struct evidence *evidence = record->evidence;
    assert_int_equal(evidence->n_signatures, LIMIT_EVIDENCE_OTHERS + 1);
    assert_int_equal(evidence->statement.n_dkim, 1);
    int at = evidence->statement.dkim[0].signature;
    assert_int_equal(at, LIMIT_EVIDENCE_OTHERS);
    assert_string_equal(evidence->signatures[at].selector, "q150");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_message_has_a_record),
        cmocka_unit_test(signatures_keep_their_order_and_some_names),
        cmocka_unit_test(a_signature_that_a_server_names_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * trust/evaluate_again: evidence that was kept, judged under other belief rules, is octet by octet
 * what a fresh evaluation under these would have been. Over combinations of the attack generator,
 * unsigned and signed, out of a record as the store has it, from every set of rules to every other.
 */
#include "trust/evaluate_again.h"

#include "arc_signer.h"
#include "attack_generator.h"
#include "auth/orgdomain.h"
#include "trust/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define NOW 1763751660 /* a minute after the border lines of the generator */
enum { STEP = 20011, RULES = 6 };

static struct signer signer;
static struct resolver *resolver;
static struct public_suffixes *suffixes;

static void add_text(const char *name, const char *text) {
    resolver_table_add(resolver, name, DNS_TXT, text);
}

static void publish_key(const char *domain) {
    g_autofree char *name = g_strconcat("s1._domainkey.", domain, NULL);
    g_autofree char *record = signer_record(&signer, "");
    add_text(name, record);
}

static void publish(const char *domain, const char *policy) {
    g_autofree char *name = g_strconcat("_dmarc.", domain, NULL);
    add_text(name, policy);
    publish_key(domain);
    resolver_table_add(resolver, domain, DNS_A, "192.0.2.1");
}

static int set_up(void **state) {
    (void)state;
    signer = signer_rsa(2048);
    suffixes = orgdomain_suffixes_new(NULL);
    resolver = resolver_new_table();
    publish(ATTACK_GOOD, "v=DMARC1; p=reject");
    publish(ATTACK_EVIL, "v=DMARC1; p=none");
    add_text(ATTACK_GOOD, "v=spf1 ip4:192.0.2.1 -all");
    add_text(ATTACK_EVIL, "v=spf1 ip4:" ATTACK_CLIENT " -all");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    signer_clear(&signer);
    orgdomain_suffixes_free(suffixes);
    resolver_free(resolver);
    return 0;
}

/* Nobody; the receiver's own; a foreign id beside its border; what it submits; whom it forwards
 * for; any place. */
static struct belief_rules *rules_at(guint i, const struct attack_receiver *receiver) {
    struct belief_rules *rules = i ? attack_rules(receiver) : belief_rules_new();
    if (i == 2)
        assert_true(belief_add_id(rules, "evil.example", NULL));
    if (i == 3)
        assert_true(belief_add_own_domain(rules, ATTACK_GOOD, NULL));
    if (i == 4)
        assert_true(belief_add_forwarder(
            rules, "Alumni, " ATTACK_CLIENT "/32, evil.example mx.ours.example", NULL));
    rules->strips = rules->strips || i == 5;
    return rules;
}

static struct evaluate_request request_of(const struct message *message,
                                          const struct belief_rules *rules, enum verify_mode mode) {
    return (struct evaluate_request){.message = message,
                                     .belief = rules,
                                     .mode = mode,
                                     .resolver = resolver,
                                     .suffixes = suffixes,
                                     .now = NOW,
                                     .received_known = true,
                                     .received_at = NOW - 30};
}

static GBytes *encode(struct evidence *evidence, const struct belief_rules *rules) {
    struct verdict_policy policy = {.rules = rules};
    OWNED(verdict) verdict = verdict_derive(evidence, &policy, NOW);
    char inputs[] = "x";
    struct record record = {.facts.inputs = inputs, .evidence = evidence, .verdict = verdict};
    return record_encode(&record, NULL);
}

static GBytes *fresh(GBytes *octets, const struct belief_rules *rules, enum verify_mode mode,
                     bool glance) {
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = request_of(message, rules, mode);
    if (glance)
        request.resolver = NULL;
    OWNED(evidence) evidence = evaluate(&request);
    return encode(evidence, rules);
}

/* By the header alone, from a record of other rules; NULL: that does not suffice. */
static GBytes *again(GBytes *octets, GBytes *kept, const struct belief_rules *rules,
                     enum verify_mode mode, bool at_a_glance) {
    gsize n;
    const char *text = g_bytes_get_data(octets, &n);
    const char *end = memmem(text, n, "\r\n\r\n", 4);
    g_autoptr(GBytes) header = g_bytes_new(text, end ? (gsize)(end + 4 - text) : n);
    OWNED(message) message = message_new(header, MESSAGE_BODY_PARTIAL);
    OWNED(record) record = record_decode(kept, NULL);
    assert_non_null(record);
    struct evaluate_request request = request_of(message, rules, mode);
    request.resolver = NULL;
    bool glance;
    if (!evaluate_again(record->evidence, &request, &glance))
        return NULL;
    assert_int_equal(glance, at_a_glance && mode != VERIFY_NEVER);
    return encode(record->evidence, rules);
}

struct tally {
    guint pairs, sufficed, changed;
};

static void compare(GBytes *octets, const struct attack *attack, guint number,
                    enum verify_mode mode, bool glance, struct tally *tally) {
    struct belief_rules *rules[RULES];
    GBytes *records[RULES];
    for (guint i = 0; i < RULES; i++) {
        rules[i] = rules_at(i, attack->receiver);
        records[i] = fresh(octets, rules[i], mode, glance);
    }
    for (guint from = 0; from < RULES; from++)
        for (guint to = 0; to < RULES; to++) {
            g_autoptr(GBytes) got = again(octets, records[from], rules[to], mode, glance);
            tally->pairs++;
            tally->sufficed += got != NULL;
            tally->changed += got && !g_bytes_equal(records[from], records[to]);
            if (got && !g_bytes_equal(got, records[to]))
                fail_msg("combination %u, %s, mode %d, rules %u to %u\n%s", number,
                         attack->receiver->name, mode, from, to,
                         (const char *)g_bytes_get_data(octets, NULL));
        }
    for (guint i = 0; i < RULES; i++) {
        belief_rules_free(rules[i]);
        g_bytes_unref(records[i]);
    }
}

/* The receiver's lines on top of what the author's domain, or the attacker's, signed. */
static GBytes *sign(const struct attack *attack, const char *domain) {
    gsize n = 0;
    const char *text = g_bytes_get_data(attack->octets, &n);
    const char *end = memmem(text + attack->own_until, n - attack->own_until, "\r\n\r\n", 4);
    g_autofree char *header =
        g_strndup(text + attack->own_until, (gsize)(end + 2 - text) - attack->own_until);
    struct shape shape = {.headers = "From", .domain = domain, .selector = "s1"};
    g_autofree char *field =
        sign_field(&signer, &shape, header, end + 4, (size_t)(text + n - (end + 4)));
    GString *out = g_string_new_len(text, (gssize)attack->own_until);
    g_string_append(out, field);
    g_string_append_len(out, text + attack->own_until, (gssize)(n - attack->own_until));
    return g_string_free_to_bytes(out);
}

static void compare_all(bool glance, struct tally *tally) {
    for (guint number = 0, round = 0; number < attack_combinations(); number += STEP, round++) {
        struct attack attack;
        attack_compose(&attack, number, round);
        g_autoptr(GBytes) good = sign(&attack, ATTACK_GOOD), evil = sign(&attack, ATTACK_EVIL);
        GBytes *all[] = {attack.octets, attack.honest, good, evil};
        for (enum verify_mode mode = VERIFY_MISSING; mode <= VERIFY_NEVER; mode++)
            for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
                compare(all[i], &attack, number, mode, glance, &tally[mode]);
        attack_clear(&attack);
    }
}

static void kept_evidence_gives_what_fresh_evidence_gives(void **state) {
    (void)state;
    struct tally tally[VERIFY_NEVER + 1] = {0};
    compare_all(false, tally);
    for (enum verify_mode mode = VERIFY_MISSING; mode <= VERIFY_NEVER; mode++) {
        print_message("mode %d: %u pairs of rules, %u without fetching, %u of them changed\n", mode,
                      tally[mode].pairs, tally[mode].sufficed, tally[mode].changed);
        assert_true(tally[mode].changed > 100);
        assert_true(tally[mode].sufficed > tally[mode].pairs / 4);
    }
    assert_int_equal(tally[VERIFY_NEVER].sufficed, tally[VERIFY_NEVER].pairs);
}

/* One without look-ups, which a header or a person's signature settled, stays one: nothing is asked
 * of it that was not collected. */
static void a_glance_gives_what_a_fresh_glance_gives(void **state) {
    (void)state;
    struct tally tally[VERIFY_NEVER + 1] = {0};
    compare_all(true, tally);
    for (enum verify_mode mode = VERIFY_MISSING; mode <= VERIFY_NEVER; mode++) {
        assert_true(tally[mode].changed > 100);
        assert_true(tally[mode].sufficed > tally[mode].pairs / 4);
    }
}

/* --- names that share no more than an ending, and sealers ------------------------------------- */

#define SERVER "mx.ours.example"
#define BORDER_LINE                                                                                \
    "Received: from out.list.example (out.list.example [192.0.2.9])\r\n"                           \
    "\tby " SERVER " (Postfix) with ESMTPS id 1;\r\n Fri, 21 Nov 2025 19:00:30 +0000\r\n"

/* A border alone; the word of its server too; that of a sealer as well. */
static struct belief_rules *rules_of(guint i) {
    struct belief_rules *rules = belief_rules_new();
    assert_true(belief_add_border(rules, SERVER, NULL));
    assert_true(i < 1 || belief_add_id(rules, SERVER, NULL));
    assert_true(i < 2 || belief_add_sealer(rules, "sealer.example", NULL));
    return rules;
}

/* What was kept under `from` gives under `to`, with nothing fetched, what fresh evidence gives. */
static enum verdict_author moved(GBytes *octets, guint from, guint to, enum verify_mode mode) {
    OWNED(belief_rules) before = rules_of(from);
    OWNED(belief_rules) after = rules_of(to);
    g_autoptr(GBytes) kept = fresh(octets, before, mode, false);
    g_autoptr(GBytes) expected = fresh(octets, after, mode, false);
    g_autoptr(GBytes) got = again(octets, kept, after, mode, false);
    assert_non_null(got);
    assert_true(g_bytes_equal(got, expected));
    OWNED(record) record = record_decode(got, NULL);
    return record->verdict->author;
}

/* The server at the border passed that signature. */
static GBytes *write_signed(const char *author, const char *signing) {
    g_autofree char *header = g_strdup_printf("From: ann@%s\r\nSubject: Hi\r\n", author);
    struct shape shape = {.headers = "From:Subject", .domain = signing, .selector = "s1"};
    g_autofree char *field = sign_field(&signer, &shape, header, "Hello.\r\n", 8);
    char *text = g_strconcat("Authentication-Results: " SERVER "; dkim=pass header.d=", signing,
                             "\r\n" BORDER_LINE, field, header, "\r\nHello.\r\n", NULL);
    return g_bytes_new_take(text, strlen(text));
}

/* Hosts of one suffix are one organization by the walk and none by the suffix list, which takes the
 * alignment away (verdict rule 3); the others share nothing but an ending, or one organization.
 * Every direction goes without the message, and whoever proved nothing proves nothing after it. */
static void every_alignment_is_kept(void **state) {
    (void)state;
    static const struct {
        const char *author, *signing;
        bool proved;
    } cases[] = {{"alice.github.io", "bob.github.io", false},
                 {"alice.github.io", "alice.github.io", true},
                 {"one.example", "two.example", false},
                 {"www.one.example", "mail.one.example", true}};
    add_text("_dmarc.github.io", "v=DMARC1; p=reject");
    add_text("_dmarc.one.example", "v=DMARC1; p=reject");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        publish_key(cases[i].signing);
        resolver_table_add(resolver, cases[i].author, DNS_A, "192.0.2.1");
        g_autoptr(GBytes) octets = write_signed(cases[i].author, cases[i].signing);
        for (guint n = 0; n < 3; n++) {
            bool always = n < 2;
            enum verdict_author author =
                moved(octets, n == 1, n != 1, always ? VERIFY_ALWAYS : VERIFY_MISSING);
            assert_int_equal(author == VERDICT_VERIFIED || author == VERDICT_LIKELY,
                             cases[i].proved);
        }
    }
}

/* … even where the server had said what it thinks of the chain (verdict rule 12). */
static void a_sealer_that_is_named_later_costs_no_fetch(void **state) {
    (void)state;
    static const char *const answers[] = {"", " arc=pass;"};
    static const struct arc_shape saw = {.results =
                                             SERVER "; dmarc=pass header.from=sealed.example"};
    publish_key("sealer.example");
    publish("sealed.example", "v=DMARC1; p=reject");
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autofree char *top =
            g_strdup_printf("Authentication-Results: " SERVER "; dkim=none;%s\r\n"
                            " dmarc=fail (p=reject) header.from=sealed.example\r\n",
                            answers[i]);
        struct arc_text text =
            arc_text_new("From: ann@sealed.example\r\nSubject: Hi\r\n", "Hello.\r\n");
        arc_text_seal(&text, &signer, &saw);
        g_string_prepend(text.header, BORDER_LINE);
        g_string_prepend(text.header, top);
        g_autoptr(GBytes) octets = arc_text_octets(&text);
        assert_int_equal(moved(octets, 1, 2, VERIFY_MISSING), VERDICT_LIKELY);
        assert_int_equal(moved(octets, 2, 1, VERIFY_MISSING), VERDICT_CONTRADICTED);
        arc_text_clear(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_evidence_gives_what_fresh_evidence_gives),
        cmocka_unit_test(a_glance_gives_what_a_fresh_glance_gives),
        cmocka_unit_test(every_alignment_is_kept),
        cmocka_unit_test(a_sealer_that_is_named_later_costs_no_fetch),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

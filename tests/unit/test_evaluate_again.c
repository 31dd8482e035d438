/* SPDX-License-Identifier: MIT
 *
 * trust/evaluate_again: evidence that was kept, judged under other belief rules, is octet by octet
 * what a fresh evaluation under these would have been. Over combinations of the attack generator,
 * unsigned and signed, out of a record as the store has it, from every set of rules to every other.
 */
#include "trust/evaluate_again.h"

#include "attack_generator.h"
#include "auth/orgdomain.h"
#include "dkim_signer.h"
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

static void publish(const char *domain, const char *policy) {
    g_autofree char *name = g_strconcat("_dmarc.", domain, NULL);
    g_autofree char *key = g_strconcat("s1._domainkey.", domain, NULL);
    resolver_table_add(resolver, name, DNS_TXT, policy);
    g_autofree char *record = signer_record(&signer, "");
    resolver_table_add(resolver, key, DNS_TXT, record);
    resolver_table_add(resolver, domain, DNS_A, "192.0.2.1");
}

static int set_up(void **state) {
    (void)state;
    signer = signer_rsa(2048);
    suffixes = orgdomain_suffixes_new(NULL);
    resolver = resolver_new_table();
    publish(ATTACK_GOOD, "v=DMARC1; p=reject");
    publish(ATTACK_EVIL, "v=DMARC1; p=none");
    resolver_table_add(resolver, ATTACK_GOOD, DNS_TXT, "v=spf1 ip4:192.0.2.1 -all");
    resolver_table_add(resolver, ATTACK_EVIL, DNS_TXT, "v=spf1 ip4:" ATTACK_CLIENT " -all");
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_evidence_gives_what_fresh_evidence_gives),
        cmocka_unit_test(a_glance_gives_what_a_fresh_glance_gives),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: MIT
 *
 * Verdict rule 17 over the whole of evaluate: with From and belief rules fixed, no octet below the
 * border, and none added without the domain's key, raises a verdict; and none excuses one that
 * stands contradicted. Combinations of the attack generator, in every verify mode. */
#include "attack_generator.h"
#include "dkim_signer.h"
#include "loudness.h"

#include "trust/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define NOW 1763751660 /* a minute after the border lines of the generator */

static const char bank_key[] =
    "v=DKIM1; k=rsa; "
    "p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApg6/"
    "bTAXvf7CgZS9yN30RPe11fBpmMMVMwBTrAI01M9BOK5yWGXejjbaBqs5bbzj0SeJE9JqvjtEBTZN+s+"
    "E2ox24uWVKKAGxeY14MXIAjQfq01aSAmjjcV9aZEyvjl/L9VNvSJlcnll3ZvfdxcOzhZveEYWQ3iGrpVNZTMk042TK4D//"
    "XO533yy/"
    "gJXZcT2Kt4L5jbpTyzWKqGT7XhztdDwAituv0HZ7giK4QGJUfljg276hCf55CkewfYpqTilzI4iIbThJnlss+"
    "jyEIInQaWMVobP0uLH0kChob3apS2k1reG8xuh0ys1Ryu0i3IbBxjOkIhNC/q0y2TFrtkmpQIDAQAB";

static struct resolver *zones(void) {
    struct resolver *table = resolver_new_table();
    resolver_table_add(table, "_dmarc." ATTACK_GOOD, DNS_TXT, "v=DMARC1; p=reject");
    resolver_table_add(table, "s1._domainkey." ATTACK_GOOD, DNS_TXT, bank_key);
    resolver_table_add(table, ATTACK_GOOD, DNS_A, "192.0.2.1");
    resolver_table_add(table, ATTACK_GOOD, DNS_TXT, "v=spf1 ip4:192.0.2.1 -all");
    resolver_table_add(table, "smtp." ATTACK_GOOD, DNS_TXT, "v=spf1 ip4:192.0.2.1 -all");
    resolver_table_add(table, ATTACK_EVIL, DNS_TXT, "v=spf1 ip4:" ATTACK_CLIENT " -all");
    resolver_table_add(table, "_dmarc." ATTACK_EVIL, DNS_TXT, "v=DMARC1; p=none");
    resolver_table_add(table, "s1._domainkey." ATTACK_EVIL, DNS_TXT, bank_key);
    resolver_table_add(table, ATTACK_EVIL, DNS_A, ATTACK_CLIENT);
    return table;
}

/* How much a reader would rely on it. What is not known yet and what could not be found out are
 * alike; the two loud ones are alike. */
static int rank(enum verdict_author author) {
    switch (author) {
    case VERDICT_VERIFIED:
        return 4;
    case VERDICT_LIKELY:
    case VERDICT_OWN:
        return 3;
    case VERDICT_NOT_ESTABLISHED:
    case VERDICT_UNCHECKED:
        return 2;
    case VERDICT_AMBIGUOUS:
    case VERDICT_CONTRADICTED:
        return 1;
    default:
        return 0;
    }
}

static struct verdict *verdict_of(GBytes *octets, const struct belief_rules *rules,
                                  struct resolver *resolver, enum verify_mode mode) {
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {
        .message = message,
        .belief = rules,
        .mode = mode,
        .resolver = resolver,
        .now = NOW,
    };
    OWNED(evidence) evidence = evaluate(&request);
    struct verdict_policy policy = {.rules = rules};
    return verdict_derive(evidence, &policy, NOW);
}

struct tally {
    guint compared, contradicted, evil;
};

static void compare(const struct attack *attack, guint number, const struct belief_rules *rules,
                    struct resolver *resolver, enum verify_mode mode, struct tally *tally) {
    OWNED(verdict) honest = verdict_of(attack->honest, rules, resolver, mode);
    OWNED(verdict) got = verdict_of(attack->octets, rules, resolver, mode);
    bool excused = honest->author == VERDICT_CONTRADICTED && got->author != VERDICT_CONTRADICTED;
    bool raised = rank(got->author) > rank(honest->author) || got->strength > honest->strength ||
                  badge_height(got->level) > badge_height(honest->level);
    if (excused || raised || danger_lost(honest, got))
        fail_msg("combination %u, %s, mode %d: %s became %s, %s became %s\n%s", number,
                 attack->receiver->name, mode, verdict_author_name(honest->author),
                 verdict_author_name(got->author), verdict_level_name(honest->level),
                 verdict_level_name(got->level),
                 (const char *)g_bytes_get_data(attack->octets, NULL));
    assert_int_not_equal(got->author, VERDICT_NOT_EVALUATED);
    tally->compared++;
    tally->contradicted += honest->author == VERDICT_CONTRADICTED;
    if (rank(got->author) > rank(VERDICT_UNCHECKED)) {
        /* The attacker may well write in its own name. */
        assert_string_equal(got->domain, ATTACK_EVIL);
        tally->evil++;
    }
}

/* A step that has no factor in common with the digits of a number, so that all of them vary. */
#define STEP 17

static void nothing_forged_raises_or_excuses(void **state) {
    (void)state;
    struct resolver *resolver = zones();
    struct tally tally = {0};
    struct belief_rules *rules = NULL;
    const struct attack_receiver *receiver = NULL;
    for (guint number = 0, round = 0; number < attack_combinations(); number += STEP, round++) {
        struct attack attack;
        attack_compose(&attack, number, round);
        if (attack.receiver != receiver) {
            if (rules)
                belief_rules_free(rules);
            receiver = attack.receiver;
            rules = attack_rules(receiver);
        }
        for (enum verify_mode mode = VERIFY_MISSING; mode <= VERIFY_NEVER; mode++)
            compare(&attack, number, rules, resolver, mode, &tally);
        attack_clear(&attack);
    }
    belief_rules_free(rules);
    resolver_free(resolver);
    assert_true(tally.compared >= 10000);
    assert_true(tally.contradicted >= 500); /* something was there to be excused */
    print_message("%u compared, %u contradicted and not excused, %u in the attacker's own name\n",
                  tally.compared, tally.contradicted, tally.evil);
}

/* The same octets with a valid signature of the attacker's own domain on top of its part: somebody
 * signed, but not the author (attacks D101). */
static GBytes *signed_by_evil(const struct attack *attack, const struct signer *signer) {
    gsize n = 0;
    const char *text = g_bytes_get_data(attack->octets, &n);
    const char *end = memmem(text + attack->own_until, n - attack->own_until, "\r\n\r\n", 4);
    g_autofree char *header =
        g_strndup(text + attack->own_until, (gsize)(end + 2 - text) - attack->own_until);
    struct shape shape = {.headers = "From:To", .domain = ATTACK_EVIL, .selector = "own"};
    g_autofree char *field =
        sign_field(signer, &shape, header, end + 4, (size_t)(text + n - (end + 4)));
    GString *out = g_string_new_len(text, (gssize)attack->own_until);
    g_string_append(out, field);
    g_string_append_len(out, text + attack->own_until, (gssize)(n - attack->own_until));
    return g_string_free_to_bytes(out);
}

static void third_party_signatures_neither(void **state) {
    (void)state;
    struct resolver *resolver = zones();
    struct signer signer = signer_ed25519();
    g_autofree char *record = signer_record(&signer, "");
    resolver_table_add(resolver, "own._domainkey." ATTACK_EVIL, DNS_TXT, record);
    struct tally tally = {0};
    for (guint number = 0; number < attack_combinations(); number += 211) {
        struct attack attack;
        attack_compose(&attack, number, number % 2); /* From: the bank, plainly */
        OWNED(belief_rules) rules = attack_rules(attack.receiver);
        GBytes *octets = signed_by_evil(&attack, &signer);
        g_bytes_unref(attack.octets);
        attack.octets = octets;
        for (enum verify_mode mode = VERIFY_MISSING; mode <= VERIFY_NEVER; mode++)
            compare(&attack, number, rules, resolver, mode, &tally);
        attack_clear(&attack);
    }
    signer_clear(&signer);
    resolver_free(resolver);
    assert_true(tally.compared > 2000);
    assert_int_equal(tally.evil, 0);
}

/* The honest part alone: what the property is measured against is not empty. */
static void servers_word_or_our_own_check_contradicts(void **state) {
    (void)state;
    struct resolver *resolver = zones();
    guint own = 0, stated = 0;
    for (guint i = 0; i < G_N_ELEMENTS(attack_receivers); i++) {
        struct attack attack;
        attack_compose(&attack, i * (attack_combinations() / G_N_ELEMENTS(attack_receivers)), 0);
        OWNED(belief_rules) rules = attack_rules(attack.receiver);
        OWNED(verdict) honest = verdict_of(attack.honest, rules, resolver, VERIFY_MISSING);
        bool says_so = strstr(attack.receiver->top, "dmarc=fail") != NULL &&
                       strcmp(attack.receiver->name, "unconfigured") != 0;
        /* A border line alone is enough: SPF is evaluated from it. */
        bool forged = honest->author == VERDICT_CONTRADICTED;
        if (says_so || strcmp(attack.receiver->name, "silent") == 0)
            assert_true(forged);
        own += forged && honest->source == SOURCE_LOCAL;
        stated += forged && (honest->source & SOURCE_SERVER);
        if (!forged)
            assert_string_equal(verdict_author_name(honest->author), "not-established");
        attack_clear(&attack);
    }
    resolver_free(resolver);
    assert_true(own >= 1 && stated >= 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_word_or_our_own_check_contradicts),
        cmocka_unit_test(nothing_forged_raises_or_excuses),
        cmocka_unit_test(third_party_signatures_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

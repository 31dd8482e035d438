/* SPDX-License-Identifier: MIT
 *
 * The promise of the whole: no octet that an attacker adds without the domain's key raises a
 * verdict, and none excuses a contradicted one (verdict rule 17). Every message of the attack
 * generator is compared with the same message without its forgeries, in every verify mode, against
 * a domain that publishes p=reject and a key. */
#include "attack_generator.h"
#include "auth/dkim_keys.h"
#include "auth/orgdomain.h"
#include "loudness.h"
#include "trust/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define NOW 1763751700 /* shortly after the border lines of the generator */

static struct resolver *resolver;
static struct dkim_keys *keys;
static struct public_suffixes *suffixes;

/* How much a reader is made to believe; the two loud ones apart. */
static int height(enum verdict_author author) {
    switch (author) {
    case VERDICT_VERIFIED:
        return 3;
    case VERDICT_LIKELY:
        return 2;
    case VERDICT_NOT_ESTABLISHED:
    case VERDICT_UNCHECKED:
        return 1;
    case VERDICT_CONTRADICTED:
    case VERDICT_AMBIGUOUS:
        return 0;
    default:
        return 9;
    }
}

static bool is_raised(const struct verdict *honest, const struct verdict *forged) {
    return height(forged->author) > height(honest->author) ||
           badge_height(forged->level) > badge_height(honest->level) || danger_lost(honest, forged);
}

static struct verdict *judge(GBytes *octets, const struct belief_rules *rules,
                             enum verify_mode mode) {
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
    struct verdict *verdict = verdict_derive(evidence, &policy, NOW);
    /* Shown for one author, for the one the table is about, or for none. */
    assert_int_equal(verdict->domain != NULL, evidence->author.domain != NULL);
    return verdict;
}

static void no_forgery_raises_a_verdict(void **state) {
    (void)state;
    /* Neighbours are alike: a prime step meets every piece with every other. */
    enum { STEP = 7 };
    guint n = attack_combinations(), tried = 0, contradicted = 0;
    const struct attack_receiver *receiver = NULL;
    struct belief_rules *rules[2] = {NULL, NULL}; /* the bank is a stranger; it is our own domain */
    for (guint number = 0; number < n; number += STEP, tried++) {
        struct attack attack;
        attack_compose(&attack, number, number / STEP);
        if (attack.receiver != receiver) {
            receiver = attack.receiver;
            for (int i = 0; i < 2; i++) {
                g_clear_pointer(&rules[i], belief_rules_free);
                rules[i] = attack_rules(receiver);
            }
            assert_true(belief_add_own_domain(rules[1], ATTACK_GOOD, NULL));
        }
        enum verify_mode mode = (enum verify_mode)(number / STEP % 3);
        const struct belief_rules *mine = rules[number / STEP / 3 % 2];
        OWNED(verdict) honest = judge(attack.honest, mine, mode);
        OWNED(verdict) forged = judge(attack.octets, mine, mode);
        if (is_raised(honest, forged))
            fail_msg("combination %u (%s): %s became %s, %s became %s\n%s\n", number,
                     receiver->name, verdict_author_name(honest->author),
                     verdict_author_name(forged->author), verdict_level_name(honest->level),
                     verdict_level_name(forged->level),
                     (const char *)g_bytes_get_data(attack.octets, NULL));
        contradicted += honest->author == VERDICT_CONTRADICTED;
        attack_clear(&attack);
    }
    for (int i = 0; i < 2; i++)
        belief_rules_free(rules[i]);
    assert_true(tried >= 10000);
    /* There was something to be excused, and something to be raised. */
    assert_true(contradicted > 500 && contradicted < tried / 2);
    print_message("%u combinations, %u contradicted\n", tried, contradicted);
}

static int set_up(void **state) {
    (void)state;
    resolver = resolver_new_table();
    resolver_table_add(resolver, "_dmarc." ATTACK_GOOD, DNS_TXT, "v=DMARC1; p=reject");
    resolver_table_add(resolver, ATTACK_GOOD, DNS_A, "192.0.2.1");
    keys = dkim_keys_new();
    suffixes = orgdomain_suffixes_new(NULL);
    return suffixes ? 0 : 1;
}

static int tear_down(void **state) {
    (void)state;
    orgdomain_suffixes_free(suffixes);
    dkim_keys_free(keys);
    resolver_free(resolver);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_forgery_raises_a_verdict),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

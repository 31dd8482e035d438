/* SPDX-License-Identifier: MIT
 *
 * Over a fifth of the combinations of the attack generator, in which each choice meets each choice
 * of its neighbours: nothing that the attacker wrote is believed, and what is believed reads
 * exactly as if the attacker had forged nothing — neither raised nor lowered (verdict rule 17). */
#include "attack_generator.h"

#include "auth/authres.h"
#include "auth/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Everything a verdict may rest on, as text. */
static char *stated(const struct authres *authres, const struct belief_rules *rules,
                    const struct hops *hops, const struct message *message) {
    OWNED(statement) s = statement_new(authres, rules, ATTACK_GOOD, NULL);
    struct border_session session;
    hops_session(hops, message, &session);
    g_autofree char *ip = session.hop ? ip_format(&session.hop->ip) : NULL;
    g_autofree char *helo = span_dup(session.helo);
    g_autofree char *mail_from = span_dup(session.mail_from);
    GString *out = g_string_new(NULL);
    g_string_append_printf(
        out, "present %d spf %d %s helo %d dmarc %d policy %d dis %d ev %d auth %d arc %d dkim",
        s->present, s->spf.result, s->spf.domain ? s->spf.domain : "-", s->spf_helo.result,
        s->dmarc.result, s->dmarc.policy, s->dmarc.disposition, s->dmarc.evidence_of_failure,
        s->auth.result, s->arc);
    for (guint i = 0; i < s->n_dkim; i++)
        g_string_append_printf(out, " %d/%s", s->dkim[i].result,
                               s->dkim[i].domain ? s->dkim[i].domain : "-");
    g_string_append_printf(out, " session %d %s helo %s from %d %s auth %d time %d", session.known,
                           ip ? ip : "-", helo, session.has_mail_from, mail_from,
                           session.authenticated, session.has_time);
    return g_string_free(out, FALSE);
}

static char *read_message(GBytes *octets, const struct belief_rules *rules, gsize own_until,
                          guint *believed) {
    OWNED(message) message = message_new(octets, 0);
    OWNED(hops) hops = hops_parse(message);
    hops_apply_border(hops, rules->border);
    OWNED(authres) authres = authres_read(message, hops, rules, false);
    const char *start = g_bytes_get_data(octets, NULL);
    for (guint i = 0; i < authres->n; i++) {
        if (!authres->field[i].believed)
            continue;
        (*believed)++;
        assert_true(message->fields[authres->field[i].field].raw.p < start + own_until);
    }
    return stated(authres, rules, hops, message);
}

/* Has no factor in common with the digits of a number. */
#define STEP 5

static void no_octet_of_the_attacker_counts(void **state) {
    (void)state;
    guint n = attack_combinations(), believed = 0, honest = 0;
    assert_true(n >= 10000);
    const struct attack_receiver *receiver = NULL;
    struct belief_rules *rules = NULL;
    for (guint number = 0; number < n; number += STEP) {
        struct attack attack;
        attack_compose(&attack, number, number / 7);
        if (attack.receiver != receiver) {
            if (rules)
                belief_rules_free(rules);
            receiver = attack.receiver;
            rules = attack_rules(receiver);
        }
        g_autofree char *want = read_message(attack.honest, rules, attack.own_until, &honest);
        g_autofree char *got = read_message(attack.octets, rules, attack.own_until, &believed);
        if (strcmp(got, want) != 0)
            print_error("combination %u (%s)\n%s\n", number, receiver->name,
                        (const char *)g_bytes_get_data(attack.octets, NULL));
        assert_string_equal(got, want);
        attack_clear(&attack);
    }
    belief_rules_free(rules);
    /* The honest fields were believed all the while: the test can fail. */
    assert_int_equal(believed, honest);
    assert_true(believed > n / STEP / 2);
    print_message("%u combinations, %u fields believed\n", n / STEP, believed);
}

/* Every receiver of the generator that wrote a result is read: what is compared is not empty. */
static void honest_results_are_read(void **state) {
    (void)state;
    static const char *const unread[] = {"unconfigured", NULL};
    for (guint i = 0; i < G_N_ELEMENTS(attack_receivers); i++) {
        OWNED(belief_rules) rules = attack_rules(&attack_receivers[i]);
        guint per = attack_combinations() / G_N_ELEMENTS(attack_receivers);
        struct attack attack;
        guint believed = 0;
        attack_compose(&attack, i * per, 0);
        g_autofree char *text = read_message(attack.honest, rules, attack.own_until, &believed);
        const char *top = attack_receivers[i].top;
        bool wrote = strstr(top, "\r\nAuthentication-Results:") != NULL &&
                     !g_strv_contains(unread, attack_receivers[i].name);
        assert_int_equal(believed > 0, wrote);
        assert_int_equal(strstr(text, "dmarc 3") != NULL, wrote && strstr(top, "dmarc=fail"));
        attack_clear(&attack);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_results_are_read),
        cmocka_unit_test(no_octet_of_the_attacker_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

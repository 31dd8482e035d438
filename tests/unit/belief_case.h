/* SPDX-License-Identifier: MIT
 *
 * One message judged by rules, for the tests of belief: who is believed, and why not. */
#ifndef INKAN_TESTS_BELIEF_CASE_H
#define INKAN_TESTS_BELIEF_CASE_H

#include "auth/authres.h"
#include "auth/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define EDGE                                                                                       \
    "Received: from mail.a.example (mail.a.example [198.51.100.7]) by mx.ours.example (Postfix) "  \
    "with ESMTPS id 2; Fri, 21 Nov 2025 20:00:00 +0100\r\n"
#define AR "Authentication-Results: "
#define GOOD AR "mx.ours.example; dkim=none; dmarc=fail header.from=bank.example\r\n"
#define FORGED AR "mx.ours.example; dmarc=pass header.from=bank.example\r\n"

struct judged {
    struct message *message;
    struct hops *hops;
    struct belief_rules *rules;
    struct authres *authres;
};

/* Takes the rules over. */
static inline struct judged judge(const char *header, struct belief_rules *rules, bool imported) {
    g_autofree char *text = g_strconcat(header, "From: ceo@bank.example\r\n\r\nx\r\n", NULL);
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    struct judged j = {.message = message_new(octets, 0), .rules = rules};
    j.hops = hops_parse(j.message);
    hops_apply_border(j.hops, rules->border);
    j.authres = authres_read(j.message, j.hops, rules, imported);
    return j;
}

static inline void clear(struct judged *j) {
    authres_free(j->authres);
    hops_free(j->hops);
    message_free(j->message);
    belief_rules_free(j->rules);
}

static inline struct belief_rules *our_rules(void) {
    struct belief_rules *rules = belief_rules_new();
    assert_true(belief_add_id(rules, "mx.ours.example", NULL));
    assert_true(belief_add_border(rules, "mx.ours.example", NULL));
    return rules;
}

static inline struct belief_rules *profile_rules(const char *profile) {
    struct belief_rules *rules = belief_rules_new();
    assert_true(belief_set_profile(rules, profile, NULL));
    return rules;
}

/* The reasons of all fields, top first: "believed unknown-id". Takes the rules over. */
static inline void assert_why(const char *header, struct belief_rules *rules, bool imported,
                              const char *want) {
    struct judged j = judge(header, rules, imported);
    g_autoptr(GString) got = g_string_new(NULL);
    for (guint i = 0; i < j.authres->n; i++) {
        const struct authres_field *field = &j.authres->field[i];
        g_string_append_printf(got, "%s%s", i ? " " : "", authres_why_name(field->why));
        assert_int_equal(field->believed,
                         field->why == AUTHRES_BELIEVED || field->why == AUTHRES_FORWARDER);
    }
    assert_string_equal(got->str, want);
    clear(&j);
}

#endif

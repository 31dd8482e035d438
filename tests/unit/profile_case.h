/* SPDX-License-Identifier: MIT
 *
 * What a message says under a receiver profile, as one line: for the tests of profiles. */
#ifndef INKAN_TESTS_PROFILE_CASE_H
#define INKAN_TESTS_PROFILE_CASE_H

#include "belief_case.h"

static inline const char *result_word(enum auth_result result) {
    return result == AUTH_NOT_EVALUATED ? "-" : auth_result_name(result);
}

static inline void describe_dmarc(GString *out, const struct stated_dmarc *dmarc) {
    if (dmarc->result == AUTH_NOT_EVALUATED)
        return;
    g_string_append_printf(out, " dmarc=%s", result_word(dmarc->result));
    if (dmarc->policy != POLICY_UNKNOWN)
        g_string_append_printf(out, " p=%s", dmarc_policy_word_name(dmarc->policy));
    if (dmarc->disposition != POLICY_UNKNOWN)
        g_string_append_printf(out, " dis=%s", dmarc_policy_word_name(dmarc->disposition));
}

static inline void describe_spf(GString *out, const char *name, const struct stated_spf *spf) {
    if (spf->domain)
        g_string_append_printf(out, " %s=%s/%s", name, result_word(spf->result), spf->domain);
}

/* "2 dkim=pass/a.example spf=pass/a.example dmarc=pass p=reject": fields believed, then what they
 * say together of an author at a.example. "~": the domain is that of header.i; "?": none. */
static inline char *said(const struct judged *j) {
    OWNED(statement) s = statement_new(j->authres, j->rules, "a.example", NULL);
    GString *out = g_string_new(NULL);
    guint believed = 0;
    for (guint i = 0; i < j->authres->n; i++)
        believed += j->authres->field[i].believed;
    g_string_append_printf(out, "%u", believed);
    for (guint i = 0; i < s->n_dkim; i++)
        g_string_append_printf(out, " dkim=%s/%s%s", result_word(s->dkim[i].result),
                               s->dkim[i].domain_from_i ? "~" : "",
                               s->dkim[i].domain ? s->dkim[i].domain : "?");
    describe_spf(out, "spf", &s->spf);
    describe_spf(out, "helo", &s->spf_helo);
    describe_dmarc(out, &s->dmarc);
    if (s->arc != AUTH_NOT_EVALUATED)
        g_string_append_printf(out, " arc=%s", result_word(s->arc));
    if (s->auth.result != AUTH_NOT_EVALUATED)
        g_string_append_printf(out, " auth=%s", result_word(s->auth.result));
    if (s->contradictory)
        g_string_append(out, " CONTRADICTORY");
    return g_string_free(out, FALSE);
}

/* Takes the rules over. */
static inline void assert_said(const char *header, struct belief_rules *rules, const char *want) {
    struct judged j = judge(header, rules, false);
    g_autofree char *got = said(&j);
    assert_string_equal(got, want);
    clear(&j);
}

/* Pieces of a header, put together, under the profile of that name. */
#define assert_profile(profile, want, ...)                                                         \
    do {                                                                                           \
        g_autofree char *header = g_strconcat(__VA_ARGS__, NULL);                                  \
        assert_said(header, profile_rules(profile), want);                                         \
    } while (0)

/* The same on a server of one's own, mx.ours.example. */
#define assert_own(profile, want, ...)                                                             \
    do {                                                                                           \
        g_autofree char *header = g_strconcat(__VA_ARGS__, NULL);                                  \
        struct belief_rules *rules = our_rules();                                                  \
        assert_true(belief_set_profile(rules, profile, NULL));                                     \
        assert_said(header, rules, want);                                                          \
    } while (0)

#endif

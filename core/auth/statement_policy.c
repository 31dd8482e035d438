/* SPDX-License-Identifier: MIT
 *
 * auth/statement_policy.h. Where two fields say two things, the weaker counts: it cannot condemn.
 */
#include "auth/statement_policy.h"

static enum dmarc_policy_word word_parse(struct span word) {
    for (enum dmarc_policy_word w = POLICY_NONE; w <= POLICY_REJECT; w++)
        if (span_eq_nocase(word, span_of(dmarc_policy_word_name(w))))
            return w;
    return POLICY_UNKNOWN;
}

const char *dmarc_policy_word_name(enum dmarc_policy_word word) {
    static const char *const names[] = {NULL, "none", "quarantine", "reject"};
    g_assert(word <= POLICY_REJECT);
    return names[word];
}

static enum dmarc_policy_word weaker(enum dmarc_policy_word a, enum dmarc_policy_word b) {
    if (a == POLICY_UNKNOWN || b == POLICY_UNKNOWN)
        return MAX(a, b);
    return MIN(a, b);
}

/* p= and sp= said together: which of them applies is not known here unless they agree. */
static enum dmarc_policy_word either(enum dmarc_policy_word p, enum dmarc_policy_word sp) {
    return sp == POLICY_UNKNOWN || p == sp ? p : POLICY_UNKNOWN;
}

static enum dmarc_policy_word property_word(const struct authres_result *result, const char *name) {
    struct span value = authres_property_find(result, name);
    return value.p ? word_parse(value) : POLICY_UNKNOWN;
}

/* policy.dmarc (the policy that applies, RFC 7489 §11.2 and RFC 9989 §9); Fastmail's published-…
 * and policy-from, applied-disposition. */
static void read_properties(const struct authres_result *result, struct stated_dmarc *dmarc) {
    dmarc->policy = property_word(result, "policy.dmarc");
    dmarc->disposition = property_word(result, "policy.applied-disposition");
    if (dmarc->policy != POLICY_UNKNOWN)
        return;
    enum dmarc_policy_word p = property_word(result, "policy.published-domain-policy");
    enum dmarc_policy_word sp = property_word(result, "policy.published-subdomain-policy");
    struct span from = authres_property_find(result, "policy.policy-from");
    if (span_eq_nocase(from, SPAN_LIT("p")))
        dmarc->policy = p;
    else if (span_eq_nocase(from, SPAN_LIT("sp")))
        dmarc->policy = sp;
    else
        dmarc->policy = either(p, sp);
}

/* Microsoft: "action=oreject" overrides a reject policy with junk, "pct.quarantine" is a policy
 * that was not applied; "none" means no policy, or one that an exception of the tenant's set aside.
 */
static void read_action(const struct authres_result *result, struct stated_dmarc *dmarc) {
    static const struct {
        const char *word;
        enum dmarc_policy_word policy, disposition;
    } actions[] = {
        {"none", POLICY_UNKNOWN, POLICY_NONE},
        {"quarantine", POLICY_QUARANTINE, POLICY_QUARANTINE},
        {"reject", POLICY_REJECT, POLICY_REJECT},
        {"oreject", POLICY_REJECT, POLICY_QUARANTINE},
        {"pct.quarantine", POLICY_QUARANTINE, POLICY_NONE},
        {"pct.reject", POLICY_QUARANTINE, POLICY_QUARANTINE},
    };
    struct span action = authres_property_find(result, "action");
    for (gsize i = 0; action.p && i < G_N_ELEMENTS(actions); i++) {
        if (!span_eq_nocase(action, span_of(actions[i].word)))
            continue;
        dmarc->policy = weaker(dmarc->policy, actions[i].policy);
        dmarc->disposition = weaker(dmarc->disposition, actions[i].disposition);
    }
}

/* "p=REJECT sp=REJECT dis=NONE", "p=none,d=none,d.eval=none", "policy=reject": words of key=value
 * and nothing else, p or policy among them; any other text is prose. */
static void read_comment(struct span text, struct stated_dmarc *dmarc) {
    enum dmarc_policy_word p = POLICY_UNKNOWN, sp = POLICY_UNKNOWN, dis = POLICY_UNKNOWN;
    while (text.n) {
        size_t n = 0;
        while (n < text.n && text.p[n] != ' ' && text.p[n] != ',' && text.p[n] != '\t')
            n++;
        struct span pair = span_first(text, n);
        text = span_from(text, n + 1);
        size_t equals = span_find(pair, '=');
        if (pair.n && equals == pair.n)
            return;
        struct span key = span_first(pair, equals), value = span_from(pair, equals + 1);
        if (span_eq_nocase(key, SPAN_LIT("p")) || span_eq_nocase(key, SPAN_LIT("policy")))
            p = word_parse(value);
        else if (span_eq_nocase(key, SPAN_LIT("sp")))
            sp = word_parse(value);
        else if (span_eq_nocase(key, SPAN_LIT("dis")) || span_eq_nocase(key, SPAN_LIT("d")))
            dis = word_parse(value);
    }
    if (p == POLICY_UNKNOWN)
        return;
    if (dmarc->policy == POLICY_UNKNOWN) /* a property says which of p and sp it was */
        dmarc->policy = either(p, sp);
    dmarc->disposition = weaker(dmarc->disposition, dis);
}

void statement_policy_read(const struct authres_result *result, const struct profile *profile,
                           struct stated_dmarc *dmarc) {
    read_properties(result, dmarc);
    if (profile->flags & PROFILE_ACTION)
        read_action(result, dmarc);
    if ((profile->flags & PROFILE_P_COMMENT) && result->comment.p)
        read_comment(result->comment, dmarc);
}

void statement_policy_merge(struct stated_dmarc *dmarc, const struct stated_dmarc *other) {
    dmarc->policy = weaker(dmarc->policy, other->policy);
    dmarc->disposition = weaker(dmarc->disposition, other->disposition);
}

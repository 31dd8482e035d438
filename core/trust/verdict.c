/* SPDX-License-Identifier: MIT
 *
 * From evidence to verdict: sort, decide, add cautions, choose the badge. */
#include "trust/verdict.h"

#include "base/zeroed.h"
#include "trust/brand.h"
#include "trust/evidence.h"
#include "trust/finding.h"
#include "trust/ground.h"
#include "trust/verdict_caution.h"
#include "trust/verdict_table.h"

static const char *const author_names[VERDICT_AUTHOR__MAX] = {
    [VERDICT_VERIFIED] = "verified",
    [VERDICT_LIKELY] = "likely",
    [VERDICT_NOT_ESTABLISHED] = "not-established",
    [VERDICT_CONTRADICTED] = "contradicted",
    [VERDICT_AMBIGUOUS] = "ambiguous",
    [VERDICT_UNCHECKED] = "unchecked",
    [VERDICT_OWN] = "own",
};
static const char *const strength_names[STRENGTH__MAX] = {
    [STRENGTH_DOMAIN] = "domain", [STRENGTH_PERSON] = "person", [STRENGTH_BRAND] = "brand"};
static const char *const level_names[LEVEL__MAX] = {
    [LEVEL_BRAND] = "brand",   [LEVEL_PERSON] = "person",         [LEVEL_DOMAIN] = "domain",
    [LEVEL_LIKELY] = "likely", [LEVEL_UNVERIFIED] = "unverified", [LEVEL_UNCHECKED] = "unchecked",
    [LEVEL_OWN] = "own",       [LEVEL_CAUTION] = "caution",       [LEVEL_FORGED] = "forged",
};

const char *verdict_author_name(enum verdict_author author) {
    g_assert(author < VERDICT_AUTHOR__MAX);
    return author_names[author];
}

const char *verdict_strength_name(enum verdict_strength strength) {
    g_assert(strength < STRENGTH__MAX);
    return strength_names[strength];
}

const char *verdict_level_name(enum verdict_level level) {
    g_assert(level < LEVEL__MAX);
    return level_names[level];
}

const char *verdict_source_name(enum verdict_source source) {
    static const char *const names[] = {"none", "server", "local", "mixed"};
    g_assert(source <= SOURCE_MIXED);
    return names[source];
}

static bool is_dangerous(const struct verdict *verdict) {
    for (guint i = 0; i < verdict->reasons.n; i++)
        if (verdict->reasons.items[i].severity == SEVERITY_DANGER)
            return true;
    return false;
}

/* The badge: forged and caution are loud, everything else follows author and strength. */
static enum verdict_level level_of(const struct verdict *verdict) {
    static const enum verdict_level by_author[VERDICT_AUTHOR__MAX] = {
        [VERDICT_LIKELY] = LEVEL_LIKELY,       [VERDICT_NOT_ESTABLISHED] = LEVEL_UNVERIFIED,
        [VERDICT_UNCHECKED] = LEVEL_UNCHECKED, [VERDICT_OWN] = LEVEL_OWN,
        [VERDICT_AMBIGUOUS] = LEVEL_CAUTION,   [VERDICT_CONTRADICTED] = LEVEL_FORGED,
    };
    static const enum verdict_level by_strength[STRENGTH__MAX] = {
        [STRENGTH_DOMAIN] = LEVEL_DOMAIN,
        [STRENGTH_PERSON] = LEVEL_PERSON,
        [STRENGTH_BRAND] = LEVEL_BRAND,
    };
    if (verdict->author == VERDICT_CONTRADICTED || verdict->author == VERDICT_OWN)
        return by_author[verdict->author];
    if (is_dangerous(verdict))
        return LEVEL_CAUTION;
    return verdict->author == VERDICT_VERIFIED ? by_strength[verdict->strength]
                                               : by_author[verdict->author];
}

static void name_author(struct verdict *verdict, const struct evidence *evidence,
                        const struct verdict_policy *policy) {
    const struct evidence_author *author = &evidence->author;
    const char *organization = evidence->dmarc.organizational_domain;
    struct texts *texts = &verdict->texts;
    verdict->address = texts_add(texts, author->address);
    verdict->domain = texts_add(texts, author->domain);
    verdict->display_name = texts_add(texts, author->display_name);
    verdict->organizational_domain =
        texts_add(texts, organization ? organization : author->registrable);
    verdict->at_provider = author->domain && policy->providers &&
                           g_hash_table_contains(policy->providers, author->domain);
}

/* A key that the domain itself published: its word for the address, like its own signature. */
static bool is_domains_key(const struct verdict *verdict, const struct evidence *evidence) {
    return (verdict->via & VIA_OPENPGP) && g_strcmp0(evidence->openpgp.vouched, "wkd") == 0;
}

struct verdict *verdict_derive(const struct evidence *evidence, const struct verdict_policy *policy,
                               int64_t now) {
    struct verdict *verdict = NEW_ZERO(verdict);
    struct findings findings;
    finding_sort(&findings, evidence, policy, now);
    verdict->checked_at = evidence->checked_at;
    name_author(verdict, evidence, policy);
    verdict_table_decide(verdict, &findings);
    if (verdict->author != VERDICT_OWN)
        verdict_caution_add(verdict, &findings);
    if (verdict->author == VERDICT_VERIFIED) {
        bool person =
            verdict->via & (VIA_SMIME | VIA_OPENPGP) && !is_domains_key(verdict, evidence);
        verdict->strength = person ? STRENGTH_PERSON : STRENGTH_DOMAIN;
        verdict->identity = person ? verdict->address : verdict->domain;
    }
    brand_strengthen(verdict, evidence);
    verdict->level = level_of(verdict);
    /* A proof stands whatever could not be asked; everything else may still change (rule 5). */
    verdict->complete = verdict->author != VERDICT_UNCHECKED &&
                        !ground_is_signature_due(&findings) &&
                        (verdict->author == VERDICT_VERIFIED || verdict->author == VERDICT_OWN ||
                         !ground_is_unsettled(&findings));
    return verdict;
}

void verdict_free(struct verdict *verdict) {
    texts_clear(&verdict->texts);
    reason_list_clear(&verdict->reasons);
    g_free(verdict);
}

static bool reasons_equal(const struct reason_list *a, const struct reason_list *b) {
    bool equal = a->n == b->n;
    for (guint i = 0; equal && i < a->n; i++) {
        equal =
            a->items[i].code == b->items[i].code && a->items[i].severity == b->items[i].severity;
        for (guint j = 0; equal && j < REASON_PARAMETERS_MAX; j++)
            equal = g_strcmp0(a->items[i].values[j], b->items[i].values[j]) == 0;
    }
    return equal;
}

bool verdict_equal(const struct verdict *a, const struct verdict *b) {
    return a->author == b->author && a->strength == b->strength && a->level == b->level &&
           a->source == b->source && a->checked_at == b->checked_at && a->complete == b->complete &&
           a->via == b->via && a->at_provider == b->at_provider &&
           g_strcmp0(a->address, b->address) == 0 && g_strcmp0(a->domain, b->domain) == 0 &&
           g_strcmp0(a->organizational_domain, b->organizational_domain) == 0 &&
           g_strcmp0(a->display_name, b->display_name) == 0 &&
           g_strcmp0(a->identity, b->identity) == 0 && reasons_equal(&a->reasons, &b->reasons);
}

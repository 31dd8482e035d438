/* SPDX-License-Identifier: MIT
 *
 * The one sentence of a verdict. Which of the table's sentences it is follows from the badge; a
 * {fact} is the sentence of the reason that made the badge what it is. */
#include "trust/verdict.h"

enum sentence {
#define SENTENCE(id, en, ja) SENTENCE_##id,
#include "trust/reasons.def"
    SENTENCE__MAX
};

static const char *const sentences[SENTENCE__MAX][LANGUAGE__MAX] = {
#define SENTENCE(id, en, ja) [SENTENCE_##id] = {en, ja},
#include "trust/reasons.def"
};

static enum sentence sentence_of(const struct verdict *verdict) {
    static const enum sentence by_level[LEVEL__MAX] = {
        [LEVEL_NOT_EVALUATED] = SENTENCE_UNCHECKED, [LEVEL_BRAND] = SENTENCE_BRAND,
        [LEVEL_PERSON] = SENTENCE_PERSON,           [LEVEL_DOMAIN] = SENTENCE_DOMAIN,
        [LEVEL_LIKELY] = SENTENCE_LIKELY,           [LEVEL_UNVERIFIED] = SENTENCE_UNVERIFIED,
        [LEVEL_UNCHECKED] = SENTENCE_UNCHECKED,     [LEVEL_OWN] = SENTENCE_OWN,
        [LEVEL_CAUTION] = SENTENCE_CAUTION,         [LEVEL_FORGED] = SENTENCE_FORGED,
    };
    if (verdict->author == VERDICT_AMBIGUOUS)
        return SENTENCE_AMBIGUOUS;
    /* Waiting for our check takes seconds, for somebody's DNS as long as it takes. */
    if (verdict->level == LEVEL_UNCHECKED &&
        reason_find(&verdict->reasons, REASON_TEMPORARY_TROUBLE))
        return SENTENCE_UNCHECKED_TROUBLE;
    if (verdict->level == LEVEL_PERSON && (verdict->via & VIA_OPENPGP))
        return SENTENCE_PERSON_KEY;
    if (verdict->at_provider && verdict->level == LEVEL_DOMAIN)
        return SENTENCE_DOMAIN_PROVIDER;
    if (verdict->at_provider && verdict->level == LEVEL_LIKELY)
        return SENTENCE_LIKELY_PROVIDER;
    return by_level[verdict->level];
}

/* The first danger of a loud verdict, the first limit of a likely one, else the deciding reason. */
static const struct reason *deciding(const struct verdict *verdict) {
    const struct reason_list *list = &verdict->reasons;
    for (guint i = 0; i < list->n; i++)
        if (verdict->level == LEVEL_LIKELY ? reason_kind(list->items[i].code) == KIND_LIMIT
                                           : list->items[i].severity == SEVERITY_DANGER)
            return &list->items[i];
    return list->n ? &list->items[0] : NULL;
}

char *verdict_text(const struct verdict *verdict, enum reason_language language) {
    const struct reason *reason = deciding(verdict);
    g_autofree char *fact = reason ? reason_text(reason, language) : NULL;
    const char *values[] = {verdict->domain, verdict->identity, fact};
    return reason_fill(sentences[sentence_of(verdict)][language], "domain name fact", values);
}

/* SPDX-License-Identifier: MIT
 *
 * How much a badge promises and how loud a verdict is, for the properties that compare a message
 * with the same one to which an attacker added something (verdict rule 17). */
#ifndef INKAN_TESTS_LOUDNESS_H
#define INKAN_TESTS_LOUDNESS_H

#include "trust/verdict.h"

/* What is not known yet promises no more than what nothing confirms; the loud ones come last. */
static inline int badge_height(enum verdict_level level) {
    static const int heights[LEVEL__MAX] = {
        [LEVEL_FORGED] = 1,    [LEVEL_CAUTION] = 2, [LEVEL_UNVERIFIED] = 3,
        [LEVEL_UNCHECKED] = 3, [LEVEL_LIKELY] = 4,  [LEVEL_OWN] = 4,
        [LEVEL_DOMAIN] = 5,    [LEVEL_PERSON] = 6,  [LEVEL_BRAND] = 7,
    };
    g_assert(heights[level]);
    return heights[level];
}

/* The first danger that `before` states and `after` does not state as one; NULL: none is lost. A
 * message that is shown as forged is as loud as can be, whatever else is said of it. */
static inline const char *danger_lost(const struct verdict *before, const struct verdict *after) {
    for (guint i = 0; after->level != LEVEL_FORGED && i < before->reasons.n; i++) {
        const struct reason *danger = &before->reasons.items[i];
        const struct reason *kept = reason_find(&after->reasons, danger->code);
        if (danger->severity == SEVERITY_DANGER && (!kept || kept->severity != SEVERITY_DANGER))
            return reason_code_name(danger->code);
    }
    return NULL;
}

#endif

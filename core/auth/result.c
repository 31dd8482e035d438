/* SPDX-License-Identifier: MIT
 *
 * Names of results. */
#include "auth/result.h"

static const char *const names[AUTH_RESULT__MAX] = {
    [AUTH_NONE] = "none",           [AUTH_PASS] = "pass",           [AUTH_FAIL] = "fail",
    [AUTH_SOFTFAIL] = "softfail",   [AUTH_NEUTRAL] = "neutral",     [AUTH_POLICY] = "policy",
    [AUTH_TEMPERROR] = "temperror", [AUTH_PERMERROR] = "permerror",
};

const char *auth_result_name(enum auth_result result) {
    g_assert(result < AUTH_RESULT__MAX);
    return names[result];
}

enum auth_result auth_result_parse(struct span word) {
    for (int i = AUTH_NONE; i < AUTH_RESULT__MAX; i++)
        if (span_eq_nocase(word, span_of(names[i])))
            return (enum auth_result)i;
    return AUTH_NOT_EVALUATED;
}

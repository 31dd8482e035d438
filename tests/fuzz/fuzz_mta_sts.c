/* SPDX-License-Identifier: MIT
 *
 * A policy of RFC 8461 and its record: what is accepted holds what it must. */
#include "route/mta_sts.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = span_make((const char *)data, size), id = SPAN_NULL;
    const char *why = NULL;
    OWNED(mta_sts_policy) policy = mta_sts_policy_parse(text, &why);
    g_assert((policy != NULL) == (why == NULL));
    if (policy) {
        g_assert(policy->mode && policy->max_age >= 0 && policy->max_age <= LIMIT_MTA_STS_AGE);
        g_assert(policy->mode == MTA_STS_NONE || policy->n_mx > 0);
        for (guint i = 0; i < policy->n_mx; i++)
            g_assert(mta_sts_matches(policy, policy->mx[i]) || policy->mx[i][0] == '*');
    }
    if (mta_sts_record_select(&text, 1, &id) == MTA_STS_RECORD_VALID)
        g_assert(id.n > 0 && id.n <= 32);
    return 0;
}

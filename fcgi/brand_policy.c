/* SPDX-License-Identifier: MIT */
#include "fcgi/brand_policy.h"

#include "mail/domain.h"

static bool names(char **list, const char *domain) {
    for (; list && *list; list++)
        if (domain_is_equal_or_below(domain, *list))
            return true;
    return false;
}

bool brand_policy_allows(const struct brand_policy *policy, const char *domain,
                         enum brand_kind kind) {
    if (policy->require == BRAND_REQUIRE_OFF || names(policy->block, domain))
        return false;
    switch (kind) {
    case BRAND_VMC:
        return true;
    case BRAND_CMC:
        return policy->require != BRAND_REQUIRE_VMC;
    case BRAND_SELF:
        return policy->require == BRAND_REQUIRE_SELF || names(policy->allow, domain);
    default:
        return false;
    }
}

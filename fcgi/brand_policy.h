/* SPDX-License-Identifier: MIT
 *
 * The operator's say about logos: [brand] of inkan.conf. */
#ifndef INKAN_FCGI_BRAND_POLICY_H
#define INKAN_FCGI_BRAND_POLICY_H

#include "trust/brand.h"

/* [brand] require: the least that a logo must bring. */
enum brand_require {
    BRAND_REQUIRE_CMC = 0,
    BRAND_REQUIRE_VMC,
    BRAND_REQUIRE_SELF,
    BRAND_REQUIRE_OFF
};

/* Domains are lower-case A-labels and speak for what is below them too. */
struct brand_policy {
    enum brand_require require;
    char **allow; /* self-asserted logos of these are shown whatever `require` (but off) */
    char **block; /* no logo of these is ever shown */
};

/* A logo of that kind may be shown beside that author domain. */
bool brand_policy_allows(const struct brand_policy *policy, const char *domain,
                         enum brand_kind kind);

#endif

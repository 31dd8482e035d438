/* SPDX-License-Identifier: MIT
 *
 * MTA-STS (RFC 8461): the TXT record that says a policy is there, the policy itself, and whether a
 * mail exchanger fits it. Fetches nothing: route/route does. Keeps nothing. */
#ifndef INKAN_ROUTE_MTA_STS_H
#define INKAN_ROUTE_MTA_STS_H

#include "base/limits.h"
#include "base/own.h"
#include "base/span.h"

#include <stdint.h>

enum mta_sts_record_state {
    MTA_STS_RECORD_UNKNOWN = 0, /* not evaluated */
    MTA_STS_RECORD_NONE,        /* no record begins with "v=STSv1;" */
    MTA_STS_RECORD_SEVERAL,     /* more than one does: as if there were none (§3.1) */
    MTA_STS_RECORD_INVALID,     /* one does, and it is not of the grammar: no policy */
    MTA_STS_RECORD_VALID
};

/* Of all TXT records at _mta-sts.DOMAIN. id (may be NULL) gets the id of a valid one, borrowed. */
enum mta_sts_record_state mta_sts_record_select(const struct span *records, guint n,
                                                struct span *id);

enum mta_sts_mode { MTA_STS_MODE_UNKNOWN = 0, MTA_STS_NONE, MTA_STS_TESTING, MTA_STS_ENFORCE };

struct mta_sts_policy {
    enum mta_sts_mode mode;
    int64_t max_age; /* seconds, at most LIMIT_MTA_STS_AGE */
    char **mx;       /* NULL-terminated, lower-case A-labels, perhaps "*." in front */
    guint n_mx;
};

/* The body of the policy file (§3.2), at most LIMIT_MTA_STS_POLICY octets. NULL and *why, a
 * sentence without its full stop, if it is not of the grammar or lacks what it must hold: then the
 * domain has no policy. A key that is there twice counts once, the first (but mx). */
struct mta_sts_policy *mta_sts_policy_parse(struct span body, const char **why);
void mta_sts_policy_free(struct mta_sts_policy *policy);

/* §4.1: `host` (lower-case A-labels) is one of the policy's; "*." stands for exactly one label. */
bool mta_sts_matches(const struct mta_sts_policy *policy, const char *host);

/* "none" "testing" "enforce"; NULL for unknown. */
const char *mta_sts_mode_name(enum mta_sts_mode mode);

DEFINE_OWNED(mta_sts_policy, mta_sts_policy_free)

#endif

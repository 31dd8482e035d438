/* SPDX-License-Identifier: MIT
 *
 * Inside auth/statement: what a dmarc= result tells about the policy that applies and about what
 * the server did. Servers say it in properties, in bare keys or in a comment; the profile says
 * which. */
#ifndef INKAN_AUTH_STATEMENT_POLICY_H
#define INKAN_AUTH_STATEMENT_POLICY_H

#include "auth/statement.h"

/* Fills in policy and disposition. */
void statement_policy_read(const struct authres_result *result, const struct profile *profile,
                           struct stated_dmarc *dmarc);
/* Two results that agree: the weaker policy; a disposition "none" of either. */
void statement_policy_merge(struct stated_dmarc *dmarc, const struct stated_dmarc *other);

#endif

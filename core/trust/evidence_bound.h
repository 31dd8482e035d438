/* SPDX-License-Identifier: MIT
 *
 * Evidence has a size, whatever the message: lists and texts that the sender may lengthen are
 * shortened (LIMIT_EVIDENCE_*), so that its record stays under LIMIT_RECORD_SIZE. What a verdict
 * reads stays: the signatures that were checked, those a server speaks of, and names. */
#ifndef INKAN_TRUST_EVIDENCE_BOUND_H
#define INKAN_TRUST_EVIDENCE_BOUND_H

#include "auth/dkim.h"
#include "trust/evidence.h"

/* Once, after all checks: evidence->signatures[i] is still what check->results[i] says of field i.
 * Kept are, in header order, every signature chosen for a check or named by a believed header, and
 * the first LIMIT_EVIDENCE_OTHERS of the others and of the others that could align. */
void evidence_bound(struct evidence *evidence, const struct dkim_check *check);

#endif

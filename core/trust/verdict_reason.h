/* SPDX-License-Identifier: MIT
 *
 * Stating a reason: what a finding answered, and what the evidence holds, put into the parameters
 * that the table of reasons gives that reason. */
#ifndef INKAN_TRUST_VERDICT_REASON_H
#define INKAN_TRUST_VERDICT_REASON_H

#include "trust/finding.h"

/* The signature that a decision by DKIM rests on; NULL if it rests on none, or on one that is not
 * in the message. Author, source and via of the verdict must be set. */
const struct evidence_signature *verdict_reason_carrier(const struct verdict *verdict,
                                                        const struct findings *findings);

/* Adds the reason. `subject` is what the finding answered: a signer, a user, a forwarder. */
void verdict_reason_state(struct verdict *verdict, const struct findings *findings,
                          enum reason_code code, const char *subject);

#endif

/* SPDX-License-Identifier: MIT
 *
 * OpenPGP's findings as evidence. */
#ifndef INKAN_TRUST_EVIDENCE_OPENPGP_H
#define INKAN_TRUST_EVIDENCE_OPENPGP_H

#include "sign/openpgp.h"
#include "trust/evidence.h"

/* Frees its arrays and makes it "not evaluated". */
void evidence_openpgp_clear(struct evidence_openpgp *openpgp);

/* Copies the result; `now` is the time of checking. */
void evidence_openpgp_collect(struct evidence *evidence, const struct openpgp_result *result,
                              const struct message *message, int64_t now);

#endif

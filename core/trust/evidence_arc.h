/* SPDX-License-Identifier: MIT
 *
 * What an ARC chain is worth to one account (verdict rules 12 and 16): information, unless the
 * operator named the sealers. Then what the oldest of an unbroken run of named sealers, up to the
 * newest, says it saw counts as a forwarder's word. The chain itself is auth/arc. */
#ifndef INKAN_TRUST_EVIDENCE_ARC_H
#define INKAN_TRUST_EVIDENCE_ARC_H

#include "auth/arc.h"
#include "auth/belief.h"
#include "auth/dkim.h"
#include "auth/statement.h"
#include "trust/evidence.h"

/* Copies the result; after arc_verify. */
void evidence_arc_collect(struct evidence *evidence, const struct arc_check *check);

/* Whether the sealer of the chain collected before is one the operator named; if so, fills
 * evidence->forwarded from the named sealers' set, if that is empty so far and the newest message
 * signature covers what is shown. Signatures must have been collected. */
void evidence_arc_believe(struct evidence *evidence, const struct arc_chain *chain,
                          const struct dkim_check *dkim, const struct belief_rules *rules,
                          const struct public_suffixes *suffixes);

#endif

/* SPDX-License-Identifier: MIT
 *
 * A message whose evidence is kept, under other belief rules (verdict rule 6). What the octets and
 * DNS told then stands; what belief decides (whose hops, whose fields, which session, what goes
 * into DMARC) is read anew from the header. Nothing is looked up, and no body is needed. */
#ifndef INKAN_TRUST_EVALUATE_AGAIN_H
#define INKAN_TRUST_EVALUATE_AGAIN_H

#include "trust/evaluate.h"

/* `request` as for trust/evaluate, of the same account, role and receipt, with a message of at
 * least the header; resolver, keys and vouchers are not read, and the mode is VERIFY_NEVER only
 * where it was. Changes `evidence` to what a fresh evaluation would have found; `glance` tells
 * whether that is one without a resolver, as the one that was kept: it is for the caller to say
 * whether its verdict stands without look-ups. False: these rules ask for what was never collected;
 * the evidence is spoilt then. */
bool evaluate_again(struct evidence *evidence, const struct evaluate_request *request,
                    bool *glance);

#endif

/* SPDX-License-Identifier: MIT
 *
 * How a reader may leave a list, and whether one click may do it (RFC 8058 §4). */
#ifndef INKAN_TRUST_EVIDENCE_UNSUBSCRIBE_H
#define INKAN_TRUST_EVIDENCE_UNSUBSCRIBE_H

#include "mail/message.h"
#include "trust/evidence.h"

/* Fills evidence->unsubscribe; after the signatures and the believed statement are in. */
void evidence_unsubscribe_collect(struct evidence *evidence, const struct message *message);

#endif

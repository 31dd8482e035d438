/* SPDX-License-Identifier: MIT
 *
 * What a personal signature says of the header above it, in evidence. */
#ifndef INKAN_TRUST_EVIDENCE_COVER_H
#define INKAN_TRUST_EVIDENCE_COVER_H

#include "mail/message.h"
#include "trust/evidence.h"

/* Compares the fields under the signature of `payload` (its exact octets) with those of `message`.
 * Only for a signature that holds over that payload is the answer a fact. */
void evidence_cover_headers(struct evidence *evidence, const struct message *message,
                            struct span payload, struct evidence_coverage *covers);

#endif

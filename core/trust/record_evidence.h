/* SPDX-License-Identifier: MIT
 *
 * Evidence in a record (trust/record.c). */
#ifndef INKAN_TRUST_RECORD_EVIDENCE_H
#define INKAN_TRUST_RECORD_EVIDENCE_H

#include "trust/record_codec.h"

/* All of it, written or read; what is read and out of its range makes the codec bad. */
void record_evidence(struct record_codec *codec, struct evidence *evidence);

#endif

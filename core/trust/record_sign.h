/* SPDX-License-Identifier: MIT
 *
 * Personal signatures in a record (trust/record.c). */
#ifndef INKAN_TRUST_RECORD_SIGN_H
#define INKAN_TRUST_RECORD_SIGN_H

#include "trust/record_codec.h"

void record_sign_smime(struct record_codec *codec, struct evidence_smime *smime);
void record_sign_openpgp(struct record_codec *codec, struct evidence_openpgp *openpgp);

/* What S/MIME and OpenPGP keep alike. */
void record_sign_texts(struct record_codec *codec, const char ***texts, guint *n);
void record_sign_coverage(struct record_codec *codec, struct evidence_coverage *covers);
void record_sign_others(struct record_codec *codec, struct evidence_other_signature **others,
                        guint *n);

#endif

/* SPDX-License-Identifier: MIT
 *
 * S/MIME signatures of a message, verified and put into evidence: the outermost decides (attacks
 * F139), whatever else is signed is listed; attached messages are not looked into. */
#ifndef INKAN_TRUST_EVIDENCE_SMIME_H
#define INKAN_TRUST_EVIDENCE_SMIME_H

#include "sign/signed_part.h"
#include "sign/smime.h"
#include "trust/evidence.h"

struct smime_question {
    const struct message *message;
    const struct signed_parts *parts; /* of the message; NULL: it has none */
    const char *author;               /* the one address to compare a signer with, or NULL */
    struct smime_trust *trust;
};

/* Fills evidence->smime. Receipt and time of checking must be there. */
void evidence_smime_collect(struct evidence *evidence, const struct smime_question *question);

#endif

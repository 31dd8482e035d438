/* SPDX-License-Identifier: MIT
 *
 * Grounds of the verdict table about a person's signature (rules 14 and 15). */
#include "trust/ground.h"

/* Rules 14 and 15: as of receipt (rule 6), over all that is shown, by the author. */
static const struct evidence_coverage *smime_proof(const struct findings *f) {
    const struct evidence_smime *smime = &f->evidence->smime;
    bool proves = smime->at_delivery == SIGN_STATUS_VERIFIED &&
                  smime->covers.scope == SCOPE_MESSAGE && smime->address == CHECK_PASS;
    return proves && f->evidence->author.state == AUTHOR_ONE ? &smime->covers : NULL;
}

static const struct evidence_coverage *openpgp_proof(const struct findings *f) {
    const struct evidence_openpgp *openpgp = &f->evidence->openpgp;
    bool proves = openpgp->status == SIGN_STATUS_VERIFIED &&
                  openpgp->covers.scope == SCOPE_MESSAGE && openpgp->address == CHECK_PASS;
    return proves && f->evidence->author.state == AUTHOR_ONE ? &openpgp->covers : NULL;
}

bool ground_is_signature_due(const struct findings *f) {
    return f->evidence->smime.pending || f->evidence->openpgp.pending;
}

/* Only a signature that holds over its text has a word of its own to set against the header. */
const char *ground_signed_from_differs(const struct findings *f) {
    const struct evidence_smime *smime = &f->evidence->smime;
    const struct evidence_openpgp *openpgp = &f->evidence->openpgp;
    bool differs =
        (smime->digest == CHECK_PASS && smime->covers.headers == HEADERS_FROM_DIFFERS) ||
        (openpgp->signature == CHECK_PASS && openpgp->covers.headers == HEADERS_FROM_DIFFERS);
    return differs ? f->evidence->author.domain : NULL;
}

static const char *author_address(const struct findings *f, const struct evidence_coverage *proof,
                                  bool headers) {
    bool covered = proof && proof->headers == HEADERS_COVERED;
    return proof && covered == headers ? f->evidence->author.address : NULL;
}

const char *ground_signed_smime_with_headers(const struct findings *f) {
    return author_address(f, smime_proof(f), true);
}

const char *ground_signed_smime(const struct findings *f) {
    return author_address(f, smime_proof(f), false);
}

const char *ground_signed_openpgp_with_headers(const struct findings *f) {
    return author_address(f, openpgp_proof(f), true);
}

const char *ground_signed_openpgp(const struct findings *f) {
    return author_address(f, openpgp_proof(f), false);
}

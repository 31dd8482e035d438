/* SPDX-License-Identifier: MIT
 *
 * The claims of one signature part: every signature packet in it, with what can be said before any
 * key is looked at. Only what is left over, v4 signatures of documents by known algorithms, is
 * asked about. */
#ifndef INKAN_SIGN_OPENPGP_CLAIM_H
#define INKAN_SIGN_OPENPGP_CLAIM_H

#include "sign/openpgp.h"
#include "sign/openpgp_packet.h"

struct openpgp_claim {
    GBytes *packet; /* whole */
    struct openpgp_signature_head head;
    enum openpgp_reason reason; /* OPENPGP_FINE: to be asked about */
};

struct openpgp_claims {
    struct openpgp_claim *claims;
    guint n;                    /* at most LIMIT_OPENPGP_SIGNATURES */
    enum openpgp_reason reason; /* MALFORMED or TOO_MANY: none of them may count; else FINE */
};

/* `packets`: a detached signature without armour. `is_text`: of the cleartext framework, where only
 * a text signature will do (RFC 9580 §7). Never NULL. */
struct openpgp_claims *openpgp_claims_read(GBytes *packets, bool is_text);
void openpgp_claims_free(struct openpgp_claims *claims);

DEFINE_OWNED(openpgp_claims, openpgp_claims_free)

#endif

/* SPDX-License-Identifier: MIT */
#include "trust/evaluate_sign.h"

#include "mail/mime.h"
#include "sign/openpgp.h"
#include "sign/signed_part.h"
#include "trust/evidence_openpgp.h"

struct tree {
    struct mime *mime;
    struct signed_parts *parts;
};

static void check_openpgp(struct evidence *evidence, const struct evaluate_request *request,
                          const struct author *author, const struct tree *tree) {
    struct openpgp_request asked = {.message = request->message,
                                    .mime = tree->mime,
                                    .parts = tree->parts,
                                    .author = author,
                                    .verifier = request->openpgp,
                                    .vouchers = request->vouchers,
                                    .n_vouchers = request->n_vouchers,
                                    .at = evidence->received_at};
    OWNED(openpgp_result) result = openpgp_check(&asked);
    evidence_openpgp_collect(evidence, result, request->message, evidence->checked_at);
}

/* The header alone says whether all of the message may be under a signature; a part of it that is
 * decides nothing. */
static void promise(struct evidence *evidence, const struct message *message) {
    bool possible = signed_parts_possible(message);
    evidence->openpgp.pending = possible;
}

void evaluate_sign(struct evidence *evidence, const struct evaluate_request *request,
                   const struct author *author) {
    const struct message *message = request->message;
    if (request->role == MAILBOX_OWN || request->mode == VERIFY_NEVER)
        return;
    if (message->flags & MESSAGE_BODY_PARTIAL) {
        promise(evidence, message);
        return;
    }
    evidence->openpgp.evaluated = true;
    evidence->openpgp.signed_at = -1;
    if (!signed_parts_possible(message) && !openpgp_text_possible(message))
        return;
    OWNED(mime) mime = mime_parse(message);
    mime_compare(mime, message);
    OWNED(signed_parts) parts = signed_parts_find(mime);
    struct tree tree = {mime, parts};
    check_openpgp(evidence, request, author, &tree);
}

/* SPDX-License-Identifier: MIT */
#include "trust/evaluate_sign.h"

#include "mail/mime.h"
#include "sign/openpgp.h"
#include "sign/signed_part.h"
#include "trust/evidence_openpgp.h"
#include "trust/evidence_smime.h"

static void check_openpgp(struct evidence *evidence, const struct evaluate_request *request,
                          const struct author *author, const struct mime *mime,
                          const struct signed_parts *parts) {
    struct openpgp_request asked = {.message = request->message,
                                    .mime = mime,
                                    .parts = parts,
                                    .author = author,
                                    .verifier = request->openpgp,
                                    .vouchers = request->vouchers,
                                    .n_vouchers = request->n_vouchers,
                                    .at = evidence->received_at};
    OWNED(openpgp_result) result = openpgp_check(&asked);
    evidence_openpgp_collect(evidence, result, request->message, evidence->checked_at);
}

static void check_smime(struct evidence *evidence, const struct evaluate_request *request,
                        const struct author *author, const struct signed_parts *parts) {
    struct smime_question question = {
        .message = request->message,
        .parts = parts,
        .author = author->state == AUTHOR_ONE ? author->address : NULL,
        .trust = request->smime,
    };
    if (request->smime)
        evidence_smime_collect(evidence, &question);
}

/* Without the body only the root can be told. */
static bool speaks_of_signature(const struct message *message) {
    static const char *const types[] = {"multipart/signed", "application/pkcs7-mime",
                                        "application/x-pkcs7-mime", "application/octet-stream"};
    int at = message_find(message, "Content-Type", 0);
    struct span type = at < 0 ? SPAN_NULL : span_trim_fws(message->fields[at].value);
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        if (span_starts_nocase(type, span_of(types[i])))
            return true;
    return false;
}

/* The header alone says whether all of the message may be under a signature; a part of it that is
 * decides nothing. */
static void promise(struct evidence *evidence, const struct evaluate_request *request) {
    const struct message *message = request->message;
    bool possible = speaks_of_signature(message);
    evidence->smime.pending = possible && request->smime;
    evidence->openpgp.pending = possible;
}

/* Asks the plain text parts alone, where sign/openpgp looks; one in base64 cannot be told. */
static bool has_openpgp_text(const struct mime_part *part, const struct message *message,
                             bool *untold) {
    if (part->kind == MIME_MULTIPART) {
        for (guint i = 0; i < part->children->len; i++)
            if (has_openpgp_text(part->children->pdata[i], message, untold))
                return true;
        return false;
    }
    if (part->kind != MIME_LEAF || !mime_is(part, "text/plain"))
        return false;
    *untold = *untold || part->encoding == MIME_BASE64;
    struct message text = *message;
    text.body = part->body;
    return openpgp_text_possible(&text);
}

/* Could there be a person's signature? Where others needed the tree it answers, and no large
 * attachment is read for it. */
static bool is_possible(const struct evaluate_tree *tree) {
    bool untold = !tree->mime;
    if (tree->mime && (signed_parts_present(tree->mime) ||
                       has_openpgp_text(tree->mime->root, tree->message, &untold)))
        return true;
    if (!tree->mime && signed_parts_possible(tree->message))
        return true;
    return untold && openpgp_text_possible(tree->message);
}

void evaluate_sign(struct evidence *evidence, const struct evaluate_request *request,
                   const struct author *author, struct evaluate_tree *tree) {
    const struct message *message = request->message;
    if (request->role == MAILBOX_OWN || request->mode == VERIFY_NEVER)
        return;
    if (message->flags & MESSAGE_BODY_PARTIAL) {
        promise(evidence, request);
        return;
    }
    evidence->openpgp.evaluated = true;
    evidence->openpgp.signed_at = -1;
    if (!is_possible(tree)) {
        check_smime(evidence, request, author, NULL);
        return;
    }
    struct mime *mime = evaluate_tree_mime(tree);
    mime_compare(mime, message);
    OWNED(signed_parts) parts = signed_parts_find(mime);
    check_smime(evidence, request, author, parts);
    check_openpgp(evidence, request, author, mime, parts);
}

bool evaluate_openpgp_possible(const struct message *message) {
    return signed_parts_possible(message) || openpgp_text_possible(message);
}

void evaluate_openpgp_again(struct evidence *evidence, const struct evaluate_request *request) {
    OWNED(author) author = author_find(request->message);
    OWNED(mime) mime = mime_parse(request->message);
    mime_compare(mime, request->message);
    OWNED(signed_parts) parts = signed_parts_find(mime);
    evidence_openpgp_clear(&evidence->openpgp);
    check_openpgp(evidence, request, author, mime, parts);
}

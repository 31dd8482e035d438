/* SPDX-License-Identifier: MIT */
#include "trust/evidence_openpgp.h"

#include "trust/evidence_cover.h"

static enum evidence_sign_status status_of(enum openpgp_status status) {
    static const enum evidence_sign_status statuses[OPENPGP_STATUS__MAX] = {
        [OPENPGP_NONE] = SIGN_STATUS_NONE,     [OPENPGP_UNKNOWN] = SIGN_STATUS_UNKNOWN,
        [OPENPGP_SIGNED] = SIGN_STATUS_SIGNED, [OPENPGP_VERIFIED] = SIGN_STATUS_VERIFIED,
        [OPENPGP_FAILED] = SIGN_STATUS_FAILED,
    };
    return statuses[status];
}

/* Gravest first: what the signature lacks, then its key, then address and coverage. The order of
 * enum openpgp_reason is that order. */
static guint collect_errors(const char **errors, uint32_t reasons) {
    guint n = 0;
    for (guint reason = OPENPGP_FINE + 1; reason < OPENPGP_REASON__MAX; reason++)
        if (reasons & 1U << reason)
            errors[n++] = openpgp_reason_name((enum openpgp_reason)reason);
    return n;
}

static const char *first_error(uint32_t reasons) {
    const char *errors[OPENPGP_REASON__MAX];
    return collect_errors(errors, reasons) ? errors[0] : NULL;
}

static const char *validity_of(const struct openpgp_judgement *judgement) {
    if (!judgement->by.fingerprint)
        return NULL;
    return judgement->by.key == OPENPGP_FINE ? "valid" : openpgp_reason_name(judgement->by.key);
}

static void collect_user_ids(struct evidence *evidence, char **user_ids) {
    struct evidence_openpgp *openpgp = &evidence->openpgp;
    guint n = user_ids ? g_strv_length(user_ids) : 0;
    openpgp->user_ids = g_new0(const char *, n + 1);
    openpgp->n_user_ids = n;
    for (guint i = 0; i < n; i++)
        openpgp->user_ids[i] = evidence_text(evidence, user_ids[i]);
}

/* Only where the octets are the signed ones is it a fact that fields are under the signature. */
static void collect_coverage(struct evidence *evidence, const struct openpgp_judgement *judgement,
                             const struct message *message) {
    struct evidence_coverage *covers = &evidence->openpgp.covers;
    covers->scope = judgement->scope;
    covers->part = evidence_text(evidence, judgement->part);
    if (judgement->signature != CHECK_PASS || judgement->scope != SCOPE_MESSAGE)
        return;
    evidence_cover_headers(evidence, message, judgement->payload, covers);
}

static const char *name_of(struct evidence *evidence, const struct openpgp_judgement *judgement) {
    const struct openpgp_signature *by = &judgement->by;
    if (judgement->user_id)
        return evidence_text(evidence, judgement->user_id);
    if (by->user_ids && by->user_ids[0])
        return evidence_text(evidence, by->user_ids[0]);
    return evidence_text(evidence, by->fingerprint ? by->fingerprint : by->issuer);
}

static void collect_others(struct evidence *evidence, const struct openpgp_result *result) {
    struct evidence_openpgp *openpgp = &evidence->openpgp;
    openpgp->others = g_new0(struct evidence_other_signature, result->n);
    for (guint i = 1; i < result->n; i++) {
        const struct openpgp_judgement *judgement = &result->judgements[i];
        openpgp->others[openpgp->n_others++] =
            (struct evidence_other_signature){.status = status_of(judgement->status),
                                              .scope = judgement->scope,
                                              .part = evidence_text(evidence, judgement->part),
                                              .name = name_of(evidence, judgement),
                                              .error = first_error(judgement->reasons)};
    }
}

static void collect_decisive(struct evidence *evidence, const struct openpgp_judgement *judgement,
                             const struct message *message, int64_t now) {
    struct evidence_openpgp *openpgp = &evidence->openpgp;
    const struct openpgp_signature *by = &judgement->by;
    openpgp->errors = g_new0(const char *, OPENPGP_REASON__MAX);
    openpgp->n_errors = collect_errors(openpgp->errors, judgement->reasons);
    openpgp->verified_at = now;
    openpgp->signed_at = by->made_at;
    openpgp->fingerprint = evidence_text(evidence, by->fingerprint);
    openpgp->key_id = evidence_text(evidence, by->issuer);
    collect_user_ids(evidence, by->user_ids);
    openpgp->user_id = evidence_text(evidence, judgement->user_id);
    openpgp->validity = validity_of(judgement);
    openpgp->vouched = judgement->vouched;
    openpgp->digest_algorithm = evidence_text(evidence, by->digest);
    openpgp->key_algorithm = evidence_text(evidence, by->algorithm);
    openpgp->key_bits = by->bits;
    openpgp->signature = judgement->signature;
    openpgp->key = judgement->key;
    openpgp->address = judgement->address;
    openpgp->coverage = judgement->coverage;
    collect_coverage(evidence, judgement, message);
}

void evidence_openpgp_clear(struct evidence_openpgp *openpgp) {
    g_free(openpgp->errors);
    g_free(openpgp->user_ids);
    g_free(openpgp->others);
    *openpgp = (struct evidence_openpgp){.evaluated = false};
}

void evidence_openpgp_collect(struct evidence *evidence, const struct openpgp_result *result,
                              const struct message *message, int64_t now) {
    struct evidence_openpgp *openpgp = &evidence->openpgp;
    openpgp->evaluated = true;
    openpgp->pending = result->is_pending;
    openpgp->encrypted = result->is_encrypted;
    openpgp->status = status_of(openpgp_result_status(result));
    openpgp->signed_at = -1;
    if (!result->n)
        return;
    collect_decisive(evidence, &result->judgements[0], message, now);
    collect_others(evidence, result);
}

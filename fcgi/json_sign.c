/* SPDX-License-Identifier: MIT */
#include "fcgi/json_sign.h"

#include "fcgi/json_emit.h"

/* RFC 9219 §4.1, and "none" for what is not there. */
static const char *status_name(enum evidence_sign_status status) {
    static const char *const names[SIGN_STATUS__MAX] = {
        [SIGN_STATUS_NONE] = "none",
        [SIGN_STATUS_UNKNOWN] = "unknown",
        [SIGN_STATUS_SIGNED] = "signed",
        [SIGN_STATUS_VERIFIED] = "signed/verified",
        [SIGN_STATUS_FAILED] = "signed/failed",
    };
    return names[status];
}

static void emit_texts(GString *out, const char *key, const char *const *texts, guint n) {
    json_emit_open(out, key, '[');
    for (guint i = 0; i < n; i++)
        json_emit_text(out, NULL, texts[i]);
    json_emit_close(out, ']');
}

static void emit_check(GString *out, const char *key, enum signature_check check) {
    json_emit_text(out, key, signature_check_name(check));
}

void json_sign_time(GString *out, const char *key, int64_t time, int64_t least) {
    if (time < least)
        json_emit_null(out, key);
    else
        json_emit_time(out, key, time);
}

void json_sign_coverage(GString *out, const struct evidence_coverage *covers) {
    json_emit_open(out, "covers", '{');
    json_emit_text(out, "scope", signature_scope_name(covers->scope));
    json_emit_text(out, "part", covers->part);
    json_emit_text(out, "headers", signature_headers_name(covers->headers));
    json_emit_text(out, "from", covers->from);
    json_emit_text(out, "subject", covers->subject);
    json_emit_text(out, "date", covers->date);
    json_emit_close(out, '}');
}

void json_sign_others(GString *out, const struct evidence_other_signature *others, guint n) {
    json_emit_open(out, "others", '[');
    for (guint i = 0; i < n; i++) {
        json_emit_open(out, NULL, '{');
        json_emit_text(out, "status", status_name(others[i].status));
        json_emit_text(out, "scope", signature_scope_name(others[i].scope));
        json_emit_text(out, "part", others[i].part);
        json_emit_text(out, "name", others[i].name);
        json_emit_text(out, "error", others[i].error);
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

static void emit_openpgp_checks(GString *out, const struct evidence_openpgp *openpgp) {
    json_emit_open(out, "checks", '{');
    emit_check(out, "signature", openpgp->signature);
    emit_check(out, "key", openpgp->key);
    emit_check(out, "address", openpgp->address);
    emit_check(out, "coverage", openpgp->coverage);
    json_emit_close(out, '}');
}

void json_sign_openpgp(GString *out, const struct evidence_openpgp *openpgp) {
    if (!openpgp->evaluated)
        return;
    json_emit_open(out, "openpgp", '{');
    json_emit_text(out, "status", status_name(openpgp->status));
    json_emit_boolean(out, "encrypted", openpgp->encrypted);
    if (openpgp->signature != CHECK_NOT_EVALUATED) {
        emit_texts(out, "errors", (const char *const *)openpgp->errors, openpgp->n_errors);
        json_emit_text(out, "fingerprint", openpgp->fingerprint);
        json_emit_text(out, "keyId", openpgp->key_id);
        emit_texts(out, "userIds", (const char *const *)openpgp->user_ids, openpgp->n_user_ids);
        json_emit_text(out, "userId", openpgp->user_id);
        json_emit_text(out, "validity", openpgp->validity);
        json_emit_text(out, "vouched", openpgp->vouched);
        json_emit_text(out, "algorithm", openpgp->key_algorithm);
        json_emit_text(out, "digest", openpgp->digest_algorithm);
        json_sign_time(out, "signedAt", openpgp->signed_at, 0);
        json_sign_time(out, "verifiedAt", openpgp->verified_at, 1);
        emit_openpgp_checks(out, openpgp);
        json_sign_coverage(out, &openpgp->covers);
        json_sign_others(out, openpgp->others, openpgp->n_others);
    }
    json_emit_close(out, '}');
}

/* RFC 9219 §4.1: null, "the message doesn't contain any signature". */
static const char *smime_status_name(enum evidence_sign_status status) {
    return status == SIGN_STATUS_NONE ? NULL : status_name(status);
}

static void emit_certificate(GString *out, const struct evidence_smime *smime) {
    const struct evidence_certificate *signer = &smime->signer;
    if (!smime->has_signer) {
        json_emit_null(out, "signer");
        return;
    }
    json_emit_open(out, "signer", '{');
    json_emit_text(out, "subject", signer->subject);
    json_emit_text(out, "issuer", signer->issuer);
    json_emit_text(out, "issuerName", signer->issuer_name);
    emit_texts(out, "addresses", (const char *const *)signer->addresses, signer->n_addresses);
    json_emit_time(out, "notBefore", signer->not_before);
    json_emit_time(out, "notAfter", signer->not_after);
    json_emit_text(out, "serial", signer->serial);
    json_emit_text(out, "fingerprint", signer->fingerprint);
    json_emit_text(out, "keyAlgorithm", smime->key_algorithm);
    json_emit_integer(out, "keyBits", smime->key_bits);
    json_emit_close(out, '}');
}

static void emit_smime_checks(GString *out, const struct evidence_smime *smime) {
    const struct {
        const char *name;
        enum signature_check check;
    } checks[] = {
        {"digest", smime->digest},
        {"chain", smime->chain},
        {"time", smime->time},
        {"usage", smime->usage},
        {"revocation", smime->revocation},
        {"address", smime->address},
        {"coverage", smime->coverage},
        {"strength", smime->strength},
    };
    json_emit_open(out, "checks", '{');
    for (guint i = 0; i < G_N_ELEMENTS(checks); i++)
        json_emit_text(out, checks[i].name, signature_check_name(checks[i].check));
    json_emit_close(out, '}');
}

void json_sign_smime(GString *out, const struct evidence_smime *smime) {
    if (!smime->evaluated)
        return;
    json_emit_open(out, "smime", '{');
    json_emit_text(out, "smimeStatus", smime_status_name(smime->status));
    json_emit_text(out, "smimeStatusAtDelivery", smime_status_name(smime->at_delivery));
    if (smime->n_errors)
        emit_texts(out, "smimeErrors", (const char *const *)smime->errors, smime->n_errors);
    else
        json_emit_null(out, "smimeErrors");
    json_sign_time(out, "smimeVerifiedAt", smime->verified_at, 1);
    if (smime->status != SIGN_STATUS_NONE) {
        emit_certificate(out, smime);
        emit_texts(out, "notes", (const char *const *)smime->notes, smime->n_notes);
        json_sign_time(out, "signedAt", smime->signed_at, 0);
        json_emit_text(out, "digestAlgorithm", smime->digest_algorithm);
        json_emit_boolean(out, "encrypted", smime->encrypted);
        emit_smime_checks(out, smime);
        json_sign_coverage(out, &smime->covers);
        json_sign_others(out, smime->others, smime->n_others);
    }
    json_emit_close(out, '}');
}

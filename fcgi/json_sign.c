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

static void emit_texts(GString *out, struct span key, const char *const *texts, guint n) {
    json_emit_open(out, key, '[');
    for (guint i = 0; i < n; i++)
        json_emit_text(out, JSON_ITEM, texts[i]);
    json_emit_close(out, ']');
}

static void emit_check(GString *out, struct span key, enum signature_check check) {
    json_emit_text(out, key, signature_check_name(check));
}

void json_sign_time(GString *out, struct span key, int64_t time, int64_t least) {
    if (time < least)
        json_emit_null(out, key);
    else
        json_emit_time(out, key, time);
}

void json_sign_coverage(GString *out, const struct evidence_coverage *covers) {
    json_emit_open(out, JSON_KEY("covers"), '{');
    json_emit_text(out, JSON_KEY("scope"), signature_scope_name(covers->scope));
    json_emit_text(out, JSON_KEY("part"), covers->part);
    json_emit_text(out, JSON_KEY("headers"), signature_headers_name(covers->headers));
    json_emit_text(out, JSON_KEY("from"), covers->from);
    json_emit_text(out, JSON_KEY("subject"), covers->subject);
    json_emit_text(out, JSON_KEY("date"), covers->date);
    json_emit_close(out, '}');
}

void json_sign_others(GString *out, const struct evidence_other_signature *others, guint n) {
    json_emit_open(out, JSON_KEY("others"), '[');
    for (guint i = 0; i < n; i++) {
        json_emit_open(out, JSON_ITEM, '{');
        json_emit_text(out, JSON_KEY("status"), status_name(others[i].status));
        json_emit_text(out, JSON_KEY("scope"), signature_scope_name(others[i].scope));
        json_emit_text(out, JSON_KEY("part"), others[i].part);
        json_emit_text(out, JSON_KEY("name"), others[i].name);
        json_emit_text(out, JSON_KEY("error"), others[i].error);
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

static void emit_openpgp_checks(GString *out, const struct evidence_openpgp *openpgp) {
    json_emit_open(out, JSON_KEY("checks"), '{');
    emit_check(out, JSON_KEY("signature"), openpgp->signature);
    emit_check(out, JSON_KEY("key"), openpgp->key);
    emit_check(out, JSON_KEY("address"), openpgp->address);
    emit_check(out, JSON_KEY("coverage"), openpgp->coverage);
    json_emit_close(out, '}');
}

void json_sign_openpgp(GString *out, const struct evidence_openpgp *openpgp) {
    if (!openpgp->evaluated)
        return;
    json_emit_open(out, JSON_KEY("openpgp"), '{');
    json_emit_text(out, JSON_KEY("status"), status_name(openpgp->status));
    json_emit_boolean(out, JSON_KEY("encrypted"), openpgp->encrypted);
    if (openpgp->signature != CHECK_NOT_EVALUATED) {
        emit_texts(out, JSON_KEY("errors"), (const char *const *)openpgp->errors,
                   openpgp->n_errors);
        json_emit_text(out, JSON_KEY("fingerprint"), openpgp->fingerprint);
        json_emit_text(out, JSON_KEY("keyId"), openpgp->key_id);
        emit_texts(out, JSON_KEY("userIds"), (const char *const *)openpgp->user_ids,
                   openpgp->n_user_ids);
        json_emit_text(out, JSON_KEY("userId"), openpgp->user_id);
        json_emit_text(out, JSON_KEY("validity"), openpgp->validity);
        json_emit_text(out, JSON_KEY("vouched"), openpgp->vouched);
        json_emit_text(out, JSON_KEY("algorithm"), openpgp->key_algorithm);
        json_emit_text(out, JSON_KEY("digest"), openpgp->digest_algorithm);
        json_sign_time(out, JSON_KEY("signedAt"), openpgp->signed_at, 0);
        json_sign_time(out, JSON_KEY("verifiedAt"), openpgp->verified_at, 1);
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
        json_emit_null(out, JSON_KEY("signer"));
        return;
    }
    json_emit_open(out, JSON_KEY("signer"), '{');
    json_emit_text(out, JSON_KEY("subject"), signer->subject);
    json_emit_text(out, JSON_KEY("issuer"), signer->issuer);
    json_emit_text(out, JSON_KEY("issuerName"), signer->issuer_name);
    emit_texts(out, JSON_KEY("addresses"), (const char *const *)signer->addresses,
               signer->n_addresses);
    json_emit_time(out, JSON_KEY("notBefore"), signer->not_before);
    json_emit_time(out, JSON_KEY("notAfter"), signer->not_after);
    json_emit_text(out, JSON_KEY("serial"), signer->serial);
    json_emit_text(out, JSON_KEY("fingerprint"), signer->fingerprint);
    json_emit_text(out, JSON_KEY("keyAlgorithm"), smime->key_algorithm);
    json_emit_integer(out, JSON_KEY("keyBits"), smime->key_bits);
    json_emit_close(out, '}');
}

static void emit_smime_checks(GString *out, const struct evidence_smime *smime) {
    json_emit_open(out, JSON_KEY("checks"), '{');
    emit_check(out, JSON_KEY("digest"), smime->digest);
    emit_check(out, JSON_KEY("chain"), smime->chain);
    emit_check(out, JSON_KEY("time"), smime->time);
    emit_check(out, JSON_KEY("usage"), smime->usage);
    emit_check(out, JSON_KEY("revocation"), smime->revocation);
    emit_check(out, JSON_KEY("address"), smime->address);
    emit_check(out, JSON_KEY("coverage"), smime->coverage);
    emit_check(out, JSON_KEY("strength"), smime->strength);
    json_emit_close(out, '}');
}

void json_sign_smime(GString *out, const struct evidence_smime *smime) {
    if (!smime->evaluated)
        return;
    json_emit_open(out, JSON_KEY("smime"), '{');
    json_emit_text(out, JSON_KEY("smimeStatus"), smime_status_name(smime->status));
    json_emit_text(out, JSON_KEY("smimeStatusAtDelivery"), smime_status_name(smime->at_delivery));
    if (smime->n_errors)
        emit_texts(out, JSON_KEY("smimeErrors"), (const char *const *)smime->errors,
                   smime->n_errors);
    else
        json_emit_null(out, JSON_KEY("smimeErrors"));
    json_sign_time(out, JSON_KEY("smimeVerifiedAt"), smime->verified_at, 1);
    if (smime->status != SIGN_STATUS_NONE) {
        emit_certificate(out, smime);
        emit_texts(out, JSON_KEY("notes"), (const char *const *)smime->notes, smime->n_notes);
        json_sign_time(out, JSON_KEY("signedAt"), smime->signed_at, 0);
        json_emit_text(out, JSON_KEY("digestAlgorithm"), smime->digest_algorithm);
        json_emit_boolean(out, JSON_KEY("encrypted"), smime->encrypted);
        emit_smime_checks(out, smime);
        json_sign_coverage(out, &smime->covers);
        json_sign_others(out, smime->others, smime->n_others);
    }
    json_emit_close(out, '}');
}

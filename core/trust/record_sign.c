/* SPDX-License-Identifier: MIT */
#include "trust/record_sign.h"

void record_sign_texts(struct record_codec *c, const char ***texts, guint *n) {
    codec_array(c, texts, n);
    for (guint i = 0; i < *n; i++) {
        codec_text(c, &(*texts)[i]);
        c->bad = c->bad || !(*texts)[i];
    }
}

void record_sign_coverage(struct record_codec *c, struct evidence_coverage *covers) {
    codec_enum(c, &covers->scope, SCOPE__MAX);
    codec_text(c, &covers->part);
    codec_enum(c, &covers->headers, HEADERS__MAX);
    codec_text(c, &covers->from);
    codec_text(c, &covers->subject);
    codec_text(c, &covers->date);
}

void record_sign_others(struct record_codec *c, struct evidence_other_signature **others,
                        guint *n) {
    codec_array(c, others, n);
    for (guint i = 0; i < *n; i++) {
        struct evidence_other_signature *other = &(*others)[i];
        codec_enum(c, &other->status, SIGN_STATUS__MAX);
        codec_enum(c, &other->scope, SCOPE__MAX);
        codec_text(c, &other->part);
        codec_text(c, &other->name);
        codec_text(c, &other->error);
    }
}

static void put_certificate(struct record_codec *c, struct evidence_certificate *certificate) {
    codec_text(c, &certificate->subject);
    codec_text(c, &certificate->issuer);
    codec_text(c, &certificate->issuer_name);
    record_sign_texts(c, &certificate->addresses, &certificate->n_addresses);
    codec_int64(c, &certificate->not_before);
    codec_int64(c, &certificate->not_after);
    codec_text(c, &certificate->serial);
    codec_text(c, &certificate->fingerprint);
}

static void put_checks(struct record_codec *c, enum signature_check *const *checks, guint n) {
    for (guint i = 0; i < n; i++)
        codec_enum(c, checks[i], CHECK__MAX);
}

void record_sign_smime(struct record_codec *c, struct evidence_smime *smime) {
    enum signature_check *const checks[] = {&smime->digest,   &smime->chain,      &smime->time,
                                            &smime->usage,    &smime->revocation, &smime->address,
                                            &smime->coverage, &smime->strength};
    codec_bool(c, &smime->evaluated);
    codec_bool(c, &smime->pending);
    codec_bool(c, &smime->encrypted);
    codec_enum(c, &smime->status, SIGN_STATUS__MAX);
    codec_enum(c, &smime->at_delivery, SIGN_STATUS__MAX);
    record_sign_texts(c, &smime->errors, &smime->n_errors);
    record_sign_texts(c, &smime->notes, &smime->n_notes);
    codec_int64(c, &smime->verified_at);
    codec_int64(c, &smime->signed_at);
    codec_bool(c, &smime->has_signer);
    put_certificate(c, &smime->signer);
    codec_text(c, &smime->digest_algorithm);
    codec_text(c, &smime->key_algorithm);
    codec_guint(c, &smime->key_bits);
    put_checks(c, checks, G_N_ELEMENTS(checks));
    record_sign_coverage(c, &smime->covers);
    record_sign_others(c, &smime->others, &smime->n_others);
}

void record_sign_openpgp(struct record_codec *c, struct evidence_openpgp *openpgp) {
    codec_bool(c, &openpgp->evaluated);
    codec_bool(c, &openpgp->pending);
    codec_bool(c, &openpgp->encrypted);
    codec_enum(c, &openpgp->status, SIGN_STATUS__MAX);
    record_sign_texts(c, &openpgp->errors, &openpgp->n_errors);
    codec_int64(c, &openpgp->verified_at);
    codec_int64(c, &openpgp->signed_at);
    codec_text(c, &openpgp->fingerprint);
    codec_text(c, &openpgp->key_id);
    record_sign_texts(c, &openpgp->user_ids, &openpgp->n_user_ids);
    codec_text(c, &openpgp->user_id);
    codec_text(c, &openpgp->validity);
    codec_text(c, &openpgp->vouched);
    codec_text(c, &openpgp->digest_algorithm);
    codec_text(c, &openpgp->key_algorithm);
    codec_guint(c, &openpgp->key_bits);
    codec_enum(c, &openpgp->signature, CHECK__MAX);
    codec_enum(c, &openpgp->key, CHECK__MAX);
    codec_enum(c, &openpgp->address, CHECK__MAX);
    codec_enum(c, &openpgp->coverage, CHECK__MAX);
    record_sign_coverage(c, &openpgp->covers);
    record_sign_others(c, &openpgp->others, &openpgp->n_others);
}

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

/* SPDX-License-Identifier: MIT
 *
 * trust/verdict_reason.h: parameters by their names. */
#include "trust/verdict_reason.h"

const struct evidence_signature *verdict_reason_carrier(const struct verdict *verdict,
                                                        const struct findings *f) {
    if (!(verdict->via & VIA_DKIM))
        return NULL;
    if (verdict->source != SOURCE_SERVER && f->own[CLASS_INTACT])
        return f->own[CLASS_INTACT];
    const struct evidence_stated_dkim *named =
        f->stated[CLASS_INTACT] ? f->stated[CLASS_INTACT] : f->stated[CLASS_CHILD];
    return named ? finding_matched(f->evidence, named) : f->own[CLASS_CHILD];
}

static const char *value_of(const struct verdict *verdict, const struct findings *f,
                            struct span name, const char *subject) {
    const struct evidence *e = f->evidence;
    if (span_eq(name, SPAN_LIT("domain")))
        return e->author.domain;
    if (span_eq(name, SPAN_LIT("server")))
        return e->statement.server;
    if (span_eq(name, SPAN_LIT("fields"))) {
        const struct evidence_signature *signature = verdict_reason_carrier(verdict, f);
        return signature ? signature->fields_uncovered : NULL;
    }
    if (span_eq(name, SPAN_LIT("issuer")))
        return e->smime.signer.issuer_name;
    if (span_eq(name, SPAN_LIT("author")))
        return e->smime.covers.from ? e->smime.covers.from : e->openpgp.covers.from;
    return subject; /* signer, user, forwarder: what the finding found */
}

void verdict_reason_state(struct verdict *verdict, const struct findings *f, enum reason_code code,
                          const char *subject) {
    const char *values[REASON_PARAMETERS_MAX] = {NULL};
    for (guint i = 0; i < REASON_PARAMETERS_MAX; i++) {
        struct span name = reason_parameter(code, i);
        if (name.n)
            values[i] = value_of(verdict, f, name, subject);
    }
    reason_add(&verdict->reasons, code, values);
}

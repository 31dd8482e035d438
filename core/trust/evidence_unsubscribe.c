/* SPDX-License-Identifier: MIT
 *
 * RFC 8058 §4: the signature needs no particular domain, but it has to hold and to name both
 * fields; otherwise anybody on the way could have aimed our POST. */
#include "trust/evidence_unsubscribe.h"

#include "mail/unsubscribe.h"

static bool names(const struct evidence_signature *signature, const char *field) {
    return signature->signed_headers &&
           g_strv_contains((const char *const *)signature->signed_headers, field);
}

/* By our own check, or by a believed header about this very signature. A failure of our own weighs
 * more: here nothing is explained by a gateway. */
static bool holds(const struct evidence *evidence, guint i) {
    const struct evidence_statement *statement = &evidence->statement;
    const struct evidence_signature *signature = &evidence->signatures[i];
    if (signature->result != AUTH_NOT_EVALUATED)
        return signature->result == AUTH_PASS && !signature->testing;
    for (guint k = 0; k < statement->n_dkim; k++)
        if (statement->dkim[k].signature == (int)i && statement->dkim[k].result == AUTH_PASS)
            return true;
    return false;
}

static bool is_covered(const struct evidence *evidence) {
    for (guint i = 0; i < evidence->n_signatures; i++)
        if (holds(evidence, i) && names(&evidence->signatures[i], "list-unsubscribe") &&
            names(&evidence->signatures[i], "list-unsubscribe-post"))
            return true;
    return false;
}

void evidence_unsubscribe_collect(struct evidence *evidence, const struct message *message) {
    struct unsubscribe found;
    unsubscribe_parse(message, &found);
    bool covered = is_covered(evidence);
    evidence->unsubscribe = (struct evidence_unsubscribe){
        .evaluated = true,
        .https = evidence_text(evidence, found.https),
        .mailto = evidence_text(evidence, found.mailto),
        .covered = (found.https || found.mailto) && covered,
        .one_click = found.one_click && covered,
    };
    unsubscribe_clear(&found);
}

/* SPDX-License-Identifier: MIT
 *
 * The table of cautions: a question, the reason it states. Rare by construction: each is silent
 * where ordinary mail would have it. */
#include "trust/verdict_caution.h"

enum {
    KEY_BITS_STRONG = 2048, /* RFC 8301 §3.2: signers SHOULD use 2048 bits or more */
    SIGNATURE_DAYS_OLD = 7 /* between t= and receipt; queues give up after 5 (RFC 5321 §4.5.4.1) */
};

struct caution {
    const char *values[REASON_PARAMETERS_MAX]; /* in the order of the reason's parameters */
    char text[24];                             /* room for a number among them */
    enum reason_severity severity;             /* 0: the table's */
};

static bool is_established(const struct verdict *verdict) {
    return verdict->author == VERDICT_VERIFIED || verdict->author == VERDICT_LIKELY;
}

/* A forwarder the operator named explains it (rule 12). */
static bool body_changed(const struct verdict *verdict, const struct findings *f,
                         struct caution *caution) {
    const struct evidence_signature *signature = f->own[CLASS_CHANGED];
    bool forwarded = reason_find(&verdict->reasons, REASON_AS_SEEN_BY) != NULL;
    if (!signature || (is_established(verdict) && !forwarded))
        return false;
    caution->values[0] = signature->domain;
    caution->severity = forwarded ? SEVERITY_INFO : SEVERITY_DANGER;
    return true;
}

static bool hidden_characters(const struct verdict *verdict, const struct findings *f,
                              struct caution *caution) {
    (void)verdict, (void)caution;
    return f->evidence->author.notes & (AUTHOR_BIDI | AUTHOR_INVISIBLE);
}

static bool name_is_address(const struct verdict *verdict, const struct findings *f,
                            struct caution *caution) {
    (void)verdict;
    const struct evidence_author *author = &f->evidence->author;
    caution->values[0] = author->address_in_name;
    caution->values[1] = author->address;
    return author->address_in_name && author->address;
}

static bool reply_elsewhere(const struct verdict *verdict, const struct findings *f,
                            struct caution *caution) {
    (void)verdict;
    const struct evidence_author *author = &f->evidence->author;
    caution->values[0] = author->reply_domain;
    return author->reply_domain && !author->is_list && !author->is_invitation;
}

static bool weak_key(const struct verdict *verdict, const struct findings *f,
                     struct caution *caution) {
    (void)verdict;
    const struct evidence_signature *signature = f->own[CLASS_INTACT];
    if (!signature || !signature->algorithm || !g_str_has_prefix(signature->algorithm, "rsa") ||
        signature->key_bits >= KEY_BITS_STRONG)
        return false;
    g_snprintf(caution->text, sizeof caution->text, "%u", signature->key_bits);
    caution->values[0] = signature->domain;
    caution->values[1] = caution->text;
    return true;
}

static bool not_addressed(const struct verdict *verdict, const struct findings *f,
                          struct caution *caution) {
    (void)verdict, (void)caution;
    const struct evidence_author *author = &f->evidence->author;
    return author->recipients_known && !author->addressed_to_account && !author->is_list;
}

static bool old_signature(const struct verdict *verdict, const struct findings *f,
                          struct caution *caution) {
    const struct evidence_signature *signature = f->own[CLASS_INTACT];
    if (!signature && f->stated[CLASS_INTACT])
        signature = finding_matched(f->evidence, f->stated[CLASS_INTACT]);
    if (!is_established(verdict) || !signature || signature->signed_at < 0 ||
        f->evidence->receipt == RECEIPT_UNKNOWN)
        return false;
    int64_t days = (f->evidence->received_at - signature->signed_at) / (24 * 3600);
    g_snprintf(caution->text, sizeof caution->text, "%" G_GINT64_FORMAT, days);
    caution->values[0] = caution->text;
    return days >= SIGNATURE_DAYS_OLD;
}

/* Rule 13: a believed pass stands, whatever our own check came to. */
static bool own_check_differs(const struct verdict *verdict, const struct findings *f,
                              struct caution *caution) {
    if (!is_established(verdict) || !(verdict->source & SOURCE_SERVER) ||
        reason_find(&verdict->reasons, REASON_SERVER_DISAGREES))
        return false;
    const struct evidence_stated_dkim *stated = f->stated[CLASS_INTACT];
    const struct evidence_signature *same = stated ? finding_matched(f->evidence, stated) : NULL;
    bool signature_differs = same &&
                             (same->result == AUTH_FAIL || same->result == AUTH_PERMERROR) &&
                             !(same->key_missing && finding_is_old(f->evidence));
    caution->values[0] = f->evidence->statement.server;
    return signature_differs;
}

static bool gateway_in_front(const struct verdict *verdict, const struct findings *f,
                             struct caution *caution) {
    (void)verdict;
    const struct evidence_statement *statement = &f->evidence->statement;
    caution->values[0] = statement->server;
    return statement->dmarc == AUTH_FAIL && !statement->failure_counts;
}

static const struct row {
    bool (*holds)(const struct verdict *verdict, const struct findings *f, struct caution *caution);
    enum reason_code reason;
} rows[] = {
    {body_changed, REASON_BODY_CHANGED},
    {hidden_characters, REASON_HIDDEN_CHARACTERS},
    {name_is_address, REASON_NAME_IS_ADDRESS},
    {reply_elsewhere, REASON_REPLY_ELSEWHERE},
    {weak_key, REASON_WEAK_KEY},
    {not_addressed, REASON_NOT_ADDRESSED},
    {old_signature, REASON_OLD_SIGNATURE},
    {own_check_differs, REASON_OWN_CHECK_DIFFERS},
    {gateway_in_front, REASON_GATEWAY_IN_FRONT},
};

void verdict_caution_add(struct verdict *verdict, const struct findings *findings) {
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct caution caution = {.severity = 0};
        if (!rows[i].holds(verdict, findings, &caution))
            continue;
        struct reason *reason = reason_add(&verdict->reasons, rows[i].reason, caution.values);
        if (caution.severity)
            reason->severity = caution.severity;
    }
}

/* SPDX-License-Identifier: MIT
 *
 * The table of cautions: a question, the reason it states. Rare by construction: each is silent
 * where ordinary mail would have it. */
#include "trust/verdict_caution.h"

#include "repute/confusable.h"
#include "repute/lookalike.h"
#include "trust/caution_memory.h"
#include "trust/memory.h"

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

/* A forwarder the operator named explains it (rule 12), or a list or forwarder its user knows. */
static bool body_changed(const struct verdict *verdict, const struct findings *f,
                         struct caution *caution) {
    const struct evidence_signature *signature = f->own[CLASS_CHANGED];
    bool forwarded = reason_find(&verdict->reasons, REASON_AS_SEEN_BY) != NULL;
    if (!signature || (is_established(verdict) && !forwarded))
        return false;
    caution->values[0] = signature->domain;
    caution->severity = forwarded || memory_said_carrier(f) ? SEVERITY_INFO : SEVERITY_DANGER;
    return true;
}

static bool hidden_characters(const struct verdict *verdict, const struct findings *f,
                              struct caution *caution) {
    (void)verdict, (void)caution;
    return f->evidence->author.notes & (AUTHOR_BIDI | AUTHOR_INVISIBLE);
}

static bool is_own_domain(const struct findings *f) {
    const char *domain = f->evidence->author.domain;
    return domain && f->policy->own && lookalikes_knows(f->policy->own, domain);
}

/* The user wrote to the author, or to somebody of his domain. */
static bool is_no_first_contact(const struct findings *f) {
    const struct lookalikes *correspondents = f->policy->correspondents;
    return memory_knows_author(f) ||
           (correspondents && lookalikes_knows(correspondents, f->evidence->author.domain));
}

/* The reader's own domains come first: whoever resembles them means this reader. The same name
 * under another suffix, and proved, may as well be the same company's, or a namesake's. */
static bool lookalike_domain(const struct verdict *verdict, const struct findings *f,
                             struct caution *caution) {
    const struct evidence_author *author = &f->evidence->author;
    const struct lookalikes *lists[] = {f->policy->own, f->policy->correspondents,
                                        f->policy->known};
    enum lookalike_trick trick = LOOKALIKE_NONE;
    if (!author->domain || verdict->at_provider || is_own_domain(f))
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(lists) && !caution->values[1]; i++)
        if (lists[i])
            caution->values[1] =
                lookalikes_find_domain(lists[i], author->domain, author->registrable, &trick);
    caution->values[0] = author->domain;
    if ((trick == LOOKALIKE_SUFFIX && is_established(verdict)) || is_no_first_contact(f))
        caution->severity = SEVERITY_INFO;
    return caution->values[1] != NULL;
}

/* A proved author may call himself what he likes: his domain stands beside the name. That a list
 * or a forwarder brought it excuses nobody, known or not: they bring what others wrote; nor does an
 * address that the user writes to, which anybody can put there. */
static bool name_of_known(const struct verdict *verdict, const struct findings *f,
                          struct caution *caution) {
    const struct evidence_author *author = &f->evidence->author;
    if (is_established(verdict) || verdict->author == VERDICT_UNCHECKED || !f->policy->known ||
        !author->domain || !author->display_name || is_own_domain(f))
        return false;
    caution->values[0] =
        lookalikes_find_name(f->policy->known, author->display_name, author->domain);
    caution->values[1] = author->domain;
    return caution->values[0] != NULL;
}

static bool mixed_scripts(const struct verdict *verdict, const struct findings *f,
                          struct caution *caution) {
    (void)verdict, (void)caution;
    const struct evidence_author *author = &f->evidence->author;
    const struct confusables *confusables = f->policy->confusables;
    return confusables &&
           ((author->domain && confusable_domain_is_mixed(confusables, author->domain)) ||
            (author->display_name && confusable_is_mixed(confusables, author->display_name)));
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
    const struct evidence_author *author = &f->evidence->author;
    caution->values[0] = author->reply_domain;
    bool expected = is_established(verdict) && memory_knows_author(f);
    return author->reply_domain && !author->is_list && !author->is_invitation && !expected;
}

/* A proved author may count who follows the links to his own pages. */
static bool link_elsewhere(const struct verdict *verdict, const struct findings *f,
                           struct caution *caution) {
    const struct evidence_link *link = &f->evidence->link_in_other_name;
    if (!link->shown && !is_established(verdict))
        link = &f->evidence->link_in_own_name;
    caution->values[0] = link->shown;
    caution->values[1] = link->target;
    return link->shown != NULL;
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
    if (days < SIGNATURE_DAYS_OLD)
        return false;
    g_snprintf(caution->text, sizeof caution->text, "%" G_GINT64_FORMAT, days);
    caution->values[0] = caution->text;
    return true;
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

/* --- personal signatures (rule 14): each a fact, none louder than no signature at all -------- */

static bool is_proof(const struct verdict *verdict) {
    return verdict->via & (VIA_SMIME | VIA_OPENPGP);
}

static bool signed_text_changed(const struct verdict *verdict, const struct findings *f,
                                struct caution *caution) {
    (void)verdict, (void)caution;
    const struct evidence *e = f->evidence;
    return (e->smime.status == SIGN_STATUS_FAILED && e->smime.digest == CHECK_FAIL) ||
           (e->openpgp.status == SIGN_STATUS_FAILED && e->openpgp.signature == CHECK_FAIL);
}

static const char *signer_name(const struct evidence_smime *smime) {
    return smime->signer.n_addresses ? smime->signer.addresses[0] : smime->signer.subject;
}

/* Intact, and somebody else's. */
static bool signed_by_other(const struct verdict *verdict, const struct findings *f,
                            struct caution *caution) {
    (void)verdict;
    const struct evidence *e = f->evidence;
    bool smime = e->smime.digest == CHECK_PASS && e->smime.chain == CHECK_PASS &&
                 e->smime.address == CHECK_FAIL;
    bool openpgp = e->openpgp.signature == CHECK_PASS && e->openpgp.key == CHECK_PASS &&
                   e->openpgp.address == CHECK_FAIL && e->openpgp.n_user_ids;
    caution->values[0] = smime ? signer_name(&e->smime) : openpgp ? e->openpgp.user_ids[0] : NULL;
    caution->values[1] = e->author.address;
    return (smime || openpgp) && e->author.address;
}

/* Intact, under a certificate that leads nowhere or a key that nobody vouches for. */
static bool signed_by_unknown(const struct verdict *verdict, const struct findings *f,
                              struct caution *caution) {
    const struct evidence *e = f->evidence;
    bool smime = e->smime.digest == CHECK_PASS && e->smime.chain == CHECK_FAIL;
    bool openpgp = e->openpgp.signature == CHECK_PASS && e->openpgp.key == CHECK_UNKNOWN &&
                   !e->openpgp.vouched;
    const char *key = e->openpgp.fingerprint ? e->openpgp.fingerprint : e->openpgp.key_id;
    caution->values[0] = smime                   ? signer_name(&e->smime)
                         : e->openpgp.n_user_ids ? e->openpgp.user_ids[0]
                                                 : key;
    bool said = smime ? memory_said_certificate(f) != NULL : memory_said_openpgp(f) != NULL;
    return (smime || openpgp) && !is_proof(verdict) && !said;
}

static bool signed_invalid(const struct verdict *verdict, const struct findings *f,
                           struct caution *caution) {
    const struct evidence *e = f->evidence;
    bool smime = e->smime.status == SIGN_STATUS_FAILED && e->smime.n_errors;
    bool openpgp = e->openpgp.status == SIGN_STATUS_FAILED && e->openpgp.n_errors;
    caution->values[0] = smime ? e->smime.errors[0] : openpgp ? e->openpgp.errors[0] : NULL;
    return (smime || openpgp) && !is_proof(verdict) &&
           !reason_find(&verdict->reasons, REASON_PERSON_CHANGED) &&
           !reason_find(&verdict->reasons, REASON_PERSON_OTHER) &&
           !reason_find(&verdict->reasons, REASON_PERSON_UNKNOWN);
}

static bool signed_partly(const struct verdict *verdict, const struct findings *f,
                          struct caution *caution) {
    (void)caution;
    const struct evidence *e = f->evidence;
    bool smime = e->smime.status == SIGN_STATUS_SIGNED && e->smime.coverage == CHECK_FAIL;
    bool openpgp = e->openpgp.status == SIGN_STATUS_SIGNED && e->openpgp.coverage == CHECK_FAIL;
    return (smime || openpgp) && !is_proof(verdict);
}

static bool signed_subject_differs(const struct verdict *verdict, const struct findings *f,
                                   struct caution *caution) {
    (void)verdict;
    const struct evidence *e = f->evidence;
    if (e->smime.digest == CHECK_PASS)
        caution->values[0] = e->smime.covers.subject;
    else if (e->openpgp.signature == CHECK_PASS)
        caution->values[0] = e->openpgp.covers.subject;
    return caution->values[0] != NULL;
}

/* Only what the proof itself says of its time. */
static bool signing_time_differs(const struct verdict *verdict, const struct findings *f,
                                 struct caution *caution) {
    const struct evidence *e = f->evidence;
    int64_t at = verdict->via & VIA_SMIME     ? e->smime.signed_at
                 : verdict->via & VIA_OPENPGP ? e->openpgp.signed_at
                                              : -1;
    int64_t days = ABS(e->received_at - at) / (24 * 3600);
    if (at < 0 || days < 1 || e->receipt == RECEIPT_UNKNOWN)
        return false;
    g_snprintf(caution->text, sizeof caution->text, "%" G_GINT64_FORMAT, days);
    caution->values[0] = caution->text;
    return true;
}

/* Somebody may send for somebody else; who answers should know for whom. */
static bool organizer_elsewhere(const struct verdict *verdict, const struct findings *f,
                                struct caution *caution) {
    (void)verdict;
    caution->values[0] = f->evidence->author.organizer;
    return f->evidence->author.organizer != NULL;
}

static bool encrypted(const struct verdict *verdict, const struct findings *f,
                      struct caution *caution) {
    (void)verdict, (void)caution;
    return f->evidence->smime.encrypted || f->evidence->openpgp.encrypted;
}

static const struct row {
    bool (*holds)(const struct verdict *verdict, const struct findings *f, struct caution *caution);
    enum reason_code reason;
} rows[] = {
    {body_changed, REASON_BODY_CHANGED},
    {hidden_characters, REASON_HIDDEN_CHARACTERS},
    {lookalike_domain, REASON_LOOKALIKE_DOMAIN},
    {name_of_known, REASON_NAME_OF_KNOWN},
    {mixed_scripts, REASON_MIXED_SCRIPTS},
    {name_is_address, REASON_NAME_IS_ADDRESS},
    {reply_elsewhere, REASON_REPLY_ELSEWHERE},
    {link_elsewhere, REASON_LINK_ELSEWHERE},
    {weak_key, REASON_WEAK_KEY},
    {not_addressed, REASON_NOT_ADDRESSED},
    {old_signature, REASON_OLD_SIGNATURE},
    {own_check_differs, REASON_OWN_CHECK_DIFFERS},
    {gateway_in_front, REASON_GATEWAY_IN_FRONT},
    {signed_text_changed, REASON_PERSON_CHANGED},
    {signed_by_other, REASON_PERSON_OTHER},
    {signed_by_unknown, REASON_PERSON_UNKNOWN},
    {signed_invalid, REASON_PERSON_INVALID},
    {signed_partly, REASON_PERSON_PARTLY},
    {signed_subject_differs, REASON_SIGNED_SUBJECT_DIFFERS},
    {signing_time_differs, REASON_SIGNING_TIME_DIFFERS},
    {encrypted, REASON_ENCRYPTED},
    {organizer_elsewhere, REASON_ORGANIZER_ELSEWHERE},
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
    caution_memory_add(verdict, findings);
}

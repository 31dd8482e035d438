/* SPDX-License-Identifier: MIT */
#include "trust/memory.h"

#include "base/limits.h"
#include "mail/domain.h"

#include <string.h>

void memory_recall(struct evidence *evidence, const struct history_past *past, bool indexed) {
    struct evidence_history *history = &evidence->history;
    if (finding_is_old(evidence) || evidence->role != MAILBOX_RECEIVED)
        return;
    history->evaluated = true;
    history->indexed = indexed;
    history->first = past->first;
    history->seen = past->seen;
    history->proved = past->proved;
    for (guint i = 0; i < HABIT__MAX; i++) {
        if (!past->habits[i] || past->since[i] > evidence->received_at)
            continue;
        history->habits[i] = evidence_text(evidence, past->habits[i]);
        history->counts[i] = past->counts[i];
    }
}

/* --- what a message teaches ----------------------------------------------------------------- */

static bool is_established(const struct verdict *verdict) {
    return verdict->author == VERDICT_VERIFIED || verdict->author == VERDICT_LIKELY;
}

/* An aligned signature is there that cannot be told to hold or not to be there. */
static bool is_signature_open(const struct findings *f) {
    static const enum signature_class open[] = {CLASS_PARTIAL, CLASS_UNMATCHED, CLASS_TESTING,
                                                CLASS_CHANGED, CLASS_GONE,      CLASS_FAILED,
                                                CLASS_TROUBLE, CLASS_PENDING};
    for (guint i = 0; i < G_N_ELEMENTS(open); i++)
        if (f->own[open[i]] || f->stated[open[i]])
            return true;
    return false;
}

/* A forwarder's word, a submission, or "dmarc=pass" alone do not say who signed. */
static void learn_domain(const struct findings *f, const struct verdict *verdict,
                         struct history_lesson *lesson) {
    const char *domain = f->own[CLASS_INTACT]      ? f->own[CLASS_INTACT]->domain
                         : f->stated[CLASS_INTACT] ? f->stated[CLASS_INTACT]->domain
                                                   : NULL;
    bool says_none = (verdict->via & (VIA_SPF | VIA_SMIME | VIA_OPENPGP)) && !is_signature_open(f);
    lesson->shown[HABIT_DOMAIN] = domain || says_none;
    lesson->habits[HABIT_DOMAIN] = domain;
}

static const char *intact_certificate(const struct evidence *e) {
    const struct evidence_smime *smime = &e->smime;
    return smime->has_signer && smime->digest == CHECK_PASS ? smime->signer.fingerprint : NULL;
}

static const char *intact_key(const struct evidence *e) {
    return e->openpgp.signature == CHECK_PASS ? e->openpgp.fingerprint : NULL;
}

/* … which holds over everything shown, for the author's address. */
static const char *certificate_of_author(const struct evidence *e) {
    bool is_his = e->smime.address == CHECK_PASS && e->smime.coverage == CHECK_PASS;
    return is_his ? intact_certificate(e) : NULL;
}

static const char *key_of_author(const struct evidence *e) {
    bool is_his = e->openpgp.address == CHECK_PASS && e->openpgp.coverage == CHECK_PASS;
    return is_his ? intact_key(e) : NULL;
}

static void learn_person(const struct evidence *e, struct history_lesson *lesson) {
    const char *certificate = certificate_of_author(e), *key = key_of_author(e);
    bool none = e->smime.evaluated && !e->smime.pending && e->smime.status == SIGN_STATUS_NONE;
    lesson->shown[HABIT_SMIME] = none || certificate;
    lesson->habits[HABIT_SMIME] = none ? NULL : certificate;
    none = e->openpgp.evaluated && !e->openpgp.pending && e->openpgp.status == SIGN_STATUS_NONE;
    lesson->shown[HABIT_OPENPGP] = none || key;
    lesson->habits[HABIT_OPENPGP] = none ? NULL : key;
}

static bool teaches(const struct evidence *evidence, const struct verdict *verdict) {
    if (!verdict->complete || evidence->role != MAILBOX_RECEIVED || !evidence->author.address ||
        evidence->author.state != AUTHOR_ONE || evidence->receipt == RECEIPT_UNKNOWN)
        return false;
    return is_established(verdict) ||
           (verdict->author == VERDICT_NOT_ESTABLISHED && verdict->level != LEVEL_CAUTION);
}

bool memory_lesson(const struct evidence *evidence, const struct verdict *verdict,
                   const struct verdict_policy *policy, struct history_lesson *lesson) {
    struct findings f;
    *lesson = (struct history_lesson){.address = evidence->author.address,
                                      .received_at = evidence->received_at,
                                      .established = is_established(verdict)};
    if (!teaches(evidence, verdict))
        return false;
    finding_sort(&f, evidence, policy, evidence->checked_at);
    lesson->is_contact = memory_knows_author(&f);
    if (lesson->established)
        learn_domain(&f, verdict, lesson);
    if (verdict->author == VERDICT_VERIFIED)
        learn_person(evidence, lesson);
    return true;
}

/* --- what the user may say, and what it explains -------------------------------------------- */

/* RFC 6376 §3.5: what h= does not name, anybody may have written. List-Id stands once where
 * evidence has a list_id at all, so that one name in h= is the one that is read. */
static bool covers_list(const struct evidence_signature *s) {
    return s->signed_headers && !finding_is_partial(s) &&
           g_strv_contains((const char *const *)s->signed_headers, "list-id");
}

/* A signature of that domain holds over List-Id and the whole text, by our check or a believed
 * header. */
static bool is_list_signed_by(const struct evidence *e, const char *domain) {
    for (guint i = 0; e->dkim_evaluated && i < e->n_signatures; i++) {
        const struct evidence_signature *s = &e->signatures[i];
        if (s->result == AUTH_PASS && !s->testing && domain_is_equal(s->domain, domain) &&
            covers_list(s))
            return true;
    }
    for (guint i = 0; i < e->statement.n_dkim; i++) {
        const struct evidence_stated_dkim *stated = &e->statement.dkim[i];
        const struct evidence_signature *s = finding_matched(e, stated);
        if (stated->result == AUTH_PASS && s && domain_is_equal(stated->domain, domain) &&
            covers_list(s))
            return true;
    }
    return false;
}

/* RFC 2919 §2: a List-Id is in the namespace of a domain; who signs for that domain, or for one
 * beside the list in it, speaks for the list. */
static bool speaks_for(const char *signer, const char *list) {
    const char *space = domain_parent(list);
    return domain_is_equal_or_below(list, signer) ||
           (domain_labels(space) >= 2 && domain_is_equal_or_below(signer, space));
}

static const char *list_signer(const struct evidence *e) {
    const char *list = e->author.list_id;
    for (guint i = 0; list && i < e->n_signatures; i++) {
        const char *signer = e->signatures[i].domain;
        if (signer && speaks_for(signer, list) && is_list_signed_by(e, signer))
            return signer;
    }
    return NULL;
}

guint memory_offers(const struct evidence *e, struct memory_offer offers[MEMORY_OFFERS_MAX]) {
    const char *signer = list_signer(e);
    const struct memory_offer all[MEMORY_OFFERS_MAX] = {
        {KNOWN_SENDER, e->author.state == AUTHOR_ONE ? e->author.address : NULL, NULL},
        {KNOWN_LIST, signer ? e->author.list_id : NULL, signer},
        {KNOWN_FORWARDER, e->arc.result == AUTH_PASS ? e->arc.sealer : NULL, NULL},
        {KNOWN_KEY, intact_certificate(e), NULL},
        {KNOWN_KEY, intact_key(e), NULL}};
    guint n = 0;
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].subject && *all[i].subject)
            offers[n++] = all[i];
    return n;
}

bool memory_knows_author(const struct findings *f) {
    const char *address = f->evidence->author.address;
    return f->policy->contacts && address && contacts_knows(f->policy->contacts, address);
}

const struct known *memory_said_carrier(const struct findings *f) {
    const struct contacts *contacts = f->policy->contacts;
    const struct evidence *e = f->evidence;
    if (!contacts)
        return NULL;
    const struct known *list =
        e->author.list_id ? contacts_said(contacts, KNOWN_LIST, e->author.list_id) : NULL;
    if (list && is_list_signed_by(e, list->by))
        return list;
    bool sealed = e->arc.result == AUTH_PASS && e->arc.sealer;
    return sealed ? contacts_said(contacts, KNOWN_FORWARDER, e->arc.sealer) : NULL;
}

static const char *said_key(const struct findings *f, const char *fingerprint) {
    const struct contacts *contacts = f->policy->contacts;
    bool is_said = contacts && fingerprint && contacts_said(contacts, KNOWN_KEY, fingerprint);
    return is_said ? fingerprint : NULL;
}

const char *memory_said_certificate(const struct findings *f) {
    return said_key(f, certificate_of_author(f->evidence));
}

const char *memory_said_openpgp(const struct findings *f) {
    return said_key(f, key_of_author(f->evidence));
}

/* SPDX-License-Identifier: MIT
 *
 * Facts about a sender's past, in the order in which they are told. All are quiet but two: a name
 * the user knows, with another domain, while nothing proves the author; and an address whose
 * letters pass for those of one the user knows, whoever proves it. */
#include "trust/caution_memory.h"

#include "mail/domain.h"
#include "repute/contact_names.h"
#include "trust/memory.h"

#include <string.h>

static bool is_established(const struct verdict *verdict) {
    return verdict->author == VERDICT_VERIFIED || verdict->author == VERDICT_LIKELY;
}

/* Once: what is true of the certificate may be true of the key too. */
static void state(struct verdict *verdict, enum reason_code code, const char *a, const char *b,
                  const char *c) {
    const char *values[REASON_PARAMETERS_MAX] = {a, b, c};
    if (!reason_find(&verdict->reasons, code))
        reason_add(&verdict->reasons, code, values);
}

/* Silent until the mailbox was read, and for whom the user knows. */
static void first_message(struct verdict *verdict, const struct findings *f) {
    const struct evidence_history *history = &f->evidence->history;
    const char *address = f->evidence->author.address;
    bool first = !history->first || history->first >= f->evidence->received_at;
    if (history->evaluated && history->indexed && first && address && !memory_knows_author(f))
        state(verdict, REASON_FIRST_MESSAGE, address, NULL, NULL);
}

/* --- habits --------------------------------------------------------------------------------- */

static bool is_intact_by(const struct findings *f, const char *domain) {
    const struct evidence *e = f->evidence;
    for (guint i = 0; e->dkim_evaluated && i < e->n_signatures; i++)
        if (e->signatures[i].result == AUTH_PASS &&
            domain_is_equal(e->signatures[i].domain, domain))
            return true;
    for (guint i = 0; i < e->statement.n_dkim; i++)
        if (e->statement.dkim[i].result == AUTH_PASS &&
            domain_is_equal(e->statement.dkim[i].domain, domain))
            return true;
    return false;
}

/* Nobody looked, it is not over yet, or another reason says it already (rule 9). */
static bool is_signature_unknown(const struct verdict *verdict, const struct findings *f) {
    const struct evidence *e = f->evidence;
    bool looked = e->dkim_evaluated || e->statement.dkim_said;
    bool unsaid = (verdict->via & (VIA_DMARC | VIA_SUBMISSION)) && !(verdict->via & VIA_SPF) &&
                  !(verdict->via & VIA_DKIM);
    return !looked || unsaid || f->own[CLASS_TROUBLE] || f->own[CLASS_PENDING] ||
           f->own[CLASS_CHANGED] || f->own[CLASS_GONE];
}

static void domain_habit(struct verdict *verdict, const struct findings *f) {
    const struct evidence_history *history = &f->evidence->history;
    const char *usual = history->habits[HABIT_DOMAIN];
    if (!usual || is_signature_unknown(verdict, f) || is_intact_by(f, usual))
        return;
    g_autofree char *count = g_strdup_printf("%u", history->counts[HABIT_DOMAIN]);
    bool other = f->own[CLASS_INTACT] || f->stated[CLASS_INTACT];
    state(verdict, other ? REASON_SIGNER_CHANGED : REASON_SIGNATURE_MISSING, count,
          f->evidence->author.address, usual);
}

/* What is there of one kind of personal signature. */
struct personal {
    const char *usual;
    guint count;
    bool looked, there;      /* there: something of the kind, whether it holds or not */
    const char *fingerprint; /* of what holds over its text, or NULL */
    const char *said;        /* … where the user knows it as the author's, or NULL */
};

static struct personal smime_of(const struct findings *f) {
    const struct evidence *e = f->evidence;
    const struct evidence_smime *smime = &e->smime;
    bool holds = smime->has_signer && smime->digest == CHECK_PASS;
    return (struct personal){.usual = e->history.habits[HABIT_SMIME],
                             .count = e->history.counts[HABIT_SMIME],
                             .looked = smime->evaluated && !smime->pending && !smime->encrypted,
                             .there = smime->status != SIGN_STATUS_NONE,
                             .fingerprint = holds ? smime->signer.fingerprint : NULL,
                             .said = memory_said_certificate(f)};
}

static struct personal openpgp_of(const struct findings *f) {
    const struct evidence *e = f->evidence;
    const struct evidence_openpgp *openpgp = &e->openpgp;
    return (struct personal){
        .usual = e->history.habits[HABIT_OPENPGP],
        .count = e->history.counts[HABIT_OPENPGP],
        .looked = openpgp->evaluated && !openpgp->pending && !openpgp->encrypted,
        .there = openpgp->status != SIGN_STATUS_NONE,
        .fingerprint = openpgp->signature == CHECK_PASS ? openpgp->fingerprint : NULL,
        .said = memory_said_openpgp(f)};
}

static void personal_habit(struct verdict *verdict, const struct findings *f,
                           const struct personal *one) {
    if (!one->usual || !one->looked || g_strcmp0(one->usual, one->fingerprint) == 0)
        return;
    g_autofree char *count = g_strdup_printf("%u", one->count);
    const char *address = f->evidence->author.address;
    bool broken = one->there && !one->fingerprint; /* other reasons say what is wrong with it */
    if (one->there && !broken && !one->said)
        state(verdict, REASON_PERSON_KEY_CHANGED, count, address, NULL);
    else if (!one->there && !(verdict->via & (VIA_SMIME | VIA_OPENPGP)))
        state(verdict, REASON_PERSON_KEY_MISSING, count, address, NULL);
}

/* --- people --------------------------------------------------------------------------------- */

/* Lists put an address of theirs beside the name. A List-Id alone anybody can write, and a
 * forwarder leaves From as it was. */
static bool is_of_known_list(const struct findings *f) {
    const struct known *carrier = memory_said_carrier(f);
    return carrier && carrier->kind == KNOWN_LIST;
}

/* Loud only where verdict.h has nothing better to say than the name: with another domain, and not
 * proved. Who is known under that address too may bear the name. */
static void name_of_contact(struct verdict *verdict, const struct findings *f) {
    const struct evidence_author *author = &f->evidence->author;
    if (!f->policy->contact_names || !author->address || !author->display_name ||
        verdict->author == VERDICT_UNCHECKED || memory_knows_author(f))
        return;
    const struct contact *contact =
        contact_names_find(f->policy->contact_names, author->display_name, author->address);
    if (!contact)
        return;
    const char *values[REASON_PARAMETERS_MAX] = {contact->name, contact->address, author->address};
    struct reason *reason = reason_add(&verdict->reasons, REASON_NAME_OF_CONTACT, values);
    bool same_domain = domain_is_equal(strrchr(contact->address, '@') + 1, author->domain);
    if (is_established(verdict) || same_domain || is_of_known_list(f))
        reason->severity = SEVERITY_INFO;
}

/* A proof of the domain is no excuse: the other address is of the same one (attacks A25). */
static void address_of_contact(struct verdict *verdict, const struct findings *f) {
    const char *address = f->evidence->author.address;
    if (!f->policy->contact_names || !address || memory_knows_author(f))
        return;
    const struct contact *contact = contact_names_find_address(f->policy->contact_names, address);
    if (contact)
        state(verdict, REASON_LOOKALIKE_CONTACT, address, contact->address, NULL);
}

/* That an address is known would soothe under mail that anybody can have written in its name. */
static void said_of_author(struct verdict *verdict, const struct findings *f) {
    const char *address = f->evidence->author.address;
    if (is_established(verdict) && f->policy->contacts && address &&
        contacts_said(f->policy->contacts, KNOWN_SENDER, address))
        state(verdict, REASON_KNOWN_TO_YOU, address, NULL, NULL);
}

static void said(struct verdict *verdict, const struct findings *f) {
    const struct known *carrier = memory_said_carrier(f);
    const char *keys[] = {memory_said_certificate(f), memory_said_openpgp(f)};
    if (carrier)
        state(verdict, REASON_WAY_KNOWN_TO_YOU, carrier->subject, NULL, NULL);
    said_of_author(verdict, f);
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i])
            state(verdict, REASON_KEY_KNOWN_TO_YOU, keys[i], NULL, NULL);
}

void caution_memory_add(struct verdict *verdict, const struct findings *f) {
    const struct personal smime = smime_of(f), openpgp = openpgp_of(f);
    name_of_contact(verdict, f);
    address_of_contact(verdict, f);
    first_message(verdict, f);
    domain_habit(verdict, f);
    personal_habit(verdict, f, &smime);
    personal_habit(verdict, f, &openpgp);
    said(verdict, f);
}

/* SPDX-License-Identifier: MIT
 *
 * Step by step as trust/evaluate.c, with kept results in the place of look-ups. A check that these
 * rules leave out is left out here too, though its result is at hand: the verdict must not depend
 * on the way by which a configuration was reached. */
#include "trust/evaluate_again.h"

#include "trust/evaluate_reputation.h"
#include "trust/evaluate_work.h"
#include "trust/evidence_arc.h"
#include "trust/evidence_bound.h"
#include "trust/evidence_collect.h"
#include "trust/evidence_unsubscribe.h"

#include <string.h>

/* Moves what belief decides out of the evidence; strings stay where they are. */
static struct evidence *take_out(struct evidence *evidence) {
    struct evidence *before = evidence_new();
    before->checked_at = evidence->checked_at;
    before->received_at = evidence->received_at;
    before->session = evidence->session;
    before->authres = g_steal_pointer(&evidence->authres);
    before->n_authres = evidence->n_authres;
    before->statement = evidence->statement;
    before->forwarded = evidence->forwarded;
    before->spf = evidence->spf;
    before->spf_helo = evidence->spf_helo;
    before->sender_id = evidence->sender_id;
    before->arc = evidence->arc;
    before->dmarc = evidence->dmarc;
    before->dkim_evaluated = evidence->dkim_evaluated;
    before->hops = g_steal_pointer(&evidence->hops);
    before->n_hops = evidence->n_hops;
    evidence->n_authres = evidence->n_hops = 0;
    evidence->session = (struct evidence_session){.known = false};
    evidence->statement = evidence->forwarded = (struct evidence_statement){.present = false};
    evidence->spf = evidence->spf_helo = (struct evidence_spf){.result = AUTH_NOT_EVALUATED};
    evidence->sender_id = (struct evidence_sender_id){.evaluated = false};
    evidence->arc = (struct evidence_arc){.evaluated = false};
    evidence->dmarc = (struct evidence_dmarc){.result = AUTH_NOT_EVALUATED};
    evidence->receipt = RECEIPT_UNKNOWN;
    /* Of the signatures only the alignments are taken out. */
    before->signatures =
        g_memdup2(evidence->signatures, evidence->n_signatures * sizeof *evidence->signatures);
    before->n_signatures = evidence->n_signatures;
    for (guint i = 0; i < evidence->n_signatures; i++) {
        before->signatures[i].signed_headers = NULL;
        evidence->signatures[i].aligned = evidence->signatures[i].walked = DMARC_ALIGNMENT_UNKNOWN;
    }
    return before;
}

/* --- receipt -------------------------------------------------------------------------------- */

/* A border names another time of receipt: does any check of a signature come out otherwise? */
static bool is_same_time(const struct evaluate_work *work, const struct evidence *before) {
    const struct evidence *now = work->evidence;
    if (now->received_at == before->received_at)
        return true;
    if (now->smime.status != SIGN_STATUS_NONE || now->openpgp.signature != CHECK_NOT_EVALUATED ||
        before->arc.instance)
        return false;
    for (guint i = 0; i < work->dkim->n; i++) {
        int64_t expires = work->dkim->results[i].signature->expires;
        if (expires >= 0 && (expires < now->received_at) != (expires < before->received_at))
            return false;
    }
    return true;
}

/* --- signatures ----------------------------------------------------------------------------- */

static void leave_out(struct evidence_signature *signature) {
    signature->result = signature->header_hash = AUTH_NOT_EVALUATED;
    signature->reason = NULL;
    signature->key_bits = 0;
    signature->testing = signature->body_missing = signature->key_missing = false;
    signature->dnssec = DNSSEC_NOT_EVALUATED;
    signature->body_uncovered = signature->body_length_limit >= 0;
}

static bool dkim_again(struct evaluate_work *work, const struct evidence *before) {
    struct evidence *evidence = work->evidence;
    if (work->check_dkim && !before->dkim_evaluated)
        return false;
    evidence->dkim_evaluated = work->check_dkim;
    for (guint i = 0; i < evidence->n_signatures; i++) {
        work->dkim->results[i].chosen = before->signatures[i].walked != DMARC_ALIGNMENT_UNKNOWN;
        if (!work->check_dkim)
            leave_out(&evidence->signatures[i]);
        else if (evidence->signatures[i].body_missing)
            return false;
    }
    return true;
}

/* --- session -------------------------------------------------------------------------------- */

static bool is_same_session(const struct evaluate_work *work, const struct evidence *before) {
    const struct evidence_session *now = &work->evidence->session, *then = &before->session;
    return now->known == then->known && g_strcmp0(now->client_ip, then->client_ip) == 0 &&
           g_strcmp0(now->helo, then->helo) == 0 &&
           g_strcmp0(now->mail_from, then->mail_from) == 0 &&
           g_strcmp0(evaluate_spf_domain(&work->spf), before->spf.domain) == 0;
}

/* A session without a path has HELO and the author to ask about. */
static bool has_asked_session(const struct evidence *before) {
    return before->spf.result != AUTH_NOT_EVALUATED ||
           before->spf_helo.result != AUTH_NOT_EVALUATED ||
           before->sender_id.result != AUTH_NOT_EVALUATED;
}

static bool spf_again(struct evaluate_work *work, const struct evidence *before) {
    struct evidence *evidence = work->evidence;
    if (!work->spf.spf) {
        if (work->spf.sender_id)
            collect_sender_id(evidence, work->spf.sender_id);
        return true;
    }
    if (!has_asked_session(before) || !is_same_session(work, before))
        return false;
    evidence->spf = before->spf;
    evidence->spf.aligned = evidence->spf.walked = DMARC_ALIGNMENT_UNKNOWN;
    evidence->spf_helo = before->spf_helo;
    evidence->sender_id = before->sender_id;
    return true;
}

/* The lists were asked about this host and these names, or they were not asked. */
static bool is_same_reputation(const struct evaluate_work *work) {
    const struct evidence *evidence = work->evidence;
    guint n = work->reputation ? work->reputation->n : 0;
    if (evidence->reputation_evaluated != (work->reputation != NULL) || evidence->n_reputation != n)
        return false;
    for (guint i = 0; i < n; i++)
        if (strcmp(evidence->reputation[i].subject, work->reputation->results[i].subject) != 0)
            return false;
    return true;
}

/* --- sealers -------------------------------------------------------------------------------- */

static bool arc_again(struct evaluate_work *work, const struct evidence *before) {
    const struct evaluate_request *request = work->request;
    if (!before->arc.evaluated || before->arc.result == AUTH_NOT_EVALUATED)
        return false;
    struct arc_chain chain;
    arc_chain_read(&chain, request->message);
    work->evidence->arc = before->arc;
    evidence_arc_believe(work->evidence, &chain, work->dkim, work->rules, request->suffixes);
    arc_chain_clear(&chain);
    return true;
}

/* --- all of it ------------------------------------------------------------------------------ */

/* Whoever may look up anything always looks at DomainKeys. */
static bool is_glance(const struct evaluate_request *request, const struct evidence *evidence) {
    return request->role != MAILBOX_OWN && request->mode != VERIFY_NEVER &&
           !evidence->domainkeys.evaluated;
}

static bool check_again(struct evaluate_work *work, const struct evidence *before) {
    const struct evaluate_request *request = work->request;
    struct evidence *evidence = work->evidence;
    if (request->role == MAILBOX_OWN || request->mode == VERIFY_NEVER)
        return true;
    work->check_dkim = evaluate_wants_dkim(work);
    work->check_dmarc = evaluate_wants_dmarc(work);
    evaluate_spf_init(&work->spf, request, &work->border, work->author, evidence);
    work->reputation = evaluate_reputation_new(request, &work->border, evidence);
    return dkim_again(work, before) && spf_again(work, before) && is_same_reputation(work) &&
           (!work->check_dmarc || evaluate_dmarc_again(work, before)) && arc_again(work, before);
}

bool evaluate_again(struct evidence *evidence, const struct evaluate_request *request,
                    bool *glance) {
    OWNED(belief_rules) nobody = request->belief ? NULL : belief_rules_new();
    struct evaluate_work work = {.request = request,
                                 .rules = request->belief ? request->belief : nobody,
                                 .evidence = evidence};
    OWNED(evidence) before = take_out(evidence);
    *glance = is_glance(request, evidence);
    evidence->mode = request->mode;
    evaluate_read(&work);
    evidence->checked_at = before->checked_at;
    /* Where evidence was too long to be kept whole, it does not suffice. */
    bool enough = work.dkim->n == evidence->n_signatures && is_same_time(&work, before);
    if (enough) {
        evaluate_collect_believed(&work);
        enough = *glance || check_again(&work, before);
    }
    if (enough) {
        evidence_unsubscribe_collect(evidence, request->message);
        for (guint i = 0; i < work.dkim->n; i++)
            work.dkim->results[i].chosen = true;
        evidence_bound(evidence, work.dkim);
    }
    evaluate_work_clear(&work);
    return enough;
}

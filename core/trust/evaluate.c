/* SPDX-License-Identifier: MIT
 *
 * The conductor. Order: what the octets say (author, hops, headers, signatures), what the account's
 * servers say, which checks of ours are missing; then all questions at once, then the answers. */
#include "trust/evaluate.h"

#include "trust/evaluate_reputation.h"
#include "trust/evaluate_sign.h"
#include "trust/evaluate_work.h"
#include "trust/evidence_arc.h"
#include "trust/evidence_bound.h"
#include "trust/evidence_collect.h"
#include "trust/evidence_links.h"
#include "trust/evidence_unsubscribe.h"

#include <string.h>

/* --- which checks of ours run --------------------------------------------------------------- */

/* A signature that could align and, unless `answered_too`, that no believed header speaks of, or
 * none that settles more than the signature: before our own DMARC check fails it is asked (rule 9).
 */
static bool has_open_signature(const struct evaluate_work *work, bool answered_too) {
    enum auth_result dmarc = work->statement->dmarc.result;
    for (guint i = 0; i < work->dkim->n; i++) {
        const struct dkim_signature *signature = work->dkim->results[i].signature;
        if (!work->evidence->signatures[i].could_align)
            continue;
        if (answered_too)
            return true;
        g_autofree char *b = collect_signature_b(signature);
        const struct stated_dkim *stated = statement_dkim_find(
            work->statement, signature->domain, span_of(signature->selector), span_of(b));
        bool believed = stated && stated->result == AUTH_PASS;
        if (!stated || !evaluate_is_answer(stated->result) ||
            (!believed && !evaluate_is_answer(dmarc)))
            return true;
    }
    return false;
}

/* Under `missing`, also where the server's failure would be the last word: rules 9 and 13 ask what
 * the author domain's signature says before anybody is called forged. */
bool evaluate_wants_dkim(const struct evaluate_work *work) {
    const struct statement *statement = work->statement;
    if (work->request->mode != VERIFY_MISSING)
        return work->request->mode == VERIFY_ALWAYS;
    bool answered = false;
    for (guint i = 0; i < statement->n_dkim; i++)
        answered = answered || evaluate_is_answer(statement->dkim[i].result);
    if (!answered)
        return true;
    return has_open_signature(work,
                              statement->dmarc.result == AUTH_FAIL || statement->dmarc_disputed);
}

static bool has_bare_proof(const struct evaluate_work *work) {
    const struct evidence_statement *statement = &work->evidence->statement;
    for (guint i = 0; i < statement->n_dkim; i++)
        if (statement->dkim[i].result == AUTH_PASS && statement->dkim[i].bare == DMARC_BARE_ALIGNED)
            return true;
    return false;
}

bool evaluate_wants_dmarc(const struct evaluate_work *work) {
    const struct evidence_statement *statement = &work->evidence->statement;
    if (!work->author->domain || work->evidence->session.submitted) /* rule 10 */
        return false;
    if (work->request->mode != VERIFY_MISSING)
        return work->request->mode == VERIFY_ALWAYS;
    switch (statement->dmarc) {
    case AUTH_NOT_EVALUATED:
    case AUTH_TEMPERROR:
        return true;
    case AUTH_FAIL: /* rule 11: missing; rule 8: the policy has to be known from somewhere */
        return !statement->failure_counts || statement->policy == DMARC_POLICY_UNKNOWN;
    case AUTH_PASS: /* is what passed aligned, or was it SPF? */
        return statement->n_dkim > 0 && !has_bare_proof(work);
    default:
        return false;
    }
}

/* --- questions and answers ------------------------------------------------------------------ */

/* All at once, in the order of what decides: what more than its share a mechanism asks now, it asks
 * again when others have settled. */
static void ask(struct evaluate_work *work, struct lookups *lookups) {
    lookups_as(lookups, LOOKUPS_DKIM);
    if (work->check_dkim)
        dkim_names(work->dkim, work->author->domain, lookups);
    else
        lookups_settle(lookups, LOOKUPS_DKIM);
    if (!evaluate_spf_domain(&work->spf))
        lookups_settle(lookups, LOOKUPS_SPF);
    lookups_as(lookups, LOOKUPS_DMARC);
    if (work->check_dmarc)
        evaluate_dmarc_ask(work, lookups);
    evaluate_spf_ask(&work->spf, lookups);
    lookups_as(lookups, LOOKUPS_ARC);
    if (work->arc)
        arc_names(work->arc, lookups);
    lookups_as(lookups, LOOKUPS_INFORMATION);
    if (work->domainkeys)
        domainkeys_names(work->domainkeys, lookups);
    evaluate_reputation_ask(work->reputation, lookups);
}

static void check_dkim(struct evaluate_work *work, struct lookups *lookups) {
    lookups_as(lookups, LOOKUPS_DKIM);
    dkim_verify(work->dkim, lookups, work->request->keys, work->evidence->received_at);
    collect_signature_results(work->evidence, work->dkim);
    lookups_settle(lookups, LOOKUPS_DKIM);
}

static void check_arc(struct evaluate_work *work, struct lookups *lookups) {
    const struct evaluate_request *request = work->request;
    struct evidence *evidence = work->evidence;
    arc_names(work->arc, lookups); /* those for which there was no room before */
    arc_verify(work->arc, lookups, request->keys, evidence->received_at);
    evidence_arc_collect(evidence, work->arc);
    evidence_arc_believe(evidence, &work->arc->chain, work->dkim, work->rules, request->suffixes);
}

static void check(struct evaluate_work *work) {
    const struct evaluate_request *request = work->request;
    bool may = request->role != MAILBOX_OWN && request->resolver != NULL;
    work->check_dkim = may && evaluate_wants_dkim(work);
    work->check_dmarc = may && evaluate_wants_dmarc(work);
    /* A server's arc=pass does not tell whose seals held, and a sealer that is named later must
     * not ask for the message again. */
    if (may && request->mode != VERIFY_NEVER)
        work->arc = arc_new(work->hashes);
    if (may && request->mode != VERIFY_NEVER)
        work->domainkeys = domainkeys_new(request->message);
    if (may)
        evaluate_spf_init(&work->spf, request, &work->border, work->author, work->evidence);
    if (may)
        work->reputation = evaluate_reputation_new(request, &work->border, work->evidence);
    if (!work->check_dkim && !work->check_dmarc && !work->arc && !work->domainkeys &&
        !work->spf.sender_id && !work->reputation)
        return;
    OWNED(lookups) lookups = lookups_new(request->resolver);
    ask(work, lookups);
    if (work->check_dkim)
        check_dkim(work, lookups);
    evaluate_spf_check(&work->spf, lookups, work->evidence, request);
    lookups_as(lookups, LOOKUPS_DMARC);
    if (work->check_dmarc)
        evaluate_dmarc_check(work, lookups);
    lookups_settle(lookups, LOOKUPS_DMARC);
    lookups_as(lookups, LOOKUPS_ARC);
    if (work->arc)
        check_arc(work, lookups);
    lookups_settle(lookups, LOOKUPS_ARC);
    evaluate_spf_inform(&work->spf, lookups, work->evidence, request);
    if (work->domainkeys) {
        domainkeys_verify(work->domainkeys, lookups, request->keys);
        collect_domainkeys(work->evidence, work->domainkeys);
    }
    evaluate_reputation_check(work->reputation, lookups, work->evidence);
}

void evaluate_work_clear(struct evaluate_work *work) {
    author_free(work->author);
    if (work->arc)
        arc_free(work->arc);
    if (work->domainkeys)
        domainkeys_free(work->domainkeys);
    dkim_free(work->dkim);
    dkim_hashes_free(work->hashes);
    statement_free(work->statement);
    if (work->forwarded)
        statement_free(work->forwarded);
    evaluate_spf_clear(&work->spf);
    if (work->reputation)
        dnsbl_free(work->reputation);
    authres_free(work->authres);
    hops_free(work->hops);
    evaluate_tree_clear(&work->tree);
}

struct evidence *evaluate(const struct evaluate_request *request) {
    OWNED(belief_rules) nobody = request->belief ? NULL : belief_rules_new();
    struct evaluate_work work = {.request = request,
                                 .rules = request->belief ? request->belief : nobody,
                                 .evidence = evidence_new(),
                                 .tree = {.message = request->message}};
    struct evidence *evidence = work.evidence;
    evidence->mode = request->mode;
    evidence->role = request->role;
    evaluate_read(&work);
    collect_author(evidence, work.author, request->suffixes);
    collect_surroundings(evidence, &work.tree, request->suffixes, request->recipients);
    collect_dkim2(evidence, request->message);
    collect_bimi_selector(evidence, request->message);
    collect_signatures(evidence, work.dkim, request->message, request->suffixes);
    evaluate_collect_believed(&work);
    check(&work);
    evidence_unsubscribe_collect(evidence, request->message);
    evidence_links_collect(evidence, &work.tree, request->suffixes);
    evaluate_sign(evidence, request, work.author, &work.tree);
    evidence_bound(evidence, work.dkim);
    evaluate_work_clear(&work);
    return evidence;
}

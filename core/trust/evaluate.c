/* SPDX-License-Identifier: MIT
 *
 * The conductor. Order: what the octets say (author, hops, headers, signatures), what the account's
 * servers say, which checks of ours are missing; then all questions at once, then the answers. */
#include "trust/evaluate.h"

#include "auth/arc.h"
#include "auth/authres.h"
#include "auth/dkim.h"
#include "auth/dmarc.h"
#include "auth/domainkeys.h"
#include "auth/received_spf.h"
#include "auth/statement.h"
#include "mail/author.h"
#include "mail/received.h"
#include "trust/evidence_arc.h"
#include "trust/evidence_bound.h"
#include "trust/evaluate_reputation.h"
#include "trust/evaluate_sign.h"
#include "trust/evaluate_spf.h"
#include "trust/evidence_collect.h"
#include "trust/evidence_links.h"
#include "trust/evidence_unsubscribe.h"

#include <string.h>

struct work {
    const struct evaluate_request *request;
    const struct belief_rules *rules;
    struct evidence *evidence;
    struct author *author;
    struct hops *hops;
    struct border_session border;
    struct authres *authres;
    struct statement *statement, *forwarded;
    struct dkim_hashes *hashes;
    struct dkim_check *dkim;
    struct arc_check *arc;               /* NULL: not to be checked */
    struct domainkeys_check *domainkeys; /* likewise */
    struct evaluate_spf spf;
    struct dnsbl_check *reputation; /* NULL: no list is asked */
    struct evaluate_tree tree;
    bool check_dkim, check_dmarc;
};

/* --- what the octets and the account's servers say ------------------------------------------ */

static const struct forwarder *forwarder_of(const struct authres *authres) {
    for (guint i = 0; i < authres->n; i++)
        if (authres->field[i].why == AUTHRES_FORWARDER)
            return authres->field[i].forwarder;
    return NULL;
}

static void read_message(struct work *work) {
    const struct evaluate_request *request = work->request;
    const struct message *message = request->message;
    work->author = author_find(message);
    work->hops = hops_parse(message);
    hops_apply_border(work->hops, work->rules->border);
    hops_session(work->hops, message, &work->border);
    work->authres =
        authres_read(message, work->hops, work->rules, request->role != MAILBOX_RECEIVED);
    const struct forwarder *forwarder = forwarder_of(work->authres);
    work->statement = statement_new(work->authres, work->rules, work->author->domain, NULL);
    received_spf_supply(work->statement, work->authres, message, work->hops, &work->border);
    if (forwarder)
        work->forwarded =
            statement_new(work->authres, work->rules, work->author->domain, forwarder);
    work->hashes = dkim_hashes_new(message);
    work->dkim = dkim_new(work->hashes);
}

/* Every Received line is ours and none of them took the message from somebody else. */
static bool never_left_us(const struct hops *hops) {
    bool ours = hops->n > 0 && hops->n == hops->total;
    for (guint i = 0; i < hops->n; i++)
        ours = ours && (hops->hop[i].flags & HOP_OURS) && !(hops->hop[i].flags & HOP_BORDER);
    return ours;
}

/* The first of our servers took it from a host of ours. LMTP is delivery, not submission: the line
 * of whoever came before may be missing. */
static bool is_from_own_client(const struct work *work) {
    const struct hops *hops = work->hops;
    if (work->request->role != MAILBOX_RECEIVED || !never_left_us(hops))
        return false;
    const struct hop *first = &hops->hop[hops->n - 1];
    return first->ip.size && !(first->flags & HOP_LMTP);
}

/* Exchange writes this field on what its own users sent; from outside it is taken away, but only a
 * field above the border, or in a message that never left our hosts, can be known to be its own. */
static bool is_internal(const struct work *work) {
    if (!(work->rules->profile->flags & PROFILE_INTERNAL) ||
        work->request->role != MAILBOX_RECEIVED)
        return false;
    const struct message *message = work->request->message;
    int at = message_find(message, "X-MS-Exchange-Organization-AuthAs", 0);
    return at >= 0 && (never_left_us(work->hops) || (guint)at < work->hops->own_until) &&
           span_eq_nocase(span_trim_fws(message->fields[at].value), SPAN_LIT("Internal"));
}

/* Rule 10. Whoever handed us the message knows best; then the border line; then the header. */
static void read_session(struct work *work) {
    const struct evaluate_request *request = work->request;
    struct evidence *evidence = work->evidence;
    struct evidence_session *session = &evidence->session;
    const struct border_session *border = &work->border;
    const struct stated_auth *auth = &work->statement->auth;
    session->submitted = request->submitted || border->authenticated || auth->result == AUTH_PASS ||
                         is_internal(work) || is_from_own_client(work);
    if (auth->result == AUTH_PASS && auth->identity.n)
        session->submitted_by = evidence_span(evidence, auth->identity);
    else if (border->authenticated && border->hop && border->hop->user.n)
        session->submitted_by = evidence_span(evidence, border->hop->user);
    if (request->session_known) {
        session->known = true;
        session->client_ip = evidence_text(evidence, request->client_ip);
        session->helo = evidence_text(evidence, request->helo);
        session->mail_from = evidence_text(evidence, request->mail_from);
    } else if (border->known) {
        g_autofree char *ip = ip_format(&border->hop->ip);
        session->known = true;
        session->client_ip = evidence_text(evidence, ip);
        session->helo = border->helo.n ? evidence_span(evidence, border->helo) : NULL;
        session->mail_from =
            border->has_mail_from
                ? evidence_span(evidence, border->mail_from.n ? border->mail_from : SPAN_LIT(""))
                : NULL;
    }
}

/* Rule 6: the border line's time, else INTERNALDATE, else now. */
static void read_receipt(struct work *work) {
    const struct evaluate_request *request = work->request;
    struct evidence *evidence = work->evidence;
    evidence->checked_at = request->now;
    evidence->received_at = request->now;
    if (work->border.has_time) {
        evidence->received_at = work->border.time;
        evidence->receipt = RECEIPT_BORDER;
    } else if (request->received_known) {
        evidence->received_at = request->received_at;
        evidence->receipt = RECEIPT_GIVEN;
    }
}

/* --- which checks of ours run --------------------------------------------------------------- */

static bool is_answer(enum auth_result result) {
    return result != AUTH_NOT_EVALUATED && result != AUTH_TEMPERROR;
}

/* A signature that could align and, unless `answered_too`, that no believed header speaks of, or
 * none that settles more than the signature: before our own DMARC check fails it is asked (rule 9).
 */
static bool has_open_signature(const struct work *work, bool answered_too) {
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
        if (!stated || !is_answer(stated->result) || (!believed && !is_answer(dmarc)))
            return true;
    }
    return false;
}

/* Under `missing`, also where the server's failure would be the last word: rules 9 and 13 ask what
 * the author domain's signature says before anybody is called forged. */
static bool wants_dkim(const struct work *work) {
    const struct statement *statement = work->statement;
    if (work->request->mode != VERIFY_MISSING)
        return work->request->mode == VERIFY_ALWAYS;
    bool answered = false;
    for (guint i = 0; i < statement->n_dkim; i++)
        answered = answered || is_answer(statement->dkim[i].result);
    if (!answered)
        return true;
    return has_open_signature(work,
                              statement->dmarc.result == AUTH_FAIL || statement->dmarc_disputed);
}

static bool has_bare_proof(const struct work *work) {
    const struct evidence_statement *statement = &work->evidence->statement;
    for (guint i = 0; i < statement->n_dkim; i++)
        if (statement->dkim[i].result == AUTH_PASS && statement->dkim[i].bare == DMARC_BARE_ALIGNED)
            return true;
    return false;
}

static bool wants_dmarc(const struct work *work) {
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

struct identifiers {
    struct dmarc_identifier *dkim; /* our signatures, then the stated ones */
    guint n_own, n;
    struct dmarc_identifier spf;
    bool from_server, spf_known; /* some SPF check of the session went in */
};

/* Ours are those that dkim_names chose: a crowd of signatures must not eat the questions of a walk.
 * Those whose result does not count here are listed all the same, because their alignment does. */
static void list_identifiers(const struct work *work, struct identifiers *list) {
    const struct evidence *evidence = work->evidence;
    const struct evidence_statement *statement = &evidence->statement;
    bool believed = work->request->mode != VERIFY_ALWAYS;
    list->n_own = evidence->n_signatures;
    list->n = evidence->n_signatures + statement->n_dkim;
    list->dkim = g_new0(struct dmarc_identifier, list->n);
    for (guint i = 0; i < evidence->n_signatures; i++)
        if (work->check_dkim && work->dkim->results[i].chosen)
            list->dkim[i] = (struct dmarc_identifier){evidence->signatures[i].domain,
                                                      evidence->signatures[i].result};
    for (guint i = 0; i < statement->n_dkim; i++)
        list->dkim[list->n_own + i] = (struct dmarc_identifier){
            statement->dkim[i].domain, believed ? statement->dkim[i].result : AUTH_NONE};
    list->spf =
        (struct dmarc_identifier){statement->spf_domain, believed ? statement->spf : AUTH_NONE};
    list->from_server = believed && statement->dkim_said;
    list->spf_known = evidence->spf.result != AUTH_NOT_EVALUATED ||
                      (believed && statement->spf != AUTH_NOT_EVALUATED);
    /* What a server saw of the session stands, whatever our own look at it comes to. */
    bool stated = believed && is_answer(statement->spf);
    if (evaluate_spf_domain(&work->spf) && !stated)
        list->spf =
            (struct dmarc_identifier){evaluate_spf_domain(&work->spf), evidence->spf.result};
    else
        list->from_server |= believed && statement->spf != AUTH_NOT_EVALUATED;
}

/* The suffix list only takes away (rule 3). */
static enum dmarc_alignment veto(const struct work *work, const char *domain,
                                 enum dmarc_alignment aligned) {
    const char *author = work->author->domain;
    bool apart = domain && strcmp(domain, author) != 0 &&
                 orgdomain_apart(work->request->suffixes, domain, author);
    return apart ? DMARC_UNALIGNED : aligned;
}

static void keep_alignment(struct work *work, const struct identifiers *list,
                           const struct dmarc_result *result) {
    struct evidence *evidence = work->evidence;
    struct evidence_statement *statement = &evidence->statement;
    for (guint i = 0; i < result->n_dkim && i < list->n_own; i++)
        evidence->signatures[i].aligned = veto(work, list->dkim[i].domain, result->dkim[i]);
    for (guint i = list->n_own; i < result->n_dkim; i++)
        statement->dkim[i - list->n_own].aligned =
            veto(work, list->dkim[i].domain, result->dkim[i]);
    enum dmarc_alignment spf = veto(work, list->spf.domain, result->spf);
    if (g_strcmp0(evaluate_spf_domain(&work->spf), list->spf.domain) == 0)
        evidence->spf.aligned = spf;
    /* Where the two speak of different domains, that of the server's was not asked. */
    if (g_strcmp0(statement->spf_domain, list->spf.domain) == 0)
        statement->spf_aligned = spf;
}

static void check_dmarc(struct work *work, struct lookups *lookups) {
    struct identifiers list = {0};
    list_identifiers(work, &list);
    struct dmarc_input input = {work->author->domain, list.dkim, list.n, list.spf};
    OWNED(dmarc_result) result = dmarc_check(lookups, &input);
    collect_dmarc(work->evidence, result, list.from_server, list.spf_known);
    keep_alignment(work, &list, result);
    g_free(list.dkim);
}

/* All at once, in the order of what decides: what more than its share a mechanism asks now, it asks
 * again when others have settled. */
static void ask(struct work *work, struct lookups *lookups) {
    lookups_as(lookups, LOOKUPS_DKIM);
    if (work->check_dkim)
        dkim_names(work->dkim, work->author->domain, lookups);
    else
        lookups_settle(lookups, LOOKUPS_DKIM);
    if (!evaluate_spf_domain(&work->spf))
        lookups_settle(lookups, LOOKUPS_SPF);
    lookups_as(lookups, LOOKUPS_DMARC);
    if (work->check_dmarc) {
        struct identifiers list = {0};
        list_identifiers(work, &list);
        struct dmarc_input input = {work->author->domain, list.dkim, list.n, list.spf};
        dmarc_names(lookups, &input);
        g_free(list.dkim);
    }
    evaluate_spf_ask(&work->spf, lookups);
    lookups_as(lookups, LOOKUPS_ARC);
    if (work->arc)
        arc_names(work->arc, lookups);
    lookups_as(lookups, LOOKUPS_INFORMATION);
    if (work->domainkeys)
        domainkeys_names(work->domainkeys, lookups);
    evaluate_reputation_ask(work->reputation, lookups);
}

static void check_dkim(struct work *work, struct lookups *lookups) {
    lookups_as(lookups, LOOKUPS_DKIM);
    dkim_verify(work->dkim, lookups, work->request->keys, work->evidence->received_at);
    collect_signature_results(work->evidence, work->dkim);
    lookups_settle(lookups, LOOKUPS_DKIM);
}

static void check_arc(struct work *work, struct lookups *lookups) {
    const struct evaluate_request *request = work->request;
    struct evidence *evidence = work->evidence;
    arc_names(work->arc, lookups); /* those for which there was no room before */
    arc_verify(work->arc, lookups, request->keys, evidence->received_at);
    evidence_arc_collect(evidence, work->arc, work->rules);
    evidence_arc_believe(evidence, work->arc, work->dkim, work->rules, request->suffixes);
}

static void check(struct work *work) {
    const struct evaluate_request *request = work->request;
    bool may = request->role != MAILBOX_OWN && request->resolver != NULL;
    work->check_dkim = may && wants_dkim(work);
    work->check_dmarc = may && wants_dmarc(work);
    if (may && evidence_arc_wanted(request->mode, work->rules, work->statement))
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
        check_dmarc(work, lookups);
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

static void work_clear(struct work *work) {
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
    struct work work = {.request = request,
                        .rules = request->belief ? request->belief : nobody,
                        .evidence = evidence_new(),
                        .tree = {.message = request->message}};
    struct evidence *evidence = work.evidence;
    evidence->mode = request->mode;
    evidence->role = request->role;
    read_message(&work);
    read_session(&work);
    read_receipt(&work);
    collect_author(evidence, work.author, request->suffixes);
    collect_surroundings(evidence, &work.tree, request->suffixes, request->recipients);
    collect_dkim2(evidence, request->message);
    collect_bimi_selector(evidence, request->message);
    collect_hops(evidence, work.hops);
    collect_authres(evidence, work.authres);
    collect_signatures(evidence, work.dkim, request->message, request->suffixes);
    collect_statement(evidence, &evidence->statement, work.statement, work.authres, work.dkim,
                      work.rules, request->suffixes);
    if (work.forwarded)
        collect_statement(evidence, &evidence->forwarded, work.forwarded, work.authres, work.dkim,
                          work.rules, request->suffixes);
    check(&work);
    evidence_unsubscribe_collect(evidence, request->message);
    evidence_links_collect(evidence, &work.tree, request->suffixes);
    evaluate_sign(evidence, request, work.author, &work.tree);
    evidence_bound(evidence, work.dkim);
    work_clear(&work);
    return evidence;
}

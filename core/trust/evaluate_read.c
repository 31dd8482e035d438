/* SPDX-License-Identifier: MIT
 *
 * The part of the conductor that asks nobody: what the octets say, and what the account's servers
 * say, whose hops are ours and when and from whom they took the message (verdict rules 6, 10, 12).
 */
#include "trust/evaluate_work.h"

#include "auth/received_spf.h"
#include "trust/evidence_collect.h"

bool evaluate_is_answer(enum auth_result result) {
    return result != AUTH_NOT_EVALUATED && result != AUTH_TEMPERROR;
}

static const struct forwarder *forwarder_of(const struct authres *authres) {
    for (guint i = 0; i < authres->n; i++)
        if (authres->field[i].why == AUTHRES_FORWARDER)
            return authres->field[i].forwarder;
    return NULL;
}

static void read_message(struct evaluate_work *work) {
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
static bool is_from_own_client(const struct evaluate_work *work) {
    const struct hops *hops = work->hops;
    if (work->request->role != MAILBOX_RECEIVED || !never_left_us(hops))
        return false;
    const struct hop *first = &hops->hop[hops->n - 1];
    return first->ip.size && !(first->flags & HOP_LMTP);
}

/* Exchange writes this field on what its own users sent; from outside it is taken away, but only a
 * field above the border, or in a message that never left our hosts, can be known to be its own. */
static bool is_internal(const struct evaluate_work *work) {
    if (!(work->rules->profile->flags & PROFILE_INTERNAL) ||
        work->request->role != MAILBOX_RECEIVED)
        return false;
    const struct message *message = work->request->message;
    int at = message_find(message, "X-MS-Exchange-Organization-AuthAs", 0);
    return at >= 0 && (never_left_us(work->hops) || (guint)at < work->hops->own_until) &&
           span_eq_nocase(span_trim_fws(message->fields[at].value), SPAN_LIT("Internal"));
}

/* Rule 10. Whoever handed us the message knows best; then the border line; then the header. */
static void read_session(struct evaluate_work *work) {
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
        session->known = true;
        session->client_ip = evidence_ip(evidence, &border->hop->ip);
        session->helo = border->helo.n ? evidence_span(evidence, border->helo) : NULL;
        session->mail_from =
            border->has_mail_from
                ? evidence_span(evidence, border->mail_from.n ? border->mail_from : SPAN_LIT(""))
                : NULL;
    }
}

/* Rule 6: the border line's time, else INTERNALDATE, else now. */
static void read_receipt(struct evaluate_work *work) {
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

void evaluate_read(struct evaluate_work *work) {
    read_message(work);
    read_session(work);
    read_receipt(work);
}

void evaluate_collect_believed(struct evaluate_work *work) {
    struct evidence *evidence = work->evidence;
    const struct public_suffixes *suffixes = work->request->suffixes;
    collect_hops(evidence, work->hops);
    collect_authres(evidence, work->authres);
    collect_statement(evidence, &evidence->statement, work->statement, work->authres, work->dkim,
                      work->rules, suffixes);
    if (work->forwarded)
        collect_statement(evidence, &evidence->forwarded, work->forwarded, work->authres,
                          work->dkim, work->rules, suffixes);
}

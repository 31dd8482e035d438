/* SPDX-License-Identifier: MIT
 *
 * trust/evaluate_spf.h: what is a session, and which of its checks run. */
#include "trust/evaluate_spf.h"

#include "trust/evidence_collect.h"

/* The caller's session first. A border's client counts only if the Internet can reach it (a private
 * one is a proxy or a host of ours), and only in mail that our servers delivered. Where they keep
 * no path but say which domain passed, that is the one to ask about: `stated`, or NULL. */
static bool find_session(const struct evaluate_request *request,
                         const struct border_session *border, const char *stated,
                         struct spf_session *session) {
    *session = (struct spf_session){.ip = {.size = 0}};
    if (request->session_known) {
        session->helo = span_of(request->helo);
        session->mail_from = span_of(request->mail_from);
        session->has_mail_from = request->mail_from != NULL;
        return request->client_ip && ip_parse(span_of(request->client_ip), &session->ip);
    }
    if (!border->known || !border->client_is_global || request->role != MAILBOX_RECEIVED)
        return false;
    session->ip = border->hop->ip;
    session->helo = border->helo;
    session->mail_from = border->has_mail_from ? border->mail_from : span_of(stated);
    session->has_mail_from = border->has_mail_from || stated;
    return true;
}

/* Some signature that the server found intact carries more than SPF ever could. */
static bool has_stated_signature(const struct evidence_statement *statement) {
    for (guint i = 0; i < statement->n_dkim; i++)
        if (statement->dkim[i].result == AUTH_PASS && statement->dkim[i].bare == DMARC_BARE_ALIGNED)
            return true;
    return false;
}

static bool is_answer(enum auth_result result) {
    return result != AUTH_NOT_EVALUATED && result != AUTH_TEMPERROR;
}

/* Under `missing`, also where the server's pass may be all there is: whether most of the Internet
 * would get one (rule 4) no header says; and where DMARC is ours, which fails nobody without a look
 * of ours at the session (rule 7). */
static bool is_wanted(const struct evaluate_request *request, const struct evidence *evidence) {
    const struct evidence_statement *statement = &evidence->statement;
    if (evidence->session.submitted) /* rule 10 */
        return false;
    if (request->mode != VERIFY_MISSING)
        return request->mode == VERIFY_ALWAYS;
    if (!is_answer(statement->spf))
        return true;
    return !has_stated_signature(statement) &&
           (statement->spf == AUTH_PASS || !is_answer(statement->dmarc));
}

void evaluate_spf_init(struct evaluate_spf *work, const struct evaluate_request *request,
                       const struct border_session *border, const struct author *author,
                       const struct evidence *evidence) {
    const struct evidence_statement *statement = &evidence->statement;
    bool passed = statement->spf == AUTH_PASS && statement->spf_domain;
    g_autofree char *stated = passed ? g_strconcat("@", statement->spf_domain, NULL) : NULL;
    struct spf_session session;
    *work = (struct evaluate_spf){NULL, NULL};
    if (is_wanted(request, evidence) && find_session(request, border, stated, &session))
        work->spf = spf_new(&session);
    if (work->spf || request->mode == VERIFY_ALWAYS)
        work->sender_id = sender_id_new(request->message, author);
}

void evaluate_spf_clear(struct evaluate_spf *work) {
    if (work->spf)
        spf_free(work->spf);
    if (work->sender_id)
        sender_id_free(work->sender_id);
}

void evaluate_spf_ask(const struct evaluate_spf *work, struct lookups *lookups) {
    if (!work->spf)
        return;
    lookups_as(lookups, LOOKUPS_SPF);
    spf_names(&work->spf->mail_from, lookups);
    lookups_as(lookups, LOOKUPS_INFORMATION);
    spf_names(&work->spf->helo, lookups);
    sender_id_names(work->sender_id, lookups);
}

void evaluate_spf_check(struct evaluate_spf *work, struct lookups *lookups,
                        struct evidence *evidence, const struct evaluate_request *request) {
    lookups_as(lookups, LOOKUPS_SPF);
    if (work->spf) {
        spf_verify(work->spf, &work->spf->mail_from, lookups, request->now);
        collect_spf(evidence, work->spf, request->suffixes);
    }
    lookups_settle(lookups, LOOKUPS_SPF);
}

void evaluate_spf_inform(struct evaluate_spf *work, struct lookups *lookups,
                         struct evidence *evidence, const struct evaluate_request *request) {
    lookups_as(lookups, LOOKUPS_INFORMATION);
    if (work->spf) {
        spf_verify(work->spf, &work->spf->helo, lookups, request->now);
        collect_spf_helo(evidence, work->spf);
        sender_id_verify(work->sender_id, lookups, work->spf, request->now);
    }
    if (work->sender_id)
        collect_sender_id(evidence, work->sender_id);
}

const char *evaluate_spf_domain(const struct evaluate_spf *work) {
    return work->spf ? work->spf->mail_from.domain : NULL;
}

/* SPDX-License-Identifier: MIT
 *
 * The grounds, in the order of the verdict table's rows. */
#include "trust/ground.h"

#include "auth/belief.h"
#include "mail/domain.h"

#include <string.h>

/* --- small questions ------------------------------------------------------------------------ */

static const char *author_if(const struct findings *f, bool holds) {
    return holds ? f->evidence->author.domain : NULL;
}

static const char *own(const struct findings *f, enum signature_class class) {
    return f->own[class] ? f->own[class]->domain : NULL;
}

static const char *stated(const struct findings *f, enum signature_class class) {
    return f->stated[class] ? f->stated[class]->domain : NULL;
}

static bool server_passed(const struct findings *f) {
    return f->evidence->statement.dmarc == AUTH_PASS;
}

/* Rule 11: behind a gateway of ours a failure is no evidence. */
bool ground_server_failed(const struct findings *f) {
    return f->evidence->statement.dmarc == AUTH_FAIL && f->evidence->statement.failure_counts;
}

/* Rule 4: a failure that another believed result takes back is no failure, and no pass either. */
static bool is_disputed(const struct findings *f) {
    return f->evidence->statement.dmarc_disputed;
}

static bool server_refused_signature(const struct findings *f) {
    return !server_passed(f) && !f->stated[CLASS_INTACT] && !f->stated[CLASS_UNMATCHED] &&
           f->stated[CLASS_FAILED];
}

static bool is_own_domain(const struct findings *f) {
    return f->policy->rules && belief_owns_domain(f->policy->rules, f->evidence->author.domain);
}

/* Every signature that could align was evaluated: by us, or there is none of which a server that
 * looked at the others could have told us. */
static bool signatures_are_settled(const struct evidence *e) {
    bool could = e->signatures_unread;
    for (guint i = 0; i < e->n_signatures; i++)
        could = could || e->signatures[i].could_align;
    return e->dkim_evaluated || (e->dmarc.from_server && !could);
}

/* Rule 7, everything but policy and age: SPF known from a border hop, every look-up answered, and
 * nothing of rules 9 to 12 explains the failure. Where a temporary error could have hidden an
 * aligned pass, the result is not a failure (RFC 9989 §5.3.6); trouble with the sender's own, other
 * domain is no excuse (rule 17). */
static bool own_failed(const struct findings *f) {
    const struct evidence *e = f->evidence;
    return e->dmarc.result == AUTH_FAIL && e->spf.result != AUTH_NOT_EVALUATED &&
           signatures_are_settled(e) && !finding_own_spf_aligned(e) && !f->own[CLASS_TROUBLE] &&
           !f->own[CLASS_PENDING] && !f->own[CLASS_CHANGED] && !e->session.submitted;
}

static enum dmarc_policy own_policy(const struct findings *f) {
    return f->evidence->dmarc.applied;
}

/* --- findings that end the question --------------------------------------------------------- */

const char *ground_in_own_mailbox(const struct findings *f) {
    return f->evidence->role == MAILBOX_OWN ? "" : NULL;
}

const char *ground_two_readings(const struct findings *f) {
    return f->evidence->author.state == AUTHOR_AMBIGUOUS ? "" : NULL;
}

const char *ground_no_address(const struct findings *f) {
    return f->evidence->author.domain ? NULL : "";
}

/* --- proofs --------------------------------------------------------------------------------- */

const char *ground_server_passed_signature(const struct findings *f) {
    return author_if(f, server_passed(f) && f->stated[CLASS_INTACT]);
}

const char *ground_own_intact(const struct findings *f) {
    bool refused = ground_server_failed(f) || is_disputed(f) || server_refused_signature(f);
    return refused ? NULL : own(f, CLASS_INTACT);
}

/* Rule 13 asks for all shown content before our own check may stand against the server's. */
const char *ground_own_intact_against_server(const struct findings *f) {
    const struct evidence_signature *signature = f->own[CLASS_INTACT];
    return signature && !signature->fields_uncovered ? signature->domain : NULL;
}

const char *ground_server_named_signature(const struct findings *f) {
    return ground_server_failed(f) ? NULL : stated(f, CLASS_INTACT);
}

/* --- rule 10: submitted here ---------------------------------------------------------------- */

const char *ground_submitted_by_author(const struct findings *f) {
    const char *user = f->evidence->session.submitted_by;
    const char *address = f->evidence->author.address;
    if (!f->evidence->session.submitted || !user || !is_own_domain(f))
        return NULL;
    const char *user_at = strrchr(user, '@'), *address_at = strrchr(address, '@');
    bool same = user_at && user_at - user == address_at - address &&
                memcmp(user, address, (size_t)(user_at - user)) == 0 &&
                g_ascii_strcasecmp(user_at, address_at) == 0;
    return same ? user : NULL;
}

const char *ground_submitted_in_own_domain(const struct findings *f) {
    return author_if(f, f->evidence->session.submitted && is_own_domain(f));
}

const char *ground_submitted_for_other(const struct findings *f) {
    return author_if(f, f->evidence->session.submitted);
}

/* --- rule 12: a forwarder the operator named ------------------------------------------------ */

const char *ground_forwarder_passed(const struct findings *f) {
    const struct evidence_statement *forwarded = &f->evidence->forwarded;
    bool passed = forwarded->dmarc == AUTH_PASS ||
                  (forwarded->dmarc != AUTH_FAIL &&
                   (f->forwarded[CLASS_INTACT] || f->forwarded[CLASS_UNMATCHED]));
    return passed ? forwarded->forwarder : NULL;
}

/* --- rules 4, 8, 9: the server says it failed ----------------------------------------------- */

const char *ground_failed_with_exception(const struct findings *f) {
    return author_if(f, ground_server_failed(f) &&
                            f->evidence->statement.disposition == DMARC_POLICY_NONE &&
                            finding_policy(f->evidence) != DMARC_POLICY_NONE);
}

const char *ground_failed_but_changed(const struct findings *f) {
    return ground_server_failed(f) ? own(f, CLASS_CHANGED) : NULL;
}

const char *ground_failed_policy_pending(const struct findings *f) {
    return author_if(f, ground_server_failed(f) &&
                            finding_policy(f->evidence) == DMARC_POLICY_UNKNOWN &&
                            f->evidence->dmarc.result == AUTH_TEMPERROR);
}

static const char *failed_under(const struct findings *f, enum dmarc_policy policy) {
    return author_if(f, ground_server_failed(f) && finding_policy(f->evidence) == policy);
}

const char *ground_failed_reject(const struct findings *f) {
    return failed_under(f, DMARC_POLICY_REJECT);
}

const char *ground_failed_quarantine(const struct findings *f) {
    return failed_under(f, DMARC_POLICY_QUARANTINE);
}

const char *ground_failed_none(const struct findings *f) {
    return failed_under(f, DMARC_POLICY_NONE);
}

const char *ground_failed_unknown(const struct findings *f) {
    return author_if(f, ground_server_failed(f));
}

/* --- less than a proof ---------------------------------------------------------------------- */

const char *ground_disputed(const struct findings *f) {
    return author_if(f, is_disputed(f));
}

const char *ground_server_named_unmatched(const struct findings *f) {
    return stated(f, CLASS_UNMATCHED);
}

const char *ground_server_passed_by_spf(const struct findings *f) {
    const struct evidence_statement *statement = &f->evidence->statement;
    bool signature_passed = f->stated[CLASS_CHILD] || f->stated[CLASS_PARTIAL] ||
                            f->stated[CLASS_FOREIGN] || f->stated[CLASS_TROUBLE];
    return author_if(f, server_passed(f) && (finding_spf_aligned(f->evidence, statement) ||
                                             (statement->spf == AUTH_PASS && !signature_passed)));
}

const char *ground_server_passed_partial(const struct findings *f) {
    return server_passed(f) ? stated(f, CLASS_PARTIAL) : NULL;
}

const char *ground_server_passed_somehow(const struct findings *f) {
    return author_if(f, server_passed(f));
}

/* Rule 4: a pass that most of the Internet would get, told by our own look at the record, also
 * where a server was content with it. */
static bool is_anyone(const struct findings *f) {
    return f->evidence->spf.anyone && finding_own_spf_stands(f->evidence);
}

const char *ground_server_passed_anyone(const struct findings *f) {
    return author_if(f, server_passed(f) && is_anyone(f) && !f->stated[CLASS_CHILD] &&
                            !f->own[CLASS_CHILD]);
}

const char *ground_spf_without_record(const struct findings *f) {
    return author_if(f, !is_anyone(f) && finding_spf_aligned(f->evidence, &f->evidence->statement));
}

const char *ground_spf_with_record(const struct findings *f) {
    return finding_has_record(f->evidence) ? ground_spf_without_record(f) : NULL;
}

/* A server that saw the session itself and did not see a pass is not outvoted. */
const char *ground_own_spf_without_record(const struct findings *f) {
    enum auth_result stated = f->evidence->statement.spf;
    bool unsaid = stated == AUTH_NOT_EVALUATED || stated == AUTH_TEMPERROR || stated == AUTH_PASS;
    return author_if(f, unsaid && finding_own_spf_aligned(f->evidence));
}

const char *ground_own_spf_with_record(const struct findings *f) {
    return finding_has_record(f->evidence) ? ground_own_spf_without_record(f) : NULL;
}

const char *ground_server_named_child(const struct findings *f) {
    return stated(f, CLASS_CHILD);
}

const char *ground_own_child(const struct findings *f) {
    return server_refused_signature(f) ? NULL : own(f, CLASS_CHILD);
}

/* --- not known yet -------------------------------------------------------------------------- */

static bool in_trouble(const struct findings *f) {
    return f->own[CLASS_TROUBLE] || f->stated[CLASS_TROUBLE] ||
           (f->evidence->dmarc.result == AUTH_TEMPERROR && !f->evidence->session.submitted);
}

bool ground_is_unsettled(const struct findings *f) {
    return f->own[CLASS_PENDING] || in_trouble(f) || f->evidence->arc.unsettled;
}

const char *ground_pending(const struct findings *f) {
    return own(f, CLASS_PENDING);
}

const char *ground_trouble(const struct findings *f) {
    return author_if(f, in_trouble(f) && f->now - f->evidence->received_at <= LIMIT_RECEIPT_AGE);
}

const char *ground_lasting_trouble(const struct findings *f) {
    return author_if(f, in_trouble(f));
}

/* --- why nothing is established ------------------------------------------------------------- */

const char *ground_own_partial(const struct findings *f) {
    return own(f, CLASS_PARTIAL);
}

const char *ground_server_named_partial(const struct findings *f) {
    return stated(f, CLASS_PARTIAL);
}

const char *ground_own_testing(const struct findings *f) {
    return own(f, CLASS_TESTING);
}

const char *ground_own_changed(const struct findings *f) {
    return own(f, CLASS_CHANGED);
}

const char *ground_own_failed_old(const struct findings *f) {
    return author_if(f, own_failed(f) && own_policy(f) > DMARC_POLICY_NONE &&
                            finding_is_old(f->evidence));
}

const char *ground_own_failed_reject(const struct findings *f) {
    return author_if(f, own_failed(f) && own_policy(f) == DMARC_POLICY_REJECT);
}

const char *ground_own_failed_quarantine(const struct findings *f) {
    return author_if(f, own_failed(f) && own_policy(f) == DMARC_POLICY_QUARANTINE);
}

const char *ground_own_failed_none(const struct findings *f) {
    return author_if(f, own_failed(f));
}

const char *ground_spf_anyone(const struct findings *f) {
    return author_if(f, is_anyone(f));
}

const char *ground_own_gone(const struct findings *f) {
    return own(f, CLASS_GONE);
}

const char *ground_own_bad(const struct findings *f) {
    return own(f, CLASS_FAILED);
}

const char *ground_server_named_bad(const struct findings *f) {
    return stated(f, CLASS_FAILED);
}

const char *ground_own_foreign(const struct findings *f) {
    return own(f, CLASS_FOREIGN);
}

const char *ground_server_named_foreign(const struct findings *f) {
    return stated(f, CLASS_FOREIGN);
}

const char *ground_inconclusive(const struct findings *f) {
    return author_if(f, f->evidence->dmarc.result == AUTH_FAIL);
}

/* Rule 7: the one thing missing is a session to ask about. */
const char *ground_no_session(const struct findings *f) {
    const struct evidence *e = f->evidence;
    return author_if(f, e->dmarc.result == AUTH_FAIL && !e->dmarc.from_server &&
                            e->dkim_evaluated && !e->session.known);
}

const char *ground_nobody_looked(const struct findings *f) {
    const struct evidence *e = f->evidence;
    return !e->statement.present && !e->dkim_evaluated && e->dmarc.result == AUTH_NOT_EVALUATED
               ? ""
               : NULL;
}

const char *ground_always(const struct findings *f) {
    return author_if(f, true);
}

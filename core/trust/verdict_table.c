/* SPDX-License-Identifier: MIT
 *
 * Who wrote it? Read `rows` from the top: the first finding that holds decides. A finding answers
 * with its subject (the domain that signed, the author domain, …), which the sentence names, or
 * with NULL. Numbers are the rules of the design's verdict page; tests/unit/test_verdict.c holds a
 * test for each row. */
#include "trust/verdict_table.h"

#include "auth/belief.h"
#include "mail/domain.h"
#include "trust/verdict_reason.h"

#include <string.h>

typedef const char *(*finding)(const struct findings *f);

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
static bool server_failed(const struct findings *f) {
    return f->evidence->statement.dmarc == AUTH_FAIL && f->evidence->statement.failure_counts;
}

static bool server_refused_signature(const struct findings *f) {
    return !server_passed(f) && !f->stated[CLASS_INTACT] && f->stated[CLASS_FAILED];
}

static bool is_own_domain(const struct findings *f) {
    return f->policy->rules && belief_owns_domain(f->policy->rules, f->evidence->author.domain);
}

/* Rule 7, everything but policy and age: SPF known from a border hop, every look-up answered, and
 * nothing of rules 9 to 12 explains the failure. Where a temporary error could have hidden an
 * aligned pass, the result is not a failure (RFC 9989 §5.3.6); trouble with the sender's own, other
 * domain is no excuse (rule 17). */
static bool own_failed(const struct findings *f) {
    const struct evidence *e = f->evidence;
    return e->dmarc.result == AUTH_FAIL && !e->dmarc.from_server &&
           e->spf.result != AUTH_NOT_EVALUATED && e->dkim_evaluated && !f->own[CLASS_TROUBLE] &&
           !f->own[CLASS_PENDING] && !f->own[CLASS_CHANGED] && !e->session.submitted;
}

static enum dmarc_policy own_policy(const struct findings *f) {
    return f->evidence->dmarc.applied;
}

/* --- findings that end the question --------------------------------------------------------- */

static const char *in_own_mailbox(const struct findings *f) {
    return f->evidence->role == MAILBOX_OWN ? "" : NULL;
}

static const char *two_readings(const struct findings *f) {
    return f->evidence->author.state == AUTHOR_AMBIGUOUS ? "" : NULL;
}

static const char *no_address(const struct findings *f) {
    return f->evidence->author.domain ? NULL : "";
}

/* --- proofs
 * --------------------------------------------------------------------------------------- */

static const char *server_passed_signature(const struct findings *f) {
    return author_if(f, server_passed(f) && f->stated[CLASS_INTACT]);
}

static const char *own_intact(const struct findings *f) {
    return server_failed(f) || server_refused_signature(f) ? NULL : own(f, CLASS_INTACT);
}

/* Rule 13 asks for all shown content before our own check may stand against the server's. */
static const char *own_intact_against_server(const struct findings *f) {
    const struct evidence_signature *signature = f->own[CLASS_INTACT];
    return signature && !signature->fields_uncovered ? signature->domain : NULL;
}

static const char *server_named_signature(const struct findings *f) {
    return server_failed(f) ? NULL : stated(f, CLASS_INTACT);
}

/* --- rule 10: submitted here
 * ------------------------------------------------------------------------ */

static const char *submitted_by_author(const struct findings *f) {
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

static const char *submitted_in_own_domain(const struct findings *f) {
    return author_if(f, f->evidence->session.submitted && is_own_domain(f));
}

static const char *submitted_for_other(const struct findings *f) {
    return author_if(f, f->evidence->session.submitted);
}

/* --- rule 12: a forwarder the operator named
 * ---------------------------------------------------------- */

static const char *forwarder_passed(const struct findings *f) {
    const struct evidence_statement *forwarded = &f->evidence->forwarded;
    bool passed = forwarded->dmarc == AUTH_PASS ||
                  (forwarded->dmarc != AUTH_FAIL && f->forwarded[CLASS_INTACT] != NULL);
    return passed ? forwarded->forwarder : NULL;
}

/* --- rules 4, 8, 9: the server says it failed
 * ---------------------------------------------------------- */

static const char *failed_with_exception(const struct findings *f) {
    return author_if(f, server_failed(f) &&
                            f->evidence->statement.disposition == DMARC_POLICY_NONE &&
                            finding_policy(f->evidence) != DMARC_POLICY_NONE);
}

static const char *failed_but_changed(const struct findings *f) {
    return server_failed(f) ? own(f, CLASS_CHANGED) : NULL;
}

static const char *failed_policy_pending(const struct findings *f) {
    return author_if(f, server_failed(f) && finding_policy(f->evidence) == DMARC_POLICY_UNKNOWN &&
                            f->evidence->dmarc.result == AUTH_TEMPERROR);
}

static const char *failed_under(const struct findings *f, enum dmarc_policy policy) {
    return author_if(f, server_failed(f) && finding_policy(f->evidence) == policy);
}

static const char *failed_reject(const struct findings *f) {
    return failed_under(f, DMARC_POLICY_REJECT);
}

static const char *failed_quarantine(const struct findings *f) {
    return failed_under(f, DMARC_POLICY_QUARANTINE);
}

static const char *failed_none(const struct findings *f) {
    return failed_under(f, DMARC_POLICY_NONE);
}

static const char *failed_unknown(const struct findings *f) {
    return author_if(f, server_failed(f));
}

/* --- less than a proof
 * ------------------------------------------------------------------------------------ */

static const char *server_passed_by_spf(const struct findings *f) {
    const struct evidence_statement *statement = &f->evidence->statement;
    bool signature_passed = f->stated[CLASS_CHILD] || f->stated[CLASS_PARTIAL] ||
                            f->stated[CLASS_FOREIGN] || f->stated[CLASS_TROUBLE];
    return author_if(f, server_passed(f) && (finding_spf_aligned(f->evidence, statement) ||
                                             (statement->spf == AUTH_PASS && !signature_passed)));
}

static const char *server_passed_partial(const struct findings *f) {
    return server_passed(f) ? stated(f, CLASS_PARTIAL) : NULL;
}

static const char *server_passed_somehow(const struct findings *f) {
    return author_if(f, server_passed(f));
}

/* Rule 4: a pass that most of the Internet would get, told by our own look at the record, also
 * where a server was content with it. */
static bool is_anyone(const struct findings *f) {
    return f->evidence->spf.anyone && finding_own_spf_stands(f->evidence);
}

static const char *server_passed_anyone(const struct findings *f) {
    return author_if(f, server_passed(f) && is_anyone(f) && !f->stated[CLASS_CHILD] &&
                            !f->own[CLASS_CHILD]);
}

static const char *spf_without_record(const struct findings *f) {
    return author_if(f, !is_anyone(f) && finding_spf_aligned(f->evidence, &f->evidence->statement));
}

static const char *spf_with_record(const struct findings *f) {
    return finding_has_record(f->evidence) ? spf_without_record(f) : NULL;
}

/* A server that saw the session itself and did not see a pass is not outvoted. */
static const char *own_spf_without_record(const struct findings *f) {
    enum auth_result stated = f->evidence->statement.spf;
    bool unsaid = stated == AUTH_NOT_EVALUATED || stated == AUTH_TEMPERROR || stated == AUTH_PASS;
    return author_if(f, unsaid && finding_own_spf_aligned(f->evidence));
}

static const char *own_spf_with_record(const struct findings *f) {
    return finding_has_record(f->evidence) ? own_spf_without_record(f) : NULL;
}

static const char *server_named_child(const struct findings *f) {
    return stated(f, CLASS_CHILD);
}

static const char *own_child(const struct findings *f) {
    return server_refused_signature(f) ? NULL : own(f, CLASS_CHILD);
}

/* --- not known yet
 * -------------------------------------------------------------------------------------------- */

static bool in_trouble(const struct findings *f) {
    return f->own[CLASS_TROUBLE] || f->stated[CLASS_TROUBLE] ||
           (f->evidence->dmarc.result == AUTH_TEMPERROR && !f->evidence->session.submitted);
}

bool verdict_table_is_unsettled(const struct findings *f) {
    return f->own[CLASS_PENDING] || in_trouble(f) || f->evidence->arc.unsettled;
}

static const char *pending(const struct findings *f) {
    return own(f, CLASS_PENDING);
}

static const char *trouble(const struct findings *f) {
    return author_if(f, in_trouble(f) && f->now - f->evidence->received_at <= LIMIT_RECEIPT_AGE);
}

static const char *lasting_trouble(const struct findings *f) {
    return author_if(f, in_trouble(f));
}

/* --- why nothing is established
 * ------------------------------------------------------------------------------------ */

static const char *own_partial(const struct findings *f) {
    return own(f, CLASS_PARTIAL);
}

static const char *server_named_partial(const struct findings *f) {
    return stated(f, CLASS_PARTIAL);
}

static const char *own_testing(const struct findings *f) {
    return own(f, CLASS_TESTING);
}

static const char *own_changed(const struct findings *f) {
    return own(f, CLASS_CHANGED);
}

static const char *own_failed_old(const struct findings *f) {
    return author_if(f, own_failed(f) && own_policy(f) > DMARC_POLICY_NONE &&
                            finding_is_old(f->evidence));
}

static const char *own_failed_reject(const struct findings *f) {
    return author_if(f, own_failed(f) && own_policy(f) == DMARC_POLICY_REJECT);
}

static const char *own_failed_quarantine(const struct findings *f) {
    return author_if(f, own_failed(f) && own_policy(f) == DMARC_POLICY_QUARANTINE);
}

static const char *own_failed_none(const struct findings *f) {
    return author_if(f, own_failed(f));
}

static const char *spf_anyone(const struct findings *f) {
    return author_if(f, is_anyone(f));
}

static const char *own_gone(const struct findings *f) {
    return own(f, CLASS_GONE);
}

static const char *own_bad(const struct findings *f) {
    return own(f, CLASS_FAILED);
}

static const char *server_named_bad(const struct findings *f) {
    return stated(f, CLASS_FAILED);
}

static const char *own_foreign(const struct findings *f) {
    return own(f, CLASS_FOREIGN);
}

static const char *server_named_foreign(const struct findings *f) {
    return stated(f, CLASS_FOREIGN);
}

static const char *inconclusive(const struct findings *f) {
    return author_if(f, f->evidence->dmarc.result == AUTH_FAIL);
}

/* Rule 7: the one thing missing is a session to ask about. */
static const char *no_session(const struct findings *f) {
    const struct evidence *e = f->evidence;
    return author_if(f, e->dmarc.result == AUTH_FAIL && !e->dmarc.from_server &&
                            e->dkim_evaluated && !e->session.known);
}

static const char *nobody_looked(const struct findings *f) {
    const struct evidence *e = f->evidence;
    return !e->statement.present && !e->dkim_evaluated && e->dmarc.result == AUTH_NOT_EVALUATED
               ? ""
               : NULL;
}

static const char *always(const struct findings *f) {
    return author_if(f, true);
}

/* --- the table
 * --------------------------------------------------------------------------------------------------------
 */

#define AUTHORS_WORD REASON__MAX
#define DKIM VIA_DKIM
#define SPF VIA_SPF
#define DMARC VIA_DMARC
#define SERVER SOURCE_SERVER
#define LOCAL SOURCE_LOCAL
#define MIXED SOURCE_MIXED
#define NONE SOURCE_NONE

/* clang-format off */
static const struct row {
    finding holds;
    enum verdict_author author;
    enum reason_code reason; /* 0: none; AUTHORS_WORD: what author_find answered is the code */
    enum reason_code limit;  /* 0: none */
    enum verdict_source source;
    uint32_t via;
} rows[] = {
    /* finding                   author                   reason                            limit                     source  via            rule */
    {in_own_mailbox,            VERDICT_OWN,             REASON_WRITTEN_HERE,              0,                        NONE,   0},
    {two_readings,              VERDICT_AMBIGUOUS,       AUTHORS_WORD,                     0,                        NONE,   0},          /* 2 */
    {no_address,                VERDICT_NOT_ESTABLISHED, AUTHORS_WORD,                     0,                        NONE,   0},          /* 2 */

    {server_passed_signature,   VERDICT_VERIFIED,        REASON_SERVER_CONFIRMED,          0,                        SERVER, DKIM | DMARC}, /* 8 */
    {own_intact,                VERDICT_VERIFIED,        REASON_SIGNATURE_INTACT,          0,                        LOCAL,  DKIM},       /* 3 */
    {own_intact_against_server, VERDICT_LIKELY,          REASON_SIGNATURE_INTACT,          REASON_SERVER_DISAGREES,  MIXED,  DKIM},       /* 13 */
    {server_named_signature,    VERDICT_VERIFIED,        REASON_SERVER_CONFIRMED_SIGNATURE, 0,                       SERVER, DKIM},       /* 3 */

    {submitted_by_author,       VERDICT_VERIFIED,        REASON_SUBMITTED_BY_AUTHOR,       0,                        SERVER, VIA_SUBMISSION}, /* 10 */
    {submitted_in_own_domain,   VERDICT_LIKELY,          0,                                REASON_SUBMITTED_HERE,    SERVER, VIA_SUBMISSION}, /* 10 */
    {submitted_for_other,       VERDICT_NOT_ESTABLISHED, REASON_SUBMITTED_FOR_OTHER,       0,                        SERVER, 0},          /* 10 */
    {forwarder_passed,          VERDICT_LIKELY,          0,                                REASON_AS_SEEN_BY,        SERVER, DMARC},      /* 12 */

    {failed_with_exception,     VERDICT_NOT_ESTABLISHED, REASON_SERVER_MADE_EXCEPTION,     0,                        SERVER, 0},          /* 8 */
    {failed_but_changed,        VERDICT_NOT_ESTABLISHED, REASON_CHANGED_AFTER_SIGNING,     0,                        MIXED,  0},          /* 9 */
    {failed_policy_pending,     VERDICT_UNCHECKED,       REASON_TEMPORARY_TROUBLE,         0,                        SERVER, 0},          /* 5 */
    {failed_reject,             VERDICT_CONTRADICTED,    REASON_FAIL_POLICY_REJECT,        0,                        SERVER, 0},          /* 4, 8 */
    {failed_quarantine,         VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_QUARANTINE,    0,                        SERVER, 0},          /* 4 */
    {failed_none,               VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_NONE,          0,                        SERVER, 0},          /* 4 */
    {failed_unknown,            VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_UNKNOWN,       0,                        SERVER, 0},          /* 4, 8 */

    {server_passed_anyone,      VERDICT_NOT_ESTABLISHED, REASON_SPF_ANYONE,                0,                        MIXED,  0},          /* 4 */
    {server_passed_by_spf,      VERDICT_LIKELY,          REASON_SERVER_CONFIRMED,          REASON_SPF_ONLY,          SERVER, SPF | DMARC}, /* 8, 16 */
    {server_passed_partial,     VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED,          0,                        SERVER, 0},          /* 8 */
    {server_passed_somehow,     VERDICT_LIKELY,          REASON_SERVER_CONFIRMED,          REASON_SIGNATURE_UNKNOWN, SERVER, DMARC},      /* 8 */
    {spf_with_record,           VERDICT_LIKELY,          REASON_SENT_BY_LISTED_SERVER,     REASON_SPF_ONLY,          MIXED,  SPF | DMARC}, /* 16 */
    {spf_without_record,        VERDICT_LIKELY,          REASON_SENT_BY_LISTED_SERVER,     REASON_NO_POLICY,         SERVER, SPF},        /* 3 */
    {server_named_child,        VERDICT_LIKELY,          REASON_SERVER_CONFIRMED_SIGNATURE, REASON_NO_POLICY,        SERVER, DKIM},       /* 3 */
    {own_child,                 VERDICT_LIKELY,          REASON_SIGNATURE_INTACT,          REASON_NO_POLICY,         LOCAL,  DKIM},       /* 3 */
    {own_spf_with_record,       VERDICT_LIKELY,          REASON_SENT_BY_LISTED_SERVER,     REASON_SPF_ONLY,          LOCAL,  SPF | DMARC}, /* 16 */
    {own_spf_without_record,    VERDICT_LIKELY,          REASON_SENT_BY_LISTED_SERVER,     REASON_NO_POLICY,         LOCAL,  SPF},        /* 3 */

    {pending,                   VERDICT_UNCHECKED,       REASON_PENDING,                   0,                        NONE,   0},
    {trouble,                   VERDICT_UNCHECKED,       REASON_TEMPORARY_TROUBLE,         0,                        NONE,   0},          /* 5 */
    {lasting_trouble,           VERDICT_NOT_ESTABLISHED, REASON_COULD_NOT_CHECK,           0,                        NONE,   0},          /* 5 */

    {own_partial,               VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED,          0,                        LOCAL,  0},          /* 8 */
    {server_named_partial,      VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED,          0,                        SERVER, 0},          /* 8 */
    {own_changed,               VERDICT_NOT_ESTABLISHED, REASON_CHANGED_AFTER_SIGNING,     0,                        LOCAL,  0},          /* 9 */
    {own_testing,               VERDICT_NOT_ESTABLISHED, REASON_TESTING_KEY,               0,                        LOCAL,  0},
    {own_gone,                  VERDICT_NOT_ESTABLISHED, REASON_KEY_GONE,                  0,                        LOCAL,  0},          /* 6 */
    {own_failed_old,            VERDICT_NOT_ESTABLISHED, REASON_TOO_OLD_TO_TELL,           0,                        LOCAL,  0},          /* 6 */
    {own_failed_reject,         VERDICT_CONTRADICTED,    REASON_FAIL_POLICY_REJECT,        0,                        LOCAL,  0},          /* 7 */
    {own_failed_quarantine,     VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_QUARANTINE,    0,                        LOCAL,  0},          /* 7 */
    {own_failed_none,           VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_NONE,          0,                        LOCAL,  0},          /* 7 */
    {spf_anyone,                VERDICT_NOT_ESTABLISHED, REASON_SPF_ANYONE,                0,                        LOCAL,  0},          /* 4 */
    {own_bad,                   VERDICT_NOT_ESTABLISHED, REASON_SIGNATURE_FAILED,          0,                        LOCAL,  0},
    {server_named_bad,          VERDICT_NOT_ESTABLISHED, REASON_SIGNATURE_FAILED,          0,                        SERVER, 0},
    {own_foreign,               VERDICT_NOT_ESTABLISHED, REASON_SIGNED_BY_OTHER,           0,                        LOCAL,  0},          /* 4 */
    {server_named_foreign,      VERDICT_NOT_ESTABLISHED, REASON_SIGNED_BY_OTHER,           0,                        SERVER, 0},          /* 4 */
    {no_session,                VERDICT_NOT_ESTABLISHED, REASON_SPF_NOT_CHECKED,           0,                        LOCAL,  0},          /* 7 */
    {inconclusive,              VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE,         0,                        MIXED,  0},          /* 7 */
    {nobody_looked,             VERDICT_NOT_ESTABLISHED, REASON_NOT_CHECKED,               0,                        NONE,   0},
    {always,                    VERDICT_NOT_ESTABLISHED, REASON_NO_SIGNATURE,              0,                        NONE,   0},
};
/* clang-format on */

/* --- limits: each takes a verified author down to likely
 * ------------------------------------------ */

static bool has_several_authors(const struct verdict *verdict, const struct findings *f) {
    (void)verdict;
    return f->evidence->author.state == AUTHOR_SEVERAL;
}

static bool has_open_fields(const struct verdict *verdict, const struct findings *f) {
    const struct evidence_signature *signature = verdict_reason_carrier(verdict, f);
    return signature && signature->fields_uncovered;
}

static const struct limit {
    bool (*holds)(const struct verdict *verdict, const struct findings *f);
    enum reason_code reason;
} limits[] = {
    {has_several_authors, REASON_SEVERAL_AUTHORS}, /* 2 */
    {has_open_fields, REASON_FIELDS_NOT_COVERED},  /* 8: second copies, fields outside h= */
};

/* --- reading the tables
 * ----------------------------------------------------------------------------- */

static void apply_limits(struct verdict *verdict, const struct findings *f) {
    if (verdict->author != VERDICT_VERIFIED && verdict->author != VERDICT_LIKELY)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(limits); i++)
        if (limits[i].holds(verdict, f)) {
            const struct evidence_signature *signature = verdict_reason_carrier(verdict, f);
            verdict->author = VERDICT_LIKELY;
            verdict_reason_state(verdict, f, limits[i].reason,
                                 signature ? signature->domain : NULL);
        }
}

/* Who did sign it is worth saying wherever nothing is established. */
static void name_stranger(struct verdict *verdict, const struct findings *f) {
    const char *signer = own(f, CLASS_FOREIGN) ? own(f, CLASS_FOREIGN) : stated(f, CLASS_FOREIGN);
    if (verdict->author == VERDICT_NOT_ESTABLISHED && signer &&
        !reason_find(&verdict->reasons, REASON_SIGNED_BY_OTHER))
        verdict_reason_state(verdict, f, REASON_SIGNED_BY_OTHER, signer);
}

/* A server's word that our own look-up of the record completed is no longer the server's alone; and
 * where no header was believed nothing is the server's. */
static enum verdict_source source_of(const struct row *row, const struct findings *f) {
    const struct evidence *e = f->evidence;
    bool gave_policy = server_failed(f) && e->statement.policy == DMARC_POLICY_UNKNOWN;
    bool completed = finding_has_record(e) && (e->dmarc.from_server || gave_policy);
    if (row->source == SOURCE_SERVER && completed)
        return SOURCE_MIXED;
    if (row->source == SOURCE_MIXED && !e->statement.present)
        return SOURCE_LOCAL;
    return row->source;
}

void verdict_table_decide(struct verdict *verdict, const struct findings *findings) {
    const struct row *row = rows;
    const char *subject;
    while (!(subject = row->holds(findings)))
        row++; /* the last row always holds */
    verdict->author = row->author;
    verdict->source = source_of(row, findings);
    verdict->via = row->via;
    if (row->reason == AUTHORS_WORD) {
        enum reason_code code = reason_code_find(findings->evidence->author.why);
        g_assert(code != REASON_NOT_EVALUATED);
        verdict_reason_state(verdict, findings, code, subject);
    } else if (row->reason)
        verdict_reason_state(verdict, findings, row->reason, subject);
    if (row->limit)
        verdict_reason_state(verdict, findings, row->limit, subject);
    apply_limits(verdict, findings);
    name_stranger(verdict, findings);
}

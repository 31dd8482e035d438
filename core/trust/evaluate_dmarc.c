/* SPDX-License-Identifier: MIT
 *
 * The part of the conductor that knows which identifiers go into DMARC (RFC 9989 §4.4), our own and
 * those that a server stated, and where their alignment is kept. */
#include "trust/evaluate_work.h"

#include "base/zeroed.h"
#include "mail/domain.h"
#include "trust/evidence_collect.h"

#include <string.h>

enum { USUAL_SIGNATURES = 8 };

/* Points into itself: not to be copied. */
struct identifiers {
    struct dmarc_identifier *dkim; /* our signatures, then the stated ones: `usual`, or memory of
                                      its own where they are more */
    struct dmarc_identifier usual[USUAL_SIGNATURES];
    guint n_own, n;
    struct dmarc_identifier spf;
    bool from_server, spf_known; /* some SPF check of the session went in */
};

/* Ours are those that dkim_names chose: a crowd of signatures must not eat the questions of a walk.
 * Those whose result does not count here are listed all the same, because their alignment does. */
static void identifiers_fill(struct identifiers *list, const struct evaluate_work *work) {
    const struct evidence *evidence = work->evidence;
    const struct evidence_statement *statement = &evidence->statement;
    bool believed = work->request->mode != VERIFY_ALWAYS;
    *list = (struct identifiers){.n_own = evidence->n_signatures,
                                 .n = evidence->n_signatures + statement->n_dkim};
    list->dkim =
        list->n <= USUAL_SIGNATURES ? list->usual : NEW_ZEROS(struct dmarc_identifier, list->n);
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
    bool stated = believed && evaluate_is_answer(statement->spf);
    if (evaluate_spf_domain(&work->spf) && !stated)
        list->spf =
            (struct dmarc_identifier){evaluate_spf_domain(&work->spf), evidence->spf.result};
    else
        list->from_server |= believed && statement->spf != AUTH_NOT_EVALUATED;
}

static void identifiers_clear(struct identifiers *list) {
    if (list->dkim != list->usual)
        g_free(list->dkim);
}

/* The suffix list only takes away (rule 3). */
static enum dmarc_alignment veto(const struct evaluate_work *work, const char *domain,
                                 enum dmarc_alignment aligned) {
    const char *author = work->author->domain;
    bool apart = domain && strcmp(domain, author) != 0 &&
                 orgdomain_apart(work->request->suffixes, domain, author);
    return apart ? DMARC_UNALIGNED : aligned;
}

/* What the walk said is kept beside it: other belief rules ask for it (evaluate_dmarc_again). */
static void keep_alignment(struct evaluate_work *work, const struct identifiers *list,
                           const struct dmarc_result *result) {
    struct evidence *evidence = work->evidence;
    struct evidence_statement *statement = &evidence->statement;
    for (guint i = 0; i < result->n_dkim && i < list->n_own; i++) {
        evidence->signatures[i].walked = result->dkim[i];
        evidence->signatures[i].aligned = veto(work, list->dkim[i].domain, result->dkim[i]);
    }
    for (guint i = list->n_own; i < result->n_dkim; i++) {
        struct evidence_stated_dkim *stated = &statement->dkim[i - list->n_own];
        stated->walked = result->dkim[i];
        stated->aligned = veto(work, list->dkim[i].domain, result->dkim[i]);
    }
    enum dmarc_alignment spf = veto(work, list->spf.domain, result->spf);
    if (g_strcmp0(evaluate_spf_domain(&work->spf), list->spf.domain) == 0) {
        evidence->spf.walked = result->spf;
        evidence->spf.aligned = spf;
    }
    /* Where the two speak of different domains, that of the server's was not asked. */
    if (g_strcmp0(statement->spf_domain, list->spf.domain) == 0) {
        statement->spf_walked = result->spf;
        statement->spf_aligned = spf;
    }
}

void evaluate_dmarc_ask(const struct evaluate_work *work, struct lookups *lookups) {
    struct identifiers list;
    identifiers_fill(&list, work);
    struct dmarc_input input = {work->author->domain, list.dkim, list.n, list.spf};
    dmarc_names(lookups, &input);
    identifiers_clear(&list);
}

void evaluate_dmarc_check(struct evaluate_work *work, struct lookups *lookups) {
    struct identifiers list;
    identifiers_fill(&list, work);
    struct dmarc_input input = {work->author->domain, list.dkim, list.n, list.spf};
    OWNED(dmarc_result) result = dmarc_check(lookups, &input);
    collect_dmarc(work->evidence, result, list.from_server, list.spf_known);
    keep_alignment(work, &list, result);
    identifiers_clear(&list);
}

/* --- from what was told before --------------------------------------------------------------- */

/* What follows from the names and the author's own walk (RFC 9989 §4.10.2): nobody outside of its
 * organization aligns. UNKNOWN: the other's walk has to be known. */
static enum dmarc_alignment align_by_name(const struct evaluate_work *work,
                                          const struct evidence_dmarc *then, const char *domain) {
    const char *author = work->author->domain;
    if (strcmp(domain, author) == 0)
        return DMARC_ALIGNED_STRICT;
    if (orgdomain_shared_labels(author, domain) == 0 ||
        (then->walk_complete && !domain_is_equal_or_below(domain, then->organizational_domain)))
        return DMARC_UNALIGNED;
    return DMARC_ALIGNMENT_UNKNOWN;
}

/* Takes over what was found about `asked`, if that is who is looked for. */
static void take_walked(enum dmarc_alignment *walked, const char *domain, const char *asked,
                        enum dmarc_alignment then) {
    if (*walked == DMARC_ALIGNMENT_UNKNOWN && g_strcmp0(domain, asked) == 0)
        *walked = then;
}

/* False: nobody asked about that d= then, be it of a signature of ours or of a stated one. */
static bool align_dkim_again(const struct evaluate_work *work, const struct evidence *before,
                             const char *domain, enum dmarc_alignment *walked) {
    *walked = domain ? align_by_name(work, &before->dmarc, domain) : DMARC_ALIGNMENT_UNKNOWN;
    for (guint i = 0; domain && i < before->n_signatures; i++)
        take_walked(walked, domain, before->signatures[i].domain, before->signatures[i].walked);
    for (guint i = 0; domain && i < before->statement.n_dkim; i++)
        take_walked(walked, domain, before->statement.dkim[i].domain,
                    before->statement.dkim[i].walked);
    return !domain || *walked != DMARC_ALIGNMENT_UNKNOWN;
}

static bool align_spf_again(const struct evaluate_work *work, const struct evidence *before,
                            const char *domain, enum dmarc_alignment *walked) {
    if (!domain)
        return true;
    *walked = align_by_name(work, &before->dmarc, domain);
    take_walked(walked, domain, before->spf.domain, before->spf.walked);
    take_walked(walked, domain, before->statement.spf_domain, before->statement.spf_walked);
    return *walked != DMARC_ALIGNMENT_UNKNOWN;
}

static bool is_pass(const struct dmarc_identifier *identifier, enum dmarc_alignment walked) {
    return identifier->domain && identifier->result == AUTH_PASS && walked >= DMARC_ALIGNED_RELAXED;
}

static bool align_all_again(const struct evaluate_work *work, const struct evidence *before,
                            const struct identifiers *list, struct dmarc_result *result) {
    bool known = list->spf.result != AUTH_TEMPERROR;
    for (guint i = 0; i < list->n; i++) {
        known = align_dkim_again(work, before, list->dkim[i].domain, &result->dkim[i]) &&
                list->dkim[i].result != AUTH_TEMPERROR && known;
        result->aligned_by_dkim |= is_pass(&list->dkim[i], result->dkim[i]);
    }
    known = align_spf_again(work, before, list->spf.domain, &result->spf) && known;
    result->aligned_by_spf = is_pass(&list->spf, result->spf);
    return known;
}

bool evaluate_dmarc_again(struct evaluate_work *work, const struct evidence *before) {
    struct evidence_dmarc *dmarc = &work->evidence->dmarc;
    enum auth_result then = before->dmarc.result;
    if (then != AUTH_NONE && then != AUTH_PASS && then != AUTH_FAIL)
        return false;
    struct identifiers list;
    identifiers_fill(&list, work);
    struct dmarc_result result = {.n_dkim = list.n};
    result.dkim = NEW_ZEROS(enum dmarc_alignment, list.n);
    bool known = then == AUTH_NONE || align_all_again(work, before, &list, &result);
    bool passed = result.aligned_by_dkim || result.aligned_by_spf;
    *dmarc = before->dmarc;
    dmarc->from_server = list.from_server;
    dmarc->by_dkim = result.aligned_by_dkim;
    dmarc->by_spf = result.aligned_by_spf;
    dmarc->result = then == AUTH_NONE ? then : passed ? AUTH_PASS : AUTH_FAIL;
    dmarc->reason = dmarc->result == AUTH_FAIL && !list.spf_known ? "spf-not-evaluated" : NULL;
    /* §5.3.6: only a failure asks whether all of its policy is known */
    if (dmarc->result == AUTH_FAIL)
        known = known && dmarc->policy_known;
    keep_alignment(work, &list, &result);
    identifiers_clear(&list);
    g_free(result.dkim);
    return known;
}

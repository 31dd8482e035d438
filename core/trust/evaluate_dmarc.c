/* SPDX-License-Identifier: MIT
 *
 * The part of the conductor that knows which identifiers go into DMARC (RFC 9989 §4.4), our own and
 * those that a server stated, and where their alignment is kept. */
#include "trust/evaluate_work.h"

#include "trust/evidence_collect.h"

#include <string.h>

struct identifiers {
    struct dmarc_identifier *dkim; /* our signatures, then the stated ones */
    guint n_own, n;
    struct dmarc_identifier spf;
    bool from_server, spf_known; /* some SPF check of the session went in */
};

/* Ours are those that dkim_names chose: a crowd of signatures must not eat the questions of a walk.
 * Those whose result does not count here are listed all the same, because their alignment does. */
static void list_identifiers(const struct evaluate_work *work, struct identifiers *list) {
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
    bool stated = believed && evaluate_is_answer(statement->spf);
    if (evaluate_spf_domain(&work->spf) && !stated)
        list->spf =
            (struct dmarc_identifier){evaluate_spf_domain(&work->spf), evidence->spf.result};
    else
        list->from_server |= believed && statement->spf != AUTH_NOT_EVALUATED;
}

/* The suffix list only takes away (rule 3). */
static enum dmarc_alignment veto(const struct evaluate_work *work, const char *domain,
                                 enum dmarc_alignment aligned) {
    const char *author = work->author->domain;
    bool apart = domain && strcmp(domain, author) != 0 &&
                 orgdomain_apart(work->request->suffixes, domain, author);
    return apart ? DMARC_UNALIGNED : aligned;
}

static void keep_alignment(struct evaluate_work *work, const struct identifiers *list,
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

void evaluate_dmarc_ask(const struct evaluate_work *work, struct lookups *lookups) {
    struct identifiers list = {0};
    list_identifiers(work, &list);
    struct dmarc_input input = {work->author->domain, list.dkim, list.n, list.spf};
    dmarc_names(lookups, &input);
    g_free(list.dkim);
}

void evaluate_dmarc_check(struct evaluate_work *work, struct lookups *lookups) {
    struct identifiers list = {0};
    list_identifiers(work, &list);
    struct dmarc_input input = {work->author->domain, list.dkim, list.n, list.spf};
    OWNED(dmarc_result) result = dmarc_check(lookups, &input);
    collect_dmarc(work->evidence, result, list.from_server, list.spf_known);
    keep_alignment(work, &list, result);
    g_free(list.dkim);
}

/* --- from what was told before --------------------------------------------------------------- */

/* What follows from the names alone (RFC 9989 §4.4), or from the one who was asked about then;
 * `asked` and `aligned` may be NULL and unknown. False: nobody knows. */
static bool align_again(const char *author, const char *domain, const char *asked,
                        enum dmarc_alignment then, enum dmarc_alignment *aligned) {
    if (*aligned != DMARC_ALIGNMENT_UNKNOWN)
        return true;
    if (!domain || strcmp(domain, author) == 0)
        *aligned = domain ? DMARC_ALIGNED_STRICT : DMARC_ALIGNMENT_UNKNOWN;
    else if (orgdomain_shared_labels(author, domain) == 0)
        *aligned = DMARC_UNALIGNED;
    else if (asked && strcmp(asked, domain) == 0)
        *aligned = then;
    return !domain || *aligned != DMARC_ALIGNMENT_UNKNOWN;
}

/* A d= that some signature, ours or stated, had then. */
static bool align_dkim_again(const struct evaluate_work *work, const struct evidence *before,
                             const char *domain, enum dmarc_alignment *aligned) {
    const char *author = work->author->domain;
    bool known = align_again(author, domain, NULL, DMARC_ALIGNMENT_UNKNOWN, aligned);
    for (guint i = 0; i < before->n_signatures && !known; i++)
        known = align_again(author, domain, before->signatures[i].domain,
                            before->signatures[i].aligned, aligned);
    for (guint i = 0; i < before->statement.n_dkim && !known; i++)
        known = align_again(author, domain, before->statement.dkim[i].domain,
                            before->statement.dkim[i].aligned, aligned);
    return known;
}

static bool align_spf_again(const struct evaluate_work *work, const struct evidence *before,
                            const char *domain, enum dmarc_alignment *aligned) {
    const char *author = work->author->domain;
    return align_again(author, domain, before->spf.domain, before->spf.aligned, aligned) ||
           align_again(author, domain, before->statement.spf_domain, before->statement.spf_aligned,
                       aligned);
}

/* Where suffix list and walk disagree about a pass, what the walk said is not kept. */
static bool is_pass(const struct evaluate_work *work, const struct dmarc_identifier *identifier,
                    enum dmarc_alignment aligned, bool *known) {
    if (identifier->result == AUTH_TEMPERROR)
        *known = false;
    if (identifier->result != AUTH_PASS || !identifier->domain)
        return false;
    if (aligned == DMARC_UNALIGNED &&
        orgdomain_shared_labels(work->author->domain, identifier->domain) > 0 &&
        veto(work, identifier->domain, DMARC_ALIGNED_RELAXED) == DMARC_UNALIGNED)
        *known = false;
    return aligned >= DMARC_ALIGNED_RELAXED;
}

static bool align_all_again(const struct evaluate_work *work, const struct evidence *before,
                            const struct identifiers *list, struct dmarc_result *result) {
    bool known = true;
    for (guint i = 0; i < list->n; i++) {
        known = align_dkim_again(work, before, list->dkim[i].domain, &result->dkim[i]) && known;
        result->aligned_by_dkim |= is_pass(work, &list->dkim[i], result->dkim[i], &known);
    }
    known = align_spf_again(work, before, list->spf.domain, &result->spf) && known;
    result->aligned_by_spf = is_pass(work, &list->spf, result->spf, &known);
    return known;
}

bool evaluate_dmarc_again(struct evaluate_work *work, const struct evidence *before) {
    struct evidence_dmarc *dmarc = &work->evidence->dmarc;
    enum auth_result then = before->dmarc.result;
    if (then != AUTH_NONE && then != AUTH_PASS && then != AUTH_FAIL)
        return false;
    struct identifiers list = {0};
    list_identifiers(work, &list);
    struct dmarc_result result = {.n_dkim = list.n};
    result.dkim = g_new0(enum dmarc_alignment, list.n);
    bool known = then == AUTH_NONE || align_all_again(work, before, &list, &result);
    bool passed = result.aligned_by_dkim || result.aligned_by_spf;
    *dmarc = before->dmarc;
    dmarc->from_server = list.from_server;
    dmarc->by_dkim = result.aligned_by_dkim;
    dmarc->by_spf = result.aligned_by_spf;
    dmarc->result = then == AUTH_NONE ? then : passed ? AUTH_PASS : AUTH_FAIL;
    dmarc->reason = dmarc->result == AUTH_FAIL && !list.spf_known ? "spf-not-evaluated" : NULL;
    /* §5.3.6: under a record from above, only a failure asked whether all of its policy is known */
    if (then == AUTH_PASS && dmarc->result == AUTH_FAIL)
        known = known && g_strcmp0(dmarc->record_domain, work->author->domain) == 0;
    keep_alignment(work, &list, &result);
    g_free(list.dkim);
    g_free(result.dkim);
    return known;
}

/* SPDX-License-Identifier: MIT
 *
 * The steps in order. Each writes down what it found; the first that is against a logo decides, and
 * with `whole` those behind it run all the same. */
#include "fcgi/brand_check.h"

#include "auth/dmarc.h"
#include "auth/orgdomain.h"
#include "base/limits.h"
#include "fcgi/brand_evidence.h"
#include "mail/domain.h"

#include <string.h>

/* --- the report ----------------------------------------------------------------------------- */

static void step_free(gpointer data) {
    struct brand_step *step = data;
    g_free(step->english);
    g_free(step->japanese);
    g_free(step);
}

const char *brand_work_step(struct brand_work *work, const char *name, enum brand_step_state state,
                            enum brand_said said, const char *const found[static BRAND_FOUND_MAX]) {
    struct brand_step *step = g_new0(struct brand_step, 1);
    *step = (struct brand_step){name, brand_words_code(said), state,
                                brand_words_text(said, found, "en"),
                                brand_words_text(said, found, "ja")};
    g_ptr_array_add(work->report->steps, step);
    return step->english;
}

const char *brand_step_text(const struct brand_step *step, const char *lang) {
    return strcmp(lang, "ja") == 0 ? step->japanese : step->english;
}

/* The first one decides; DNS and network trouble later on do not make a refusal temporary. */
void brand_work_end(struct brand_work *work, enum bimi_result result, enum bimi_reason reason,
                    const char *detail) {
    struct brand_report *report = work->report;
    if (report->result)
        return;
    report->result = result;
    report->reason = reason;
    report->detail = g_strdup(detail);
}

static bool goes_on(const struct brand_work *work) {
    return !work->report->result || work->question->whole;
}

void brand_report_free(struct brand_report *report) {
    g_free(report->detail);
    g_free(report->domain);
    g_free(report->selector);
    g_free(report->location);
    g_free(report->authority);
    g_free(report->organizational_domain);
    if (report->markcert)
        markcert_free(report->markcert);
    if (report->picture)
        svg_report_free(report->picture);
    if (report->svg)
        g_bytes_unref(report->svg);
    g_free(report->sha256);
    g_ptr_array_unref(report->steps);
    g_free(report);
}

/* --- the operator --------------------------------------------------------------------------- */

/* Where no operator is known, what his say depends on. */
static void tell_operators(struct brand_work *work) {
    enum brand_kind kind = work->report->kind;
    brand_work_step(work, "operator", BRAND_STEP_UNKNOWN,
                    kind == BRAND_VMC   ? BRAND_SAID_USUALLY
                    : kind == BRAND_CMC ? BRAND_SAID_UNLESS_STRICT
                                        : BRAND_SAID_IF_ALLOWED,
                    BRAND_FOUND(work->question->domain));
}

static void ask_operator(struct brand_work *work) {
    const struct brand_tools *tools = work->tools;
    const char *domain = work->question->domain;
    enum brand_kind kind = work->report->kind;
    if (!tools->policy) {
        tell_operators(work);
        return;
    }
    bool allowed = brand_policy_allows(tools->policy, domain, kind);
    const char *text = brand_work_step(work, "operator", allowed ? BRAND_STEP_OK : BRAND_STEP_NOT,
                                       allowed ? BRAND_SAID_ALLOWED : BRAND_SAID_REFUSED,
                                       BRAND_FOUND(brand_kind_name(kind), domain));
    if (!allowed)
        brand_work_end(work, BIMI_SKIPPED, BIMI_REASON_OPERATOR, text);
}

/* --- DMARC ---------------------------------------------------------------------------------- */

static enum bimi_policy_word word_of(enum dmarc_policy policy) {
    static const enum bimi_policy_word words[] = {[DMARC_POLICY_UNKNOWN] = BIMI_POLICY_ABSENT,
                                                  [DMARC_POLICY_NONE] = BIMI_POLICY_NONE,
                                                  [DMARC_POLICY_QUARANTINE] =
                                                      BIMI_POLICY_QUARANTINE,
                                                  [DMARC_POLICY_REJECT] = BIMI_POLICY_REJECT};
    return words[policy];
}

static struct bimi_policy policy_of(bool present, const struct dmarc_record *record) {
    return (struct bimi_policy){.present = present,
                                .p = present ? word_of(record->p) : BIMI_POLICY_ABSENT,
                                .sp = present ? word_of(record->sp) : BIMI_POLICY_ABSENT,
                                .testing = present && record->testing,
                                .pct = present ? record->pct : 100};
}

static void tell_policy(struct brand_work *work, const char *name, const char *domain, bool present,
                        const struct dmarc_record *record, bool good) {
    enum brand_step_state state = good ? BRAND_STEP_OK : BRAND_STEP_NOT;
    if (!present) {
        brand_work_step(work, name, state,
                        good ? BRAND_SAID_DMARC_ABSENT : BRAND_SAID_DMARC_MISSING,
                        BRAND_FOUND(domain));
        return;
    }
    const char *p = dmarc_policy_name(record->p), *sp = dmarc_policy_name(record->sp);
    const char *np = dmarc_policy_name(record->np);
    g_autofree char *share =
        record->pct < 100 ? g_strdup_printf(" pct=%u", record->pct) : g_strdup("");
    g_autofree char *policy =
        g_strdup_printf("p=%s%s%s%s%s%s%s", p ? p : "?", sp ? " sp=" : "", sp ? sp : "",
                        np ? " np=" : "", np ? np : "", record->testing ? " t=y" : "", share);
    brand_work_step(work, name, state, good ? BRAND_SAID_DMARC_ENFORCED : BRAND_SAID_DMARC_WEAK,
                    BRAND_FOUND(domain, policy));
}

/* Without any DMARC record the tree walk knows no organization; then the public suffix list names
 * one, for the explanation alone: there is no logo without a policy. What the list sets apart from
 * the domain is not its organization, whatever records are there (verdict rule 3): its assertion
 * record and its certificate are somebody else's. */
static char *organization_of(const struct brand_work *work, const struct dmarc_result *dmarc) {
    const char *domain = work->question->domain, *walked = dmarc->organizational_domain;
    const struct public_suffixes *suffixes = work->tools->suffixes;
    bool known = dmarc->has_author_record || dmarc->has_organizational_record;
    const char *registrable = suffixes ? orgdomain_registrable(suffixes, domain) : NULL;
    if (!known && registrable)
        return g_strdup(registrable);
    bool apart = !walked || (strcmp(walked, domain) != 0 && suffixes &&
                             orgdomain_apart(suffixes, walked, domain));
    return g_strdup(apart ? domain : walked);
}

/* At both domains, and by the policy of the very domain asked about: np= of one that does not exist
 * may be weaker than either. */
static enum bimi_reason judge_policy(const struct dmarc_result *dmarc,
                                     const struct bimi_policy *author,
                                     const struct bimi_policy *organizational, bool same) {
    enum bimi_reason reason = bimi_check_policy(author, organizational, same);
    if (!reason && dmarc->applied_policy < DMARC_POLICY_QUARANTINE)
        reason = BIMI_REASON_SUBDOMAIN_POLICY;
    return reason;
}

static void tell_policies(struct brand_work *work, const struct dmarc_result *dmarc, bool same,
                          enum bimi_reason reason) {
    tell_policy(work, "dmarc", work->question->domain, dmarc->has_author_record,
                &dmarc->author_record,
                reason != BIMI_REASON_AUTHOR_POLICY && reason != BIMI_REASON_NO_POLICY &&
                    !(same && reason));
    if (!same)
        tell_policy(work, "dmarc-organization", dmarc->organizational_domain,
                    dmarc->has_organizational_record, &dmarc->organizational_record,
                    !reason || reason == BIMI_REASON_AUTHOR_POLICY);
}

static void check_policy(struct brand_work *work) {
    struct brand_report *report = work->report;
    const char *domain = work->question->domain;
    struct dmarc_input input = {.author_domain = domain};
    dmarc_names(work->lookups, &input);
    OWNED(dmarc_result) dmarc = dmarc_check(work->lookups, &input);
    report->organizational_domain = organization_of(work, dmarc);
    bool trouble = dmarc->result == AUTH_TEMPERROR || dmarc->result == AUTH_NOT_EVALUATED;
    /* a record of the domain's own ends the trouble for DMARC, not for who it belongs to */
    if (trouble || (dmarc->has_author_record && !dmarc->walk_complete)) {
        const char *why = dmarc_reason_name(trouble ? dmarc->reason : DMARC_REASON_DNS);
        brand_work_step(work, "dmarc", BRAND_STEP_UNKNOWN, BRAND_SAID_DMARC_TROUBLE,
                        BRAND_FOUND(why));
        brand_work_end(work, BIMI_TEMPERROR, BIMI_REASON_DNS, why);
        return;
    }
    const char *walked = dmarc->organizational_domain ? dmarc->organizational_domain : domain;
    bool same = strcmp(walked, domain) == 0;
    struct bimi_policy author = policy_of(dmarc->has_author_record, &dmarc->author_record);
    struct bimi_policy organizational =
        policy_of(dmarc->has_organizational_record, &dmarc->organizational_record);
    enum bimi_reason reason = judge_policy(dmarc, &author, &organizational, same);
    tell_policies(work, dmarc, same, reason);
    if (reason)
        brand_work_end(work, BIMI_SKIPPED, reason, NULL);
}

/* --- the assertion record ------------------------------------------------------------------- */

/* The words of a discovery, as steps. */
static const struct found {
    const char *word;
    enum brand_step_state state;
    enum brand_said said;
} founds[] = {
    {"record", BRAND_STEP_OK, BRAND_SAID_RECORD},
    {"no record", BRAND_STEP_NOT, BRAND_SAID_NO_RECORD},
    {"several records", BRAND_STEP_NOT, BRAND_SAID_SEVERAL_RECORDS},
    {"bad record", BRAND_STEP_NOT, BRAND_SAID_BAD_RECORD},
    {"declined", BRAND_STEP_NOT, BRAND_SAID_DECLINED},
    {"dns error", BRAND_STEP_UNKNOWN, BRAND_SAID_RECORD_TROUBLE},
};

/* What the record says is told of the one that speaks, the last that was found. */
static void tell_names(struct brand_work *work, const struct bimi_discovery *discovery) {
    const struct bimi_record *record = &discovery->record;
    guint speaks = discovery->n_names;
    for (guint i = 0; i < discovery->n_names; i++)
        if (discovery->result == BIMI_PASS && strcmp(discovery->found[i], founds[0].word) == 0)
            speaks = i;
    for (guint i = 0; i < discovery->n_names; i++)
        for (guint j = 0; j < G_N_ELEMENTS(founds); j++)
            if (strcmp(discovery->found[i], founds[j].word) == 0)
                brand_work_step(
                    work, "record", founds[j].state,
                    i == speaks ? BRAND_SAID_RECORD_OF : founds[j].said,
                    BRAND_FOUND(discovery->names[i], record->location, record->authority));
    if (discovery->by_local_part && !work->question->local_part.n)
        brand_work_step(work, "record.local-part", BRAND_STEP_OK, BRAND_SAID_BY_LOCAL_PART,
                        BRAND_FOUND(NULL));
}

static void find_record(struct brand_work *work) {
    struct brand_report *report = work->report;
    struct bimi_discovery discovery;
    struct bimi_query query = {work->question->domain, report->organizational_domain,
                               work->question->selector, work->question->local_part};
    bimi_discover(work->lookups, &query, &discovery);
    tell_names(work, &discovery);
    report->domain = g_strdup(discovery.domain);
    report->selector = g_strdup(discovery.selector);
    report->location = g_strdup(discovery.record.location);
    report->authority = g_strdup(discovery.record.authority);
    report->avatar = discovery.record.avatar;
    report->by_local_part = discovery.by_local_part;
    work->found = discovery.result == BIMI_PASS;
    if (!work->found)
        brand_work_end(work, discovery.result, discovery.reason, NULL);
    bimi_discovery_clear(&discovery);
}

/* --- all of it ------------------------------------------------------------------------------ */

static void run(struct brand_work *work) {
    const struct brand_tools *tools = work->tools;
    check_policy(work);
    if (goes_on(work))
        find_record(work);
    if (!work->found || !goes_on(work))
        return;
    if (!tools->fetch) {
        brand_work_step(work, "fetch", BRAND_STEP_UNKNOWN, BRAND_SAID_OFFLINE, BRAND_FOUND(NULL));
        brand_work_end(work, BIMI_SKIPPED, BIMI_REASON_NOT_FETCHED, NULL);
        return;
    }
    if (work->report->authority)
        brand_evidence_certificate(work);
    else
        brand_evidence_self(work);
    if (work->report->kind && goes_on(work))
        ask_operator(work);
    if (goes_on(work))
        brand_evidence_picture(work);
    if (!work->report->result) {
        g_assert(work->report->svg && work->report->kind);
        brand_work_end(work, BIMI_PASS, BIMI_REASON_NONE, NULL);
    }
}

static struct brand_report *report_new(void) {
    struct brand_report *report = g_new0(struct brand_report, 1);
    report->steps = g_ptr_array_new_with_free_func(step_free);
    return report;
}

struct brand_report *brand_check_certificate(const struct brand_tools *tools,
                                             const struct brand_question *question,
                                             struct span pem) {
    OWNED(lookups) lookups = tools->fetch ? lookups_new(tools->resolver) : NULL;
    struct brand_report *report = report_new();
    struct brand_work work = {
        .tools = tools, .question = question, .report = report, .lookups = lookups};
    report->domain = g_strdup(question->domain);
    report->selector = g_strdup(question->selector);
    report->markcert = brand_evidence_check(&work, pem);
    brand_evidence_whose(&work, report->markcert);
    return report;
}

struct brand_report *brand_check(const struct brand_tools *tools,
                                 const struct brand_question *question) {
    OWNED(lookups) lookups = lookups_new(tools->resolver);
    struct brand_report *report = report_new();
    struct brand_work work = {
        .tools = tools, .question = question, .report = report, .lookups = lookups};
    if (!question->whole && tools->policy &&
        !brand_policy_allows(tools->policy, question->domain, BRAND_VMC))
        brand_work_end(&work, BIMI_SKIPPED, BIMI_REASON_OPERATOR, NULL);
    else
        run(&work);
    if (work.embedded)
        g_bytes_unref(work.embedded);
    if (report->result != BIMI_PASS && report->svg)
        g_clear_pointer(&report->svg, g_bytes_unref);
    return report;
}

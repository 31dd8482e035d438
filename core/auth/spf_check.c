/* SPDX-License-Identifier: MIT
 *
 * auth/spf_check.h: record by record. The names of a record's later terms are asked together when
 * the first term that needs DNS is reached, so that the slowest, not the sum, decides the time. */
#include "auth/spf_check.h"

#include "auth/spf_macro.h"
#include "auth/spf_match.h"
#include "auth/spf_run.h"
#include "base/limits.h"
#include "mail/domain.h"

static const char *const reason_names[SPF_REASON__MAX] = {
    [SPF_REASON_BAD_DOMAIN] = "bad-domain", [SPF_REASON_NO_DOMAIN] = "no-domain",
    [SPF_REASON_NO_RECORD] = "no-record",   [SPF_REASON_DEFAULT] = "default",
    [SPF_REASON_MATCH] = "match",           [SPF_REASON_SEVERAL_RECORDS] = "several-records",
    [SPF_REASON_SYNTAX] = "syntax",         [SPF_REASON_TARGET] = "no-target-record",
    [SPF_REASON_TERMS] = "too-many-terms",  [SPF_REASON_VOIDS] = "too-many-void-lookups",
    [SPF_REASON_MX] = "too-many-mx",        [SPF_REASON_DNS] = "dns-error",
    [SPF_REASON_BOGUS] = "dnssec-bogus",    [SPF_REASON_OVER_BUDGET] = "over-budget",
};

const char *spf_reason_name(enum spf_reason reason) {
    g_assert(reason < SPF_REASON__MAX);
    return reason_names[reason];
}

void spf_result_clear(struct spf_result *result) {
    g_free(result->mechanism);
    g_free(result->explanation);
    *result = (struct spf_result){.result = AUTH_NOT_EVALUATED};
}

/* --- domains -------------------------------------------------------------------------------- */

static bool is_visible_ascii(struct span text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x21 || text.p[i] > 0x7e)
            return false;
    return true;
}

static bool has_good_labels(struct span text) {
    size_t label = 0, dots = 0;
    for (size_t i = 0; i < text.n; i++) {
        label = text.p[i] == '.' ? 0 : label + 1;
        dots += text.p[i] == '.';
        if (label > LIMIT_LABEL || (label == 0 && (i == 0 || text.p[i - 1] == '.')))
            return false;
    }
    return label > 0 && dots > 0 && text.n <= LIMIT_DOMAIN;
}

char *spf_domain_parse(struct span text) {
    if (text.n > LIMIT_SPF_PATH)
        return NULL;
    if (text.n && text.p[text.n - 1] == '.')
        text.n--;
    if (is_visible_ascii(text))
        return has_good_labels(text) && text.p[0] != '[' && span_find(text, '@') == text.n
                   ? span_dup_lower(text)
                   : NULL;
    char *domain = domain_parse(text, DOMAIN_ALLOW_UNDERSCORE, NULL);
    if (domain && domain_labels(domain) < 2)
        g_clear_pointer(&domain, g_free);
    return domain;
}

/* --- check_host() --------------------------------------------------------------------------- */

/* What one record came to. Spans are borrowed from answers, which live as long as the lookups. */
struct outcome {
    enum auth_result result;
    enum spf_reason reason;
    struct span mechanism;
    bool anyone;
    enum dnssec_state dnssec;
};

/* One record under evaluation. */
struct frame {
    struct spf_run *run;
    const char *domain;
    struct spf_record *record;
    struct outcome *outcome;
    char **explanation;
    bool asked_ahead;
};

static void host(struct spf_run *run, const char *domain, struct outcome *outcome,
                 char **explanation);

static void conclude(struct outcome *outcome, enum auth_result result, enum spf_reason reason) {
    outcome->result = result;
    outcome->reason = reason;
}

/* §6.2: whatever goes wrong on the way to an explanation, there is none. */
static void explain(struct frame *frame) {
    struct spf_run *run = frame->run;
    uint32_t letters;
    g_autoptr(GString) name = g_string_new(NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    struct span spec = frame->record->exp;
    if (!spec.p || !spf_macro_is_domain(spec, &letters) ||
        !spf_run_expand(run, frame->domain, spec, letters, name))
        return;
    const struct dns_answer *answer = lookups_answer(run->lookups, name->str, DNS_TXT);
    if (answer->status != DNS_DATA || answer->n != 1 ||
        !spf_macro_is_explanation(answer->records[0], &letters) ||
        !spf_run_explain(run, frame->domain, answer->records[0], letters, text))
        return;
    for (gsize i = 0; i < text->len; i++)
        if ((guchar)text->str[i] >= 0x80)
            return;
    *frame->explanation = g_string_free(g_steal_pointer(&text), FALSE);
}

/* §4.6.4; the PTR question behind "%{p}" is one of the ten. */
static bool count_term(struct frame *frame, uint32_t letters) {
    struct spf_run *run = frame->run;
    run->terms++;
    if ((letters & SPF_LETTER('p')) && !run->client_named) {
        run->client_named = true;
        run->terms++;
    }
    if (run->terms <= LIMIT_SPF_TERMS)
        return true;
    conclude(frame->outcome, AUTH_PERMERROR, SPF_REASON_TERMS);
    return false;
}

static bool expand(struct frame *frame, const struct spf_directive *directive, GString *name) {
    if (directive->domain.p)
        return spf_run_expand(frame->run, frame->domain, directive->domain, directive->letters,
                              name);
    g_string_assign(name, frame->domain);
    return true;
}

static bool asks_dns(const struct spf_directive *directive) {
    return directive->mechanism != SPF_ALL && directive->mechanism != SPF_IP4 &&
           directive->mechanism != SPF_IP6;
}

/* Starts the questions of all terms from this one on that §4.6.4 still lets us reach. */
static void ask_ahead(struct frame *frame, guint from) {
    struct spf_run *run = frame->run;
    const struct spf_record *record = frame->record;
    g_autoptr(GString) name = g_string_new(NULL);
    guint left = LIMIT_SPF_TERMS - MIN(run->terms, LIMIT_SPF_TERMS);
    if (frame->asked_ahead)
        return;
    frame->asked_ahead = true;
    for (guint i = from; i < record->n && left; i++) {
        const struct spf_directive *directive = &record->directives[i];
        if (directive->mechanism == SPF_ALL)
            return;
        if (!asks_dns(directive))
            continue;
        left--;
        if (!(directive->letters & SPF_LETTER('p')) && expand(frame, directive, name))
            spf_match_ask(run, name->str, directive);
    }
    if (left && record->redirect.p && !(record->redirect_letters & SPF_LETTER('p')) &&
        spf_run_expand(run, frame->domain, record->redirect, record->redirect_letters, name))
        lookups_ask(run->lookups, name->str, DNS_TXT);
}

/* §5.2: pass matches; fail, softfail and neutral do not; none is a permerror. */
static void match_include(struct frame *frame, const char *name, struct spf_match *match) {
    struct outcome inner = {.result = AUTH_NOT_EVALUATED};
    host(frame->run, name, &inner, NULL);
    *match = (struct spf_match){.found = SPF_FOUND_OTHER};
    switch (inner.result) {
    case AUTH_PASS:
        match->found = SPF_FOUND;
        match->anyone = inner.anyone;
        match->dnssec = inner.dnssec;
        break;
    case AUTH_FAIL:
    case AUTH_SOFTFAIL:
    case AUTH_NEUTRAL:
        break;
    default:
        match->found = SPF_FOUND_ERROR;
        match->dnssec = inner.dnssec;
        match->error = inner.result == AUTH_TEMPERROR ? AUTH_TEMPERROR : AUTH_PERMERROR;
        match->reason = inner.result == AUTH_NONE ? SPF_REASON_TARGET : inner.reason;
    }
}

/* False if the check ends with an error, which the outcome then holds. */
static bool match_directive(struct frame *frame, guint index, struct spf_match *match) {
    struct spf_run *run = frame->run;
    const struct spf_directive *directive = &frame->record->directives[index];
    *match = (struct spf_match){.found = SPF_FOUND_OTHER, .dnssec = DNSSEC_SECURE};
    if (directive->mechanism == SPF_ALL) {
        match->found = SPF_FOUND;
        match->anyone = true;
        return true;
    }
    if (!asks_dns(directive)) {
        spf_match(run, NULL, directive, match);
        return true;
    }
    ask_ahead(frame, index);
    if (!count_term(frame, directive->letters))
        return false;
    g_autoptr(GString) name = g_string_new(NULL);
    if (!expand(frame, directive, name))
        return true;
    if (directive->mechanism == SPF_INCLUDE)
        match_include(frame, name->str, match);
    else
        spf_match(run, name->str, directive, match);
    if (match->found == SPF_FOUND_ERROR) {
        conclude(frame->outcome, match->error, match->reason);
        frame->outcome->dnssec = dnssec_state_weaker(frame->outcome->dnssec, match->dnssec);
    } else if (match->voided && match->found != SPF_FOUND && ++run->voids > LIMIT_SPF_VOIDS)
        conclude(frame->outcome, AUTH_PERMERROR, SPF_REASON_VOIDS);
    else
        return true;
    return false;
}

/* §6.1: the target's outcome is ours; where it has no record, that is an error of this one. */
static void redirect(struct frame *frame) {
    const struct spf_record *record = frame->record;
    struct outcome *outcome = frame->outcome;
    enum dnssec_state dnssec = outcome->dnssec;
    g_autoptr(GString) name = g_string_new(NULL);
    ask_ahead(frame, record->n);
    if (!count_term(frame, record->redirect_letters))
        return;
    if (!spf_run_expand(frame->run, frame->domain, record->redirect, record->redirect_letters,
                        name)) {
        conclude(outcome, AUTH_PERMERROR, SPF_REASON_TARGET);
        return;
    }
    host(frame->run, name->str, outcome, frame->explanation);
    outcome->dnssec = dnssec_state_weaker(outcome->dnssec, dnssec);
    if (outcome->result == AUTH_NONE)
        conclude(outcome, AUTH_PERMERROR, SPF_REASON_TARGET);
}

/* §4.6.2, §4.7 */
static void evaluate(struct frame *frame) {
    const struct spf_record *record = frame->record;
    struct outcome *outcome = frame->outcome;
    for (guint i = 0; i < record->n; i++) {
        const struct spf_directive *directive = &record->directives[i];
        struct spf_match match;
        if (!match_directive(frame, i, &match))
            return;
        if (match.found != SPF_FOUND)
            continue;
        conclude(outcome, directive->result, SPF_REASON_MATCH);
        outcome->mechanism = directive->text;
        outcome->anyone = match.anyone && directive->result == AUTH_PASS;
        outcome->dnssec = dnssec_state_weaker(outcome->dnssec, match.dnssec);
        if (outcome->result == AUTH_FAIL && frame->explanation)
            explain(frame);
        return;
    }
    if (record->redirect.p)
        redirect(frame);
    else
        conclude(outcome, AUTH_NEUTRAL, SPF_REASON_DEFAULT);
}

/* §4.4, §4.5: the record of `domain` into *terms; false if the outcome stands already. */
static bool find_record(struct spf_run *run, const char *domain, struct span *terms,
                        struct outcome *outcome) {
    enum spf_scope scope = run->question->scope;
    const struct dns_answer *answer = lookups_answer(run->lookups, domain, DNS_TXT);
    enum spf_reason reason = SPF_REASON_NOT_EVALUATED;
    outcome->dnssec = answer->dnssec;
    enum spf_found found = spf_found(answer, &reason);
    if (answer->status == DNS_NOT_ASKED)
        conclude(outcome, AUTH_NOT_EVALUATED, SPF_REASON_NOT_EVALUATED);
    else if (found == SPF_FOUND_ERROR)
        conclude(outcome, AUTH_TEMPERROR, reason);
    else if (found == SPF_FOUND_OTHER) /* §4.3 */
        conclude(outcome, AUTH_NONE, SPF_REASON_BAD_DOMAIN);
    else if (answer->status == DNS_NXDOMAIN) /* §4.3; RFC 4406 §4.3 */
        conclude(outcome, scope == SPF_SCOPE_PRA ? AUTH_FAIL : AUTH_NONE, SPF_REASON_NO_DOMAIN);
    else {
        switch (spf_record_select(answer->records, answer->n, scope, terms)) {
        case SPF_SELECTED_ONE:
            return true;
        case SPF_SELECTED_SEVERAL:
            conclude(outcome, AUTH_PERMERROR, SPF_REASON_SEVERAL_RECORDS);
            break;
        default:
            conclude(outcome, AUTH_NONE, SPF_REASON_NO_RECORD);
        }
    }
    return false;
}

/* Recursion ends with the terms that §4.6.4 counts: each level has used one. */
static void host(struct spf_run *run, const char *domain, struct outcome *outcome,
                 char **explanation) {
    struct span terms;
    if (!domain || domain_labels(domain) < 2) {
        conclude(outcome, AUTH_NONE, SPF_REASON_BAD_DOMAIN);
        return;
    }
    if (!find_record(run, domain, &terms, outcome))
        return;
    OWNED(spf_record) record = spf_record_parse(terms);
    if (!record) {
        conclude(outcome, AUTH_PERMERROR, SPF_REASON_SYNTAX);
        return;
    }
    struct frame frame = {run, domain, record, outcome, explanation, false};
    evaluate(&frame);
}

void spf_check_host(struct lookups *lookups, const struct spf_question *question,
                    struct spf_result *result) {
    struct spf_run run;
    struct outcome outcome = {.result = AUTH_NOT_EVALUATED};
    char *explanation = NULL;
    spf_run_init(&run, lookups, question);
    host(&run, question->domain, &outcome, &explanation);
    *result = (struct spf_result){
        .result = outcome.result,
        .reason = outcome.reason,
        .mechanism = outcome.mechanism.p ? span_dup(outcome.mechanism) : NULL,
        .explanation = explanation,
        .anyone = outcome.anyone,
        .dnssec = outcome.dnssec,
        .terms = run.terms,
        .voids = run.voids,
    };
    spf_run_clear(&run);
}

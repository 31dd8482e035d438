/* SPDX-License-Identifier: MIT
 *
 * auth/spf_check.h: record by record. The names of a record's later terms are asked together when
 * the first term that needs DNS is reached, so that the slowest, not the sum, decides the time. */
#include "auth/spf_check.h"

#include "auth/spf_macro.h"
#include "auth/spf_match.h"
#include "auth/spf_run.h"
#include "base/limits.h"

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

void spf_result_copy(struct spf_result *copy, const struct spf_result *result) {
    *copy = *result;
    copy->mechanism = g_strdup(result->mechanism);
    copy->explanation = g_strdup(result->explanation);
}

/* --- domains -------------------------------------------------------------------------------- */

/* Visible ASCII in labels of 1 to LIMIT_LABEL octets, two at least; the copy is in lower case. */
static bool read_ascii(struct span text, char domain[static DOMAIN_SIZE]) {
    size_t label = 0, dots = 0;
    for (size_t i = 0; i < text.n; i++) {
        label = text.p[i] == '.' ? 0 : label + 1;
        dots += text.p[i] == '.';
        if (label > LIMIT_LABEL || (label == 0 && (i == 0 || text.p[i - 1] == '.')))
            return false;
        domain[i] = g_ascii_tolower(text.p[i]);
    }
    domain[text.n] = '\0';
    return label > 0 && dots > 0 && text.p[0] != '[' && span_find(text, '@') == text.n;
}

static bool is_visible_ascii(struct span text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x21 || text.p[i] > 0x7e)
            return false;
    return true;
}

bool spf_domain_read(struct span text, char domain[static DOMAIN_SIZE]) {
    if (text.n > LIMIT_SPF_PATH)
        return false;
    if (text.n && text.p[text.n - 1] == '.')
        text.n--;
    if (is_visible_ascii(text))
        return text.n <= LIMIT_DOMAIN && read_ascii(text, domain);
    return domain_write(text, DOMAIN_ALLOW_UNDERSCORE, NULL, domain) && domain_labels(domain) > 1;
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
    GString *name; /* that is being asked about; NULL until a domain-spec is expanded */
    bool asked_ahead;
};

static void host(struct spf_run *run, const char *domain, struct outcome *outcome,
                 char **explanation);

static void conclude(struct outcome *outcome, enum auth_result result, enum spf_reason reason) {
    outcome->result = result;
    outcome->reason = reason;
}

/* What a domain-spec stands for, borrowed until the next one is expanded; NULL: it matches nothing
 * (RFC 8616 §4). */
static const char *expand(struct frame *frame, struct span spec, uint32_t letters) {
    if (!frame->name)
        frame->name = g_string_new(NULL);
    return spf_run_expand(frame->run, frame->domain, spec, letters, frame->name) ? frame->name->str
                                                                                 : NULL;
}

/* §6.2: whatever goes wrong on the way to an explanation, there is none. */
static void explain(struct frame *frame) {
    struct spf_run *run = frame->run;
    uint32_t letters;
    struct span spec = frame->record->exp;
    if (!spec.p || !spf_macro_is_domain(spec, &letters))
        return;
    const char *name = expand(frame, spec, letters);
    if (!name)
        return;
    g_autoptr(GString) text = g_string_new(NULL);
    const struct dns_answer *answer = lookups_answer(run->lookups, name, DNS_TXT);
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

/* The name a term asks about, borrowed until the next one is expanded; or NULL. */
static const char *target(struct frame *frame, const struct spf_directive *directive) {
    return directive->domain.p ? expand(frame, directive->domain, directive->letters)
                               : frame->domain;
}

static bool asks_dns(const struct spf_directive *directive) {
    return directive->mechanism != SPF_ALL && directive->mechanism != SPF_IP4 &&
           directive->mechanism != SPF_IP6;
}

/* Starts the questions of all terms from this one on that §4.6.4 still lets us reach. */
static void ask_ahead(struct frame *frame, guint from) {
    struct spf_run *run = frame->run;
    const struct spf_record *record = frame->record;
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
        const char *name = directive->letters & SPF_LETTER('p') ? NULL : target(frame, directive);
        if (name)
            spf_match_ask(run, name, directive);
    }
    if (!left || !record->redirect.p || (record->redirect_letters & SPF_LETTER('p')))
        return;
    const char *name = expand(frame, record->redirect, record->redirect_letters);
    if (name)
        lookups_ask(run->lookups, name, DNS_TXT);
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
    const char *name = target(frame, directive);
    if (!name)
        return true;
    if (directive->mechanism == SPF_INCLUDE)
        match_include(frame, name, match);
    else
        spf_match(run, name, directive, match);
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
    ask_ahead(frame, record->n);
    if (!count_term(frame, record->redirect_letters))
        return;
    const char *name = expand(frame, record->redirect, record->redirect_letters);
    if (!name) {
        conclude(outcome, AUTH_PERMERROR, SPF_REASON_TARGET);
        return;
    }
    host(frame->run, name, outcome, frame->explanation);
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
    run->of_this_sender |=
        answer->status == DNS_NXDOMAIN || spf_record_depends_on_scope(answer->records, answer->n);
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
    struct spf_record record;
    struct frame frame = {run, domain, &record, outcome, explanation, NULL, false};
    if (spf_record_parse(terms, &record))
        evaluate(&frame);
    else
        conclude(outcome, AUTH_PERMERROR, SPF_REASON_SYNTAX);
    spf_record_clear(&record);
    if (frame.name)
        g_string_free(frame.name, TRUE);
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
        .of_any_sender = !run.of_this_sender && outcome.result != AUTH_NOT_EVALUATED &&
                         outcome.result != AUTH_TEMPERROR,
    };
    spf_run_clear(&run);
}

/* SPDX-License-Identifier: MIT
 *
 * Policy discovery, alignment and result. Only look-ups that can change the result are waited for:
 * the organizational domain of a name is the name or a tail of it, so an identifier outside the
 * author's organizational domain is unaligned whatever its own walk would find, and a stranger's
 * broken DNS cannot turn a fail into a temporary error. */
#include "auth/dmarc.h"

#include "mail/domain.h"

static const char *const reason_names[DMARC_REASON__MAX] = {
    [DMARC_REASON_NOT_EVALUATED] = "not-evaluated",
    [DMARC_REASON_ALIGNED] = "aligned",
    [DMARC_REASON_NOT_ALIGNED] = "not-aligned",
    [DMARC_REASON_NOT_AUTHENTICATED] = "not-authenticated",
    [DMARC_REASON_NO_RECORD] = "no-record",
    [DMARC_REASON_SEVERAL_RECORDS] = "discarded-record",
    [DMARC_REASON_NO_POLICY] = "unusable-record",
    [DMARC_REASON_DNS] = "dns-error",
    [DMARC_REASON_BOGUS] = "dnssec-bogus",
    [DMARC_REASON_OVER_BUDGET] = "over-budget",
    [DMARC_REASON_IDENTIFIER_ERROR] = "identifier-error",
    [DMARC_REASON_BAD_DOMAIN] = "bad-domain",
};

const char *dmarc_reason_name(enum dmarc_reason reason) {
    g_assert(reason < DMARC_REASON__MAX);
    return reason_names[reason];
}

/* One evaluation under way. */
struct check {
    struct lookups *lookups;
    const struct dmarc_input *input;
    struct orgdomain_walk walk; /* of the author domain */
    const struct dmarc_record *record;
    struct dmarc_result *result;
    enum dns_status failed; /* why some alignment stayed unknown */
};

static void ask_identifier(struct lookups *lookups, const char *author, const char *domain) {
    if (domain && strcmp(domain, author) != 0 && orgdomain_shared_labels(author, domain) > 1)
        orgdomain_ask(lookups, domain);
}

void dmarc_names(struct lookups *lookups, const struct dmarc_input *input) {
    orgdomain_ask(lookups, input->author_domain);
    lookups_ask(lookups, input->author_domain, DNS_A);
    ask_identifier(lookups, input->author_domain, input->spf.domain);
    for (guint i = 0; i < input->n_dkim; i++)
        ask_identifier(lookups, input->author_domain, input->dkim[i].domain);
}

static enum dmarc_reason reason_of(enum dns_status status) {
    switch (status) {
    case DNS_BOGUS:
        return DMARC_REASON_BOGUS;
    case DNS_OVER_BUDGET:
        return DMARC_REASON_OVER_BUDGET;
    case DNS_BAD_NAME:
        return DMARC_REASON_BAD_DOMAIN;
    default:
        return DMARC_REASON_DNS;
    }
}

static void conclude(struct check *check, enum auth_result result, enum dmarc_reason reason) {
    check->result->result = result;
    check->result->reason = reason;
}

/* §3.2.13: NXDOMAIN, whatever type was asked, means that the name does not exist. */
static enum dmarc_existence existence(struct lookups *lookups, const char *domain) {
    switch (lookups_answer(lookups, domain, DNS_A)->status) {
    case DNS_DATA:
    case DNS_NODATA:
        return DMARC_EXISTS;
    case DNS_NXDOMAIN:
        return DMARC_DOES_NOT_EXIST;
    default:
        return DMARC_EXISTENCE_UNKNOWN;
    }
}

/* §4.10.1: the author domain's record, else its organizational domain's, else its PSD's. */
static const struct orgdomain_step *applicable_step(const struct orgdomain_walk *walk) {
    if (walk->n && walk->steps[0].found)
        return &walk->steps[0];
    return walk->org ? walk->org : walk->psd;
}

static bool discarded_some(const struct orgdomain_walk *walk) {
    for (guint i = 0; i < walk->n; i++)
        if (walk->steps[i].discarded)
            return true;
    return false;
}

/* p for the name itself, sp for an existing name below it, np for one that does not exist. */
static enum dmarc_policy policy_for(const struct dmarc_record *record, bool own,
                                    enum dmarc_existence exists) {
    enum dmarc_policy sp = record->sp ? record->sp : record->p;
    enum dmarc_policy np = record->np ? record->np : sp;
    if (own)
        return record->p;
    if (exists == DMARC_EXISTENCE_UNKNOWN)
        return MIN(sp, np);
    return exists == DMARC_EXISTS ? sp : np;
}

static bool policy_is_known(const struct check *check) {
    const struct dmarc_record *record = check->record;
    return check->walk.steps[0].found || check->result->existence != DMARC_EXISTENCE_UNKNOWN ||
           !record->np || record->np == (record->sp ? record->sp : record->p);
}

/* False if the result stands already: nothing to apply. */
static bool discover(struct check *check) {
    struct dmarc_result *result = check->result;
    const struct orgdomain_walk *walk = &check->walk;
    bool own = walk->n && walk->steps[0].found;
    if (walk->not_asked)
        return false;
    result->organizational_domain = walk->organizational;
    result->walk_complete = !walk->failed;
    result->existence = existence(check->lookups, check->input->author_domain);
    /* Broken names above a record of its own decide nothing yet. */
    result->dnssec = walk->failed && own ? walk->steps[0].dnssec : walk->dnssec;
    if (walk->failed && !own) {
        conclude(check, walk->failed == DNS_BAD_NAME ? AUTH_PERMERROR : AUTH_TEMPERROR,
                 reason_of(walk->failed));
        return false;
    }
    const struct orgdomain_step *step = applicable_step(walk);
    if (!step || step->record.unusable) {
        conclude(check, AUTH_NONE,
                 step                   ? DMARC_REASON_NO_POLICY
                 : discarded_some(walk) ? DMARC_REASON_SEVERAL_RECORDS
                                        : DMARC_REASON_NO_RECORD);
        return false;
    }
    check->record = &step->record;
    result->record_domain = step->domain;
    result->testing = step->record.testing;
    result->policy = policy_for(&step->record, own, result->existence);
    result->applied_policy = result->testing ? dmarc_policy_weaker(result->policy) : result->policy;
    return true;
}

static void copy_records(struct check *check) {
    const struct orgdomain_walk *walk = &check->walk;
    struct dmarc_result *result = check->result;
    if (walk->n && walk->steps[0].found) {
        result->has_author_record = true;
        result->author_record = walk->steps[0].record;
    }
    if (walk->org) {
        result->has_organizational_record = true;
        result->organizational_record = walk->org->record;
    }
}

/* §4.10.2, in the order that needs the fewest look-ups. */
static enum dmarc_alignment align(struct check *check, const char *domain, bool strict) {
    const char *author = check->input->author_domain;
    const struct orgdomain_walk *walk = &check->walk;
    struct orgdomain_walk own;
    if (!domain)
        return DMARC_ALIGNMENT_UNKNOWN;
    if (strcmp(domain, author) == 0)
        return DMARC_ALIGNED_STRICT;
    if (strict || orgdomain_shared_labels(author, domain) == 0)
        return DMARC_UNALIGNED;
    if (walk->failed) {
        check->failed = walk->failed;
        return DMARC_ALIGNMENT_UNKNOWN;
    }
    if (!domain_is_equal_or_below(domain, walk->organizational))
        return DMARC_UNALIGNED;
    orgdomain_walk(check->lookups, domain, &own);
    if (own.failed == DNS_BAD_NAME)
        return DMARC_UNALIGNED;
    if (own.failed) {
        check->failed = own.failed;
        return DMARC_ALIGNMENT_UNKNOWN;
    }
    if (strcmp(own.organizational, walk->organizational) != 0)
        return DMARC_UNALIGNED;
    check->result->dnssec = dnssec_state_weaker(check->result->dnssec, own.dnssec);
    return DMARC_ALIGNED_RELAXED;
}

static void align_all(struct check *check) {
    const struct dmarc_input *input = check->input;
    struct dmarc_result *result = check->result;
    for (guint i = 0; i < input->n_dkim; i++) {
        result->dkim[i] = align(check, input->dkim[i].domain, check->record->strict_dkim);
        result->aligned_by_dkim |=
            input->dkim[i].result == AUTH_PASS && result->dkim[i] >= DMARC_ALIGNED_RELAXED;
    }
    result->spf = align(check, input->spf.domain, check->record->strict_spf);
    result->aligned_by_spf = input->spf.result == AUTH_PASS && result->spf >= DMARC_ALIGNED_RELAXED;
}

/* What one identifier that is not an aligned pass leaves open. */
struct open_questions {
    bool authenticated; /* some identifier passed */
    bool unknown;       /* … and its alignment could not be told */
    bool error;         /* some identifier that may be aligned had a temporary error */
};

static void look(struct open_questions *open, const struct dmarc_identifier *identifier,
                 enum dmarc_alignment alignment) {
    if (!identifier->domain)
        return;
    if (identifier->result == AUTH_PASS) {
        open->authenticated = true;
        open->unknown |= alignment == DMARC_ALIGNMENT_UNKNOWN;
    }
    open->error |= identifier->result == AUTH_TEMPERROR && alignment != DMARC_UNALIGNED;
}

/* §5.3.5, §5.3.6: pass on any aligned identifier; fail only if no look-up that could have given
 * one is missing. */
static void decide(struct check *check) {
    const struct dmarc_input *input = check->input;
    struct dmarc_result *result = check->result;
    struct open_questions open = {0};
    if (result->aligned_by_dkim || result->aligned_by_spf) {
        /* Identical names with a record of their own need no walk: §4.10.2, first condition. */
        if (!result->organizational_domain)
            result->organizational_domain = input->author_domain;
        conclude(check, AUTH_PASS, DMARC_REASON_ALIGNED);
        return;
    }
    look(&open, &input->spf, result->spf);
    for (guint i = 0; i < input->n_dkim; i++)
        look(&open, &input->dkim[i], result->dkim[i]);
    if (open.unknown)
        conclude(check, AUTH_TEMPERROR, reason_of(check->failed));
    else if (open.error)
        conclude(check, AUTH_TEMPERROR, DMARC_REASON_IDENTIFIER_ERROR);
    else if (!result->policy_known)
        conclude(check, AUTH_TEMPERROR, DMARC_REASON_DNS);
    else
        conclude(check, AUTH_FAIL,
                 open.authenticated ? DMARC_REASON_NOT_ALIGNED : DMARC_REASON_NOT_AUTHENTICATED);
}

/* Zeroed, with one alignment for each of so many signatures. */
static struct dmarc_result *result_new(guint n_dkim) {
    gsize size = sizeof(struct dmarc_result) + n_dkim * sizeof(enum dmarc_alignment);
    struct dmarc_result *result = memset(g_malloc(size), 0, size);
    result->dkim = (enum dmarc_alignment *)(result + 1);
    result->n_dkim = n_dkim;
    return result;
}

struct dmarc_result *dmarc_check(struct lookups *lookups, const struct dmarc_input *input) {
    struct dmarc_result *result = result_new(input->n_dkim);
    struct check check = {.lookups = lookups, .input = input, .result = result};
    orgdomain_walk(lookups, input->author_domain, &check.walk);
    copy_records(&check);
    if (discover(&check)) {
        result->policy_known = policy_is_known(&check);
        align_all(&check);
        decide(&check);
    }
    return result;
}

void dmarc_result_free(struct dmarc_result *result) {
    g_free(result);
}

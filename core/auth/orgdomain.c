/* SPDX-License-Identifier: MIT
 *
 * The tree walk. Every name here is a tail of the domain a walk started from, so
 * nothing is copied. */
#include "auth/orgdomain.h"

#include "mail/domain.h"
#include "net/dns_name.h"

guint orgdomain_names(const char *domain, const char *names[static LIMIT_DMARC_WALK]) {
    guint n = 0;
    const char *tail = domain_parent(domain);
    names[n++] = domain;
    while (domain_labels(tail) >= LIMIT_DMARC_WALK) /* §4.10 step 4 */
        tail = domain_parent(tail);
    for (; tail; tail = domain_parent(tail))
        names[n++] = tail;
    return n;
}

/* "_dmarc." before a domain of at most LIMIT_DOMAIN octets; longer ones stay too long for DNS. */
struct record_name {
    char text[LIMIT_DOMAIN + sizeof "_dmarc."];
};

static void record_name(const char *domain, struct record_name *name) {
    struct span prefix = SPAN_LIT("_dmarc.");
    size_t n = strnlen(domain, sizeof name->text - prefix.n - 1);
    memcpy(name->text, prefix.p, prefix.n);
    memcpy(name->text + prefix.n, domain, n);
    name->text[prefix.n + n] = '\0';
}

static void ask_all(struct lookups *lookups, const char *const *names, guint n,
                    struct record_name records[static LIMIT_DMARC_WALK]) {
    for (guint i = 0; i < n; i++) {
        record_name(names[i], &records[i]);
        lookups_ask(lookups, records[i].text, DNS_TXT);
    }
}

void orgdomain_ask(struct lookups *lookups, const char *domain) {
    const char *names[LIMIT_DMARC_WALK];
    struct record_name records[LIMIT_DMARC_WALK];
    ask_all(lookups, names, orgdomain_names(domain, names), records);
}

/* §4.10 step 2: other TXT records do not count, several DMARC records discard each other. */
static void read_step(struct orgdomain_step *step, const struct dns_answer *answer) {
    guint n = 0;
    for (guint i = 0; i < answer->n; i++) {
        enum dmarc_record_status status = dmarc_record_parse(answer->records[i], &step->record);
        if (status != DMARC_RECORD_OTHER)
            n++;
        if (status == DMARC_RECORD_PARSED)
            step->found = true;
    }
    step->found = step->found && n == 1;
    step->discarded = n > 0 && !step->found;
}

/* False if the walk ends here, for good or bad. */
static bool walk_step(struct orgdomain_walk *walk, const char *domain,
                      const struct dns_answer *answer) {
    switch (answer->status) {
    case DNS_NOT_ASKED:
        walk->not_asked = true;
        return false;
    case DNS_TEMPERROR:
    case DNS_BOGUS:
    case DNS_OVER_BUDGET:
        walk->failed = answer->status;
        walk->why = answer->why;
        walk->dnssec = dnssec_state_weaker(walk->dnssec, answer->dnssec);
        return false;
    case DNS_BAD_NAME: /* too long with "_dmarc." in front: nobody can publish there */
    case DNS_DATA:
    case DNS_NODATA:
    case DNS_NXDOMAIN:
        break;
    }
    struct orgdomain_step *step = &walk->steps[walk->n++];
    step->domain = domain;
    step->dnssec = answer->dnssec;
    if (answer->status == DNS_BAD_NAME)
        return true;
    walk->dnssec =
        walk->n == 1 ? answer->dnssec : dnssec_state_weaker(walk->dnssec, answer->dnssec);
    read_step(step, answer);
    return !step->found || step->record.psd == DMARC_PSD_UNDECLARED;
}

/* The tail of `domain` that has one label more than `tail`, itself a proper tail of it. */
static const char *one_label_below(const char *domain, const char *tail) {
    const char *start = tail - 1;
    while (start > domain && start[-1] != '.')
        start--;
    return start;
}

/* §4.10.2. A psd= tag ends the walk, so it can only stand in the last step. */
static void select_organizational(struct orgdomain_walk *walk, const char *domain) {
    const struct orgdomain_step *last = &walk->steps[walk->n - 1], *fewest = NULL;
    for (guint i = 0; i < walk->n; i++)
        if (walk->steps[i].found)
            fewest = &walk->steps[i];

    walk->organizational = fewest ? fewest->domain : domain;
    walk->org = fewest;
    if (!last->found || last->record.psd != DMARC_PSD_YES || last == walk->steps)
        return;
    walk->psd = last;
    walk->organizational = one_label_below(domain, last->domain);
    walk->org = NULL;
    for (guint i = 0; i < walk->n; i++)
        if (walk->steps[i].found && walk->steps[i].domain == walk->organizational)
            walk->org = &walk->steps[i];
}

void orgdomain_walk(struct lookups *lookups, const char *domain, struct orgdomain_walk *walk) {
    const char *names[LIMIT_DMARC_WALK];
    struct record_name records[LIMIT_DMARC_WALK];
    *walk = (struct orgdomain_walk){.why = ""};
    if (!dns_name_fits(domain)) {
        walk->failed = DNS_BAD_NAME;
        walk->why = "not a DNS name";
        return;
    }
    guint n = orgdomain_names(domain, names);
    ask_all(lookups, names, n, records);
    for (guint i = 0; i < n; i++)
        if (!walk_step(walk, names[i], lookups_answer(lookups, records[i].text, DNS_TXT)))
            break;
    if (!walk->failed && !walk->not_asked)
        select_organizational(walk, domain);
}

guint orgdomain_shared_labels(const char *a, const char *b) {
    guint labels = 0;
    for (const char *tail = a; tail; tail = domain_parent(tail))
        labels += domain_is_equal_or_below(b, tail);
    return labels;
}

/* SPDX-License-Identifier: MIT
 *
 * auth/spf_ptr.h: candidates are asked together; those that cannot match are not asked at all. */
#include "auth/spf_ptr.h"

#include "base/limits.h"
#include "mail/domain.h"

char *spf_ptr_name(const struct ip *ip) {
    GString *name = g_string_sized_new(80);
    for (int i = ip->size - 1; i >= 0; i--) {
        if (ip->size == 4)
            g_string_append_printf(name, "%u.", ip->octets[i]);
        else
            g_string_append_printf(name, "%x.%x.", ip->octets[i] & 15u, ip->octets[i] >> 4);
    }
    g_string_append(name, ip->size == 4 ? "in-addr.arpa" : "ip6.arpa");
    return g_string_free(name, FALSE);
}

/* How well a name of the client suits "%{p}" (§7.3); 0 does not suit "ptr". */
static int closeness(const char *name, const char *domain) {
    return domain_is_equal(name, domain) ? 2 : domain_is_equal_or_below(name, domain) ? 1 : 0;
}

/* "All records other than the first 10 MUST be ignored" (§4.6.4). */
static guint candidates(const struct dns_answer *answer) {
    return MIN(answer->n, LIMIT_SPF_PTR);
}

static void ask_candidates(struct spf_run *run, const struct dns_answer *answer, const char *domain,
                           int least) {
    for (guint i = 0; i < candidates(answer); i++)
        if (closeness(answer->records[i].p, domain) >= least)
            lookups_ask(run->lookups, answer->records[i].p, spf_run_address_type(run));
}

static bool holds_client(const struct spf_run *run, const struct dns_answer *answer) {
    const struct ip *ip = &run->question->ip;
    for (guint i = 0; answer->status == DNS_DATA && i < answer->n; i++)
        if (span_eq(answer->records[i], span_make((const char *)ip->octets, ip->size)))
            return true;
    return false;
}

/* The first validated name of at least that closeness; *dnssec and *over get what its answer adds.
 */
static const char *find(struct spf_run *run, const struct dns_answer *names, const char *domain,
                        int closest, enum dnssec_state *dnssec, bool *over) {
    for (guint i = 0; i < candidates(names); i++) {
        const char *name = names->records[i].p;
        if (closeness(name, domain) != closest)
            continue;
        const struct dns_answer *answer =
            lookups_answer(run->lookups, name, spf_run_address_type(run));
        *over = *over || answer->status == DNS_OVER_BUDGET;
        if (!holds_client(run, answer))
            continue;
        *dnssec = dnssec_state_weaker(names->dnssec, answer->dnssec);
        return name;
    }
    return NULL;
}

enum spf_found spf_ptr_match(struct spf_run *run, const char *domain, enum dnssec_state *dnssec,
                             enum spf_reason *reason) {
    const struct dns_answer *names = lookups_answer(run->lookups, spf_run_reverse(run), DNS_PTR);
    g_autofree char *lower = g_ascii_strdown(domain, -1);
    bool over = names->status == DNS_OVER_BUDGET;
    if (names->status == DNS_NODATA || names->status == DNS_NXDOMAIN)
        return SPF_FOUND_NOTHING;
    if (names->status == DNS_DATA) {
        ask_candidates(run, names, lower, 1);
        for (int closest = 2; closest >= 1; closest--)
            if (find(run, names, lower, closest, dnssec, &over))
                return SPF_FOUND;
    }
    *reason = SPF_REASON_OVER_BUDGET;
    return over ? SPF_FOUND_ERROR : SPF_FOUND_OTHER;
}

char *spf_ptr_find(struct spf_run *run, const char *domain) {
    const struct dns_answer *names = lookups_answer(run->lookups, spf_run_reverse(run), DNS_PTR);
    g_autofree char *lower = g_ascii_strdown(domain, -1);
    enum dnssec_state dnssec;
    bool over = false;
    if (names->status != DNS_DATA)
        return NULL;
    ask_candidates(run, names, lower, 0);
    for (int closest = 2; closest >= 0; closest--) {
        const char *name = find(run, names, lower, closest, &dnssec, &over);
        if (name)
            return g_strdup(name);
    }
    return NULL;
}

/* SPDX-License-Identifier: MIT
 *
 * All first questions at once, then TLSA where DNSSEC reaches, then one fetch. */
#include "route/recipient.h"

#include "mail/domain.h"
#include "route/recipient_sts.h"

#include <stdlib.h>
#include <string.h>

void recipient_route_free(struct recipient_route *route) {
    if (!route)
        return;
    for (guint i = 0; i < route->n_hosts; i++)
        g_free(route->hosts[i].name);
    g_free(route->hosts);
    g_free(route->domain);
    mta_sts_policy_free(route->sts);
    g_free(route->sts_why);
    g_free(route->tls_rpt_rua);
    g_free(route);
}

/* --- who takes the mail ---------------------------------------------------------------------- */

static int by_preference(const void *a, const void *b) {
    const struct route_host *x = a, *y = b;
    return x->preference < y->preference ? -1 : x->preference > y->preference;
}

/* "PREFERENCE NAME"; false for what is no host (it is passed over: no mail can go there). */
static bool read_host(struct span record, struct route_host *host) {
    size_t space = span_find(record, ' ');
    g_autofree char *number = span_dup(span_first(record, space));
    host->preference = (guint)strtoul(number, NULL, 10);
    host->name = domain_parse(span_from(record, space + 1), DOMAIN_ALLOW_UNDERSCORE, NULL);
    return host->name != NULL;
}

static void read_hosts(struct recipient_route *route, const struct dns_answer *mx) {
    struct route_host *all = g_new0(struct route_host, mx->n);
    guint n = 0;
    for (guint i = 0; i < mx->n; i++)
        if (read_host(mx->records[i], &all[n]))
            n++;
    qsort(all, n, sizeof *all, by_preference);
    route->more_hosts = n > LIMIT_ROUTE_HOSTS;
    for (guint i = LIMIT_ROUTE_HOSTS; i < n; i++)
        g_free(all[i].name);
    route->hosts = all;
    route->n_hosts = MIN(n, LIMIT_ROUTE_HOSTS);
}

/* RFC 7505 §3: one record, preference 0 of habit, and the root as its name. */
static bool is_null_mx(const struct dns_answer *mx) {
    struct span record = mx->n == 1 ? mx->records[0] : SPAN_NULL;
    return record.p && record.n >= 2 && span_eq(span_from(record, record.n - 2), SPAN_LIT(" ."));
}

/* False: nothing more is to be asked, the summary says why. */
static bool find_hosts(struct recipient_route *route, struct lookups *lookups) {
    const struct dns_answer *mx = lookups_answer(lookups, route->domain, DNS_MX);
    route->dnssec = mx->dnssec;
    if (mx->status == DNS_DATA) {
        route->null_mx = is_null_mx(mx);
        read_hosts(route, mx);
        route->summary = route->n_hosts ? ROUTE_NOT_EVALUATED : ROUTE_NO_MAIL;
    } else if (mx->status == DNS_NODATA) {
        route->implicit = true;
        route->hosts = g_new0(struct route_host, 1);
        route->hosts[0].name = g_strdup(route->domain);
        route->n_hosts = 1;
    } else {
        route->summary = mx->status == DNS_NXDOMAIN ? ROUTE_NO_MAIL : ROUTE_COULD_NOT_CHECK;
    }
    return route->summary == ROUTE_NOT_EVALUATED;
}

/* --- each host ------------------------------------------------------------------------------- */

static void read_addresses(struct route_host *host, struct lookups *lookups) {
    const struct dns_answer *four = lookups_answer(lookups, host->name, DNS_A);
    const struct dns_answer *six = lookups_answer(lookups, host->name, DNS_AAAA);
    host->has_address = four->status == DNS_DATA || six->status == DNS_DATA;
    host->dnssec = dnssec_state_weaker(four->dnssec, six->dnssec);
}

static char *tlsa_name(const struct route_host *host) {
    return g_strconcat("_25._tcp.", host->name, NULL);
}

/* RFC 7672 §2.2: TLSA counts only where MX and addresses are signed. */
static bool is_signed(const struct recipient_route *route, const struct route_host *host) {
    return route->dnssec == DNSSEC_SECURE && host->dnssec == DNSSEC_SECURE;
}

static void check_dane(struct recipient_route *route, struct lookups *lookups) {
    for (guint i = 0; i < route->n_hosts; i++) {
        lookups_ask(lookups, route->hosts[i].name, DNS_A);
        lookups_ask(lookups, route->hosts[i].name, DNS_AAAA);
    }
    for (guint i = 0; i < route->n_hosts; i++) {
        struct route_host *host = &route->hosts[i];
        g_autofree char *name = tlsa_name(host);
        read_addresses(host, lookups);
        if (is_signed(route, host))
            lookups_ask(lookups, name, DNS_TLSA);
    }
    for (guint i = 0; i < route->n_hosts; i++) {
        struct route_host *host = &route->hosts[i];
        g_autofree char *name = tlsa_name(host);
        if (host->dnssec == DNSSEC_BOGUS)
            host->dane = DANE_UNAVAILABLE;
        else if (is_signed(route, host))
            host->dane = dane_check(lookups_answer(lookups, name, DNS_TLSA), &host->usable_tlsa);
        else if (route->dnssec != DNSSEC_NOT_EVALUATED && host->dnssec != DNSSEC_NOT_EVALUATED)
            host->dane = DANE_NONE;
    }
}

/* --- TLS-RPT (RFC 8460 §3) ------------------------------------------------------------------- */

static void read_tls_rpt(struct recipient_route *route, const struct dns_answer *txt) {
    struct span found = SPAN_NULL;
    guint n = 0;
    for (guint i = 0; txt->status == DNS_DATA && i < txt->n; i++)
        if (span_eq(span_first(txt->records[i], 11), SPAN_LIT("v=TLSRPTv1;"))) {
            found = span_from(txt->records[i], 11);
            n++;
        }
    struct span rua = span_trim_wsp(found);
    route->tls_rpt = n == 1;
    if (n != 1 || !span_starts_nocase(rua, SPAN_LIT("rua=")))
        return;
    rua = span_trim_wsp(span_from(rua, 4));
    rua = span_first(rua, span_find(rua, ';'));
    bool plain = rua.n > 0 && rua.n <= LIMIT_TLS_RPT_URI;
    for (size_t i = 0; i < rua.n; i++)
        plain = plain && rua.p[i] >= 0x20 && rua.p[i] < 0x7f;
    route->tls_rpt_rua = plain ? span_dup(rua) : NULL;
}

/* --- what it comes to ------------------------------------------------------------------------ */

/* A sender that honours MTA-STS passes over hosts outside an enforced policy (RFC 8461 §5), and one
 * that honours DANE over those whose TLSA cannot be had: neither is a way that mail takes. */
static bool may_be_used(const struct recipient_route *route, const struct route_host *host) {
    bool enforced = route->sts && route->sts->mode == MTA_STS_ENFORCE;
    return host->has_address && host->dane != DANE_UNAVAILABLE && (!enforced || host->sts);
}

static enum route_summary summarize(struct recipient_route *route) {
    guint used = 0, authenticated = 0;
    bool enforced = route->sts && route->sts->mode == MTA_STS_ENFORCE;
    bool trouble = route->sts_trouble && !route->sts;
    bool unknown = false; /* without validation nobody knows what DANE would demand */
    for (guint i = 0; i < route->n_hosts; i++) {
        struct route_host *host = &route->hosts[i];
        host->sts = route->sts && mta_sts_matches(route->sts, host->name);
        host->authenticated = host->dane == DANE_USABLE || (enforced && host->sts);
        used += may_be_used(route, host);
        authenticated += may_be_used(route, host) && host->authenticated;
        unknown |= !host->authenticated && host->dane == DANE_NOT_EVALUATED;
    }
    if (used == 0)
        return route->implicit && !route->hosts[0].has_address ? ROUTE_NO_MAIL
                                                               : ROUTE_COULD_NOT_CHECK;
    if (authenticated == used && !route->more_hosts)
        return ROUTE_AUTHENTICATED;
    if (trouble || unknown)
        return ROUTE_COULD_NOT_CHECK;
    return authenticated ? ROUTE_PARTLY : ROUTE_OPPORTUNISTIC;
}

struct recipient_route *recipient_route_find(struct lookups *lookups, struct https *https,
                                             struct keep *keep, const char *domain, int64_t now) {
    struct recipient_route *route = g_new0(struct recipient_route, 1);
    g_autofree char *rpt = g_strconcat("_smtp._tls.", domain, NULL);
    route->domain = g_strdup(domain);
    lookups_ask(lookups, domain, DNS_MX);
    lookups_ask(lookups, rpt, DNS_TXT);
    recipient_sts_ask(lookups, domain);
    if (!find_hosts(route, lookups))
        return route;
    check_dane(route, lookups);
    recipient_sts_find(route, lookups, https, keep, now);
    read_tls_rpt(route, lookups_answer(lookups, rpt, DNS_TXT));
    route->summary = summarize(route);
    return route;
}

const char *route_summary_name(enum route_summary summary) {
    static const char *const names[ROUTE__MAX] = {
        NULL, "could-not-check", "no-mail", "opportunistic", "partly", "authenticated"};
    return names[summary];
}

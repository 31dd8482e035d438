/* SPDX-License-Identifier: MIT
 *
 * The way of a reply: can mail to this domain be read or taken on the way? MX with their DNSSEC
 * state, DANE (RFC 7672), MTA-STS (RFC 8461), TLS-RPT (RFC 8460). It tells what the domain demands
 * of a sending server that honours both; it connects to no mail exchanger, and says nothing about
 * a message that was received. */
#ifndef INKAN_ROUTE_RECIPIENT_H
#define INKAN_ROUTE_RECIPIENT_H

#include "base/keep.h"
#include "net/https.h"
#include "net/resolver.h"
#include "route/dane.h"
#include "route/mta_sts.h"

enum route_summary {
    ROUTE_NOT_EVALUATED = 0,
    ROUTE_COULD_NOT_CHECK, /* a look-up that decides had temporary trouble */
    ROUTE_NO_MAIL,         /* null MX (RFC 7505), or a domain without a mail exchanger */
    ROUTE_OPPORTUNISTIC,   /* encryption is up to the servers: who sits between can take it away */
    ROUTE_PARTLY,          /* some exchangers only: who sits between can steer to the others */
    ROUTE_AUTHENTICATED,   /* every exchanger that may be used has to prove itself */
    ROUTE__MAX
};

struct route_host {
    char *name; /* lower-case A-labels */
    guint preference;
    enum dnssec_state dnssec; /* of its addresses */
    bool has_address;
    enum dane_state dane;
    guint usable_tlsa;
    bool sts; /* fits the MTA-STS policy */
    bool authenticated;
};

/* Where the policy in use comes from. */
enum route_policy { ROUTE_POLICY_NONE = 0, ROUTE_POLICY_FETCHED, ROUTE_POLICY_KEPT };

struct recipient_route {
    char *domain;
    enum route_summary summary;
    enum dnssec_state dnssec; /* of the MX records, or of their absence */
    bool implicit;            /* no MX: the domain's own address (RFC 5321 §5.1) */
    bool null_mx;
    bool more_hosts; /* than LIMIT_ROUTE_HOSTS: never better than "partly" */
    struct route_host *hosts;
    guint n_hosts; /* by preference */
    enum mta_sts_record_state sts_record;
    bool sts_trouble; /* the record's look-up, or fetching what it announces, failed */
    enum route_policy sts_from;
    struct mta_sts_policy *sts; /* NULL: none that counts */
    char *sts_why;              /* why there is none although a record is; no full stop */
    bool tls_rpt;               /* a TLS-RPT record is there … */
    char *tls_rpt_rua;          /* … and where reports go, as written */
};

/* Waits for all look-ups and at most one fetch. `domain` is lower-case A-labels; `https` NULL: no
 * policy is fetched, only one kept before counts; `keep` NULL: nothing is remembered (an unexpired
 * policy has to outlive what an attacker can suppress, RFC 8461 §3.3). Never NULL. */
struct recipient_route *recipient_route_find(struct lookups *lookups, struct https *https,
                                             struct keep *keep, const char *domain, int64_t now);
void recipient_route_free(struct recipient_route *route);

/* "authenticated" "partly" "opportunistic" "no-mail" "could-not-check"; NULL if not evaluated. */
const char *route_summary_name(enum route_summary summary);

DEFINE_OWNED(recipient_route, recipient_route_free)

#endif

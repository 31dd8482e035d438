/* SPDX-License-Identifier: MIT
 *
 * check_host() of RFC 7208 §4: may this client send for that domain? Also for Sender ID (RFC 4406
 * §4), which asks the same of other records. Who is asked about, and what a result is worth, is
 * known elsewhere (auth/spf, auth/sender_id, trust/). Limits of §4.6.4; every wait is paid from the
 * budget of the lookups. */
#ifndef INKAN_AUTH_SPF_CHECK_H
#define INKAN_AUTH_SPF_CHECK_H

#include "auth/result.h"
#include "auth/spf_record.h"
#include "base/ip.h"
#include "mail/domain.h"
#include "net/resolver.h"

/* All borrowed. */
struct spf_question {
    struct ip ip;              /* of the client; size 4 or 16 */
    const char *domain;        /* spf_domain_read; NULL: malformed (§4.3, "none") */
    const char *local;         /* local part of <sender>, "postmaster" if it had none */
    const char *sender_domain; /* domain part of <sender> */
    const char *helo;          /* what the client called itself, any octets; "" if not known */
    enum spf_scope scope;
    int64_t now; /* for "%{t}" */
};

enum spf_reason {
    SPF_REASON_NOT_EVALUATED = 0,
    SPF_REASON_BAD_DOMAIN,      /* "bad-domain": malformed, a literal, or a single label (§4.3) */
    SPF_REASON_NO_DOMAIN,       /* "no-domain": NXDOMAIN */
    SPF_REASON_NO_RECORD,       /* "no-record": none */
    SPF_REASON_DEFAULT,         /* "default": no term matched */
    SPF_REASON_MATCH,           /* "match": a term matched */
    SPF_REASON_SEVERAL_RECORDS, /* "several-records": permerror */
    SPF_REASON_SYNTAX,          /* "syntax": permerror */
    SPF_REASON_TARGET,          /* "no-target-record": permerror; an include or redirect leads to a
                                   domain without a record */
    SPF_REASON_TERMS,           /* "too-many-terms": permerror */
    SPF_REASON_VOIDS,           /* "too-many-void-lookups": permerror */
    SPF_REASON_MX,              /* "too-many-mx": permerror */
    SPF_REASON_DNS,             /* "dns-error": temperror */
    SPF_REASON_BOGUS,           /* "dnssec-bogus": temperror */
    SPF_REASON_OVER_BUDGET,     /* "over-budget": temperror */
    SPF_REASON__MAX
};

struct spf_result {
    enum auth_result result; /* NOT_EVALUATED without a resolver; else none neutral pass fail
                                softfail temperror permerror */
    enum spf_reason reason;
    char *mechanism;   /* text of the term that matched, in the record of the domain asked about or
                          of the one that a redirect led to; NULL if none did */
    char *explanation; /* of a fail, as exp= gives it: US-ASCII; NULL if there is none (§6.2) */
    bool anyone; /* a pass that most of the Internet would get: through "+all", a network wider
                    than LIMIT_SPF_WIDEST_4 or _6, or an "exists" that ignores the client */
    enum dnssec_state dnssec; /* the weakest answer among those that led to the deciding term */
    guint terms, voids;       /* counted against §4.6.4 */
    bool of_any_sender; /* neither the local part of <sender> nor the scope went into it: for the
                           same client, HELO, domain and time it is the same */
};

/* Evaluates; waits for answers. *result is overwritten; the caller clears it. */
void spf_check_host(struct lookups *lookups, const struct spf_question *question,
                    struct spf_result *result);
void spf_result_clear(struct spf_result *result);
/* *copy is overwritten; the caller clears it. */
void spf_result_copy(struct spf_result *copy, const struct spf_result *result);

/* The words in quotes above; NULL for SPF_REASON_NOT_EVALUATED. */
const char *spf_reason_name(enum spf_reason reason);

/* A domain as §4.3 takes it: U-labels become A-labels (RFC 8616 §4), letters lower case, one dot at
 * the end dropped; labels of 1 to LIMIT_LABEL octets, two at least. Wider than mail/domain, since
 * DNS is: any visible ASCII octet may occur. False for anything else, literals included; *domain is
 * of no use then. */
bool spf_domain_read(struct span text, char domain[static DOMAIN_SIZE]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * BIMI from a sender's standing to the record that applies
 * (draft-brand-indicators-for-message-identification-14): who may have an indicator at all, and
 * which assertion record speaks for an author domain. Takes a DMARC result as values and does not
 * call DMARC; fetches nothing. Whether the indicator is certified is brand/markcert's business. */
#ifndef INKAN_BRAND_BIMI_H
#define INKAN_BRAND_BIMI_H

#include "brand/bimi_record.h"
#include "net/resolver.h"

#define BIMI_DEFAULT_SELECTOR "default"

/* Words of the "bimi" method of Authentication-Results. */
enum bimi_result {
    BIMI_NOT_EVALUATED = 0,
    BIMI_NONE,      /* no usable assertion record */
    BIMI_PASS,      /* an indicator may be shown */
    BIMI_FAIL,      /* a record is there, but it, its indicator or its evidence is not valid */
    BIMI_TEMPERROR, /* DNS or network trouble */
    BIMI_DECLINED,  /* the domain wants none */
    BIMI_SKIPPED,   /* the message, the domain's policy or the operator does not allow it */
    BIMI_RESULT__MAX
};

/* Why; every one has a stable word (bimi_reason_name) and a sentence (bimi_reason_text). */
enum bimi_reason {
    BIMI_REASON_NONE = 0,
    /* skipped: */
    BIMI_REASON_AUTHOR,              /* "author": not exactly one From with one address */
    BIMI_REASON_DMARC,               /* "dmarc": no DMARC pass */
    BIMI_REASON_DKIM,                /* "dkim": DMARC passed without an aligned signature */
    BIMI_REASON_BODY_LENGTH,         /* "body-length": every aligned signature has l= */
    BIMI_REASON_NO_POLICY,           /* "no-policy": no DMARC record */
    BIMI_REASON_AUTHOR_POLICY,       /* "author-policy": not enforcing at the author domain */
    BIMI_REASON_ORGANIZATION_POLICY, /* "organization-policy": not at the organizational domain */
    BIMI_REASON_SUBDOMAIN_POLICY,    /* "subdomain-policy": sp=none there */
    BIMI_REASON_OPERATOR,            /* "operator": block-list, or not of the kind required */
    BIMI_REASON_NOT_FETCHED,         /* "not-fetched": offline */
    /* none: */
    BIMI_REASON_NO_RECORD,       /* "no-record" */
    BIMI_REASON_SEVERAL_RECORDS, /* "several-records" */
    /* fail: */
    BIMI_REASON_BAD_RECORD, /* "bad-record" */
    BIMI_REASON_BAD_URL,    /* "bad-url" */
    BIMI_REASON_FETCH,      /* "fetch": the server refuses, redirects, sends too much … */
    BIMI_REASON_INDICATOR,  /* "indicator": not SVG Tiny PS */
    BIMI_REASON_EVIDENCE,   /* "evidence": the mark certificate does not hold */
    BIMI_REASON_MISMATCH,   /* "mismatch": l= is not the image that was certified */
    /* temperror: */
    BIMI_REASON_DNS,     /* "dns" */
    BIMI_REASON_NETWORK, /* "network" */
    BIMI_REASON_CHILD,   /* "worker": the sandboxed child was busy or late */
    /* declined: */
    BIMI_REASON_DECLINED, /* "declined" */
    BIMI_REASON__MAX
};

/* One DMARC record as far as it matters here. */
enum bimi_policy_word {
    BIMI_POLICY_ABSENT = 0,
    BIMI_POLICY_NONE,
    BIMI_POLICY_QUARANTINE,
    BIMI_POLICY_REJECT
};

struct bimi_policy {
    bool present;
    enum bimi_policy_word p, sp;
    bool testing; /* t=y: one level weaker (RFC 9989 §4.7) */
    unsigned pct; /* historic; 100 where absent */
};

/* Enforcement at author and organizational domain: quarantine or reject for all mail (after t=,
 * historic pct<100 is none), and no sp=none where subdomains are asked about. Either may be absent
 * if the other speaks for the author domain. NONE: it is enforced. "Authentication Requirements".
 */
enum bimi_reason bimi_check_policy(const struct bimi_policy *author,
                                   const struct bimi_policy *organizational,
                                   bool author_is_organizational);

/* What discovery asks for. Domains: lower-case A-labels. */
struct bimi_query {
    const char *author_domain;
    const char *organizational_domain; /* NULL or equal: no fallback */
    const char *selector;              /* valid, lower case; NULL: "default" */
    struct span local_part;            /* of the author address, for lps=; empty: not known */
};

/* Which record speaks, or why none does. */
struct bimi_discovery {
    enum bimi_result
        result; /* PASS: `record` is there and usable; else NONE FAIL TEMPERROR DECLINED */
    enum bimi_reason reason;
    char *domain;   /* whose record it is: author or organizational domain; NULL: none */
    char *selector; /* under which it was found: the query's, or one made of the local part */
    struct bimi_record record;
    bool by_local_part;       /* some record asks for a look-up under the local part (lps=) */
    enum dnssec_state dnssec; /* of the answers that decided, the weaker */
    char *names[3];           /* what was asked, in order, for a report; NULL where not asked */
    const char *found[3];     /* what each had: "record" "no record" "several records" "bad record"
                                 "declined" "dns error"; static */
    guint n_names;
};

/* Starts the questions of the first step at once. */
void bimi_ask(struct lookups *lookups, const struct bimi_query *query);
/* Reads the answers. Never fails; clear *discovery afterwards. A named selector is never replaced
 * by the default one, at no domain. */
void bimi_discover(struct lookups *lookups, const struct bimi_query *query,
                   struct bimi_discovery *discovery);
void bimi_discovery_clear(struct bimi_discovery *discovery);

/* Stable words; NULL for the zero values. */
const char *bimi_result_name(enum bimi_result result);
const char *bimi_reason_name(enum bimi_reason reason);
/* One sentence without its full stop, Japanese where `lang` is "ja", else English; NULL for NONE.
 */
const char *bimi_reason_text(enum bimi_reason reason, const char *lang);

#endif

/* SPDX-License-Identifier: MIT
 *
 * DMARC (RFC 9989): does an authenticated identifier align with the author domain, and what does
 * the domain ask for where none does. Takes values (who checked DKIM and SPF is not its business)
 * and answers of the lookups. It never quarantines or reports; what a result is worth to a reader
 * is decided in trust/.
 *
 * Domains: A-labels, lower case, no root dot, at least one octet. */
#ifndef INKAN_AUTH_DMARC_H
#define INKAN_AUTH_DMARC_H

#include "auth/dmarc_record.h"
#include "auth/orgdomain.h"
#include "auth/result.h"
#include "base/own.h"
#include "net/resolver.h"

/* One DKIM signature (d=) or the SPF MAIL FROM check. `result` as that mechanism gave it: only
 * AUTH_PASS authenticates; AUTH_TEMPERROR of one that would align keeps the message from failing
 * (§5.3.6). domain NULL: there is no identifier (bare SPF "none"). */
struct dmarc_identifier {
    const char *domain;
    enum auth_result result;
};

struct dmarc_input {
    const char *author_domain;
    const struct dmarc_identifier *dkim; /* in the order the caller wants them back */
    guint n_dkim;
    struct dmarc_identifier
        spf; /* MAIL FROM (null path: postmaster@HELO), never HELO alone (§4.4.2) */
};

enum dmarc_alignment {
    DMARC_ALIGNMENT_UNKNOWN = 0, /* not evaluated: no record applies, or a look-up failed */
    DMARC_UNALIGNED,
    DMARC_ALIGNED_RELAXED, /* same organizational domain, and the record allows relaxed */
    DMARC_ALIGNED_STRICT   /* identical */
};

enum dmarc_reason {
    DMARC_REASON_NOT_EVALUATED = 0, /* "not-evaluated": no resolver */
    DMARC_REASON_ALIGNED,           /* "aligned": pass */
    DMARC_REASON_NOT_ALIGNED, /* "not-aligned": something authenticated, nothing aligned: fail */
    DMARC_REASON_NOT_AUTHENTICATED, /* "not-authenticated": nothing authenticated at all: fail */
    DMARC_REASON_NO_RECORD,         /* "no-record": none */
    DMARC_REASON_SEVERAL_RECORDS,   /* "discarded-record": none, and a name of the walk had several
                                       records or an invalid one */
    DMARC_REASON_NO_POLICY,   /* "unusable-record": none; the record has no usable p and no rua */
    DMARC_REASON_DNS,         /* "dns-error": temperror */
    DMARC_REASON_BOGUS,       /* "dnssec-bogus": temperror */
    DMARC_REASON_OVER_BUDGET, /* "over-budget": temperror */
    DMARC_REASON_IDENTIFIER_ERROR, /* "identifier-error": temperror; DKIM or SPF of an identifier
                                      that would align had one */
    DMARC_REASON_BAD_DOMAIN,       /* "bad-domain": permerror; DNS cannot carry the author domain */
    DMARC_REASON__MAX
};

/* Whether the author domain exists (RFC 8020: NXDOMAIN, or anything else). */
enum dmarc_existence { DMARC_EXISTENCE_UNKNOWN = 0, DMARC_EXISTS, DMARC_DOES_NOT_EXIST };

struct dmarc_result {
    enum auth_result result; /* NOT_EVALUATED none pass fail temperror permerror */
    enum dmarc_reason reason;

    enum dmarc_policy policy; /* the applicable p, sp or np, before t=; UNKNOWN: no record */
    enum dmarc_policy applied_policy; /* after t= */
    bool testing;                     /* t=y */
    /* Both are the author domain of the input or tails of it, and live as long. */
    const char *organizational_domain; /* by tree walk (discovery "treewalk"); set without a record
                                          too; NULL where a look-up failed */
    const char *record_domain; /* the name (without _dmarc.) whose record applies; NULL: none */
    enum dmarc_existence existence;
    bool walk_complete; /* no look-up of the author domain's walk failed */
    bool policy_known;  /* a failure is not temporary for want of knowing which policy applies */

    bool aligned_by_dkim, aligned_by_spf; /* some pass of that mechanism is aligned */
    enum dmarc_alignment *dkim;           /* one for each input signature, whatever its result */
    guint n_dkim;
    enum dmarc_alignment spf;

    enum dnssec_state dnssec; /* the weakest answer among those that decided */

    /* What brand/ asks for: the records at the author domain and at its organizational domain
     * (copies; has_… false where there is none or it is unknown). */
    bool has_author_record, has_organizational_record;
    struct dmarc_record author_record, organizational_record;
};

/* Asks every name that dmarc_check may read, at once: the author domain's walk and its existence
 * first (so that a crowd of identifiers cannot starve them), then the walks of those identifiers
 * that share more than one label with it. input->…result is not read: call before the mechanisms
 * have finished. */
void dmarc_names(struct lookups *lookups, const struct dmarc_input *input);

/* Evaluates; waits for answers. A NULL resolver gives AUTH_NOT_EVALUATED. Never NULL; the caller
 * frees. RFC 9989 §4.10.1, §4.10.2, §5.3. */
struct dmarc_result *dmarc_check(struct lookups *lookups, const struct dmarc_input *input);
void dmarc_result_free(struct dmarc_result *result);

/* The words in quotes above; static. */
const char *dmarc_reason_name(enum dmarc_reason reason);

/* Alignment where no DMARC record applies (verdict rule 3; RFC 9989 gives no answer there). */
enum dmarc_bare_alignment {
    DMARC_BARE_NOT_EVALUATED = 0,
    DMARC_BARE_UNALIGNED,
    DMARC_BARE_LIKELY, /* d= is a child of the author domain, or SPF for the identical domain */
    DMARC_BARE_ALIGNED /* d= is the author domain, or a parent of it that is no public suffix */
};

/* `suffixes` only takes away: a d= that is a public suffix, or names the list sets apart, are
 * unaligned. NULL suffixes: a parent is never aligned, since nobody knows whether it is a suffix.
 */
enum dmarc_bare_alignment dmarc_bare_dkim(const struct public_suffixes *suffixes,
                                          const char *author_domain, const char *signing_domain);
enum dmarc_bare_alignment dmarc_bare_spf(const struct public_suffixes *suffixes,
                                         const char *author_domain, const char *mail_from_domain);

DEFINE_OWNED(dmarc_result, dmarc_result_free)

#endif

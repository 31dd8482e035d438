/* SPDX-License-Identifier: MIT
 *
 * Every step from a domain to its logo, in one place: DMARC policy, assertion record, operator's
 * say, mark certificate, picture. The conductor of brand/: used in the background for mail
 * (fcgi/brands), by `inkan brand DOMAIN` and by GET /brands/{domain}, which show the steps. It
 * waits for the network; it is never called while somebody opens a message. */
#ifndef INKAN_FCGI_BRAND_CHECK_H
#define INKAN_FCGI_BRAND_CHECK_H

#include "base/own.h"
#include "brand/bimi.h"
#include "brand/markcert.h"
#include "brand/svg.h"
#include "fcgi/brand_policy.h"

struct brand_fetch;
struct public_suffixes;
struct resolver;
struct workers;

/* All borrowed. */
struct brand_tools {
    struct resolver *resolver;
    const struct public_suffixes *suffixes;
    struct brand_fetch *fetch; /* NULL: offline */
    struct workers *workers;
    const struct mark_roots *roots;
    const struct brand_policy *policy; /* NULL: no operator is known; every kind is looked at */
    int64_t now;
};

struct brand_question {
    const char *domain;     /* author domain: A-labels, lower case */
    const char *selector;   /* NULL: "default" */
    struct span local_part; /* empty: not known */
    bool whole; /* go on where a logo is already out of the question, to explain it all */
};

enum brand_step_state { BRAND_STEP_OK = 1, BRAND_STEP_NOT, BRAND_STEP_UNKNOWN };

struct brand_step {
    const char *name; /* static: "dmarc", "record", "certificate", "certificate.chain" … */
    const char *code; /* static: what was found, for scripts ("no-record", "expired") */
    enum brand_step_state state;
    char *english, *japanese; /* what was found, for a person */
};

struct brand_report {
    enum bimi_result result;
    enum bimi_reason reason;
    char *detail; /* one sentence more about the reason, or NULL */
    char *domain, *selector, *location, *authority; /* of the record; NULL if none */
    char *organizational_domain;                    /* NULL: not known */
    bool by_local_part; /* a record asks for a look-up under the local part (lps=) */
    enum bimi_avatar avatar;
    enum brand_kind kind;       /* of what was found, if it holds */
    struct markcert *markcert;  /* NULL: there was none to check */
    struct svg_report *picture; /* NULL: none was looked at */
    GBytes *svg;                /* the logo of a PASS, unpacked */
    char *sha256;               /* of it, hex */
    GPtrArray *steps;           /* struct brand_step */
};

/* `lang` is "ja" or, for any other word, English. Borrowed. */
const char *brand_step_text(const struct brand_step *step, const char *lang);

/* Never NULL. The caller frees. */
struct brand_report *brand_check(const struct brand_tools *tools,
                                 const struct brand_question *question);
/* A mark certificate that somebody holds in hand, for the question's domain and selector: its
 * report has ->markcert and the steps of its CRLs, which offline are not fetched. Nothing else is
 * looked at. Never NULL. The caller frees. */
struct brand_report *brand_check_certificate(const struct brand_tools *tools,
                                             const struct brand_question *question,
                                             struct span pem);
void brand_report_free(struct brand_report *report);

DEFINE_OWNED(brand_report, brand_report_free)

#endif

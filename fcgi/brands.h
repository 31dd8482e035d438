/* SPDX-License-Identifier: MIT
 *
 * The second stage: which logo may stand beside a verified author. Reading a verdict asks memory
 * alone; what is missing or due is checked by threads of its own, one domain and selector at a
 * time, so that a thousand messages of a brand fetch its logo once. */
#ifndef INKAN_FCGI_BRANDS_H
#define INKAN_FCGI_BRANDS_H

#include "base/keep.h"
#include "fcgi/brand_check.h"
#include "trust/record.h"

struct brands;
struct https;

/* Borrowed, but `roots`, which become ours. */
struct brands_parts {
    struct keep *keep;
    struct resolver *resolver;
    const struct public_suffixes *suffixes;
    struct workers *workers;
    const struct brand_policy *policy;
    struct mark_roots *roots;
    struct https *https;
};

/* Starts its threads. */
struct brands *brands_new(const struct brands_parts *parts);
/* Ends the threads; a fetch under way has to be ended before (https_stop). */
void brands_free(struct brands *brands);

enum brands_mode {
    BRANDS_READ, /* memory alone: a person opened the message */
    BRANDS_ASK   /* a check is asked for where none was made or one is due: it stands in a list */
};

/* What memory says about the logo of a record's author: fills record->evidence->bimi and derives
 * the verdict again where that changes it. Never waits. */
void brands_apply(struct brands *brands, struct record *record, const struct verdict_policy *policy,
                  enum brands_mode mode);

/* The octets of a logo that passed, as SVG (scale 0) or drawn (1 to 4 times LIMIT_BRAND_SIDE);
 * NULL: not known. The caller unrefs. */
GBytes *brands_logo(struct brands *brands, const char *sha256, unsigned scale);

/* A whole check now, for GET /brands/{domain}: it waits. NULL: too many are waiting already. */
struct brand_report *brands_explain(struct brands *brands, const char *domain,
                                    const char *selector);

/* For /metrics and tests that count. */
struct brands_counts {
    uint64_t asked, checks; /* files asked for over the network; checks made */
    guint waiting;
};
struct brands_counts brands_counts(struct brands *brands);

DEFINE_OWNED(brands, brands_free)

#endif

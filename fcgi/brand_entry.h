/* SPDX-License-Identifier: MIT
 *
 * What is remembered of a domain's logo between two checks: the outcome of fcgi/brand_check, small
 * enough for one value of the store. The picture lies under its own hash. */
#ifndef INKAN_FCGI_BRAND_ENTRY_H
#define INKAN_FCGI_BRAND_ENTRY_H

#include "fcgi/brand_check.h"

struct brand_entry {
    int64_t checked_at, recheck_at;
    enum bimi_result result;
    enum bimi_reason reason;
    enum brand_kind kind;
    bool by_local_part; /* the record wants a look-up under each local part (lps=) */
    char *detail, *domain, *selector, *location, *authority; /* NULL: none */
    char *mark_type, *certified_for, *certified_by, *sha256; /* NULL: none */
    int64_t expires;                                         /* of the certificate; 0: without */
};

/* Out of a finished check; `now` says when the next one is due. */
struct brand_entry *brand_entry_new(const struct brand_report *report, int64_t now);
void brand_entry_free(struct brand_entry *entry);

GBytes *brand_entry_encode(const struct brand_entry *entry);
/* NULL for what brand_entry_encode of this version did not write. */
struct brand_entry *brand_entry_decode(GBytes *value);

/* What `entry` says at `now` into the evidence; a certificate that has expired, or that the
 * operator does not allow (any more), takes the logo away. */
void brand_entry_apply(const struct brand_entry *entry, const struct brand_policy *policy,
                       int64_t now, struct evidence *evidence);

DEFINE_OWNED(brand_entry, brand_entry_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * Logos and verdicts: may this author carry a logo at all, and what does one that was found add?
 * The look-ups and fetches lie between the two and are a second stage of their own (fcgi/brands):
 * a logo belongs to a domain, not to a message, and is judged again after the message is not. */
#ifndef INKAN_TRUST_BRAND_H
#define INKAN_TRUST_BRAND_H

#include "trust/evidence.h"
#include "trust/verdict.h"

/* Whose logo would be drawn; borrowed from the evidence. */
struct brand_claim {
    const char *domain; /* the author domain */
    const char
        *selector; /* of a BIMI-Selector field that the aligned signature covers; else NULL */
    struct span local_part; /* of the author address */
};

/* NONE: the author is verified by an aligned DKIM pass without l= under DMARC, is the only one, and
 * *claim is filled. Else why not: AUTHOR, DMARC, DKIM or BODY_LENGTH. Whether the domain's policy
 * enforces is found out later, for the domain. */
enum bimi_reason brand_claim(const struct evidence *evidence, const struct verdict_policy *policy,
                             int64_t now, struct brand_claim *claim);

/* Raises a verified author to strength `brand` where a VMC holds. Called by verdict_derive. */
void brand_strengthen(struct verdict *verdict, const struct evidence *evidence);

/* A picture may stand beside this verdict: it was found, the author is verified, and nothing about
 * the message is loud. */
bool brand_is_shown(const struct evidence *evidence, const struct verdict *verdict);

/* "vmc" "cmc" "self"; NULL for NONE. */
const char *brand_kind_name(enum brand_kind kind);

#endif

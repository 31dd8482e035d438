/* SPDX-License-Identifier: MIT
 *
 * Evidence sorted for the verdict table: every signature, ours to check or a server's to state, put
 * into one class with respect to the author domain. Here stand alignment (verdict rule 3), coverage
 * (rule 8), age (rule 6) and the public suffix list's veto; what a class means for the author is
 * the table's business. */
#ifndef INKAN_TRUST_FINDING_H
#define INKAN_TRUST_FINDING_H

#include "trust/evidence.h"
#include "trust/verdict.h"

/* Every signature is in one class. */
enum signature_class {
    CLASS_IRRELEVANT = 0,
    CLASS_INTACT,    /* passes, aligned, covers what is shown or all but some fields */
    CLASS_CHILD,     /* the same for a child of the author domain, where no DMARC record applies */
    CLASS_PARTIAL,   /* passes, aligned, but l= leaves text or its Content-Type open */
    CLASS_UNMATCHED, /* a server's pass for an aligned domain that leads to no signature we read:
                        what it covers is not known (rule 8) */
    CLASS_TESTING,   /* passes under a key that is marked as a test (RFC 6376 §3.6.1) */
    CLASS_CHANGED,   /* aligned; holds over the headers, the body is another one (rule 9) */
    CLASS_GONE,      /* aligned; its key is not there any more, 72 h and more after receipt */
    CLASS_FAILED,    /* aligned; does not hold, for any other reason */
    CLASS_FOREIGN,   /* passes for another domain */
    CLASS_TROUBLE,   /* may align; a look-up had temporary trouble */
    CLASS_PENDING,   /* may align; the body is not here yet */
    CLASS__MAX
};

/* The first of each class, top first; among the intact ones, one that covers all shown fields. NULL
 * where there is none. Borrowed from the evidence. */
struct findings {
    const struct evidence *evidence;
    const struct verdict_policy *policy;
    int64_t now;
    const struct evidence_signature *own[CLASS__MAX];
    const struct evidence_stated_dkim *stated[CLASS__MAX];
    const struct evidence_stated_dkim *forwarded[CLASS__MAX];
};

void finding_sort(struct findings *findings, const struct evidence *evidence,
                  const struct verdict_policy *policy, int64_t now);

/* SPF of that statement passed for an aligned MAIL FROM. */
bool finding_spf_aligned(const struct evidence *evidence,
                         const struct evidence_statement *statement);

/* MAIL FROM of our own SPF check is aligned, passed or not; and: it passed, and not just for anyone
 * (rule 4). */
bool finding_own_spf_stands(const struct evidence *evidence);
bool finding_own_spf_aligned(const struct evidence *evidence);

/* A signature of ours is aligned, passed or not: by the record, or without one by labels alone. */
bool finding_is_aligned(const struct evidence *evidence,
                        const struct evidence_signature *signature);

/* Rule 8: l= shorter than the body, or any l= with Content-Type unsigned, covers too little. */
bool finding_is_partial(const struct evidence_signature *signature);

/* A DMARC record of the author domain applies, by our own walk. */
bool finding_has_record(const struct evidence *evidence);

/* More than 72 h lie between receipt and check (rule 6). */
bool finding_is_old(const struct evidence *evidence);

/* What the domain asks for: the server's word and our look-up, the weaker of the two. */
enum dmarc_policy finding_policy(const struct evidence *evidence);

/* Our signature that a stated one speaks of, or NULL. */
const struct evidence_signature *finding_matched(const struct evidence *evidence,
                                                 const struct evidence_stated_dkim *stated);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Classes of signatures. */
#include "trust/finding.h"

#include "base/limits.h"
#include "mail/domain.h"

/* How a domain that authenticated stands to the author domain. */
enum standing {
    STANDING_OTHER = 0,
    STANDING_UNKNOWN, /* DNS trouble keeps it from being known */
    STANDING_CHILD,
    STANDING_ALIGNED
};

bool finding_has_record(const struct evidence *evidence) {
    return evidence->dmarc.result == AUTH_PASS || evidence->dmarc.result == AUTH_FAIL;
}

bool finding_is_old(const struct evidence *evidence) {
    return evidence->checked_at - evidence->received_at > LIMIT_RECEIPT_AGE;
}

static enum standing standing_bare(enum dmarc_bare_alignment bare) {
    switch (bare) {
    case DMARC_BARE_ALIGNED:
        return STANDING_ALIGNED;
    case DMARC_BARE_LIKELY:
        return STANDING_CHILD;
    default:
        return STANDING_OTHER;
    }
}

static const char *organization_of(const struct evidence *evidence) {
    return evidence->author.registrable ? evidence->author.registrable : evidence->author.domain;
}

/* Rule 3. The identical domain is aligned whatever a record says (RFC 9989 §4.4), so DNS trouble
 * with the record cannot take it away; a public suffix never is (bare has that veto). */
static enum standing standing_of(const struct evidence *evidence, const char *domain,
                                 enum dmarc_bare_alignment bare, enum dmarc_alignment aligned) {
    if (domain_is_equal(domain, evidence->author.domain))
        return bare == DMARC_BARE_UNALIGNED ? STANDING_OTHER : STANDING_ALIGNED;
    if (finding_has_record(evidence))
        return aligned == DMARC_ALIGNED_RELAXED || aligned == DMARC_ALIGNED_STRICT
                   ? STANDING_ALIGNED
                   : STANDING_OTHER;
    /* Names that the suffix list sets apart, or that share nothing, stay strangers in any weather.
     */
    if (evidence->dmarc.result == AUTH_TEMPERROR && domain)
        return domain_is_equal_or_below(domain, organization_of(evidence)) ? STANDING_UNKNOWN
                                                                           : STANDING_OTHER;
    return standing_bare(bare);
}

bool finding_is_aligned(const struct evidence *evidence,
                        const struct evidence_signature *signature) {
    return standing_of(evidence, signature->domain, signature->bare, signature->aligned) ==
           STANDING_ALIGNED;
}

const struct evidence_signature *finding_matched(const struct evidence *evidence,
                                                 const struct evidence_stated_dkim *stated) {
    return stated->signature >= 0 ? &evidence->signatures[stated->signature] : NULL;
}

bool finding_is_partial(const struct evidence_signature *signature) {
    return signature->body_uncovered ||
           (signature->body_length_limit >= 0 && signature->content_type_unsigned);
}

/* A sister domain of the author's organization vouches for nothing here, and is no stranger. */
static enum signature_class class_of_other(const struct evidence *evidence, const char *domain) {
    return domain_is_equal_or_below(domain, organization_of(evidence)) ? CLASS_IRRELEVANT
                                                                       : CLASS_FOREIGN;
}

static enum signature_class class_of_pass(enum standing standing,
                                          const struct evidence_signature *signature) {
    if (standing == STANDING_UNKNOWN)
        return CLASS_TROUBLE;
    if (signature && finding_is_partial(signature))
        return CLASS_PARTIAL;
    return standing == STANDING_CHILD ? CLASS_CHILD : CLASS_INTACT;
}

/* Without its signature nobody knows what a stated pass covers; if some were not read, it may have
 * been one that covers next to nothing. */
static enum signature_class class_of_stated_pass(const struct evidence *evidence,
                                                 const struct evidence_stated_dkim *stated,
                                                 enum standing standing) {
    const struct evidence_signature *signature = finding_matched(evidence, stated);
    enum signature_class class = class_of_pass(standing, signature);
    if (signature || class == CLASS_TROUBLE)
        return class;
    if (evidence->signatures_unread)
        return CLASS_PARTIAL;
    return class == CLASS_INTACT ? CLASS_UNMATCHED : class;
}

static enum signature_class class_of_own(const struct evidence *evidence,
                                         const struct evidence_signature *signature) {
    enum standing standing =
        standing_of(evidence, signature->domain, signature->bare, signature->aligned);
    switch (signature->result) {
    case AUTH_PASS:
        if (standing == STANDING_OTHER)
            return class_of_other(evidence, signature->domain);
        /* "MUST NOT treat … differently from unsigned email" (RFC 6376 §3.6.1) */
        if (signature->testing)
            return CLASS_TESTING;
        return class_of_pass(standing, signature);
    case AUTH_TEMPERROR:
        return signature->could_align ? CLASS_TROUBLE : CLASS_IRRELEVANT;
    case AUTH_NOT_EVALUATED:
        return signature->could_align && signature->body_missing ? CLASS_PENDING : CLASS_IRRELEVANT;
    default:
        if (standing != STANDING_ALIGNED)
            return CLASS_IRRELEVANT;
        if (signature->header_hash == AUTH_PASS)
            return CLASS_CHANGED;
        return signature->key_missing && finding_is_old(evidence) ? CLASS_GONE : CLASS_FAILED;
    }
}

static enum signature_class class_of_stated(const struct evidence *evidence,
                                            const struct evidence_statement *statement,
                                            const struct evidence_stated_dkim *stated) {
    if (!stated->domain)
        return CLASS_IRRELEVANT;
    enum standing standing = standing_of(evidence, stated->domain, stated->bare, stated->aligned);
    switch (stated->result) {
    case AUTH_PASS:
        if (standing == STANDING_OTHER)
            return class_of_other(evidence, stated->domain);
        if (statement->dmarc_disputed)
            return CLASS_IRRELEVANT;
        return class_of_stated_pass(evidence, stated, standing);
    case AUTH_FAIL:
    case AUTH_POLICY:
    case AUTH_PERMERROR:
        return standing == STANDING_ALIGNED ? CLASS_FAILED : CLASS_IRRELEVANT;
    default: /* temperror and neutral are no answer (rule 13) */
        return CLASS_IRRELEVANT;
    }
}

static void sort_stated(const struct evidence *evidence, const struct evidence_statement *statement,
                        const struct evidence_stated_dkim *first[CLASS__MAX]) {
    for (guint i = 0; i < statement->n_dkim; i++) {
        const struct evidence_stated_dkim *stated = &statement->dkim[i];
        enum signature_class class = class_of_stated(evidence, statement, stated);
        const struct evidence_signature *signature = finding_matched(evidence, stated);
        if (!first[class] || (class == CLASS_INTACT && signature && !signature->fields_uncovered))
            first[class] = stated;
    }
}

void finding_sort(struct findings *findings, const struct evidence *evidence,
                  const struct verdict_policy *policy, int64_t now) {
    *findings = (struct findings){.evidence = evidence, .policy = policy, .now = now};
    if (!evidence->author.domain)
        return;
    for (guint i = 0; evidence->dkim_evaluated && i < evidence->n_signatures; i++) {
        const struct evidence_signature *signature = &evidence->signatures[i];
        enum signature_class class = class_of_own(evidence, signature);
        if (!findings->own[class] || (class == CLASS_INTACT && !signature->fields_uncovered))
            findings->own[class] = signature;
    }
    sort_stated(evidence, &evidence->statement, findings->stated);
    sort_stated(evidence, &evidence->forwarded, findings->forwarded);
}

/* RFC 9989 §4.4: the identical domain needs no record, but is no public suffix. */
static bool spf_stands(const struct evidence *evidence, const char *domain,
                       enum dmarc_bare_alignment bare, enum dmarc_alignment aligned) {
    if (!domain || !evidence->author.domain)
        return false;
    if (domain_is_equal(domain, evidence->author.domain))
        return bare != DMARC_BARE_UNALIGNED;
    return finding_has_record(evidence) &&
           (aligned == DMARC_ALIGNED_RELAXED || aligned == DMARC_ALIGNED_STRICT);
}

bool finding_spf_aligned(const struct evidence *evidence,
                         const struct evidence_statement *statement) {
    return statement->spf == AUTH_PASS &&
           spf_stands(evidence, statement->spf_domain, statement->spf_bare, statement->spf_aligned);
}

bool finding_own_spf_stands(const struct evidence *evidence) {
    const struct evidence_spf *spf = &evidence->spf;
    return spf_stands(evidence, spf->domain, spf->bare, spf->aligned);
}

bool finding_own_spf_aligned(const struct evidence *evidence) {
    return evidence->spf.result == AUTH_PASS && !evidence->spf.anyone &&
           finding_own_spf_stands(evidence);
}

enum dmarc_policy finding_policy(const struct evidence *evidence) {
    enum dmarc_policy stated = evidence->statement.policy;
    enum dmarc_policy own =
        finding_has_record(evidence) ? evidence->dmarc.applied : DMARC_POLICY_UNKNOWN;
    if (stated == DMARC_POLICY_UNKNOWN || own == DMARC_POLICY_UNKNOWN)
        return MAX(stated, own);
    return MIN(stated, own);
}

/* SPDX-License-Identifier: MIT
 *
 * The message's half of BIMI's preconditions (verdict rules 4, 8, 16 and its page on brands). */
#include "trust/brand.h"

#include "trust/finding.h"
#include "trust/ground.h"

#include <string.h>

/* DMARC passed with this domain's signature: our own evaluation or the server's says so, or d= is
 * the author domain itself, which no record can refuse. */
static bool passes_dmarc(const struct evidence *e, const char *signer, enum dmarc_alignment aligned,
                         enum dmarc_bare_alignment bare) {
    if (strcmp(signer, e->author.domain) == 0)
        return true;
    if (e->dmarc.result == AUTH_PASS)
        return aligned == DMARC_ALIGNED_RELAXED || aligned == DMARC_ALIGNED_STRICT;
    return e->dmarc.result == AUTH_NOT_EVALUATED && e->statement.dmarc == AUTH_PASS &&
           bare == DMARC_BARE_ALIGNED;
}

/* *why is the best that was seen so far: no aligned pass, none under DMARC, only ones with l=. */
static bool carries(const struct evidence_signature *signature, bool dmarc, enum bimi_reason *why) {
    if (!dmarc) {
        if (*why == BIMI_REASON_DKIM)
            *why = BIMI_REASON_DMARC;
        return false;
    }
    if (signature->body_length_limit >= 0)
        *why = BIMI_REASON_BODY_LENGTH;
    return signature->body_length_limit < 0 && !signature->fields_uncovered;
}

static const struct evidence_signature *find_own(const struct evidence *e, enum bimi_reason *why) {
    for (guint i = 0; e->dkim_evaluated && i < e->n_signatures; i++) {
        const struct evidence_signature *s = &e->signatures[i];
        if (s->result == AUTH_PASS && !s->testing && finding_is_aligned(e, s) &&
            carries(s, passes_dmarc(e, s->domain, s->aligned, s->bare), why))
            return s;
    }
    return NULL;
}

/* A server's pass that leads to a signature we can read: what it covers is known (rule 8). */
static const struct evidence_signature *find_stated(const struct evidence *e,
                                                    enum bimi_reason *why) {
    for (guint i = 0; i < e->statement.n_dkim; i++) {
        const struct evidence_stated_dkim *stated = &e->statement.dkim[i];
        const struct evidence_signature *s = finding_matched(e, stated);
        if (stated->result == AUTH_PASS && s && stated->domain &&
            carries(s, passes_dmarc(e, stated->domain, stated->aligned, stated->bare), why))
            return s;
    }
    return NULL;
}

/* "BIMI-Selector … SHOULD be ignored unless covered by the aligned signature". */
static bool covers_selector(const struct evidence_signature *signature) {
    for (guint i = 0; signature->signed_headers[i]; i++)
        if (strcmp(signature->signed_headers[i], "bimi-selector") == 0)
            return true;
    return false;
}

static bool is_verified(const struct findings *f) {
    return f->evidence->author.state == AUTHOR_ONE && !ground_in_own_mailbox(f) &&
           !ground_server_failed(f) &&
           (ground_server_passed_signature(f) || ground_own_intact(f) ||
            ground_server_named_signature(f));
}

enum bimi_reason brand_claim(const struct evidence *evidence, const struct verdict_policy *policy,
                             int64_t now, struct brand_claim *claim) {
    struct findings findings;
    enum bimi_reason why = BIMI_REASON_DKIM;
    *claim = (struct brand_claim){0};
    if (evidence->author.state != AUTHOR_ONE)
        return BIMI_REASON_AUTHOR;
    finding_sort(&findings, evidence, policy, now);
    const struct evidence_signature *carrier = find_own(evidence, &why);
    if (!carrier)
        carrier = find_stated(evidence, &why);
    if (!carrier)
        return why;
    if (!is_verified(&findings))
        return BIMI_REASON_DMARC;
    const char *at = strrchr(evidence->author.address, '@');
    claim->domain = evidence->author.domain;
    claim->selector = covers_selector(carrier) ? evidence->bimi.selector_field : NULL;
    claim->local_part =
        span_make(evidence->author.address, (size_t)(at - evidence->author.address));
    return BIMI_REASON_NONE;
}

void brand_strengthen(struct verdict *verdict, const struct evidence *evidence) {
    const struct evidence_bimi *bimi = &evidence->bimi;
    if (verdict->author != VERDICT_VERIFIED || bimi->result != BIMI_PASS ||
        bimi->kind != BRAND_VMC || !bimi->certified_for)
        return;
    verdict->strength = STRENGTH_BRAND;
    verdict->identity = texts_add(&verdict->texts, bimi->certified_for);
}

bool brand_is_shown(const struct evidence *evidence, const struct verdict *verdict) {
    const struct evidence_bimi *bimi = &evidence->bimi;
    return verdict->author == VERDICT_VERIFIED && verdict->level != LEVEL_CAUTION &&
           verdict->level != LEVEL_FORGED && bimi->result == BIMI_PASS && bimi->kind &&
           bimi->sha256;
}

const char *brand_kind_name(enum brand_kind kind) {
    static const char *const names[BRAND_KIND__MAX] = {
        [BRAND_SELF] = "self", [BRAND_CMC] = "cmc", [BRAND_VMC] = "vmc"};
    return names[kind];
}

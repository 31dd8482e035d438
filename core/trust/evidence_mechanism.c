/* SPDX-License-Identifier: MIT
 *
 * Copying what the other mechanisms found: SPF and Sender ID, DMARC, DomainKeys, and the fields of
 * drafts that are only counted. The signatures and the servers' words are in evidence_collect.c. */
#include "trust/evidence_collect.h"

/* --- SPF, Sender ID ------------------------------------------------------------------------- */

static const char *spf_reason(const struct spf_result *result) {
    bool explained = result->result == AUTH_NONE || result->result == AUTH_TEMPERROR ||
                     result->result == AUTH_PERMERROR;
    return explained ? spf_reason_name(result->reason) : NULL;
}

static void collect_identity(struct evidence *evidence, struct evidence_spf *into,
                             const struct spf_identity *identity, const struct ip *client) {
    const struct spf_result *result = &identity->result;
    *into = (struct evidence_spf){
        .result = result->result,
        .reason = spf_reason(result),
        .domain = evidence_text(evidence, identity->domain),
        .client_ip = evidence_ip(evidence, client),
        .mechanism = evidence_text(evidence, result->mechanism),
        .explanation = evidence_text(evidence, result->explanation),
        .dnssec = result->dnssec,
        .anyone = result->anyone,
    };
}

void collect_spf(struct evidence *evidence, const struct spf_check *check,
                 const struct public_suffixes *suffixes) {
    const char *author = evidence->author.domain;
    collect_identity(evidence, &evidence->spf, &check->mail_from, &check->ip);
    if (author && evidence->spf.domain)
        evidence->spf.bare = dmarc_bare_spf(suffixes, author, evidence->spf.domain);
}

void collect_spf_helo(struct evidence *evidence, const struct spf_check *check) {
    collect_identity(evidence, &evidence->spf_helo, &check->helo, &check->ip);
}

void collect_sender_id(struct evidence *evidence, const struct sender_id *sender_id) {
    evidence->sender_id = (struct evidence_sender_id){
        .evaluated = true,
        .result = sender_id->result.result,
        .reason = spf_reason(&sender_id->result),
        .pra = evidence_text(evidence, sender_id->pra),
        .dnssec = sender_id->result.dnssec,
    };
}

/* --- DMARC ---------------------------------------------------------------------------------- */

void collect_dmarc(struct evidence *evidence, const struct dmarc_result *result, bool from_server,
                   bool spf_known) {
    bool erred = result->result == AUTH_TEMPERROR || result->result == AUTH_PERMERROR;
    bool one_sided = result->result == AUTH_FAIL && !spf_known;
    evidence->dmarc = (struct evidence_dmarc){
        .result = result->result,
        .from_server = from_server,
        .policy = result->policy,
        .applied = result->applied_policy,
        .organizational_domain = evidence_text(evidence, result->organizational_domain),
        .record_domain = evidence_text(evidence, result->record_domain),
        .by_dkim = result->aligned_by_dkim,
        .by_spf = result->aligned_by_spf,
        .testing = result->testing,
        .walk_complete = result->walk_complete,
        .policy_known = result->policy_known,
        .dnssec = result->dnssec,
        .reason = erred       ? dmarc_reason_name(result->reason)
                  : one_sided ? "spf-not-evaluated"
                              : NULL,
    };
}

/* --- history and drafts --------------------------------------------------------------------- */

void collect_domainkeys(struct evidence *evidence, const struct domainkeys_check *check) {
    evidence->domainkeys = (struct evidence_domainkeys){
        .evaluated = true,
        .result = check->result,
        .reason = dkim_reason_name(check->reason),
        .domain = evidence_text(evidence, check->domain),
        .selector = evidence_text(evidence, check->selector),
        .policy = domainkeys_policy_name(check->policy),
        .testing = check->testing,
        .dnssec = check->dnssec,
    };
}

void collect_dkim2(struct evidence *evidence, const struct message *message) {
    evidence->n_dkim2 =
        message_count(message, "DKIM2-Signature") + message_count(message, "Message-Instance");
}

void collect_bimi_selector(struct evidence *evidence, const struct message *message) {
    int at = message_find(message, "BIMI-Selector", 0);
    if (at < 0 || message_count(message, "BIMI-Selector") > 1)
        return;
    g_autofree char *selector = bimi_selector_parse(message->fields[at].value);
    evidence->bimi.selector_field = evidence_text(evidence, selector);
}

/* SPDX-License-Identifier: MIT */
#include "trust/evaluate_reputation.h"

/* A client of the border that the Internet cannot reach is a proxy or a host of ours. */
static bool find_client(const struct evaluate_request *request, const struct border_session *border,
                        struct ip *ip) {
    if (request->session_known)
        return request->client_ip && ip_parse(span_of(request->client_ip), ip);
    if (!border->known || !border->client_is_global || request->role != MAILBOX_RECEIVED)
        return false;
    *ip = border->hop->ip;
    return true;
}

struct dnsbl_check *evaluate_reputation_new(const struct evaluate_request *request,
                                            const struct border_session *border,
                                            const struct evidence *evidence) {
    struct ip ip = {.size = 0};
    if (!request->reputation || dnsbl_lists_count(request->reputation) == 0 ||
        request->mode == VERIFY_NEVER)
        return NULL;
    bool from_outside = !evidence->session.submitted && find_client(request, border, &ip);
    return dnsbl_new(request->reputation, from_outside ? &ip : NULL, evidence->author.domain,
                     evidence->author.registrable);
}

void evaluate_reputation_ask(const struct dnsbl_check *check, struct lookups *lookups) {
    lookups_as(lookups, LOOKUPS_REPUTATION);
    if (check)
        dnsbl_names(check, lookups);
    else
        lookups_settle(lookups, LOOKUPS_REPUTATION);
}

void evaluate_reputation_check(struct dnsbl_check *check, struct lookups *lookups,
                               struct evidence *evidence) {
    if (!check)
        return;
    lookups_as(lookups, LOOKUPS_REPUTATION);
    lookups_settle(lookups, LOOKUPS_INFORMATION);
    dnsbl_names(check, lookups); /* those for which there was no room before */
    dnsbl_verify(check, lookups);
    evidence->reputation_evaluated = true;
    evidence->reputation = g_new0(struct evidence_reputation, check->n);
    evidence->n_reputation = check->n;
    for (guint i = 0; i < check->n; i++) {
        const struct dnsbl_result *result = &check->results[i];
        evidence->reputation[i] =
            (struct evidence_reputation){.list = evidence_text(evidence, result->zone),
                                         .subject = evidence_text(evidence, result->subject),
                                         .kind = result->kind,
                                         .state = result->state,
                                         .meaning = evidence_text(evidence, result->meaning)};
    }
}

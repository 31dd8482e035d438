/* SPDX-License-Identifier: MIT
 *
 * ARC-Authentication-Results is parsed with the grammar of Authentication-Results and never taken
 * for one (attacks D103): it counts, if at all, as the word of its sealer. */
#include "trust/evidence_arc.h"

#include "trust/evidence_collect.h"

static const char *sealer_of(const struct arc_chain *chain, guint instance) {
    return chain->sets[instance - 1].seal->domain;
}

/* A key marked as a test is as good as none (RFC 6376 §3.6.1). */
static guint proved_from(const struct arc_check *check) {
    guint instance = check->instance;
    while (check->result == AUTH_PASS && instance > 0 && !arc_seal_testing(check, instance))
        instance--;
    return instance + 1;
}

void evidence_arc_collect(struct evidence *evidence, const struct arc_check *check) {
    g_autofree char *reason = arc_reason(check);
    evidence->arc = (struct evidence_arc){
        .evaluated = true,
        .result = check->result,
        .instance = check->instance,
        .sealer = evidence_text(evidence, check->sealer),
        .oldest_pass = check->oldest_pass,
        .dnssec = check->dnssec,
        .reason = evidence_text(evidence, reason),
        .temporary = check->temporary,
        .covers_shown = check->covers_shown,
        .proved_from = proved_from(check),
    };
}

/* The oldest set from which on every sealer is named; 0 if the newest is not. */
static guint oldest_trusted(const struct evidence_arc *arc, const struct arc_chain *chain,
                            const struct belief_rules *rules) {
    guint instance = arc->instance;
    if (arc->result != AUTH_PASS || chain->n != instance)
        return 0;
    while (instance > 0 && instance >= arc->proved_from &&
           belief_trusts_sealer(rules, sealer_of(chain, instance)))
        instance--;
    return instance == arc->instance ? 0 : instance + 1;
}

static bool is_usable(const struct authres_field *field) {
    return !(field->flags & (AUTHRES_UNCLOSED | AUTHRES_CUT | AUTHRES_BAD_ID)) &&
           field->version == 1;
}

void evidence_arc_believe(struct evidence *evidence, const struct arc_chain *chain,
                          const struct dkim_check *dkim, const struct belief_rules *rules,
                          const struct public_suffixes *suffixes) {
    struct evidence_arc *arc = &evidence->arc;
    guint instance = oldest_trusted(arc, chain, rules);
    arc->trusted = instance > 0;
    arc->unsettled = arc->temporary && belief_trusts_sealer(rules, arc->sealer);
    if (!instance || !arc->covers_shown || evidence->forwarded.present)
        return;
    OWNED(authres) results = authres_parse(chain->sets[instance - 1].results);
    if (!is_usable(&results->field[0]))
        return;
    results->field[0].believed = true;
    /* Nobody's profile: how the account's own servers write says nothing about the sealer. */
    OWNED(belief_rules) nobody = belief_rules_new();
    OWNED(statement) said = statement_new(results, nobody, evidence->author.domain, NULL);
    collect_statement(evidence, &evidence->forwarded, said, results, dkim, nobody, suffixes);
    evidence->forwarded.forwarder = evidence_text(evidence, sealer_of(chain, instance));
    evidence->forwarded.sealed = true;
}

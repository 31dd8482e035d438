/* SPDX-License-Identifier: MIT
 *
 * evidence → JSON: one function an object. */
#include "fcgi/json_evidence.h"

#include "fcgi/json_brand.h"
#include "fcgi/json_emit.h"
#include "fcgi/json_sign.h"
#include "fcgi/json_verdict.h"
#include "trust/finding.h"

static void emit_result(GString *out, const char *key, enum auth_result result) {
    json_emit_text(out, key, auth_result_name(result));
}

static void emit_properties(GString *out, const char *key,
                            const struct evidence_property *properties, guint n) {
    json_emit_open(out, key, '{');
    for (guint i = 0; i < n; i++)
        json_emit_named(out, properties[i].name, properties[i].value);
    json_emit_close(out, '}');
}

static void emit_stated(GString *out, const struct evidence_result *result) {
    json_emit_open(out, NULL, '{');
    json_emit_text(out, "method", result->method);
    json_emit_text(out, "result", result->word);
    json_emit_text(out, "reason", result->reason);
    json_emit_text(out, "comment", result->comment);
    emit_properties(out, "properties", result->properties, result->n_properties);
    emit_properties(out, "extra", result->properties + result->n_properties, result->n_extra);
    json_emit_close(out, '}');
}

static void emit_authentication_results(GString *out, const struct evidence *evidence) {
    json_emit_open(out, "authenticationResults", '[');
    for (guint i = 0; i < evidence->n_authres; i++) {
        const struct evidence_authres *field = &evidence->authres[i];
        json_emit_open(out, NULL, '{');
        json_emit_text(out, "authservId", field->authserv_id);
        json_emit_boolean(out, "believed", field->believed);
        json_emit_text(out, "why", field->why);
        json_emit_open(out, "results", '[');
        for (guint j = 0; j < field->n_results; j++)
            emit_stated(out, &field->results[j]);
        json_emit_close(out, ']');
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

/* An integer where there is one, else null. */
static void emit_known(GString *out, const char *key, bool known, int64_t value) {
    if (known)
        json_emit_integer(out, key, value);
    else
        json_emit_null(out, key);
}

static void emit_signature(GString *out, const struct evidence *evidence,
                           const struct evidence_signature *s) {
    json_emit_open(out, NULL, '{');
    emit_result(out, "result", s->result);
    json_emit_text(out, "reason", s->reason);
    json_emit_text(out, "domain", s->domain);
    json_emit_text(out, "selector", s->selector);
    json_emit_text(out, "identity", s->identity);
    json_emit_text(out, "algorithm", s->algorithm);
    emit_known(out, "keyBits", s->key_bits > 0, s->key_bits);
    json_emit_boolean(out, "testing", s->testing);
    emit_known(out, "bodyLengthLimit", s->body_length_limit >= 0, s->body_length_limit);
    json_emit_open(out, "signedHeaders", '[');
    for (const char *const *name = (const char *const *)s->signed_headers; *name; name++)
        json_emit_text(out, NULL, *name);
    json_emit_close(out, ']');
    emit_result(out, "headerHash", s->header_hash);
    json_emit_text(out, "dnssec", dnssec_state_name(s->dnssec));
    json_emit_boolean(out, "aligned", finding_is_aligned(evidence, s));
    json_emit_close(out, '}');
}

static void emit_signatures(GString *out, const struct evidence *evidence) {
    json_emit_open(out, "dkim", '[');
    for (guint i = 0; i < evidence->n_signatures; i++)
        emit_signature(out, evidence, &evidence->signatures[i]);
    json_emit_close(out, ']');
}

static void emit_domainkeys(GString *out, const struct evidence_domainkeys *domainkeys) {
    json_emit_open(out, "domainKeys", '{');
    emit_result(out, "result", domainkeys->result);
    if (domainkeys->result != AUTH_NONE) {
        json_emit_text(out, "reason", domainkeys->reason);
        json_emit_text(out, "domain", domainkeys->domain);
        json_emit_text(out, "selector", domainkeys->selector);
        json_emit_text(out, "policy", domainkeys->policy);
        json_emit_boolean(out, "testing", domainkeys->testing);
        json_emit_text(out, "dnssec", dnssec_state_name(domainkeys->dnssec));
    }
    json_emit_close(out, '}');
}

static void emit_arc(GString *out, const struct evidence_arc *arc) {
    json_emit_open(out, "arc", '{');
    emit_result(out, "result", arc->result);
    if (arc->result != AUTH_NONE) {
        emit_known(out, "instance", arc->instance > 0, arc->instance);
        json_emit_text(out, "sealer", arc->sealer);
        emit_known(out, "oldestPass", arc->result == AUTH_PASS, arc->oldest_pass);
        json_emit_boolean(out, "trusted", arc->trusted);
        json_emit_text(out, "reason", arc->reason);
        json_emit_text(out, "dnssec", dnssec_state_name(arc->dnssec));
    }
    json_emit_close(out, '}');
}

/* A draft whose wire format still changes: that it is there is all that is said. */
static void emit_dkim2(GString *out, guint count) {
    json_emit_open(out, "dkim2", '{');
    json_emit_null(out, "result");
    json_emit_text(out, "reason", "draft-not-evaluated");
    json_emit_integer(out, "count", count);
    json_emit_close(out, '}');
}

static void emit_spf(GString *out, const char *key, const struct evidence_spf *spf,
                     const char *scope, bool aligned) {
    if (spf->result == AUTH_NOT_EVALUATED)
        return;
    json_emit_open(out, key, '{');
    emit_result(out, "result", spf->result);
    json_emit_text(out, "reason", spf->reason);
    json_emit_text(out, "scope", scope);
    json_emit_text(out, "domain", spf->domain);
    json_emit_text(out, "clientIp", spf->client_ip);
    json_emit_text(out, "mechanism", spf->mechanism);
    json_emit_text(out, "explanation", spf->explanation);
    json_emit_text(out, "dnssec", dnssec_state_name(spf->dnssec));
    json_emit_boolean(out, "aligned", aligned);
    json_emit_close(out, '}');
}

static void emit_sender_id(GString *out, const struct evidence_sender_id *sender_id) {
    if (!sender_id->evaluated)
        return;
    json_emit_open(out, "senderId", '{');
    emit_result(out, "result", sender_id->result);
    json_emit_text(out, "reason", sender_id->reason);
    json_emit_text(out, "pra", sender_id->pra);
    json_emit_text(out, "scope", "pra");
    json_emit_text(out, "dnssec", dnssec_state_name(sender_id->dnssec));
    json_emit_close(out, '}');
}

static void emit_dmarc(GString *out, const struct evidence_dmarc *dmarc) {
    json_emit_open(out, "dmarc", '{');
    emit_result(out, "result", dmarc->result);
    json_emit_text(out, "reason", dmarc->reason);
    json_emit_text(out, "inputs", dmarc->from_server ? "server" : "local");
    json_emit_text(out, "policy", dmarc_policy_name(dmarc->policy));
    json_emit_text(out, "appliedPolicy", dmarc_policy_name(dmarc->applied));
    json_emit_text(out, "organizationalDomain", dmarc->organizational_domain);
    json_emit_text(out, "recordDomain", dmarc->record_domain);
    json_emit_text(out, "discovery", "treewalk");
    json_emit_text(out, "dnssec", dnssec_state_name(dmarc->dnssec));
    json_emit_open(out, "alignedBy", '[');
    if (dmarc->by_dkim)
        json_emit_text(out, NULL, "dkim");
    if (dmarc->by_spf)
        json_emit_text(out, NULL, "spf");
    json_emit_close(out, ']');
    json_emit_boolean(out, "testing", dmarc->testing);
    json_emit_close(out, '}');
}

static void emit_tls(GString *out, const struct evidence_hop *hop) {
    if (!hop->tls) {
        json_emit_null(out, "tls");
        return;
    }
    json_emit_open(out, "tls", '{');
    json_emit_text(out, "version", hop->tls_version);
    json_emit_text(out, "cipher", hop->tls_cipher);
    json_emit_close(out, '}');
}

static void emit_hops(GString *out, const struct evidence *evidence) {
    json_emit_open(out, "hops", '[');
    for (guint i = 0; i < evidence->n_hops; i++) {
        const struct evidence_hop *hop = &evidence->hops[i];
        json_emit_open(out, NULL, '{');
        json_emit_text(out, "from", hop->from);
        json_emit_text(out, "by", hop->by);
        json_emit_text(out, "ip", hop->ip);
        emit_tls(out, hop);
        json_emit_boolean(out, "ours", hop->ours);
        emit_known(out, "delaySeconds", hop->timed, hop->delay);
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

/* `listed` is null where the list gave no answer that counts; `reason` says why. */
static void emit_reputation(GString *out, const struct evidence *evidence) {
    json_emit_open(out, "reputation", '[');
    for (guint i = 0; i < evidence->n_reputation; i++) {
        const struct evidence_reputation *r = &evidence->reputation[i];
        bool answered = r->state == DNSBL_LISTED || r->state == DNSBL_UNLISTED;
        json_emit_open(out, NULL, '{');
        json_emit_text(out, "list", r->list);
        json_emit_text(out, "kind", dnsbl_kind_name(r->kind));
        json_emit_text(out, "subject", r->subject);
        if (answered)
            json_emit_boolean(out, "listed", r->state == DNSBL_LISTED);
        else
            json_emit_null(out, "listed");
        json_emit_text(out, "meaning", r->meaning);
        json_emit_text(out, "reason",
                       answered                    ? NULL
                       : r->state == DNSBL_REFUSED ? "refused"
                                                   : "temperror");
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

static void emit_unsubscribe(GString *out, const struct evidence_unsubscribe *unsubscribe) {
    json_emit_open(out, "unsubscribe", '{');
    json_emit_boolean(out, "oneClick", unsubscribe->one_click);
    json_emit_text(out, "https", unsubscribe->https);
    json_emit_text(out, "mailto", unsubscribe->mailto);
    json_emit_boolean(out, "covered", unsubscribe->covered);
    json_emit_close(out, '}');
}

static void emit_cautions(GString *out, const struct verdict *verdict) {
    json_emit_open(out, "cautions", '[');
    for (guint i = 0; i < verdict->reasons.n; i++)
        if (reason_kind(verdict->reasons.items[i].code) == KIND_CAUTION)
            json_reason_emit(out, &verdict->reasons.items[i], LANGUAGE__MAX);
    json_emit_close(out, ']');
}

void json_evidence_emit(GString *out, const char *key, const struct evidence *evidence,
                        const struct verdict *verdict) {
    json_emit_open(out, key, '{');
    emit_authentication_results(out, evidence);
    if (evidence->domainkeys.evaluated)
        emit_domainkeys(out, &evidence->domainkeys);
    emit_spf(out, "spf", &evidence->spf, "mailfrom", finding_own_spf_stands(evidence));
    emit_spf(out, "spfHelo", &evidence->spf_helo, "helo", false);
    emit_sender_id(out, &evidence->sender_id);
    if (evidence->dkim_evaluated)
        emit_signatures(out, evidence);
    if (evidence->n_dkim2)
        emit_dkim2(out, evidence->n_dkim2);
    if (evidence->arc.evaluated)
        emit_arc(out, &evidence->arc);
    if (evidence->dmarc.result != AUTH_NOT_EVALUATED)
        emit_dmarc(out, &evidence->dmarc);
    json_sign_smime(out, &evidence->smime);
    json_sign_openpgp(out, &evidence->openpgp);
    json_brand_evidence(out, evidence, verdict);
    emit_hops(out, evidence);
    if (evidence->reputation_evaluated)
        emit_reputation(out, evidence);
    emit_cautions(out, verdict);
    if (evidence->unsubscribe.evaluated)
        emit_unsubscribe(out, &evidence->unsubscribe);
    json_emit_close(out, '}');
}

json_t *json_evidence(const struct evidence *evidence, const struct verdict *verdict) {
    GString *out = g_string_new(NULL);
    json_evidence_emit(out, NULL, evidence, verdict);
    return json_emit_tree(out);
}

/* SPDX-License-Identifier: MIT
 *
 * evidence → JSON: one function an object. */
#include "fcgi/json_evidence.h"

#include "fcgi/json_text.h"
#include "fcgi/json_verdict.h"
#include "trust/finding.h"

static json_t *result_word(enum auth_result result) {
    return json_text(auth_result_name(result));
}

static json_t *properties_of(const struct evidence_property *properties, guint n) {
    json_t *json = json_object();
    for (guint i = 0; i < n; i++)
        json_put(json, properties[i].name, json_text(properties[i].value));
    return json;
}

static json_t *stated_result(const struct evidence_result *result) {
    json_t *json = json_object();
    json_put(json, "method", json_text(result->method));
    json_put(json, "result", json_text(result->word));
    json_put(json, "reason", json_text(result->reason));
    json_put(json, "comment", json_text(result->comment));
    json_put(json, "properties", properties_of(result->properties, result->n_properties));
    json_put(json, "extra",
             properties_of(result->properties + result->n_properties, result->n_extra));
    return json;
}

static json_t *authentication_results(const struct evidence *evidence) {
    json_t *list = json_array();
    for (guint i = 0; i < evidence->n_authres; i++) {
        const struct evidence_authres *field = &evidence->authres[i];
        json_t *results = json_array();
        for (guint j = 0; j < field->n_results; j++)
            json_array_append_new(results, stated_result(&field->results[j]));
        json_t *json = json_object();
        json_put(json, "authservId", json_text(field->authserv_id));
        json_put(json, "believed", json_boolean(field->believed));
        json_put(json, "why", json_text(field->why));
        json_put(json, "results", results);
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *strings(const char *const *texts) {
    json_t *list = json_array();
    for (; *texts; texts++)
        json_array_append_new(list, json_text(*texts));
    return list;
}

static json_t *signature(const struct evidence *evidence, const struct evidence_signature *s) {
    json_t *json = json_object();
    json_put(json, "result", result_word(s->result));
    json_put(json, "reason", json_text(s->reason));
    json_put(json, "domain", json_text(s->domain));
    json_put(json, "selector", json_text(s->selector));
    json_put(json, "identity", json_text(s->identity));
    json_put(json, "algorithm", json_text(s->algorithm));
    json_put(json, "keyBits", s->key_bits ? json_integer(s->key_bits) : json_null());
    json_put(json, "testing", json_boolean(s->testing));
    json_put(json, "bodyLengthLimit",
             s->body_length_limit >= 0 ? json_integer(s->body_length_limit) : json_null());
    json_put(json, "signedHeaders", strings((const char *const *)s->signed_headers));
    json_put(json, "headerHash", result_word(s->header_hash));
    json_put(json, "dnssec", json_text(dnssec_state_name(s->dnssec)));
    json_put(json, "aligned", json_boolean(finding_is_aligned(evidence, s)));
    return json;
}

static json_t *signatures(const struct evidence *evidence) {
    json_t *list = json_array();
    for (guint i = 0; i < evidence->n_signatures; i++)
        json_array_append_new(list, signature(evidence, &evidence->signatures[i]));
    return list;
}

static json_t *dmarc(const struct evidence_dmarc *dmarc) {
    json_t *by = json_array();
    if (dmarc->by_dkim)
        json_array_append_new(by, json_text("dkim"));
    if (dmarc->by_spf)
        json_array_append_new(by, json_text("spf"));
    json_t *json = json_object();
    json_put(json, "result", result_word(dmarc->result));
    json_put(json, "reason", json_text(dmarc->reason));
    json_put(json, "inputs", json_text(dmarc->from_server ? "server" : "local"));
    json_put(json, "policy", json_text(dmarc_policy_name(dmarc->policy)));
    json_put(json, "appliedPolicy", json_text(dmarc_policy_name(dmarc->applied)));
    json_put(json, "organizationalDomain", json_text(dmarc->organizational_domain));
    json_put(json, "recordDomain", json_text(dmarc->record_domain));
    json_put(json, "discovery", json_text("treewalk"));
    json_put(json, "alignedBy", by);
    json_put(json, "testing", json_boolean(dmarc->testing));
    return json;
}

static json_t *tls(const struct evidence_hop *hop) {
    if (!hop->tls)
        return json_null();
    json_t *json = json_object();
    json_put(json, "version", json_text(hop->tls_version));
    json_put(json, "cipher", json_text(hop->tls_cipher));
    return json;
}

static json_t *hops(const struct evidence *evidence) {
    json_t *list = json_array();
    for (guint i = 0; i < evidence->n_hops; i++) {
        const struct evidence_hop *hop = &evidence->hops[i];
        json_t *json = json_object();
        json_put(json, "from", json_text(hop->from));
        json_put(json, "by", json_text(hop->by));
        json_put(json, "ip", json_text(hop->ip));
        json_put(json, "tls", tls(hop));
        json_put(json, "ours", json_boolean(hop->ours));
        json_put(json, "delaySeconds", hop->timed ? json_integer(hop->delay) : json_null());
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *cautions(const struct verdict *verdict) {
    json_t *list = json_array();
    for (guint i = 0; i < verdict->reasons.n; i++)
        if (reason_kind(verdict->reasons.items[i].code) == KIND_CAUTION)
            json_array_append_new(list, json_reason(&verdict->reasons.items[i], LANGUAGE__MAX));
    return list;
}

json_t *json_evidence(const struct evidence *evidence, const struct verdict *verdict) {
    json_t *json = json_object();
    json_put(json, "authenticationResults", authentication_results(evidence));
    if (evidence->dkim_evaluated)
        json_put(json, "dkim", signatures(evidence));
    if (evidence->dmarc.result != AUTH_NOT_EVALUATED)
        json_put(json, "dmarc", dmarc(&evidence->dmarc));
    json_put(json, "hops", hops(evidence));
    json_put(json, "cautions", cautions(verdict));
    return json;
}

/* SPDX-License-Identifier: MIT
 *
 * evidence → JSON: one function an object. */
#include "fcgi/json_evidence.h"

#include "fcgi/json_brand.h"
#include "fcgi/json_emit.h"
#include "fcgi/json_sign.h"
#include "fcgi/json_verdict.h"
#include "trust/finding.h"

static void emit_result(GString *out, struct span key, enum auth_result result) {
    json_emit_text(out, key, auth_result_name(result));
}

static void emit_properties(GString *out, struct span key,
                            const struct evidence_property *properties, guint n) {
    json_emit_open(out, key, '{');
    for (guint i = 0; i < n; i++) {
        json_emit_name(out, span_of(properties[i].name));
        json_emit_text(out, JSON_NAMED, properties[i].value);
    }
    json_emit_close(out, '}');
}

static void emit_stated(GString *out, const struct evidence_result *result) {
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_text(out, JSON_KEY("method"), result->method);
    json_emit_text(out, JSON_KEY("result"), result->word);
    json_emit_text(out, JSON_KEY("reason"), result->reason);
    json_emit_text(out, JSON_KEY("comment"), result->comment);
    emit_properties(out, JSON_KEY("properties"), result->properties, result->n_properties);
    emit_properties(out, JSON_KEY("extra"), result->properties + result->n_properties,
                    result->n_extra);
    json_emit_close(out, '}');
}

static void emit_authentication_results(GString *out, const struct evidence *evidence) {
    json_emit_open(out, JSON_KEY("authenticationResults"), '[');
    for (guint i = 0; i < evidence->n_authres; i++) {
        const struct evidence_authres *field = &evidence->authres[i];
        json_emit_open(out, JSON_ITEM, '{');
        json_emit_text(out, JSON_KEY("authservId"), field->authserv_id);
        json_emit_boolean(out, JSON_KEY("believed"), field->believed);
        json_emit_text(out, JSON_KEY("why"), field->why);
        json_emit_open(out, JSON_KEY("results"), '[');
        for (guint j = 0; j < field->n_results; j++)
            emit_stated(out, &field->results[j]);
        json_emit_close(out, ']');
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

/* An integer where there is one, else null. */
static void emit_known(GString *out, struct span key, bool known, int64_t value) {
    if (known)
        json_emit_integer(out, key, value);
    else
        json_emit_null(out, key);
}

static void emit_signature(GString *out, const struct evidence *evidence,
                           const struct evidence_signature *s) {
    json_emit_open(out, JSON_ITEM, '{');
    emit_result(out, JSON_KEY("result"), s->result);
    json_emit_text(out, JSON_KEY("reason"), s->reason);
    json_emit_text(out, JSON_KEY("domain"), s->domain);
    json_emit_text(out, JSON_KEY("selector"), s->selector);
    json_emit_text(out, JSON_KEY("identity"), s->identity);
    json_emit_text(out, JSON_KEY("algorithm"), s->algorithm);
    emit_known(out, JSON_KEY("keyBits"), s->key_bits > 0, s->key_bits);
    json_emit_boolean(out, JSON_KEY("testing"), s->testing);
    emit_known(out, JSON_KEY("bodyLengthLimit"), s->body_length_limit >= 0, s->body_length_limit);
    json_emit_open(out, JSON_KEY("signedHeaders"), '[');
    for (const char *const *name = (const char *const *)s->signed_headers; *name; name++)
        json_emit_text(out, JSON_ITEM, *name);
    json_emit_close(out, ']');
    emit_result(out, JSON_KEY("headerHash"), s->header_hash);
    json_emit_text(out, JSON_KEY("dnssec"), dnssec_state_name(s->dnssec));
    json_emit_boolean(out, JSON_KEY("aligned"), finding_is_aligned(evidence, s));
    json_emit_close(out, '}');
}

static void emit_signatures(GString *out, const struct evidence *evidence) {
    json_emit_open(out, JSON_KEY("dkim"), '[');
    for (guint i = 0; i < evidence->n_signatures; i++)
        emit_signature(out, evidence, &evidence->signatures[i]);
    json_emit_close(out, ']');
}

static void emit_domainkeys(GString *out, const struct evidence_domainkeys *domainkeys) {
    json_emit_open(out, JSON_KEY("domainKeys"), '{');
    emit_result(out, JSON_KEY("result"), domainkeys->result);
    if (domainkeys->result != AUTH_NONE) {
        json_emit_text(out, JSON_KEY("reason"), domainkeys->reason);
        json_emit_text(out, JSON_KEY("domain"), domainkeys->domain);
        json_emit_text(out, JSON_KEY("selector"), domainkeys->selector);
        json_emit_text(out, JSON_KEY("policy"), domainkeys->policy);
        json_emit_boolean(out, JSON_KEY("testing"), domainkeys->testing);
        json_emit_text(out, JSON_KEY("dnssec"), dnssec_state_name(domainkeys->dnssec));
    }
    json_emit_close(out, '}');
}

static void emit_arc(GString *out, const struct evidence_arc *arc) {
    json_emit_open(out, JSON_KEY("arc"), '{');
    emit_result(out, JSON_KEY("result"), arc->result);
    if (arc->result != AUTH_NONE) {
        emit_known(out, JSON_KEY("instance"), arc->instance > 0, arc->instance);
        json_emit_text(out, JSON_KEY("sealer"), arc->sealer);
        emit_known(out, JSON_KEY("oldestPass"), arc->result == AUTH_PASS, arc->oldest_pass);
        json_emit_boolean(out, JSON_KEY("trusted"), arc->trusted);
        json_emit_text(out, JSON_KEY("reason"), arc->reason);
        json_emit_text(out, JSON_KEY("dnssec"), dnssec_state_name(arc->dnssec));
    }
    json_emit_close(out, '}');
}

/* A draft whose wire format still changes: that it is there is all that is said. */
static void emit_dkim2(GString *out, guint count) {
    json_emit_open(out, JSON_KEY("dkim2"), '{');
    json_emit_null(out, JSON_KEY("result"));
    json_emit_text(out, JSON_KEY("reason"), "draft-not-evaluated");
    json_emit_integer(out, JSON_KEY("count"), count);
    json_emit_close(out, '}');
}

static void emit_spf(GString *out, struct span key, const struct evidence_spf *spf,
                     const char *scope, bool aligned) {
    if (spf->result == AUTH_NOT_EVALUATED)
        return;
    json_emit_open(out, key, '{');
    emit_result(out, JSON_KEY("result"), spf->result);
    json_emit_text(out, JSON_KEY("reason"), spf->reason);
    json_emit_text(out, JSON_KEY("scope"), scope);
    json_emit_text(out, JSON_KEY("domain"), spf->domain);
    json_emit_text(out, JSON_KEY("clientIp"), spf->client_ip);
    json_emit_text(out, JSON_KEY("mechanism"), spf->mechanism);
    json_emit_text(out, JSON_KEY("explanation"), spf->explanation);
    json_emit_text(out, JSON_KEY("dnssec"), dnssec_state_name(spf->dnssec));
    json_emit_boolean(out, JSON_KEY("aligned"), aligned);
    json_emit_close(out, '}');
}

static void emit_sender_id(GString *out, const struct evidence_sender_id *sender_id) {
    if (!sender_id->evaluated)
        return;
    json_emit_open(out, JSON_KEY("senderId"), '{');
    emit_result(out, JSON_KEY("result"), sender_id->result);
    json_emit_text(out, JSON_KEY("reason"), sender_id->reason);
    json_emit_text(out, JSON_KEY("pra"), sender_id->pra);
    json_emit_text(out, JSON_KEY("scope"), "pra");
    json_emit_text(out, JSON_KEY("dnssec"), dnssec_state_name(sender_id->dnssec));
    json_emit_close(out, '}');
}

static void emit_dmarc(GString *out, const struct evidence_dmarc *dmarc) {
    json_emit_open(out, JSON_KEY("dmarc"), '{');
    emit_result(out, JSON_KEY("result"), dmarc->result);
    json_emit_text(out, JSON_KEY("reason"), dmarc->reason);
    json_emit_text(out, JSON_KEY("inputs"), dmarc->from_server ? "server" : "local");
    json_emit_text(out, JSON_KEY("policy"), dmarc_policy_name(dmarc->policy));
    json_emit_text(out, JSON_KEY("appliedPolicy"), dmarc_policy_name(dmarc->applied));
    json_emit_text(out, JSON_KEY("organizationalDomain"), dmarc->organizational_domain);
    json_emit_text(out, JSON_KEY("recordDomain"), dmarc->record_domain);
    json_emit_text(out, JSON_KEY("discovery"), "treewalk");
    json_emit_text(out, JSON_KEY("dnssec"), dnssec_state_name(dmarc->dnssec));
    json_emit_open(out, JSON_KEY("alignedBy"), '[');
    if (dmarc->by_dkim)
        json_emit_text(out, JSON_ITEM, "dkim");
    if (dmarc->by_spf)
        json_emit_text(out, JSON_ITEM, "spf");
    json_emit_close(out, ']');
    json_emit_boolean(out, JSON_KEY("testing"), dmarc->testing);
    json_emit_close(out, '}');
}

static void emit_tls(GString *out, const struct evidence_hop *hop) {
    if (!hop->tls) {
        json_emit_null(out, JSON_KEY("tls"));
        return;
    }
    json_emit_open(out, JSON_KEY("tls"), '{');
    json_emit_text(out, JSON_KEY("version"), hop->tls_version);
    json_emit_text(out, JSON_KEY("cipher"), hop->tls_cipher);
    json_emit_close(out, '}');
}

static void emit_hops(GString *out, const struct evidence *evidence) {
    json_emit_open(out, JSON_KEY("hops"), '[');
    for (guint i = 0; i < evidence->n_hops; i++) {
        const struct evidence_hop *hop = &evidence->hops[i];
        json_emit_open(out, JSON_ITEM, '{');
        json_emit_text(out, JSON_KEY("from"), hop->from);
        json_emit_text(out, JSON_KEY("by"), hop->by);
        json_emit_text(out, JSON_KEY("ip"), hop->ip);
        emit_tls(out, hop);
        json_emit_boolean(out, JSON_KEY("ours"), hop->ours);
        emit_known(out, JSON_KEY("delaySeconds"), hop->timed, hop->delay);
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

/* `listed` is null where the list gave no answer that counts; `reason` says why. */
static void emit_reputation(GString *out, const struct evidence *evidence) {
    json_emit_open(out, JSON_KEY("reputation"), '[');
    for (guint i = 0; i < evidence->n_reputation; i++) {
        const struct evidence_reputation *r = &evidence->reputation[i];
        bool answered = r->state == DNSBL_LISTED || r->state == DNSBL_UNLISTED;
        json_emit_open(out, JSON_ITEM, '{');
        json_emit_text(out, JSON_KEY("list"), r->list);
        json_emit_text(out, JSON_KEY("kind"), dnsbl_kind_name(r->kind));
        json_emit_text(out, JSON_KEY("subject"), r->subject);
        if (answered)
            json_emit_boolean(out, JSON_KEY("listed"), r->state == DNSBL_LISTED);
        else
            json_emit_null(out, JSON_KEY("listed"));
        json_emit_text(out, JSON_KEY("meaning"), r->meaning);
        json_emit_text(out, JSON_KEY("reason"),
                       answered                    ? NULL
                       : r->state == DNSBL_REFUSED ? "refused"
                                                   : "temperror");
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

static void emit_unsubscribe(GString *out, const struct evidence_unsubscribe *unsubscribe) {
    json_emit_open(out, JSON_KEY("unsubscribe"), '{');
    json_emit_boolean(out, JSON_KEY("oneClick"), unsubscribe->one_click);
    json_emit_text(out, JSON_KEY("https"), unsubscribe->https);
    json_emit_text(out, JSON_KEY("mailto"), unsubscribe->mailto);
    json_emit_boolean(out, JSON_KEY("covered"), unsubscribe->covered);
    json_emit_close(out, '}');
}

static void emit_cautions(GString *out, const struct verdict *verdict) {
    json_emit_open(out, JSON_KEY("cautions"), '[');
    for (guint i = 0; i < verdict->reasons.n; i++)
        if (reason_kind(verdict->reasons.items[i].code) == KIND_CAUTION)
            json_reason_emit(out, &verdict->reasons.items[i], LANGUAGE__MAX);
    json_emit_close(out, ']');
}

void json_evidence_emit(GString *out, struct span key, const struct evidence *evidence,
                        const struct verdict *verdict) {
    json_emit_open(out, key, '{');
    emit_authentication_results(out, evidence);
    if (evidence->domainkeys.evaluated)
        emit_domainkeys(out, &evidence->domainkeys);
    emit_spf(out, JSON_KEY("spf"), &evidence->spf, "mailfrom", finding_own_spf_stands(evidence));
    emit_spf(out, JSON_KEY("spfHelo"), &evidence->spf_helo, "helo", false);
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
    json_evidence_emit(out, JSON_ITEM, evidence, verdict);
    return json_emit_tree(out);
}

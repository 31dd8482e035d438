/* SPDX-License-Identifier: MIT */
#include "trust/record_evidence.h"

#include "trust/record_sign.h"

static void put_author(struct record_codec *c, struct evidence_author *author) {
    codec_enum(c, &author->state, AUTHOR_AMBIGUOUS + 1);
    codec_text(c, &author->why);
    codec_text(c, &author->address);
    codec_text(c, &author->domain);
    codec_text(c, &author->display_name);
    codec_text(c, &author->address_in_name);
    codec_text(c, &author->registrable);
    codec_uint32(c, &author->notes);
    codec_text(c, &author->reply_domain);
    codec_text(c, &author->organizer);
    codec_bool(c, &author->is_list);
    codec_text(c, &author->list_id);
    codec_bool(c, &author->is_invitation);
    codec_bool(c, &author->recipients_known);
    codec_bool(c, &author->addressed_to_account);
}

static void put_link(struct record_codec *c, struct evidence_link *link) {
    codec_text(c, &link->shown);
    codec_text(c, &link->target);
    c->bad = c->bad || !link->shown != !link->target;
}

static void put_session(struct record_codec *c, struct evidence_session *session) {
    codec_bool(c, &session->known);
    codec_text(c, &session->client_ip);
    codec_text(c, &session->helo);
    codec_text(c, &session->mail_from);
    codec_bool(c, &session->submitted);
    codec_text(c, &session->submitted_by);
}

static void put_result(struct record_codec *c, struct evidence_result *result) {
    codec_text(c, &result->method);
    codec_text(c, &result->word);
    codec_enum(c, &result->result, AUTH_RESULT__MAX);
    codec_text(c, &result->reason);
    codec_text(c, &result->comment);
    guint n = result->n_properties + result->n_extra;
    codec_array(c, &result->properties, &n);
    for (guint i = 0; i < n; i++) {
        codec_text(c, &result->properties[i].name);
        codec_text(c, &result->properties[i].value);
    }
    codec_enum(c, &result->n_extra, n + 1);
    result->n_properties = n - result->n_extra;
}

static void put_authres(struct record_codec *c, struct evidence_authres *authres) {
    codec_text(c, &authres->authserv_id);
    codec_bool(c, &authres->believed);
    codec_text(c, &authres->why);
    codec_array(c, &authres->results, &authres->n_results);
    for (guint i = 0; i < authres->n_results; i++)
        put_result(c, &authres->results[i]);
}

/* An index into the signatures, which are read before. */
static void put_index(struct record_codec *c, const struct evidence *evidence, int *index) {
    uint32_t shifted = (uint32_t)(*index + 1);
    codec_below(c, &shifted, evidence->n_signatures + 1);
    *index = (int)shifted - 1;
}

static void put_statement(struct record_codec *c, const struct evidence *evidence,
                          struct evidence_statement *statement) {
    codec_bool(c, &statement->present);
    codec_text(c, &statement->server);
    codec_text(c, &statement->forwarder);
    codec_bool(c, &statement->sealed);
    codec_array(c, &statement->dkim, &statement->n_dkim);
    for (guint i = 0; i < statement->n_dkim; i++) {
        struct evidence_stated_dkim *dkim = &statement->dkim[i];
        codec_enum(c, &dkim->result, AUTH_RESULT__MAX);
        codec_text(c, &dkim->domain);
        codec_enum(c, &dkim->bare, DMARC_BARE_ALIGNED + 1);
        codec_enum(c, &dkim->aligned, DMARC_ALIGNED_STRICT + 1);
        codec_enum(c, &dkim->walked, DMARC_ALIGNED_STRICT + 1);
        put_index(c, evidence, &dkim->signature);
    }
    codec_bool(c, &statement->dkim_said);
    codec_enum(c, &statement->spf, AUTH_RESULT__MAX);
    codec_text(c, &statement->spf_domain);
    codec_enum(c, &statement->spf_bare, DMARC_BARE_ALIGNED + 1);
    codec_enum(c, &statement->spf_aligned, DMARC_ALIGNED_STRICT + 1);
    codec_enum(c, &statement->spf_walked, DMARC_ALIGNED_STRICT + 1);
    codec_enum(c, &statement->dmarc, AUTH_RESULT__MAX);
    codec_bool(c, &statement->dmarc_disputed);
    codec_bool(c, &statement->failure_counts);
    codec_enum(c, &statement->policy, DMARC_POLICY_REJECT + 1);
    codec_enum(c, &statement->disposition, DMARC_POLICY_REJECT + 1);
}

static void put_signed_headers(struct record_codec *c, struct evidence_signature *signature) {
    guint n = 0;
    const char **written = c->reading ? NULL : signature->signed_headers;
    while (written && written[n])
        n++;
    codec_count(c, &n);
    if (!c->reading && !written)
        return;
    if (c->reading)
        signature->signed_headers = g_new0(const char *, n + 1);
    for (guint i = 0; i < n; i++) {
        const char *name = signature->signed_headers[i];
        codec_text(c, &name);
        signature->signed_headers[i] = name;
        c->bad = c->bad || !name;
    }
}

static void put_signature(struct record_codec *c, struct evidence_signature *signature) {
    codec_enum(c, &signature->result, AUTH_RESULT__MAX);
    codec_text(c, &signature->reason);
    codec_text(c, &signature->domain);
    codec_text(c, &signature->selector);
    codec_text(c, &signature->identity);
    codec_text(c, &signature->algorithm);
    codec_guint(c, &signature->key_bits);
    codec_bool(c, &signature->testing);
    codec_int64(c, &signature->body_length_limit);
    codec_int64(c, &signature->signed_at);
    put_signed_headers(c, signature);
    codec_enum(c, &signature->header_hash, AUTH_RESULT__MAX);
    codec_enum(c, &signature->dnssec, DNSSEC_BOGUS + 1);
    codec_enum(c, &signature->bare, DMARC_BARE_ALIGNED + 1);
    codec_enum(c, &signature->aligned, DMARC_ALIGNED_STRICT + 1);
    codec_enum(c, &signature->walked, DMARC_ALIGNED_STRICT + 1);
    codec_bool(c, &signature->could_align);
    codec_bool(c, &signature->body_missing);
    codec_bool(c, &signature->key_missing);
    codec_bool(c, &signature->body_uncovered);
    codec_bool(c, &signature->content_type_unsigned);
    codec_text(c, &signature->fields_uncovered);
}

static void put_spf(struct record_codec *c, struct evidence_spf *spf) {
    codec_enum(c, &spf->result, AUTH_RESULT__MAX);
    codec_text(c, &spf->reason);
    codec_text(c, &spf->domain);
    codec_text(c, &spf->client_ip);
    codec_text(c, &spf->mechanism);
    codec_text(c, &spf->explanation);
    codec_enum(c, &spf->dnssec, DNSSEC_BOGUS + 1);
    codec_enum(c, &spf->bare, DMARC_BARE_ALIGNED + 1);
    codec_enum(c, &spf->aligned, DMARC_ALIGNED_STRICT + 1);
    codec_enum(c, &spf->walked, DMARC_ALIGNED_STRICT + 1);
    codec_bool(c, &spf->anyone);
}

static void put_domainkeys(struct record_codec *c, struct evidence_domainkeys *domainkeys) {
    codec_bool(c, &domainkeys->evaluated);
    codec_enum(c, &domainkeys->result, AUTH_RESULT__MAX);
    codec_text(c, &domainkeys->reason);
    codec_text(c, &domainkeys->domain);
    codec_text(c, &domainkeys->selector);
    codec_text(c, &domainkeys->policy);
    codec_bool(c, &domainkeys->testing);
    codec_enum(c, &domainkeys->dnssec, DNSSEC_BOGUS + 1);
}

static void put_arc(struct record_codec *c, struct evidence_arc *arc) {
    codec_bool(c, &arc->evaluated);
    codec_enum(c, &arc->result, AUTH_RESULT__MAX);
    codec_guint(c, &arc->instance);
    codec_text(c, &arc->sealer);
    codec_guint(c, &arc->oldest_pass);
    codec_bool(c, &arc->trusted);
    codec_bool(c, &arc->unsettled);
    codec_enum(c, &arc->dnssec, DNSSEC_BOGUS + 1);
    codec_text(c, &arc->reason);
    codec_bool(c, &arc->temporary);
    codec_bool(c, &arc->covers_shown);
    codec_guint(c, &arc->proved_from);
}

static void put_sender_id(struct record_codec *c, struct evidence_sender_id *sender_id) {
    codec_bool(c, &sender_id->evaluated);
    codec_enum(c, &sender_id->result, AUTH_RESULT__MAX);
    codec_text(c, &sender_id->reason);
    codec_text(c, &sender_id->pra);
    codec_enum(c, &sender_id->dnssec, DNSSEC_BOGUS + 1);
}

static void put_dmarc(struct record_codec *c, struct evidence_dmarc *dmarc) {
    codec_enum(c, &dmarc->result, AUTH_RESULT__MAX);
    codec_bool(c, &dmarc->from_server);
    codec_enum(c, &dmarc->policy, DMARC_POLICY_REJECT + 1);
    codec_enum(c, &dmarc->applied, DMARC_POLICY_REJECT + 1);
    codec_text(c, &dmarc->organizational_domain);
    codec_text(c, &dmarc->record_domain);
    codec_bool(c, &dmarc->by_dkim);
    codec_bool(c, &dmarc->by_spf);
    codec_bool(c, &dmarc->testing);
    codec_bool(c, &dmarc->walk_complete);
    codec_bool(c, &dmarc->policy_known);
    codec_text(c, &dmarc->reason);
    codec_enum(c, &dmarc->dnssec, DNSSEC_BOGUS + 1);
}

static void put_hop(struct record_codec *c, struct evidence_hop *hop) {
    codec_text(c, &hop->from);
    codec_text(c, &hop->by);
    codec_text(c, &hop->ip);
    codec_bool(c, &hop->tls);
    codec_text(c, &hop->tls_version);
    codec_text(c, &hop->tls_cipher);
    codec_bool(c, &hop->ours);
    codec_bool(c, &hop->timed);
    codec_int64(c, &hop->delay);
}

static void put_unsubscribe(struct record_codec *c, struct evidence_unsubscribe *unsubscribe) {
    codec_bool(c, &unsubscribe->evaluated);
    codec_text(c, &unsubscribe->https);
    codec_text(c, &unsubscribe->mailto);
    codec_bool(c, &unsubscribe->covered);
    codec_bool(c, &unsubscribe->one_click);
}

static void put_reputation(struct record_codec *c, struct evidence *evidence) {
    codec_bool(c, &evidence->reputation_evaluated);
    codec_array(c, &evidence->reputation, &evidence->n_reputation);
    for (guint i = 0; i < evidence->n_reputation; i++) {
        struct evidence_reputation *reputation = &evidence->reputation[i];
        codec_text(c, &reputation->list);
        codec_text(c, &reputation->subject);
        codec_enum(c, &reputation->kind, DNSBL_DOMAIN + 1);
        codec_enum(c, &reputation->state, DNSBL_TROUBLE + 1);
        codec_text(c, &reputation->meaning);
        c->bad = c->bad || !reputation->list || !reputation->subject || !reputation->kind;
    }
}

static void put_history(struct record_codec *c, struct evidence_history *history) {
    codec_bool(c, &history->evaluated);
    codec_bool(c, &history->indexed);
    codec_int64(c, &history->first);
    codec_guint(c, &history->seen);
    codec_guint(c, &history->proved);
    for (guint i = 0; i < HABIT__MAX; i++) {
        codec_text(c, &history->habits[i]);
        codec_guint(c, &history->counts[i]);
    }
}

void record_evidence(struct record_codec *c, struct evidence *evidence) {
    codec_int64(c, &evidence->checked_at);
    codec_int64(c, &evidence->received_at);
    codec_enum(c, &evidence->receipt, RECEIPT_GIVEN + 1);
    codec_enum(c, &evidence->mode, VERIFY_NEVER + 1);
    codec_enum(c, &evidence->role, MAILBOX_IMPORTED + 1);
    put_author(c, &evidence->author);
    put_link(c, &evidence->link_in_own_name);
    put_link(c, &evidence->link_in_other_name);
    put_session(c, &evidence->session);
    codec_array(c, &evidence->authres, &evidence->n_authres);
    for (guint i = 0; i < evidence->n_authres; i++)
        put_authres(c, &evidence->authres[i]);
    codec_bool(c, &evidence->dkim_evaluated);
    codec_array(c, &evidence->signatures, &evidence->n_signatures);
    for (guint i = 0; i < evidence->n_signatures; i++)
        put_signature(c, &evidence->signatures[i]);
    codec_bool(c, &evidence->signatures_unread);
    put_statement(c, evidence, &evidence->statement);
    put_statement(c, evidence, &evidence->forwarded);
    put_spf(c, &evidence->spf);
    put_domainkeys(c, &evidence->domainkeys);
    put_arc(c, &evidence->arc);
    codec_guint(c, &evidence->n_dkim2);
    put_spf(c, &evidence->spf_helo);
    put_sender_id(c, &evidence->sender_id);
    put_dmarc(c, &evidence->dmarc);
    codec_text(c, &evidence->bimi.selector_field);
    record_sign_smime(c, &evidence->smime);
    record_sign_openpgp(c, &evidence->openpgp);
    put_unsubscribe(c, &evidence->unsubscribe);
    put_reputation(c, evidence);
    put_history(c, &evidence->history);
    codec_array(c, &evidence->hops, &evidence->n_hops);
    for (guint i = 0; i < evidence->n_hops; i++)
        put_hop(c, &evidence->hops[i]);
}

/* SPDX-License-Identifier: MIT
 *
 * A sum for the worst message, in octets of a record: 200 signatures named by believed headers
 * 200 × 1,900, their h= 1,000 × 120, 100 hops × 1,400, Authentication-Results 2 × 160 KB and 64
 * names of servers: below 1,000,000. */
#include "trust/evidence_bound.h"

#include "base/limits.h"
#include "base/zeroed.h"

#include <string.h>

/* What one text and one number take in a record (trust/record_codec), framing included. */
enum { TEXT_COST = 16, NUMBER_COST = 8 };

static void shorten(struct evidence *evidence, const char **text, size_t limit) {
    if (!*text || strlen(*text) <= limit)
        return;
    const char *end = g_utf8_find_prev_char(*text, *text + limit + 1);
    *text = evidence_span(evidence, span_make(*text, (size_t)(end - *text)));
}

/* --- signatures ----------------------------------------------------------------------------- */

static void mark_stated(const struct evidence_statement *statement, bool *kept) {
    for (guint i = 0; i < statement->n_dkim; i++)
        if (statement->dkim[i].signature >= 0)
            kept[statement->dkim[i].signature] = true;
}

/* One that could align and is refused unasked, for its syntax say, still is a finding: a crowd of
 * strangers above must not hide it. */
static void mark_signatures(const struct evidence *evidence, const struct dkim_check *check,
                            bool *kept) {
    guint others[2] = {0};
    mark_stated(&evidence->statement, kept);
    mark_stated(&evidence->forwarded, kept);
    for (guint i = 0; i < evidence->n_signatures; i++) {
        guint *n = &others[evidence->signatures[i].could_align];
        if (check->results[i].chosen)
            kept[i] = true;
        else if (!kept[i])
            kept[i] = (*n)++ < LIMIT_EVIDENCE_OTHERS;
    }
}

static void move_stated(struct evidence_statement *statement, const guint *to) {
    for (guint i = 0; i < statement->n_dkim; i++)
        if (statement->dkim[i].signature >= 0)
            statement->dkim[i].signature = (int)to[statement->dkim[i].signature];
}

static void keep_signatures(struct evidence *evidence, const bool *kept) {
    g_autofree guint *to = NEW_ZEROS(guint, evidence->n_signatures);
    guint n = 0;
    for (guint i = 0; i < evidence->n_signatures; i++) {
        to[i] = n;
        if (kept[i])
            evidence->signatures[n++] = evidence->signatures[i];
        else
            g_free(evidence->signatures[i].signed_headers);
    }
    evidence->n_signatures = n;
    move_stated(&evidence->statement, to);
    move_stated(&evidence->forwarded, to);
}

static void shorten_signature(struct evidence *evidence, struct evidence_signature *signature,
                              guint *room) {
    const char **names = signature->signed_headers;
    shorten(evidence, &signature->selector, LIMIT_EVIDENCE_NAME);
    shorten(evidence, &signature->identity, LIMIT_EVIDENCE_VALUE);
    guint n = 0;
    for (; n < LIMIT_EVIDENCE_H && *room && names[n]; n++, (*room)--)
        shorten(evidence, &names[n], LIMIT_EVIDENCE_H_NAME);
    names[n] = NULL;
}

static void drop_signatures(struct evidence *evidence, const struct dkim_check *check) {
    g_autofree bool *kept = NEW_ZEROS(bool, evidence->n_signatures);
    mark_signatures(evidence, check, kept);
    keep_signatures(evidence, kept);
}

static void bound_signatures(struct evidence *evidence, const struct dkim_check *check) {
    if (evidence->n_signatures > LIMIT_EVIDENCE_OTHERS) /* so many are kept in any case */
        drop_signatures(evidence, check);
    guint room = LIMIT_EVIDENCE_H_ALL;
    for (guint i = 0; i < evidence->n_signatures; i++)
        shorten_signature(evidence, &evidence->signatures[i], &room);
}

/* --- Authentication-Results ----------------------------------------------------------------- */

static size_t text_cost(const char *text) {
    return text ? strlen(text) + TEXT_COST : NUMBER_COST;
}

static size_t result_cost(const struct evidence_result *result) {
    size_t cost = 3 * NUMBER_COST + text_cost(result->method) + text_cost(result->word) +
                  text_cost(result->reason) + text_cost(result->comment);
    for (guint i = 0; i < result->n_properties + result->n_extra; i++)
        cost += text_cost(result->properties[i].name) + text_cost(result->properties[i].value);
    return cost;
}

/* Results beyond the room are not listed. Believed fields have a room of their own, so that a
 * sender's fields cannot take it. */
static void bound_field(struct evidence *evidence, struct evidence_authres *field, size_t *room) {
    shorten(evidence, &field->authserv_id, LIMIT_EVIDENCE_NAME);
    guint n = 0;
    for (; n < field->n_results; n++) {
        struct evidence_result *result = &field->results[n];
        shorten(evidence, &result->reason, LIMIT_EVIDENCE_VALUE);
        shorten(evidence, &result->comment, LIMIT_EVIDENCE_VALUE);
        size_t cost = result_cost(result);
        if (cost > *room)
            break;
        *room -= cost;
    }
    for (guint i = n; i < field->n_results; i++)
        g_free(field->results[i].properties);
    field->n_results = n;
}

static void bound_authres(struct evidence *evidence) {
    size_t rooms[] = {LIMIT_EVIDENCE_TEXT, LIMIT_EVIDENCE_TEXT};
    for (guint i = 0; i < evidence->n_authres; i++)
        bound_field(evidence, &evidence->authres[i], &rooms[evidence->authres[i].believed]);
}

/* --- the rest ------------------------------------------------------------------------------- */

static void bound_hops(struct evidence *evidence) {
    for (guint i = 0; i < evidence->n_hops; i++) {
        struct evidence_hop *hop = &evidence->hops[i];
        const char **texts[] = {&hop->from, &hop->by, &hop->tls_version, &hop->tls_cipher};
        for (guint j = 0; j < G_N_ELEMENTS(texts); j++)
            shorten(evidence, texts[j], LIMIT_EVIDENCE_NAME);
    }
}

static void bound_texts(struct evidence *evidence) {
    const char **texts[] = {&evidence->author.display_name, &evidence->session.helo,
                            &evidence->session.mail_from,   &evidence->session.submitted_by,
                            &evidence->statement.server,    &evidence->forwarded.server,
                            &evidence->spf.mechanism,       &evidence->spf_helo.mechanism,
                            &evidence->sender_id.pra,       &evidence->domainkeys.selector};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        shorten(evidence, texts[i], LIMIT_EVIDENCE_VALUE);
}

void evidence_bound(struct evidence *evidence, const struct dkim_check *check) {
    bound_signatures(evidence, check);
    bound_authres(evidence);
    bound_hops(evidence);
    bound_texts(evidence);
}

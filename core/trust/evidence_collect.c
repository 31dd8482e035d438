/* SPDX-License-Identifier: MIT
 *
 * Copying, room by room. */
#include "trust/evidence_collect.h"

#include "base/limits.h"
#include "base/zeroed.h"
#include "mail/address.h"
#include "mail/calendar.h"
#include "mail/domain.h"
#include "mail/mime.h"
#include "trust/coverage.h"

#include <string.h>

void collect_author(struct evidence *evidence, const struct author *author,
                    const struct public_suffixes *suffixes) {
    struct evidence_author *into = &evidence->author;
    into->state = author->state;
    into->why = evidence_text(evidence, author->why);
    into->address = evidence_text(evidence, author->address);
    into->domain = evidence_text(evidence, author->domain);
    into->display_name = evidence_text(evidence, author->display_name);
    into->address_in_name = evidence_text(evidence, author->address_in_name);
    if (author->domain && suffixes)
        into->registrable =
            evidence_text(evidence, orgdomain_registrable(suffixes, author->domain));
    into->notes = author->notes;
}

/* --- Reply-To, To, Cc ----------------------------------------------------------------------- */

static bool is_same_organization(const struct public_suffixes *suffixes, const char *a,
                                 const char *b) {
    if (!suffixes)
        return domain_is_equal_or_below(a, b) || domain_is_equal_or_below(b, a);
    const char *registrable_a = orgdomain_registrable(suffixes, a);
    const char *registrable_b = orgdomain_registrable(suffixes, b);
    return registrable_a && registrable_b ? domain_is_equal(registrable_a, registrable_b)
                                          : domain_is_equal(a, b);
}

static void collect_reply(struct evidence *evidence, const struct message *message,
                          const struct public_suffixes *suffixes) {
    int at = message_find(message, "Reply-To", 0);
    if (at < 0 || !evidence->author.domain)
        return;
    OWNED(address_list) list = address_parse(message->fields[at].value);
    for (guint i = 0; i < list->n && !evidence->author.reply_domain; i++) {
        const char *domain = list->mailboxes[i].domain;
        if (domain && !is_same_organization(suffixes, domain, evidence->author.domain))
            evidence->author.reply_domain = evidence_text(evidence, domain);
    }
}

static bool names_recipient(struct span value, const char *const *recipients) {
    OWNED(address_list) list = address_parse(value);
    for (guint i = 0; i < list->n; i++)
        for (const char *const *recipient = recipients; *recipient; recipient++)
            if (list->mailboxes[i].address &&
                g_ascii_strcasecmp(list->mailboxes[i].address, *recipient) == 0)
                return true;
    return false;
}

static bool is_addressed(const struct message *message, const char *const *recipients) {
    static const char *const names[] = {"To", "Cc"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        for (int at = message_find(message, names[i], 0); at >= 0;
             at = message_find(message, names[i], (guint)at + 1))
            if (names_recipient(message->fields[at].value, recipients))
                return true;
    return false;
}

/* An invitation carries its part near the top; deeper ones are attachments. */
static bool is_invitation(const struct message *message) {
    enum { NEAR_THE_TOP = 16384 };
    static const char word[] = "text/calendar";
    int at = message_find(message, "Content-Type", 0);
    if (at >= 0 && span_starts_nocase(span_trim_fws(message->fields[at].value), span_of(word)))
        return true;
    struct span top = span_first(message->body, NEAR_THE_TOP);
    return top.n && memmem(top.p, top.n, word, sizeof word - 1);
}

/* Of the message's own parts; an attached one's invitation is its own matter. */
static const struct mime_part *find_calendar(const struct mime_part *part) {
    if (part->kind == MIME_LEAF)
        return mime_is(part, "text/calendar") ? part : NULL;
    const struct mime_part *found = NULL;
    for (guint i = 0; part->kind == MIME_MULTIPART && i < part->children->len && !found; i++)
        found = find_calendar(part->children->pdata[i]);
    return found;
}

static void collect_organizer(struct evidence *evidence, struct evaluate_tree *tree) {
    const struct message *message = tree->message;
    if ((message->flags & MESSAGE_BODY_PARTIAL) || !evaluate_tree_worthwhile(tree))
        return;
    const struct mime_part *part = find_calendar(evaluate_tree_mime(tree)->root);
    if (!part || !is_invitation(message))
        return;
    g_autofree char *text = mime_text(part, LIMIT_CALENDAR, NULL);
    g_autofree char *organizer = calendar_organizer(span_of(text), evidence->author.address);
    evidence->author.organizer = evidence_text(evidence, organizer);
}

/* RFC 2919 §3: list-id-header = "List-ID:" [phrase] "<" list-id ">" CRLF, a list-id being labels
 * and dots. Two fields, or anything else between the brackets, name no list. */
static void collect_list(struct evidence *evidence, const struct message *message) {
    int at = message_find(message, "List-Id", 0);
    evidence->author.is_list = at >= 0;
    if (at < 0 || message_find(message, "List-Id", (guint)at + 1) >= 0)
        return;
    struct span value = span_trim_fws(message->fields[at].value);
    const char *open = value.n ? memrchr(value.p, '<', value.n) : NULL;
    if (!open || value.p[value.n - 1] != '>')
        return;
    struct span id = span_from(value, (size_t)(open - value.p) + 1);
    id = span_trim_fws(span_first(id, id.n - 1));
    bool good = id.n > 0 && id.n <= LIMIT_EVIDENCE_NAME;
    for (size_t i = 0; good && i < id.n; i++)
        good = g_ascii_isalnum(id.p[i]) || strchr("-._+=", id.p[i]);
    g_autofree char *lower = good ? span_dup_lower(id) : NULL;
    evidence->author.list_id = evidence_text(evidence, lower);
}

void collect_surroundings(struct evidence *evidence, struct evaluate_tree *tree,
                          const struct public_suffixes *suffixes, const char *const *recipients) {
    const struct message *message = tree->message;
    struct evidence_author *author = &evidence->author;
    collect_list(evidence, message);
    collect_reply(evidence, message, suffixes);
    collect_organizer(evidence, tree);
    author->is_invitation = author->reply_domain && is_invitation(message);
    author->recipients_known = recipients != NULL;
    author->addressed_to_account = recipients && is_addressed(message, recipients);
}

/* --- hops and headers ----------------------------------------------------------------------- */

static const char *text_or_null(struct evidence *evidence, struct span text) {
    return text.n ? evidence_span(evidence, text) : NULL;
}

void collect_hops(struct evidence *evidence, const struct hops *hops) {
    evidence->hops = NEW_ZEROS(struct evidence_hop, hops->n);
    evidence->n_hops = hops->n;
    for (guint i = 0; i < hops->n; i++) {
        const struct hop *hop = &hops->hop[i];
        evidence->hops[i] = (struct evidence_hop){
            .from = text_or_null(evidence, hop->from),
            .by = text_or_null(evidence, hop->by),
            .ip = evidence_ip(evidence, &hop->ip),
            .tls = hop->flags & HOP_TLS,
            .tls_version = text_or_null(evidence, hop->tls_version),
            .tls_cipher = text_or_null(evidence, hop->tls_cipher),
            .ours = hop->flags & HOP_OURS,
            .timed = hop->flags & HOP_DELAY,
            .delay = hop->flags & HOP_DELAY ? hop->delay : 0,
        };
    }
}

/* Properties with a ptype first, bare ones after them. */
static void collect_properties(struct evidence *evidence, struct evidence_result *into,
                               const struct authres_result *result) {
    into->properties = g_new(struct evidence_property, result->n_properties);
    for (int bare = 0; bare < 2; bare++)
        for (guint i = 0; i < result->n_properties; i++) {
            const struct authres_property *property = &result->property[i];
            bool has_dot = span_find(property->name, '.') < property->name.n;
            if (has_dot == (bool)bare)
                continue;
            into->properties[into->n_properties + into->n_extra] = (struct evidence_property){
                evidence_span(evidence, property->name), evidence_span(evidence, property->value)};
            *(bare ? &into->n_extra : &into->n_properties) += 1;
        }
}

void collect_authres(struct evidence *evidence, const struct authres *authres) {
    evidence->authres = NEW_ZEROS(struct evidence_authres, authres->n);
    evidence->n_authres = authres->n;
    for (guint i = 0; i < authres->n; i++) {
        const struct authres_field *field = &authres->field[i];
        struct evidence_authres *into = &evidence->authres[i];
        into->authserv_id = evidence_span(evidence, field->id);
        into->believed = field->believed;
        into->why = authres_why_name(field->why);
        into->results = NEW_ZEROS(struct evidence_result, field->n_results);
        into->n_results = field->n_results;
        for (guint j = 0; j < field->n_results; j++) {
            const struct authres_result *result = &field->result[j];
            into->results[j] = (struct evidence_result){
                .method = evidence_span(evidence, result->method),
                .word = evidence_span(evidence, result->word),
                .result = result->result,
                .reason = evidence_span(evidence, result->reason),
                .comment = evidence_span(evidence, result->comment),
            };
            collect_properties(evidence, &into->results[j], result);
        }
    }
}

/* --- signatures ----------------------------------------------------------------------------- */

static const char *uncovered_fields(struct evidence *evidence, const struct dkim_result *result,
                                    const struct message *message) {
    g_autofree char *names = coverage_open_fields(result, message);
    return evidence_text(evidence, names);
}

/* Signatures that another verifier may have read and we did not. */
static bool has_unread(const struct dkim_check *check, const struct message *message) {
    bool unread = check->unread > 0 ||
                  (message->flags & (MESSAGE_TOO_MANY_FIELDS | MESSAGE_HEADER_TOO_LARGE));
    for (guint i = 0; i < check->n; i++)
        unread = unread || check->results[i].reason == DKIM_TOO_LARGE ||
                 !check->results[i].signature->domain;
    return unread;
}

static const char **signed_headers(struct evidence *evidence,
                                   const struct dkim_signature *signature) {
    const char **names = NEW_ZEROS(const char *, signature->n_headers + 1);
    for (guint i = 0; i < signature->n_headers; i++) {
        char lower[64];
        struct span name = signature->headers[i];
        if (name.n >= sizeof lower) { /* no field that anybody reads has such a name */
            g_autofree char *copy = span_dup_lower(name);
            names[i] = evidence_text(evidence, copy);
            continue;
        }
        for (size_t k = 0; k < name.n; k++)
            lower[k] = g_ascii_isupper(name.p[k]) ? (char)(name.p[k] | 0x20) : name.p[k];
        names[i] = evidence_span(evidence, span_make(lower, name.n));
    }
    return names;
}

static enum auth_result header_hash(enum dkim_hash_state state) {
    switch (state) {
    case DKIM_HASH_PASS:
        return AUTH_PASS;
    case DKIM_HASH_FAIL:
        return AUTH_FAIL;
    default:
        return AUTH_NOT_EVALUATED;
    }
}

/* Some record could align the two: the suffix list does not set them apart (rule 3). */
static bool could_align(const struct public_suffixes *suffixes, const char *author,
                        const char *domain) {
    return author && domain &&
           (domain_is_equal(author, domain) || !orgdomain_apart(suffixes, author, domain));
}

void collect_signatures(struct evidence *evidence, const struct dkim_check *check,
                        const struct message *message, const struct public_suffixes *suffixes) {
    const char *author = evidence->author.domain;
    evidence->signatures = NEW_ZEROS(struct evidence_signature, check->n);
    evidence->n_signatures = check->n;
    evidence->signatures_unread = has_unread(check, message);
    for (guint i = 0; i < check->n; i++) {
        const struct dkim_result *result = &check->results[i];
        const struct dkim_signature *signature = result->signature;
        evidence->signatures[i] = (struct evidence_signature){
            .domain = evidence_text(evidence, signature->domain),
            .selector = evidence_text(evidence, signature->selector),
            .identity = evidence_text(evidence, signature->identity),
            .algorithm = dkim_algorithm_name(signature->algorithm),
            .body_length_limit =
                signature->limited ? (int64_t)MIN(signature->limit, INT64_MAX) : -1,
            .signed_at = signature->signed_at,
            .signed_headers = signed_headers(evidence, signature),
            .bare = author && signature->domain
                        ? dmarc_bare_dkim(suffixes, author, signature->domain)
                        : DMARC_BARE_NOT_EVALUATED,
            .could_align = could_align(suffixes, author, signature->domain),
            .body_uncovered = signature->limited,
            .content_type_unsigned =
                !result->content_type_signed && message_find(message, "Content-Type", 0) >= 0,
            .fields_uncovered = uncovered_fields(evidence, result, message),
        };
    }
}

void collect_signature_results(struct evidence *evidence, const struct dkim_check *check) {
    evidence->dkim_evaluated = true;
    for (guint i = 0; i < check->n; i++) {
        const struct dkim_result *result = &check->results[i];
        struct evidence_signature *into = &evidence->signatures[i];
        into->result = result->result;
        into->reason = dkim_reason_name(result->reason);
        into->key_bits = result->key_bits;
        into->testing = result->testing;
        into->header_hash = header_hash(result->header_hash);
        into->dnssec = result->dnssec;
        into->body_missing = result->reason == DKIM_BODY_PARTIAL;
        into->key_missing =
            result->reason == DKIM_KEY_NOT_FOUND || result->reason == DKIM_KEY_REVOKED;
        into->body_uncovered = result->signature->limited && !result->body_covered;
    }
}

/* --- statements ----------------------------------------------------------------------------- */

char *collect_signature_b(const struct dkim_signature *signature) {
    GString *b = g_string_sized_new(signature->own_b.n);
    for (size_t i = 0; i < signature->own_b.n; i++)
        if (!strchr(" \t\r\n", signature->own_b.p[i]))
            g_string_append_c(b, signature->own_b.p[i]);
    return g_string_free(b, FALSE);
}

static bool covers_less(const struct evidence_signature *a, const struct evidence_signature *b) {
    bool a_open = a->body_uncovered || a->body_length_limit >= 0;
    bool b_open = b->body_uncovered || b->body_length_limit >= 0;
    return a_open != b_open ? a_open : a->fields_uncovered && !b->fields_uncovered;
}

/* Where some signature was not read, a name alone could lead to a decoy beside it. */
static bool is_sure(const struct evidence *evidence, const struct stated_dkim *stated) {
    return !evidence->signatures_unread || stated->b.n >= STATEMENT_B_ENOUGH;
}

static void match_signatures(const struct evidence *evidence, struct evidence_statement *into,
                             const struct statement *statement, const struct dkim_check *check) {
    for (guint i = 0; i < check->n && statement->n_dkim; i++) {
        const struct dkim_signature *signature = check->results[i].signature;
        if (!signature->domain)
            continue;
        g_autofree char *b = collect_signature_b(signature);
        const struct stated_dkim *found = statement_dkim_find(
            statement, signature->domain, span_of(signature->selector), span_of(b));
        if (!found || !is_sure(evidence, found))
            continue;
        struct evidence_stated_dkim *dkim = &into->dkim[found - statement->dkim];
        if (dkim->signature < 0 ||
            covers_less(&evidence->signatures[i], &evidence->signatures[dkim->signature]))
            dkim->signature = (int)i;
    }
}

/* header.i only says that d= is that domain or a parent: the signature itself says which. */
static const char *stated_domain(struct evidence *evidence, const struct stated_dkim *stated,
                                 int signature) {
    if (stated->domain_from_i && signature >= 0 && evidence->signatures[signature].domain)
        return evidence->signatures[signature].domain;
    return evidence_text(evidence, stated->domain);
}

/* The authserv-id of the field that holds `result`; without one, the profile's name for people. */
static const char *server_of(struct evidence *evidence, const struct authres *authres,
                             const struct authres_result *result,
                             const struct belief_rules *rules) {
    for (guint i = 0; i < authres->n; i++) {
        const struct authres_field *field = &authres->field[i];
        if (result >= field->result && result < field->result + field->n_results && field->id.n)
            return evidence_span(evidence, field->id);
    }
    return evidence_text(evidence, rules->profile->title);
}

static const struct authres_result *deciding(const struct statement *statement) {
    if (statement->dmarc.from)
        return statement->dmarc.from;
    return statement->n_dkim ? statement->dkim[0].from : statement->spf.from;
}

/* Zero to three in both rooms: none, quarantine, reject. */
static enum dmarc_policy policy_of(enum dmarc_policy_word word) {
    static const enum dmarc_policy policies[] = {
        [POLICY_UNKNOWN] = DMARC_POLICY_UNKNOWN,
        [POLICY_NONE] = DMARC_POLICY_NONE,
        [POLICY_QUARANTINE] = DMARC_POLICY_QUARANTINE,
        [POLICY_REJECT] = DMARC_POLICY_REJECT,
    };
    return policies[word];
}

/* Behind a gateway a failure says nothing (rule 11): the method counts as missing. */
static enum auth_result stated_spf(const struct stated_spf *spf) {
    return spf->result == AUTH_PASS || spf->evidence_of_failure ? spf->result : AUTH_NOT_EVALUATED;
}

void collect_statement(struct evidence *evidence, struct evidence_statement *target,
                       const struct statement *statement, const struct authres *authres,
                       const struct dkim_check *check, const struct belief_rules *rules,
                       const struct public_suffixes *suffixes) {
    const char *author = evidence->author.domain;
    *target = (struct evidence_statement){
        .present = statement->present,
        .server =
            statement->present ? server_of(evidence, authres, deciding(statement), rules) : NULL,
        .forwarder =
            statement->forwarder ? evidence_text(evidence, statement->forwarder->name) : NULL,
        .dkim = NEW_ZEROS(struct evidence_stated_dkim, statement->n_dkim),
        .n_dkim = statement->n_dkim,
        .dkim_said = statement->dkim_said,
        .spf = stated_spf(&statement->spf),
        .spf_domain = evidence_text(evidence, statement->spf.domain),
        .dmarc = statement->dmarc.result,
        .dmarc_disputed = statement->dmarc_disputed,
        .failure_counts = statement->dmarc.evidence_of_failure,
        .policy = policy_of(statement->dmarc.policy),
        .disposition = policy_of(statement->dmarc.disposition),
    };
    for (guint i = 0; i < statement->n_dkim; i++)
        target->dkim[i].signature = -1;
    match_signatures(evidence, target, statement, check);
    for (guint i = 0; i < statement->n_dkim; i++) {
        struct evidence_stated_dkim *dkim = &target->dkim[i];
        dkim->result = statement->dkim[i].result;
        dkim->domain = stated_domain(evidence, &statement->dkim[i], dkim->signature);
        if (author && dkim->domain)
            dkim->bare = dmarc_bare_dkim(suffixes, author, dkim->domain);
    }
    if (author && target->spf_domain)
        target->spf_bare = dmarc_bare_spf(suffixes, author, target->spf_domain);
}

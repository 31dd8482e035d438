/* SPDX-License-Identifier: MIT
 *
 * auth/statement.h: merging. Order: collect every usable result, then drop what contradicts. */
#include "auth/statement.h"

#include "auth/statement_policy.h"
#include "base/zeroed.h"
#include "mail/domain.h"

char *statement_value_domain(struct span value) {
    if (value.n >= 2 && value.p[0] == '<' && value.p[value.n - 1] == '>')
        value = span_make(value.p + 1, value.n - 2);
    for (size_t i = value.n; i > 0; i--)
        if (value.p[i - 1] == '@')
            return domain_parse(span_from(value, i), 0, NULL);
    return domain_parse(value, 0, NULL);
}

struct collector {
    struct statement *statement;
    GArray *dkim; /* struct stated_dkim; NULL: none yet */
    const struct belief_rules *rules;
    const char *author_domain;
    bool spf_clash, helo_clash, dmarc_clash, auth_clash, arc_clash, iprev_clash;
    bool dmarc_failed; /* some dmarc=fail that counts, whatever the others say */
};

static void clear_dkim(gpointer dkim) {
    g_free(((struct stated_dkim *)dkim)->domain);
}

/* RFC 6376 §3.5: the domain of i= is d= or lies below it. A result that says otherwise is about no
 * signature that could be valid (attacks B51). */
static void add_dkim(struct collector *c, const struct authres_field *field,
                     const struct authres_result *result) {
    c->statement->dkim_said = true;
    struct stated_dkim dkim = {
        .result = result->result,
        .identity = authres_property_find(result, "header.i"),
        .selector = authres_property_find(result, "header.s"),
        .b = authres_property_find(result, "header.b"),
        .from = result,
        .field = field,
    };
    struct span d = authres_property_find(result, "header.d");
    g_autofree char *of_i = dkim.identity.p ? statement_value_domain(dkim.identity) : NULL;
    if (d.p)
        dkim.domain = domain_parse(d, 0, NULL);
    bool conform = d.p == NULL || (dkim.domain != NULL &&
                                   (of_i == NULL || domain_is_equal_or_below(of_i, dkim.domain)));
    if (!conform || (dkim.identity.p && of_i == NULL)) {
        g_free(dkim.domain);
        return;
    }
    if (dkim.domain == NULL) {
        dkim.domain = g_steal_pointer(&of_i);
        dkim.domain_from_i = dkim.domain != NULL;
    }
    if (!c->dkim) {
        c->dkim = g_array_new(FALSE, FALSE, sizeof dkim);
        g_array_set_clear_func(c->dkim, clear_dkim);
    }
    g_array_append_val(c->dkim, dkim);
}

static bool says(struct span text, const char *words) {
    return text.n && memmem(text.p, text.n, words, strlen(words));
}

/* Words in which a server admits that it did not check what the result claims, so that it counts as
 * missing. Gmail and Exim guess an SPF record where the domain has none; amavis calls a signature
 * that it has just made itself, on mail going out, a pass; Yahoo says where an ARC chain stands in
 * for a mechanism. */
static bool was_not_checked(const struct authres_result *result, const struct profile *profile) {
    struct span override = authres_property_find(result, "arc_overridden_status");
    switch (result->known) {
    case AUTHRES_SPF:
        if (result->result == AUTH_PASS && says(result->comment, "best guess"))
            return true;
        break;
    case AUTHRES_DKIM:
        if (says(result->reason, "generated, assumed good") ||
            says(result->comment, "generated, assumed good"))
            return true;
        break;
    default:
        break;
    }
    return (profile->flags & PROFILE_ARC_OVERRIDE) && override.p &&
           !span_eq_nocase(override, SPAN_LIT("NOT_OVERRIDDEN"));
}

/* MAIL FROM if it was said, be it the null path, for which HELO stands in (RFC 7208 §2.4). HELO
 * alone is another identity and never DMARC's (attacks B52). */
static void add_spf(struct collector *c, const struct authres_field *field,
                    const struct authres_result *result) {
    struct span mail_from = authres_property_find(result, "smtp.mailfrom");
    struct span helo = authres_property_find(result, "smtp.helo");
    bool null_path = mail_from.p && (mail_from.n == 0 || span_eq(mail_from, SPAN_LIT("<>")));
    bool about_mail_from = mail_from.p && (!null_path || helo.p);
    if (!about_mail_from && helo.p == NULL)
        return;
    struct stated_spf spf = {
        .result = result->result,
        .domain = statement_value_domain(about_mail_from && !null_path ? mail_from : helo),
        .null_path = null_path && about_mail_from,
        .evidence_of_failure = !field->behind_gateway,
        .from = result,
    };
    struct stated_spf *slot = about_mail_from ? &c->statement->spf : &c->statement->spf_helo;
    bool *clash = about_mail_from ? &c->spf_clash : &c->helo_clash;
    if (spf.domain == NULL)
        return;
    if (slot->domain == NULL) {
        *slot = spf;
        return;
    }
    *clash = *clash || slot->result != spf.result || !domain_is_equal(slot->domain, spf.domain);
    slot->evidence_of_failure = slot->evidence_of_failure && spf.evidence_of_failure;
    g_free(spf.domain);
}

static void add_dmarc(struct collector *c, const struct authres_field *field,
                      const struct authres_result *result) {
    struct span from = authres_property_find(result, "header.from");
    g_autofree char *domain = from.p ? statement_value_domain(from) : NULL;
    if (domain == NULL || c->author_domain == NULL || !domain_is_equal(domain, c->author_domain))
        return;
    struct stated_dmarc dmarc = {
        .result = result->result,
        .evidence_of_failure = !field->behind_gateway,
        .from = result,
    };
    statement_policy_read(result, c->rules->profile, &dmarc);
    struct stated_dmarc *slot = &c->statement->dmarc;
    c->dmarc_failed = c->dmarc_failed || (dmarc.result == AUTH_FAIL && dmarc.evidence_of_failure);
    if (slot->from == NULL) {
        *slot = dmarc;
        return;
    }
    c->dmarc_clash = c->dmarc_clash || slot->result != dmarc.result;
    slot->evidence_of_failure = slot->evidence_of_failure && dmarc.evidence_of_failure;
    statement_policy_merge(slot, &dmarc);
}

static void add_auth(struct collector *c, const struct authres_result *result) {
    struct stated_auth *slot = &c->statement->auth;
    struct span identity = authres_property_find(result, "smtp.auth");
    if (identity.p == NULL)
        identity = authres_property_find(result, "smtp.mailfrom");
    if (slot->result != AUTH_NOT_EVALUATED &&
        (slot->result != result->result || !span_eq(slot->identity, identity)))
        c->auth_clash = true;
    *slot = (struct stated_auth){result->result, identity};
}

static void add_plain(enum auth_result *slot, bool *clash, enum auth_result result) {
    *clash = *clash || (*slot != AUTH_NOT_EVALUATED && *slot != result);
    *slot = result;
}

static void add_result(struct collector *c, const struct authres_field *field,
                       const struct authres_result *result) {
    if (result->known == AUTHRES_DKIM && result->result == AUTH_NOT_EVALUATED)
        c->statement->dkim_said = true;
    if (result->result == AUTH_NOT_EVALUATED || was_not_checked(result, c->rules->profile))
        return;
    switch (result->known) {
    case AUTHRES_DKIM:
        add_dkim(c, field, result);
        break;
    case AUTHRES_SPF:
        add_spf(c, field, result);
        break;
    case AUTHRES_DMARC:
        add_dmarc(c, field, result);
        break;
    case AUTHRES_AUTH:
        add_auth(c, result);
        break;
    case AUTHRES_ARC:
        add_plain(&c->statement->arc, &c->arc_clash, result->result);
        break;
    case AUTHRES_IPREV:
        add_plain(&c->statement->iprev, &c->iprev_clash, result->result);
        break;
    default:
        break;
    }
}

static bool is_enough(struct span b) {
    return b.n >= STATEMENT_B_ENOUGH;
}

/* Could be two spellings of the b= of one signature, as far as the shorter one tells. */
static bool agree_b(struct span a, struct span b) {
    size_t n = MIN(a.n, b.n);
    return span_eq(span_first(a, n), span_first(b, n));
}

/* Could both be about one signature? b= says where enough of it is known; else domain and selector.
 */
static bool same_signature(const struct stated_dkim *a, const struct stated_dkim *b) {
    if (!agree_b(a->b, b->b))
        return false;
    if (is_enough(a->b) && is_enough(b->b))
        return true;
    if (a->domain == NULL || b->domain == NULL)
        return a->domain == b->domain;
    if (!domain_is_equal(a->domain, b->domain))
        return false;
    return a->selector.p == NULL || b->selector.p == NULL ||
           span_eq_nocase(a->selector, b->selector);
}

/* Of results about one signature that agree, the first is kept; where they disagree, none. */
static bool stands(const struct stated_dkim *dkim, guint n, guint i, bool *contradictory) {
    for (guint j = 0; j < n; j++) {
        if (j == i || !same_signature(&dkim[i], &dkim[j]))
            continue;
        if (dkim[i].result != dkim[j].result) {
            *contradictory = true;
            return false;
        }
        if (j < i && (dkim[i].b.p == NULL) == (dkim[j].b.p == NULL))
            return false;
    }
    return true;
}

static void settle_dkim(struct collector *c) {
    struct statement *s = c->statement;
    if (!c->dkim)
        return;
    guint n = c->dkim->len;
    struct stated_dkim *dkim = (struct stated_dkim *)(gpointer)c->dkim->data;
    s->dkim = NEW_ZEROS(struct stated_dkim, n);
    for (guint i = 0; i < n; i++) {
        if (!stands(dkim, n, i, &s->contradictory))
            continue;
        s->dkim[s->n_dkim] = dkim[i];
        s->dkim[s->n_dkim++].domain = g_strdup(dkim[i].domain);
    }
}

static void drop_spf(struct stated_spf *spf) {
    g_free(spf->domain);
    memset(spf, 0, sizeof *spf);
}

static void settle_rest(struct collector *c) {
    struct statement *s = c->statement;
    if (c->spf_clash)
        drop_spf(&s->spf);
    if (c->helo_clash)
        drop_spf(&s->spf_helo);
    s->dmarc_disputed = c->dmarc_clash && c->dmarc_failed;
    if (c->dmarc_clash)
        memset(&s->dmarc, 0, sizeof s->dmarc);
    if (c->auth_clash)
        memset(&s->auth, 0, sizeof s->auth);
    if (c->arc_clash)
        s->arc = AUTH_NOT_EVALUATED;
    if (c->iprev_clash)
        s->iprev = AUTH_NOT_EVALUATED;
    s->contradictory = s->contradictory || c->spf_clash || c->helo_clash || c->dmarc_clash ||
                       c->auth_clash || c->arc_clash || c->iprev_clash;
}

struct statement *statement_new(const struct authres *authres, const struct belief_rules *rules,
                                const char *author_domain, const struct forwarder *forwarder) {
    struct statement *statement = NEW_ZERO(statement);
    struct collector c = {
        .statement = statement,
        .rules = rules,
        .author_domain = author_domain,
    };
    statement->forwarder = forwarder;
    for (guint i = 0; i < authres->n; i++) {
        const struct authres_field *field = &authres->field[i];
        if (!field->believed || field->forwarder != forwarder)
            continue;
        statement->present = true;
        for (guint j = 0; j < field->n_results; j++)
            add_result(&c, field, &field->result[j]);
    }
    settle_dkim(&c);
    settle_rest(&c);
    if (c.dkim)
        g_array_free(c.dkim, TRUE);
    return statement;
}

void statement_free(struct statement *statement) {
    for (guint i = 0; i < statement->n_dkim; i++)
        g_free(statement->dkim[i].domain);
    g_free(statement->dkim);
    g_free(statement->spf.domain);
    g_free(statement->spf_helo.domain);
    g_free(statement);
}

/* RFC 6008 §4: header.b names the signature; i= narrows d= where d= was not said. */
const struct stated_dkim *statement_dkim_find(const struct statement *statement, const char *d,
                                              struct span s, struct span b) {
    const struct stated_dkim *found = NULL;
    for (guint i = 0; i < statement->n_dkim; i++) {
        const struct stated_dkim *dkim = &statement->dkim[i];
        bool domain_fits =
            dkim->domain == NULL || (dkim->domain_from_i ? domain_is_equal_or_below(dkim->domain, d)
                                                         : domain_is_equal(dkim->domain, d));
        bool selector_fits = dkim->selector.p == NULL || span_eq_nocase(dkim->selector, s);
        bool b_fits = agree_b(dkim->b, b) && (is_enough(b) || !is_enough(dkim->b));
        bool named = is_enough(dkim->b) || dkim->domain != NULL;
        if (!named || !domain_fits || !selector_fits || !b_fits)
            continue;
        if (is_enough(dkim->b))
            return dkim;
        if (found)
            return NULL;
        found = dkim;
    }
    return found;
}

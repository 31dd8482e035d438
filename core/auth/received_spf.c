/* SPDX-License-Identifier: MIT
 *
 * auth/received_spf.h: one pass over the field; "believed" is a range of field indices. */
#include "auth/received_spf.h"

#include "base/limits.h"
#include "mail/domain.h"

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* comment = "(" *( [FWS] ccontent ) [FWS] ")"; false if it never ends or nests too deep. */
static bool skip_comment(struct span *rest) {
    guint depth = 0;
    size_t i = 0;
    for (; i < rest->n; i++) {
        if (rest->p[i] == '\\')
            i++;
        else if (rest->p[i] == '(' && ++depth > LIMIT_COMMENT_DEPTH)
            return false;
        else if (rest->p[i] == ')' && --depth == 0)
            break;
    }
    if (i >= rest->n)
        return false;
    *rest = span_from(*rest, i + 1);
    return true;
}

static bool skip_cfws(struct span *rest) {
    for (;;) {
        while (rest->n && is_space(rest->p[0]))
            *rest = span_from(*rest, 1);
        if (rest->n == 0 || rest->p[0] != '(')
            return true;
        if (!skip_comment(rest))
            return false;
    }
}

static struct span take_word(struct span *rest) {
    size_t n = 0;
    while (n < rest->n && !is_space(rest->p[n]) && !strchr(";=(\"", rest->p[n]))
        n++;
    struct span word = span_first(*rest, n);
    *rest = span_from(*rest, n);
    return word;
}

/* quoted-string, with the quotes and backslashes taken off. */
static bool take_quoted(struct span *rest, GString *value) {
    for (size_t i = 1; i < rest->n; i++) {
        if (rest->p[i] == '"') {
            *rest = span_from(*rest, i + 1);
            return true;
        }
        if (rest->p[i] == '\\' && ++i == rest->n)
            return false;
        g_string_append_c(value, rest->p[i]);
    }
    return false;
}

/* dot-atom / quoted-string; addresses stand bare in the wild. */
static bool take_value(struct span *rest, GString *value) {
    g_string_truncate(value, 0);
    if (rest->n && rest->p[0] == '"')
        return take_quoted(rest, value);
    size_t n = 0;
    while (n < rest->n && !is_space(rest->p[n]) && rest->p[n] != ';' && rest->p[n] != '"')
        n++;
    g_string_append_len(value, rest->p, (gssize)n);
    *rest = span_from(*rest, n);
    return true;
}

enum key { KEY_OTHER = 0, KEY_ENVELOPE_FROM = 1 << 0, KEY_HELO = 1 << 1, KEY_IDENTITY = 1 << 2 };

static enum key key_find(struct span name) {
    if (span_eq_nocase(name, SPAN_LIT("envelope-from")))
        return KEY_ENVELOPE_FROM;
    if (span_eq_nocase(name, SPAN_LIT("helo")))
        return KEY_HELO;
    return span_eq_nocase(name, SPAN_LIT("identity")) ? KEY_IDENTITY : KEY_OTHER;
}

static bool keep(struct received_spf *field, enum key key, struct span value) {
    switch (key) {
    case KEY_ENVELOPE_FROM:
        field->has_path = true;
        field->null_path = value.n == 0 || span_eq(value, SPAN_LIT("<>"));
        if (!field->null_path)
            field->path_domain = statement_value_domain(value);
        return true;
    case KEY_HELO:
        field->helo_domain = statement_value_domain(value);
        return true;
    case KEY_IDENTITY:
        field->of_helo = span_eq_nocase(value, SPAN_LIT("helo"));
        return field->of_helo || span_eq_nocase(value, SPAN_LIT("mailfrom"));
    default:
        return true;
    }
}

/* key-value-list = key-value-pair *( ";" [CFWS] key-value-pair ) [";"]
 * key-value-pair = key [CFWS] "=" ( dot-atom / quoted-string ) */
static bool read_pairs(struct span rest, struct received_spf *field) {
    g_autoptr(GString) value = g_string_new(NULL);
    uint32_t seen = 0;
    for (;;) {
        if (!skip_cfws(&rest))
            return false;
        if (rest.n == 0)
            return true;
        if (rest.p[0] == ';') {
            rest = span_from(rest, 1);
            continue;
        }
        struct span name = take_word(&rest);
        enum key key = key_find(name);
        if (name.n == 0 || !skip_cfws(&rest) || rest.n == 0 || rest.p[0] != '=' || (seen & key))
            return false;
        seen |= key;
        rest = span_from(rest, 1);
        if (!skip_cfws(&rest) || !take_value(&rest, value) ||
            !keep(field, key, span_make(value->str, value->len)))
            return false;
    }
}

/* header-field = "Received-SPF:" [CFWS] result FWS [comment FWS] [ key-value-list ] CRLF */
bool received_spf_parse(struct span value, struct received_spf *field) {
    *field = (struct received_spf){.result = AUTH_NOT_EVALUATED};
    if (value.n > LIMIT_AR_SIZE || !skip_cfws(&value))
        return false;
    field->result = auth_result_parse(take_word(&value));
    if (field->result != AUTH_NOT_EVALUATED && field->result != AUTH_POLICY &&
        read_pairs(value, field))
        return true;
    received_spf_clear(field);
    return false;
}

void received_spf_clear(struct received_spf *field) {
    g_free(field->path_domain);
    g_free(field->helo_domain);
    *field = (struct received_spf){.result = AUTH_NOT_EVALUATED};
}

/* The domain whose MAIL FROM result it is, or NULL: the field's own word, else the session's. For
 * the null path HELO stands in (§2.4). The caller frees. */
static char *identity(const struct received_spf *field, const struct border_session *session) {
    bool null_path =
        field->has_path ? field->null_path : session->has_mail_from && session->mail_from.n == 0;
    if (null_path)
        return field->helo_domain ? g_strdup(field->helo_domain)
                                  : statement_value_domain(session->helo);
    if (field->has_path)
        return g_strdup(field->path_domain);
    return session->has_mail_from ? statement_value_domain(session->mail_from) : NULL;
}

void received_spf_supply(struct statement *statement, const struct authres *authres,
                         const struct message *message, const struct hops *hops,
                         const struct border_session *session) {
    struct stated_spf found = {.result = AUTH_NOT_EVALUATED};
    bool clash = false;
    if (statement->spf.result != AUTH_NOT_EVALUATED || statement->contradictory)
        return;
    for (int at = message_find(message, "Received-SPF", 0);
         at >= 0 && (guint)at < authres->receivers_until;
         at = message_find(message, "Received-SPF", (guint)at + 1)) {
        struct received_spf field;
        if (!received_spf_parse(message->fields[at].value, &field))
            continue;
        char *domain = field.of_helo ? NULL : identity(&field, session);
        if (domain && found.domain)
            clash = clash || found.result != field.result || !domain_is_equal(found.domain, domain);
        if (domain && !found.domain)
            found = (struct stated_spf){.result = field.result,
                                        .domain = g_steal_pointer(&domain),
                                        .null_path = field.null_path,
                                        .evidence_of_failure =
                                            (guint)at >= hops->own_until ||
                                            hops_below(hops, (guint)at) == hops->border};
        g_free(domain);
        received_spf_clear(&field);
    }
    if (clash || !found.domain) {
        g_free(found.domain);
        return;
    }
    statement->present = true;
    statement->spf = found;
}

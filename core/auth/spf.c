/* SPDX-License-Identifier: MIT
 *
 * auth/spf.h: identities of a session. */
#include "auth/spf.h"

#include "base/limits.h"
#include "base/zeroed.h"

/* qtextSMTP / quoted-pairSMTP, with the backslash taken off; "\0" for what is neither. */
static char quoted_octet(struct span text, size_t *at) {
    if (text.p[*at] == '"')
        return '\0';
    if (text.p[*at] == '\\' && ++*at == text.n)
        return '\0';
    return text.p[*at];
}

static char bare_octet(struct span text, size_t at) {
    return strchr("()<>[]:;@\\,\"", text.p[at]) ? '\0' : text.p[at];
}

/* local-part = dot-string / quoted-string, without its quotes; also spaces, since who hands a path
 * on may have unquoted it. NULL for all else. */
static char *local_parse(struct span text) {
    bool quoted = text.n > 1 && text.p[0] == '"' && text.p[text.n - 1] == '"';
    g_autoptr(GString) local = g_string_sized_new(text.n);
    if (quoted)
        text = span_make(text.p + 1, text.n - 2);
    for (size_t i = 0; i < text.n; i++) {
        char c = quoted ? quoted_octet(text, &i) : bare_octet(text, i);
        if ((guchar)c < 0x20 || c == 0x7f)
            return NULL;
        g_string_append_c(local, c);
    }
    return g_string_free(g_steal_pointer(&local), FALSE);
}

/* Mailbox = [ local-part ] "@" domain */
bool spf_path_parse(struct span path, char **local, char **domain) {
    size_t at = path.n;
    while (at > 0 && path.p[at - 1] != '@')
        at--;
    if (at == 0 || path.n > LIMIT_SPF_PATH)
        return false;
    g_autofree char *parsed_local = local_parse(span_first(path, at - 1));
    char *parsed_domain = spf_domain_parse(span_from(path, at));
    if (!parsed_local || !parsed_domain) {
        g_free(parsed_domain);
        return false;
    }
    *local = g_strdup(*parsed_local ? parsed_local : "postmaster");
    *domain = parsed_domain;
    return true;
}

static void set_helo(struct spf_identity *identity, const struct spf_check *check) {
    identity->known = true;
    identity->local = g_strdup("postmaster");
    identity->domain = spf_domain_parse(span_of(check->helo_name));
}

struct spf_check *spf_new(const struct spf_session *session) {
    struct spf_check *check = NEW_ZERO(spf_check);
    check->ip = session->ip;
    bool usable =
        session->helo.n <= LIMIT_SPF_PATH && span_find(session->helo, '\0') == session->helo.n;
    check->helo_name = span_dup(usable ? session->helo : SPAN_LIT(""));
    if (session->ip.size == 0)
        return check;
    if (session->helo.n)
        set_helo(&check->helo, check);
    if (session->has_mail_from && session->mail_from.n == 0)
        set_helo(&check->mail_from, check);
    else if (session->has_mail_from) {
        check->mail_from.known = true;
        spf_path_parse(session->mail_from, &check->mail_from.local, &check->mail_from.domain);
    }
    return check;
}

static void identity_clear(struct spf_identity *identity) {
    g_free(identity->local);
    g_free(identity->domain);
    spf_result_clear(&identity->result);
}

void spf_free(struct spf_check *check) {
    identity_clear(&check->mail_from);
    identity_clear(&check->helo);
    g_free(check->helo_name);
    g_free(check);
}

void spf_names(const struct spf_identity *identity, struct lookups *lookups) {
    if (identity->domain)
        lookups_ask(lookups, identity->domain, DNS_TXT);
}

void spf_verify(const struct spf_check *check, struct spf_identity *identity,
                struct lookups *lookups, int64_t now) {
    struct spf_question question = {
        .ip = check->ip,
        .domain = identity->domain,
        .local = identity->local ? identity->local : "",
        .sender_domain = identity->domain ? identity->domain : "",
        .helo = check->helo_name,
        .now = now,
    };
    if (identity->known)
        spf_check_host(lookups, &question, &identity->result);
}

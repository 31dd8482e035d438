/* SPDX-License-Identifier: MIT
 *
 * auth/spf.h: identities of a session. */
#include "auth/spf.h"

#include "base/limits.h"

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
 * on may have unquoted it. False for all else. Writes no more than text.n octets and a NUL. */
static bool read_local(struct span text, char *local) {
    bool quoted = text.n > 1 && text.p[0] == '"' && text.p[text.n - 1] == '"';
    if (quoted)
        text = span_make(text.p + 1, text.n - 2);
    for (size_t i = 0; i < text.n; i++) {
        char c = quoted ? quoted_octet(text, &i) : bare_octet(text, i);
        if ((guchar)c < 0x20 || c == 0x7f)
            return false;
        *local++ = c;
    }
    *local = '\0';
    return true;
}

/* Mailbox = [ local-part ] "@" domain */
bool spf_path_read(struct span path, char *local, char domain[static DOMAIN_SIZE]) {
    size_t at = path.n;
    while (at > 0 && path.p[at - 1] != '@')
        at--;
    if (at == 0 || path.n > LIMIT_SPF_PATH || !read_local(span_first(path, at - 1), local) ||
        !spf_domain_read(span_from(path, at), domain))
        return false;
    if (!*local)
        memcpy(local, SPF_POSTMASTER, sizeof SPF_POSTMASTER);
    return true;
}

static void set_helo(struct spf_identity *identity, const struct spf_check *check,
                     char domain[static DOMAIN_SIZE]) {
    identity->known = true;
    identity->local = SPF_POSTMASTER;
    identity->domain = spf_domain_read(span_of(check->helo_name), domain) ? domain : NULL;
}

static void set_path(struct spf_identity *identity, struct span path, char *local,
                     char domain[static DOMAIN_SIZE]) {
    identity->known = true;
    if (!spf_path_read(path, local, domain))
        return;
    identity->local = local;
    identity->domain = domain;
}

struct spf_check *spf_new(const struct spf_session *session) {
    struct whole {
        struct spf_check check;
        char of_mail_from[DOMAIN_SIZE], of_helo[DOMAIN_SIZE];
        char texts[]; /* HELO, then the local part */
    } * whole;
    bool usable =
        session->helo.n <= LIMIT_SPF_PATH && span_find(session->helo, '\0') == session->helo.n;
    size_t helo = usable ? session->helo.n : 0;
    whole = g_malloc(sizeof *whole + helo + 1 + spf_local_size(session->mail_from));
    struct spf_check *check = &whole->check;
    *check = (struct spf_check){.ip = session->ip, .helo_name = whole->texts};
    if (helo)
        memcpy(whole->texts, session->helo.p, helo);
    whole->texts[helo] = '\0';
    if (session->ip.size == 0)
        return check;
    if (session->helo.n)
        set_helo(&check->helo, check, whole->of_helo);
    if (session->has_mail_from && session->mail_from.n == 0)
        set_helo(&check->mail_from, check, whole->of_mail_from);
    else if (session->has_mail_from)
        set_path(&check->mail_from, session->mail_from, whole->texts + helo + 1,
                 whole->of_mail_from);
    return check;
}

void spf_free(struct spf_check *check) {
    spf_result_clear(&check->mail_from.result);
    spf_result_clear(&check->helo.result);
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

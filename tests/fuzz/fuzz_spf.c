/* SPDX-License-Identifier: MIT
 *
 * A whole SPF evaluation: the input's lines are the session and then the zone, one record a line
 * ("name TYPE data", TYPE one of A AAAA MX PTR TXT, or ! for trouble). Limits hold, and only an
 * evaluation that matched a term passes. */
#include "auth/spf.h"
#include "base/limits.h"
#include "net/dns_name.h"

#include <arpa/inet.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_address(struct resolver *table, const char *name, enum dns_type type,
                        const char *text) {
    unsigned char address[16];
    if (inet_pton(type == DNS_A ? AF_INET : AF_INET6, text, address) == 1)
        resolver_table_add(table, name, type, text);
}

static void add_trouble(struct resolver *table, const char *name, const char *text) {
    static const enum dns_type types[] = {DNS_A, DNS_AAAA, DNS_MX, DNS_PTR, DNS_TXT};
    static const enum dns_status statuses[] = {DNS_TEMPERROR, DNS_BOGUS, DNS_OVER_BUDGET,
                                               DNS_NODATA};
    resolver_table_set(table, name, types[(guchar)text[0] % G_N_ELEMENTS(types)],
                       statuses[text[0] ? (guchar)text[1] % G_N_ELEMENTS(statuses) : 0],
                       DNSSEC_NOT_EVALUATED);
}

static void add_line(struct resolver *table, char *line) {
    struct dns_question question;
    char *type = strchr(line, ' '), *text = type ? strchr(type + 1, ' ') : NULL;
    if (!text)
        return;
    *type++ = '\0';
    *text++ = '\0';
    if (!dns_question_init(&question, line, DNS_A))
        return;
    if (strcmp(type, "TXT") == 0)
        resolver_table_add(table, line, DNS_TXT, text);
    else if (strcmp(type, "A") == 0)
        add_address(table, line, DNS_A, text);
    else if (strcmp(type, "AAAA") == 0)
        add_address(table, line, DNS_AAAA, text);
    else if (strcmp(type, "MX") == 0)
        resolver_table_add(table, line, DNS_MX, text);
    else if (strcmp(type, "PTR") == 0)
        resolver_table_add(table, line, DNS_PTR, text);
    else if (strcmp(type, "!") == 0)
        add_trouble(table, line, text);
}

static void check(const struct spf_identity *identity) {
    const struct spf_result *result = &identity->result;
    g_assert(identity->known == (result->result != AUTH_NOT_EVALUATED));
    g_assert(result->terms <= LIMIT_SPF_TERMS + 2 && result->voids <= LIMIT_SPF_VOIDS + 1);
    g_assert(result->result != AUTH_PASS ||
             (result->reason == SPF_REASON_MATCH && result->mechanism && identity->domain));
    g_assert(!result->anyone || result->result == AUTH_PASS);
    g_assert(!result->explanation || result->result == AUTH_FAIL);
}

static void evaluate(struct resolver *table, char **lines) {
    struct spf_session session = {.helo = span_of(lines[1]), .mail_from = span_of(lines[2])};
    session.has_mail_from = true;
    if (!ip_parse(span_of(lines[0]), &session.ip))
        return;
    OWNED(lookups) lookups = lookups_new(table);
    OWNED(spf_check) check_of = spf_new(&session);
    spf_names(&check_of->mail_from, lookups);
    spf_names(&check_of->helo, lookups);
    spf_verify(check_of, &check_of->mail_from, lookups, 1795000000);
    spf_verify(check_of, &check_of->helo, lookups, 1795000000);
    check(&check_of->mail_from);
    check(&check_of->helo);
    g_assert(lookups_count(lookups) <= LIMIT_QUESTIONS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 200);
    if (g_strv_length(lines) < 4)
        return 0;
    OWNED(resolver) table = resolver_new_table();
    for (char **line = lines + 3; *line; line++)
        add_line(table, *line);
    evaluate(table, lines);
    return 0;
}

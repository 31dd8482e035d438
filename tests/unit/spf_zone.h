/* SPDX-License-Identifier: MIT
 *
 * Zones for SPF tests: a table resolver filled from short rows, and one check asked of it. */
#ifndef INKAN_TESTS_SPF_ZONE_H
#define INKAN_TESTS_SPF_ZONE_H

#include "auth/spf.h"

#define SPF_NOW 1795000000

struct zone_row {
    const char *name;
    enum dns_type type;
    const char *record;
};

static inline struct resolver *zone_of(const struct zone_row *rows) {
    struct resolver *table = resolver_new_table();
    for (; rows->name; rows++)
        resolver_table_add(table, rows->name, rows->type, rows->record);
    return table;
}

/* MAIL FROM and HELO; `mail_from` NULL: not known. The caller frees. */
static inline struct spf_check *check_session(struct resolver *resolver, const char *ip,
                                              const char *helo, const char *mail_from) {
    OWNED(lookups) lookups = lookups_new(resolver);
    struct spf_session session = {
        .helo = span_of(helo), .mail_from = span_of(mail_from), .has_mail_from = mail_from != NULL};
    bool parsed = ip_parse(span_of(ip), &session.ip);
    g_assert(parsed);
    struct spf_check *check = spf_new(&session);
    spf_names(&check->mail_from, lookups);
    spf_names(&check->helo, lookups);
    spf_verify(check, &check->mail_from, lookups, SPF_NOW);
    spf_verify(check, &check->helo, lookups, SPF_NOW);
    return check;
}

/* Only MAIL FROM a@DOMAIN. */
static inline struct spf_check *check_domain(struct resolver *resolver, const char *ip,
                                             const char *domain) {
    g_autofree char *path = g_strconcat("a@", domain, NULL);
    return check_session(resolver, ip, "helo.example", path);
}

#endif

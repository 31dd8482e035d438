/* SPDX-License-Identifier: MIT */
#include "repute/dnsbl.h"

#include "repute/dnsbl_lists.h"

#include <string.h>

const char *dnsbl_kind_name(enum dnsbl_kind kind) {
    static const char *const names[] = {
        [DNSBL_BLOCK] = "block", [DNSBL_ALLOW] = "allow", [DNSBL_DOMAIN] = "domain"};
    g_assert(kind >= DNSBL_BLOCK && kind <= DNSBL_DOMAIN);
    return names[kind];
}

char *dnsbl_address_name(const struct ip *ip, const char *zone) {
    GString *name = g_string_new(NULL);
    for (int i = ip->size - 1; i >= 0; i--) {
        unsigned octet = ip->octets[i];
        if (ip->size == 4)
            g_string_append_printf(name, "%u.", octet); /* RFC 5782 §2.1 */
        else
            g_string_append_printf(name, "%x.%x.", octet & 0xf, octet >> 4); /* §2.4 */
    }
    g_string_append(name, zone);
    return g_string_free(name, FALSE);
}

/* --- answers ---------------------------------------------------------------------------------- */

/* RFC 5782 §2.3 has values in 127/8; anything else is a parked domain, a provider's search page or
 * a list that was given up. 127.0.0.1 is the entry that must not exist (§5). Lists say in
 * 127.255.255/24 that they were asked wrongly, too often or by way of an open resolver. */
static bool is_refusal(struct span record) {
    static const uint8_t error_codes[] = {127, 255, 255}, never[] = {127, 0, 0, 1};
    const uint8_t *octets = (const uint8_t *)record.p;
    return record.n != 4 || octets[0] != 127 ||
           memcmp(octets, error_codes, sizeof error_codes) == 0 ||
           memcmp(octets, never, sizeof never) == 0;
}

/* The first record that is a listing speaks; the operator's own "-" takes one away. */
static enum dnsbl_state read_records(const struct dnsbl_list *list, const struct dns_answer *answer,
                                     const char **meaning) {
    enum dnsbl_state state = DNSBL_UNLISTED;
    for (guint i = 0; i < answer->n; i++) {
        const uint8_t *octets = (const uint8_t *)answer->records[i].p;
        const struct dnsbl_code *code = dnsbl_list_find_code(list, octets);
        if (code && !code->meaning)
            continue;
        state = DNSBL_LISTED;
        if (code && !*meaning)
            *meaning = code->meaning;
    }
    return state;
}

enum dnsbl_state dnsbl_read(const struct dnsbl_lists *lists, guint index,
                            const struct dns_answer *answer, const char **meaning) {
    *meaning = NULL;
    switch (answer->status) {
    case DNS_NXDOMAIN:
    case DNS_NODATA:
    case DNS_BAD_NAME: /* what DNS cannot carry, no list can hold */
        return DNSBL_UNLISTED;
    case DNS_DATA:
        break;
    case DNS_NOT_ASKED:
        return DNSBL_NOT_ASKED;
    default:
        return DNSBL_TROUBLE;
    }
    for (guint i = 0; i < answer->n; i++)
        if (is_refusal(answer->records[i]))
            return DNSBL_REFUSED;
    return read_records(lists->lists->pdata[index], answer, meaning);
}

/* --- one message ------------------------------------------------------------------------------ */

/* `name` is taken over. */
static void add(struct dnsbl_check *check, guint index, const char *subject, char *name) {
    check->results[check->n++] =
        (struct dnsbl_result){.list = index,
                              .zone = dnsbl_lists_zone(check->lists, index),
                              .kind = dnsbl_lists_kind(check->lists, index),
                              .subject = g_strdup(subject),
                              .name = name};
}

static void add_domain(struct dnsbl_check *check, guint index, const char *domain) {
    if (domain)
        add(check, index, domain,
            g_strconcat(domain, ".", dnsbl_lists_zone(check->lists, index), NULL));
}

struct dnsbl_check *dnsbl_new(const struct dnsbl_lists *lists, const struct ip *ip,
                              const char *domain, const char *registrable) {
    struct dnsbl_check *check = g_new0(struct dnsbl_check, 1);
    g_autofree char *address = ip && ip_is_global(ip) ? ip_format(ip) : NULL;
    const char *above = g_strcmp0(domain, registrable) != 0 ? registrable : NULL;
    guint n = dnsbl_lists_count(lists);
    check->lists = lists;
    check->results = g_new0(struct dnsbl_result, (gsize)2 * n);
    for (guint i = 0; i < n; i++) {
        if (dnsbl_lists_kind(lists, i) == DNSBL_DOMAIN) {
            add_domain(check, i, domain);
            add_domain(check, i, above);
        } else if (address)
            add(check, i, address, dnsbl_address_name(ip, dnsbl_lists_zone(lists, i)));
    }
    return check;
}

void dnsbl_free(struct dnsbl_check *check) {
    for (guint i = 0; i < check->n; i++) {
        g_free(check->results[i].subject);
        g_free(check->results[i].name);
    }
    g_free(check->results);
    g_free(check);
}

void dnsbl_names(const struct dnsbl_check *check, struct lookups *lookups) {
    for (guint i = 0; i < check->n; i++)
        lookups_ask(lookups, check->results[i].name, DNS_A);
}

void dnsbl_verify(struct dnsbl_check *check, struct lookups *lookups) {
    for (guint i = 0; i < check->n; i++) {
        struct dnsbl_result *result = &check->results[i];
        const struct dns_answer *answer = lookups_answer(lookups, result->name, DNS_A);
        result->state = dnsbl_read(check->lists, result->list, answer, &result->meaning);
    }
}

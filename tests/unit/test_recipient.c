/* SPDX-License-Identifier: MIT
 *
 * The way of a reply, from DNS answers and a kept policy; the fetch itself is tried in a network of
 * its own (tests/service). */
#include "route/recipient.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* A memory with one place. */
struct memory {
    struct keep keep;
    GBytes *value;
    int64_t expires;
};

static GBytes *memory_get(struct keep *keep, const char *space, const char *key, int64_t now) {
    struct memory *memory = (struct memory *)keep;
    bool there = memory->value && strcmp(space, "mta-sts") == 0 && strcmp(key, "d.example") == 0 &&
                 memory->expires > now;
    return there ? g_bytes_ref(memory->value) : NULL;
}

static bool memory_put(struct keep *keep, const char *space, const char *key, GBytes *value,
                       int64_t expires) {
    (void)keep, (void)space, (void)key, (void)value, (void)expires;
    fail_msg("nothing was fetched");
    return false;
}

static void add(struct resolver *dns, const char *name, enum dns_type type, const char *record,
                enum dnssec_state dnssec) {
    resolver_table_add(dns, name, type, record);
    resolver_table_set(dns, name, type, DNS_DATA, dnssec);
}

static void add_tlsa(struct resolver *dns, const char *host, const char *head, size_t n) {
    g_autofree char *name = g_strconcat("_25._tcp.", host, NULL);
    char rdata[3 + 64] = {0};
    memcpy(rdata, head, 3);
    resolver_table_add_octets(dns, name, DNS_TLSA, span_make(rdata, 3 + n));
    resolver_table_set(dns, name, DNS_TLSA, DNS_DATA, DNSSEC_SECURE);
}

static void add_host(struct resolver *dns, const char *host, enum dnssec_state dnssec) {
    add(dns, host, DNS_A, "192.0.2.1", dnssec);
    add(dns, host, DNS_AAAA, "2001:db8::1", dnssec);
}

static struct recipient_route *find(struct resolver *dns, struct memory *memory) {
    OWNED(lookups) lookups = lookups_new(dns);
    return recipient_route_find(lookups, NULL, memory ? &memory->keep : NULL, "d.example", 1000);
}

static void expect(struct resolver *dns, struct memory *memory, enum route_summary summary) {
    OWNED(recipient_route) route = find(dns, memory);
    assert_string_equal(route_summary_name(route->summary), route_summary_name(summary));
}

static void domains_without_mail(void **state) {
    (void)state;
    OWNED(resolver) dns = resolver_new_table();
    expect(dns, NULL, ROUTE_NO_MAIL);
    resolver_table_add(dns, "d.example", DNS_MX, "0 .");
    OWNED(recipient_route) route = find(dns, NULL);
    assert_true(route->null_mx);
    assert_int_equal(route->summary, ROUTE_NO_MAIL);
    OWNED(resolver) broken = resolver_new_table();
    resolver_table_set(broken, "d.example", DNS_MX, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
    expect(broken, NULL, ROUTE_COULD_NOT_CHECK);
    OWNED(resolver) bogus = resolver_new_table();
    resolver_table_set(bogus, "d.example", DNS_MX, DNS_BOGUS, DNSSEC_BOGUS);
    expect(bogus, NULL, ROUTE_COULD_NOT_CHECK);
    OWNED(resolver) nowhere = resolver_new_table();
    resolver_table_add(nowhere, "d.example", DNS_TXT, "no address, no exchanger");
    expect(nowhere, NULL, ROUTE_NO_MAIL);
}

static void dane_authenticates(void **state) {
    (void)state;
    OWNED(resolver) dns = resolver_new_table();
    add(dns, "d.example", DNS_MX, "20 b.example", DNSSEC_SECURE);
    add(dns, "d.example", DNS_MX, "10 a.example", DNSSEC_SECURE);
    add_host(dns, "a.example", DNSSEC_SECURE);
    add_host(dns, "b.example", DNSSEC_SECURE);
    resolver_table_set(dns, "_25._tcp.b.example", DNS_TLSA, DNS_NXDOMAIN, DNSSEC_SECURE);
    add_tlsa(dns, "a.example", "\3\1\1", 32);
    OWNED(recipient_route) route = find(dns, NULL);
    assert_string_equal(route->hosts[0].name, "a.example");
    assert_int_equal(route->hosts[0].dane, DANE_USABLE);
    assert_int_equal(route->hosts[1].dane, DANE_NONE);
    assert_int_equal(route->summary, ROUTE_PARTLY);
    OWNED(resolver) both = resolver_new_table();
    add(both, "d.example", DNS_MX, "20 b.example", DNSSEC_SECURE);
    add(both, "d.example", DNS_MX, "10 a.example", DNSSEC_SECURE);
    add_host(both, "a.example", DNSSEC_SECURE);
    add_host(both, "b.example", DNSSEC_SECURE);
    add_tlsa(both, "a.example", "\3\1\1", 32);
    add_tlsa(both, "b.example", "\2\0\2", 64);
    expect(both, NULL, ROUTE_AUTHENTICATED);
}

/* RFC 7672 §2.2: what is not signed, or of another form, authenticates nobody. */
static void dane_needs_signatures(void **state) {
    (void)state;
    static const struct {
        enum dnssec_state mx, address;
        const char *head;
        size_t n;
        enum dane_state dane;
        enum route_summary summary;
    } cases[] = {
        {DNSSEC_SECURE, DNSSEC_SECURE, "\3\1\1", 32, DANE_USABLE, ROUTE_AUTHENTICATED},
        {DNSSEC_INSECURE, DNSSEC_SECURE, "\3\1\1", 32, DANE_NONE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_SECURE, DNSSEC_INSECURE, "\3\1\1", 32, DANE_NONE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_NOT_EVALUATED, DNSSEC_NOT_EVALUATED, "\3\1\1", 32, DANE_NOT_EVALUATED,
         ROUTE_COULD_NOT_CHECK},
        {DNSSEC_SECURE, DNSSEC_SECURE, "\0\1\1", 32, DANE_UNUSABLE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_SECURE, DNSSEC_SECURE, "\1\1\1", 32, DANE_UNUSABLE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_SECURE, DNSSEC_SECURE, "\3\2\1", 32, DANE_UNUSABLE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_SECURE, DNSSEC_SECURE, "\3\1\3", 32, DANE_UNUSABLE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_SECURE, DNSSEC_SECURE, "\3\1\1", 31, DANE_UNUSABLE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_SECURE, DNSSEC_SECURE, "\3\1\2", 32, DANE_UNUSABLE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_SECURE, DNSSEC_SECURE, "\3\1\0", 0, DANE_UNUSABLE, ROUTE_OPPORTUNISTIC},
        {DNSSEC_SECURE, DNSSEC_SECURE, "\3\1\0", 40, DANE_USABLE, ROUTE_AUTHENTICATED},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(resolver) dns = resolver_new_table();
        add(dns, "d.example", DNS_MX, "10 a.example", cases[i].mx);
        add_host(dns, "a.example", cases[i].address);
        add_tlsa(dns, "a.example", cases[i].head, cases[i].n);
        OWNED(recipient_route) route = find(dns, NULL);
        if (route->hosts[0].dane != cases[i].dane || route->summary != cases[i].summary)
            fail_msg("case %u: %d %d", i, route->hosts[0].dane, route->summary);
    }
}

/* §2.1.1: a host whose TLSA cannot be had gets no mail, so it is no way around the others. */
static void dane_that_cannot_be_had(void **state) {
    (void)state;
    OWNED(resolver) dns = resolver_new_table();
    add(dns, "d.example", DNS_MX, "10 a.example", DNSSEC_SECURE);
    add_host(dns, "a.example", DNSSEC_SECURE);
    resolver_table_set(dns, "_25._tcp.a.example", DNS_TLSA, DNS_BOGUS, DNSSEC_BOGUS);
    expect(dns, NULL, ROUTE_COULD_NOT_CHECK);
    add(dns, "d.example", DNS_MX, "20 b.example", DNSSEC_SECURE);
    add_host(dns, "b.example", DNSSEC_SECURE);
    add_tlsa(dns, "b.example", "\3\1\1", 32);
    expect(dns, NULL, ROUTE_AUTHENTICATED);
}

static void a_kept_policy_counts_until_it_expires(void **state) {
    (void)state;
    static const char text[] = "1\nversion: STSv1\nmode: enforce\nmx: a.example\nmax_age: 9\n";
    struct memory memory = {.keep = {.get = memory_get, .put = memory_put},
                            .value = g_bytes_new_static(text, sizeof text - 1),
                            .expires = 1001};
    OWNED(resolver) dns = resolver_new_table();
    add(dns, "d.example", DNS_MX, "10 a.example", DNSSEC_INSECURE);
    add_host(dns, "a.example", DNSSEC_INSECURE);
    OWNED(recipient_route) route = find(dns, &memory); /* although the record is gone (§5.1) */
    assert_int_equal(route->summary, ROUTE_AUTHENTICATED);
    assert_int_equal(route->sts_from, ROUTE_POLICY_KEPT);
    /* Exchangers outside an enforced policy are passed over. */
    add(dns, "d.example", DNS_MX, "5 evil.example", DNSSEC_INSECURE);
    add_host(dns, "evil.example", DNSSEC_INSECURE);
    expect(dns, &memory, ROUTE_AUTHENTICATED);
    memory.expires = 1000;
    expect(dns, &memory, ROUTE_OPPORTUNISTIC);
    g_bytes_unref(memory.value);
}

static void trouble_is_not_absence(void **state) {
    (void)state;
    OWNED(resolver) dns = resolver_new_table();
    add(dns, "d.example", DNS_MX, "10 a.example", DNSSEC_INSECURE);
    add_host(dns, "a.example", DNSSEC_INSECURE);
    expect(dns, NULL, ROUTE_OPPORTUNISTIC);
    resolver_table_set(dns, "_mta-sts.d.example", DNS_TXT, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
    expect(dns, NULL, ROUTE_COULD_NOT_CHECK);
}

static void reports(void **state) {
    (void)state;
    OWNED(resolver) dns = resolver_new_table();
    add(dns, "d.example", DNS_MX, "10 a.example", DNSSEC_INSECURE);
    add_host(dns, "a.example", DNSSEC_INSECURE);
    resolver_table_add(dns, "_smtp._tls.d.example", DNS_TXT,
                       "v=TLSRPTv1; rua=mailto:r@d.example,https://d.example/r; x=1");
    OWNED(recipient_route) route = find(dns, NULL);
    assert_true(route->tls_rpt);
    assert_string_equal(route->tls_rpt_rua, "mailto:r@d.example,https://d.example/r");
    resolver_table_add(dns, "_smtp._tls.d.example", DNS_TXT, "v=TLSRPTv1;rua=mailto:x@d.example");
    OWNED(recipient_route) two = find(dns, NULL);
    assert_false(two->tls_rpt);
}

static void many_hosts_are_not_all_looked_at(void **state) {
    (void)state;
    OWNED(resolver) dns = resolver_new_table();
    for (guint i = 0; i <= LIMIT_ROUTE_HOSTS; i++) {
        g_autofree char *mx = g_strdup_printf("%u h%u.example", i, i);
        g_autofree char *host = g_strdup_printf("h%u.example", i);
        add(dns, "d.example", DNS_MX, mx, DNSSEC_SECURE);
        add_host(dns, host, DNSSEC_SECURE);
        add_tlsa(dns, host, "\3\1\1", 32);
    }
    OWNED(recipient_route) route = find(dns, NULL);
    assert_int_equal(route->n_hosts, LIMIT_ROUTE_HOSTS);
    assert_int_equal(route->summary, ROUTE_PARTLY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(domains_without_mail),
        cmocka_unit_test(dane_authenticates),
        cmocka_unit_test(dane_needs_signatures),
        cmocka_unit_test(dane_that_cannot_be_had),
        cmocka_unit_test(a_kept_policy_counts_until_it_expires),
        cmocka_unit_test(trouble_is_not_absence),
        cmocka_unit_test(reports),
        cmocka_unit_test(many_hosts_are_not_all_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

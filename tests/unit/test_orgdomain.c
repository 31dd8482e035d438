/* SPDX-License-Identifier: MIT
 *
 * The tree walk (RFC 9989 §4.10), the selection (§4.10.2) with the RFC's own examples, and what the
 * public suffix list takes away. */
#include "auth/orgdomain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_names(const char *domain, const char *expected) {
    const char *names[LIMIT_DMARC_WALK];
    guint n = orgdomain_names(domain, names);
    g_autoptr(GString) joined = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(joined, "%s%s", i ? " " : "", names[i]);
    assert_string_equal(joined->str, expected);
}

static void names_of_a_walk(void **state) {
    (void)state;
    assert_names("com", "com");
    assert_names("example.com", "example.com com");
    assert_names("a.b.c.d.e.f.com",
                 "a.b.c.d.e.f.com b.c.d.e.f.com c.d.e.f.com d.e.f.com e.f.com f.com com");
    /* eight labels: the parent has seven */
    assert_names("z.a.b.c.d.e.f.com", "z.a.b.c.d.e.f.com a.b.c.d.e.f.com b.c.d.e.f.com c.d.e.f.com "
                                      "d.e.f.com e.f.com f.com com");
    /* §4.10, the example */
    assert_names("a.b.c.d.e.f.g.h.i.j.mail.example.com",
                 "a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com "
                 "h.i.j.mail.example.com i.j.mail.example.com j.mail.example.com mail.example.com "
                 "example.com com");
}

/* Walks in a zone of "name record" pairs; a record "TIMEOUT" or "BOGUS" is an error. */
static void walk_in(struct orgdomain_walk *walk, struct lookups *lookups, struct resolver *table,
                    const char *domain, const char *const *zone) {
    for (size_t i = 0; zone[i]; i += 2) {
        g_autofree char *name = g_strconcat("_dmarc.", zone[i], NULL);
        if (strcmp(zone[i + 1], "TIMEOUT") == 0)
            resolver_table_set(table, name, DNS_TXT, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
        else if (strcmp(zone[i + 1], "BOGUS") == 0)
            resolver_table_set(table, name, DNS_TXT, DNS_BOGUS, DNSSEC_BOGUS);
        else
            resolver_table_add(table, name, DNS_TXT, zone[i + 1]);
    }
    orgdomain_walk(lookups, domain, walk);
}

static void assert_organizational(const char *domain, const char *expected,
                                  const char *const *zone) {
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    struct orgdomain_walk walk;
    walk_in(&walk, lookups, table, domain, zone);
    assert_int_equal(walk.failed, DNS_NOT_ASKED);
    assert_string_equal(walk.organizational, expected);
    if (walk.org)
        assert_string_equal(walk.org->domain, expected);
}

#define ZONE(...) ((const char *const[]){__VA_ARGS__, NULL})

static void selection(void **state) {
    (void)state;
    /* the examples of §4.10.2 */
    assert_organizational(
        "a.mail.example.com", "example.com",
        ZONE("mail.example.com", "v=DMARC1; p=none", "example.com", "v=DMARC1; p=none"));
    assert_organizational(
        "a.mail.example.com", "mail.example.com",
        ZONE("mail.example.com", "v=DMARC1; p=none; psd=n", "example.com", "v=DMARC1; p=none"));
    assert_organizational("a.mail.example.com", "example.com",
                          ZONE("com", "v=DMARC1; p=reject; psd=y"));
    assert_organizational("a.mail.example.com", "mail.example.com",
                          ZONE("example.com", "v=DMARC1; p=reject; psd=y"));
    /* nothing found: the name itself */
    assert_organizational("a.mail.example.com", "a.mail.example.com",
                          ZONE("example.org", "v=DMARC1; p=none"));
    /* psd=y at the start does not count there: it is its own organization */
    assert_organizational(
        "bank.example", "bank.example",
        ZONE("bank.example", "v=DMARC1; p=reject; psd=y", "example", "v=DMARC1; p=none"));
    /* psd=n at the start ends the walk */
    assert_organizational(
        "mail.example.com", "mail.example.com",
        ZONE("mail.example.com", "v=DMARC1; p=none; psd=n", "example.com", "v=DMARC1; p=none"));
    /* a top level that forgot psd=y is taken at its word */
    assert_organizational("example.com", "com", ZONE("com", "v=DMARC1; p=none"));
    /* psd=u says nothing */
    assert_organizational(
        "a.example.com", "example.com",
        ZONE("a.example.com", "v=DMARC1; p=none; psd=u", "example.com", "v=DMARC1; p=none; psd=u"));
    /* a record without usable policy still marks the organization */
    assert_organizational("a.example.com", "example.com", ZONE("example.com", "v=DMARC1; adkim=s"));
}

static void one_label_below_a_psd_after_the_jump(void **state) {
    (void)state;
    /* nine labels; psd=y at seven, so the organization has eight and was never asked itself */
    assert_organizational("i.h.g.f.e.d.c.b.a", "h.g.f.e.d.c.b.a",
                          ZONE("g.f.e.d.c.b.a", "v=DMARC1; p=none; psd=y"));
    /* §5.1.8: a zone cut that the jump passes over is never found */
    assert_organizational("mail.a.b.c.d.e.f.g.example.com", "example.com",
                          ZONE("b.c.d.e.f.g.example.com", "v=DMARC1; p=none; psd=n", "example.com",
                               "v=DMARC1; p=none"));
}

static void several_records_discard_each_other(void **state) {
    (void)state;
    assert_organizational("a.example.com", "example.com",
                          ZONE("a.example.com", "v=DMARC1; p=none; psd=n", "a.example.com",
                               "v=DMARC1; p=reject", "example.com", "v=DMARC1; p=none"));
    /* an invalid one is one of them */
    assert_organizational("a.example.com", "example.com",
                          ZONE("a.example.com", "v=DMARC1; p=none; psd=n", "a.example.com",
                               "v=DMARC1; p=none; p=none", "example.com", "v=DMARC1; p=none"));
    /* other TXT records are none of them */
    assert_organizational("a.example.com", "a.example.com",
                          ZONE("a.example.com", "v=spf1 -all", "a.example.com",
                               "v=DMARC1; p=none; psd=n", "a.example.com", "", "example.com",
                               "v=DMARC1; p=none"));
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    struct orgdomain_walk walk;
    walk_in(&walk, lookups, table, "a.example.com",
            ZONE("a.example.com", "v=DMARC1; p=none", "a.example.com", "v=DMARC1; p=none"));
    assert_true(walk.steps[0].discarded);
    assert_false(walk.steps[0].found || walk.steps[1].discarded);
    assert_null(walk.org);
}

static void an_error_ends_the_walk(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    struct orgdomain_walk walk;
    walk_in(&walk, lookups, table, "a.example.com",
            ZONE("a.example.com", "v=DMARC1; p=none", "example.com", "TIMEOUT"));
    assert_int_equal(walk.failed, DNS_TEMPERROR);
    assert_int_equal(walk.n, 1);
    assert_true(walk.steps[0].found);
    assert_null(walk.organizational);
    assert_int_equal(walk.dnssec, DNSSEC_NOT_EVALUATED);

    /* … but one above the end of the walk is never met */
    walk_in(&walk, lookups, table, "b.example.org",
            ZONE("example.org", "v=DMARC1; p=none; psd=n", "org", "BOGUS"));
    assert_int_equal(walk.failed, DNS_NOT_ASKED);
    assert_string_equal(walk.organizational, "example.org");
    walk_in(&walk, lookups, table, "b.example2.org", ZONE("nothing.org", "v=DMARC1; p=none"));
    assert_int_equal(walk.failed, DNS_BOGUS);
    assert_int_equal(walk.dnssec, DNSSEC_BOGUS);
}

static void the_weakest_answer_counts(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    struct orgdomain_walk walk;
    resolver_table_set(table, "_dmarc.example.com", DNS_TXT, DNS_NXDOMAIN, DNSSEC_SECURE);
    resolver_table_set(table, "_dmarc.com", DNS_TXT, DNS_NODATA, DNSSEC_INSECURE);
    orgdomain_walk(lookups, "example.com", &walk);
    assert_int_equal(walk.dnssec, DNSSEC_INSECURE);
    resolver_table_set(table, "_dmarc.example.net", DNS_TXT, DNS_NXDOMAIN, DNSSEC_SECURE);
    resolver_table_set(table, "_dmarc.net", DNS_TXT, DNS_NODATA, DNSSEC_SECURE);
    orgdomain_walk(lookups, "example.net", &walk);
    assert_int_equal(walk.dnssec, DNSSEC_SECURE);
}

static void names_dns_cannot_carry(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    struct orgdomain_walk walk;
    static const char *const bad[] = {"", ".", "a..b", ".a"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        orgdomain_ask(lookups, bad[i]);
        orgdomain_walk(lookups, bad[i], &walk);
        assert_int_equal(walk.failed, DNS_BAD_NAME);
    }
    /* fits, but not with "_dmarc." in front: it has no record, what is above it counts */
    g_autoptr(GString) longest = g_string_new(NULL);
    while (longest->len < 238)
        g_string_append(longest, "abcdefg.");
    g_string_append(longest, "example.com");
    resolver_table_add(table, "_dmarc.example.com", DNS_TXT, "v=DMARC1; p=reject");
    orgdomain_walk(lookups, longest->str, &walk);
    assert_int_equal(walk.failed, DNS_NOT_ASKED);
    assert_string_equal(walk.organizational, "example.com");
}

static void without_a_resolver(void **state) {
    (void)state;
    OWNED(lookups) lookups = lookups_new(NULL);
    struct orgdomain_walk walk;
    orgdomain_walk(lookups, "example.com", &walk);
    assert_true(walk.not_asked);
    assert_int_equal(walk.failed, DNS_NOT_ASKED);
    assert_null(walk.organizational);
}

static void questions_of_a_walk_are_capped(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    struct orgdomain_walk walk;
    orgdomain_walk(lookups, "a.b.c.d.e.f.g.h.i.j.k.l.m.n.example.com", &walk);
    assert_int_equal(lookups_count(lookups), LIMIT_DMARC_WALK);
}

static void labels_shared(void **state) {
    (void)state;
    assert_int_equal(orgdomain_shared_labels("a.example.com", "b.example.com"), 2);
    assert_int_equal(orgdomain_shared_labels("example.com", "notexample.com"), 1);
    assert_int_equal(orgdomain_shared_labels("example.com", "example.org"), 0);
    assert_int_equal(orgdomain_shared_labels("example.com", "example.com"), 2);
}

static void suffixes(void **state) {
    (void)state;
    g_autoptr(GError) error = NULL;
    OWNED(public_suffixes) list = orgdomain_suffixes_new(&error);
    assert_non_null(list);
    assert_true(orgdomain_is_public_suffix(list, "com"));
    assert_true(orgdomain_is_public_suffix(list, "co.uk"));
    assert_true(orgdomain_is_public_suffix(list, "github.io"));
    assert_true(orgdomain_is_public_suffix(list, "no-such-tld-here"));
    assert_false(orgdomain_is_public_suffix(list, "example.com"));
    assert_string_equal(orgdomain_registrable(list, "a.b.example.co.uk"), "example.co.uk");
    assert_string_equal(orgdomain_registrable(list, "example.com"), "example.com");
    assert_null(orgdomain_registrable(list, "co.uk"));
    assert_null(orgdomain_registrable(list, ""));
    assert_null(orgdomain_registrable(list, ".example.com"));
    assert_null(orgdomain_registrable(list, "192.0.2.1"));

    assert_false(orgdomain_apart(list, "a.example.com", "b.example.com"));
    assert_true(orgdomain_apart(list, "example.com", "example.org"));
    assert_true(orgdomain_apart(list, "a.co.uk", "b.co.uk"));
    assert_true(orgdomain_apart(list, "a.co.uk", "co.uk"));
    assert_true(orgdomain_apart(list, "co.uk", "co.uk"));
    assert_true(orgdomain_apart(list, "a.github.io", "b.github.io"));
    assert_true(orgdomain_apart(NULL, "com", "com"));
    assert_false(orgdomain_apart(NULL, "example.com", "example.com"));
}

/* More names than are remembered, twice over, against a list that has seen none of them. */
static void what_is_remembered_is_what_the_list_says(void **state) {
    static const char *const tails[] = {"com", "co.uk", "example.co.uk", "github.io", "uk"};
    (void)state;
    OWNED(public_suffixes) list = orgdomain_suffixes_new(NULL);
    for (guint i = 0; i < 4000; i++) {
        g_autofree char *name = g_strdup_printf("n%u.%s", i % 2000, tails[i % G_N_ELEMENTS(tails)]);
        const char *registrable = orgdomain_registrable(list, name);
        bool suffix = orgdomain_is_public_suffix(list, name);
        assert_false(suffix);
        if (i % G_N_ELEMENTS(tails) == 2)
            assert_ptr_equal(registrable, strchr(name, '.') + 1);
        else
            assert_ptr_equal(registrable, name);
        assert_ptr_equal(registrable, orgdomain_registrable(list, name));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_a_walk),
        cmocka_unit_test(selection),
        cmocka_unit_test(one_label_below_a_psd_after_the_jump),
        cmocka_unit_test(several_records_discard_each_other),
        cmocka_unit_test(an_error_ends_the_walk),
        cmocka_unit_test(the_weakest_answer_counts),
        cmocka_unit_test(names_dns_cannot_carry),
        cmocka_unit_test(without_a_resolver),
        cmocka_unit_test(questions_of_a_walk_are_capped),
        cmocka_unit_test(labels_shared),
        cmocka_unit_test(suffixes),
        cmocka_unit_test(what_is_remembered_is_what_the_list_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

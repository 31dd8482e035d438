/* SPDX-License-Identifier: MIT
 *
 * DMARC (RFC 9989): policy discovery, alignment, result, and what errors do to it. Each case says
 * its zone as pairs of name and record; "NAME A" adds an address, records "TIMEOUT" and "BOGUS" are
 * failures. */
#include "auth/dmarc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct fixture {
    struct resolver *table;
    struct lookups *lookups;
    struct dmarc_result *result;
};

static void add(struct resolver *table, const char *name, const char *record) {
    enum dns_type type = g_str_has_suffix(name, " A") ? DNS_A : DNS_TXT;
    g_autofree char *full =
        type == DNS_A ? g_strndup(name, strlen(name) - 2) : g_strconcat("_dmarc.", name, NULL);
    if (strcmp(record, "TIMEOUT") == 0)
        resolver_table_set(table, full, type, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
    else if (strcmp(record, "BOGUS") == 0)
        resolver_table_set(table, full, type, DNS_BOGUS, DNSSEC_BOGUS);
    else
        resolver_table_add(table, full, type, record);
}

static void clear(struct fixture *f) {
    dmarc_result_free(f->result);
    lookups_free(f->lookups);
    resolver_free(f->table);
    *f = (struct fixture){0};
}

/* dkim: "d=result" words apart by spaces; spf: one such word or NULL. */
static const struct dmarc_result *check(struct fixture *f, const char *author, const char *dkim,
                                        const char *spf, const char *const *zone) {
    clear(f);
    f->table = resolver_new_table();
    f->lookups = lookups_new(f->table);
    for (size_t i = 0; zone[i]; i += 2)
        add(f->table, zone[i], zone[i + 1]);

    g_auto(GStrv) words = g_strsplit(dkim, " ", -1);
    struct dmarc_identifier signatures[8];
    struct dmarc_input input = {.author_domain = author, .dkim = signatures};
    for (; words[input.n_dkim] && *words[input.n_dkim]; input.n_dkim++) {
        char *equals = strchr(words[input.n_dkim], '=');
        *equals = '\0';
        signatures[input.n_dkim] =
            (struct dmarc_identifier){words[input.n_dkim], auth_result_parse(span_of(equals + 1))};
    }
    g_autofree char *mail_from = g_strdup(spf ? spf : "=none");
    char *equals = strchr(mail_from, '=');
    *equals = '\0';
    input.spf = (struct dmarc_identifier){*mail_from ? mail_from : NULL,
                                          auth_result_parse(span_of(equals + 1))};
    dmarc_names(f->lookups, &input);
    f->result = dmarc_check(f->lookups, &input);
    return f->result;
}

#define ZONE(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING ((const char *const[]){NULL})

static void assert_result(const struct dmarc_result *r, enum auth_result result,
                          enum dmarc_reason reason) {
    assert_string_equal(dmarc_reason_name(r->reason), dmarc_reason_name(reason));
    assert_int_equal(r->result, result);
}

static void identical_names_pass(void **state) {
    struct fixture *f = *state;
    const struct dmarc_result *r = check(f, "example.com", "example.com=pass", NULL,
                                         ZONE("example.com", "v=DMARC1; p=reject"));
    assert_result(r, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_int_equal(r->policy, DMARC_POLICY_REJECT);
    assert_int_equal(r->applied_policy, DMARC_POLICY_REJECT);
    assert_string_equal(r->record_domain, "example.com");
    assert_string_equal(r->organizational_domain, "example.com");
    assert_true(r->aligned_by_dkim);
    assert_false(r->aligned_by_spf);
    assert_int_equal(r->n_dkim, 1);
    assert_int_equal(r->dkim[0], DMARC_ALIGNED_STRICT);

    r = check(f, "example.com", "", "example.com=pass", ZONE("example.com", "v=DMARC1; p=none"));
    assert_result(r, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_true(r->aligned_by_spf);
    assert_int_equal(r->spf, DMARC_ALIGNED_STRICT);
}

static void relaxed_and_strict(void **state) {
    struct fixture *f = *state;
    const char *const *relaxed = ZONE("example.com", "v=DMARC1; p=reject");
    const char *const *strict = ZONE("example.com", "v=DMARC1; p=reject; adkim=s; aspf=s");
    const struct dmarc_result *r =
        check(f, "news.example.com", "mail.example.com=pass example.com=pass", "b.example.com=pass",
              relaxed);
    assert_result(r, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_int_equal(r->dkim[0], DMARC_ALIGNED_RELAXED);
    assert_int_equal(r->dkim[1], DMARC_ALIGNED_RELAXED);
    assert_true(r->aligned_by_dkim && r->aligned_by_spf);
    r = check(f, "news.example.com", "mail.example.com=pass example.com=pass", "b.example.com=pass",
              strict);
    assert_result(r, AUTH_FAIL, DMARC_REASON_NOT_ALIGNED);
    assert_int_equal(r->dkim[1], DMARC_UNALIGNED);
    r = check(f, "news.example.com", "news.example.com=pass", NULL, strict);
    assert_result(r, AUTH_PASS, DMARC_REASON_ALIGNED);
    /* one of the two strict */
    r = check(f, "news.example.com", "example.com=pass", "example.com=pass",
              ZONE("example.com", "v=DMARC1; p=reject; adkim=s"));
    assert_false(r->aligned_by_dkim);
    assert_true(r->aligned_by_spf);
}

static void by_labels_not_by_letters(void **state) {
    struct fixture *f = *state;
    const char *const *zone =
        ZONE("example.com", "v=DMARC1; p=reject", "evil.com", "v=DMARC1; p=none");
    const char *const strangers[] = {"notexample.com=pass", "example.com.evil.com=pass", "com=pass",
                                     "example.org=pass", "evil.com=pass"};
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++)
        assert_result(check(f, "example.com", strangers[i], strangers[i], zone), AUTH_FAIL,
                      DMARC_REASON_NOT_ALIGNED);
}

static void only_a_pass_authenticates(void **state) {
    struct fixture *f = *state;
    const char *const *zone = ZONE("example.com", "v=DMARC1; p=reject");
    static const char *const results[] = {"fail", "neutral",  "policy",    "permerror",
                                          "none", "softfail", "not-a-word"};
    for (size_t i = 0; i < G_N_ELEMENTS(results); i++) {
        g_autofree char *word = g_strconcat("example.com=", results[i], NULL);
        const struct dmarc_result *r = check(f, "example.com", word, word, zone);
        assert_result(r, AUTH_FAIL, DMARC_REASON_NOT_AUTHENTICATED);
        assert_false(r->aligned_by_dkim || r->aligned_by_spf);
        /* what it would be worth is said all the same */
        assert_int_equal(r->dkim[0], DMARC_ALIGNED_STRICT);
    }
    assert_result(check(f, "example.com", "", NULL, zone), AUTH_FAIL,
                  DMARC_REASON_NOT_AUTHENTICATED);
}

/* §4.10.1: p, sp, np by where the record is and whether the author domain exists. */
static void the_applicable_policy(void **state) {
    struct fixture *f = *state;
    static const char all[] = "v=DMARC1; p=reject; sp=quarantine; np=none";
    const struct dmarc_result *r = check(f, "example.com", "", NULL, ZONE("example.com", all));
    assert_int_equal(r->policy, DMARC_POLICY_REJECT);

    r = check(f, "a.example.com", "", NULL,
              ZONE("example.com", all, "a.example.com A", "192.0.2.1"));
    assert_int_equal(r->policy, DMARC_POLICY_QUARANTINE);
    assert_int_equal(r->existence, DMARC_EXISTS);
    assert_string_equal(r->record_domain, "example.com");

    r = check(f, "a.example.com", "", NULL, ZONE("example.com", all));
    assert_int_equal(r->policy, DMARC_POLICY_NONE);
    assert_int_equal(r->existence, DMARC_DOES_NOT_EXIST);

    /* NODATA is existence: something stands below the name */
    r = check(f, "a.example.com", "", NULL,
              ZONE("example.com", all, "b.a.example.com A", "192.0.2.1"));
    assert_int_equal(r->policy, DMARC_POLICY_QUARANTINE);

    r = check(f, "a.example.com", "", NULL, ZONE("example.com", "v=DMARC1; p=reject; sp=none"));
    assert_int_equal(r->policy,
                     DMARC_POLICY_NONE); /* np absent: sp, also for what does not exist */
    r = check(f, "a.example.com", "", NULL, ZONE("example.com", "v=DMARC1; p=reject"));
    assert_int_equal(r->policy, DMARC_POLICY_REJECT);
    r = check(f, "a.example.com", "", NULL,
              ZONE("example.com", "v=DMARC1; p=reject; np=quarantine"));
    assert_int_equal(r->policy, DMARC_POLICY_QUARANTINE);
    /* sp of the author domain's own record is ignored (§4.7 "sp") */
    r = check(f, "a.example.com", "", NULL,
              ZONE("a.example.com", "v=DMARC1; p=quarantine; sp=none", "example.com",
                   "v=DMARC1; p=reject"));
    assert_int_equal(r->policy, DMARC_POLICY_QUARANTINE);
    assert_string_equal(r->record_domain, "a.example.com");
    assert_string_equal(r->organizational_domain, "example.com");
}

static void only_three_places_have_the_policy(void **state) {
    struct fixture *f = *state;
    /* between author and organization: nobody's */
    const struct dmarc_result *r =
        check(f, "a.b.example.com", "", NULL,
              ZONE("b.example.com", "v=DMARC1; p=none", "example.com", "v=DMARC1; p=reject"));
    assert_string_equal(r->record_domain, "example.com");
    /* psd=n below: that is the organization */
    r = check(f, "a.b.example.com", "", NULL,
              ZONE("b.example.com", "v=DMARC1; p=quarantine; psd=n", "example.com",
                   "v=DMARC1; p=reject"));
    assert_string_equal(r->record_domain, "b.example.com");
    assert_string_equal(r->organizational_domain, "b.example.com");
    /* the PSD's, where the organization has none */
    r = check(
        f, "mail.bank.example", "", NULL,
        ZONE("example", "v=DMARC1; p=none; sp=reject; psd=y", "mail.bank.example A", "192.0.2.1"));
    assert_string_equal(r->record_domain, "example");
    assert_string_equal(r->organizational_domain, "bank.example");
    assert_int_equal(r->policy, DMARC_POLICY_REJECT);
    /* the organization's, where it has one */
    r = check(f, "mail.bank.example", "", NULL,
              ZONE("example", "v=DMARC1; p=reject; psd=y", "bank.example", "v=DMARC1; p=none"));
    assert_string_equal(r->record_domain, "bank.example");
    assert_int_equal(r->policy, DMARC_POLICY_NONE);
}

static void organizations_below_a_public_suffix(void **state) {
    struct fixture *f = *state;
    const char *const *zone = ZONE("bank.example", "v=DMARC1; p=reject; psd=y",
                                   "giant.bank.example", "v=DMARC1; p=quarantine");
    const struct dmarc_result *r = check(f, "giant.bank.example", "mail.mega.bank.example=pass",
                                         "mail.giant.bank.example=pass", zone);
    assert_result(r, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_true(r->aligned_by_spf);
    assert_int_equal(r->dkim[0], DMARC_UNALIGNED);
    r = check(f, "giant.bank.example", "bank.example=pass", NULL, zone);
    assert_result(r, AUTH_FAIL, DMARC_REASON_NOT_ALIGNED);
    /* psd=n inside an organization cuts both ways */
    zone =
        ZONE("example.com", "v=DMARC1; p=reject", "dept.example.com", "v=DMARC1; p=reject; psd=n");
    assert_result(check(f, "example.com", "x.dept.example.com=pass", NULL, zone), AUTH_FAIL,
                  DMARC_REASON_NOT_ALIGNED);
    assert_result(check(f, "x.dept.example.com", "example.com=pass", NULL, zone), AUTH_FAIL,
                  DMARC_REASON_NOT_ALIGNED);
    assert_result(check(f, "x.dept.example.com", "y.dept.example.com=pass", NULL, zone), AUTH_PASS,
                  DMARC_REASON_ALIGNED);
}

/* RFC 9989 §11: a record at "mail.example.com" meant as the organization, but one above it too. */
static void deep_names_align_through_the_jump(void **state) {
    struct fixture *f = *state;
    const struct dmarc_result *r = check(
        f, "a.b.c.d.e.f.g.h.i.j.k.example.com", "signing.example.com=pass", "example.com=pass",
        ZONE("example.com", "v=DMARC1; p=reject", "signing.example.com", "v=DMARC1; p=reject"));
    assert_result(r, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_true(r->aligned_by_dkim && r->aligned_by_spf);
    /* eight labels with psd=n, and a name below it whose walk jumps over it: not the same */
    r = check(f, "a.b.c.d.e.f.example.com", "z.a.b.c.d.e.f.example.com=pass", NULL,
              ZONE("a.b.c.d.e.f.example.com", "v=DMARC1; p=reject; psd=n", "example.com",
                   "v=DMARC1; p=none"));
    assert_result(r, AUTH_FAIL, DMARC_REASON_NOT_ALIGNED);
}

static void test_mode_is_one_level_weaker(void **state) {
    struct fixture *f = *state;
    const struct dmarc_result *r =
        check(f, "example.com", "", NULL, ZONE("example.com", "v=DMARC1; p=reject; t=y"));
    assert_int_equal(r->policy, DMARC_POLICY_REJECT);
    assert_int_equal(r->applied_policy, DMARC_POLICY_QUARANTINE);
    assert_true(r->testing);
    r = check(f, "a.example.com", "", NULL,
              ZONE("example.com", "v=DMARC1; p=reject; sp=quarantine; t=y"));
    assert_int_equal(r->applied_policy, DMARC_POLICY_NONE);
    r = check(f, "example.com", "", NULL, ZONE("example.com", "v=DMARC1; p=none; t=y"));
    assert_int_equal(r->applied_policy, DMARC_POLICY_NONE);
    r = check(f, "example.com", "", NULL, ZONE("example.com", "v=DMARC1; p=reject; pct=0"));
    assert_int_equal(r->applied_policy, DMARC_POLICY_REJECT); /* pct is historic (§9.3) */
}

static void no_record_no_result(void **state) {
    struct fixture *f = *state;
    const struct dmarc_result *r =
        check(f, "a.example.com", "a.example.com=pass", "a.example.com=pass", NOTHING);
    assert_result(r, AUTH_NONE, DMARC_REASON_NO_RECORD);
    assert_int_equal(r->policy, DMARC_POLICY_UNKNOWN);
    assert_null(r->record_domain);
    assert_string_equal(r->organizational_domain, "a.example.com");
    assert_false(r->aligned_by_dkim || r->aligned_by_spf);
    assert_int_equal(r->dkim[0], DMARC_ALIGNMENT_UNKNOWN);

    r = check(f, "example.com", "example.com=pass", NULL,
              ZONE("example.com", "v=DMARC1; p=reject", "example.com", "v=DMARC1; p=none"));
    assert_result(r, AUTH_NONE, DMARC_REASON_SEVERAL_RECORDS);
    /* discarded, so the walk goes on */
    r = check(f, "a.example.com", "", NULL,
              ZONE("a.example.com", "v=DMARC1; p=reject", "a.example.com", "v=DMARC1; p=none",
                   "example.com", "v=DMARC1; p=quarantine"));
    assert_result(r, AUTH_FAIL, DMARC_REASON_NOT_AUTHENTICATED);
    assert_int_equal(r->policy, DMARC_POLICY_QUARANTINE);

    r = check(f, "example.com", "example.com=pass", NULL, ZONE("example.com", "v=DMARC1; adkim=s"));
    assert_result(r, AUTH_NONE, DMARC_REASON_NO_POLICY);
    r = check(f, "example.com", "example.com=pass", NULL,
              ZONE("example.com", "v=DMARC1; p=rejct; rua=mailto:a@example.com"));
    assert_result(r, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_int_equal(r->policy, DMARC_POLICY_NONE);
    /* a record of its own that is unusable does not hand over to the organization's */
    r = check(f, "a.example.com", "a.example.com=pass", NULL,
              ZONE("a.example.com", "v=DMARC1; p=rejct", "example.com", "v=DMARC1; p=reject"));
    assert_result(r, AUTH_NONE, DMARC_REASON_NO_POLICY);
}

static void failed_look_ups(void **state) {
    struct fixture *f = *state;
    const struct dmarc_result *r =
        check(f, "example.com", "example.com=pass", NULL, ZONE("example.com", "TIMEOUT"));
    assert_result(r, AUTH_TEMPERROR, DMARC_REASON_DNS);
    assert_int_equal(r->policy, DMARC_POLICY_UNKNOWN);
    assert_null(r->organizational_domain);
    r = check(f, "example.com", "example.com=pass", NULL, ZONE("example.com", "BOGUS"));
    assert_result(r, AUTH_TEMPERROR, DMARC_REASON_BOGUS);
    assert_int_equal(r->dnssec, DNSSEC_BOGUS);
    /* no record of its own, and above it unknown */
    r = check(f, "a.example.com", "a.example.com=pass", NULL, ZONE("example.com", "TIMEOUT"));
    assert_result(r, AUTH_TEMPERROR, DMARC_REASON_DNS);
    r = check(f, "a.example.com", "a.example.com=pass", NULL,
              ZONE("example.com", "v=DMARC1; p=reject", "com", "TIMEOUT"));
    assert_result(r, AUTH_TEMPERROR, DMARC_REASON_DNS);
}

/* A failed look-up above the author domain's own record. */
static void failed_above_the_own_record(void **state) {
    struct fixture *f = *state;
    const char *const *zone = ZONE("a.example.com", "v=DMARC1; p=reject", "example.com", "TIMEOUT");
    const struct dmarc_result *r = check(f, "a.example.com", "a.example.com=pass", NULL, zone);
    assert_result(r, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_string_equal(r->organizational_domain, "a.example.com"); /* §4.10.2, first condition */
    assert_result(check(f, "a.example.com", "", "a.example.com=pass", zone), AUTH_PASS,
                  DMARC_REASON_ALIGNED);
    /* needed to tell whether it aligns */
    r = check(f, "a.example.com", "b.example.com=pass", NULL, zone);
    assert_result(r, AUTH_TEMPERROR, DMARC_REASON_DNS);
    assert_int_equal(r->policy, DMARC_POLICY_REJECT);
    assert_int_equal(r->dkim[0], DMARC_ALIGNMENT_UNKNOWN);
    /* needed by nothing: nobody authenticated, or a stranger did, or alignment is strict */
    r = check(f, "a.example.com", "a.example.com=fail", "a.example.com=fail", zone);
    assert_result(r, AUTH_FAIL, DMARC_REASON_NOT_AUTHENTICATED);
    assert_null(r->organizational_domain);
    assert_result(check(f, "a.example.com", "stranger.org=pass", NULL, zone), AUTH_FAIL,
                  DMARC_REASON_NOT_ALIGNED);
    assert_result(
        check(f, "a.example.com", "b.example.com=pass", NULL,
              ZONE("a.example.com", "v=DMARC1; p=reject; adkim=s", "example.com", "TIMEOUT")),
        AUTH_FAIL, DMARC_REASON_NOT_ALIGNED);
    assert_result(check(f, "a.example.com", "b.example.com=pass a.example.com=pass", NULL, zone),
                  AUTH_PASS, DMARC_REASON_ALIGNED);
}

/* Nobody can buy a temporary error with a signature of a domain whose DNS is broken. */
static void a_strangers_dns_changes_nothing(void **state) {
    struct fixture *f = *state;
    const char *const *zone =
        ZONE("example.com", "v=DMARC1; p=reject", "evil.com", "TIMEOUT", "x.evil.com", "TIMEOUT");
    const struct dmarc_result *r =
        check(f, "example.com", "x.evil.com=pass evil.com=temperror", "evil.com=pass", zone);
    assert_result(r, AUTH_FAIL, DMARC_REASON_NOT_ALIGNED);
    assert_int_equal(r->dkim[0], DMARC_UNALIGNED);
    /* within the organization it does */
    r = check(f, "example.com", "x.example.com=pass", NULL,
              ZONE("example.com", "v=DMARC1; p=reject", "x.example.com", "TIMEOUT"));
    assert_result(r, AUTH_TEMPERROR, DMARC_REASON_DNS);
}

static void temporary_errors_of_identifiers(void **state) {
    struct fixture *f = *state;
    const char *const *zone = ZONE("example.com", "v=DMARC1; p=reject");
    assert_result(check(f, "example.com", "example.com=temperror", NULL, zone), AUTH_TEMPERROR,
                  DMARC_REASON_IDENTIFIER_ERROR);
    assert_result(check(f, "example.com", "", "mail.example.com=temperror", zone), AUTH_TEMPERROR,
                  DMARC_REASON_IDENTIFIER_ERROR);
    assert_result(check(f, "example.com", "example.com=temperror", "example.com=pass", zone),
                  AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_result(check(f, "example.com", "stranger.com=temperror", "example.com=fail", zone),
                  AUTH_FAIL, DMARC_REASON_NOT_AUTHENTICATED);
}

static void unknown_existence(void **state) {
    struct fixture *f = *state;
    const char *const *zone =
        ZONE("example.com", "v=DMARC1; p=reject; np=none", "a.example.com A", "TIMEOUT");
    const struct dmarc_result *r = check(f, "a.example.com", "", NULL, zone);
    assert_result(r, AUTH_TEMPERROR, DMARC_REASON_DNS);
    assert_int_equal(r->policy, DMARC_POLICY_NONE); /* the weaker of the two */
    assert_result(check(f, "a.example.com", "example.com=pass", NULL, zone), AUTH_PASS,
                  DMARC_REASON_ALIGNED);
    /* it decides nothing where sp and np agree */
    r = check(f, "a.example.com", "", NULL,
              ZONE("example.com", "v=DMARC1; p=reject", "a.example.com A", "TIMEOUT"));
    assert_result(r, AUTH_FAIL, DMARC_REASON_NOT_AUTHENTICATED);
    assert_int_equal(r->policy, DMARC_POLICY_REJECT);
}

static void author_domains_dns_cannot_carry(void **state) {
    struct fixture *f = *state;
    assert_result(check(f, "a..example.com", "", NULL, NOTHING), AUTH_PERMERROR,
                  DMARC_REASON_BAD_DOMAIN);
    assert_result(check(f, "", "", NULL, NOTHING), AUTH_PERMERROR, DMARC_REASON_BAD_DOMAIN);
    /* as an identifier it is just unaligned */
    assert_result(check(f, "example.com", "a..example.com=pass", NULL,
                        ZONE("example.com", "v=DMARC1; p=reject")),
                  AUTH_FAIL, DMARC_REASON_NOT_ALIGNED);
}

static void without_a_resolver_nothing_is_evaluated(void **state) {
    struct fixture *f = *state;
    clear(f);
    f->lookups = lookups_new(NULL);
    const struct dmarc_identifier signature = {"example.com", AUTH_PASS};
    const struct dmarc_input input = {
        .author_domain = "example.com", .dkim = &signature, .n_dkim = 1};
    f->result = dmarc_check(f->lookups, &input);
    assert_result(f->result, AUTH_NOT_EVALUATED, DMARC_REASON_NOT_EVALUATED);
    assert_false(f->result->aligned_by_dkim);
}

static void the_budget_is_its_own_reason(void **state) {
    struct fixture *f = *state;
    clear(f);
    f->table = resolver_new_table();
    f->lookups = lookups_new(f->table);
    for (int i = 0; i < LIMIT_QUESTIONS; i++) {
        g_autofree char *name = g_strdup_printf("n%d.example.org", i);
        lookups_ask(f->lookups, name, DNS_TXT);
    }
    const struct dmarc_input input = {.author_domain = "example.com"};
    f->result = dmarc_check(f->lookups, &input);
    assert_result(f->result, AUTH_TEMPERROR, DMARC_REASON_OVER_BUDGET);
}

/* The author's names go first, and all that check reads was asked by names. */
static void names_cover_what_check_reads(void **state) {
    struct fixture *f = *state;
    clear(f);
    f->table = resolver_new_table();
    f->lookups = lookups_new(f->table);
    add(f->table, "example.com", "v=DMARC1; p=reject");
    const struct dmarc_identifier signatures[] = {{"x.example.com", AUTH_PASS},
                                                  {"evil.com", AUTH_PASS}};
    const struct dmarc_input input = {.author_domain = "a.example.com",
                                      .dkim = signatures,
                                      .n_dkim = 2,
                                      .spf = {"b.y.example.com", AUTH_PASS}};
    dmarc_names(f->lookups, &input);
    /* _dmarc of a.example.com, example.com, com, x.…, b.y.…, y.…; and the A of the author domain */
    assert_int_equal(lookups_count(f->lookups), 7);
    f->result = dmarc_check(f->lookups, &input);
    assert_result(f->result, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_int_equal(lookups_count(f->lookups), 7);
}

static void dnssec_is_of_the_answers_that_decided(void **state) {
    struct fixture *f = *state;
    clear(f);
    f->table = resolver_new_table();
    f->lookups = lookups_new(f->table);
    add(f->table, "example.com", "v=DMARC1; p=reject");
    resolver_table_set(f->table, "_dmarc.example.com", DNS_TXT, DNS_DATA, DNSSEC_SECURE);
    resolver_table_set(f->table, "_dmarc.com", DNS_TXT, DNS_NXDOMAIN, DNSSEC_SECURE);
    resolver_table_set(f->table, "_dmarc.x.example.com", DNS_TXT, DNS_NXDOMAIN, DNSSEC_INSECURE);
    const struct dmarc_identifier identifier = {"x.example.com", AUTH_PASS};
    struct dmarc_input input = {.author_domain = "example.com"};
    f->result = dmarc_check(f->lookups, &input);
    assert_int_equal(f->result->dnssec, DNSSEC_SECURE);
    dmarc_result_free(f->result);
    input.spf = identifier;
    f->result = dmarc_check(f->lookups, &input);
    assert_int_equal(f->result->dnssec, DNSSEC_INSECURE);
    /* What lies broken above a record decides nothing where the names are identical. */
    resolver_table_set(f->table, "_dmarc.com", DNS_TXT, DNS_BOGUS, DNSSEC_BOGUS);
    dmarc_result_free(f->result);
    OWNED(lookups) again = lookups_new(f->table);
    input.spf = (struct dmarc_identifier){"example.com", AUTH_PASS};
    f->result = dmarc_check(again, &input);
    assert_result(f->result, AUTH_PASS, DMARC_REASON_ALIGNED);
    assert_int_equal(f->result->dnssec, DNSSEC_SECURE);
}

static void records_for_the_logo(void **state) {
    struct fixture *f = *state;
    const struct dmarc_result *r = check(f, "a.example.com", "", NULL,
                                         ZONE("a.example.com", "v=DMARC1; p=reject; pct=50",
                                              "example.com", "v=DMARC1; p=reject; sp=none"));
    assert_true(r->has_author_record && r->has_organizational_record);
    assert_int_equal(r->author_record.pct, 50);
    assert_int_equal(r->organizational_record.sp, DMARC_POLICY_NONE);
    r = check(f, "a.example.com", "", NULL, ZONE("example.com", "v=DMARC1; p=reject"));
    assert_false(r->has_author_record);
    assert_true(r->has_organizational_record);
    r = check(f, "a.example", "", NULL, ZONE("example", "v=DMARC1; p=reject; psd=y"));
    assert_false(r->has_author_record || r->has_organizational_record);
}

static void alignment_without_a_record(void **state) {
    (void)state;
    OWNED(public_suffixes) list = orgdomain_suffixes_new(NULL);
    static const struct {
        const char *author, *other;
        enum dmarc_bare_alignment dkim, spf;
    } cases[] = {
        {"example.com", "example.com", DMARC_BARE_ALIGNED, DMARC_BARE_LIKELY},
        {"mail.example.com", "example.com", DMARC_BARE_ALIGNED, DMARC_BARE_UNALIGNED},
        {"a.b.example.com", "b.example.com", DMARC_BARE_ALIGNED, DMARC_BARE_UNALIGNED},
        {"example.com", "mail.example.com", DMARC_BARE_LIKELY, DMARC_BARE_UNALIGNED},
        {"a.example.com", "b.example.com", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"example.com", "example.org", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"example.com", "notexample.com", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"notexample.com", "example.com", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"example.com", "com", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"a.co.uk", "co.uk", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"a.co.uk", "b.co.uk", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"a.github.io", "github.io", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"github.io", "github.io", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"github.io", "a.github.io", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
        {"com", "com", DMARC_BARE_UNALIGNED, DMARC_BARE_UNALIGNED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(dmarc_bare_dkim(list, cases[i].author, cases[i].other), cases[i].dkim);
        assert_int_equal(dmarc_bare_spf(list, cases[i].author, cases[i].other), cases[i].spf);
    }
    assert_int_equal(dmarc_bare_dkim(NULL, "example.com", "example.com"), DMARC_BARE_ALIGNED);
    assert_int_equal(dmarc_bare_dkim(NULL, "a.example.com", "example.com"), DMARC_BARE_UNALIGNED);
    assert_int_equal(dmarc_bare_dkim(NULL, "example.com", "a.example.com"), DMARC_BARE_UNALIGNED);
    assert_int_equal(dmarc_bare_dkim(list, "a.example.com", ""), DMARC_BARE_UNALIGNED);
}

static int set_up(void **state) {
    *state = g_new0(struct fixture, 1);
    return 0;
}

static int tear_down(void **state) {
    clear(*state);
    g_free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identical_names_pass),
        cmocka_unit_test(relaxed_and_strict),
        cmocka_unit_test(by_labels_not_by_letters),
        cmocka_unit_test(only_a_pass_authenticates),
        cmocka_unit_test(the_applicable_policy),
        cmocka_unit_test(only_three_places_have_the_policy),
        cmocka_unit_test(organizations_below_a_public_suffix),
        cmocka_unit_test(deep_names_align_through_the_jump),
        cmocka_unit_test(test_mode_is_one_level_weaker),
        cmocka_unit_test(no_record_no_result),
        cmocka_unit_test(failed_look_ups),
        cmocka_unit_test(failed_above_the_own_record),
        cmocka_unit_test(a_strangers_dns_changes_nothing),
        cmocka_unit_test(temporary_errors_of_identifiers),
        cmocka_unit_test(unknown_existence),
        cmocka_unit_test(author_domains_dns_cannot_carry),
        cmocka_unit_test(without_a_resolver_nothing_is_evaluated),
        cmocka_unit_test(the_budget_is_its_own_reason),
        cmocka_unit_test(names_cover_what_check_reads),
        cmocka_unit_test(dnssec_is_of_the_answers_that_decided),
        cmocka_unit_test(records_for_the_logo),
        cmocka_unit_test(alignment_without_a_record),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: MIT
 *
 * Lookups over the table: statuses, budget, distinct questions, names; and the parts behind the
 * real resolver that need no network: spellings of names, counted answers, the cache. */
#include "net/resolver.h"

#include "base/limits.h"
#include "net/dns_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_record(const struct dns_answer *answer, guint i, const char *text) {
    assert_int_equal(answer->status, DNS_DATA);
    assert_true(i < answer->n);
    assert_true(span_eq(answer->records[i], span_of(text)));
    assert_int_equal(answer->records[i].p[answer->records[i].n], '\0');
}

static void statuses_of_the_table(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    resolver_table_add(table, "a.example", DNS_TXT, "one");
    resolver_table_add(table, "a.example", DNS_TXT, "two");
    resolver_table_add(table, "A.Example", DNS_A, "192.0.2.1");
    resolver_table_add(table, "deep.under.example", DNS_AAAA, "2001:db8::1");
    resolver_table_set(table, "slow.example", DNS_TXT, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
    resolver_table_set(table, "forged.example", DNS_TXT, DNS_BOGUS, DNSSEC_BOGUS);
    resolver_table_set(table, "a.example", DNS_A, DNS_DATA, DNSSEC_SECURE);
    OWNED(lookups) lookups = lookups_new(table);

    const struct dns_answer *answer = lookups_answer(lookups, "a.example", DNS_TXT);
    assert_int_equal(answer->n, 2);
    assert_record(answer, 0, "one");
    assert_record(answer, 1, "two");
    assert_int_equal(answer->dnssec, DNSSEC_NOT_EVALUATED);

    answer = lookups_answer(lookups, "a.EXAMPLE.", DNS_A);
    assert_int_equal(answer->dnssec, DNSSEC_SECURE);
    assert_int_equal(answer->records[0].n, 4);
    assert_memory_equal(answer->records[0].p, "\xc0\x00\x02\x01", 4);
    assert_int_equal(lookups_answer(lookups, "deep.under.example", DNS_AAAA)->records[0].n, 16);

    assert_int_equal(lookups_answer(lookups, "a.example", DNS_MX)->status, DNS_NODATA);
    assert_int_equal(lookups_answer(lookups, "under.example", DNS_TXT)->status, DNS_NODATA);
    assert_int_equal(lookups_answer(lookups, "b.example", DNS_TXT)->status, DNS_NXDOMAIN);
    assert_int_equal(lookups_answer(lookups, "slow.example", DNS_TXT)->status, DNS_TEMPERROR);
    answer = lookups_answer(lookups, "forged.example", DNS_TXT);
    assert_int_equal(answer->status, DNS_BOGUS);
    assert_int_equal(answer->dnssec, DNSSEC_BOGUS);
    assert_int_equal(answer->n, 0);
}

static void cnames_are_followed(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    resolver_table_add(table, "alias.example", DNS_CNAME, "target.example");
    resolver_table_add(table, "target.example", DNS_TXT, "here");
    resolver_table_add(table, "loop.example", DNS_CNAME, "loop.example");
    OWNED(lookups) lookups = lookups_new(table);
    assert_record(lookups_answer(lookups, "alias.example", DNS_TXT), 0, "here");
    assert_record(lookups_answer(lookups, "alias.example", DNS_CNAME), 0, "target.example");
    assert_int_equal(lookups_answer(lookups, "alias.example", DNS_MX)->status, DNS_NODATA);
    assert_int_equal(lookups_answer(lookups, "loop.example", DNS_TXT)->status, DNS_TEMPERROR);
}

static void octets_may_be_anything(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    resolver_table_add_octets(table, "nul.example", DNS_TXT, span_make("a\0b", 3));
    OWNED(lookups) lookups = lookups_new(table);
    const struct dns_answer *answer = lookups_answer(lookups, "nul.example", DNS_TXT);
    assert_int_equal(answer->records[0].n, 3);
    assert_memory_equal(answer->records[0].p, "a\0b", 3);
}

static void distinct_questions_count_once(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    for (int i = 0; i < 5; i++) {
        lookups_ask(lookups, "a.example", DNS_TXT);
        lookups_ask(lookups, "A.example.", DNS_TXT);
        lookups_answer(lookups, "a.example", DNS_TXT);
    }
    lookups_ask(lookups, "a.example", DNS_A);
    assert_int_equal(lookups_count(lookups), 2);
    assert_int_equal(resolver_questions_sent(table), 2);
}

static void the_budget_is_counted(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    char name[32];
    for (int i = 0; i < LIMIT_QUESTIONS + 5; i++) {
        g_snprintf(name, sizeof name, "n%d.example", i);
        lookups_ask(lookups, name, DNS_TXT);
    }
    assert_int_equal(lookups_count(lookups), LIMIT_QUESTIONS);
    assert_int_equal(resolver_questions_sent(table), LIMIT_QUESTIONS);
    assert_int_equal(lookups_answer(lookups, name, DNS_TXT)->status, DNS_OVER_BUDGET);
    assert_int_equal(lookups_answer(lookups, "n0.example", DNS_TXT)->status, DNS_NXDOMAIN);
    assert_int_equal(resolver_questions_sent(table), LIMIT_QUESTIONS);
}

static guint ask_many(struct lookups *lookups, const char *label, guint n) {
    guint before = lookups_count(lookups);
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%s%u.example", label, i);
        lookups_ask(lookups, name, DNS_TXT);
    }
    return lookups_count(lookups) - before;
}

/* What is kept for one is nobody else's until it has settled; a question asked twice is one. */
static void a_share_is_kept_until_it_is_settled(void **state) {
    (void)state;
    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    lookups_as(lookups, LOOKUPS_ARC);
    guint nobodys = LIMIT_QUESTIONS - LIMIT_QUESTIONS_DKIM - LIMIT_QUESTIONS_DMARC -
                    LIMIT_QUESTIONS_SPF - LIMIT_QUESTIONS_ARC - LIMIT_QUESTIONS_INFORMATION -
                    LIMIT_QUESTIONS_REPUTATION;
    assert_int_equal(ask_many(lookups, "arc", LIMIT_QUESTIONS), LIMIT_QUESTIONS_ARC + nobodys);
    assert_int_equal(lookups_answer(lookups, "arc149.example", DNS_TXT)->status, DNS_OVER_BUDGET);
    lookups_as(lookups, LOOKUPS_DKIM);
    assert_int_equal(ask_many(lookups, "arc", 1), 0);
    assert_int_equal(ask_many(lookups, "dkim", LIMIT_QUESTIONS), LIMIT_QUESTIONS_DKIM);
    lookups_settle(lookups, LOOKUPS_DKIM);
    assert_int_equal(ask_many(lookups, "more", LIMIT_QUESTIONS), 0);
    lookups_as(lookups, LOOKUPS_SPF);
    assert_int_equal(ask_many(lookups, "spf", 12), 12);
    lookups_settle(lookups, LOOKUPS_SPF);
    lookups_as(lookups, LOOKUPS_ARC);
    assert_int_equal(ask_many(lookups, "late", LIMIT_QUESTIONS), LIMIT_QUESTIONS_SPF - 12);
    lookups_as(lookups, LOOKUPS_DMARC);
    assert_int_equal(ask_many(lookups, "dmarc", LIMIT_QUESTIONS), LIMIT_QUESTIONS_DMARC);
    lookups_as(lookups, LOOKUPS_INFORMATION);
    assert_int_equal(ask_many(lookups, "helo", LIMIT_QUESTIONS), LIMIT_QUESTIONS_INFORMATION);
    lookups_as(lookups, LOOKUPS_REPUTATION);
    assert_int_equal(ask_many(lookups, "list", LIMIT_QUESTIONS), LIMIT_QUESTIONS_REPUTATION);
    assert_int_equal(lookups_count(lookups), LIMIT_QUESTIONS);
}

static void without_a_resolver_nothing_is_asked(void **state) {
    (void)state;
    OWNED(lookups) lookups = lookups_new(NULL);
    lookups_ask(lookups, "a.example", DNS_TXT);
    const struct dns_answer *answer = lookups_answer(lookups, "a.example", DNS_TXT);
    assert_int_equal(answer->status, DNS_NOT_ASKED);
    assert_non_null(answer->why);
    assert_int_equal(lookups_count(lookups), 0);
}

static void bad_names_are_never_sent(void **state) {
    (void)state;
    char label64[70], name254[300];
    memset(label64, 'x', 64);
    memcpy(label64 + 64, ".a", 3);
    GString *longest = g_string_new(NULL);
    while (longest->len < 250)
        g_string_append(longest, "abcdefghi.");
    g_string_append(longest, "abc");
    assert_int_equal(longest->len, 253);
    g_snprintf(name254, sizeof name254, "%sd", longest->str);
    const char *const bad[] = {"", ".", "..", ".a", "a..b", "a..", ".a.b", label64, name254, "..a"};

    OWNED(resolver) table = resolver_new_table();
    OWNED(lookups) lookups = lookups_new(table);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(lookups_answer(lookups, bad[i], DNS_TXT)->status, DNS_BAD_NAME);
    assert_int_equal(lookups_count(lookups), 0);
    assert_int_equal(resolver_questions_sent(table), 0);

    assert_int_equal(lookups_answer(lookups, longest->str, DNS_TXT)->status, DNS_NXDOMAIN);
    g_string_append_c(longest, '.');
    lookups_answer(lookups, longest->str, DNS_TXT);
    assert_int_equal(lookups_count(lookups), 1);
    g_string_append_c(longest, '.');
    assert_int_equal(lookups_answer(lookups, longest->str, DNS_TXT)->status, DNS_BAD_NAME);
    g_string_free(longest, TRUE);
}

static void names_are_escaped_for_the_library(void **state) {
    (void)state;
    char escaped[DNS_NAME_ESCAPED];
    dns_name_escape("_dmarc.a-1.example", escaped);
    assert_string_equal(escaped, "_dmarc.a-1.example");
    dns_name_escape("a\\b.\xc3\xa9 @\x07.x", escaped);
    assert_string_equal(escaped, "a\\092b.\\195\\169\\032\\064\\007.x");
}

static void wire_names_are_read_strictly(void **state) {
    (void)state;
    static const struct {
        const char *wire;
        size_t n;
        const char *text; /* NULL: refused */
    } cases[] = {
        {"\x03WwW\x07"
         "example",
         13, "www.example"},
        {"", 1, "."},
        {"", 0, NULL},
        {"\x03www", 4, NULL},            /* no root label */
        {"\x03ww", 4, NULL},             /* NUL in a label */
        {"\x03w.w", 5, NULL},            /* dot in a label */
        {"\x04www", 5, NULL},            /* label longer than what is left */
        {"\x03www\0x", 6, NULL},         /* something after the root */
        {"\xc0\x0c", 3, NULL},           /* a compression pointer has no place here */
        {"\x02\xc3\xa9", 4, "\xc3\xa9"}, /* any other octet */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) text = g_string_new("before ");
        bool good = dns_name_append(text, span_make(cases[i].wire, cases[i].n));
        assert_int_equal(good, cases[i].text != NULL);
        assert_string_equal(text->str + 7, cases[i].text ? cases[i].text : "");
    }
}

static void answers_are_capped_and_clamped(void **state) {
    (void)state;
    struct span records[LIMIT_DNS_RECORDS + 1];
    for (guint i = 0; i < G_N_ELEMENTS(records); i++)
        records[i] = SPAN_LIT("x");
    const struct dns_answer *answer =
        dns_answer_new(DNS_DATA, DNSSEC_SECURE, 1, "answered", records, G_N_ELEMENTS(records));
    assert_int_equal(answer->n, LIMIT_DNS_RECORDS);
    assert_int_equal(answer->ttl, LIMIT_TTL_MIN);
    dns_answer_unref(answer);

    answer = dns_answer_new(DNS_NXDOMAIN, DNSSEC_SECURE, G_MAXUINT32, "", NULL, 0);
    assert_int_equal(answer->ttl, LIMIT_TTL_MAX);
    dns_answer_unref(answer);
    answer = dns_answer_new_failure(DNS_TEMPERROR, "SERVFAIL");
    assert_int_equal(answer->ttl, LIMIT_TTL_ERROR);
    assert_string_equal(answer->why, "SERVFAIL");
    dns_answer_unref(answer);

    g_autofree char *big = g_malloc0(LIMIT_DNS_ANSWER);
    records[0] = span_make(big, LIMIT_DNS_ANSWER);
    answer = dns_answer_new(DNS_DATA, DNSSEC_SECURE, 1, "answered", records, 2);
    assert_int_equal(answer->n, 1);
    dns_answer_unref(answer);
}

/* Of every length, since letters are made small eight at a time: case and the dot at the end make
 * no difference, every other octet does. */
static void spellings_of_one_question(void **state) {
    (void)state;
    for (size_t n = 1; n < 60; n++) {
        g_autofree char *name = g_strnfill(n, 'q'), *spelled = g_strconcat(name, ".", NULL);
        if (n > 4)
            name[n / 2] = spelled[n / 2] = '.';
        for (size_t i = 0; i < n; i += 2)
            spelled[i] = g_ascii_toupper(spelled[i]);
        struct dns_question one, two;
        assert_true(dns_question_init(&one, name, DNS_TXT));
        assert_true(dns_question_init(&two, spelled, DNS_TXT));
        assert_string_equal(one.name, name);
        assert_string_equal(two.name, name);
        assert_true(one.hash == two.hash && dns_question_equal(&one, &two));
        for (size_t i = 0; i < n; i++) {
            char kept = spelled[i];
            if (kept == '.')
                continue;
            spelled[i] = '1';
            assert_true(dns_question_init(&two, spelled, DNS_TXT));
            assert_true(one.hash != two.hash && !dns_question_equal(&one, &two));
            spelled[i] = kept;
        }
    }
}

static void put(struct dns_cache *cache, const char *name, enum dns_status status, int64_t now) {
    struct dns_question question;
    assert_true(dns_question_init(&question, name, DNS_TXT));
    const struct dns_answer *answer =
        dns_answer_new(status, DNSSEC_NOT_EVALUATED, 100, name, NULL, 0);
    dns_cache_put(cache, &question, answer, now);
    dns_answer_unref(answer);
}

static bool cached(struct dns_cache *cache, const char *name, enum dns_type type, int64_t now) {
    struct dns_question question;
    assert_true(dns_question_init(&question, name, type));
    const struct dns_answer *answer = dns_cache_find(cache, &question, now);
    if (answer)
        dns_answer_unref(answer);
    return answer != NULL;
}

static void the_cache_expires_by_status(void **state) {
    (void)state;
    struct dns_cache *cache = dns_cache_new(10, 1u << 20);
    put(cache, "data.example", DNS_NODATA, 1000);
    put(cache, "error.example", DNS_TEMPERROR, 1000);
    assert_true(cached(cache, "DATA.example", DNS_TXT, 1000));
    assert_false(cached(cache, "data.example", DNS_A, 1000));
    assert_true(cached(cache, "data.example", DNS_TXT, 1000 + 99999));
    assert_false(cached(cache, "data.example", DNS_TXT, 1000 + 100000));
    assert_true(cached(cache, "error.example", DNS_TXT, 1000 + LIMIT_TTL_ERROR * 1000 - 1));
    assert_false(cached(cache, "error.example", DNS_TXT, 1000 + LIMIT_TTL_ERROR * 1000));
    assert_int_equal(dns_cache_count(cache), 0);
    dns_cache_free(cache);
}

static void the_cache_forgets_the_least_used(void **state) {
    (void)state;
    struct dns_cache *cache = dns_cache_new(2, 1u << 20);
    put(cache, "a.example", DNS_NODATA, 0);
    put(cache, "b.example", DNS_NODATA, 0);
    assert_true(cached(cache, "a.example", DNS_TXT, 1));
    put(cache, "c.example", DNS_NODATA, 1);
    assert_int_equal(dns_cache_count(cache), 2);
    assert_true(cached(cache, "a.example", DNS_TXT, 1));
    assert_false(cached(cache, "b.example", DNS_TXT, 1));
    put(cache, "c.example", DNS_NXDOMAIN, 1); /* in place of the older one */
    assert_int_equal(dns_cache_count(cache), 2);
    dns_cache_free(cache);

    cache = dns_cache_new(1000, 4096);
    char name[32];
    for (int i = 0; i < 100; i++) {
        g_snprintf(name, sizeof name, "n%d.example", i);
        put(cache, name, DNS_NODATA, 0);
    }
    assert_in_range(dns_cache_count(cache), 1, 20);
    assert_true(cached(cache, name, DNS_TXT, 1));
    dns_cache_free(cache);
}

static void refused_settings_are_named(void **state) {
    (void)state;
    static const struct resolver_options bad[] = {
        {.server = "not an address"},
        {.server = "127.0.0.1@70000x"},
        {.server = "127.0.0.1@53", .trust_anchor = "/nonexistent/anchor"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        OWNED(resolver) resolver = resolver_new(&bad[i], &error);
        assert_null(resolver);
        assert_non_null(error);
        assert_non_null(
            strstr(error->message, bad[i].trust_anchor ? bad[i].trust_anchor : bad[i].server));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_of_the_table),
        cmocka_unit_test(cnames_are_followed),
        cmocka_unit_test(octets_may_be_anything),
        cmocka_unit_test(distinct_questions_count_once),
        cmocka_unit_test(the_budget_is_counted),
        cmocka_unit_test(a_share_is_kept_until_it_is_settled),
        cmocka_unit_test(without_a_resolver_nothing_is_asked),
        cmocka_unit_test(bad_names_are_never_sent),
        cmocka_unit_test(names_are_escaped_for_the_library),
        cmocka_unit_test(wire_names_are_read_strictly),
        cmocka_unit_test(spellings_of_one_question),
        cmocka_unit_test(answers_are_capped_and_clamped),
        cmocka_unit_test(the_cache_expires_by_status),
        cmocka_unit_test(the_cache_forgets_the_least_used),
        cmocka_unit_test(refused_settings_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * BIMI: assertion records, selectors, preconditions, and which record speaks for a domain. */
#include "brand/bimi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define L "https://logo.example/a.svg"
#define A "https://logo.example/a.pem"

static void records_are_read_as_the_draft_says(void **state) {
    (void)state;
    static const struct {
        const char *txt;
        enum bimi_record_status status;
        const char *location, *authority;
    } cases[] = {
        {"v=BIMI1; l=" L, BIMI_RECORD_PARSED, L, NULL},
        {"v=BIMI1;l=" L ";a=" A ";", BIMI_RECORD_PARSED, L, A},
        {"v = BIMI1 ; a = " A " ; l = " L, BIMI_RECORD_PARSED, L, A},
        {"v=BIMI1; l=" L "; a=; x1=; y_2=whatever", BIMI_RECORD_PARSED, L, NULL},
        {"v=BIMI1; l=; a=" A, BIMI_RECORD_PARSED, NULL, A},
        {"v=BIMI1; l=HTTPS://LOGO.example:443/a.svg", BIMI_RECORD_PARSED, L, NULL},
        {"v=BIMI1; l=; a=;", BIMI_RECORD_DECLINED, NULL, NULL},
        {"v=BIMI1; l=;", BIMI_RECORD_DECLINED, NULL, NULL},
        {"v=BIMI1; a=" A, BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1", BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1;", BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1; l=" L "; l=" L, BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1; l=" L "; v=BIMI1", BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1;; l=" L, BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1; l", BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1; l=" L "; 1x=y", BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1; l=" L "\x01", BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1; L=" L, BIMI_RECORD_INVALID, NULL, NULL},
        {"v=BIMI1; l=http://logo.example/a.svg", BIMI_RECORD_BAD_URL, NULL, NULL},
        {"v=BIMI1; l=https://127.0.0.1/a.svg", BIMI_RECORD_BAD_URL, NULL, NULL},
        {"v=BIMI1; l=https://logo.example:22/a.svg", BIMI_RECORD_BAD_URL, NULL, NULL},
        {"v=BIMI1; l=https://u@logo.example/a.svg", BIMI_RECORD_BAD_URL, NULL, NULL},
        {"v=BIMI1; l=" L "; a=http://logo.example/a.pem", BIMI_RECORD_BAD_URL, NULL, NULL},
        {"v=BIMI2; l=" L, BIMI_RECORD_OTHER, NULL, NULL},
        {"v=bimi1; l=" L, BIMI_RECORD_OTHER, NULL, NULL},
        {"v=BIMI10; l=" L, BIMI_RECORD_OTHER, NULL, NULL},
        {"l=" L "; v=BIMI1", BIMI_RECORD_OTHER, NULL, NULL},
        {"v=spf1 -all", BIMI_RECORD_OTHER, NULL, NULL},
        {"", BIMI_RECORD_OTHER, NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bimi_record record;
        enum bimi_record_status status = bimi_record_parse(span_of(cases[i].txt), &record);
        if (status != cases[i].status)
            fail_msg("\"%s\": %d, not %d", cases[i].txt, (int)status, (int)cases[i].status);
        if (status == BIMI_RECORD_PARSED) {
            assert_int_equal(g_strcmp0(record.location, cases[i].location), 0);
            assert_int_equal(g_strcmp0(record.authority, cases[i].authority), 0);
        }
        bimi_record_clear(&record);
    }
}

static void a_record_is_bounded(void **state) {
    (void)state;
    g_autofree char *filler = g_strnfill(LIMIT_BIMI_RECORD, 'x');
    g_autofree char *txt = g_strconcat("v=BIMI1; l=" L "; x=", filler, NULL);
    struct bimi_record record;
    assert_int_equal(bimi_record_parse(span_of(txt), &record), BIMI_RECORD_INVALID);
    bimi_record_clear(&record);
    g_autoptr(GString) crowd = g_string_new("v=BIMI1; l=" L);
    for (int i = 0; i < 40; i++)
        g_string_append_printf(crowd, "; t%d=", i);
    assert_int_equal(bimi_record_parse(span_of(crowd->str), &record), BIMI_RECORD_INVALID);
    bimi_record_clear(&record);
}

static void the_avatar_preference_is_brand_unless_said(void **state) {
    (void)state;
    static const struct {
        const char *txt;
        enum bimi_avatar avatar;
    } cases[] = {{"v=BIMI1; l=" L, BIMI_AVATAR_BRAND},
                 {"v=BIMI1; l=" L "; avp=brand", BIMI_AVATAR_BRAND},
                 {"v=BIMI1; l=" L "; avp=personal", BIMI_AVATAR_PERSONAL},
                 {"v=BIMI1; l=" L "; avp=else", BIMI_AVATAR_BRAND}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bimi_record record;
        assert_int_equal(bimi_record_parse(span_of(cases[i].txt), &record), BIMI_RECORD_PARSED);
        assert_int_equal(record.avatar, cases[i].avatar);
        bimi_record_clear(&record);
    }
}

static void local_parts_become_selectors(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"News", "news"},   {"news+alice", "news"},
        {"a_b.c", "a-b-c"}, {"a_._.b", "a-b"},
        {"_a.", "a"},       {"-a-", "a"},
        {"a--b", "a--b"},   {"+x", NULL},
        {"...", NULL},      {"a/b", NULL},
        {"a b", NULL},      {"\xc3\xa9", NULL},
        {"../../x", NULL},  {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *selector = bimi_normalize_local_part(span_of(cases[i][0]));
        if (g_strcmp0(selector, cases[i][1]) != 0)
            fail_msg("\"%s\": %s", cases[i][0], selector);
    }
    g_autofree char *longest = g_strnfill(63, 'a'), *longer = g_strnfill(64, 'a');
    g_autofree char *kept = bimi_normalize_local_part(span_of(longest));
    assert_string_equal(kept, longest);
    assert_null(bimi_normalize_local_part(span_of(longer)));
}

static bool wants(const char *txt, const char *local_part) {
    struct bimi_record record;
    bimi_record_parse(span_of(txt), &record);
    bool wanted = bimi_record_wants_local_part(&record, local_part);
    bimi_record_clear(&record);
    return wanted;
}

static void lps_lists_prefixes(void **state) {
    (void)state;
    assert_false(wants("v=BIMI1; l=" L, "news"));
    assert_true(wants("v=BIMI1; l=" L "; lps=", "news"));
    assert_true(wants("v=BIMI1; l=" L "; lps=news", "news-de"));
    assert_true(wants("v=BIMI1; l=" L "; lps=shop, News", "news"));
    assert_false(wants("v=BIMI1; l=" L "; lps=shop,new-s", "news"));
    assert_false(wants("v=BIMI1; l=" L "; lps=/,//", "news"));
    assert_false(wants("v=BIMI1; l=" L "; lps=news", NULL));
    assert_true(wants("v=BIMI1; l=; a=; lps=news", "news"));
}

/* attacks E112 */
static void e112_a_selector_is_a_plain_name(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"v=BIMI1; s=brand", "brand"},
        {" v=BIMI1;\r\n s=Brand-2;", "brand-2"},
        {"v=BIMI1; s=a.b_c", "a.b_c"},
        {"v=BIMI1; s=../../x", NULL},
        {"v=BIMI1; s=*", NULL},
        {"v=BIMI1; s=a..b", NULL},
        {"v=BIMI1; s=.a", NULL},
        {"v=BIMI1; s=a.", NULL},
        {"v=BIMI1; s=a/b", NULL},
        {"v=BIMI1; s=a b", NULL},
        {"v=BIMI1; s=", NULL},
        {"v=BIMI1", NULL},
        {"s=brand", NULL},
        {"s=brand; v=BIMI1", NULL},
        {"v=BIMI1; s=a; s=b", NULL},
        {"v=BIMI2; s=a", NULL},
        {"v=BIMI1; s=\xd0\xb0", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *selector = bimi_selector_parse(span_of(cases[i][0]));
        if (g_strcmp0(selector, cases[i][1]) != 0)
            fail_msg("\"%s\": %s", cases[i][0], selector);
    }
    g_autofree char *long_name = g_strnfill(64, 'a'), *longer = g_strnfill(300, 'a');
    g_autofree char *field = g_strconcat("v=BIMI1; s=", long_name, NULL);
    g_autofree char *field2 = g_strconcat("v=BIMI1; s=", longer, NULL);
    assert_null(bimi_selector_parse(span_of(field)));
    assert_null(bimi_selector_parse(span_of(field2)));
    assert_null(bimi_selector_parse(SPAN_LIT("v=BIMI1; s=a\0b")));
}

/* --- preconditions -------------------------------------------------------------------------- */

static const struct bimi_policy absent = {.pct = 100};

static struct bimi_policy policy(enum bimi_policy_word p, enum bimi_policy_word sp) {
    return (struct bimi_policy){.present = true, .p = p, .sp = sp, .pct = 100};
}

/* attacks E109 */
static void e109_only_an_enforcing_policy_earns_a_logo(void **state) {
    (void)state;
    const enum bimi_policy_word N = BIMI_POLICY_NONE, Q = BIMI_POLICY_QUARANTINE,
                                R = BIMI_POLICY_REJECT;
    struct bimi_policy one = policy(R, BIMI_POLICY_ABSENT), other;
    assert_int_equal(bimi_check_policy(&one, &absent, true), BIMI_REASON_NONE);
    one = policy(Q, BIMI_POLICY_ABSENT);
    assert_int_equal(bimi_check_policy(&one, &absent, true), BIMI_REASON_NONE);
    one = policy(N, BIMI_POLICY_ABSENT);
    assert_int_equal(bimi_check_policy(&one, &absent, true), BIMI_REASON_AUTHOR_POLICY);
    one = policy(R, N);
    assert_int_equal(bimi_check_policy(&one, &absent, true), BIMI_REASON_SUBDOMAIN_POLICY);
    one = policy(Q, BIMI_POLICY_ABSENT);
    one.testing = true; /* quarantine → none */
    assert_int_equal(bimi_check_policy(&one, &absent, true), BIMI_REASON_AUTHOR_POLICY);
    one.p = R; /* reject → quarantine */
    assert_int_equal(bimi_check_policy(&one, &absent, true), BIMI_REASON_NONE);
    one = policy(Q, BIMI_POLICY_ABSENT);
    one.pct = 99;
    assert_int_equal(bimi_check_policy(&one, &absent, true), BIMI_REASON_AUTHOR_POLICY);
    one = policy(R, BIMI_POLICY_ABSENT), other = policy(N, BIMI_POLICY_ABSENT);
    assert_int_equal(bimi_check_policy(&one, &other, false), BIMI_REASON_ORGANIZATION_POLICY);
    assert_int_equal(bimi_check_policy(&other, &one, false), BIMI_REASON_AUTHOR_POLICY);
    other = policy(R, N);
    assert_int_equal(bimi_check_policy(&one, &other, false), BIMI_REASON_SUBDOMAIN_POLICY);
    assert_int_equal(bimi_check_policy(&absent, &other, false), BIMI_REASON_SUBDOMAIN_POLICY);
    other = policy(R, Q);
    assert_int_equal(bimi_check_policy(&absent, &other, false), BIMI_REASON_NONE);
    other.testing = true;
    assert_int_equal(bimi_check_policy(&absent, &other, false), BIMI_REASON_SUBDOMAIN_POLICY);
    assert_int_equal(bimi_check_policy(&absent, &absent, false), BIMI_REASON_NO_POLICY);
    assert_int_equal(bimi_check_policy(&absent, &absent, true), BIMI_REASON_NO_POLICY);
}

/* --- discovery ------------------------------------------------------------------------------ */

struct world {
    struct resolver *table;
    struct lookups *lookups;
    struct bimi_discovery discovery;
};

static void world_init(struct world *w) {
    *w = (struct world){.table = resolver_new_table()};
}

static void txt(struct world *w, const char *name, const char *record) {
    resolver_table_add(w->table, name, DNS_TXT, record);
}

static const struct bimi_discovery *discover(struct world *w, const char *author,
                                             const char *organization, const char *selector,
                                             const char *local_part) {
    bimi_discovery_clear(&w->discovery);
    if (w->lookups)
        lookups_free(w->lookups);
    w->lookups = lookups_new(w->table);
    struct bimi_query query = {author, organization, selector, span_of(local_part)};
    bimi_ask(w->lookups, &query);
    bimi_discover(w->lookups, &query, &w->discovery);
    return &w->discovery;
}

static void world_clear(struct world *w) {
    bimi_discovery_clear(&w->discovery);
    lookups_free(w->lookups);
    resolver_free(w->table);
}

static void the_author_domain_is_asked_before_the_organization(void **state) {
    (void)state;
    struct world w;
    world_init(&w);
    txt(&w, "default._bimi.bank.example", "v=BIMI1; l=https://logo.example/org.svg");
    const struct bimi_discovery *d = discover(&w, "mail.bank.example", "bank.example", NULL, "");
    assert_int_equal(d->result, BIMI_PASS);
    assert_string_equal(d->domain, "bank.example");
    assert_string_equal(d->record.location, "https://logo.example/org.svg");
    assert_int_equal(d->n_names, 2);
    txt(&w, "default._bimi.mail.bank.example", "v=BIMI1; l=" L);
    d = discover(&w, "mail.bank.example", "bank.example", NULL, "");
    assert_string_equal(d->domain, "mail.bank.example");
    assert_string_equal(d->record.location, L);
    assert_int_equal(d->n_names, 1);
    d = discover(&w, "other.example", "other.example", NULL, "");
    assert_int_equal(d->result, BIMI_NONE);
    assert_int_equal(d->reason, BIMI_REASON_NO_RECORD);
    assert_int_equal(d->n_names, 1);
    assert_null(d->domain);
    world_clear(&w);
}

static void a_named_selector_never_falls_back_to_default(void **state) {
    (void)state;
    struct world w;
    world_init(&w);
    txt(&w, "default._bimi.bank.example", "v=BIMI1; l=" L);
    txt(&w, "default._bimi.mail.bank.example", "v=BIMI1; l=" L);
    const struct bimi_discovery *d = discover(&w, "mail.bank.example", "bank.example", "red", "");
    assert_int_equal(d->result, BIMI_NONE);
    assert_int_equal(d->n_names, 2);
    txt(&w, "red._bimi.bank.example", "v=BIMI1; l=https://logo.example/red.svg");
    d = discover(&w, "mail.bank.example", "bank.example", "red", "");
    assert_int_equal(d->result, BIMI_PASS);
    assert_string_equal(d->selector, "red");
    assert_string_equal(d->domain, "bank.example");
    world_clear(&w);
}

static void several_records_are_none_and_end_it(void **state) {
    (void)state;
    struct world w;
    world_init(&w);
    txt(&w, "default._bimi.mail.bank.example", "v=BIMI1; l=" L);
    txt(&w, "default._bimi.mail.bank.example", "v=BIMI1; l=https://logo.example/b.svg");
    txt(&w, "default._bimi.bank.example", "v=BIMI1; l=" L);
    const struct bimi_discovery *d = discover(&w, "mail.bank.example", "bank.example", NULL, "");
    assert_int_equal(d->result, BIMI_NONE);
    assert_int_equal(d->reason, BIMI_REASON_SEVERAL_RECORDS);
    assert_int_equal(d->n_names, 1);
    assert_null(d->record.location);
    world_clear(&w);
}

static void other_txt_records_do_not_count(void **state) {
    (void)state;
    struct world w;
    world_init(&w);
    txt(&w, "default._bimi.bank.example", "some verification token");
    txt(&w, "default._bimi.bank.example", "v=BIMI1; l=" L);
    assert_int_equal(discover(&w, "bank.example", NULL, NULL, "")->result, BIMI_PASS);
    world_clear(&w);
}

static void a_declination_and_a_bad_record_are_answers_too(void **state) {
    (void)state;
    struct world w;
    world_init(&w);
    txt(&w, "default._bimi.bank.example", "v=BIMI1; l=" L);
    txt(&w, "default._bimi.no.bank.example", "v=BIMI1; l=; a=;");
    txt(&w, "default._bimi.bad.bank.example", "v=BIMI1; x=y");
    txt(&w, "default._bimi.http.bank.example", "v=BIMI1; l=http://logo.example/a.svg");
    const struct bimi_discovery *d = discover(&w, "no.bank.example", "bank.example", NULL, "");
    assert_int_equal(d->result, BIMI_DECLINED);
    assert_string_equal(d->domain, "no.bank.example");
    d = discover(&w, "bad.bank.example", "bank.example", NULL, "");
    assert_int_equal(d->result, BIMI_FAIL);
    assert_int_equal(d->reason, BIMI_REASON_BAD_RECORD);
    d = discover(&w, "http.bank.example", "bank.example", NULL, "");
    assert_int_equal(d->result, BIMI_FAIL);
    assert_int_equal(d->reason, BIMI_REASON_BAD_URL);
    world_clear(&w);
}

static void dns_trouble_is_temporary_and_never_falls_back(void **state) {
    (void)state;
    struct world w;
    world_init(&w);
    txt(&w, "default._bimi.bank.example", "v=BIMI1; l=" L);
    resolver_table_set(w.table, "default._bimi.mail.bank.example", DNS_TXT, DNS_TEMPERROR,
                       DNSSEC_NOT_EVALUATED);
    const struct bimi_discovery *d = discover(&w, "mail.bank.example", "bank.example", NULL, "");
    assert_int_equal(d->result, BIMI_TEMPERROR);
    assert_int_equal(d->n_names, 1);
    resolver_table_set(w.table, "default._bimi.bogus.example", DNS_TXT, DNS_BOGUS, DNSSEC_BOGUS);
    assert_int_equal(discover(&w, "bogus.example", NULL, NULL, "")->result, BIMI_TEMPERROR);
    world_clear(&w);
}

static void a_local_part_may_choose_the_record(void **state) {
    (void)state;
    struct world w;
    world_init(&w);
    txt(&w, "default._bimi.bank.example", "v=BIMI1; l=" L "; lps=news,shop");
    txt(&w, "news-de._bimi.bank.example", "v=BIMI1; l=https://logo.example/news.svg");
    txt(&w, "staff._bimi.bank.example", "v=BIMI1; l=https://logo.example/staff.svg");
    txt(&w, "shop._bimi.bank.example", "v=BIMI1; l=; a=;");
    const struct bimi_discovery *d =
        discover(&w, "x.bank.example", "bank.example", NULL, "News.De+alice");
    assert_string_equal(d->selector, "news-de");
    assert_string_equal(d->domain, "bank.example");
    assert_string_equal(d->record.location, "https://logo.example/news.svg");
    assert_int_equal(d->n_names, 3);
    d = discover(&w, "bank.example", NULL, NULL, "staff"); /* not listed */
    assert_string_equal(d->record.location, L);
    assert_string_equal(d->selector, "default");
    d = discover(&w, "bank.example", NULL, NULL, "news"); /* listed, no record of its own */
    assert_int_equal(d->result, BIMI_PASS);
    assert_string_equal(d->record.location, L);
    assert_string_equal(d->selector, "default");
    d = discover(&w, "bank.example", NULL, NULL, "shop");
    assert_int_equal(d->result, BIMI_DECLINED);
    world_clear(&w);
}

static void every_word_is_there(void **state) {
    (void)state;
    for (int i = 1; i < BIMI_RESULT__MAX; i++)
        assert_non_null(bimi_result_name((enum bimi_result)i));
    assert_null(bimi_result_name(BIMI_NOT_EVALUATED));
    for (int i = 1; i < BIMI_REASON__MAX; i++) {
        assert_non_null(bimi_reason_name((enum bimi_reason)i));
        const char *english = bimi_reason_text((enum bimi_reason)i, "en");
        const char *japanese = bimi_reason_text((enum bimi_reason)i, "ja");
        assert_true(g_str_is_ascii(english));
        assert_false(g_str_is_ascii(japanese));
    }
    assert_null(bimi_reason_name(BIMI_REASON_NONE));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read_as_the_draft_says),
        cmocka_unit_test(a_record_is_bounded),
        cmocka_unit_test(the_avatar_preference_is_brand_unless_said),
        cmocka_unit_test(local_parts_become_selectors),
        cmocka_unit_test(lps_lists_prefixes),
        cmocka_unit_test(e112_a_selector_is_a_plain_name),
        cmocka_unit_test(e109_only_an_enforcing_policy_earns_a_logo),
        cmocka_unit_test(the_author_domain_is_asked_before_the_organization),
        cmocka_unit_test(a_named_selector_never_falls_back_to_default),
        cmocka_unit_test(several_records_are_none_and_end_it),
        cmocka_unit_test(other_txt_records_do_not_count),
        cmocka_unit_test(a_declination_and_a_bad_record_are_answers_too),
        cmocka_unit_test(dns_trouble_is_temporary_and_never_falls_back),
        cmocka_unit_test(a_local_part_may_choose_the_record),
        cmocka_unit_test(every_word_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

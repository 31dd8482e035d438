/* SPDX-License-Identifier: MIT
 *
 * auth/spf_record: which record is the policy, and the grammar of its terms. */
#include "auth/spf_macro.h"
#include "auth/spf_record.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static enum spf_selection select_from(const char *const *texts, enum spf_scope scope,
                                      struct span *terms) {
    struct span records[8];
    guint n = 0;
    for (; texts[n]; n++)
        records[n] = span_of(texts[n]);
    return spf_record_select(records, n, scope, terms);
}

static void a_version_is_whole_and_of_any_case(void **state) {
    (void)state;
    struct span terms;
    static const char *const good[] = {"x", "V=SPF1 -all", "v=spf10 a", NULL};
    assert_int_equal(select_from(good, SPF_SCOPE_MAIL_FROM, &terms), SPF_SELECTED_ONE);
    assert_true(span_eq(terms, SPAN_LIT(" -all")));
    static const char *const bare[] = {"v=spf1", NULL};
    assert_int_equal(select_from(bare, SPF_SCOPE_MAIL_FROM, &terms), SPF_SELECTED_ONE);
    assert_int_equal(terms.n, 0);
    static const char *const none[] = {"v=spf1mx", " v=spf1 a", "v=spf1\ta", "v=spf", "", NULL};
    assert_int_equal(select_from(none, SPF_SCOPE_MAIL_FROM, &terms), SPF_SELECTED_NONE);
    static const char *const two[] = {"v=spf1 a", "v=spf1 a", NULL};
    assert_int_equal(select_from(two, SPF_SCOPE_MAIL_FROM, &terms), SPF_SELECTED_SEVERAL);
    struct span nul = SPAN_LIT("v=spf1\0a");
    assert_int_equal(spf_record_select(&nul, 1, SPF_SCOPE_MAIL_FROM, &terms), SPF_SELECTED_NONE);
}

/* RFC 4406 §4.4; the rows are scopes that count, then those that do not. */
static void sender_id_prefers_records_of_its_scope(void **state) {
    (void)state;
    struct span terms;
    static const char *const both[] = {"v=spf1 +all", "spf2.0/mfrom,pra -all", NULL};
    assert_int_equal(select_from(both, SPF_SCOPE_PRA, &terms), SPF_SELECTED_ONE);
    assert_true(span_eq(terms, SPAN_LIT(" -all")));
    assert_int_equal(select_from(both, SPF_SCOPE_MAIL_FROM, &terms), SPF_SELECTED_ONE);
    assert_true(span_eq(terms, SPAN_LIT(" +all")));
    static const char *const other[] = {"v=spf1 +all", "spf2.0/mfrom -all", NULL};
    assert_int_equal(select_from(other, SPF_SCOPE_PRA, &terms), SPF_SELECTED_ONE);
    assert_true(span_eq(terms, SPAN_LIT(" +all")));
    static const char *const two[] = {"spf2.0/pra -all", "SPF2.17/mfrom,PRA -all", NULL};
    assert_int_equal(select_from(two, SPF_SCOPE_PRA, &terms), SPF_SELECTED_SEVERAL);
    static const char *const bad[] = {
        "spf2.0 -all",      "spf2./pra -all",   "spf2.0/ -all",     "spf2.0/pra,",
        "spf2.0/prax -all", "spf2.0/pra\t-all", "spf2.0/,pra -all", NULL};
    assert_int_equal(select_from(bad, SPF_SCOPE_PRA, &terms), SPF_SELECTED_NONE);
}

static void good(const char *terms, guint n) {
    struct spf_record record;
    if (!spf_record_parse(span_of(terms), &record))
        fail_msg("refused: %s", terms);
    assert_int_equal(record.n, n);
    spf_record_clear(&record);
}

static void bad(struct span terms) {
    struct spf_record record;
    if (spf_record_parse(terms, &record))
        fail_msg("accepted: %.*s", (int)terms.n, terms.p);
    spf_record_clear(&record);
}

static void accepts_the_grammar(void **state) {
    (void)state;
    good("", 0);
    good("   ", 0);
    good(" -all  ", 1);
    good(" A MX ptr +a:a.example/0//128 ~mx/32//0 ?a//64 -a/24", 7);
    good(" ip4:192.0.2.0/24 ip4:0.0.0.0/0 ip6:2001:db8::/32 ip6:::1 ip6:::ffff:192.0.2.1/0", 5);
    good(" include:%{d}.example exists:%{i}.x.example ptr:a.example.", 3);
    good(" moo.cow-far_out=man:dog/cat redirect=a.example EXP=b.example all", 1);
    good(" include=x a=b v=spf1", 0);
    good(" a:%{d}/24 mx:x/y.example//12", 2);
}

static void refuses_the_rest_wherever_it_stands(void **state) {
    (void)state;
    static const char *const terms[] = {
        " +all moo",
        " all.",
        " all:x",
        " all/8",
        " -",
        " +-all",
        " include",
        " include:",
        " include:com",
        " include:a.example/24",
        " a:",
        " a:/24",
        " a/",
        " a/33",
        " a/032",
        " a/24/64",
        " a//129",
        " a//064",
        " a//",
        " a/24//",
        " a:1.2.3.4",
        " a:a.example:80",
        " a:a.example/a",
        " mx:",
        " mx/33",
        " ptr:",
        " ptr/8",
        " ip4",
        " ip4:",
        " ip4:1.2.3",
        " ip4:1.2.3.256",
        " ip4:01.2.3.4",
        " ip4:1.2.3.4/33",
        " ip4:1.2.3.4/",
        " ip4:1.2.3.4//32",
        " ip4:1.2.3.4:8",
        " ip6:1.2.3.4",
        " ip6:",
        " ip6::::1",
        " ip6:::1/129",
        " ip6:::1/",
        " ip6:[::1]",
        " ip6:fe80::1%1",
        " exists",
        " exists:%{c}.example",
        " exists:a.example/8",
        " redirect=",
        " redirect=com",
        " redirect=a.example redirect=a.example",
        " exp=",
        " exp=a.b exp=a.b",
        " redirect:a.example",
        " redirect:=",
        " =x",
        " 1x=y",
        " x=%",
        " x=%{y}",
        " a\tmx",
        " a=é",
        " é",
        " a-b",
        " ip4.:1.2.3.4",
        " all\x01",
    };
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++)
        bad(span_of(terms[i]));
    bad(SPAN_LIT(" a:a.example\0 all"));
    bad(SPAN_LIT(" ip4:1.2.3.4\0"));
    bad(SPAN_LIT(" \0"));
}

static void reads_terms_as_they_are_written(void **state) {
    (void)state;
    struct spf_record record;
    assert_true(spf_record_parse(
        SPAN_LIT(" ~mx:%{L}.a.example/20//40 ip6:::ffff:192.0.2.1/100 exp=e.example redirect=%{p}"),
        &record));
    assert_int_equal(record.n, 2);
    const struct spf_directive *mx = &record.directives[0], *ip6 = &record.directives[1];
    assert_int_equal(mx->mechanism, SPF_MX);
    assert_int_equal(mx->result, AUTH_SOFTFAIL);
    assert_true(span_eq(mx->text, SPAN_LIT("~mx:%{L}.a.example/20//40")));
    assert_true(span_eq(mx->domain, SPAN_LIT("%{L}.a.example")));
    assert_int_equal(mx->letters, SPF_LETTER('l'));
    assert_int_equal(mx->prefix4, 20);
    assert_int_equal(mx->prefix6, 40);
    assert_int_equal(ip6->mechanism, SPF_IP6);
    assert_int_equal(ip6->network.size, 16); /* mapped, and not unmapped */
    assert_int_equal(ip6->prefix6, 100);
    assert_true(span_eq(record.exp, SPAN_LIT("e.example")));
    assert_int_equal(record.redirect_letters, SPF_LETTER('p'));
    assert_string_equal(spf_mechanism_name(SPF_EXISTS), "exists");
    spf_record_clear(&record);
}

static void a_record_has_a_size(void **state) {
    (void)state;
    g_autoptr(GString) long_one = g_string_new(NULL);
    while (long_one->len + 2 <= LIMIT_SPF_RECORD)
        g_string_append(long_one, " a");
    struct spf_record record;
    assert_true(spf_record_parse(span_of(long_one->str), &record));
    assert_int_equal(record.n, LIMIT_SPF_RECORD / 2);
    for (guint i = 0; i < record.n; i++)
        assert_int_equal(record.directives[i].mechanism, SPF_A);
    spf_record_clear(&record);
    g_string_append(long_one, " a");
    bad(span_of(long_one->str));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_whole_and_of_any_case),
        cmocka_unit_test(sender_id_prefers_records_of_its_scope),
        cmocka_unit_test(accepts_the_grammar),
        cmocka_unit_test(refuses_the_rest_wherever_it_stands),
        cmocka_unit_test(reads_terms_as_they_are_written),
        cmocka_unit_test(a_record_has_a_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

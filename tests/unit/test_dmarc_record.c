/* SPDX-License-Identifier: MIT
 *
 * DMARC policy records: RFC 9989 §4.7, §4.8, the policy rules of §4.10.1, and RFC 7489 records as
 * they are found. */
#include "auth/dmarc_record.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct dmarc_record parsed(const char *txt) {
    struct dmarc_record record;
    if (dmarc_record_parse(span_of(txt), &record) != DMARC_RECORD_PARSED)
        fail_msg("not parsed: %s", txt);
    return record;
}

static void the_version_comes_first_and_exactly(void **state) {
    (void)state;
    static const struct {
        const char *txt;
        enum dmarc_record_status status;
    } cases[] = {
        {"v=DMARC1; p=none", DMARC_RECORD_PARSED},
        {"v=DMARC1;p=none", DMARC_RECORD_PARSED},
        {"v = DMARC1 ; p = none ; ", DMARC_RECORD_PARSED},
        {"v\t=\tDMARC1\t;\tp\t=\tnone", DMARC_RECORD_PARSED},
        {"V=DMARC1; p=none", DMARC_RECORD_PARSED}, /* "v" is an ABNF string */
        {"v=DMARC1", DMARC_RECORD_PARSED},
        {"v=dmarc1; p=none", DMARC_RECORD_OTHER}, /* %s"DMARC1" */
        {"v=DMARC1x; p=none", DMARC_RECORD_OTHER},
        {"v=DMARC10; p=none", DMARC_RECORD_OTHER},
        {"v=DMARC2; p=none", DMARC_RECORD_OTHER},
        {"v=DMARC1 p=none", DMARC_RECORD_OTHER},
        {"v=DMARC1, p=none", DMARC_RECORD_OTHER},
        {" v=DMARC1; p=none", DMARC_RECORD_OTHER},
        {";v=DMARC1; p=none", DMARC_RECORD_OTHER},
        {"p=none; v=DMARC1", DMARC_RECORD_OTHER},
        {"p=none", DMARC_RECORD_OTHER},
        {"vv=DMARC1; p=none", DMARC_RECORD_OTHER},
        {"v==DMARC1; p=none", DMARC_RECORD_OTHER},
        {"DMARC1; p=none", DMARC_RECORD_OTHER},
        {"v=spf1 -all", DMARC_RECORD_OTHER},
        {"=DMARC1", DMARC_RECORD_OTHER},
        {"", DMARC_RECORD_OTHER},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct dmarc_record record;
        if (dmarc_record_parse(span_of(cases[i].txt), &record) != cases[i].status)
            fail_msg("%s", cases[i].txt);
    }
    struct dmarc_record record;
    assert_int_equal(dmarc_record_parse(SPAN_NULL, &record), DMARC_RECORD_OTHER);
    assert_int_equal(dmarc_record_parse(span_make("v=DMARC1\0; p=none", 17), &record),
                     DMARC_RECORD_OTHER);
}

static void all_tags_are_read(void **state) {
    (void)state;
    struct dmarc_record r =
        parsed("v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=s; psd=n; "
               "t=y; pct=20; rua=mailto:a@example.org; ruf=mailto:b@example.org; fo=1:d:s");
    assert_int_equal(r.p, DMARC_POLICY_REJECT);
    assert_int_equal(r.sp, DMARC_POLICY_QUARANTINE);
    assert_int_equal(r.np, DMARC_POLICY_NONE);
    assert_int_equal(r.psd, DMARC_PSD_NO);
    assert_true(r.strict_dkim && r.strict_spf && r.testing && r.has_rua);
    assert_int_equal(r.pct, 20);
    assert_false(r.unusable);
}

static void absent_tags_have_defaults(void **state) {
    (void)state;
    struct dmarc_record r = parsed("v=DMARC1; p=quarantine");
    assert_int_equal(r.p, DMARC_POLICY_QUARANTINE);
    assert_int_equal(r.sp, DMARC_POLICY_UNKNOWN);
    assert_int_equal(r.np, DMARC_POLICY_UNKNOWN);
    assert_int_equal(r.psd, DMARC_PSD_UNDECLARED);
    assert_false(r.strict_dkim || r.strict_spf || r.testing || r.has_rua || r.unusable);
    assert_int_equal(r.pct, 100);
}

/* §4.8: "Syntax errors in the remainder of the record MUST be discarded in favor of default values"
 */
static void errors_in_the_remainder_take_defaults(void **state) {
    (void)state;
    struct dmarc_record r = parsed("v=DMARC1; adkim=strict; aspf=; psd=maybe; t=yes; pct=half; "
                                   "p=reject; no-equals; =value; ; x=y; 9=9; rua");
    assert_int_equal(r.p, DMARC_POLICY_REJECT);
    assert_int_equal(r.psd, DMARC_PSD_UNDECLARED);
    assert_false(r.strict_dkim || r.strict_spf || r.testing || r.has_rua);
    assert_int_equal(r.pct, 100);
    r = parsed("v=DMARC1; p=reject; pct=101");
    assert_int_equal(r.pct, 100);
    r = parsed("v=DMARC1; p=reject; pct=0000");
    assert_int_equal(r.pct, 100);
    r = parsed("v=DMARC1; p=reject; pct=0");
    assert_int_equal(r.pct, 0);
}

static void values_ignore_case(void **state) {
    (void)state;
    struct dmarc_record r = parsed("v=DMARC1; P=Reject; SP=NONE; ADKIM=S; PSD=Y; T=Y");
    assert_int_equal(r.p, DMARC_POLICY_REJECT);
    assert_int_equal(r.sp, DMARC_POLICY_NONE);
    assert_int_equal(r.psd, DMARC_PSD_YES);
    assert_true(r.strict_dkim && r.testing);
}

/* §4.10.1, last list: p=none with a usable rua, else no DMARC processing. */
static void bad_policies_depend_on_rua(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",    "p=",         "p=rejected",    "p=none none",    "p=reject; sp=all",
        "p=n", "p=\"none\"", "p=reject; sp=", "p=reject; np=0", "sp=none"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *without = g_strdup_printf("v=DMARC1; %s", bad[i]);
        struct dmarc_record r = parsed(without);
        if (!r.unusable || r.p != DMARC_POLICY_UNKNOWN)
            fail_msg("%s", without);
        g_autofree char *with = g_strdup_printf("v=DMARC1; %s; rua=mailto:a@example.org", bad[i]);
        r = parsed(with);
        if (r.unusable || r.p != DMARC_POLICY_NONE || r.sp || r.np)
            fail_msg("%s", with);
    }
    struct dmarc_record r = parsed("v=DMARC1; p=x; psd=n; adkim=s");
    assert_true(r.unusable && r.strict_dkim);
    assert_int_equal(r.psd, DMARC_PSD_NO);
}

static void report_addresses_are_uris(void **state) {
    (void)state;
    static const char *const good[] = {
        "mailto:a@example.org",      "mailto:a@example.org!10m",
        "MAILTO:a@example.org!5",    "https://example.org/report?x=%20y",
        "bad, mailto:a@example.org", "mailto:a%2Cb%21@example.org , mailto:",
    };
    static const char *const bad[] = {
        "",
        "a@example.org",
        "mailto:",
        "mailto:a",
        "mailto:@example.org",
        "mailto:a@",
        "mailto:a b@example.org",
        "mailto:a@example.org!",
        "mailto:a@example.org!m",
        "mailto:a@example.org!10x",
        "mailto:a@example.org!1!2",
        "mailto:a%2@example.org",
        "mailto:a%zz@example.org",
        "mailto:\xc3\xa9@example.org",
        "1http://example.org",
        ":a@example.org",
        "ma ilto:a@example.org",
        ",,,",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *txt = g_strdup_printf("v=DMARC1; p=none; rua=%s", good[i]);
        if (!parsed(txt).has_rua)
            fail_msg("%s", txt);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *txt = g_strdup_printf("v=DMARC1; p=none; rua=%s", bad[i]);
        if (parsed(txt).has_rua)
            fail_msg("%s", txt);
    }
}

/* RFC 6376 §3.2, whose syntax RFC 9989 §4.7 follows. Unknown tags are ignored, repeated or not. */
static void repeated_tags_spoil_the_record(void **state) {
    (void)state;
    static const char *const bad[] = {
        "v=DMARC1; p=none; p=reject", "v=DMARC1; p=reject; P=reject", "v=DMARC1; p=none; v=DMARC1",
        "v=DMARC1; p=none; adkim=s; adkim=r",
        "v=DMARC1; p=none; rua=mailto:a@example.org; rua=mailto:b@example.org"};
    struct dmarc_record record;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(dmarc_record_parse(span_of(bad[i]), &record), DMARC_RECORD_INVALID);
    parsed("v=DMARC1; p=none; x=1; x=2; rf=afrf; rf=iodef; ri=1");
}

static void odd_octets_spoil_only_their_tag(void **state) {
    (void)state;
    struct dmarc_record r;
    static const char txt[] = "v=DMARC1; p=reject; adkim=s\0; x=\xff\xfe; aspf=s";
    assert_int_equal(dmarc_record_parse(span_make(txt, sizeof txt - 1), &r), DMARC_RECORD_PARSED);
    assert_int_equal(r.p, DMARC_POLICY_REJECT);
    assert_false(r.strict_dkim);
    assert_true(r.strict_spf);
    r = parsed("v=DMARC1; p=reject\x7f");
    assert_true(r.unusable);
}

static void long_records_are_refused(void **state) {
    (void)state;
    g_autoptr(GString) txt = g_string_new("v=DMARC1; p=reject; x=");
    while (txt->len < LIMIT_DMARC_RECORD)
        g_string_append_c(txt, 'x');
    struct dmarc_record record;
    assert_int_equal(dmarc_record_parse(span_make(txt->str, txt->len), &record),
                     DMARC_RECORD_PARSED);
    g_string_append_c(txt, 'x');
    assert_int_equal(dmarc_record_parse(span_make(txt->str, txt->len), &record),
                     DMARC_RECORD_INVALID);
}

static void policies_have_names_and_order(void **state) {
    (void)state;
    assert_null(dmarc_policy_name(DMARC_POLICY_UNKNOWN));
    assert_string_equal(dmarc_policy_name(DMARC_POLICY_QUARANTINE), "quarantine");
    assert_int_equal(dmarc_policy_weaker(DMARC_POLICY_REJECT), DMARC_POLICY_QUARANTINE);
    assert_int_equal(dmarc_policy_weaker(DMARC_POLICY_QUARANTINE), DMARC_POLICY_NONE);
    assert_int_equal(dmarc_policy_weaker(DMARC_POLICY_NONE), DMARC_POLICY_NONE);
    assert_int_equal(dmarc_policy_weaker(DMARC_POLICY_UNKNOWN), DMARC_POLICY_UNKNOWN);
    assert_int_equal(dmarc_policy_parse(SPAN_LIT("rejec")), DMARC_POLICY_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_version_comes_first_and_exactly),
        cmocka_unit_test(all_tags_are_read),
        cmocka_unit_test(absent_tags_have_defaults),
        cmocka_unit_test(errors_in_the_remainder_take_defaults),
        cmocka_unit_test(values_ignore_case),
        cmocka_unit_test(bad_policies_depend_on_rua),
        cmocka_unit_test(report_addresses_are_uris),
        cmocka_unit_test(repeated_tags_spoil_the_record),
        cmocka_unit_test(odd_octets_spoil_only_their_tag),
        cmocka_unit_test(long_records_are_refused),
        cmocka_unit_test(policies_have_names_and_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

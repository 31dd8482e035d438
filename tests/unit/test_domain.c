/* SPDX-License-Identifier: MIT
 *
 * Domains: one spelling for comparison, refusal instead of repair, and what an eye may be shown. */
#include "mail/domain.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_domain(const char *text, uint32_t allow, const char *wanted) {
    enum domain_fault fault = DOMAIN_BAD_LDH;
    g_autofree char *got = domain_parse(span_of(text), allow, &fault);
    assert_non_null(got);
    assert_string_equal(got, wanted);
    assert_int_equal(fault, DOMAIN_FINE);
}

static void assert_fault(const char *text, uint32_t allow, enum domain_fault wanted) {
    enum domain_fault fault = DOMAIN_FINE;
    g_autofree char *got = domain_parse(span_of(text), allow, &fault);
    assert_null(got);
    assert_int_equal(fault, wanted);
    assert_non_null(domain_fault_name(fault));
}

static void ascii_is_made_lower(void **state) {
    (void)state;
    assert_domain("Example.COM", 0, "example.com");
    assert_domain("localhost", 0, "localhost");
    assert_domain("3com.example", 0, "3com.example");
    assert_domain("a-b.r3---x.example", 0, "a-b.r3---x.example");
    assert_null(domain_fault_name(DOMAIN_FINE));
}

static void u_labels_become_a_labels(void **state) {
    (void)state;
    assert_domain("bücher.example", 0, "xn--bcher-kva.example");
    assert_domain("BÜCHER.example", 0, "xn--bcher-kva.example");
    assert_domain("bu\xcc\x88"
                  "cher.example",
                  0, "xn--bcher-kva.example");                   /* NFD */
    assert_domain("straße.example", 0, "xn--strae-oqa.example"); /* nontransitional */
    assert_domain("日本語.example", 0, "xn--wgv71a119e.example");
    assert_domain("XN--BCHER-KVA.example", 0, "xn--bcher-kva.example");
}

static void dots_and_empty_labels(void **state) {
    (void)state;
    assert_fault("", 0, DOMAIN_EMPTY);
    assert_fault(".", 0, DOMAIN_EMPTY_LABEL);
    assert_fault(".example", 0, DOMAIN_EMPTY_LABEL);
    assert_fault("a..example", 0, DOMAIN_EMPTY_LABEL);
    assert_fault("example..", DOMAIN_ALLOW_ROOT_DOT, DOMAIN_EMPTY_LABEL);
    assert_fault("a.example.", 0, DOMAIN_ROOT_DOT);
    assert_domain("a.example.", DOMAIN_ALLOW_ROOT_DOT, "a.example");
}

static void only_letters_digits_and_inner_hyphens(void **state) {
    (void)state;
    static const char *const bad[] = {"a b.example", "-a.example", "a-.example",      "a_b.example",
                                      "a\x01.test",  "a@b.test",   "good.com'a.test", "a;b.test",
                                      "a\r\n.test",  "a/b.test",   "(good.test"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_fault(bad[i], 0, DOMAIN_BAD_LDH);
    enum domain_fault fault;
    assert_null(domain_parse(SPAN_LIT("a\0b.example"), 0, &fault));
    assert_int_equal(fault, DOMAIN_BAD_LDH);
    assert_domain("_dmarc.example", DOMAIN_ALLOW_UNDERSCORE, "_dmarc.example");
}

static void addresses_are_no_domains(void **state) {
    (void)state;
    assert_fault("[127.0.0.1]", 0, DOMAIN_LITERAL);
    assert_fault("127.0.0.1", 0, DOMAIN_NUMERIC);
    assert_fault("12", 0, DOMAIN_NUMERIC);
}

static void lengths_are_those_of_a_labels(void **state) {
    (void)state;
    g_autofree char *label = g_strnfill(LIMIT_LABEL, 'a');
    assert_domain(label, 0, label);
    g_autofree char *longer = g_strnfill(LIMIT_LABEL + 1, 'a');
    assert_fault(longer, 0, DOMAIN_TOO_LONG);
    g_autofree char *most = g_strjoin(".", label, label, label, label + 2, NULL);
    assert_int_equal(strlen(most), LIMIT_DOMAIN);
    assert_domain(most, 0, most);
    g_autofree char *more = g_strconcat("a", most, NULL);
    assert_fault(more, 0, DOMAIN_TOO_LONG);
    g_autofree char *huge = g_strnfill(1 << 20, 'a');
    assert_fault(huge, 0, DOMAIN_TOO_LONG);
    g_autoptr(GString) wide = g_string_new(NULL);
    for (int i = 0; i < 60; i++)
        g_string_append(wide, "語");
    assert_fault(wide->str, 0, DOMAIN_BAD_IDN); /* 180 octets, but no A-label within 63 */
}

/* Attacks A23, A24: nothing folds into its ASCII twin. */
static void nothing_folds_to_ascii(void **state) {
    (void)state;
    assert_fault("ｇｏｏｄ.example", 0, DOMAIN_BAD_IDN);
    assert_fault("good。example", 0, DOMAIN_BAD_IDN);
    assert_fault("good｡example", 0, DOMAIN_BAD_IDN);
    assert_fault("good．example", 0, DOMAIN_BAD_IDN);
    assert_fault("ban\u212a.example", 0, DOMAIN_BAD_IDN); /* KELVIN SIGN */
    assert_fault("\u0130nfo.example", 0, DOMAIN_BAD_IDN); /* I WITH DOT ABOVE */
    assert_fault("go\u00adod.example", 0, DOMAIN_BAD_IDN);
    assert_fault("go\u200bod.example", 0, DOMAIN_BAD_IDN);
    assert_fault("\u202emoc.example", 0, DOMAIN_BAD_IDN);
    assert_fault("\xff.example", 0, DOMAIN_BAD_IDN);
    assert_fault("\xc0\xae.example", 0, DOMAIN_BAD_IDN);  /* overlong "." */
    assert_fault("xn--good-.example", 0, DOMAIN_BAD_LDH); /* would decode to "good" */
}

static void assert_shown(const char *domain, const char *wanted) {
    g_autofree char *shown = domain_display(domain);
    assert_string_equal(shown, wanted);
}

static void shown_as_unicode_only_when_unmistakable(void **state) {
    (void)state;
    assert_shown("example.com", "example.com");
    assert_shown("xn--bcher-kva.example", "bücher.example");
    assert_shown("xn--wgv71a119e.xn--wgv71a119e", "日本語.日本語");
    assert_shown("xn--l8jegi.example", "あいうえ.example");
    assert_shown("xn--9n2bp8q.example", "실례.example");
    assert_null(domain_display(NULL));
}

static void shown_as_punycode_in_doubt(void **state) {
    (void)state;
    static const char *const mixed[] = {
        "\u0430pple.example",                     /* Cyrillic a */
        "\u0430\u0440\u0440\u04cf\u0435.example", /* all Cyrillic */
        "pa\u0131n.example",                      /* dotless i */
        "\u03bf.example",                         /* omicron */
        "日本a.example",                          /* Han and Latin */
        "\u30ce.example",
        "\u30fc.example", /* slash, dash */
        "\u4e00\u30fc.example",
        "a\u0142.example",       /* stroked l */
        "\u1ecdk.example",       /* dot below */
        "日本語.\u0430b.example" /* one label in doubt, all stay */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(mixed); i++) {
        g_autofree char *domain = domain_parse(span_of(mixed[i]), 0, NULL);
        assert_non_null(domain);
        assert_shown(domain, domain);
    }
    /* Fake A-labels (A23): nothing, ASCII, overlong, upper case inside. */
    assert_shown("xn--.example", "xn--.example");

    assert_shown("xn--99999999999.example", "xn--99999999999.example");
    assert_shown("xn--i-7iq.example", "xn--i-7iq.example"); /* emoji */
}

static void below_means_whole_labels(void **state) {
    (void)state;
    assert_true(domain_is_equal_or_below("example.org", "example.org"));
    assert_true(domain_is_equal_or_below("a.b.example.org", "example.org"));
    assert_false(domain_is_equal_or_below("notexample.org", "example.org"));
    assert_false(domain_is_equal_or_below("example.org", "a.example.org"));
    assert_false(domain_is_equal_or_below(".example.org", "example.org"));
    assert_false(domain_is_equal_or_below("example.org", ""));
    assert_false(domain_is_equal_or_below("", ""));
    assert_false(domain_is_equal_or_below(NULL, "example.org"));
    assert_false(domain_is_equal_or_below("example.org", NULL));
    assert_true(domain_is_equal("a.example", "a.example"));
    assert_false(domain_is_equal("", ""));
    assert_false(domain_is_equal(NULL, NULL));
    assert_false(domain_is_equal("a.example", "b.example"));
}

static void parents_and_labels(void **state) {
    (void)state;
    assert_string_equal(domain_parent("a.b.example"), "b.example");
    assert_null(domain_parent("example"));
    assert_null(domain_parent(NULL));
    assert_int_equal(domain_labels("a.b.example"), 3);
    assert_int_equal(domain_labels("example"), 1);
    assert_int_equal(domain_labels(""), 0);
    assert_int_equal(domain_labels(NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ascii_is_made_lower),
        cmocka_unit_test(u_labels_become_a_labels),
        cmocka_unit_test(dots_and_empty_labels),
        cmocka_unit_test(only_letters_digits_and_inner_hyphens),
        cmocka_unit_test(addresses_are_no_domains),
        cmocka_unit_test(lengths_are_those_of_a_labels),
        cmocka_unit_test(nothing_folds_to_ascii),
        cmocka_unit_test(shown_as_unicode_only_when_unmistakable),
        cmocka_unit_test(shown_as_punycode_in_doubt),
        cmocka_unit_test(below_means_whole_labels),
        cmocka_unit_test(parents_and_labels),
    };
    return cmocka_run_group_tests_name("domain", tests, NULL, NULL);
}

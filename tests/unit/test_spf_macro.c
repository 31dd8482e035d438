/* SPDX-License-Identifier: MIT
 *
 * auth/spf_macro: grammar and expansion, the examples of RFC 7208 §7.4, and what must not overflow
 * (attacks B61). */
#include "auth/spf_macro.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The session of RFC 7208 §7.4. */
static struct spf_values example(const char *i, const char *v) {
    struct spf_values values = {.of = {SPAN_NULL}};
    static const struct {
        char letter;
        const char *text;
    } texts[] = {{'s', "strong-bad@email.example.com"},
                 {'l', "strong-bad"},
                 {'o', "email.example.com"},
                 {'d', "email.example.com"},
                 {'p', "mx.example.org"},
                 {'h', "he lo/é"},
                 {'c', "192.0.2.3"},
                 {'r', "unknown"},
                 {'t', "1795000000"}};
    for (guint n = 0; n < G_N_ELEMENTS(texts); n++)
        values.of[texts[n].letter - 'a'] = span_of(texts[n].text);
    values.of['i' - 'a'] = span_of(i);
    values.of['v' - 'a'] = span_of(v);
    return values;
}

static void expands(const char *text, const char *i, const char *v, const char *wanted) {
    struct spf_values values = example(i, v);
    g_autoptr(GString) out = g_string_new(NULL);
    uint32_t letters;
    assert_true(spf_macro_is_explanation(span_of(text), &letters));
    assert_true(spf_macro_expand_explanation(span_of(text), &values, out));
    assert_string_equal(out->str, wanted);
}

static void expands_the_examples_of_the_rfc(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"%{s}", "strong-bad@email.example.com"},
        {"%{o}", "email.example.com"},
        {"%{d}", "email.example.com"},
        {"%{d4}", "email.example.com"},
        {"%{d3}", "email.example.com"},
        {"%{d2}", "example.com"},
        {"%{d1}", "com"},
        {"%{dr}", "com.example.email"},
        {"%{d2r}", "example.email"},
        {"%{l}", "strong-bad"},
        {"%{l-}", "strong.bad"},
        {"%{lr}", "strong-bad"},
        {"%{lr-}", "bad.strong"},
        {"%{l1r-}", "strong"},
        {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
        {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
        {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
        {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
        {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
    };
    for (guint n = 0; n < G_N_ELEMENTS(cases); n++)
        expands(cases[n][0], "192.0.2.3", "in-addr", cases[n][1]);
    expands("%{ir}.%{v}._spf.%{d2}",
            "2.0.0.1.0.D.B.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.C.B.0.1", "ip6",
            "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com");
}

static void expands_every_letter_and_transformer(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"%%%_%-", "% %20"},
        {"%{p} %{c} %{r} %{t}", "mx.example.org 192.0.2.3 unknown 1795000000"},
        {"%{L} %{S}", "strong-bad strong-bad%40email.example.com"},
        {"%{H}", "he%20lo%2F%C3%A9"},
        {"%{D2R}", "example.email"}, /* "r" is a letter of any case (RFC 5234 §2.3) */
        {"%{o1.}", "com"},
        {"%{s3.-}", "bad@email.example.com"},
        {"%{d999999999999999999999}", "email.example.com"},
        {"%{d127r}", "com.example.email"},
    };
    for (guint n = 0; n < G_N_ELEMENTS(cases); n++)
        expands(cases[n][0], "192.0.2.3", "in-addr", cases[n][1]);
}

static void refuses_what_is_no_macro(void **state) {
    (void)state;
    static const char *const bad[] = {
        "%",      "%a.example", "a%",     "%{",    "%{}",     "%{d",   "%{x}", "%{d0}",
        "%{d00}", "%{dr2}",     "%{d r}", "%{d@}", "%{s2r@}", "%{dd}", "%{1}", "%{ d}",
        "%{d.%}", "%()",        "%}",     "a\tb",  "a\x7f",   "\x80",  "é",
    };
    uint32_t letters;
    for (guint n = 0; n < G_N_ELEMENTS(bad); n++) {
        assert_false(spf_macro_is_explanation(span_of(bad[n]), &letters));
        assert_false(spf_macro_is_string(span_of(bad[n])));
        assert_false(spf_macro_is_domain(span_of(bad[n]), NULL));
    }
    assert_false(spf_macro_is_explanation(SPAN_LIT("a\0b"), &letters));
    assert_false(spf_macro_is_explanation(SPAN_LIT("%{d\0}"), &letters));
    assert_true(spf_macro_is_explanation(SPAN_LIT(""), &letters));
    assert_true(spf_macro_is_explanation(SPAN_LIT("a  b "), &letters));
    assert_false(spf_macro_is_string(SPAN_LIT("a b")));
}

static void domain_specs_end_in_a_top_label_or_a_macro(void **state) {
    (void)state;
    static const char *const good[] = {
        "a.example", "a.example.", ".com",       "a..com", "%{d}",       "a.%{d}",
        "%{d}.com",  "%{d}.com.",  "a.b-c",      "a.1b",   "%%",         "a.%-",
        "a:b/c.com", "_x.a.com",   "a.xn--p1ai", "%{i}.x", "!$&'()*.com"};
    static const char *const bad[] = {"",           "com",     "com.",    "a.",    "a.1",
                                      "a.-b",       "a.b-",    "%{d}com", "%{d}.", "a.b/24",
                                      "a.com:80",   "a.b_c",   "a b.com", "%{c}",  "%{r}.com",
                                      "%{t}.a.com", "1.2.3.4", ".",       "a..",   "%{d}/24"};
    for (guint n = 0; n < G_N_ELEMENTS(good); n++)
        assert_true(spf_macro_is_domain(span_of(good[n]), NULL));
    for (guint n = 0; n < G_N_ELEMENTS(bad); n++)
        assert_false(spf_macro_is_domain(span_of(bad[n]), NULL));
    uint32_t letters = 0;
    assert_true(spf_macro_is_domain(SPAN_LIT("%{L}.%{ir}.example"), &letters));
    assert_int_equal(letters, SPF_LETTER('l') | SPF_LETTER('i'));
}

static char *name_of(const char *spec, struct span local) {
    struct spf_values values = example("192.0.2.3", "in-addr");
    values.of['l' - 'a'] = local;
    GString *name = g_string_new(NULL);
    spf_macro_expand_name(span_of(spec), &values, name);
    return g_string_free(name, FALSE);
}

/* §7.3: "removing successive domain labels (and their following dots)" from the left. */
static void long_names_lose_labels_on_the_left(void **state) {
    (void)state;
    g_autoptr(GString) local = g_string_new("first");
    for (guint i = 0; i < 40; i++)
        g_string_append_printf(local, ".label%02u", i);
    g_autofree char *name = name_of("%{l}.example", span_of(local->str));
    assert_true(strlen(name) <= LIMIT_DOMAIN && strlen(name) + 8 > LIMIT_DOMAIN);
    assert_true(g_str_has_prefix(name, "label"));
    assert_true(g_str_has_suffix(name, ".label39.example"));
    g_autofree char *exact = name_of("%{d}.", span_of(""));
    assert_string_equal(exact, "email.example.com");
    g_autofree char *two = name_of("a.example..", span_of(""));
    assert_string_equal(two, "a.example.");
}

/* What grows without end is held at a kilobyte or two, and its end stays exact. */
static void expansion_is_bounded(void **state) {
    (void)state;
    g_autofree char *label = g_strnfill(1000, 'x');
    g_autoptr(GString) spec = g_string_new(NULL);
    for (guint i = 0; i < 3000; i++)
        g_string_append(spec, "%{l}");
    g_string_append(spec, ".a.example");
    g_autofree char *name = name_of(spec->str, span_of(label));
    assert_string_equal(name, "a.example");
    g_autofree char *no_dot = name_of("%{l}%{l}%{l}%{l}%%", span_of(label));
    assert_true(strlen(no_dot) > LIMIT_DOMAIN && strlen(no_dot) <= 2048 + 1000);
    struct spf_values values = example("192.0.2.3", "in-addr");
    values.of['l' - 'a'] = span_of(label);
    g_autoptr(GString) out = g_string_new(NULL);
    assert_false(spf_macro_expand_explanation(span_of("%{l}%{l}%{l}"), &values, out));
    assert_true(out->len <= LIMIT_SPF_EXPLANATION + 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expands_the_examples_of_the_rfc),
        cmocka_unit_test(expands_every_letter_and_transformer),
        cmocka_unit_test(refuses_what_is_no_macro),
        cmocka_unit_test(domain_specs_end_in_a_top_label_or_a_macro),
        cmocka_unit_test(long_names_lose_labels_on_the_left),
        cmocka_unit_test(expansion_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

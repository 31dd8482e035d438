/* SPDX-License-Identifier: MIT
 *
 * auth/tag_list: the grammar of RFC 6376 §3.2 and the value forms. */
#include "auth/tag_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define assert_span(s, text)                                                                       \
    do {                                                                                           \
        struct span span_ = (s);                                                                   \
        assert_int_equal(span_.n, sizeof(text) - 1);                                               \
        assert_memory_equal(span_.p, text, sizeof(text) - 1);                                      \
    } while (0)

static void reads_names_and_values(void **state) {
    (void)state;
    struct tag_list list;
    assert_true(
        tag_list_parse(SPAN_LIT("v=1;\r\n\ta = x y\r\n z ;b_2=;c=a=b;"), TAG_LIST_STRICT, &list));
    assert_int_equal(list.n, 4);
    assert_span(list.tags[0].name, "v");
    assert_span(list.tags[1].name, "a");
    assert_span(list.tags[1].value, "x y\r\n z");
    assert_span(list.tags[1].raw, " x y\r\n z ");
    assert_span(list.tags[2].name, "b_2");
    assert_span(list.tags[2].value, "");
    assert_span(list.tags[3].value, "a=b");
    assert_ptr_equal(tag_list_find(&list, "b_2"), &list.tags[2]);
    assert_null(tag_list_find(&list, "B_2")); /* names are case-sensitive */
    assert_null(tag_list_find(&list, "b"));
}

static void refuses_what_is_no_tag_list(void **state) {
    (void)state;
    static const struct {
        struct span text;
        enum tag_list_error error;
        size_t at;
    } bad[] = {
        {{"", 0}, TAG_LIST_EMPTY, 0},
        {SPAN_LIT(";"), TAG_LIST_SYNTAX, 0},
        {SPAN_LIT("v=1;;a=2"), TAG_LIST_SYNTAX, 4},
        {SPAN_LIT("v=1; ;"), TAG_LIST_SYNTAX, 4},
        {SPAN_LIT("v"), TAG_LIST_SYNTAX, 0},
        {SPAN_LIT("=1"), TAG_LIST_SYNTAX, 0},
        {SPAN_LIT("1v=1"), TAG_LIST_SYNTAX, 0},
        {SPAN_LIT("_v=1"), TAG_LIST_SYNTAX, 0},
        {SPAN_LIT("v-w=1"), TAG_LIST_SYNTAX, 0},
        {SPAN_LIT("v w=1"), TAG_LIST_SYNTAX, 0},
        {SPAN_LIT("v=1; a=\x01"), TAG_LIST_SYNTAX, 7},
        {SPAN_LIT("v=1; a=x\0y"), TAG_LIST_SYNTAX, 8},
        {SPAN_LIT("v=1; a=\x7f"), TAG_LIST_SYNTAX, 7},
        {SPAN_LIT("v=1; a=\xc3\xb8"), TAG_LIST_SYNTAX, 7},
        {SPAN_LIT("v=1;\n a=2"), TAG_LIST_SYNTAX, 4},   /* bare LF */
        {SPAN_LIT("v=1;\r a=2"), TAG_LIST_SYNTAX, 4},   /* bare CR */
        {SPAN_LIT("v=1;\r\na=2"), TAG_LIST_SYNTAX, 4},  /* no fold */
        {SPAN_LIT("v=1; a=2;\n "), TAG_LIST_SYNTAX, 9}, /* bare LF behind the last ";" */
        {SPAN_LIT("v=1; a=2; v=1"), TAG_LIST_DUPLICATE, 9},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct tag_list list;
        assert_false(tag_list_parse(bad[i].text, TAG_LIST_STRICT, &list));
        assert_int_equal(list.error, bad[i].error);
        assert_int_equal(list.at, bad[i].at);
    }
}

static void eight_bit_only_when_allowed(void **state) {
    (void)state;
    struct tag_list list;
    assert_true(tag_list_parse(SPAN_LIT("d=\xc3\xb8.example"), TAG_LIST_8BIT, &list));
    assert_false(tag_list_parse(SPAN_LIT("\xc3\xb8=d"), TAG_LIST_8BIT, &list));
    assert_false(tag_list_parse(SPAN_LIT("d=\x7f"), TAG_LIST_8BIT, &list));
}

static void skips_bad_specs_when_told(void **state) {
    (void)state;
    struct tag_list list;
    assert_false(
        tag_list_parse(SPAN_LIT("v=1; bad; a=\x01; a=2; a=3;; b=4"), TAG_LIST_SKIP_BAD, &list));
    assert_int_equal(list.error, TAG_LIST_SYNTAX);
    assert_int_equal(list.n, 3);
    assert_span(tag_list_find(&list, "a")->value, "2");
    assert_span(tag_list_find(&list, "b")->value, "4");
}

static void counts_tags(void **state) {
    (void)state;
    GString *text = g_string_new("v=1");
    for (int i = 0; i < LIMIT_DKIM_TAGS - 1; i++)
        g_string_append_printf(text, "; t%d=x", i);
    struct tag_list list;
    assert_true(tag_list_parse(span_make(text->str, text->len), TAG_LIST_STRICT, &list));
    assert_int_equal(list.n, LIMIT_DKIM_TAGS);
    g_string_append(text, "; more=x");
    assert_false(tag_list_parse(span_make(text->str, text->len), TAG_LIST_SKIP_BAD, &list));
    assert_int_equal(list.error, TAG_LIST_TOO_MANY);
    g_string_free(text, TRUE);
}

static void decodes_base64(void **state) {
    (void)state;
    unsigned char out[8];
    size_t n = 0;
    assert_true(tag_value_base64(SPAN_LIT("AQID"), out, sizeof out, &n));
    assert_int_equal(n, 3);
    assert_memory_equal(out, "\x01\x02\x03", 3);
    assert_true(tag_value_base64(SPAN_LIT(" A\r\n\tQ I = "), out, sizeof out, &n));
    assert_int_equal(n, 2);
    assert_memory_equal(out, "\x01\x02", 2);
    assert_true(tag_value_base64(SPAN_LIT("+/8"), out, sizeof out, &n)); /* without padding */
    assert_int_equal(n, 2);
    assert_memory_equal(out, "\xfb\xff", 2);
    assert_true(tag_value_base64(SPAN_LIT("AQIDBAUGBwg="), out, 8, &n));
    assert_int_equal(n, 8);
    static const char *const bad[] = {
        "", "=", "A", "AQIDB", "A===", "AQ=D", "AQID=", "AQ-", "AQI==", "AQ\x01="};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(tag_value_base64(span_of(bad[i]), out, sizeof out, &n));
    assert_false(tag_value_base64(SPAN_LIT("AQIDBAUGBwg="), out, 7, &n));
}

static void agrees_with_glib_on_base64(void **state) {
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int round = 0; round < 2000; round++) {
        unsigned char octets[97], out[97];
        size_t n = (size_t)g_rand_int_range(random, 1, sizeof octets), got = 0;
        for (size_t i = 0; i < n; i++)
            octets[i] = (unsigned char)g_rand_int(random);
        g_autofree char *text = g_base64_encode(octets, n);
        assert_true(tag_value_base64(span_of(text), out, n, &got));
        assert_int_equal(got, n);
        assert_memory_equal(out, octets, n);
    }
}

static void reads_numbers(void **state) {
    (void)state;
    uint64_t n = 1;
    assert_true(tag_value_number(SPAN_LIT("0"), 12, &n));
    assert_int_equal(n, 0);
    assert_true(tag_value_number(SPAN_LIT("18446744073709551615"), 76, &n));
    assert_true(n == UINT64_MAX);
    assert_true(tag_value_number(SPAN_LIT("18446744073709551616"), 76, &n));
    assert_true(n == UINT64_MAX);
    assert_true(tag_value_number(SPAN_LIT("00000000000000000000000000012"), 76, &n));
    assert_int_equal(n, 12);
    static const char *const bad[] = {"", "-1", "+1", "1 2", "0x1", "1.", "1234567890123"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(tag_value_number(span_of(bad[i]), 12, &n));
}

static void cuts_lists(void **state) {
    (void)state;
    struct span rest = SPAN_LIT("a : b\r\n :: c d"), item;
    assert_true(tag_value_next(&rest, &item));
    assert_span(item, "a");
    assert_true(tag_value_next(&rest, &item));
    assert_span(item, "b");
    assert_true(tag_value_next(&rest, &item));
    assert_span(item, "");
    assert_true(tag_value_next(&rest, &item));
    assert_span(item, "c d");
    assert_false(tag_value_next(&rest, &item));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_and_values),
        cmocka_unit_test(refuses_what_is_no_tag_list),
        cmocka_unit_test(eight_bit_only_when_allowed),
        cmocka_unit_test(skips_bad_specs_when_told),
        cmocka_unit_test(counts_tags),
        cmocka_unit_test(decodes_base64),
        cmocka_unit_test(agrees_with_glib_on_base64),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(cuts_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * fcgi/framing: whole requests, parts of them, and lies. */
#include "fcgi/framing.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void add(GString *out, int type, int request, const char *content, size_t n, int padding) {
    char header[8] = {
        1, (char)type, (char)(request >> 8), (char)request, (char)(n >> 8), (char)n, (char)padding,
        0};
    g_string_append_len(out, header, 8);
    g_string_append_len(out, content, (gssize)n);
    for (int i = 0; i < padding; i++)
        g_string_append_c(out, '\0');
}

static const char begin[8] = {0, 1, 1};

static GString *request(const char *params, size_t n, const char *body, int padding) {
    GString *out = g_string_new(NULL);
    add(out, 1, 1, begin, 8, 0);
    if (n)
        add(out, 4, 1, params, n, padding);
    add(out, 4, 1, "", 0, 0);
    if (*body)
        add(out, 5, 1, body, strlen(body), padding);
    add(out, 5, 1, "", 0, 0);
    return out;
}

static enum framing scan(const GString *s) {
    return framing_scan(span_make(s->str, s->len), NULL);
}

static void every_cut_is_told_from_the_whole(void **state) {
    (void)state;
    g_autoptr(GString) all = request("\x01\x02"
                                     "Aab",
                                     5, "body", 3);
    size_t params_end = 8 + 8 + 8 + 5 + 3 + 8;
    for (size_t n = 0; n < all->len; n++)
        assert_int_equal(framing_scan(span_make(all->str, n), NULL),
                         n < params_end ? FRAMING_PART : FRAMING_BODY);
    assert_int_equal(scan(all), FRAMING_WHOLE);
    g_string_append(all, "\x01more");
    assert_int_equal(scan(all), FRAMING_WHOLE);
}

static void names_and_values_must_fit(void **state) {
    (void)state;
    static const struct {
        const char *octets;
        size_t n;
        enum framing wanted;
    } cases[] = {
        {"", 0, FRAMING_WHOLE},
        {"\x01\x00"
         "A",
         3, FRAMING_WHOLE},
        {"\x80\x00\x00\x01\x80\x00\x00\x01"
         "Aa",
         10, FRAMING_WHOLE},
        {"\x01\x03"
         "Aab",
         5, FRAMING_BAD},
        {"\x01", 1, FRAMING_BAD},
        {"\xff\xff\xff\xff\x00", 5, FRAMING_BAD},
        {"\xff\xff\xff\xfe\xff\xff\xff\xfe", 8, FRAMING_BAD},
        {"\x80\x00", 2, FRAMING_BAD},
        {"\x01\x01"
         "AaB",
         5, FRAMING_BAD},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) s = request(cases[i].octets, cases[i].n, "", 0);
        assert_int_equal(scan(s), cases[i].wanted);
    }
}

static bool waits_outside(const char *pairs, size_t n) {
    bool outside = false;
    g_autoptr(GString) s = request(pairs, n, "", 0);
    assert_int_equal(framing_scan(span_make(s->str, s->len), &outside), FRAMING_WHOLE);
    return outside;
}

static void a_picture_is_known_by_its_uri(void **state) {
    (void)state;
    assert_true(waits_outside("\x0b\x10"
                              "REQUEST_URI/api/v1/images/x",
                              29));
    assert_true(waits_outside("\x01\x01"
                              "aa\x0b\x10"
                              "REQUEST_URI/api/v1/images/x",
                              33));
    assert_false(waits_outside("\x0b\x10"
                               "REQUEST_URI/api/v1/imagesx/",
                               29));
    assert_false(waits_outside("\x0b\x0f"
                               "REQUEST_URI/api/v1/image-d",
                               28));
    assert_false(waits_outside("\x0b\x10"
                               "HTTP_COOKIE/api/v1/images/x",
                               29));
    assert_false(waits_outside("", 0));
}

static void other_orders_are_no_request(void **state) {
    (void)state;
    static const struct {
        int types[5];
        enum framing wanted;
    } cases[] = {{{4, 4, 5}, FRAMING_BAD},    {{1, 5}, FRAMING_BAD},         {{1, 1}, FRAMING_BAD},
                 {{1, 4, 4, 4}, FRAMING_BAD}, {{1, 6}, FRAMING_BAD},         {{1, 2}, FRAMING_BAD},
                 {{5}, FRAMING_BAD},          {{1, 4, 5, 5}, FRAMING_WHOLE}, {{1}, FRAMING_PART}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) s = g_string_new(NULL);
        for (const int *t = cases[i].types; *t && t < cases[i].types + 5; t++)
            add(s, *t, 1, begin, *t == 1 ? 8 : 0, 0);
        assert_int_equal(scan(s), cases[i].wanted);
    }
    g_autoptr(GString) two = g_string_new(NULL);
    add(two, 1, 1, begin, 8, 0);
    add(two, 4, 2, "", 0, 0);
    assert_int_equal(scan(two), FRAMING_BAD);
    assert_int_equal(framing_scan(SPAN_LIT("GET / HTTP/1.1\r\n"), NULL), FRAMING_BAD);
    assert_int_equal(framing_scan(SPAN_LIT("\x16"), NULL), FRAMING_BAD);
}

static void parameters_have_an_end(void **state) {
    (void)state;
    g_autofree char *filler = g_malloc0(60000);
    g_autoptr(GString) s = g_string_new(NULL);
    add(s, 1, 1, begin, 8, 0);
    add(s, 4, 1, filler, LIMIT_FCGI_PARAMS, 0);
    assert_int_equal(scan(s), FRAMING_PART);
    add(s, 4, 1, filler, 1, 0);
    assert_int_equal(scan(s), FRAMING_BAD);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_is_told_from_the_whole),
        cmocka_unit_test(names_and_values_must_fit),
        cmocka_unit_test(a_picture_is_known_by_its_uri),
        cmocka_unit_test(other_orders_are_no_request),
        cmocka_unit_test(parameters_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

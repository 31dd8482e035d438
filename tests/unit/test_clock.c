/* SPDX-License-Identifier: MIT
 *
 * base/clock: RFC 3339 and RFC 5322 times, read and written. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

static void writes_rfc3339(void **state) {
    (void)state;
    g_autofree char *text = clock_rfc3339(1763751600);
    assert_string_equal(text, "2025-11-21T19:00:00Z");
    assert_null(clock_rfc3339(INT64_MAX));
}

/* Some 120,000 times of the years 0000 to 9999, against the C library. */
static void writes_what_gmtime_says(void **state) {
    (void)state;
    const int64_t first = INT64_C(-62167219200), last = INT64_C(253402300799);
    assert_null(clock_rfc3339(first - 1));
    assert_null(clock_rfc3339(last + 1));
    for (int64_t t = first; t <= last;
         t = t < last ? MIN(t + 86400 * 30 + 12345, last) : last + 1) {
        time_t time = (time_t)t;
        struct tm tm;
        assert_non_null(gmtime_r(&time, &tm));
        g_autofree char *text = clock_rfc3339(t);
        g_autofree char *wanted =
            g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                            tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        assert_string_equal(text, wanted);
    }
}

static void reads_epoch_and_rfc3339(void **state) {
    (void)state;
    int64_t t = 0;
    assert_true(clock_parse("1763751600", &t));
    assert_int_equal(t, 1763751600);
    assert_true(clock_parse("2025-11-21T20:00:00.5+01:00", &t));
    assert_int_equal(t, 1763751600);
    assert_true(clock_parse("2016-12-31T23:59:60Z", &t)); /* leap second */
    assert_int_equal(t, 1483228800);
    static const char *const bad[] = {"",
                                      "x",
                                      "2025-02-29T00:00:00Z",
                                      "2025-01-01",
                                      "1 ",
                                      "2025-01-01T00:00:00",
                                      "2025-01-01T24:00:00Z",
                                      "2025-01-01T00:00:00Zx",
                                      "99999999999999"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(clock_parse(bad[i], &t));
    assert_int_equal(t, 1483228800);
}

static void reads_mail_dates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t epoch;
    } good[] = {
        {"Fri, 21 Nov 2025 20:00:00 +0100", 1763751600},
        {"21 Nov 2025 19:00:00 GMT", 1763751600},
        {" Fri,\r\n 21 Nov 2025 14:00:00 -0500 (EST)", 1763751600},
        {"21 Nov 25 14:00 EST", 1763751600},
        {"1 Jan 1970 00:00:00 +0000", 0},
        {"21 (nested (comment)) Nov 2025 19:00:00", 1763751600},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        int64_t t = -1;
        assert_true(clock_parse_mail(span_of(good[i].text), &t));
        assert_int_equal(t, good[i].epoch);
    }
    static const char *const bad[] = {"",
                                      "Fri, 31 Nov 2025 20:00:00 +0100",
                                      "21 Foo 2025 19:00:00 +0000",
                                      "21 Nov 2025 19:00:00 +0000 trailing",
                                      "21 Nov 2025 19:00:00 +0000 (open",
                                      "21 Nov 2025"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        int64_t t = -1;
        assert_false(clock_parse_mail(span_of(bad[i]), &t));
        assert_int_equal(t, -1);
    }
}

static void compares_octets_beyond_nul(void **state) {
    (void)state;
    assert_false(span_eq_nocase(span_make("a\0b", 3), span_make("a\0c", 3)));
    assert_true(span_eq_nocase(span_make("a\0B", 3), span_make("A\0b", 3)));
    assert_true(span_eq(span_trim_fws(span_of(" \r\n\tx y \r\n")), span_of("x y")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_rfc3339),
        cmocka_unit_test(writes_what_gmtime_says),
        cmocka_unit_test(reads_epoch_and_rfc3339),
        cmocka_unit_test(reads_mail_dates),
        cmocka_unit_test(compares_octets_beyond_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * fcgi/zip: records, names, limits. That others can read it is shown by the service test. */
#include "fcgi/zip.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool holds(GBytes *whole, const char *text) {
    gsize n;
    const char *p = g_bytes_get_data(whole, &n);
    return memmem(p, n, text, strlen(text)) != NULL;
}

static void test_records(void **state) {
    (void)state;
    OWNED(zip) zip = zip_new(0);
    assert_true(zip_add(zip, "a.txt", SPAN_LIT("hello")));
    assert_true(zip_add(zip, "empty", SPAN_LIT("")));
    g_autoptr(GBytes) whole = zip_end(zip);
    gsize n;
    const unsigned char *p = g_bytes_get_data(whole, &n);
    assert_int_equal(n, (30 + 5 + 5) + (30 + 5) + (46 + 5) + (46 + 5) + 22);
    assert_memory_equal(p, "PK\3\4", 4);
    assert_memory_equal(p + 14, "\x86\xa6\x10\x36", 4); /* CRC-32 of "hello" */
    assert_memory_equal(p + 30, "a.txthello", 10);
    assert_memory_equal(p + n - 22, "PK\5\6", 4);
    assert_int_equal(p[n - 22 + 10], 2);
}

static void test_names(void **state) {
    (void)state;
    OWNED(zip) zip = zip_new(1700000000);
    const char *const names[] = {"a.pdf", "A.PDF",          "a.pdf",   "../../etc/passwd", "..",
                                 "",      "x\u202efdp.exe", "c:\\new", "日本.txt",         "\xff"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_true(zip_add(zip, names[i], SPAN_LIT("1")));
    g_autoptr(GBytes) whole = zip_end(zip);
    const char *const wanted[] = {"a.pdf",    "A (2).PDF", "a (3).pdf", "passwd",  "file",
                                  "file (2)", "xfdp.exe",  "new",       "日本.txt"};
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_true(holds(whole, wanted[i]));
    const char *const unwanted[] = {"..", "/", "\\", "\xe2\x80\xae"};
    for (size_t i = 0; i < G_N_ELEMENTS(unwanted); i++)
        assert_false(holds(whole, unwanted[i]));
}

static void test_limits(void **state) {
    (void)state;
    OWNED(zip) zip = zip_new(0);
    for (int i = 0; i < LIMIT_ZIP_FILES; i++)
        assert_true(zip_add(zip, "x", SPAN_LIT("")));
    assert_false(zip_add(zip, "x", SPAN_LIT("")));
    OWNED(zip) large = zip_new(0);
    g_autofree char *octets = g_malloc0(LIMIT_ZIP);
    assert_false(zip_add(large, "x", span_make(octets, (size_t)LIMIT_ZIP + 1)));
    assert_true(zip_add(large, "x", span_make(octets, LIMIT_ZIP / 2)));
    assert_false(zip_add(large, "x", span_make(octets, LIMIT_ZIP / 2)));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_records), cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

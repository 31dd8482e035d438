/* SPDX-License-Identifier: MIT
 *
 * Every string stays what it was, whatever comes after it. */
#include "base/texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void strings_stay(void **state) {
    (void)state;
    enum { N = 4000 };
    struct texts texts = {0};
    const char *kept[N];
    for (guint i = 0; i < N; i++) {
        g_autofree char *text = g_strnfill(i % 997 == 0 ? 5000 : i % 50, (char)('a' + i % 26));
        kept[i] = texts_add(&texts, text);
        assert_ptr_not_equal(kept[i], text);
    }
    for (guint i = 0; i < N; i++) {
        g_autofree char *text = g_strnfill(i % 997 == 0 ? 5000 : i % 50, (char)('a' + i % 26));
        assert_string_equal(kept[i], text);
    }
    texts_clear(&texts);
    texts_clear(&texts);
    assert_string_equal(texts_add(&texts, "again"), "again");
    texts_clear(&texts);
}

static void lengths_around_a_block(void **state) {
    (void)state;
    for (gsize n = 900; n < 1100; n++) {
        struct texts texts = {0};
        g_autofree char *text = g_strnfill(n, 'x');
        const char *first = texts_add(&texts, text), *second = texts_add(&texts, "y");
        assert_string_equal(first, text);
        assert_string_equal(second, "y");
        texts_clear(&texts);
    }
}

static void nothing_and_empty_are_two(void **state) {
    (void)state;
    struct texts texts = {0};
    assert_null(texts_add(&texts, NULL));
    assert_null(texts_add_span(&texts, SPAN_NULL));
    assert_string_equal(texts_add(&texts, ""), "");
    texts_clear(&texts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_stay),
        cmocka_unit_test(lengths_around_a_block),
        cmocka_unit_test(nothing_and_empty_are_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

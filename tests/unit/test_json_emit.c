/* SPDX-License-Identifier: MIT
 *
 * fcgi/json_emit: the text is what Jansson would have written, and Jansson reads it. */
#include "fcgi/json_emit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static void nests_and_separates(void **state) {
    (void)state;
    GString *out = g_string_new("{}\n"); /* the line before */
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_text(out, JSON_KEY("a"), "x");
    json_emit_text(out, JSON_KEY("null"), NULL);
    json_emit_open(out, JSON_KEY("empty"), '[');
    json_emit_close(out, ']');
    json_emit_open(out, JSON_KEY("list"), '[');
    json_emit_integer(out, JSON_ITEM, -7);
    json_emit_boolean(out, JSON_ITEM, true);
    json_emit_null(out, JSON_ITEM);
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_close(out, '}');
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_time(out, JSON_KEY("t"), 0);
    json_emit_close(out, '}');
    json_emit_close(out, ']');
    json_emit_boolean(out, JSON_KEY("brace {"), false);
    json_emit_text(out, JSON_KEY("z"), "ends in [");
    json_emit_integer(out, JSON_KEY("n"), G_MAXINT64);
    json_emit_integer(out, JSON_KEY("m"), G_MININT64);
    json_emit_integer(out, JSON_KEY("o"), 0);
    json_emit_name(out, span_of("a\"b"));
    json_emit_text(out, JSON_NAMED, "c");
    json_emit_name(out, span_of(""));
    json_emit_text(out, JSON_NAMED, NULL);
    json_emit_close(out, '}');
    assert_string_equal(out->str, "{}\n"
                                  "{\"a\":\"x\",\"null\":null,\"empty\":[],\"list\":[-7,true,null,"
                                  "{},{\"t\":\"1970-01-01T00:00:00Z\"}],\"brace {\":false,"
                                  "\"z\":\"ends in [\",\"n\":9223372036854775807,"
                                  "\"m\":-9223372036854775808,\"o\":0,\"a\\\"b\":\"c\","
                                  "\"\":null}");
    g_string_free(out, TRUE);
}

static void escapes_as_jansson_does(void **state) {
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(9);
    for (int round = 0; round < 20000; round++) {
        char text[12] = {0};
        for (int i = g_rand_int_range(random, 0, 11); i > 0; i--)
            text[i - 1] = (char)g_rand_int_range(random, 1, 128);
        json_t *tree = json_pack("{s:s}", text, text);
        char *wanted = json_dumps(tree, JSON_COMPACT);
        GString *out = g_string_new(NULL);
        json_emit_open(out, JSON_ITEM, '{');
        json_emit_name(out, span_of(text));
        json_emit_text(out, JSON_NAMED, text);
        json_emit_close(out, '}');
        assert_string_equal(out->str, wanted);
        json_t *back = json_emit_tree(out);
        assert_true(json_equal(back, tree));
        json_decref(back);
        json_decref(tree);
        free(wanted);
    }
}

static void cleans_what_comes_from_outside(void **state) {
    (void)state;
    GString *out = g_string_new(NULL);
    json_emit_outside(out, JSON_ITEM, "a\xff\x1b\xc2\x85\xc3\xa9\"");
    assert_string_equal(out->str, "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\\\"\"");
    g_string_free(out, TRUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nests_and_separates),
        cmocka_unit_test(escapes_as_jansson_does),
        cmocka_unit_test(cleans_what_comes_from_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

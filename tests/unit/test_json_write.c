/* SPDX-License-Identifier: MIT
 *
 * fcgi/json_write: the text is the one Jansson writes, and Jansson reads the same tree back. */
#include "fcgi/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void assert_same(json_t *json) {
    GString *out = g_string_new(NULL);
    json_write(out, json);
    char *wanted = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_string_equal(out->str, wanted);
    json_t *back = json_loadb(out->str, out->len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_true(json_equal(back, json));
    json_decref(back);
    json_decref(json);
    free(wanted);
    g_string_free(out, TRUE);
}

static void writes_each_type(void **state) {
    (void)state;
    assert_same(json_null());
    assert_same(json_true());
    assert_same(json_false());
    assert_same(json_integer(0));
    assert_same(json_integer(INT64_MAX));
    assert_same(json_integer(INT64_MIN));
    assert_same(json_real(0.25));
    assert_same(json_object());
    assert_same(json_array());
    assert_same(json_string("plain"));
    assert_same(json_string(""));
    assert_same(json_string("\" \\ / \b \f \n \r \t \x01 \x1f \x7f Gr\xc3\xbc\xc3\x9f"
                            "e \xf0\x9f\x94\x8f"));
    assert_same(json_stringn("a\0b", 3));
    assert_same(json_pack("{s:[i,n,{s:s},[]],s:{},s:b}", "list", 1, "k\"ey", "v", "empty", "t", 1));
}

static json_t *random_tree(GRand *random, int depth) {
    int kind = g_rand_int_range(random, 0, depth ? 6 : 4);
    if (kind == 0)
        return json_integer((int)g_rand_int(random));
    if (kind == 1)
        return json_boolean(g_rand_boolean(random));
    if (kind < 4) {
        char text[12] = {0};
        for (int i = g_rand_int_range(random, 0, 11); i > 0; i--)
            text[i - 1] = (char)g_rand_int_range(random, 1, 128);
        return json_string(text);
    }
    json_t *tree = kind == 4 ? json_array() : json_object();
    for (int i = g_rand_int_range(random, 0, 6); i > 0; i--) {
        json_t *value = random_tree(random, depth - 1);
        g_autofree char *key = g_strdup_printf("%u", g_rand_int(random));
        if (kind == 4)
            json_array_append_new(tree, value);
        else
            json_object_set_new(tree, key, value);
    }
    return tree;
}

static void agrees_with_jansson(void **state) {
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(9);
    for (int round = 0; round < 3000; round++)
        assert_same(random_tree(random, 4));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_each_type),
        cmocka_unit_test(agrees_with_jansson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

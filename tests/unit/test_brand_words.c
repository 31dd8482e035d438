/* SPDX-License-Identifier: MIT
 *
 * fcgi/brand_words: every sentence in both languages, nothing left open, nothing filled in twice.
 */
#include "fcgi/brand_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const char *const found[BRAND_FOUND_MAX] = {"{2}#1", "two", "three"};

static void every_sentence_is_there_in_both_languages(void **state) {
    (void)state;
    for (int i = BRAND_SAID_NOTHING + 1; i < BRAND_SAID__MAX; i++) {
        enum brand_said said = (enum brand_said)i;
        g_autofree char *english = brand_words_text(said, found, "en");
        g_autofree char *japanese = brand_words_text(said, found, "ja");
        assert_string_not_equal(english, japanese);
        assert_false(g_str_is_ascii(japanese));
        assert_true(g_utf8_validate(japanese, -1, NULL));
        assert_null(strstr(english, "{1}"));
        assert_null(strstr(japanese, "{3}"));
        assert_int_equal(strstr(english, "#1") != NULL, strstr(japanese, "#1") != NULL);
        const char *code = brand_words_code(said);
        assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz-"), strlen(code));
    }
}

static void what_was_found_is_text(void **state) {
    (void)state;
    g_autofree char *english = brand_words_text(BRAND_SAID_DMARC_ENFORCED, found, "en");
    assert_string_equal(english, "_dmarc.{2}#1 says two");
    const char *const nothing[BRAND_FOUND_MAX] = {NULL};
    g_autofree char *empty = brand_words_text(BRAND_SAID_DMARC_ABSENT, nothing, "xx");
    assert_string_equal(empty, "_dmarc. has no DMARC record of its own");
}

static void a_bad_picture_is_told_in_the_readers_language(void **state) {
    (void)state;
    const char *const finding[BRAND_FOUND_MAX] = {"7", "Remove it", "削除してください"};
    g_autofree char *english = brand_words_text(BRAND_SAID_BAD_PICTURE, finding, "en");
    g_autofree char *japanese = brand_words_text(BRAND_SAID_BAD_PICTURE, finding, "ja");
    assert_string_equal(english, "line 7: Remove it");
    assert_string_equal(japanese, "7 行目：削除してください");
}

static void every_failure_of_a_fetch_has_words_of_its_own(void **state) {
    (void)state;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (int i = HTTPS_BAD_URL; i < HTTPS__MAX; i++) {
        enum brand_said said = brand_words_fetch((enum https_status)i);
        assert_true(g_hash_table_add(seen, GINT_TO_POINTER((int)said)));
        assert_string_equal(brand_words_code(said), https_status_name((enum https_status)i));
    }
}

static void steps_have_titles(void **state) {
    (void)state;
    assert_string_equal(brand_words_title("certificate.chain", "en"), "Certificate: chain");
    assert_string_equal(brand_words_title("certificate.chain", "ja"), "証明書：連鎖");
    assert_string_equal(brand_words_title("something else", "ja"), "something else");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_is_there_in_both_languages),
        cmocka_unit_test(what_was_found_is_text),
        cmocka_unit_test(a_bad_picture_is_told_in_the_readers_language),
        cmocka_unit_test(every_failure_of_a_fetch_has_words_of_its_own),
        cmocka_unit_test(steps_have_titles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

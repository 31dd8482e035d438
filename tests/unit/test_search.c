/* SPDX-License-Identifier: MIT
 *
 * fcgi/search: what is typed, as terms. */
#include "fcgi/search.h"

#include "base/limits.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const keys[] = {"text",   "from",       "to",     "subject",
                                   "thread", "attachment", "unseen", "flagged"};

/* "from=a|text=b c", or "none". */
static char *parsed(const char *query) {
    g_autoptr(GArray) terms = search_parse(query);
    if (!terms)
        return g_strdup("none");
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < terms->len; i++) {
        const struct imap_search_term *term = &g_array_index(terms, struct imap_search_term, i);
        g_string_append_printf(out, "%s%s%s%s", i ? "|" : "", keys[term->key],
                               term->text ? "=" : "", term->text ? term->text : "");
    }
    return g_string_free(out, FALSE);
}

static void check(const char *query, const char *expected) {
    g_autofree char *out = parsed(query);
    assert_string_equal(out, expected);
}

static void test_terms(void **state) {
    (void)state;
    check("invoice", "text=invoice");
    check("  two\twords ", "text=two|text=words");
    check("\"one phrase\" more", "text=one phrase|text=more");
    check("from:alice SUBJECT:\"the plan\" To:bob@example.org",
          "from=alice|subject=the plan|to=bob@example.org");
    check("has:attachment IS:unread is:flagged x", "attachment|unseen|flagged|text=x");
    check("請求書　from:銀行", "text=請求書|from=銀行"); /* U+3000 between */
}

static void test_what_is_no_field_is_a_word(void **state) {
    (void)state;
    check("from: x", "text=from:|text=x");
    check("has:attachments", "text=has:attachments");
    check("https://example.org/a:b", "text=https://example.org/a:b");
    check("bcc:x", "text=bcc:x");
    check("OR ALL NOT {5}", "text=OR|text=ALL|text=NOT|text={5}");
}

static void test_quotes(void **state) {
    (void)state;
    check("\"not closed", "text=not closed");
    check("a\"b", "text=a\"b");
    check("\"\" x", "text=x");
    check("\"a\"b", "text=a|text=b");
    check("from:\"", "none");
}

static void test_nothing_to_search(void **state) {
    (void)state;
    check("", "none");
    check(" \t ", "none");
    check("\"\"", "none");
}

static void test_refused(void **state) {
    (void)state;
    check("a\r\nb", "none");
    check("a\nb", "none");
    check("a\x01", "none");
    check("\x7f", "none");
    check("\xc2\x85", "none"); /* U+0085 */
    check("\xff", "none");
    check("a b c d e f g h i j",
          "text=a|text=b|text=c|text=d|text=e|text=f|text=g|text=h|text=i|text=j");
    check("a b c d e f g h i j k", "none");
}

static char *repeated(const char *character, guint n) {
    GString *out = g_string_new(NULL);
    while (n--)
        g_string_append(out, character);
    return g_string_free(out, FALSE);
}

/* Characters are counted, not octets: the longest word is as long as the longest query. */
static void test_length(void **state) {
    (void)state;
    static const char *const characters[] = {"x", "\u00e9", "\u8acb", "\U0001f600"};
    for (size_t i = 0; i < G_N_ELEMENTS(characters); i++) {
        g_autofree char *most = repeated(characters[i], LIMIT_SEARCH_QUERY);
        g_autofree char *expected = g_strconcat("text=", most, NULL);
        g_autofree char *more = g_strconcat(most, characters[i], NULL);
        assert_true(strlen(most) <= LIMIT_SEARCH_TEXT);
        check(most, expected);
        check(more, "none");
    }
    g_autofree char *spaces = repeated(" ", LIMIT_SEARCH_QUERY - 1);
    g_autofree char *one = g_strconcat(spaces, "x", NULL), *two = g_strconcat(spaces, " x", NULL);
    check(one, "text=x");
    check(two, "none");
}

static void test_highlight(void **state) {
    (void)state;
    g_autoptr(GArray) terms = search_parse("a from:b to:c subject:\"d e\" is:unread");
    json_t *marks = search_highlight(terms);
    g_autofree char *text = json_dumps(marks, JSON_COMPACT);
    assert_string_equal(text, "[{\"text\":\"a\",\"in\":\"any\"},{\"text\":\"b\",\"in\":\"from\"},"
                              "{\"text\":\"c\",\"in\":\"to\"},"
                              "{\"text\":\"d e\",\"in\":\"subject\"}]");
    json_decref(marks);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms),    cmocka_unit_test(test_what_is_no_field_is_a_word),
        cmocka_unit_test(test_quotes),   cmocka_unit_test(test_nothing_to_search),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_length),
        cmocka_unit_test(test_highlight)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

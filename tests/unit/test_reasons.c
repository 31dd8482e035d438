/* SPDX-License-Identifier: MIT
 *
 * trust/reasons and the sentences of verdicts: the table is complete in both languages, promises
 * nothing, and what comes from outside is shown as text and nothing else. */
#include "trust/reasons.h"

#include "base/limits.h"
#include "trust/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static gint by_text(gconstpointer a, gconstpointer b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "{domain}" … of a sentence, sorted, each once, separated by spaces. */
static char *placeholders(const char *sentence) {
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *open = strchr(sentence, '{'); open; open = strchr(open + 1, '{')) {
        const char *close = strchr(open, '}');
        assert_non_null(close);
        char *name = g_strndup(open + 1, (gsize)(close - open - 1));
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_free(name);
        else
            g_ptr_array_add(names, name);
    }
    g_ptr_array_sort(names, by_text);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static char *sorted_parameters(enum reason_code code) {
    g_auto(GStrv) words = g_strsplit(reason_parameters(code), " ", -1);
    g_autoptr(GString) joined = g_string_new(NULL);
    for (guint i = 0; words[i]; i++)
        if (*words[i])
            g_string_append_printf(joined, "{%s}", words[i]);
    return placeholders(joined->str);
}

static void every_reason_has_both_sentences(void **state) {
    (void)state;
    for (int i = 1; i < REASON__MAX; i++) {
        enum reason_code code = (enum reason_code)i;
        g_autofree char *want = sorted_parameters(code);
        for (int l = 0; l < LANGUAGE__MAX; l++) {
            const char *sentence = reason_template(code, (enum reason_language)l);
            assert_true(sentence && *sentence && g_utf8_validate(sentence, -1, NULL));
            g_autofree char *got = placeholders(sentence);
            if (strcmp(got, want) != 0)
                fail_msg("%s: {%s} in the sentence, {%s} in the table", reason_code_name(code), got,
                         want);
        }
    }
}

static void japanese_is_japanese_and_polite(void **state) {
    (void)state;
    for (int i = 1; i < REASON__MAX; i++) {
        const char *ja = reason_template((enum reason_code)i, LANGUAGE_JA);
        assert_false(g_str_is_ascii(ja));
        assert_true(g_str_has_suffix(ja, "。"));
        static const char *const polite[] = {"ます。", "ました。",       "ません。",
                                             "です。", "ませんでした。", "{fields}。"};
        bool ends_politely = false;
        for (size_t j = 0; j < G_N_ELEMENTS(polite); j++)
            ends_politely = ends_politely || g_str_has_suffix(ja, polite[j]);
        if (!ends_politely)
            fail_msg("%s", ja);
    }
}

static void nothing_is_promised(void **state) {
    (void)state;
    static const char *const promises[] = {"safe", "secure", "trusted",   "genuine",
                                           "安全", "安心",   "信頼できる"};
    for (int i = 1; i < REASON__MAX; i++)
        for (int l = 0; l < LANGUAGE__MAX; l++) {
            g_autofree char *lower =
                g_utf8_strdown(reason_template((enum reason_code)i, (enum reason_language)l), -1);
            for (size_t j = 0; j < G_N_ELEMENTS(promises); j++)
                assert_null(strstr(lower, promises[j]));
        }
}

static void codes_are_words_and_unique(void **state) {
    (void)state;
    for (int i = 1; i < REASON__MAX; i++) {
        const char *name = reason_code_name((enum reason_code)i);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
        assert_int_equal(reason_code_find(name), i);
    }
    assert_int_equal(reason_code_find("no-such-code"), REASON_NOT_EVALUATED);
    assert_int_equal(reason_code_find(NULL), REASON_NOT_EVALUATED);
}

static void parameters_are_found_by_place(void **state) {
    (void)state;
    assert_true(span_eq(reason_parameter(REASON_SERVER_CONFIRMED, 0), SPAN_LIT("server")));
    assert_true(span_eq(reason_parameter(REASON_SERVER_CONFIRMED, 1), SPAN_LIT("domain")));
    assert_int_equal(reason_parameter(REASON_SERVER_CONFIRMED, 2).n, 0);
    assert_int_equal(reason_parameter(REASON_WRITTEN_HERE, 0).n, 0);
}

static char *text_of(enum reason_code code, const char *first, const char *second) {
    struct reason_list list = {0};
    const char *values[REASON_PARAMETERS_MAX] = {first, second};
    reason_add(&list, code, values);
    char *text = reason_text(&list.items[0], LANGUAGE_EN);
    reason_list_clear(&list);
    return text;
}

static void sentences_name_what_they_are_about(void **state) {
    (void)state;
    g_autofree char *text = text_of(REASON_SIGNED_BY_OTHER, "example.org", "example.com");
    assert_string_equal(text, "Signed by example.org. The address shown, @example.com, belongs to "
                              "somebody else.");
}

static void a_parameter_is_never_a_placeholder(void **state) {
    (void)state;
    g_autofree char *text = text_of(REASON_NAME_IS_ADDRESS, "{address}", "a@b.example");
    assert_string_equal(text,
                        "The name shows the address {address}; the message names a@b.example.");
}

static void a_parameter_is_shown_as_text(void **state) {
    (void)state;
    /* NUL cannot stand in a C string; line ends, bidi controls, bad UTF-8 and our marks can */
    g_autofree char *text = text_of(REASON_NAME_IS_ADDRESS,
                                    "a\r\n\xe2\x80\xae"
                                    "b\xff\xe2\x9c\x93",
                                    "x");
    assert_null(strchr(text, '\n'));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_null(strstr(text, "\xe2\x9c\x93"));
    assert_true(g_utf8_validate(text, -1, NULL));
}

static void long_parameters_are_cut_between_characters(void **state) {
    (void)state;
    g_autoptr(GString) wide = g_string_new(NULL);
    while (wide->len <= 2 * LIMIT_REASON_TEXT)
        g_string_append(wide, "印");
    struct reason_list list = {0};
    const char *values[REASON_PARAMETERS_MAX] = {wide->str};
    const struct reason *reason = reason_add(&list, REASON_NO_POLICY, values);
    assert_true(strlen(reason->values[0]) <= LIMIT_REASON_TEXT);
    assert_true(strlen(reason->values[0]) > LIMIT_REASON_TEXT - 4);
    assert_true(g_utf8_validate(reason->values[0], -1, NULL));
    reason_list_clear(&list);
}

static void missing_values_are_empty(void **state) {
    (void)state;
    struct reason_list list = {0};
    const struct reason *reason = reason_add(&list, REASON_NO_POLICY, NULL);
    assert_string_equal(reason->values[0], "");
    assert_null(reason->values[1]);
    assert_ptr_equal(reason_find(&list, REASON_NO_POLICY), reason);
    assert_null(reason_find(&list, REASON_SPF_ONLY));
    reason_list_clear(&list);
    assert_int_equal(list.n, 0);
}

static void templates_may_be_odd(void **state) {
    (void)state;
    const char *values[] = {"v"};
    static const struct {
        const char *template, *want;
    } cases[] = {{"", ""},           {"{", "{"},         {"a{name", "a{name"},
                 {"{name}", "v"},    {"{nam}", "{nam}"}, {"{}x{name}", "{}xv"},
                 {"}{name}{", "}v{"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = reason_fill(cases[i].template, "name", values);
        assert_string_equal(got, cases[i].want);
    }
}

static void languages_by_tag(void **state) {
    (void)state;
    enum reason_language language = LANGUAGE_EN;
    assert_true(reason_language_parse("ja-JP", &language));
    assert_int_equal(language, LANGUAGE_JA);
    assert_true(reason_language_parse("EN_gb", &language));
    assert_int_equal(language, LANGUAGE_EN);
    static const char *const bad[] = {"", "e", "de", "jav", "english"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(reason_language_parse(bad[i], &language));
}

/* A verdict of that badge with one limit and one danger, as verdict_derive would leave it. */
static char *sentence_of(enum verdict_level level, enum verdict_author author,
                         enum reason_language language) {
    struct verdict v = {.level = level, .author = author};
    v.domain = v.identity = "corp.example";
    reason_add(&v.reasons, REASON_SPF_ONLY, (const char *[]){"corp.example", NULL, NULL});
    reason_add(&v.reasons, REASON_HIDDEN_CHARACTERS, NULL);
    char *text = verdict_text(&v, language);
    reason_list_clear(&v.reasons);
    return text;
}

static void every_badge_has_a_sentence(void **state) {
    (void)state;
    for (int level = 0; level < LEVEL__MAX; level++)
        for (int l = 0; l < LANGUAGE__MAX; l++) {
            g_autofree char *text =
                sentence_of((enum verdict_level)level, VERDICT_VERIFIED, (enum reason_language)l);
            assert_true(*text);
            assert_null(strchr(text, '{'));
        }
}

static void sentences_of_badges(void **state) {
    (void)state;
    static const struct {
        enum verdict_level level;
        enum verdict_author author;
        enum reason_language language;
        const char *want;
    } cases[] = {
        {LEVEL_DOMAIN, VERDICT_VERIFIED, LANGUAGE_EN, "Sent by corp.example."},
        {LEVEL_LIKELY, VERDICT_LIKELY, LANGUAGE_EN,
         "Probably from corp.example. Only the sending server was confirmed for corp.example, not "
         "the message itself."},
        {LEVEL_LIKELY, VERDICT_LIKELY, LANGUAGE_JA,
         "おそらく corp.example からのメールです。ただし、確認できたのは corp.example "
         "の送信サーバーだけで、メールそのものは確認できていません。"},
        {LEVEL_CAUTION, VERDICT_VERIFIED, LANGUAGE_EN,
         "The author’s name holds characters that change how it reads."},
        {LEVEL_CAUTION, VERDICT_AMBIGUOUS, LANGUAGE_EN,
         "It is not clear who wrote this. The author’s name holds characters that change how it "
         "reads."},
        {LEVEL_FORGED, VERDICT_CONTRADICTED, LANGUAGE_EN,
         "Says corp.example but fails corp.example’s check: forged, or changed on the way."},
        {LEVEL_UNVERIFIED, VERDICT_NOT_ESTABLISHED, LANGUAGE_EN,
         "Nothing confirms this sender. Anyone can write this name."},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = sentence_of(cases[i].level, cases[i].author, cases[i].language);
        assert_string_equal(got, cases[i].want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_both_sentences),
        cmocka_unit_test(japanese_is_japanese_and_polite),
        cmocka_unit_test(nothing_is_promised),
        cmocka_unit_test(codes_are_words_and_unique),
        cmocka_unit_test(parameters_are_found_by_place),
        cmocka_unit_test(sentences_name_what_they_are_about),
        cmocka_unit_test(a_parameter_is_never_a_placeholder),
        cmocka_unit_test(a_parameter_is_shown_as_text),
        cmocka_unit_test(long_parameters_are_cut_between_characters),
        cmocka_unit_test(missing_values_are_empty),
        cmocka_unit_test(templates_may_be_odd),
        cmocka_unit_test(languages_by_tag),
        cmocka_unit_test(every_badge_has_a_sentence),
        cmocka_unit_test(sentences_of_badges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * Header text: unfolding, encoded words, charsets, raw text of no charset, and what of it may be
 * shown. */
#include "mail/header.h"

#include "base/limits.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void check_span(struct span value, const char *wanted, uint32_t wanted_flags) {
    uint32_t flags = 0;
    g_autofree char *text = header_decode(value, &flags);
    assert_string_equal(text, wanted);
    assert_int_equal(flags, wanted_flags);
}

static void check(const char *value, const char *wanted, uint32_t wanted_flags) {
    check_span(span_of(value), wanted, wanted_flags);
}

static void check_shown(const char *text, const char *wanted, uint32_t wanted_flags) {
    uint32_t flags = 0;
    g_autofree char *shown = display_text(span_of(text), &flags);
    assert_string_equal(shown, wanted);
    assert_int_equal(flags, wanted_flags);
}

static void unfolds_only_folds(void **state) {
    (void)state;
    g_autoptr(GString) text = header_unfold(SPAN_LIT(" a\r\n b\n\tc\r\r\n d\re\r\nf\n"));
    assert_string_equal(text->str, " a b\tc\r d\re\r\nf\n");
    g_autoptr(GString) empty = header_unfold(SPAN_NULL);
    assert_int_equal(empty->len, 0);
}

static void plain_text_stays(void **state) {
    (void)state;
    check("", "", 0);
    check("  Hello,  world ", "Hello,  world", 0);
    check(" Hello,\r\n world\r\n", "Hello, world", 0);
    check("a\tb", "a b", 0);
    check("=? =?= ?= =?a?c? =?utf-8?X?y?=", "=? =?= ?= =?a?c? =?utf-8?X?y?=", 0);
    check("=?utf-8?q?never ends", "=?utf-8?q?never ends", 0);
}

/* RFC 2047 §8 and its neighbourhood. */
static void encoded_words(void **state) {
    (void)state;
    check("=?ISO-8859-1?Q?a?=", "a", 0);
    check("=?ISO-8859-1?Q?a?= b", "a b", 0);
    check("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab", 0);
    check("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab", 0);
    check("=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab", 0);
    check("=?ISO-8859-1?Q?a_b?=", "a b", 0);
    check("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b", 0);
    check("=?iso-8859-1?q?Andr=E9?= =?utf-8?b?44GC?=", "Andréあ", 0);
    check("a =?utf-8?q?=c3=a4?=  x  =?utf-8?q?=c3=a4?= b", "a ä  x  ä b", 0);
    check("=?utf-8*en?q?a?=", "a", 0);
    check("x=?utf-8?q?a?=y", "xay", 0);
    check("=?utf-8?q?a?==?utf-8?q?b?=", "ab", 0);
    check("(=?utf-8?q?a?=)", "(a)", 0);
    check("=?utf-8?q?John Doe?=", "John Doe", 0);
    check("=?utf-8?b?w6Qgw6Q=?=", "ä ä", 0);
    check("=?utf-8?b?YQ==Yg==?=", "ab", 0); /* encoded piecewise */
    check("=?utf-8?q?=E6=97?= =?utf-8?q?=A5?=", "日", 0);
    check("=?UTF-8?B?5pel?= =?utf-8?Q?=E6=9C=AC?=", "日本", 0);
}

static void damaged_words(void **state) {
    (void)state;
    check("=?utf-8?q?a=ZZ=?=", "a=ZZ=", TEXT_BAD_WORD);
    check("=?utf-8?b?YW!I?=", "ab", TEXT_BAD_WORD);
    check("=?utf-8?b?Y?=", "", TEXT_BAD_WORD);
    check("=?utf-8?b?////?=", "\ufffd\ufffd\ufffd", TEXT_BAD_OCTETS);
    check("=?us-ascii?q?a=E9?=", "a\ufffd", TEXT_BAD_OCTETS);
    check("=?utf-8?q?=ED=A0=80?=", "\ufffd\ufffd\ufffd", TEXT_BAD_OCTETS); /* surrogate */
    check("=?utf-8?q?=C0=AF?=", "\ufffd\ufffd", TEXT_BAD_OCTETS);          /* overlong */
    check("=?x-nobody?q?a?= b", "\ufffd b", TEXT_BAD_CHARSET);
    check("=?utf-7?q?+ADw-?=", "\ufffd", TEXT_BAD_CHARSET);
    check("=?unicode-1-1-utf-7?q?+ADw-?=", "\ufffd", TEXT_BAD_CHARSET);
    check("=?utf-8//translit?q?a?=", "=?utf-8//translit?q?a?=", 0); /* no token */
}

static void japanese(void **state) {
    (void)state;
    check("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本", 0);
    check("=?iso-2022-jp?B?GyRCLSEbKEI=?=", "①", 0);  /* NEC row 13 */
    check("=?iso-2022-jp?B?GyhJMTIbKEI=?=", "ｱｲ", 0); /* JIS X 0201 */
    check("=?shift_jis?B?k/qWew==?=", "日本", 0);
    check("=?shift_jis?B?h0A=?=", "①", 0);
    check("=?euc-jp?B?xvzL3A==?=", "日本", 0);
    check("=?iso-2022-jp?B?GyRC?=", "", 0);
    check("\x1b$BF|K\\\x1b(B x", "日本 x", TEXT_RAW_JIS | TEXT_GUESSED);
    check("\x93\xfa\x96\x7b", "日本", TEXT_8BIT | TEXT_GUESSED);
    check("\xc6\xfc\xcb\xdc", "日本", TEXT_8BIT | TEXT_GUESSED);
    check("日本", "日本", TEXT_8BIT);
    check("J\xfcrg", "J\ufffdrg", TEXT_8BIT | TEXT_BAD_OCTETS);
}

static void controls_become_visible(void **state) {
    (void)state;
    check_span(SPAN_LIT("a\0b"), "a\ufffdb", TEXT_CONTROL);
    check("=?utf-8?q?a=00b?=", "a\ufffdb", TEXT_CONTROL);
    check("=?utf-8?q?a=0D=0AX:_b?=", "a\ufffd\ufffdX: b", TEXT_CONTROL);
    check("a\rb", "a\ufffdb", TEXT_CONTROL);
    check("a\x1b[31m", "a\ufffd[31m", TEXT_CONTROL);
    check("a\x7f\x0b\x0c", "a\ufffd\ufffd\ufffd", TEXT_CONTROL);
    check("=?utf-8?q?=C2=85=E2=80=A8?=", "\ufffd\ufffd", TEXT_CONTROL);
}

static void long_text_is_cut(void **state) {
    (void)state;
    g_autoptr(GString) value = g_string_new(NULL);
    while (value->len < 2 * LIMIT_TEXT)
        g_string_append(value, "あ");
    uint32_t flags = 0;
    g_autofree char *raw = header_decode(span_make(value->str, value->len), &flags);
    assert_int_equal(flags, TEXT_8BIT | TEXT_CUT);
    assert_true(strlen(raw) <= LIMIT_TEXT && strlen(raw) > LIMIT_TEXT - 8);
    assert_true(g_utf8_validate(raw, -1, NULL));
    g_string_assign(value, "");
    while (value->len < 4 * LIMIT_TEXT)
        g_string_append(value, "=?utf-8?q?=00=00=00?= ");
    flags = 0;
    g_autofree char *words = header_decode(span_make(value->str, value->len), &flags);
    assert_int_equal(flags, TEXT_CONTROL | TEXT_CUT);
    assert_true(strlen(words) <= LIMIT_TEXT);
    g_string_assign(value, "=?utf-8?b?");
    while (value->len < LIMIT_FIELD_SIZE - 2)
        g_string_append(value, "YWFh");
    g_string_truncate(value, LIMIT_FIELD_SIZE - 2);
    g_string_append(value, "?=");
    flags = 0;
    g_autofree char *one = header_decode(span_make(value->str, value->len), &flags);
    assert_int_equal(flags & TEXT_CUT, TEXT_CUT);
    assert_true(strlen(one) <= LIMIT_TEXT);
}

/* Text that makes a careless reader look for the end of a word again and again. */
static void hostile_repetition_is_read_once(void **state) {
    (void)state;
    static const char *const units[] = {"=?a?q?x", "=?",     "=?a?q?", "=",
                                        "?=",      "\x1b$B", "\x1b",   "=?utf-8?q?a?="};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autoptr(GString) value = g_string_new(NULL);
        while (value->len < LIMIT_FIELD_SIZE)
            g_string_append(value, units[i]);
        g_autofree char *text = header_decode(span_make(value->str, value->len), NULL);
        assert_true(strlen(text) <= LIMIT_TEXT);
        assert_true(g_utf8_validate(text, -1, NULL));
    }
}

static void finds_encoded_words(void **state) {
    (void)state;
    assert_true(header_has_encoded_word(SPAN_LIT("x=?utf-8?q?a?=y")));
    assert_true(header_has_encoded_word(SPAN_LIT("=?a?=?utf-8?B?"
                                                 "?=")));
    assert_false(header_has_encoded_word(SPAN_LIT("=?utf-8?q?a")));
    assert_false(header_has_encoded_word(SPAN_LIT("=?utf-8?x?a?=")));
    assert_false(header_has_encoded_word(SPAN_LIT("")));
    assert_int_equal(encoded_word_end(SPAN_LIT("a?=b?=c")), 6);
    assert_int_equal(encoded_word_end(SPAN_LIT("=?")), 0);
}

static void charsets_are_a_closed_list(void **state) {
    (void)state;
    static const char *const refused[] = {
        "",        "utf-7",     "UTF-7-IMAP", "utf-8//ignore", "char", "iso-2022-cn-ext",
        "../../x", "ebcdic-us", "utf-8 x"};
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GString) text = g_string_new("kept");
        assert_int_equal(charset_append(text, SPAN_LIT("a"), span_of(refused[i])), CHARSET_UNKNOWN);
        assert_string_equal(text->str, "kept");
    }
    static const struct {
        const char *name, *octets, *wanted;
    } known[] = {
        {"Windows-1252", "\x80", "€"},
        {"iso-8859-1", "\x93", "“"},
        {"ISO-8859-15", "\xa4", "€"},
        {"koi8-r", "\xc1", "а"},
        {"windows-1251", "\xe0", "а"},
        {"gb2312", "\xb2\xe2", "测"},
        {"gbk", "\x81\x40", "丂"},
        {"big5", "\xa4\xa4", "中"},
        {"ks_c_5601-1987", "\xb0\xa1", "가"},
        {"tis-620", "\xa1", "ก"},
        {"windows-1255", "\xe0\xc8", "\ufb2f"},
        {"windows-1258", "a\xec", "\u00e1"},
        {"iso-8859-8-i", "\xe0", "א"},
        {"utf-16be", "0B", "あ"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        assert_int_equal(charset_append(text, span_of(known[i].octets), span_of(known[i].name)),
                         CHARSET_CLEAN);
        assert_string_equal(text->str, known[i].wanted);
    }
}

static void guesses_only_what_is_sure(void **state) {
    (void)state;
    assert_string_equal(charset_guess(SPAN_LIT("abc")), "utf-8");
    assert_string_equal(charset_guess(SPAN_LIT("山")), "utf-8");
    assert_string_equal(charset_guess(SPAN_LIT("\x1b$B;3\x1b(B")), "iso-2022-jp");
    assert_string_equal(charset_guess(SPAN_LIT("\x8e\x52\x93\x63")), "shift_jis");
    assert_string_equal(charset_guess(SPAN_LIT("\xbb\xb3\xc5\xc4")), "euc-jp");
    assert_null(charset_guess(SPAN_LIT("caf\xe9")));
    assert_null(charset_guess(SPAN_LIT("Andr\xe9 Dupont")));
    assert_null(charset_guess(SPAN_LIT("\xff")));
    assert_int_equal(charset_jis_run(SPAN_LIT("\x1b$B;3\x1b(Bx")), 8);
    assert_int_equal(charset_jis_run(SPAN_LIT("\x1b$B;3")), 5);
    assert_int_equal(charset_jis_run(SPAN_LIT("\x1b(Bx")), 3);
    assert_int_equal(charset_jis_run(SPAN_LIT("\x1b[2J")), 0);
    assert_int_equal(charset_jis_run(SPAN_LIT("x")), 0);
}

static void display_takes_away_what_deceives(void **state) {
    (void)state;
    check_shown("\u202emoc.doog\u202c", "moc.doog", TEXT_BIDI);
    check_shown("\u2066a\u2069", "a", TEXT_BIDI);
    check_shown("a\u200bb\u00adc\u2800d\u3164e\ufefff\u2060g\U000e0041h", "abcdefgh",
                TEXT_INVISIBLE);
    check_shown("a\u200eb", "ab", TEXT_INVISIBLE);
    check_shown("\u2713\u2714\ufe0f\u2705\U0001f512\U0001f6e1\ufe0f\u329e Bank", "Bank", TEXT_MARK);
    check_shown("A\u20dd", "A", TEXT_MARK);
    check_shown("\u233e\u2609\u26bf\u2a00\u2b57\U0001f518 Bank", "Bank", TEXT_MARK);
    check_shown("a\xc2\x85"
                "b\u2028c\x1b",
                "a\ufffdb\ufffdc\ufffd", TEXT_CONTROL);
    check_shown("a\xff", "a\ufffd", TEXT_BAD_OCTETS);
    uint32_t flags = 0;
    g_autofree char *nul = display_text(SPAN_LIT("a\0b"), &flags);
    assert_string_equal(nul, "a\ufffdb");
    assert_int_equal(flags, TEXT_CONTROL);
}

static void display_collapses_white_space(void **state) {
    (void)state;
    check_shown("  a \t  b\u00a0\u2003 c  ", "a b c", 0);
    check_shown("山田\u3000太郎", "山田\u3000太郎", 0);
    check_shown("山田\u3000\u3000太郎", "山田 太郎", 0);
    check_shown("a \u200b b", "a b", TEXT_INVISIBLE);
    check_shown("", "", 0);
    check_shown("\u200b", "", TEXT_INVISIBLE);
}

/* Loud on fewer than 2 % of ordinary mail: what scripts and emoji need is no trick. */
static void display_keeps_what_scripts_need(void **state) {
    (void)state;
    static const char *const kept[] = {
        "\u2764\ufe0f x",                                   /* red heart */
        "\U0001f469\u200d\U0001f4bb",                       /* woman, joiner, computer */
        "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468",     /* couple */
        "\U0001f3f3\ufe0f\u200d\U0001f308",                 /* rainbow flag */
        "1\ufe0f\u20e3",                                    /* keycap */
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", /* Persian */
        "\u0915\u094d\u200d\u0937",                         /* Devanagari */
        "\u845b\U000e0100\u57ce",                           /* ideographic variant */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
        check_shown(kept[i], kept[i], 0);
    check_shown("\u05e9\u05dc\u05d5\u05dd\u200f!", "\u05e9\u05dc\u05d5\u05dd!", 0);
    check_shown("\ufeffHello", "Hello", 0);
    check_shown("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4", 0);
    check_shown("\U0001f600\u200d\u200d\u200d", "\U0001f600", TEXT_INVISIBLE);
    check_shown("a\u200cb", "ab", TEXT_INVISIBLE);
    check_shown("\u2764\ufe0f\ufe0f", "\u2764\ufe0f", TEXT_INVISIBLE);
}

static void text_is_decoded_then_displayed(void **state) {
    (void)state;
    uint32_t flags = 0;
    g_autofree char *text =
        header_text(SPAN_LIT(" =?utf-8?B?4pyF?= =?utf-8?Q?_Verified?=\r\n  by  us "), &flags);
    assert_string_equal(text, "Verified by us");
    assert_int_equal(flags, TEXT_MARK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unfolds_only_folds),
        cmocka_unit_test(plain_text_stays),
        cmocka_unit_test(encoded_words),
        cmocka_unit_test(damaged_words),
        cmocka_unit_test(japanese),
        cmocka_unit_test(controls_become_visible),
        cmocka_unit_test(long_text_is_cut),
        cmocka_unit_test(hostile_repetition_is_read_once),
        cmocka_unit_test(finds_encoded_words),
        cmocka_unit_test(charsets_are_a_closed_list),
        cmocka_unit_test(guesses_only_what_is_sure),
        cmocka_unit_test(display_takes_away_what_deceives),
        cmocka_unit_test(display_collapses_white_space),
        cmocka_unit_test(display_keeps_what_scripts_need),
        cmocka_unit_test(text_is_decoded_then_displayed),
    };
    return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * repute/: what passes for a known domain or name, and what does not (attacks A22, A26). */
#include "base/limits.h"
#include "mail/domain.h"
#include "repute/confusable.h"
#include "repute/lookalike.h"
#include "repute/lure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static struct confusables *confusables;
static struct lookalikes *known;

static int start(void **state) {
    (void)state;
    confusables = confusables_new();
    known = lookalikes_new(confusables);
    static const char *const domains[] = {
        "paypal.com",   "microsoft.com", "apple.*",       "apple.com",
        "dhl.com",      "wikipedia.org", "rakuten.co.jp", "example-bank.example",
        "apfelkern.de", "google.*"};
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++)
        assert_true(lookalikes_add_domain(known, domains[i], false));
    assert_true(lookalikes_add_domain(known, "office.com", true));
    assert_true(lookalikes_add_name(known, "PayPal", "paypal.com"));
    assert_true(lookalikes_add_name(known, "Google", "google.*"));
    assert_true(lookalikes_add_name(known, "DHL", "dhl.com"));
    assert_true(lookalikes_add_name(known, "Example Bank", "example-bank.example"));
    assert_true(lookalikes_add_name(known, "楽天", "rakuten.co.jp"));
    return 0;
}

static int stop(void **state) {
    (void)state;
    lookalikes_free(known);
    confusables_free(confusables);
    return 0;
}

static void assert_alike(const char *written, const char *registrable, const char *expected,
                         enum lookalike_trick expected_trick) {
    g_autofree char *domain = domain_parse(span_of(written), 0, NULL);
    g_autofree char *base = registrable ? domain_parse(span_of(registrable), 0, NULL) : NULL;
    assert_non_null(domain);
    enum lookalike_trick trick;
    const char *found = lookalikes_find_domain(known, domain, base, &trick);
    if (g_strcmp0(found, expected) || trick != expected_trick)
        print_error("%s: %s by trick %d\n", written, found ? found : "nothing", (int)trick);
    assert_int_equal(trick, expected_trick);
    assert_int_equal(g_strcmp0(found, expected), 0);
}

static void assert_plain(const char *written, const char *registrable) {
    assert_alike(written, registrable, NULL, LOOKALIKE_NONE);
}

static void a_known_domain_is_not_like_itself(void **state) {
    (void)state;
    assert_plain("paypal.com", "paypal.com");
    assert_plain("mail.paypal.com", "paypal.com");
    assert_plain("e.rakuten.co.jp", "rakuten.co.jp");
    assert_plain("google.co.uk", "google.co.uk");
    assert_plain("accounts.google.de", "google.de");
    assert_true(lookalikes_knows(known, "mail.paypal.com"));
    assert_false(lookalikes_knows(known, "notpaypal.com"));
}

static void a22_letters_of_another_alphabet(void **state) {
    (void)state;
    assert_alike("p\u0430ypal.com", NULL, "paypal.com", LOOKALIKE_CHARACTERS);
    assert_alike("mail.p\u0430yp\u0430l.example", "p\u0430yp\u0430l.example", "paypal.com",
                 LOOKALIKE_CHARACTERS);
    assert_alike("\u0430\u0440\u0440\u04cf\u0435.com", NULL, "apple", LOOKALIKE_CHARACTERS);
    assert_alike("w\u0456kipedia.org", NULL, "wikipedia.org", LOOKALIKE_CHARACTERS);
}

static void a26_letters_that_look_like_others(void **state) {
    (void)state;
    static const char *const alike[][2] = {
        {"rnicrosoft.com", "microsoft.com"},
        {"micr0soft.com", "microsoft.com"},
        {"rnicr0s0ft.example", "microsoft.com"},
        {"paypa1.com", "paypal.com"},
        {"paypai.com", "paypal.com"},
        {"pay-pal.com", "paypal.com"},
        {"p4yp4l.com", "paypal.com"},
        {"vvikipedia.org", "wikipedia.org"},
        {"examp1e-bank.example", "example-bank.example"},
        {"dh1.com", "dhl.com"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(alike); i++)
        assert_alike(alike[i][0], NULL, alike[i][1], LOOKALIKE_CHARACTERS);
}

static void a26_words_that_are_added(void **state) {
    (void)state;
    static const char *const alike[][2] = {
        {"paypal-login.example", "paypal.com"},      {"secure-paypal.example", "paypal.com"},
        {"my-paypal-account.example", "paypal.com"}, {"securepaypal.example", "paypal.com"},
        {"paypallogin.example", "paypal.com"},       {"paypa1-support.example", "paypal.com"},
        {"dhl-delivery.example", "dhl.com"},         {"rnicrosoft-update.com", "microsoft.com"},
        {"rakuten-card.example", "rakuten.co.jp"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(alike); i++)
        assert_alike(alike[i][0], NULL, alike[i][1], LOOKALIKE_WORD);
}

static void a26_another_suffix(void **state) {
    (void)state;
    assert_alike("paypal.example", NULL, "paypal.com", LOOKALIKE_SUFFIX);
    assert_alike("shop.rakuten.example", "rakuten.example", "rakuten.co.jp", LOOKALIKE_SUFFIX);
    assert_plain("dhl.example", NULL); /* three letters are many companies' */
}

static void a26_a_known_domain_within_another(void **state) {
    (void)state;
    assert_alike("paypal.com.example.net", "example.net", "paypal.com", LOOKALIKE_WITHIN);
    assert_alike("www.paypal.com.a.example.net", "example.net", "paypal.com", LOOKALIKE_WITHIN);
    assert_alike("rakuten.co.jp.example", "jp.example", "rakuten.co.jp", LOOKALIKE_WITHIN);
    assert_alike("paypal-com.example", NULL, "paypal.com", LOOKALIKE_WITHIN);
}

/* A word is everybody's; its misspelling is not. */
static void a_word_is_only_resembled_by_its_letters(void **state) {
    (void)state;
    assert_plain("office.example", NULL);
    assert_plain("office-supplies.example", NULL);
    assert_plain("office-login.example", NULL);
    assert_plain("myoffice.example", NULL);
    assert_alike("0ffice.example", NULL, "office.com", LOOKALIKE_CHARACTERS);
    assert_alike("office.com.example", "com.example", "office.com", LOOKALIKE_WITHIN);
}

/* What honest domains look like. */
static void ordinary_domains_resemble_nothing(void **state) {
    (void)state;
    static const char *const ordinary[] = {"example.org",
                                           "mail.example.org",
                                           "paypal.esp.example",
                                           "palpay.example",
                                           "paypalace.example",
                                           "mypal.example",
                                           "snapple.example",
                                           "pineapple.com",
                                           "applebees.com",
                                           "deliveryhero.com",
                                           "login.example",
                                           "secure-mail.example",
                                           "my-account.example",
                                           "micro-soft-drinks.example",
                                           "xn--80ak6aa.com",
                                           "m\u00fcller.example",
                                           "\u65e5\u672c.example",
                                           "a.example",
                                           "example-bank-of-things.example",
                                           "apfel.de",
                                           "apfelkerne.de",
                                           "dh.example",
                                           "1.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(ordinary); i++)
        assert_plain(ordinary[i], NULL);
}

static void assert_name(const char *name, const char *domain, const char *expected) {
    const char *found = lookalikes_find_name(known, name, domain);
    if (g_strcmp0(found, expected))
        print_error("%s <%s>: %s\n", name, domain, found ? found : "nothing");
    assert_int_equal(g_strcmp0(found, expected), 0);
}

static void a_known_name_with_another_domain(void **state) {
    (void)state;
    static const char *const names[] = {"PayPal",       "paypal",
                                        "PAYPAL",       "PayPal Support",
                                        "PayPal, Inc.", "Pay Pal",
                                        "PayPa1",       "PayPaI",
                                        "\u0420ayPal",  "PayPal \u2014 Service Team",
                                        "[PayPal]",     "The PayPal Security Center"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_name(names[i], "example.org", "PayPal");
        assert_name(names[i], "paypal.com", NULL);
        assert_name(names[i], "mail.paypal.com", NULL);
        assert_name(names[i], "notpaypal.com", "PayPal");
    }
    assert_name("Google", "mail.google.co.jp", NULL);
    assert_name("Google", "example.org", "Google");
    assert_name("\u697d\u5929", "example.org", "\u697d\u5929");
    assert_name("\u697d\u5929\u30ab\u30fc\u30c9", "example.org", "\u697d\u5929");
    assert_name("\u697d\u5929 \u4e8b\u52d9\u5c40", "rakuten.co.jp", NULL);
}

static void ordinary_names_are_nobody_elses(void **state) {
    (void)state;
    static const char *const names[] = {"Alice",
                                        "Alice at PayPal",
                                        "Paypalooza",
                                        "Support Team",
                                        "",
                                        "   ",
                                        "...",
                                        "Bank",
                                        "Example Banking School",
                                        "Pal Pay",
                                        "\u697d\u5929\u7684\u306a\u4eba"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_name(names[i], "example.org", NULL);
}

static void one_word_of_two_alphabets(void **state) {
    (void)state;
    static const char *const mixed[] = {"\u0420aypal", "Support of Gооgle", "\u0391mazon",
                                        "p\u0430yp\u0430l-x"};
    static const char *const honest[] = {"Paypal",
                                         "\u042f\u043d\u0434\u0435\u043a\u0441 Mail",
                                         "M\u00fcller",
                                         "Wi-Fi \u0434\u043e\u043c",
                                         "\u65e5\u672cPayPal",
                                         "\u03b1-Tocopherol",
                                         ""};
    for (size_t i = 0; i < G_N_ELEMENTS(mixed); i++)
        assert_true(confusable_is_mixed(confusables, mixed[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(honest); i++)
        assert_false(confusable_is_mixed(confusables, honest[i]));
    assert_true(confusable_domain_is_mixed(confusables, "xn--pypal-4ve.example"));
    assert_false(confusable_domain_is_mixed(confusables, "xn--mller-kva.example"));
    assert_false(confusable_domain_is_mixed(confusables, "xn--80ak6aa92e.com")); /* one alphabet */
}

/* ASCII is folded without ICU: with it, the result must be the same. A character that ICU is asked
 * about stands beside each. */
static void the_short_way_folds_as_the_long_one(void **state) {
    (void)state;
    for (char c = '!'; c < 0x7f; c++) {
        if (!g_ascii_isalnum(c) && c != '-')
            continue;
        const char ascii[] = {c, 'z', '\0'};
        g_autofree char *far = g_strconcat(ascii, "\u65e5", NULL);
        g_autofree char *short_way = confusable_fold(confusables, ascii);
        g_autofree char *long_way = confusable_fold(confusables, far);
        assert_true(g_str_has_prefix(long_way, short_way));
        assert_int_equal(strlen(long_way), strlen(short_way) + strlen("\u65e5"));
    }
}

static void long_text_is_cut(void **state) {
    (void)state;
    g_autofree char *many = g_strnfill(100000, 'z');
    g_autofree char *fold = confusable_fold(confusables, many);
    assert_int_equal(strlen(fold), LIMIT_LOOKALIKE_TEXT);
    g_autoptr(GString) wide = g_string_new(NULL);
    for (int i = 0; i < 10000; i++)
        g_string_append(wide, "\u0430");
    g_autofree char *folded = confusable_fold(confusables, wide->str);
    assert_int_equal(strlen(folded), LIMIT_LOOKALIKE_TEXT / 2);
    assert_null(lookalikes_find_name(known, many, "example.org"));
    enum lookalike_trick trick;
    g_autofree char *domain = g_strconcat(many, ".example", NULL);
    assert_null(lookalikes_find_domain(known, domain, NULL, &trick));
}

static void what_is_no_domain_or_name_is_not_taken(void **state) {
    (void)state;
    OWNED(lookalikes) list = lookalikes_new(confusables);
    assert_false(lookalikes_add_domain(list, "com", false));
    assert_false(lookalikes_add_domain(list, "", false));
    assert_false(lookalikes_add_domain(list, "ab.example", false));
    assert_false(lookalikes_add_name(list, "Support", "example.org"));
    assert_false(lookalikes_add_name(list, "!", "example.org"));
    enum lookalike_trick trick = LOOKALIKE_WORD;
    assert_null(lookalikes_find_domain(list, "example.org", NULL, &trick));
    assert_int_equal(trick, LOOKALIKE_NONE);
    assert_null(lookalikes_find_domain(list, "localhost", NULL, &trick));
}

static void lures_are_whole_words(void **state) {
    (void)state;
    assert_true(lure_is_word("login", 5));
    assert_true(lure_is_word("loginx", 5));
    assert_false(lure_is_word("logi", 4));
    assert_false(lure_is_word("login", 0));
    assert_true(lure_is_word("ab", 2));
    assert_true(lure_is_word("www", 3));
    assert_false(lure_is_word("zzz", 3));
    assert_true(lure_is_word("\u9280\u884c", 6));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_domain_is_not_like_itself),
        cmocka_unit_test(a22_letters_of_another_alphabet),
        cmocka_unit_test(a26_letters_that_look_like_others),
        cmocka_unit_test(a26_words_that_are_added),
        cmocka_unit_test(a26_another_suffix),
        cmocka_unit_test(a26_a_known_domain_within_another),
        cmocka_unit_test(a_word_is_only_resembled_by_its_letters),
        cmocka_unit_test(ordinary_domains_resemble_nothing),
        cmocka_unit_test(a_known_name_with_another_domain),
        cmocka_unit_test(ordinary_names_are_nobody_elses),
        cmocka_unit_test(one_word_of_two_alphabets),
        cmocka_unit_test(the_short_way_folds_as_the_long_one),
        cmocka_unit_test(long_text_is_cut),
        cmocka_unit_test(what_is_no_domain_or_name_is_not_taken),
        cmocka_unit_test(lures_are_whole_words),
    };
    return cmocka_run_group_tests(tests, start, stop);
}

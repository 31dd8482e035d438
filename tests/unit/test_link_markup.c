/* SPDX-License-Identifier: MIT
 *
 * mail/link_markup: which texts name a host, and which links are read of HTML as mail has it. */
#include "mail/link_markup.h"

#include "base/limits.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void texts_that_name_a_host(void **state) {
    (void)state;
    static const struct {
        const char *text, *host;
    } cases[] = {
        {"https://www.bank.example/login", "www.bank.example"},
        {"HTTP://Bank.EXAMPLE", "bank.example"},
        {"www.bank.example", "www.bank.example"},
        {" \n bank.example/x?y#z ", "bank.example"},
        {"bank.example:443", "bank.example"},
        {"https://bank.example@evil.example/", "evil.example"}, /* as a browser reads it */
        {"bücher.example", "xn--bcher-kva.example"},
        {"Click here", NULL},
        {"see bank.example", NULL},
        {"bank", NULL},
        {"ceo@bank.example", NULL},
        {"notes.md", NULL},
        {"setup.py", NULL},
        {"2.0", NULL},
        {"192.0.2.1", NULL},
        {"https://192.0.2.1/", NULL},
        {"https://no_host.example/", NULL},
        {"", NULL},
        {"...", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *host = link_markup_host(span_of(cases[i].text));
        if (g_strcmp0(host, cases[i].host) != 0)
            fail_msg("\"%s\": %s", cases[i].text, host);
    }
}

static void note(const char *shown, const char *target, void *data) {
    g_string_append_printf(data, "%s>%s ", shown, target);
}

static void assert_links(const char *html, const char *expected) {
    GString *seen = g_string_new(NULL);
    link_markup_each(html, note, seen);
    assert_string_equal(seen->str, expected);
    g_string_free(seen, TRUE);
}

/* attacks K206 */
static void links_and_what_they_say(void **state) {
    (void)state;
    assert_links("<a href=\"https://evil.example/\">www.bank.example</a>",
                 "www.bank.example>evil.example ");
    assert_links("<A\nclass=x HREF='https://evil.example/?a=1&amp;b=2'\n><b>bank.</b>example</A>",
                 "bank.example>evil.example ");
    assert_links("<a href=https://evil.example>https://bank.example/</a >",
                 "bank.example>evil.example ");
    assert_links("<a href=\"&#104;ttps://evil.example\">bank.example</a>",
                 "bank.example>evil.example ");
    assert_links("<a href=https://one.example>bank.example<a href=https://two.example>"
                 "shop.example</a>",
                 "bank.example>one.example shop.example>two.example ");
    assert_links("<a href=https://evil.example>Your bank</a>", "");
    assert_links("<a name=x>bank.example</a>", "");
    assert_links("<a href=mailto:x@evil.example>bank.example</a>", "");
    assert_links("<a href=javascript:x>bank.example</a>", "");
    assert_links("<abbr href=https://evil.example>bank.example</abbr>", "");
    assert_links("<a href=https://evil.example><img alt=bank.example></a>", "");
    assert_links("<a href=https://evil.example", "");
    assert_links("<a", "");
    assert_links("<", "");
    assert_links("<a href=\"https://evil.example>bank.example</a>", "");
}

/* Wherever it stands among others, and however it is written. */
static void asked_before_decoding(void **state) {
    (void)state;
    static const char *const yes[] = {"<a",
                                      "<A href",
                                      "<=61",
                                      "<=\r\na",
                                      "=3Ca",
                                      "=3c=61",
                                      "<\x1b(Ba",
                                      ("<\xef\xbb\xbf"
                                       "a"),
                                      "<~\na",
                                      "<\r\na",
                                      "<"};
    static const char *const no[] = {"<b", "</a>", "a<b", "=3D", "=3", "< a", "<!a", "<<", ""};
    for (guint before = 0; before < 150; before++) {
        for (guint after = 0; after < 150; after += 13) {
            g_autofree char *head = g_strnfill(before, 'x'), *tail = g_strnfill(after, 'y');
            for (guint i = 0; i < G_N_ELEMENTS(yes); i++) {
                g_autofree char *text =
                    g_strconcat(head, yes[i], strcmp(yes[i], "<") ? tail : "", NULL);
                assert_true(link_markup_possible(span_of(text), true));
                bool bare = !strstr(yes[i], "=3");
                assert_int_equal(link_markup_possible(span_of(text), false), bare);
            }
            for (guint i = 0; i < G_N_ELEMENTS(no); i++) {
                g_autofree char *text = g_strconcat(head, no[i], " ", tail, NULL);
                assert_false(link_markup_possible(span_of(text), true));
                assert_false(link_markup_possible(span_of(text), false));
            }
        }
    }
}

static void so_many_are_read(void **state) {
    (void)state;
    GString *html = g_string_new(NULL), *seen = g_string_new(NULL);
    for (guint i = 0; i < LIMIT_LINKS + 10; i++)
        g_string_append(html, "<a href=https://e.example>a.example</a>");
    link_markup_each(html->str, note, seen);
    assert_int_equal(seen->len, LIMIT_LINKS * strlen("a.example>e.example "));
    g_string_free(html, TRUE);
    g_string_free(seen, TRUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_name_a_host),
        cmocka_unit_test(links_and_what_they_say),
        cmocka_unit_test(asked_before_decoding),
        cmocka_unit_test(so_many_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

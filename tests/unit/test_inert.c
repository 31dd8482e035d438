/* SPDX-License-Identifier: MIT
 *
 * mail/link: URLs as a browser reads them, links in running text (attacks H171, I184, K206, N250).
 * mail/inert: text mail as a document (RFC 3676). */
#include "mail/inert.h"

#include "base/limits.h"
#include "mail/link.h"
#include "tests/unit/inert_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void assert_link(const char *written, const char *url, const char *host) {
    OWNED(link) link = link_parse(span_of(written));
    if (!url) {
        assert_null(link);
        return;
    }
    assert_non_null(link);
    assert_string_equal(link->url, url);
    assert_string_equal(link->host, host);
    OWNED(link) again = link_parse(span_of(link->url));
    assert_string_equal(again->url, link->url);
}

/* attacks K206 */
static void urls_are_read_as_a_browser_reads_them(void **state) {
    (void)state;
    assert_link("http://good.example", "http://good.example/", "good.example");
    assert_link(" HTTPS://Good.Example:8443/A?b#c ", "https://good.example:8443/A?b#c",
                "good.example");
    assert_link("http:\\\\evil.example\\good.example", "http://evil.example/good.example",
                "evil.example");
    assert_link("https:evil.example", "https://evil.example/", "evil.example");
    assert_link("https:///evil.example", "https://evil.example/", "evil.example");
    assert_link("http://good.example@evil.example/", "http://evil.example/", "evil.example");
    assert_link("http://good.example:x@y@evil.example", "http://evil.example/", "evil.example");
    assert_link("http://good.example\\@evil.example", "http://good.example/@evil.example",
                "good.example");
    assert_link("ht\ntp://e\tvil.example", "http://evil.example/", "evil.example");
    assert_link("http://%65vil.example/", "http://evil.example/", "evil.example");
    assert_link("http://b\xC3\xBC"
                "cher.example/\xC3\xBC",
                "http://xn--bcher-kva.example/%C3%BC", "xn--bcher-kva.example");
    assert_link("http://evil.example/a b\"<>", "http://evil.example/a%20b%22%3C%3E",
                "evil.example");
    assert_link("http://192.0.2.1/x", "http://192.0.2.1/x", "192.0.2.1");
    assert_link("http://[2001:DB8::1]:80/", "http://[2001:db8::1]:80/", "2001:db8::1");
    assert_link("http://evil.example?x=http://good.example",
                "http://evil.example/?x=http://good.example", "evil.example");
}

static void what_two_readers_may_read_differently_is_no_link(void **state) {
    (void)state;
    static const char *const none[] = {"",
                                       "/relative",
                                       "//evil.example/",
                                       "javascript:alert(1)",
                                       "data:text/html,x",
                                       "file:///etc/passwd",
                                       "http://",
                                       "http:///",
                                       "http://0x7f.1/",
                                       "http://2130706433/",
                                       "http://127.1/",
                                       "http://0177.0.0.1/",
                                       "http://evil.example%00good.example/",
                                       "http://evil.example\xE3\x80\x82good/",
                                       "http://evil .example/",
                                       "http://evil.example:http/",
                                       "http://evil.example:999999/",
                                       "http://a..b/",
                                       "http://[::1/",
                                       "mailto:",
                                       "mailto:nobody",
                                       "mailto:a@"};
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        assert_link(none[i], NULL, NULL);
}

/* attacks H171 */
static void mailto_keeps_what_is_harmless(void **state) {
    (void)state;
    assert_link("mailto:a@b.example?subject=s&attach=/etc/passwd&Body=b&bcc=x@y&cc=c@d.example&"
                "In-Reply-To=z",
                "mailto:a@b.example?subject=s&Body=b&cc=c@d.example", "b.example");
    assert_link("MAILTO:a%40b.example", "mailto:a%40b.example", "b.example");
    assert_link("mailto:a@b.example,c@d.example", "mailto:a@b.example,c@d.example", "b.example");
}

/* "[range] " for each link. */
static void assert_found(const char *text, const char *expected) {
    g_autoptr(GString) found = g_string_new(NULL);
    size_t at = 0;
    struct span range;
    struct link *link;
    while ((link = link_find(span_of(text), &at, &range))) {
        g_string_append_printf(found, "[%.*s]", (int)range.n, range.p);
        link_free(link);
    }
    assert_string_equal(found->str, expected);
}

static void links_in_text_are_ranges(void **state) {
    (void)state;
    assert_found("see https://a.example/x, or (http://b.example/y).",
                 "[https://a.example/x][http://b.example/y]");
    assert_found("http://a.example/wiki/X_(y)) and http://a.example/(",
                 "[http://a.example/wiki/X_(y)][http://a.example/(]");
    assert_found("<http://a.example/x> \"http://b.example\"",
                 "[http://a.example/x][http://b.example]");
    assert_found("詳細はhttps://a.example/あをご覧", "[https://a.example/]");
    assert_found("mail a.b+c@d.example. or <x@y.example>", "[a.b+c@d.example][x@y.example]");
    assert_found("https://a.example/@user x@y", "[https://a.example/@user]");
    assert_found("xhttp://a.example ahttps://b.example javascript://x.example", "");
    assert_found("http:// https://. http://-- a@ @b.example @@ a@@b.example", "");
    assert_found("https://a.example/?q=a@b.example", "[https://a.example/?q=a@b.example]");
}

static void finding_links_is_linear(void **state) {
    (void)state;
    static const char *const units[] = {"a@a.",     "http://", "http://x", "@",
                                        "http://[", "a@",      "://"};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < 1u << 20)
            g_string_append(text, units[i]);
        size_t at = 0;
        struct span range;
        struct link *link;
        while ((link = link_find(span_make(text->str, text->len), &at, &range)))
            link_free(link);
        assert_int_equal(at, text->len);
    }
}

static char *text_body(const char *text, bool flowed, bool delsp, bool links, guint *n_links) {
    const struct inert_options options = {.links = links};
    OWNED(inert_document) document = inert_text(text, flowed, delsp, &options);
    const char *found = inert_check(document->html->str, document->html->len);
    if (found)
        print_error("%s in %s\n", found, document->html->str);
    assert_null(found);
    *n_links = document->links->len;
    const char *start = strstr(document->html->str, "<body>") + 6;
    return g_strndup(start, strlen(start) - strlen("</body></html>"));
}

static void assert_text(const char *text, bool flowed, bool delsp, const char *expected) {
    guint links;
    g_autofree char *body = text_body(text, flowed, delsp, true, &links);
    assert_string_equal(body, expected);
}

static void text_is_escaped_and_quoted(void **state) {
    (void)state;
    assert_text("a <b> & \"c\"\n\n d", false, false, "<div>a &lt;b&gt; &amp; \"c\"\n\n d\n</div>");
    assert_text("hi\n> one\n> > two\n>three\nend", false, false,
                "<div>hi\n</div><blockquote><div>one\n</div><blockquote><div>two\n</div>"
                "</blockquote><div>three\n</div></blockquote><div>end\n</div>");
    assert_text("[<script>] https://a.example/\">x", false, false,
                "<div>[&lt;script&gt;] <a href=\"https://a.example/\" rel=\"noreferrer noopener\" "
                "target=\"_blank\">https://a.example/</a>\"&gt;x\n</div>");
    assert_text("a@a.co?]<img/onerror>", false, false,
                "<div><a href=\"mailto:a@a.co\" rel=\"noreferrer noopener\" target=\"_blank\">"
                "a@a.co</a>?]&lt;img/onerror&gt;\n</div>");
    assert_text("", false, false, "");
}

static void long_quotes_are_folded(void **state) {
    (void)state;
    assert_text(
        "x\n> 1\n> 2\n> 3\n> 4\n> 5\n> 6\ny", false, false,
        "<div>x\n</div><blockquote><div>1\n2\n3\n4\n5\n6\n</div></blockquote><div>y\n</div>");
    assert_text("x\n> 1\n> 2\n> 3\n>> 4\n> 5\n> 6\n> 7\ny\n> z", false, false,
                "<div>x\n</div><details><summary>&#8943;</summary><blockquote><div>1\n2\n3\n</div>"
                "<blockquote><div>4\n</div></blockquote><div>5\n6\n7\n</div></blockquote></details>"
                "<div>y\n</div><blockquote><div>z\n</div></blockquote>");
    assert_text("> 1\n> 2\n> 3\n> 4\n> 5\n> 6\n> 7", false, false,
                "<details><summary>&#8943;</summary><blockquote><div>1\n2\n3\n4\n5\n6\n7\n</div>"
                "</blockquote></details>");
}

static void flowed_lines_are_joined(void **state) {
    (void)state;
    assert_text("one \ntwo\nthree\n-- \nsig", true, false, "<div>one two\nthree\n-- \nsig\n</div>");
    assert_text("日本 \n語", true, true, "<div>日本語\n</div>");
    assert_text(">> a \n>> b\n>> c\n stuffed\n >x", true, false,
                "<blockquote><blockquote><div>a b\nc\n</div></blockquote></blockquote>"
                "<div>stuffed\n&gt;x\n</div>");
    /* a flowed line does not reach into another depth */
    assert_text("> a \nb", true, false, "<blockquote><div>a </div></blockquote><div>b\n</div>");
}

static void links_off_leaves_no_href(void **state) {
    (void)state;
    guint links;
    g_autofree char *body = text_body("http://a.example b@c.example", false, false, false, &links);
    assert_int_equal(links, 2);
    assert_null(strstr(body, "href"));
    assert_string_equal(body,
                        "<div><span>http://a.example</span> <span>b@c.example</span>\n</div>");
}

static void quotes_are_capped(void **state) {
    (void)state;
    g_autofree char *marks = g_strnfill(5000, '>');
    guint links;
    g_autofree char *body = text_body(marks, false, false, true, &links);
    guint n = 0;
    for (const char *p = body; (p = strstr(p, "<blockquote>")); p++)
        n++;
    assert_int_equal(n, LIMIT_QUOTE_DEPTH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_read_as_a_browser_reads_them),
        cmocka_unit_test(what_two_readers_may_read_differently_is_no_link),
        cmocka_unit_test(mailto_keeps_what_is_harmless),
        cmocka_unit_test(links_in_text_are_ranges),
        cmocka_unit_test(finding_links_is_linear),
        cmocka_unit_test(text_is_escaped_and_quoted),
        cmocka_unit_test(long_quotes_are_folded),
        cmocka_unit_test(flowed_lines_are_joined),
        cmocka_unit_test(links_off_leaves_no_href),
        cmocka_unit_test(quotes_are_capped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

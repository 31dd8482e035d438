/* SPDX-License-Identifier: MIT
 *
 * mail/html: every class of attack on an HTML reader (attacks I177-183, J191-199, K203-206, N251),
 * and what ordinary mail needs. The public vector suites are tests/conformance/test_html_suites.py.
 */
#include "mail/html.h"

#include "base/limits.h"
#include "mail/html_css.h"
#include "mail/image_url.h"
#include "tests/unit/inert_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct inert_options with_links = {.links = true}, without_links = {.links = false};

static struct inert_document *clean(const char *html, const GPtrArray *images,
                                    const struct inert_options *options) {
    struct inert_document *document = html_clean(span_of(html), images, options);
    const char *found = inert_check(document->html->str, document->html->len);
    if (found)
        print_error("%s in %s\n", found, document->html->str);
    assert_null(found);
    return document;
}

/* What stands between <body> and </body>. */
static char *body_of(const struct inert_document *document) {
    const char *start = strstr(document->html->str, "<body>");
    assert_non_null(start);
    assert_true(g_str_has_suffix(document->html->str, "</body></html>"));
    return g_strndup(start + 6, strlen(start + 6) - strlen("</body></html>"));
}

static void assert_clean(const char *html, const char *expected) {
    OWNED(inert_document) document = clean(html, NULL, &with_links);
    g_autofree char *body = body_of(document);
    assert_string_equal(body, expected);
    /* and it is its own cleaning */
    OWNED(inert_document) again = clean(body, NULL, &with_links);
    if (!strstr(body, "<img") && !strstr(body, "left-out"))
        assert_string_equal(again->html->str, document->html->str);
}

#define A(url) "<a href=\"" url "\" rel=\"noreferrer noopener\" target=\"_blank\">"

static void ordinary_mail_keeps_its_looks(void **state) {
    (void)state;
    assert_clean("<p>Hello <b>you</b> &amp; <i>me</i> &lt;3 &nbsp;x",
                 "<p>Hello <b>you</b> &amp; <i>me</i> &lt;3 \xC2\xA0x</p>");
    assert_clean("<table width=600 cellpadding=\"0\" border=0 align=center bgcolor=#F5F5F5 "
                 "role=presentation><tr><td valign=top style='padding:8px 4px;color:#333'>x",
                 "<table width=\"600\" cellpadding=\"0\" border=\"0\" align=\"center\" "
                 "bgcolor=\"#F5F5F5\" role=\"presentation\"><tbody><tr><td valign=\"top\" "
                 "style=\"padding:8px 4px;color:#333\">x</td></tr></tbody></table>");
    assert_clean("<font color=red size=+2 face=\"Arial, 'MS ゴシック'\">x</font>",
                 "<font color=\"red\" size=\"+2\" face=\"Arial, 'MS ゴシック'\">x</font>");
    assert_clean("<body bgcolor=white text=#111 style='margin:0'>x",
                 "<div style=\"background-color:white;color:#111;margin:0\">x</div>");
    assert_clean("<pre>\n\n two</pre>", "<pre>\n\n two</pre>");
    assert_clean("<ol start=3 type=a><li value=7>x</ol><hr noshade><ruby>印<rt>いん</ruby>",
                 "<ol start=\"3\" type=\"a\"><li value=\"7\">x</li></ol><hr noshade=\"\">"
                 "<ruby>印<rt>いん</rt></ruby>");
    assert_clean("<p dir=rtl lang=ar>x<bdi>y</bdi>",
                 "<p dir=\"rtl\" lang=\"ar\">x<bdi>y</bdi></p>");
    assert_clean("<o:p>Outlook</o:p><!--[if mso]><p>x</p><![endif]-->", "Outlook");
}

static void nothing_runs(void **state) {
    (void)state;
    assert_clean("a<script>alert(1)</script>b", "ab");
    assert_clean("<img src=x onerror=alert(1)>", "");
    assert_clean("<p onclick=alert(1) ONLOAD='x'>p", "<p>p</p>");
    assert_clean("<iframe src=javascript:alert(1)></iframe><object data=x></object><embed src=x>",
                 "");
    assert_clean("<a href=\"jAvAsCrIpT:alert(1)\">x</a>", "x");
    assert_clean("<a href=\"\x01 java\tscript\n:alert(1)\">x</a>", "x");
    assert_clean("<a href=\"data:text/html,x\">x</a><a href=vbscript:x>y</a><a href=//e>z</a>",
                 "xyz");
    /* what a browser shows beside the pointer, where one expects a link's own address */
    assert_clean("<a href=http://e.example title='https://good.example/'>x</a><b title=y>z</b>",
                 A("http://e.example/") "x</a><b>z</b>");
    assert_clean("<svg><a xlink:href=javascript:1><animate attributeName=href values=x></a></svg>",
                 "");
    assert_clean("<svg><use href='data:image/s vg+xml,x'/></svg><math><mi xlink:href=x>m</mi>", "");
    assert_clean("<meta http-equiv=refresh content='0;url=x'><base href=//e><link rel=x href=y>z",
                 "z");
    assert_clean("<body title='bgcolor=foo' name='bar style=x onanimationstart=alert(1)'>x", "x");
    assert_clean("<template><p>x</p></template>a<noscript><b>y</b></noscript>z", "az");
}

/* attacks I181: what other cleaners let grow when the browser parses their output again. */
static void nothing_grows_on_parsing_again(void **state) {
    (void)state;
    static const char *const vectors[] = {
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<svg></p><style><a title=\"</style><img src=x onerror=alert(1)>\">",
        ("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 "
         "onerror=alert(1)&gt;\">"),
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<textarea><p title=\"</textarea><img src=x onerror=1>\"></textarea>",
        "<title><a title=\"</title><script>alert(1)</script>\"></title>",
        "<xmp><p title=\"</xmp><svg/onload=alert(1)>\"></xmp>",
        "<svg><annotation-xml><foreignobject><style><!--</style><p title=\"--><img src=x>\">",
        "<!--><script>alert(1)</script>-->",
        "<!--a--!><img src=x onerror=alert(1)>-->",
        "<![CDATA[><img src=x onerror=alert(1)>]]>",
        "<?xml><img src=x onerror=alert(1)>?>",
        "<select><template><style><!--</style><a rel=\"--></template></select><script>x</script>",
        "<table><td><form><table><td></form><input formaction=x></table>",
        "<a href=http://e><table><a href=http://f>x</table>",
        "<b><i><p></b>x</i><u><table><b>y</table>"};
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        OWNED(inert_document) document = clean(vectors[i], NULL, &with_links);
        g_autofree char *body = body_of(document);
        OWNED(inert_document) again = clean(body, NULL, &with_links);
        if (!strstr(body, "left-out"))
            assert_string_equal(again->html->str, document->html->str);
    }
}

static void names_and_forms_are_gone(void **state) {
    (void)state;
    assert_clean("<p id=cookie name=body class=x>a", "<p>a</p>");
    assert_clean(
        "<form action=http://e><input type=password name=p autofocus><textarea>t</textarea>"
        "<select><option>o</select><button formaction=x>Go</button></form>",
        "<div>Go</div>");
    assert_clean("<p contenteditable draggable=true tabindex=1 accesskey=x is=y>a", "<p>a</p>");
    assert_clean("<marquee>m</marquee><blink>b</blink>", "mb");
}

static void assert_style(const char *style, const char *expected) {
    struct css_findings findings = {0};
    g_autoptr(GString) got = g_string_new(NULL);
    css_clean(span_of(style), got, &findings);
    assert_string_equal(got->str, expected);
    g_autoptr(GString) again = g_string_new(NULL);
    css_clean(span_of(got->str), again, &findings);
    assert_string_equal(again->str, expected);
}

static void styles_are_rewritten(void **state) {
    (void)state;
    assert_style("color: RED ; Font-Size:12PX;margin:0 auto 1.50em 5%",
                 "color:red;font-size:12px;margin:0 auto 1.5em 5%");
    assert_style("font: italic bold .8em/1.2 Arial, \"MS UI Gothic\", sans-serif",
                 "font:italic bold 0.8em/1.2 arial,'MS UI Gothic',sans-serif");
    assert_style("color:rgba( 1 ,2,3,.5);border:1px solid hsl(1 2% 3% / 4%)",
                 "color:rgba(1,2,3,0.5);border:1px solid hsl(1 2% 3%/4%)");
    assert_style("background: url(http://e/x.png) no-repeat #fff", "background-color:#fff");
    assert_style("background:none", "");
    assert_style("color:red !important;width:10px", "color:red;width:10px");
    assert_style("/* c */co/**/lor:red;color/**/:/**/blue", "color:blue");
    assert_style("display:none;display:flex;display:contents", "display:none");
    assert_style("font-family:'メイリオ'", "font-family:'メイリオ'");
}

/* CSS Syntax §4.3.6, §4.3.14: where a URL ends decides what is still read as declarations. */
static void a_url_ends_where_a_browser_ends_it(void **state) {
    (void)state;
    static const char *const urls[] = {
        "url( x.png )",   "url(\t)",      "url(a b)",           "url(a b\\)c)", "url(a\"b)",
        "url(a'b\\) c)",  "url(a(b)",     "url(\\41 \\a )",     "url(\x7f)",    "url(a\\\nb)",
        "url( \"q;r\" )", "URL( 'q;r' )", "url(a\\\r\nb\\\\c)", "url(\\41\r\n)"};
    for (size_t i = 0; i < G_N_ELEMENTS(urls); i++) {
        g_autofree char *style = g_strdup_printf("background:%s;color:red", urls[i]);
        assert_style(style, "color:red");
    }
    assert_style("color:red;background:url(a;color:blue", "color:red");
    assert_style("color:red;background:url( a b;color:blue", "color:red");
}

/* attacks J194-199, K204 */
static void styles_load_move_and_animate_nothing(void **state) {
    (void)state;
    static const char *const nothing[] = {"background-image:url(http://e)",
                                          "background:\\75\\72\\6C(http://e)",
                                          "list-style:url(http://e)",
                                          "content:url(http://e)",
                                          "cursor:url(http://e),auto",
                                          "color:image(http://e)",
                                          "color:var(--x,url(http://e))",
                                          "--x:url(http://e)",
                                          "width:expression(alert(1))",
                                          "width:calc(1px)",
                                          "behavior:url(x)",
                                          "-moz-binding:url(x)",
                                          "position:fixed;top:0;left:0;z-index:9",
                                          "transform:scale(9)",
                                          "animation:x 1s",
                                          "transition:all 1s",
                                          "margin:-99px",
                                          "text-indent:-9999px",
                                          "width:100vw;height:100vh;max-width:100vmin",
                                          "width:99999px",
                                          "font-size:500px",
                                          "font-size:99em",
                                          "filter:blur(9px)",
                                          "mask:url(x)",
                                          "shape-outside:url(x)",
                                          "pointer-events:none",
                                          "color:red}p{color:blue",
                                          "@import 'x';",
                                          "@\\69mport 'x'",
                                          "color:\"red",
                                          "color:red\"",
                                          "color:{};",
                                          "font-family:'a\\27 ;background:url(x)'",
                                          "font-family:'a\"b'",
                                          "color:#12",
                                          "color:#gggggg",
                                          "unicode-bidi:bidi-override"};
    for (size_t i = 0; i < G_N_ELEMENTS(nothing); i++)
        assert_style(nothing[i], "");
    /* what follows a broken declaration is read as a browser reads it */
    assert_style("color:url(a;b;width:1px;);height:2px", "height:2px");
    assert_style("x:(;width:1px;);height:2px", "height:2px");
    assert_style("x:\"a;width:1px\";height:2px", "height:2px");
    assert_style("color:red;}height:2px;width:3px", "color:red;width:3px");
}

static void remote_content_is_counted_and_gone(void **state) {
    (void)state;
    OWNED(inert_document)
    document = clean("<body background=http://e/1><img src=http://e/2 width=1 height=1>"
                     "<img src=//e/3 alt=Logo width=100 height=40><img srcset='http://e/4 1x'>"
                     "<table background=http://e/5><tr><td style='background:url(http://e/6)'>"
                     "<video poster=http://e/7></video><iframe src=http://e/8></iframe>",
                     NULL, &with_links);
    assert_int_equal(document->remote, 8);
    assert_null(strstr(document->html->str, "//e"));
    assert_non_null(strstr(document->html->str, "<span class=\"left-out\" "
                                                "style=\"width:100px;height:40px\">Logo</span>"));
    assert_null(strstr(document->html->str, "1px;height:1px"));
}

#define PNG "\x89PNG\r\n\x1a\n....."

static GPtrArray *images_of(const char *id, const char *octets, gsize n) {
    GPtrArray *images = g_ptr_array_new_with_free_func((GDestroyNotify)inert_image_free);
    GBytes *content = g_bytes_new(octets, n);
    g_ptr_array_add(images, inert_image_new(id, content));
    g_bytes_unref(content);
    return images;
}

static void pictures_of_the_message_are_inlined(void **state) {
    (void)state;
    g_autoptr(GPtrArray) images = images_of("a b@c", PNG, sizeof PNG - 1);
    OWNED(inert_document)
    document = clean("<img src='cid:a%20b@c' alt=x width=10><img src=cid:other alt=gone>", images,
                     &with_links);
    g_autofree char *body = body_of(document);
    assert_string_equal(body, "<img src=\"data:image/png;base64,iVBORw0KGgouLi4uLg==\" alt=\"x\" "
                              "width=\"10\"><span class=\"left-out\">gone</span>");
    assert_int_equal(document->remote, 0);
    /* what calls itself a picture and is none */
    g_autoptr(GPtrArray) svg = images_of("x", "<svg onload=1>", 14);
    OWNED(inert_document) none = clean("<img src=cid:x>", svg, &with_links);
    assert_true(none->flags & INERT_IMAGES_CUT);
    assert_null(strstr(none->html->str, "<img"));
    OWNED(inert_document)
    data = clean("<img src='data:image/svg+xml;base64,PHN2Zz4='>"
                 "<img src='data:text/html;base64,R0lGODlhLi4='><img src='data:image/png,x'>",
                 NULL, &with_links);
    g_autofree char *data_body = body_of(data);
    assert_string_equal(data_body, "<img src=\"data:image/gif;base64,R0lGODlhLi4=\">");
}

static void pictures_are_capped(void **state) {
    (void)state;
    g_autofree char *large = g_malloc0(LIMIT_CID_IMAGE);
    memcpy(large, PNG, sizeof PNG - 1);
    g_autoptr(GPtrArray) images = images_of("x", large, LIMIT_CID_IMAGE);
    g_autoptr(GString) html = g_string_new(NULL);
    for (int i = 0; i < 7; i++)
        g_string_append(html, "<img src=cid:x>");
    OWNED(inert_document) document = html_clean(span_of(html->str), images, &with_links);
    guint n = 0;
    for (const char *p = document->html->str; (p = strstr(p, "<img ")); p++)
        n++;
    assert_int_equal(n, LIMIT_CID_TOTAL / LIMIT_CID_IMAGE);
    assert_true(document->flags & INERT_IMAGES_CUT);
}

static void links_are_numbered(void **state) {
    (void)state;
    const char *html = "<a href=\"https://Good.example/a b\"> <b>Good</b>\n bank </a>"
                       "<a href=mailto:x@e.example?attach=/etc/passwd&subject=s>m</a>"
                       "<a href=http://e.example><img src=cid:none alt='the logo'></a>"
                       "<a name=x>none</a>";
    OWNED(inert_document) document = clean(html, NULL, &with_links);
    assert_int_equal(document->links->len, 3);
    const struct inert_link *first = document->links->pdata[0], *second = document->links->pdata[1],
                            *third = document->links->pdata[2];
    assert_int_equal(first->n, 1);
    assert_string_equal(first->text, "Good bank");
    assert_string_equal(first->url, "https://good.example/a%20b");
    assert_string_equal(first->host, "good.example");
    assert_string_equal(second->url, "mailto:x@e.example?subject=s");
    assert_string_equal(third->text, "the logo");
    OWNED(inert_document) quiet = clean(html, NULL, &without_links);
    assert_int_equal(quiet->links->len, 3);
    assert_null(strstr(quiet->html->str, "href"));
    assert_null(strstr(quiet->html->str, "<a"));
}

static void links_are_capped(void **state) {
    (void)state;
    g_autoptr(GString) html = g_string_new(NULL);
    for (int i = 0; i < LIMIT_LINKS + 10; i++)
        g_string_append(html, "<a href=http://e.example>x</a> ");
    OWNED(inert_document) document = clean(html->str, NULL, &with_links);
    assert_int_equal(document->links->len, LIMIT_LINKS);
    assert_true(document->flags & INERT_LINKS_CUT);
}

/* attacks H166 */
static void hidden_text_is_noticed(void **state) {
    (void)state;
    g_autofree char *words = g_strnfill(400, 'w');
    g_autofree char *html =
        g_strconcat("<p>hi<div style='display:none'><b>", words, "</b></div>", NULL);
    OWNED(inert_document) document = clean(html, NULL, &with_links);
    assert_true(document->flags & INERT_HIDDEN_TEXT);
    g_autofree char *shown = g_strconcat("<p>hi<div>", words, "</div>", NULL);
    OWNED(inert_document) other = clean(shown, NULL, &with_links);
    assert_false(other->flags & INERT_HIDDEN_TEXT);
}

static void assert_too_large(GString *html) {
    OWNED(inert_document) document = html_clean(span_make(html->str, html->len), NULL, &with_links);
    assert_true(document->flags & INERT_TOO_LARGE);
    assert_int_equal(document->html->len, 0);
    g_string_truncate(html, 0);
}

static GString *repeat(GString *html, const char *text, int n) {
    for (int i = 0; i < n; i++)
        g_string_append(html, text);
    return html;
}

static void too_much_is_refused(void **state) {
    (void)state;
    g_autoptr(GString) html = g_string_new(NULL);
    assert_too_large(repeat(html, "<div>", 10000));
    assert_too_large(repeat(html, "<div>", 1000000));
    assert_too_large(repeat(html, "<br>", LIMIT_HTML_NODES + 1));
    assert_too_large(repeat(html, "x", LIMIT_HTML_SIZE + 1));
    g_string_assign(html, "<p ");
    for (int i = 0; i < 500000; i++)
        g_string_append_printf(html, "a%d ", i);
    assert_too_large(html);
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(html, "<font color=%d>", i);
    assert_too_large(repeat(html, "<p>x", 40000));
    OWNED(inert_document) fits = clean("<div><div><div>x", NULL, &with_links);
    assert_int_equal(fits->flags, 0);
}

static guint count(const char *text, const char *word) {
    guint n = 0;
    for (const char *at = text; (at = strstr(at, word)); at++)
        n++;
    return n;
}

static void pictures_elsewhere_are_asked_for_by_way_of_ourselves(void **state) {
    (void)state;
    static const char html[] =
        "<p><img src='https://cdn.example/a.png' alt='A' width=20 onerror=x>"
        "<img src='http://cdn.example/b.png'><img src='//cdn.example/c.png' style='color:red'>"
        "<img src='https://cdn.example/spy.gif' width=1 height=1>"
        "<img src='https://cdn.example/spy.gif' style='display:none'>"
        "<div style='display:none'><img src='https://cdn.example/spy.gif'></div>"
        "<img src='https://cdn.example:8443/p.png'><img src='file:///etc/passwd'>"
        "<img src='p.png'><img srcset='https://cdn.example/s.png 2x'>"
        "<table background='https://cdn.example/t.png'><td>x</table>";
    OWNED(inert_document) closed = clean(html, NULL, &with_links);
    assert_null(strstr(closed->html->str, "<img"));
    assert_null(strstr(closed->html->str, "cdn.example"));
    assert_int_equal(closed->elsewhere, 3);
    assert_int_equal(closed->remote, 11);

    struct image_sheet sheet;
    image_sheet_make(SPAN_LIT("secret"), 1000, (const unsigned char *)"nonce123", &sheet);
    const struct inert_options options = {.links = true, .images = &sheet};
    OWNED(inert_document) open = clean(html, NULL, &options);
    assert_int_equal(open->elsewhere, 3);
    assert_int_equal(open->remote, 8);
    assert_int_equal(count(open->html->str, "<img "), 3);
    assert_null(strstr(open->html->str, "cdn.example"));
    static const char *const sources[] = {"https://cdn.example/a.png", "https://cdn.example/b.png",
                                          "https://cdn.example/c.png"};
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        g_autofree char *url = image_url_sign(&sheet, sources[i]);
        g_autofree char *tag = g_strconcat("<img src=\"", url, "\"", NULL);
        assert_int_equal(count(open->html->str, tag), 1);
    }
    assert_non_null(strstr(open->html->str, "alt=\"A\""));
}

static void pictures_elsewhere_have_a_number(void **state) {
    (void)state;
    struct image_sheet sheet;
    image_sheet_make(SPAN_LIT("secret"), 1000, (const unsigned char *)"nonce123", &sheet);
    const struct inert_options options = {.images = &sheet};
    g_autoptr(GString) html = g_string_new(NULL);
    for (guint i = 0; i < LIMIT_IMAGES_ELSEWHERE + 5; i++)
        g_string_append_printf(html, "<img src='https://cdn.example/%u.png'>", i);
    OWNED(inert_document) document = clean(html->str, NULL, &options);
    assert_int_equal(count(document->html->str, "<img "), LIMIT_IMAGES_ELSEWHERE);
    assert_int_equal(document->remote, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_mail_keeps_its_looks),
        cmocka_unit_test(nothing_runs),
        cmocka_unit_test(nothing_grows_on_parsing_again),
        cmocka_unit_test(names_and_forms_are_gone),
        cmocka_unit_test(styles_are_rewritten),
        cmocka_unit_test(a_url_ends_where_a_browser_ends_it),
        cmocka_unit_test(styles_load_move_and_animate_nothing),
        cmocka_unit_test(remote_content_is_counted_and_gone),
        cmocka_unit_test(pictures_of_the_message_are_inlined),
        cmocka_unit_test(pictures_are_capped),
        cmocka_unit_test(links_are_numbered),
        cmocka_unit_test(links_are_capped),
        cmocka_unit_test(hidden_text_is_noticed),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(pictures_elsewhere_are_asked_for_by_way_of_ourselves),
        cmocka_unit_test(pictures_elsewhere_have_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

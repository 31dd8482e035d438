/* SPDX-License-Identifier: MIT
 *
 * brand/svg_check: SVG Tiny PS, rule by rule, and what attacks E117, E120 and E121 try. A test
 * names the rule it expects; a document that breaks one rule breaks no other. */
#include "base/limits.h"
#include "brand/svg_check.h"
#include "brand/svg_reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

#define XMLNS "xmlns=\"http://www.w3.org/2000/svg\""
#define XLINK "xmlns:xlink=\"http://www.w3.org/1999/xlink\""
#define ROOT                                                                                       \
    "<svg " XMLNS " " XLINK " version=\"1.2\" baseProfile=\"tiny-ps\" viewBox=\"0 0 64 64\">"
#define HEAD ROOT "\n<title>Example</title>\n<desc>A blue disc</desc>\n"
#define TAIL "\n</svg>\n"
#define DOCUMENT(content) HEAD content TAIL

static struct svg_report *check(const char *text) {
    return svg_check(span_of(text));
}

static const struct svg_finding *find(const struct svg_report *report, const char *code) {
    for (guint i = 0; i < report->findings->len; i++) {
        const struct svg_finding *finding = report->findings->pdata[i];
        if (strcmp(svg_rule_code(finding->rule), code) == 0)
            return finding;
    }
    return NULL;
}

static void print_findings(const struct svg_report *report) {
    for (guint i = 0; i < report->findings->len; i++) {
        const struct svg_finding *finding = report->findings->pdata[i];
        print_message("line %u %s: %s\n", finding->line, svg_rule_code(finding->rule),
                      finding->detail ? finding->detail : "");
    }
}

static void assert_valid(const char *text) {
    OWNED(svg_report) report = check(text);
    if (!report->valid || report->findings->len)
        print_findings(report);
    assert_true(report->valid);
    assert_int_equal(report->findings->len, 0);
}

/* Invalid, for that rule and no other, at that line. */
static void assert_wrong(const char *text, const char *code, guint line) {
    OWNED(svg_report) report = check(text);
    const struct svg_finding *finding = find(report, code);
    if (!finding || report->findings->len != 1 || finding->line != line || report->valid) {
        print_message("expected %s at line %u in %.200s\n", code, line, text);
        print_findings(report);
    }
    assert_false(report->valid);
    assert_non_null(finding);
    assert_int_equal(report->findings->len, 1);
    assert_int_equal(finding->line, line);
    assert_false(svg_rule_is_warning(finding->rule));
}

static void assert_warned(const char *text, const char *code, guint line) {
    OWNED(svg_report) report = check(text);
    const struct svg_finding *finding = find(report, code);
    if (!finding || report->findings->len != 1)
        print_findings(report);
    assert_true(report->valid);
    assert_non_null(finding);
    assert_int_equal(report->findings->len, 1);
    assert_int_equal(finding->line, line);
    assert_true(svg_rule_is_warning(finding->rule));
}

/* --- what is valid ---------------------------------------------------------------------------- */

static void plain_pictures_are_valid(void **state) {
    (void)state;
    assert_valid(DOCUMENT("<circle cx=\"32\" cy=\"32\" r=\"30\" fill=\"#06c\"/>"));
    assert_valid("<?xml version=\"1.0\" encoding=\"utf-8\" standalone='yes'?>\n" DOCUMENT("<g/>"));
    assert_valid("\xef\xbb\xbf<?xml version=\"1.0\"?>" DOCUMENT("<g/>"));
    assert_valid("<!-- a <!DOCTYPE svg> here is only a comment -->\n" DOCUMENT("<g/>"));
    assert_valid(
        DOCUMENT("<metadata>text</metadata><defs><solidColor id='s' solid-color='red'/></defs>"
                 "<path d='M0 0h9' fill='url(#s)' transform='scale(2)'/>"));
}

static void gradients_and_uses_stay_within_the_document(void **state) {
    (void)state;
    assert_valid(
        DOCUMENT("<defs><linearGradient id='a' gradientUnits='userSpaceOnUse' x1='0' x2='9'>"
                 "<stop offset='0' stop-color='red'/><stop offset='1' stop-color='blue'/>"
                 "</linearGradient><rect id='b' width='9' height='9'/></defs>"
                 "<use xlink:href='#b' fill='url(#a)'/><use href='#b' stroke=\"url( '#a' )\"/>"));
}

static void every_element_of_the_profile_is_known(void **state) {
    (void)state;
    assert_valid(DOCUMENT("<g><rect/><circle/><ellipse/><line/><polyline/><polygon/><path/>"
                          "<radialGradient><stop/></radialGradient></g>"));
}

/* --- the outermost element (§2.1) ------------------------------------------------------------ */

static void the_root_says_what_it_is(void **state) {
    (void)state;
    assert_wrong("<svg " XMLNS " baseProfile='tiny-ps' viewBox='0 0 1 1'><title>t</title>"
                 "<desc>d</desc></svg>",
                 "version", 1);
    assert_wrong("<svg " XMLNS " version='1.1' baseProfile='tiny-ps' viewBox='0 0 1 1'>"
                 "<title>t</title><desc>d</desc></svg>",
                 "version", 1);
    assert_wrong("<svg " XMLNS " version='1.2' baseProfile='tiny' viewBox='0 0 1 1'>"
                 "<title>t</title><desc>d</desc></svg>",
                 "base-profile", 1);
    assert_wrong("<svg version='1.2' baseProfile='tiny-ps'><title>t</title></svg>", "root", 1);
    assert_wrong("<html><title>t</title></html>", "root", 1);
    assert_wrong("<s:svg xmlns:s='http://example.org/' version='1.2'/>", "root", 1);
    assert_wrong("<svg " XMLNS " version='1.2' baseProfile='tiny-ps' viewBox='0 0 1 1' x='0px'>"
                 "<title>t</title><desc>d</desc></svg>",
                 "root-position", 1);
}

static void the_root_is_not_interactive(void **state) {
    (void)state;
    static const char *const controlled[] = {"zoomAndPan='magnify'",
                                             "focusable='true'",
                                             "externalResourcesRequired='true'",
                                             "snapshotTime='1'",
                                             "playbackOrder='forwardOnly'",
                                             "timelineBegin='onStart'",
                                             "preserveAspectRatio='xMinYMin slice'"};
    for (size_t i = 0; i < G_N_ELEMENTS(controlled); i++) {
        g_autofree char *text =
            g_strdup_printf("<svg " XMLNS " version='1.2' baseProfile='tiny-ps' viewBox='0 0 1 1' "
                            "%s><title>t</title><desc>d</desc></svg>",
                            controlled[i]);
        assert_wrong(text, "value", 1);
    }
}

static void a_title_names_the_brand(void **state) {
    (void)state;
    assert_wrong(ROOT "<desc>d</desc></svg>", "title", 1);
    assert_wrong(ROOT "<desc>d</desc><title>t</title></svg>", "title", 1);
    assert_wrong(ROOT "<title>t</title><desc>d</desc>\n<title>u</title></svg>", "title", 1);
    assert_wrong(ROOT "\n<title> \n </title><desc>d</desc></svg>", "title-empty", 2);
    assert_wrong(ROOT "\n<title>t</title><desc/></svg>", "desc-empty", 2);
    assert_warned(ROOT "<title>1234567890123456789012345678901234567890123456789012345678901234é"
                       "</title><desc>d</desc></svg>",
                  "title-long", 1);
    assert_warned(ROOT "<title>t</title></svg>", "desc-missing", 1);
}

static void a_picture_is_square_and_has_a_view_box(void **state) {
    (void)state;
#define SIZED(attributes)                                                                          \
    "<svg " XMLNS " version='1.2' baseProfile='tiny-ps' " attributes                               \
    "><title>t</title><desc>d</desc></svg>"
    assert_warned(SIZED("width='64' height='64'"), "view-box", 1);
    assert_warned(SIZED("viewBox='0 0 64'"), "view-box", 1);
    assert_warned(SIZED("viewBox='0 0 0 0'"), "view-box", 1);
    assert_warned(SIZED("viewBox='0 0 64 nan'"), "view-box", 1);
    assert_warned(SIZED("viewBox='0,0,64,32'"), "not-square", 1);
    assert_warned(SIZED("viewBox='0 0 64 64' width='100%'"), "relative-size", 1);
    assert_valid(SIZED("viewBox=' -1.5, 0 6.4e1 64 ' width='64' height='64'"));
}

/* --- E120: what could run, fetch or move ----------------------------------------------------- */

static void e120_no_element_that_runs_or_moves(void **state) {
    (void)state;
    static const char *const elements[] = {"script",
                                           "style",
                                           "image",
                                           "a",
                                           "animate",
                                           "animateMotion",
                                           "animateTransform",
                                           "set",
                                           "discard",
                                           "foreignObject",
                                           "feImage",
                                           "filter",
                                           "mask",
                                           "clipPath",
                                           "pattern",
                                           "symbol",
                                           "switch",
                                           "tspan",
                                           "video",
                                           "audio",
                                           "handler",
                                           "listener",
                                           "marker",
                                           "cursor",
                                           "view",
                                           "SCRIPT",
                                           "font",
                                           "glyph",
                                           "iframe",
                                           "svg"};
    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *text = g_strdup_printf(DOCUMENT("<%s/>"), elements[i]);
        if (strcmp(elements[i], "svg") == 0) {
            OWNED(svg_report) report = check(text);
            assert_false(report->valid); /* an svg within an svg is known, but not there */
        } else {
            assert_wrong(text, "element", 4);
        }
    }
    assert_wrong(DOCUMENT("<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>"),
                 "element", 4);
    assert_wrong(DOCUMENT("<metadata><x:a xmlns:x='http://example.org/'/></metadata>"), "element",
                 4);
    assert_wrong(
        DOCUMENT("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>"),
        "element", 4);
}

static void e120_no_attribute_that_runs_or_styles(void **state) {
    (void)state;
    static const char *const attributes[] = {"onload",  "onclick", "onbegin",   "style",
                                             "filter",  "mask",    "clip-path", "cursor",
                                             "opacity", "begin",   "src",       "xlink:href"};
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
        g_autofree char *text = g_strdup_printf(DOCUMENT("\n<rect %s='#x'/>"), attributes[i]);
        OWNED(svg_report) report = check(text);
        assert_false(report->valid);
        assert_non_null(find(report, "attribute"));
        assert_int_equal(find(report, "attribute")->line, 5);
        assert_string_equal(find(report, "attribute")->element, "rect");
    }
}

static void e120_references_stay_within_the_document(void **state) {
    (void)state;
    static const char *const foreign[] = {
        "<use xlink:href='https://example.org/a.svg#x'/>",
        "<use xlink:href='//example.org/a.svg#x'/>",
        "<use xlink:href='a.svg#x'/>",
        "<use xlink:href=' #x'/>",
        "<use xlink:href='#'/>",
        "<use xlink:href=''/>",
        "<use xlink:href='javascript:alert(1)'/>",
        "<use xlink:href='data:image/svg+xml;base64,PHN2Zz4='/>",
        "<use xlink:href='data:image/s&#x9;vg+xml,x'/>",
        "<use href='file:///etc/passwd'/>",
        "<use xlink:href='#xpointer(id(&quot;x&quot;))'/>",
        "<rect fill='url(https://example.org/#x)'/>",
        "<rect fill='URL( \"//example.org/#x\")'/>",
        "<rect fill='red url(#x) url(http://example.org/)'/>",
        "<rect fill='u\\72l(http://example.org/)'/>",
        "<rect stroke='url()'/>",
        "<rect fill='url(#x'/>",
        "<g xml:base='https://example.org/'/>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
        g_autofree char *text = g_strdup_printf(DOCUMENT("<g id='x'/>\n%s"), foreign[i]);
        assert_wrong(text, "external-reference", 5);
    }
    assert_warned(DOCUMENT("<rect fill='url(#nowhere)'/>"), "target-missing", 4);
}

static void a_reference_is_a_name_and_nothing_else(void **state) {
    (void)state;
    assert_string_equal(svg_reference_find_local("#a-b.c"), "a-b.c");
    static const char *const wrong[] = {"",     "#",   "a",   "#a b", "#a)",
                                        "#a#b", "a#b", " #a", "#a:b", "#a/b"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_null(svg_reference_find_local(wrong[i]));
    g_autofree char *name = NULL;
    assert_true(svg_reference_is_inert("no function here", &name));
    assert_null(name);
    assert_true(svg_reference_is_inert("url(#a) url('#b')", &name));
    assert_string_equal(name, "a");
}

static void e120_no_processing_instruction(void **state) {
    (void)state;
    assert_wrong("<?xml-stylesheet href='https://example.org/a.css'?>\n" DOCUMENT("<g/>"),
                 "processing-instruction", 1);
    assert_wrong(DOCUMENT("<g/>\n<?php echo 1 ?>"), "processing-instruction", 5);
}

/* --- E121: declarations ---------------------------------------------------------------------- */

static void e121_a_document_type_is_refused_before_parsing(void **state) {
    (void)state;
    assert_wrong("<!DOCTYPE svg>\n" DOCUMENT("<g/>"), "doctype", 1);
    assert_wrong("<?xml version='1.0'?>\n<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' "
                 "'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>\n" DOCUMENT("<g/>"),
                 "doctype", 2);
    assert_wrong("\n<!doctype svg>" DOCUMENT("<g/>"), "doctype", 2);
    assert_wrong("<!---->\n<!DOCTYPE svg>" DOCUMENT("<g/>"), "doctype", 2);
}

static void e121_billion_laughs(void **state) {
    (void)state;
    g_autoptr(GString) bomb = g_string_new("<!DOCTYPE lolz [<!ENTITY lol0 \"lol\">");
    for (int i = 1; i < 10; i++)
        g_string_append_printf(bomb, "<!ENTITY lol%d \"&lol%d;&lol%d;&lol%d;&lol%d;&lol%d;\">", i,
                               i - 1, i - 1, i - 1, i - 1, i - 1);
    g_string_append(bomb, "]>" ROOT "<title>&lol9;</title></svg>");
    assert_wrong(bomb->str, "doctype", 1);
}

static void e121_external_and_parameter_entities(void **state) {
    (void)state;
    assert_wrong("<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" ROOT
                 "<title>&x;</title></svg>",
                 "doctype", 1);
    assert_wrong("<!DOCTYPE svg [<!ENTITY % p SYSTEM 'http://example.org/e.dtd'> %p;]>" ROOT
                 "<title>t</title></svg>",
                 "doctype", 1);
    /* an entity that nobody declared is no well-formed XML */
    assert_wrong(ROOT "<title>&nbsp;</title></svg>", "xml", 1);
}

/* XML 1.0 appendix F: what is not UTF-8 could hide a declaration from the scan. */
static void e121_only_utf8_is_read(void **state) {
    (void)state;
    const struct span foreign[] = {
        SPAN_LIT("\xff\xfe<\0!\0D\0"),   SPAN_LIT("<\0s\0v\0g\0"),
        SPAN_LIT("\0\0\xfe\xff\0\0\0<"), SPAN_LIT("\x4c\x6f\xa7\x94\x93"),
        SPAN_LIT("<svg>\xe9</svg>"),     SPAN_LIT("<svg>\x01</svg>")};
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
        OWNED(svg_report) report = svg_check(foreign[i]);
        assert_false(report->valid);
        assert_non_null(find(report, "encoding"));
    }
    assert_wrong("<?xml version='1.0' encoding='UTF-7'?>" DOCUMENT("<g/>"), "encoding", 1);
    assert_wrong("<?xml version='1.0' encoding = \"UTF-16\" ?>" DOCUMENT("<g/>"), "encoding", 1);
    assert_wrong("<?xml version='1.0' encoding=?>" DOCUMENT("<g/>"), "encoding", 1);
}

/* --- shape and size -------------------------------------------------------------------------- */

static char *nested(const char *open, const char *close, int depth) {
    GString *text = g_string_new(HEAD);
    for (int i = 0; i < depth; i++)
        g_string_append(text, open);
    for (int i = 0; i < depth; i++)
        g_string_append(text, close);
    return g_string_free(g_string_append(text, TAIL), FALSE);
}

static void depth_is_bounded(void **state) {
    (void)state;
    g_autofree char *most = nested("<g>", "</g>", LIMIT_SVG_DEPTH - 1);
    assert_valid(most);
    g_autofree char *more = nested("<g>", "</g>", LIMIT_SVG_DEPTH);
    assert_wrong(more, "too-deep", 4);
    g_autofree char *absurd = nested("<g>", "</g>", 4000);
    assert_wrong(absurd, "xml", 4);
}

static void size_is_bounded(void **state) {
    (void)state;
    for (guint over = 0; over <= 1; over++) {
        g_autoptr(GString) text = g_string_new(HEAD);
        while (text->len < LIMIT_SVG_SIZE + over - strlen(TAIL))
            g_string_append_c(text, '\n');
        g_string_append(text, TAIL);
        if (over)
            assert_wrong(text->str, "too-large", 0);
        else
            assert_valid(text->str);
    }
    g_autofree char *absurd = g_strnfill(LIMIT_SVG_READ + 1, ' ');
    assert_wrong(absurd, "too-large", 0);
    assert_wrong("", "empty", 0);
    assert_wrong("\x1f\x8b\x08", "compressed", 0);
    assert_wrong("not a picture", "xml", 1);
    assert_wrong(ROOT "<title>t</title>", "xml", 1);
}

/* Ten layers of ten: 10^10 circles out of 1,000 octets. */
static void e120_a_use_bomb_is_counted_not_drawn(void **state) {
    (void)state;
    g_autoptr(GString) bomb = g_string_new(HEAD "<defs><circle id='l0' r='1'/>");
    for (int layer = 1; layer <= 10; layer++) {
        g_string_append_printf(bomb, "<g id='l%d'>", layer);
        for (int i = 0; i < 10; i++)
            g_string_append_printf(bomb, "<use xlink:href='#l%d'/>", layer - 1);
        g_string_append(bomb, "</g>");
    }
    g_string_append(bomb, "</defs><use xlink:href='#l10'/>" TAIL);
    assert_wrong(bomb->str, "too-many-elements", 4);
}

/* With N in it made a digit. */
static void append_layer(GString *text, const char *pattern, int layer) {
    g_autoptr(GString) one = g_string_new(pattern);
    g_autofree char *digit = g_strdup_printf("%d", layer);
    g_string_replace(one, "N", digit, 0);
    g_string_append(text, one->str);
}

/* Two spellings of href, a name that two elements have, xml:id: which of them is drawn differs from
 * renderer to renderer, so all of them count. */
static void e120_an_ambiguous_use_counts_as_what_it_may_draw(void **state) {
    (void)state;
    static const char *const decoys[] = {"<g id='sN'/>", "<g id='sN'/>", "<g id='lN'/>",
                                         "<g xml:id='lN'/>"};
    static const char *const uses[] = {"<use xlink:href='#sN' href='#lN'/>",
                                       "<use href='#sN' xlink:href='#lN'/>", "<use href='#lN'/>",
                                       "<use href='#lN'/>"};
    for (size_t i = 0; i < G_N_ELEMENTS(uses); i++) {
        g_autoptr(GString) text = g_string_new(HEAD "<defs>");
        for (int layer = 0; layer < 7; layer++)
            append_layer(text, decoys[i], layer);
        g_string_append(text, "<g id='l0'><rect/></g>");
        for (int layer = 0; layer < 6; layer++) {
            append_layer(text, "<g id='lN'>", layer + 1);
            for (int n = 0; n < 10; n++)
                append_layer(text, uses[i], layer);
            g_string_append(text, "</g>");
        }
        g_string_append(text, "</defs>" TAIL);
        assert_wrong(text->str, "too-many-elements", 4);
    }
}

static void e120_a_use_that_draws_itself(void **state) {
    (void)state;
    assert_wrong(DOCUMENT("<use id='a' xlink:href='#a'/>"), "use-cycle", 4);
    assert_wrong(DOCUMENT("<g id='a'>\n<use href='#b'/></g><g id='b'><use href='#a'/></g>"),
                 "use-cycle", 4);
}

/* A chain of uses is as deep for a renderer as nested groups, in whatever order it is written. */
static void e120_a_chain_of_uses_is_deep(void **state) {
    (void)state;
    for (int order = 0; order < 2; order++) {
        g_autoptr(GString) chain = g_string_new(HEAD "<g id='c0'/>");
        for (int i = 1; i <= LIMIT_SVG_DEPTH; i++) {
            int n = order ? LIMIT_SVG_DEPTH + 1 - i : i;
            g_string_append_printf(chain, "<use id='c%d' href='#c%d'/>", n, n - 1);
        }
        g_string_append(chain, TAIL);
        assert_wrong(chain->str, "too-deep", 4);
    }
}

static void a_report_has_an_end(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(HEAD);
    for (int i = 0; i < 3 * LIMIT_SVG_FINDINGS; i++)
        g_string_append(text, "<script/>\n");
    g_string_append(text, TAIL);
    OWNED(svg_report) report = check(text->str);
    assert_int_equal(report->findings->len, LIMIT_SVG_FINDINGS);
    assert_false(report->valid);
    const struct svg_finding *second = report->findings->pdata[1];
    assert_int_equal(second->line, 5);
    assert_string_equal(second->element, "script");
    g_autofree char *english = svg_finding_text(second, "en");
    assert_string_equal(english, "The element <script> is not part of SVG Tiny PS: remove it, or "
                                 "turn what it draws into paths");
    g_autofree char *japanese = svg_finding_text(second, "ja");
    assert_non_null(strstr(japanese, "<script>"));
    assert_string_not_equal(english, japanese);
}

/* Fifty warnings once left no room for the error that came fifty-first (attacks E120). */
static void e120_warnings_do_not_hide_an_error(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(HEAD);
    for (int i = 0; i < 3 * LIMIT_SVG_FINDINGS; i++)
        g_string_append(text, "<use href='#nobody'/>");
    g_string_append(text, "\n<g id='a'><use href='#a'/></g>" TAIL);
    OWNED(svg_report) report = check(text->str);
    assert_int_equal(report->findings->len, LIMIT_SVG_FINDINGS);
    assert_false(report->valid);
    assert_int_equal(svg_report_find_error(report)->rule, SVG_USE_CYCLE);
}

static guint gaps(const char *text) {
    g_auto(GStrv) pieces = g_strsplit(text, "{}", -1);
    return g_strv_length(pieces) - 1;
}

static void every_rule_has_a_sentence_in_both_languages(void **state) {
    (void)state;
    for (int i = SVG_NO_RULE + 1; i < SVG_RULE__MAX; i++) {
        const char *english = svg_rule_text((enum svg_rule)i, "en");
        const char *japanese = svg_rule_text((enum svg_rule)i, "ja");
        assert_string_not_equal(english, japanese);
        assert_true(g_utf8_validate(japanese, -1, NULL));
        assert_true(g_utf8_strlen(japanese, -1) < (glong)strlen(japanese)); /* not ASCII alone */
        assert_int_equal(gaps(english), gaps(japanese));
        assert_true(gaps(english) <= 1);
        g_autofree char *detail = g_strdup("{}<b>");
        struct svg_finding finding = {.rule = (enum svg_rule)i, .detail = detail};
        g_autofree char *said = svg_finding_text(&finding, "ja");
        assert_int_equal(gaps(said), gaps(japanese));
        assert_true(gaps(japanese) == 0 || strstr(said, "{}<b>"));
    }
}

/* What the document says comes back as inert text, and not at length. */
static void a_finding_repeats_little_and_nothing_active(void **state) {
    (void)state;
    g_autofree char *many = g_strnfill(5000, 'x');
    g_autofree char *text = g_strdup_printf(DOCUMENT("<rect fill-rule='%s'/>"), many);
    OWNED(svg_report) report = check(text);
    assert_true(strlen(find(report, "value")->detail) < LIMIT_SVG_DETAIL + 10);
    OWNED(svg_report) bidi = check(DOCUMENT("<rect fill-rule='\xe2\x80\xae{}'/>"));
    assert_null(strstr(find(bidi, "value")->detail, "\xe2\x80\xae"));
    assert_non_null(strstr(find(bidi, "value")->detail, "{}"));
}

/* The schema's own word, where the walk has none. */
/* What the schema's validator does for an element does not double with each of its attributes: with
 * all forty this would take hours (attacks E120). */
static void e120_an_element_may_have_all_its_attributes(void **state) {
    (void)state;
    static const char *const plain[] = {"about",
                                        "content",
                                        "datatype",
                                        "property",
                                        "rel",
                                        "resource",
                                        "rev",
                                        "role",
                                        "typeof",
                                        "requiredFonts",
                                        "systemLanguage",
                                        "transform",
                                        "color",
                                        "fill",
                                        "fill-opacity",
                                        "solid-color",
                                        "solid-opacity",
                                        "stop-color",
                                        "stop-opacity",
                                        "stroke",
                                        "stroke-opacity",
                                        "stroke-width",
                                        "font-family",
                                        "font-size",
                                        "line-increment",
                                        "stroke-dasharray",
                                        "stroke-dashoffset",
                                        "stroke-miterlimit"};
    static const char *const inherited[] = {
        "fill-rule",  "color-rendering", "vector-effect", "stroke-linecap", "stroke-linejoin",
        "font-style", "font-variant",    "font-weight",   "direction",      "display-align",
        "text-align", "text-anchor",     "unicode-bidi"};
    g_autoptr(GString) all = g_string_new("id='a' class='b c' xml:lang='en' xml:space='preserve'");
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        g_string_append_printf(all, " %s='1'", plain[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(inherited); i++)
        g_string_append_printf(all, " %s='inherit'", inherited[i]);
    g_autofree char *good = g_strdup_printf(DOCUMENT("<g %s><rect/></g>"), all->str);
    assert_valid(good);
    g_autofree char *value = g_strdup_printf(DOCUMENT("<g %s><rect fill-rule='1'/></g>"), all->str);
    assert_wrong(value, "value", 4);
    g_autofree char *name = g_strdup_printf(DOCUMENT("<g %s><rect style='a'/></g>"), all->str);
    assert_wrong(name, "attribute", 4);
}

static void structure_is_the_schemas_to_judge(void **state) {
    (void)state;
    static const char *const misplaced[] = {"<stop/>",
                                            "words",
                                            "<rect><g/></rect>",
                                            "<rect id='1'/>",
                                            "<g><desc>d</desc></g>",
                                            "<text><g/></text>",
                                            "<rect xml:lang='!'/>"};
    for (size_t i = 0; i < G_N_ELEMENTS(misplaced); i++) {
        g_autofree char *text = g_strdup_printf(DOCUMENT("%s"), misplaced[i]);
        OWNED(svg_report) report = check(text);
        assert_false(report->valid);
        assert_non_null(find(report, "structure"));
        assert_true(report->findings->len <= 3);
    }
}

static void text_is_valid_but_said_to_depend_on_fonts(void **state) {
    (void)state;
    assert_warned(DOCUMENT("<text x='1' y='9'>Example</text>\n<textArea>a</textArea>"), "text", 4);
}

static void every_rule_has_a_code_of_its_own(void **state) {
    (void)state;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int rule = SVG_NO_RULE + 1; rule < SVG_RULE__MAX; rule++) {
        const char *code = svg_rule_code((enum svg_rule)rule);
        assert_true(g_hash_table_add(seen, (gpointer)(guintptr)code));
        for (const char *c = code; *c; c++)
            assert_true(g_ascii_islower(*c) || *c == '-');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_pictures_are_valid),
        cmocka_unit_test(gradients_and_uses_stay_within_the_document),
        cmocka_unit_test(every_element_of_the_profile_is_known),
        cmocka_unit_test(the_root_says_what_it_is),
        cmocka_unit_test(the_root_is_not_interactive),
        cmocka_unit_test(a_title_names_the_brand),
        cmocka_unit_test(a_picture_is_square_and_has_a_view_box),
        cmocka_unit_test(e120_no_element_that_runs_or_moves),
        cmocka_unit_test(e120_no_attribute_that_runs_or_styles),
        cmocka_unit_test(e120_references_stay_within_the_document),
        cmocka_unit_test(a_reference_is_a_name_and_nothing_else),
        cmocka_unit_test(e120_no_processing_instruction),
        cmocka_unit_test(e121_a_document_type_is_refused_before_parsing),
        cmocka_unit_test(e121_billion_laughs),
        cmocka_unit_test(e121_external_and_parameter_entities),
        cmocka_unit_test(e121_only_utf8_is_read),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(size_is_bounded),
        cmocka_unit_test(e120_a_use_bomb_is_counted_not_drawn),
        cmocka_unit_test(e120_an_ambiguous_use_counts_as_what_it_may_draw),
        cmocka_unit_test(e120_a_use_that_draws_itself),
        cmocka_unit_test(e120_a_chain_of_uses_is_deep),
        cmocka_unit_test(a_report_has_an_end),
        cmocka_unit_test(e120_warnings_do_not_hide_an_error),
        cmocka_unit_test(every_rule_has_a_sentence_in_both_languages),
        cmocka_unit_test(a_finding_repeats_little_and_nothing_active),
        cmocka_unit_test(e120_an_element_may_have_all_its_attributes),
        cmocka_unit_test(structure_is_the_schemas_to_judge),
        cmocka_unit_test(text_is_valid_but_said_to_depend_on_fonts),
        cmocka_unit_test(every_rule_has_a_code_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

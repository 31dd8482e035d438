/* SPDX-License-Identifier: MIT
 *
 * mail/mime: where parts begin and end to the octet, what their headers say, caps (attacks
 * H162-165, H172, H176, N243-244). */
#include "mail/mime.h"

#include "base/limits.h"
#include "mail/mime_field.h"
#include "mail/mime_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct fixture {
    struct message *message;
    struct mime *mime;
};

static struct fixture parse(const char *octets, gsize n) {
    struct fixture f;
    GBytes *bytes = g_bytes_new(octets, n);
    f.message = message_new(bytes, 0);
    f.mime = mime_parse(f.message);
    g_bytes_unref(bytes);
    return f;
}

static struct fixture parse_text(const char *text) {
    return parse(text, strlen(text));
}

static void done(struct fixture f) {
    mime_free(f.mime);
    message_free(f.message);
}

/* "multipart/mixed(text/plain,multipart/alternative(…))", with numbers. */
static void draw(const struct mime_part *part, GString *to) {
    g_string_append_printf(to, "%s%s%s", part->number, *part->number ? ":" : "", part->type);
    if (!part->children)
        return;
    g_string_append_c(to, '(');
    for (guint i = 0; i < part->children->len; i++) {
        if (i)
            g_string_append_c(to, ',');
        draw(part->children->pdata[i], to);
    }
    g_string_append_c(to, ')');
}

static void assert_tree(const char *text, const char *expected) {
    struct fixture f = parse_text(text);
    g_autoptr(GString) tree = g_string_new(NULL);
    draw(f.mime->root, tree);
    assert_string_equal(tree->str, expected);
    done(f);
}

static void assert_span(struct span span, const char *expected) {
    g_autofree char *text = span_dup(span);
    assert_string_equal(text, expected);
}

static void a_message_without_mime_is_one_text(void **state) {
    (void)state;
    struct fixture f = parse_text("Subject: x\r\n\r\nhello\r\n");
    assert_string_equal(f.mime->root->type, "text/plain");
    assert_string_equal(f.mime->root->number, "1");
    assert_int_equal(f.mime->root->kind, MIME_LEAF);
    assert_span(f.mime->root->body, "hello\r\n");
    assert_int_equal(f.mime->flags, 0);
    mime_compare(f.mime, f.message);
    assert_int_equal(f.mime->structure, MIME_AGREED);
    done(f);
    assert_tree("", "1:text/plain");
    assert_tree("Subject: x", "1:text/plain");
    assert_tree("Content-Type: multipart/mixed; boundary=b\r\n", "multipart/mixed()");
}

#define NESTED                                                                                     \
    "Content-Type: multipart/mixed; boundary=\"out er\"\r\n\r\npreamble\r\n"                       \
    "--out er\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n"                      \
    "--inner\r\n\r\nplain\r\n--inner  \r\nContent-Type: text/html\r\n\r\n<p>\r\n\r\n--inner--\r\n" \
    "between\r\n--out er\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nbody\r\n"       \
    "--out er\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; "              \
    "boundary=x\r\n"                                                                               \
    "\r\n--x\r\n\r\none\r\n--x--\r\n--out er--\r\nepilogue\r\n"

static void parts_are_numbered_as_imap_does(void **state) {
    (void)state;
    assert_tree(NESTED, "multipart/mixed(1:multipart/alternative(1.1:text/plain,1.2:text/html),"
                        "2:message/rfc822(2.1:text/plain),"
                        "3:message/rfc822(multipart/mixed(3.1:text/plain)))");
    struct fixture f = parse_text(NESTED);
    assert_span(mime_find(f.mime, "1.2")->body, "<p>\r\n");
    assert_span(mime_find(f.mime, "2.1")->body, "body");
    assert_span(mime_find(f.mime, "3.1")->whole, "\r\none");
    assert_null(mime_find(f.mime, ""));
    assert_null(mime_find(f.mime, "4"));
    assert_int_equal(f.mime->n_parts, 9);
    assert_int_equal(f.mime->flags, 0);
    mime_compare(f.mime, f.message);
    assert_int_equal(f.mime->structure, MIME_AGREED);
    done(f);
}

#define MIXED(boundary) "Content-Type: multipart/mixed; boundary=" boundary "\r\n\r\n"

/* RFC 1847 §2.1, RFC 2046 §5.1.1: what multipart/signed signs, to the octet. */
static void spans_are_exact(void **state) {
    (void)state;
    struct fixture f = parse_text("Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n"
                                  "Content-Type: text/plain\r\nX-Odd : 1 \r\n\r\nline \r\n\r\n"
                                  "\r\n--s\t\r\nContent-Type: application/pkcs7-signature\r\n\r\n"
                                  "AAAA\n--s--");
    assert_span(mime_find(f.mime, "1")->whole,
                "Content-Type: text/plain\r\nX-Odd : 1 \r\n\r\nline \r\n\r\n");
    assert_span(mime_find(f.mime, "1")->header, "Content-Type: text/plain\r\nX-Odd : 1 \r\n");
    assert_span(mime_find(f.mime, "1")->body, "line \r\n\r\n");
    assert_true(mime_find(f.mime, "1")->flags & MIME_BAD_HEADER);
    assert_span(mime_find(f.mime, "2")->body, "AAAA");
    done(f);
    /* an inner delimiter right before an outer one: an empty part, inside its multipart */
    f = parse_text(MIXED("o") "--o\r\n" MIXED("i") "--i\r\n--o--\r\n");
    const struct mime_part *around = mime_find(f.mime, "1"), *empty = mime_find(f.mime, "1.1");
    assert_int_equal(empty->whole.n, 0);
    assert_ptr_equal(empty->whole.p, around->body.p + around->body.n);
    done(f);
    /* a header that the delimiter cuts short, and a part that has nothing at all */
    f = parse_text("Content-Type: multipart/mixed; boundary=s\r\n\r\n--s\r\nX: y\r\n--s\r\n--s\r\n"
                   "\r\n--s--\r\n");
    assert_span(mime_find(f.mime, "1")->whole, "X: y");
    assert_span(mime_find(f.mime, "2")->whole, "");
    assert_span(mime_find(f.mime, "3")->whole, "");
    assert_int_equal(f.mime->root->children->len, 3);
    done(f);
}

static uint32_t flags_of(const char *text, enum mime_structure *structure) {
    struct fixture f = parse_text(text);
    uint32_t flags = f.mime->flags;
    mime_compare(f.mime, f.message);
    *structure = f.mime->structure;
    done(f);
    return flags;
}

static void what_other_readers_split_elsewhere_is_ambiguous(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t flag;
    } cases[] = {
        {MIXED("b") "--b\r\n\r\none\r\n--bc\r\n\r\ntwo\r\n--b--\r\n", MIME_NEAR_DELIMITER},
        {MIXED("b") "--b\r\n\r\none\r\n--b--\r\n\r\n--b\r\n\r\ntwo\r\n", MIME_AFTER_CLOSE},
        {MIXED("b") "--b\r\n" MIXED("b") "--b\r\n\r\none\r\n--b--\r\n--b--\r\n",
         MIME_SAME_BOUNDARY},
        {"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n<b>", MIME_DUPLICATE_FIELD},
        {"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n\r\n1\r\n--a--\r\n",
         MIME_DUPLICATE_PARAMETER}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        enum mime_structure structure;
        assert_true(flags_of(cases[i].text, &structure) & cases[i].flag);
        if (cases[i].flag != MIME_DUPLICATE_PARAMETER)
            assert_int_equal(structure, MIME_AMBIGUOUS);
    }
    enum mime_structure structure;
    assert_true(flags_of(MIXED("b") "--b\r\n\r\none\r\n", &structure) & MIME_NO_CLOSE);
    assert_int_equal(structure, MIME_AGREED);
    assert_true(flags_of(MIXED("b") "nothing\r\n", &structure) & MIME_NO_DELIMITER);
    assert_true(flags_of("Content-Type: multipart/mixed\r\n\r\n--\r\n", &structure) &
                MIME_NO_BOUNDARY);
    assert_true(flags_of(MIXED("\"\"") "--\r\n\r\nx\r\n----\r\n", &structure) & MIME_NO_BOUNDARY);
}

/* What GMime reads otherwise than we do stays found whatever else stands in the header: it is shown
 * all fields if one of them is odd, and only those that speak of parts if none is (attacks H163).
 */
static void the_second_opinion_does_not_hang_on_other_fields(void **state) {
    (void)state;
    static const struct {
        const char *type;
        enum mime_structure structure;
    } cases[] = {
        {"multipart/mixed; boundary=ab", MIME_AGREED},
        {"(c)multipart/mixed; boundary*0=a; boundary*1=b", MIME_AGREED},
        /* RFC 2047 §5: no encoded word in a parameter; GMime decodes it, as some readers do */
        {"multipart/mixed; boundary=\"=?us-ascii?q?ab?=\"", MIME_AMBIGUOUS},
        /* no subtype: text/plain to us, a multipart to others */
        {"multipart; boundary=ab", MIME_AMBIGUOUS}};
    static const char *const others[] = {"",
                                         "From: a@b.example\r\nSubject: x\r\n y\r\n",
                                         "X-Odd: \x80\r\n",
                                         "X-Odd : x\r\n",
                                         "X: a\r\n \r\n",
                                         "X: a\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(others); k++) {
            g_autofree char *text =
                g_strconcat(others[k], "Content-Type: ", cases[i].type, "\r\n", others[k],
                            "\r\n--ab\r\n\r\none\r\n--ab\r\n\r\ntwo\r\n--ab--\r\n", NULL);
            enum mime_structure structure;
            flags_of(text, &structure);
            assert_int_equal(structure, cases[i].structure);
        }
    /* a line that is no field ends the header for GMime */
    enum mime_structure structure;
    flags_of("no field\r\n" MIXED("ab") "--ab\r\n\r\none\r\n--ab--\r\n", &structure);
    assert_int_equal(structure, MIME_AMBIGUOUS);
}

/* A boundary may be folded, quoted with escapes, and be the beginning of another one (attacks
 * H163). */
static void boundaries(void **state) {
    (void)state;
    assert_tree("Content-Type: multipart/mixed;\r\n\tboundary=\"a\\b \"\r\n\r\n--ab\r\n\r\n--ab--",
                "multipart/mixed(1:text/plain)");
    assert_tree(MIXED("b") "--b\r\n" MIXED("bb") "--bb\r\n\r\n1\r\n--bb--\r\n--b\r\n\r\n2\r\n--b--",
                "multipart/mixed(1:multipart/mixed(1.1:text/plain),2:text/plain)");
    /* RFC 2046 §5.1.1: the boundary at the beginning of the line is enough */
    assert_tree(MIXED("b") "--bc\r\n\r\n1\r\n--b -\r\n\r\n2\r\n--b--x\r\n--b\r\n",
                "multipart/mixed(1:text/plain,2:text/plain)");
    /* an outer delimiter ends all inner ones; a bare LF is a line end, a bare CR is none */
    assert_tree(MIXED("b") "--b\n" MIXED("c") "--c\n\nx\n--b\n\ny\r--b--\n--b--\n",
                "multipart/mixed(1:multipart/mixed(1.1:text/plain),2:text/plain)");
    assert_tree("Content-Type: multipart/mixed; boundary=----=_x;\r\n\r\n------=_x\r\n\r\n",
                "multipart/mixed(1:text/plain)");
    assert_tree("Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\nSubject: a\r\n\r\nb"
                "\r\n--d--",
                "multipart/digest(1:message/rfc822(1.1:text/plain))");
}

/* attacks H172 */
static void attached_messages_stay_closed_when_encoded(void **state) {
    (void)state;
    assert_tree("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTog\r\n",
                "1:message/rfc822");
    assert_tree("Content-Type: message/external-body; access-type=URL\r\n\r\nContent-Type: "
                "text/html\r\n\r\n",
                "1:message/external-body");
    assert_tree("Content-Type: message/partial; id=1; number=1\r\n\r\nSubject: x\r\n\r\ny",
                "1:message/partial");
    assert_tree("Content-Type: message/rfc822\r\n\r\n", "1:message/rfc822(1.1:text/plain)");
}

static void nesting_is_capped(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 10000; i++)
        g_string_append_printf(
            text, "Content-Type: multipart/mixed; boundary=b%05d\r\n\r\n--b%05d\r\n", i, i);
    struct fixture f = parse(text->str, text->len);
    assert_int_equal(f.mime->n_parts, LIMIT_MIME_DEPTH);
    assert_true(f.mime->flags & MIME_TOO_DEEP);
    mime_compare(f.mime, f.message);
    assert_int_equal(f.mime->structure, MIME_AMBIGUOUS);
    done(f);
    g_string_truncate(text, 0);
    for (int i = 0; i < 10000; i++)
        g_string_append(text, "Content-Type: message/rfc822\r\n\r\n");
    f = parse(text->str, text->len);
    assert_int_equal(f.mime->n_parts, LIMIT_MIME_DEPTH);
    done(f);
}

static void siblings_are_capped(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(MIXED("b"));
    for (int i = 0; i < 100000; i++)
        g_string_append(text, "--b\r\n\r\nx\r\n");
    g_string_append(text, "--b--\r\n");
    struct fixture f = parse(text->str, text->len);
    assert_int_equal(f.mime->n_parts, LIMIT_MIME_PARTS);
    assert_true(f.mime->flags & MIME_TOO_MANY);
    assert_non_null(mime_find(f.mime, "9999"));
    assert_null(mime_find(f.mime, "10000"));
    done(f);
}

/* 8 MB of lines that begin like a delimiter, inside as many boundaries as there may be. */
static void delimiters_cost_no_more_in_the_depth(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 99; i++)
        g_string_append_printf(
            text, "Content-Type: multipart/mixed; boundary=b%05d\r\n\r\n--b%05d\r\n", i, i);
    g_string_append(text, "\r\n");
    while (text->len < 8u << 20)
        g_string_append(text, "--b\n");
    struct fixture f = parse(text->str, text->len);
    assert_int_equal(f.mime->n_parts, 100);
    done(f);
}

static void assert_parameter(const char *field, const char *name, const char *expected,
                             uint32_t flags) {
    struct mime_field parsed;
    mime_field_parse(span_of(field), true, &parsed);
    const char *value = mime_field_find(&parsed, name);
    if (expected)
        assert_string_equal(value ? value : "(none)", expected);
    else
        assert_null(value);
    assert_int_equal(parsed.flags, flags);
    mime_field_clear(&parsed);
}

static void parameters(void **state) {
    (void)state;
    assert_parameter("text/plain; charset=us-ascii (Plain text)", "charset", "us-ascii", 0);
    assert_parameter("text/plain; charset=\"us-ascii\"", "charset", "us-ascii", 0);
    assert_parameter("text / plain ; ChArSeT = UTF-8", "charset", "UTF-8", 0);
    assert_parameter("a/b; x=\"a;\\\"b\"; y=2", "y", "2", 0);
    assert_parameter("a/b; name=my file (1).pdf; y=2", "name", "my file (1).pdf", MIME_BAD_FIELD);
    assert_parameter("a/b; name=\"=?UTF-8?B?5Y2w6ZGR?=\"", "name", "印鑑", 0);
    assert_parameter("a/b; name=\"\xE5\x8D\xB0.txt\"", "name", "印.txt", 0);
    assert_parameter("a/b; name*=utf-8'ja'%E5%8D%B0", "name", "印", 0);
    assert_parameter("a/b; name*0*=iso-2022-jp'ja'%1B$B0u; name*1*=%1B%28B; name*2=.txt", "name",
                     "印.txt", 0);
    assert_parameter("a/b; name*0=long; name*1=\" name\"; name*3=gap", "name", "long name", 0);
    assert_parameter("a/b; x=1; x=2", "x", "1", MIME_DUPLICATE_PARAMETER);
    assert_parameter("a/b; name=plain; name*=utf-8''real", "name", "real",
                     MIME_DUPLICATE_PARAMETER);
    assert_parameter("a/b; name*=utf-7''+AGE-", "name", "+AGE-", MIME_BAD_CHARSET);
    assert_parameter("a/b; x=\"open", "x", "open", MIME_BAD_FIELD);
    assert_parameter("a/b; ; x=1;", "x", "1", 0);
    assert_parameter("a/b x=1", "x", NULL, MIME_BAD_FIELD);
    assert_parameter("a/b; name=\"a\r\n\tb\"", "name", "a b", 0);
}

static void parameters_are_capped(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new("a/b");
    for (int i = 0; i < 100000; i++)
        g_string_append_printf(text, ";x*%d=y", i);
    struct mime_field parsed;
    mime_field_parse(span_make(text->str, text->len), true, &parsed);
    assert_int_equal(parsed.n_parameters, 1);
    assert_int_equal(strlen(parsed.parameters[0].value), LIMIT_PARAMETERS);
    assert_true(parsed.flags & MIME_BAD_FIELD);
    mime_field_clear(&parsed);
}

/* attacks H162, H176 */
static void names_are_safe(void **state) {
    (void)state;
    static const struct {
        const char *name, *safe;
        bool changed;
    } cases[] = {{"report.pdf", "report.pdf", false},
                 {"請求書.pdf", "請求書.pdf", false},
                 {"../../etc/passwd", "passwd", true},
                 {"C:\\temp\\x.exe", "x.exe", true},
                 {"annex\xE2\x80\xAE"
                  "fdp.exe",
                  "annexfdp.exe", true},
                 {".bashrc", "bashrc", true},
                 {"con.txt", "_con.txt", true},
                 {"COM1", "_COM1", true},
                 {"console.txt", "console.txt", false},
                 {"a<b>:\"|?*.txt", "a_b______.txt", true},
                 {"x. . .", "x", true},
                 {"..", NULL, true},
                 {"", NULL, false},
                 {"a\tb\nc",
                  "a b\xEF\xBF\xBD"
                  "c",
                  true}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool changed = false;
        g_autofree char *safe = mime_name_safe(cases[i].name, &changed);
        if (cases[i].safe)
            assert_string_equal(safe, cases[i].safe);
        else
            assert_null(safe);
        assert_int_equal(changed, cases[i].changed);
    }
    g_autofree char *wide = g_strnfill(600, 'x');
    g_autofree char *name = g_strconcat(wide, "あ.pdf", NULL);
    bool changed = false;
    g_autofree char *safe = mime_name_safe(name, &changed);
    assert_int_equal(strlen(safe), LIMIT_FILE_NAME);
    assert_true(g_str_has_suffix(safe, "x.pdf"));
}

/* attacks H162 */
static void the_disposition_names_the_file(void **state) {
    (void)state;
    struct fixture f = parse_text("Content-Type: application/pdf; name=a.pdf\r\n"
                                  "Content-Disposition: attachment;\r\n filename=\"b\x01/../c.pdf\""
                                  "\r\nContent-ID: <x@y>\r\n\r\n");
    assert_string_equal(f.mime->root->name, "c.pdf");
    assert_string_equal(f.mime->root->id, "x@y");
    assert_int_equal(f.mime->root->disposition, MIME_ATTACHMENT);
    assert_true(f.mime->flags & MIME_UNSAFE_NAME);
    assert_true(f.mime->flags & MIME_DUPLICATE_PARAMETER);
    done(f);
}

static void a_part_without_a_name_gets_the_extension_of_its_type(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"text/plain", ".txt"},
                                           {"message/rfc822", ".eml"},
                                           {"application/pkcs7-signature", ".p7s"},
                                           {"application/x-msdownload", ".bin"},
                                           {"", ".bin"}};
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        assert_string_equal(mime_name_extension(pairs[i][0]), pairs[i][1]);
}

/* What a file is must not be what falls off; an "extension" of 30 octets is none. */
static void a_long_name_is_cut_between_characters(void **state) {
    (void)state;
    bool changed;
    g_autofree char *stem = g_strnfill(LIMIT_FILE_NAME - 5, 'a');
    g_autofree char *wide = g_strconcat(stem, "印印印.pdf", NULL);
    g_autofree char *safe = mime_name_safe(wide, &changed);
    assert_true(changed && strlen(safe) <= LIMIT_FILE_NAME && g_utf8_validate(safe, -1, NULL));
    assert_true(g_str_has_suffix(safe, "a.pdf"));
    g_autofree char *tail = g_strconcat(stem, ".", "extension-of-thirty-octets-or-more", NULL);
    g_autofree char *cut = mime_name_safe(tail, &changed);
    assert_int_equal(strlen(cut), LIMIT_FILE_NAME);
    assert_true(g_str_has_suffix(cut, ".exte"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_without_a_name_gets_the_extension_of_its_type),
        cmocka_unit_test(a_long_name_is_cut_between_characters),
        cmocka_unit_test(a_message_without_mime_is_one_text),
        cmocka_unit_test(parts_are_numbered_as_imap_does),
        cmocka_unit_test(spans_are_exact),
        cmocka_unit_test(the_second_opinion_does_not_hang_on_other_fields),
        cmocka_unit_test(what_other_readers_split_elsewhere_is_ambiguous),
        cmocka_unit_test(boundaries),
        cmocka_unit_test(attached_messages_stay_closed_when_encoded),
        cmocka_unit_test(nesting_is_capped),
        cmocka_unit_test(siblings_are_capped),
        cmocka_unit_test(delimiters_cost_no_more_in_the_depth),
        cmocka_unit_test(parameters),
        cmocka_unit_test(parameters_are_capped),
        cmocka_unit_test(names_are_safe),
        cmocka_unit_test(the_disposition_names_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

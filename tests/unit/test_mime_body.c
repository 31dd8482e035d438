/* SPDX-License-Identifier: MIT
 *
 * What a part says (mail/mime: transfer encodings, charsets), which parts are the text
 * (mail/mime_body), and the line of a list row (mail/mime_preview). Attacks H164-166, H175. */
#include "mail/mime_body.h"
#include "mail/mime_preview.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct message *message_of(const char *text, gsize n) {
    GBytes *bytes = g_bytes_new(text, n);
    struct message *message = message_new(bytes, MESSAGE_BODY_PARTIAL);
    g_bytes_unref(bytes);
    return message;
}

static void assert_text(const char *header, const char *body, gsize n, const char *expected,
                        uint32_t expected_flags) {
    g_autoptr(GString) text = g_string_new(header);
    g_string_append(text, "\r\n\r\n");
    g_string_append_len(text, body, (gssize)n);
    OWNED(message) message = message_of(text->str, text->len);
    OWNED(mime) mime = mime_parse(message);
    uint32_t flags = 0;
    g_autofree char *got = mime_text(mime->root, 1000, &flags);
    assert_string_equal(got, expected);
    assert_int_equal(flags, expected_flags);
}

#define TEXT(charset) "Content-Type: text/plain; charset=" charset
#define ASSERT_TEXT(header, body, expected, flags)                                                 \
    assert_text(header, body, sizeof(body) - 1, expected, flags)

/* attacks H175 */
static void charsets(void **state) {
    (void)state;
    ASSERT_TEXT(TEXT("utf-8"), "\xE5\x8D\xB0\r\n", "印\n", 0);
    ASSERT_TEXT(TEXT("iso-2022-jp"), "\x1B$B0u4U\x1B(B ok", "印鑑 ok", 0);
    /* half-width katakana, NEC row 13, IBM extensions */
    ASSERT_TEXT(TEXT("ISO-2022-JP"), "\x1B(I1\x1B$B-!|b\x1B(B", "ｱ①髙", 0);
    ASSERT_TEXT(TEXT("shift_jis"), "\x88\xF3\x8A\xD3 \x87\x40 \xB1 \xFB\xFC", "印鑑 ① ｱ 髙", 0);
    ASSERT_TEXT(TEXT("euc-jp"), "\xB0\xF5\xB4\xD5\x8E\xB1", "印鑑ｱ", 0);
    ASSERT_TEXT(TEXT("windows-1252"),
                "\x93"
                "caf\xE9\x94",
                "“café”", 0);
    ASSERT_TEXT(TEXT("windows-1251"), "\xE4\xE0", "да", 0);
    ASSERT_TEXT(TEXT("koi8-r"), "\xC4\xC1", "да", 0);
    ASSERT_TEXT(TEXT("gb2312"), "\xD6\xD0", "中", 0);
    ASSERT_TEXT(TEXT("x-nothing"), "abc\xE9", "abc\xEF\xBF\xBD", MIME_BAD_CHARSET);
    ASSERT_TEXT(TEXT("utf-7"), "+ADw-script", "+ADw-script", MIME_BAD_CHARSET);
    ASSERT_TEXT(TEXT("utf-8"), "a\xFF", "a\xEF\xBF\xBD", MIME_BAD_CHARSET);
    /* nothing declared */
    ASSERT_TEXT("X: y", "\xE5\x8D\xB0", "印", 0);
    ASSERT_TEXT("X: y", "\x1B$B0u\x1B(B", "印", 0);
}

static void control_characters_do_not_pass(void **state) {
    (void)state;
    ASSERT_TEXT(TEXT("utf-8"),
                "\xEF\xBB\xBF"
                "a\0b\x1B[1m\rc\r\nd\te\xC2\x85",
                "a\xEF\xBF\xBD"
                "b\xEF\xBF\xBD[1m\nc\nd\te\xEF\xBF\xBD",
                0);
}

/* attacks H164 */
static void transfer_encodings(void **state) {
    (void)state;
#define ENCODED(name) TEXT("utf-8") "\r\nContent-Transfer-Encoding: " name
    ASSERT_TEXT(ENCODED("base64"), "aGVs\r\nbG8=\r\n", "hello", 0);
    ASSERT_TEXT(ENCODED("Base64 (really)"), "aGVsbG8=", "hello", 0);
    ASSERT_TEXT(ENCODED("base64"), "aGVs!bG8=", "hello", MIME_BAD_ENCODING);
    ASSERT_TEXT(ENCODED("quoted-printable"), "h=C3=A9=\r\nllo = \r\nx", "héllo x", 0);
    ASSERT_TEXT(ENCODED("quoted-printable"), "a=zz", "a=zz", MIME_BAD_ENCODING);
    ASSERT_TEXT(ENCODED("x-uuencode"), "begin 644 x\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello", 0);
    ASSERT_TEXT(ENCODED("x-rot13"), "uryyb", "uryyb", MIME_BAD_ENCODING);
    ASSERT_TEXT(ENCODED("7bit"), "a=3D", "a=3D", 0);
}

static GBytes *content_of(const char *encoding, const GString *body, uint32_t *flags) {
    g_autoptr(GString) text = g_string_new("Content-Transfer-Encoding: ");
    g_string_append_printf(text, "%s\r\n\r\n", encoding);
    g_string_append_len(text, body->str, (gssize)body->len);
    OWNED(message) message = message_of(text->str, text->len);
    OWNED(mime) mime = mime_parse(message);
    return mime_content(mime->root, flags);
}

static void assert_content(const char *encoding, const GString *body, uint32_t wanted_flags,
                           const guchar *octets, gsize n) {
    uint32_t flags = 0;
    gsize got;
    g_autoptr(GBytes) content = content_of(encoding, body, &flags);
    const char *p = g_bytes_get_data(content, &got);
    assert_int_equal(flags, wanted_flags);
    assert_int_equal(got, n);
    assert_true(n == 0 || memcmp(p, octets, n) == 0);
}

/* Base64 of up to 99 octets with white space anywhere: decoded as it was encoded, and so too by
 * GMime, which a "!" in front (it skips that) makes the reader. */
static void base64_is_decoded(void **state) {
    (void)state;
    static const char *const white[] = {"", "", "", "", "", "", " ", "\r\n", "\t", "\n"};
    g_autoptr(GRand) random = g_rand_new_with_seed(6);
    for (int round = 0; round < 5000; round++) {
        guchar octets[99];
        gsize length = (gsize)(round % 100);
        for (gsize i = 0; i < length; i++)
            octets[i] = (guchar)g_rand_int_range(random, 0, 256);
        g_autofree char *encoded = g_base64_encode(octets, length);
        g_autoptr(GString) body = g_string_new(NULL);
        for (const char *p = encoded; *p; p++)
            g_string_append_printf(body, "%c%s", *p,
                                   white[g_rand_int_range(random, 0, G_N_ELEMENTS(white))]);
        assert_content("base64", body, 0, octets, length);
        g_string_prepend_c(body, '!');
        assert_content("base64", body, MIME_BAD_ENCODING, octets, length);
    }
}

/* Padding that is missing, too much, or followed by digits; octets that are no digits. */
static void bad_base64_is_flagged(void **state) {
    (void)state;
    static const char *const bad[] = {"QUI",  "Q",        "QUI==",  "Q===", "====",    "=",
                                      "QU=I", "QUI=QUJD", "QUJD\v", "QUJ-", "QUJD\xff"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        uint32_t flags = 0;
        g_autoptr(GString) body = g_string_new(bad[i]);
        g_bytes_unref(content_of("base64", body, &flags));
        assert_int_equal(flags, MIME_BAD_ENCODING);
    }
    g_autoptr(GString) nul = g_string_new_len("QUJD\0", 5);
    assert_content("base64", nul, MIME_BAD_ENCODING, (const guchar *)"ABC", 3);
}

/* What is well formed we decode ourselves, the rest is GMime's: one bad "=" at the end, which makes
 * it GMime's, changes nothing before it. */
static void both_ways_to_decode_agree(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "=3D", "=c3=A9", "=\r\n",   "=\n", "= \t\r\n", "\r\n", "\n", "a",      " ",    "\t",
        "\r",  "=0D=0A", "=\r\r\n", "=00", "\xff",     "=",    "=A", "=A\r\n", "word", "=20\r\n"};
    g_autoptr(GRand) random = g_rand_new_with_seed(5);
    for (int round = 0; round < 20000; round++) {
        g_autoptr(GString) body = g_string_new(NULL);
        for (int n = g_rand_int_range(random, 0, 12); n > 0; n--)
            g_string_append(body, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        g_string_append(body, "\r\n");
        g_autoptr(GBytes) alone = content_of("quoted-printable", body, NULL);
        g_string_append(body, "=zz");
        g_autoptr(GBytes) followed = content_of("quoted-printable", body, NULL);
        gsize n, m;
        const char *a = g_bytes_get_data(alone, &n), *b = g_bytes_get_data(followed, &m);
        assert_int_equal(n + 3, m);
        assert_true(n == 0 || memcmp(a, b, n) == 0);
        assert_memory_equal(b + n, "=zz", 3);
    }
}

/* The letters of a text are passed eight a step: a control at each offset. */
static void controls_are_found_wherever_they_stand(void **state) {
    (void)state;
    for (size_t at = 0; at < 40; at++) {
        char body[44] = "\r\n";
        memset(body + 2, '~', 40);
        body[2 + at] = '\x7f';
        OWNED(message) message = message_of(body, 42);
        OWNED(mime) mime = mime_parse(message);
        g_autofree char *text = mime_text(mime->root, 1000, NULL);
        assert_int_equal(strlen(text), 42);
        assert_memory_equal(text + at, "\xEF\xBF\xBD", 3);
        assert_int_equal(strspn(text, "~"), at);
        assert_int_equal(strspn(text + at + 3, "~"), 39 - at);
    }
}

static void text_is_cut_at_a_character(void **state) {
    (void)state;
    OWNED(message) message = message_of("\r\n\xE5\x8D\xB0\xE9\x91\x91", 8);
    OWNED(mime) mime = mime_parse(message);
    g_autofree char *text = mime_text(mime->root, 5, NULL);
    assert_true(g_str_has_prefix(text, "印"));
    assert_true(strlen(text) <= 5 && g_utf8_validate(text, -1, NULL));
}

static void append_numbers(GString *to, const char *name, const GPtrArray *parts) {
    g_string_append(to, name);
    for (guint i = 0; i < parts->len; i++) {
        const struct mime_part *part = parts->pdata[i];
        g_string_append_printf(to, " %s", part->number);
    }
}

static void assert_body(const char *text, const char *expected) {
    OWNED(message) message = message_of(text, strlen(text));
    OWNED(mime) mime = mime_parse(message);
    OWNED(mime_body) body = mime_body_choose(mime);
    g_autoptr(GString) got = g_string_new(NULL);
    append_numbers(got, "plain", body->plain);
    append_numbers(got, "; html", body->html);
    append_numbers(got, "; attached", body->attachments);
    assert_string_equal(got->str, expected);
}

#define MULTI(kind, b) "Content-Type: multipart/" kind "; boundary=" b "\r\n\r\n"
#define PART(b, header) "--" b "\r\n" header "\r\n\r\nx\r\n"
#define HTML "Content-Type: text/html"

/* attacks H165 */
static void the_text_is_chosen_as_in_rfc_8621(void **state) {
    (void)state;
    assert_body("\r\nx", "plain 1; html 1; attached");
    assert_body(HTML "\r\n\r\nx", "plain 1; html 1; attached");
    assert_body("Content-Type: image/png\r\n\r\nx", "plain; html; attached 1");
    assert_body(MULTI("alternative", "b") PART("b", "X: y") PART("b", HTML) "--b--",
                "plain 1; html 2; attached");
    assert_body(MULTI("alternative", "b") PART("b", HTML) "--b--", "plain 1; html 1; attached");
    assert_body(MULTI("mixed", "b") PART("b", "X: y") PART("b", "Content-Type: image/png")
                    PART("b", "X: y") "--b--",
                "plain 1 3; html 1 3; attached 2");
    assert_body(MULTI("mixed", "b") PART("b", "X: y")
                    PART("b", "Content-Disposition: attachment; filename=a.txt")
                        PART("b", "Content-Type: text/plain; name=b.txt") "--b--",
                "plain 1; html 1; attached 2 3");
    assert_body(MULTI("related", "b") PART("b", HTML)
                    PART("b", "Content-Type: image/png\r\nContent-ID: <i>") "--b--",
                "plain 1; html 1; attached 2");
    assert_body("Content-Type: multipart/related; boundary=b; start=\"<r>\"\r\n\r\n" PART(
                    "b", "Content-Type: text/plain") PART("b", HTML "\r\nContent-ID: <r>") "--b--",
                "plain 2; html 2; attached 1");
    assert_body(MULTI("alternative", "b") PART("b", "X: y") "--b\r\n" MULTI("related", "c")
                    PART("c", HTML) PART("c", "Content-Type: image/png") "--c--\r\n--b--",
                "plain 1; html 2.1; attached 2.2");
    /* nothing inside an attached message is body */
    assert_body(MULTI("mixed", "b")
                    PART("b", "X: y") "--b\r\nContent-Type: message/rfc822\r\n\r\n" HTML
                                      "\r\n\r\n<b>\r\n--b--",
                "plain 1; html 1; attached 2");
    assert_body(MULTI("signed", "b") PART("b", "X: y")
                    PART("b", "Content-Type: application/pkcs7-signature") "--b--",
                "plain 1; html 1; attached 2");
}

static void assert_preview(const char *text, const char *expected) {
    OWNED(message) message = message_of(text, strlen(text));
    g_autofree char *preview = mime_preview(message);
    assert_string_equal(preview, expected);
}

static void previews(void **state) {
    (void)state;
    assert_preview("\r\nHello\r\n  there\r\n> quoted\r\nyou\r\n-- \r\nsignature",
                   "Hello there you");
    assert_preview("\r\n", "");
    assert_preview("Content-Type: application/pdf\r\n\r\n%PDF", "");
    assert_preview(MULTI("alternative", "b") PART("b", "X: y") "--b\r\n" HTML
                                                               "\r\n\r\n<p>rich</p>\r\n--b--",
                   "rich");
    /* cut before the HTML has any text: its plain twin */
    assert_preview(MULTI("alternative", "b") "--b\r\n\r\nplain\r\n--b\r\n" HTML
                                             "\r\n\r\n<html><head><style>p{color:red",
                   "plain");
    assert_preview("\r\ncut in a character \xE5\x8D", "cut in a character");
    g_autofree char *wide = g_strnfill(1000, 'x');
    g_autofree char *text = g_strconcat("\r\n", wide, NULL);
    OWNED(message) message = message_of(text, strlen(text));
    g_autofree char *preview = mime_preview(message);
    assert_int_equal(strlen(preview), LIMIT_PREVIEW);
}

/* attacks H166 */
static void previews_show_what_is_seen(void **state) {
    (void)state;
#define MAIL(html) HTML "\r\n\r\n" html
    assert_preview(MAIL("<title>t</title><style>s</style><script>x</script><!-- c --><p>a<br>b"),
                   "a b");
    assert_preview(MAIL("<div style='display : none'>gone<div>too</div></div>seen"), "seen");
    assert_preview(MAIL("<span style=\"font-size:0px\">gone</span>seen"), "seen");
    assert_preview(MAIL("<span style=\"font-size:0.9em;opacity:0.5\">small</span>"), "small");
    assert_preview(MAIL("<span hidden>gone</span>seen"), "seen");
    assert_preview(MAIL("a &amp; b &lt;i&gt; &#x5370; &#9999999; &bogus; &"),
                   "a & b <i> 印 &#9999999; &bogus; &");
    assert_preview(MAIL("w<b>or</b>d<p>next<td>cell"), "word next cell");
    assert_preview(MAIL("<p>one\r\n\ttwo</p>\r\n\r\n<p>three"), "one two three");
    assert_preview(MAIL("1 < 2 <3 <unclosed a=\"b"), "1 < 2 <3");
    assert_preview(MAIL("<a title='>'>x</a> <img alt='>' src=y>z"), "x z");
    assert_preview(MAIL("\xE2\x80\xAEtxt\xE2\x80\x8B \xE2\x9C\x85 ok"), "txt ok");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charsets),
        cmocka_unit_test(control_characters_do_not_pass),
        cmocka_unit_test(transfer_encodings),
        cmocka_unit_test(base64_is_decoded),
        cmocka_unit_test(bad_base64_is_flagged),
        cmocka_unit_test(both_ways_to_decode_agree),
        cmocka_unit_test(controls_are_found_wherever_they_stand),
        cmocka_unit_test(text_is_cut_at_a_character),
        cmocka_unit_test(the_text_is_chosen_as_in_rfc_8621),
        cmocka_unit_test(previews),
        cmocka_unit_test(previews_show_what_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * What is asked for in place of a picture's URL, and that nobody but us can have written it. */
#include "mail/image_url.h"

#include "base/limits.h"
#include "mail/image_type.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct span secret = {"0123456789abcdef0123456789abcdef", 32};
static const unsigned char nonce[8] = {1, 2, 3, 4, 5, 6, 7, 0xfe};
enum { NOW = 1700000000 };

static void only_https_is_asked_for(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"https://Example.COM/a.png", "https://example.com/a.png"},
        {"  https://example.com/a.png", "https://example.com/a.png"},
        {"http://example.com/a.png?x=1&y=2", "https://example.com/a.png?x=1&y=2"},
        {"http://example.com:80/a", "https://example.com/a"},
        {"https://example.com:443/a", "https://example.com/a"},
        {"//example.com/a.png", "https://example.com/a.png"},
        {"https://example.com/a.png#here", "https://example.com/a.png"},
        {"https://example.com", "https://example.com/"},
        {"https:\\\\example.com\\a b", "https://example.com/a%20b"},
        {"https://user:word@example.com/a", "https://example.com/a"},
        {"https://b\xc3\xbc"
         "cher.example/a",
         "https://xn--bcher-kva.example/a"},
        {"https://example.com:8443/a", NULL},
        {"http://example.com:443/a", NULL},
        {"https://example.com:80/a", NULL},
        {"https://[2001:db8::1]/a", NULL},
        {"ftp://example.com/a", NULL},
        {"file:///etc/passwd", NULL},
        {"javascript:alert(1)", NULL},
        {"mailto:a@example.com", NULL},
        {"a.png", NULL},
        {"/a.png", NULL},
        {"/", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *source = image_url_source(span_of(cases[i][0]));
        if (g_strcmp0(source, cases[i][1]) != 0)
            fail_msg("%s became %s", cases[i][0], source ? source : "nothing");
    }
    g_autofree char *path = g_strnfill(LIMIT_HTTPS_URL, 'a');
    g_autofree char *url = g_strconcat("https://example.com/", path, NULL);
    assert_null(image_url_source(span_of(url)));
}

/* The three parts behind the prefix. */
static char **parts_of(const char *url) {
    assert_true(g_str_has_prefix(url, IMAGE_URL_PREFIX));
    char **parts = g_strsplit(url + strlen(IMAGE_URL_PREFIX), "/", 0);
    assert_int_equal(g_strv_length(parts), 3);
    return parts;
}

static void what_was_signed_is_what_opens(void **state) {
    (void)state;
    static const char *const sources[] = {"https://example.com/", "https://example.com/a?b=c",
                                          "https://example.com/ab", "https://example.com/abc"};
    struct image_sheet sheet, again;
    image_sheet_make(secret, NOW + 10, nonce, &sheet);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        g_autofree char *url = image_url_sign(&sheet, sources[i]);
        g_auto(GStrv) parts = parts_of(url);
        assert_string_equal(parts[0], sheet.name);
        assert_true(image_sheet_open(secret, parts[0], NOW, &again));
        assert_memory_equal(again.key, sheet.key, sizeof sheet.key);
        g_autofree char *source = image_url_open(&again, parts[1], parts[2]);
        assert_string_equal(source, sources[i]);
        assert_int_equal(
            strspn(url + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/"),
            strlen(url) - 1);
    }
}

static void every_other_octet_is_refused(void **state) {
    (void)state;
    struct image_sheet sheet, other;
    image_sheet_make(secret, NOW + 10, nonce, &sheet);
    g_autofree char *url = image_url_sign(&sheet, "https://example.com/a.png");
    g_auto(GStrv) parts = parts_of(url);
    for (size_t i = 0; parts[1][i]; i++) {
        g_autofree char *mac = g_strdup(parts[1]);
        mac[i] = mac[i] == 'A' ? 'B' : 'A';
        assert_null(image_url_open(&sheet, mac, parts[2]));
    }
    for (size_t i = 0; parts[2][i]; i++) {
        g_autofree char *text = g_strdup(parts[2]);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        assert_null(image_url_open(&sheet, parts[1], text));
    }
    for (size_t i = 0; parts[0][i]; i++) {
        g_autofree char *name = g_strdup(parts[0]);
        name[i] = name[i] == '1' ? '2' : '1';
        g_autofree char *opened = image_sheet_open(secret, name, NOW, &other)
                                      ? image_url_open(&other, parts[1], parts[2])
                                      : NULL;
        assert_null(opened);
    }
    g_autofree char *longer = g_strconcat(parts[1], "A", NULL);
    assert_null(image_url_open(&sheet, longer, parts[2]));
    assert_null(image_url_open(&sheet, "", parts[2]));
    assert_null(image_url_open(&sheet, parts[1], ""));
    assert_null(image_url_open(&sheet, parts[1], "!!!!"));
}

static void a_sheet_is_of_one_secret_and_ends(void **state) {
    (void)state;
    struct image_sheet sheet, other;
    image_sheet_make(secret, NOW + 10, nonce, &sheet);
    g_autofree char *url = image_url_sign(&sheet, "https://example.com/a.png");
    g_auto(GStrv) parts = parts_of(url);
    assert_true(image_sheet_open(secret, sheet.name, NOW + 9, &other));
    assert_false(image_sheet_open(secret, sheet.name, NOW + 10, &other));
    assert_true(
        image_sheet_open(SPAN_LIT("another secret of thirty-two oct"), sheet.name, NOW, &other));
    assert_null(image_url_open(&other, parts[1], parts[2]));
    static const char *const names[] = {"", "0", "zzzzzzzzzzzzzzzzzzzzzzzzzz",
                                        "FFFFFFFFFFFFFFFFFFFFFFFFFF",
                                        "ffffffffffffffffffffffffffff"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_false(image_sheet_open(secret, names[i], NOW, &other));
}

static void pictures_are_known_by_their_octets(void **state) {
    (void)state;
    assert_string_equal(image_type(span_make("\x89PNG\r\n\x1a\n", 8)), "image/png");
    assert_string_equal(image_type(SPAN_LIT("\xff\xd8\xff\xe0")), "image/jpeg");
    assert_string_equal(image_type(SPAN_LIT("GIF87a")), "image/gif");
    assert_string_equal(image_type(SPAN_LIT("GIF89a")), "image/gif");
    assert_string_equal(image_type(SPAN_LIT("RIFF....WEBPVP8 ")), "image/webp");
    assert_string_equal(image_type(SPAN_LIT("\0\0\0\x1c"
                                            "ftypavif\0\0\0\0mif1")),
                        "image/avif");
    assert_string_equal(image_type(SPAN_LIT("\0\0\0\x1c"
                                            "ftypavis\0\0\0\0mif1")),
                        "image/avif");
    assert_null(image_type(SPAN_LIT("\0\0\0\x1c"
                                    "ftypisom\0\0\0\0mif1"))); /* a film */
    assert_null(image_type(SPAN_LIT("RIFF....WAVEfmt ")));
    assert_null(image_type(SPAN_LIT("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")));
    assert_null(image_type(SPAN_LIT("<!DOCTYPE html>")));
    assert_null(image_type(SPAN_LIT("GIF8")));
    assert_null(image_type(SPAN_NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_https_is_asked_for),
        cmocka_unit_test(what_was_signed_is_what_opens),
        cmocka_unit_test(every_other_octet_is_refused),
        cmocka_unit_test(a_sheet_is_of_one_secret_and_ends),
        cmocka_unit_test(pictures_are_known_by_their_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

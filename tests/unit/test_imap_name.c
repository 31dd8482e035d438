/* SPDX-License-Identifier: MIT
 *
 * account/imap_name: modified UTF-7 both ways. */
#include "account/imap_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void both_ways(void **unused) {
    (void)unused;
    static const struct {
        const char *utf8, *utf7;
    } names[] = {
        {"INBOX", "INBOX"},
        {"A&B", "A&-B"},
        {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, /* RFC 3501 §5.1.3 */
        {"日本語", "&ZeVnLIqe-"},
        {"é", "&AOk-"},
        {"éé", "&AOkA6Q-"},
        {"😀", "&2D3eAA-"},
        {"a😀&é", "a&2D3eAA-&-&AOk-"},
        {"送信済みメール", "&kAFP4W4IMH8w4TD8MOs-"},
        {"", ""}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *utf7 = imap_name_encode(names[i].utf8);
        g_autofree char *utf8 = imap_name_decode(names[i].utf7);
        assert_string_equal(utf7, names[i].utf7);
        assert_string_equal(utf8, names[i].utf8);
    }
    assert_null(imap_name_encode("\xff"));
}

/* What is malformed is shown as it is: never two names that look alike, never invalid UTF-8. */
static void malformed_names_stay(void **unused) {
    (void)unused;
    static const char *const malformed[] = {"&",     "&AOk",       "&AOk=-", "&AOl-",    "&2D0-",
                                            "&3gA-", "&2D3YPd4A-", "&AEE-",  "&AOkAQQ-", "&A-",
                                            "&AO-",  "a&b",        "&AOkA-", "&&-",      "&/AA-"};
    for (size_t i = 0; i < G_N_ELEMENTS(malformed); i++) {
        g_autofree char *utf8 = imap_name_decode(malformed[i]);
        assert_string_equal(utf8, malformed[i]);
    }
    g_autofree char *raw = imap_name_decode("\xe3\x81\x82");
    assert_string_equal(raw, "あ");
    g_autofree char *invalid = imap_name_decode("a\xff\x01");
    assert_string_equal(invalid, "a\xef\xbf\xbd\xef\xbf\xbd");
    g_autofree char *control = imap_name_decode("&AAEACg-"); /* U+0001 U+000A */
    assert_string_equal(control, "\xef\xbf\xbd\xef\xbf\xbd");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(malformed_names_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

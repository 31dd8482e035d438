/* SPDX-License-Identifier: MIT
 *
 * account/imap_name: modified UTF-7 both ways; account/imap_map: sequence numbers to UIDs;
 * account/imap_command: sets and strings; account/secret. */
#include "account/imap_name.h"
#include "account/imap_command.h"
#include "account/imap_error.h"
#include "account/imap_map.h"
#include "account/secret.h"

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

static void map_follows_the_server(void **unused) {
    (void)unused;
    struct imap_map map;
    uint32_t below = 9;
    imap_map_init(&map);
    assert_true(imap_map_below(&map, 5, &below)); /* an empty mailbox */
    assert_int_equal(below, 0);
    imap_map_exists(&map, 5);
    assert_false(imap_map_below(&map, 5, &below));
    imap_map_learn(&map, 4, 40);
    imap_map_learn(&map, 5, 50);
    imap_map_learn(&map, 6, 60); /* there is no sixth */
    imap_map_learn(&map, 0, 60);
    assert_int_equal(imap_map_greatest(&map), 50);
    assert_true(imap_map_below(&map, 45, &below));
    assert_int_equal(below, 4);
    assert_true(imap_map_below(&map, 40, &below)); /* itself known: the third is below it */
    assert_int_equal(below, 3);
    assert_false(imap_map_below(&map, 39, &below)); /* who knows what the third is */
    assert_true(imap_map_below(&map, 99, &below));
    assert_int_equal(below, 5);
    imap_map_expunge(&map, 1);
    assert_int_equal(map.exists, 4);
    assert_int_equal(imap_map_uid(&map, 3), 40);
    imap_map_exists(&map, 6);
    assert_int_equal(imap_map_uid(&map, 4), 50);
    assert_int_equal(imap_map_uid(&map, 5), 0);
    assert_false(imap_map_below(&map, 99, &below));
    imap_map_exists(&map, 2); /* against the rules: nothing is known */
    assert_int_equal(imap_map_greatest(&map), 0);
    imap_map_expunge(&map, 3);
    imap_map_expunge(&map, 0);
    assert_int_equal(map.exists, 2);
    imap_map_exists(&map, G_MAXUINT32);
    imap_map_learn(&map, G_MAXUINT32, 1); /* beyond LIMIT_IMAP_MAP: forgotten, not allocated */
    assert_int_equal(map.uids->len, 0);
    imap_map_clear(&map);
}

static void assert_set(const uint32_t *uids, guint n, uint32_t above, const char *set) {
    struct imap_command command;
    imap_command_init(&command, false);
    imap_command_uids(&command, uids, n, above);
    assert_string_equal(command.octets->str, set);
    imap_command_clear(&command);
}

static void writes_sets(void **unused) {
    (void)unused;
    static const uint32_t uids[] = {7, 3, 5, 4, 9, 10, G_MAXUINT32};
    assert_set(uids, 7, 0, "3:5,7,9:10,4294967295");
    assert_set(uids, 1, 0, "7");
    assert_set(uids, 1, 10, "7,11:*");
    assert_set(NULL, 0, 10, "11:*");
}

static void writes_strings(void **unused) {
    (void)unused;
    struct imap_command command;
    imap_command_init(&command, false);
    imap_command_string(&command, "a\"b\\c");
    imap_command_string(&command, "é");
    imap_command_string(&command, "\x7f");
    assert_string_equal(command.octets->str, "\"a\\\"b\\\\c\"{2}\r\né{1}\r\n\x7f");
    assert_int_equal(command.pauses->len, 2);
    assert_int_equal(g_array_index(command.pauses, gsize, 0), 14);
    imap_command_clear(&command);
    imap_command_init(&command, true);
    imap_command_string(&command, "é");
    assert_string_equal(command.octets->str, "{2+}\r\né");
    assert_int_equal(command.pauses->len, 0);
    imap_command_clear(&command);
}

static void refuses_arguments(void **unused) {
    (void)unused;
    static const char *const bad[] = {"a\rb", "a\nb", "", "12345678901"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(imap_argument("It", bad[i], 10, &error));
        assert_true(g_error_matches(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT));
    }
    assert_false(imap_argument("It", NULL, 10, NULL));
    assert_true(imap_argument("It", "1234567890", 10, NULL));
}

static void keeps_secrets(void **unused) {
    (void)unused;
    OWNED(secret) secret = secret_new("geheim");
    assert_string_equal(secret_text(secret), "geheim");
    assert_null(secret_new(NULL));
    assert_null(secret_text(NULL));
    secret_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(malformed_names_stay),
        cmocka_unit_test(map_follows_the_server),
        cmocka_unit_test(writes_sets),
        cmocka_unit_test(writes_strings),
        cmocka_unit_test(refuses_arguments),
        cmocka_unit_test(keeps_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

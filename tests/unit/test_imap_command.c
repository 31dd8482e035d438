/* SPDX-License-Identifier: MIT
 *
 * account/imap_command: sets, strings, and what is never sent; account/secret. */
#include "account/imap_command.h"
#include "account/imap_error.h"
#include "account/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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
        cmocka_unit_test(writes_sets),
        cmocka_unit_test(writes_strings),
        cmocka_unit_test(refuses_arguments),
        cmocka_unit_test(keeps_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * fcgi/part_name: what a part is called when it is saved, whatever the message says (attacks
 * H176). */
#include "fcgi/part_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_name(const char *text, const char *expected) {
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    OWNED(message) message = message_new(octets, 0);
    OWNED(mime) mime = mime_parse(message);
    g_autofree char *name = part_name_of(mime->root);
    assert_string_equal(name, expected);
}

static void a_part_has_its_own_name(void **state) {
    (void)state;
    assert_name("Content-Disposition: attachment; filename=\"a.pdf\"\r\n\r\nx", "a.pdf");
    assert_name("Content-Disposition: attachment; filename=\"../../etc/passwd\"\r\n\r\nx",
                "passwd");
}

static void a_part_without_one_is_called_by_number_and_type(void **state) {
    (void)state;
    assert_name("Content-Type: application/pdf\r\n\r\nx", "part-1.pdf");
    assert_name("Content-Type: application/x-nobody-knows\r\n\r\nx", "part-1.bin");
}

#define ATTACHED "Content-Type: message/rfc822\r\n\r\n"

static void an_attached_message_is_called_by_its_subject(void **state) {
    (void)state;
    assert_name(ATTACHED "Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\nx", "café.eml");
    assert_name(ATTACHED "From: a@b.example\r\n\r\nx", "message.eml");
    assert_name(ATTACHED "Subject: \r\n\r\nx", "message.eml");
    assert_name(ATTACHED "Subject: a/b\r\n\r\nx", "b.eml");
    /* a mark that turns the reading around: gpj.exe would be read */
    assert_name(ATTACHED "Subject: =?utf-8?q?=E2=80=AEgpj=2Eexe?=\r\n\r\nx", "gpj.exe.eml");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_has_its_own_name),
        cmocka_unit_test(a_part_without_one_is_called_by_number_and_type),
        cmocka_unit_test(an_attached_message_is_called_by_its_subject),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

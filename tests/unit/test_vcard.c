/* SPDX-License-Identifier: MIT
 *
 * repute/vcard: what address books write, and what nobody should. */
#include "repute/vcard.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void append(void *data, const char *address, const char *name) {
    g_string_append_printf(data, "%s=%s\n", address, name);
}

static void assert_reads(const char *text, guint cards, const char *expected) {
    g_autoptr(GString) found = g_string_new(NULL);
    assert_int_equal(vcard_read(span_of(text), append, found), cards);
    assert_string_equal(found->str, expected);
}

static void test_versions(void **state) {
    (void)state;
    assert_reads(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Carol Example\r\nEMAIL;TYPE=work:carol@corp.example\r\n"
        "END:VCARD\r\n",
        1, "carol@corp.example=Carol Example\n");
    assert_reads(
        "BEGIN:VCARD\nVERSION:3.0\nitem1.EMAIL;type=INTERNET:a@x.example\nEMAIL:b@x.example\n"
        "FN:Ann\nEND:VCARD\nbegin:vcard\nfn:Bob\nemail:bob@y.example\nend:vcard\n",
        2, "a@x.example=Ann\nb@x.example=Ann\nbob@y.example=Bob\n");
    assert_reads("BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=B1=B1\n"
                 "EMAIL;INTERNET:yama@z.example\nEND:VCARD\n",
                 1, "yama@z.example=\n");
}

static void test_folds_and_escapes(void **state) {
    (void)state;
    assert_reads(
        "BEGIN:VCARD\r\nFN:Example\\, Ca\r\n rol\r\nEMAIL;X=\"a:b\":carol@\r\n\tcorp.example\r\n"
        "END:VCARD\r\n",
        1, "carol@corp.example=Example, Carol\n");
    assert_reads("BEGIN:VCARD\nFN:two\\nlines\\\\ and a \001 control\nEMAIL:a@b.example\nEND:VCARD",
                 1, "a@b.example=two lines\\ and a   control\n");
}

static void test_broken(void **state) {
    (void)state;
    assert_reads("", 0, "");
    assert_reads("From: a@b.example\r\n\r\nEMAIL:a@b.example\r\n", 0, "");
    assert_reads("EMAIL:out@side.example\nBEGIN:VCARD\nEMAIL:never@ended.example\n", 0, "");
    assert_reads(
        "BEGIN:VCARD\nEMAIL:lost@first.example\nBEGIN:VCARD\nEMAIL:kept@x.example\nEND:VCARD\n", 1,
        "kept@x.example=\n");
    assert_reads("BEGIN:VCARD\nEMAIL:\nEMAIL\n:\nFN:\nEND:VCARD\n", 1, "");
    assert_reads("BEGIN:VCARD\nFN:\xff\xfe\nEMAIL:a@b.example\nEND:VCARD\n", 1,
                 "a@b.example=\xef\xbf\xbd\xef\xbf\xbd\n");
}

static void count(void *data, const char *address, const char *name) {
    (void)address, (void)name;
    (*(guint *)data)++;
}

/* Pictures are long lines; an address book of any size costs a bounded number of addresses. */
static void test_bounds(void **state) {
    (void)state;
    guint n = 0;
    g_autoptr(GString) text = g_string_new("BEGIN:VCARD\nPHOTO:");
    for (guint i = 0; i < LIMIT_VCARD_LINE; i++)
        g_string_append(text, "\n AAAA");
    g_string_append(text, "\nEMAIL:a@b.example\nEND:VCARD\n");
    assert_int_equal(vcard_read(span_make(text->str, text->len), count, &n), 1);
    assert_int_equal(n, 1);
    g_string_truncate(text, 0);
    for (guint i = 0; i < LIMIT_VCARD_ADDRESSES + 10; i++)
        g_string_append_printf(text, "BEGIN:VCARD\nEMAIL:a%u@b.example\nEND:VCARD\n", i);
    n = 0;
    vcard_read(span_make(text->str, text->len), count, &n);
    assert_int_equal(n, LIMIT_VCARD_ADDRESSES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_folds_and_escapes),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

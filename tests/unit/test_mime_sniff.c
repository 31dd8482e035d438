/* SPDX-License-Identifier: MIT
 *
 * mail/mime_sniff: what octets are, whatever a header calls them (attacks H176). */
#include "mail/mime_sniff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define OCTETS(text) span_make(text, sizeof text - 1)

static void assert_type(struct span octets, const char *type) {
    const char *found = mime_sniff(octets);
    if (type)
        assert_string_equal(found, type);
    else
        assert_null(found);
}

static void h176_kinds_are_known_by_their_octets(void **state) {
    (void)state;
    assert_type(OCTETS("%PDF-1.7\n"), "application/pdf");
    assert_type(OCTETS("\x89PNG\r\n\x1a\n...."), "image/png");
    assert_type(OCTETS("RIFF\x10\0\0\0WEBPVP8 "), "image/webp");
    assert_type(OCTETS("PK\x03\x04\x14\0"), "application/zip");
    assert_type(OCTETS("MZ\x90\0\x03\0\0\0"), "application/x-executable");
    assert_type(OCTETS("\x7f\x45LF\x02\x01"), "application/x-executable");
    assert_type(OCTETS("#!/bin/sh\nrm -r x\n"), "application/x-executable");
    assert_type(OCTETS("L\0\0\0\x01\x14\x02\0\0"), "application/x-executable");
    assert_type(OCTETS(" \r\n\t<!DOCTYPE HTML><p>"), "text/html");
    assert_type(OCTETS("<Svg onload=x>"), "text/html");
}

static void what_is_cut_short_or_is_text_is_nothing(void **state) {
    (void)state;
    assert_type(SPAN_NULL, NULL);
    assert_type(OCTETS("%PDF"), NULL);
    assert_type(OCTETS("\x89PNG\r\n\x1a"), NULL);
    assert_type(OCTETS("RIFF\x10\0\0\0WEB"), NULL);
    assert_type(OCTETS("MZ is how the letter begins"), NULL);
    assert_type(OCTETS("Dear Ms Tanaka, <html> is a tag."), NULL);
    assert_type(OCTETS("x%PDF-1.7"), NULL);
}

static void a_container_may_go_by_the_name_of_what_it_holds(void **state) {
    (void)state;
    assert_true(mime_sniff_matches("application/pdf", "application/pdf"));
    assert_true(mime_sniff_matches("application/octet-stream", "application/pdf"));
    assert_true(mime_sniff_matches(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/zip"));
    assert_true(mime_sniff_matches("application/msword", "application/x-ole-storage"));
    assert_false(mime_sniff_matches("application/pdf", "application/x-executable"));
    assert_false(mime_sniff_matches("image/png", "image/jpeg"));
    assert_false(mime_sniff_matches("image/png", "text/html"));
    assert_false(mime_sniff_matches("text/plain", "application/zip"));
}

static void h176_names_of_programs(void **state) {
    (void)state;
    static const char *const programs[] = {"invoice.pdf.exe", "a.LNK", "photo.jpg.js", "x.iso"};
    static const char *const others[] = {"invoice.pdf", "exe", "a.exe.txt", "", "a.", ".exe.d"};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        assert_true(mime_name_is_program(programs[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(mime_name_is_program(others[i]));
    assert_false(mime_name_is_program(NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h176_kinds_are_known_by_their_octets),
        cmocka_unit_test(what_is_cut_short_or_is_text_is_nothing),
        cmocka_unit_test(a_container_may_go_by_the_name_of_what_it_holds),
        cmocka_unit_test(h176_names_of_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

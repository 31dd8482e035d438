/* SPDX-License-Identifier: MIT
 *
 * account/imap_lexer: whole responses out of any pieces, literals apart, everything bounded. */
#include "account/imap_lexer.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Feeds `octets` in pieces of `step`; the state after the last, or at the first response. */
static enum imap_lexed feed(struct imap_lexer *lexer, const char *octets, size_t n, size_t step) {
    enum imap_lexed state = IMAP_LEXED_MORE;
    for (size_t at = 0; at < n && state == IMAP_LEXED_MORE; at += step) {
        struct span input = span_make(octets + at, MIN(step, n - at));
        state = imap_lexer_feed(lexer, &input);
    }
    return state;
}

static struct imap_lexer *fresh(void) {
    struct imap_lexer *lexer = imap_lexer_new();
    imap_lexer_begin(lexer, 1000, 2000);
    return lexer;
}

static void assert_line(const char *octets, size_t n, const char *line) {
    static const size_t steps[] = {1, 2, 3, 7, 1000000};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        OWNED(imap_lexer) lexer = fresh();
        assert_int_equal(feed(lexer, octets, n, steps[i]), IMAP_LEXED_RESPONSE);
        g_autofree char *got = span_dup(imap_lexer_line(lexer));
        assert_string_equal(got, line);
    }
}

static void assert_state(const char *octets, size_t n, enum imap_lexed expected) {
    for (size_t step = 1; step <= n; step += n > 1000 ? n / 3 : 1) {
        OWNED(imap_lexer) lexer = fresh();
        assert_int_equal(feed(lexer, octets, n, step), expected);
        if (expected != IMAP_LEXED_MORE) /* for good */
            assert_int_equal(feed(lexer, "* OK\r\n", 6, 6), expected);
    }
}

#define LINE(octets, line) assert_line(octets, sizeof(octets) - 1, line)
#define STATE(octets, state) assert_state(octets, sizeof(octets) - 1, state)

static void cuts_lines(void **unused) {
    (void)unused;
    LINE("* 1 EXISTS\r\n", "* 1 EXISTS");
    LINE("* OK it's 5\" wide ({3}\r\n", "* OK it's 5\" wide ({3}");
    LINE("7 NO (\r\n", "7 NO (");
    LINE("+ {3}\r\n", "+ {3}");
    LINE("* LIST () \"(\" \"a\\\"b\\\\\"\r\n", "* LIST () \"(\" \"a\\\"b\\\\\"");
}

static void keeps_literals_apart(void **unused) {
    (void)unused;
    LINE("* X {5}\r\na\0)\r\n {0}\r\n y\r\n", "* X \"{0}\" \"{1}\" y");
    OWNED(imap_lexer) lexer = fresh();
    static const char octets[] = "* X {5}\r\na\0)\r\n \"{1}\" {1001}\r\n";
    g_autoptr(GString) all = g_string_new_len(octets, sizeof(octets) - 1);
    for (int i = 0; i < 1001; i++)
        g_string_append_c(all, 'z');
    g_string_append(all, " {2}\r\nok\r\n");
    assert_int_equal(feed(lexer, all->str, all->len, 10), IMAP_LEXED_RESPONSE);
    GBytes *bytes = NULL;
    assert_true(imap_lexer_literal(lexer, "{0}", &bytes));
    assert_int_equal(g_bytes_get_size(bytes), 5);
    assert_memory_equal(g_bytes_get_data(bytes, NULL), "a\0)\r\n", 5);
    assert_true(
        imap_lexer_literal(lexer, "{1}", &bytes)); /* the quoted string that looked like one */
    assert_memory_equal(g_bytes_get_data(bytes, NULL), "{1}", 3);
    assert_true(imap_lexer_literal(lexer, "{2}", &bytes)); /* longer than one may be: skipped */
    assert_null(bytes);
    assert_true(imap_lexer_literal(lexer, "{3}", &bytes));
    assert_memory_equal(g_bytes_get_data(bytes, NULL), "ok", 2);
    assert_false(imap_lexer_literal(lexer, "x{3}", &bytes));
}

static void keeps_no_more_than_all(void **unused) {
    (void)unused;
    OWNED(imap_lexer) lexer = imap_lexer_new();
    imap_lexer_begin(lexer, 10, 15);
    static const char octets[] = "* X {10}\r\n0123456789 {6}\r\n012345 {5}\r\n01234\r\n";
    assert_int_equal(feed(lexer, octets, sizeof(octets) - 1, 5), IMAP_LEXED_RESPONSE);
    GBytes *bytes = NULL;
    assert_true(imap_lexer_literal(lexer, "{1}", &bytes));
    assert_null(bytes);
    assert_true(imap_lexer_literal(lexer, "{2}", &bytes));
    assert_non_null(bytes);
    imap_lexer_drop(lexer); /* gives the room back, and the numbers */
    assert_int_equal(feed(lexer, "* X {9}\r\n012345678\r\n", 20, 5), IMAP_LEXED_RESPONSE);
    assert_true(imap_lexer_literal(lexer, "{0}", &bytes));
    assert_int_equal(g_bytes_get_size(bytes), 9);
}

static void refuses_what_is_no_imap(void **unused) {
    (void)unused;
    STATE("* 1 EXISTS\n", IMAP_LEXED_BROKEN);
    STATE("* 1 EX\rISTS\r\n", IMAP_LEXED_BROKEN);
    STATE("* 1 EX\0ISTS\r\n", IMAP_LEXED_BROKEN);
    STATE("* OK \0\r\n", IMAP_LEXED_BROKEN);
    STATE("* X \x01\r\n", IMAP_LEXED_BROKEN);
    STATE("* X (\r\n", IMAP_LEXED_BROKEN);
    STATE("* X )\r\n", IMAP_LEXED_BROKEN);
    STATE("* X \"\r\n", IMAP_LEXED_BROKEN);
    STATE("* X \"\\\r\n", IMAP_LEXED_BROKEN);
    STATE("* X \"\\a\"\r\n", IMAP_LEXED_BROKEN);
    STATE("* X {}\r\n", IMAP_LEXED_BROKEN);
    STATE("* X {1}x\r\n", IMAP_LEXED_BROKEN);
    STATE("* X {-1}\r\n", IMAP_LEXED_BROKEN);
    STATE("* X {1+}\r\n", IMAP_LEXED_BROKEN);
    STATE("* X {0}\r\n {0}\r\n {0}\r\n {0}\r\n {0}\r\n\r\n", IMAP_LEXED_BROKEN);
    STATE("\n", IMAP_LEXED_BROKEN);
}

static void bounds_everything(void **unused) {
    (void)unused;
    STATE("* X {4294967290}\r\n", IMAP_LEXED_TOO_LARGE);
    STATE("* X {99999999999999999999999999}\r\n", IMAP_LEXED_TOO_LARGE);
    g_autoptr(GString) deep = g_string_new("* X ");
    for (int i = 0; i < LIMIT_IMAP_NESTING; i++)
        g_string_append_c(deep, '(');
    for (int i = 0; i < LIMIT_IMAP_NESTING; i++)
        g_string_append_c(deep, ')');
    g_string_append(deep, "\r\n");
    OWNED(imap_lexer) lexer = fresh();
    assert_int_equal(feed(lexer, deep->str, deep->len, 9), IMAP_LEXED_RESPONSE);
    g_string_insert(deep, 4, "(");
    assert_state(deep->str, deep->len, IMAP_LEXED_BROKEN);
    g_autofree char *line = g_strnfill(LIMIT_IMAP_LINES + 1, 'x');
    assert_state(line, LIMIT_IMAP_LINES, IMAP_LEXED_MORE);
    assert_state(line, LIMIT_IMAP_LINES + 1, IMAP_LEXED_TOO_LARGE);
}

/* Lines count together, over all responses of an answer, and anew after imap_lexer_begin. */
static void counts_an_answer(void **unused) {
    (void)unused;
    OWNED(imap_lexer) lexer = fresh();
    enum imap_lexed state = IMAP_LEXED_RESPONSE;
    guint responses = 0;
    for (; state == IMAP_LEXED_RESPONSE; responses++) {
        if (responses == 1000)
            imap_lexer_begin(lexer, 1000, 2000);
        state = feed(lexer, "* 1 EXISTS\r\n", 12, 12);
    }
    assert_int_equal(state, IMAP_LEXED_TOO_LARGE);
    assert_int_equal(responses, 1000 + LIMIT_IMAP_LINES / 12 + 1);
}

static void leaves_what_follows(void **unused) {
    (void)unused;
    OWNED(imap_lexer) lexer = fresh();
    assert_true(imap_lexer_between(lexer));
    struct span input = SPAN_LIT("* 1 EXISTS\r\n* 2 EX");
    assert_int_equal(imap_lexer_feed(lexer, &input), IMAP_LEXED_RESPONSE);
    assert_true(span_eq(input, SPAN_LIT("* 2 EX")));
    assert_true(imap_lexer_between(lexer));
    assert_int_equal(imap_lexer_feed(lexer, &input), IMAP_LEXED_MORE);
    assert_int_equal(input.n, 0);
    assert_false(imap_lexer_between(lexer));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_lines),
        cmocka_unit_test(keeps_literals_apart),
        cmocka_unit_test(keeps_no_more_than_all),
        cmocka_unit_test(refuses_what_is_no_imap),
        cmocka_unit_test(bounds_everything),
        cmocka_unit_test(counts_an_answer),
        cmocka_unit_test(leaves_what_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

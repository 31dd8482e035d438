/* SPDX-License-Identifier: MIT
 *
 * mail/calendar: the organizer of an invitation (attacks H174), and nothing else of it. */
#include "mail/calendar.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define ALICE "alice@x.example"

static void expect(const char *text, const char *wanted) {
    g_autofree char *found = calendar_organizer(span_of(text), ALICE);
    if (wanted)
        assert_string_equal(found, wanted);
    else
        assert_null(found);
}

static void another_organizer_is_found(void **state) {
    (void)state;
    expect("BEGIN:VEVENT\r\nORGANIZER:mailto:boss@x.example\r\n", "boss@x.example");
    expect("ORGANIZER;CN=\"Boss: a;b\":MAILTO:boss@X.example\r\n", "boss@x.example");
    expect("organizer;SENT-BY=\"mailto:alice@x.example\":mailto:boss@x.example?subject=x\n",
           "boss@x.example");
    expect("ORGANIZER:mail\r\n to:bo\r\n\tss@x.example\r\n", "boss@x.example");
    expect("ORGANIZER:mailto:alice@x.example\r\nORGANIZER:mailto:boss@x.example", "boss@x.example");
}

static void the_author_himself_is_nobody_else(void **state) {
    (void)state;
    expect("ORGANIZER:mailto:alice@x.example\r\n", NULL);
    expect("ORGANIZER:MAILTO:Alice@X.Example\r\n", NULL);
}

/* RFC 5546 §3.2.3: an answer goes to the organizer. */
static void an_answer_names_whom_it_answers(void **state) {
    (void)state;
    expect("METHOD:REPLY\r\nORGANIZER:mailto:boss@x.example\r\n", NULL);
    expect("ORGANIZER:mailto:boss@x.example\r\nmethod:counter\r\n", NULL);
    expect("METHOD:REQUEST\r\nORGANIZER:mailto:boss@x.example\r\n", "boss@x.example");
}

static void what_is_no_address_is_none(void **state) {
    (void)state;
    static const char *const none[] = {"",
                                       "\r\n \r\n",
                                       "ORGANIZER",
                                       "ORGANIZER:",
                                       "ORGANIZER;CN=x",
                                       "ORGANIZER:http://boss@x.example",
                                       "ORGANIZER:mailto:",
                                       "ORGANIZER:mailto:a@b.example,c@d.example",
                                       "ORGANIZERS:mailto:boss@x.example",
                                       "DESCRIPTION:ORGANIZER:mailto:boss@x.example",
                                       "ORGANIZER;CN=\"mailto:boss@x.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        expect(none[i], NULL);
}

static void only_so_much_is_read(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < LIMIT_CALENDAR)
        g_string_append(text, "X:y\r\n");
    g_string_append(text, "ORGANIZER:mailto:boss@x.example\r\n");
    expect(text->str, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_organizer_is_found),
        cmocka_unit_test(the_author_himself_is_nobody_else),
        cmocka_unit_test(an_answer_names_whom_it_answers),
        cmocka_unit_test(what_is_no_address_is_none),
        cmocka_unit_test(only_so_much_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

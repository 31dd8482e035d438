/* SPDX-License-Identifier: MIT
 *
 * The header index: what it splits, what it flags, and that it leaves every octet where it was. */
#include "mail/message.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct message *from_octets(const char *text, size_t n) {
    g_autoptr(GBytes) octets = g_bytes_new(text, n);
    return message_new(octets, 0);
}

#define MESSAGE(text) from_octets("" text, sizeof(text) - 1)

#define assert_span(s, text)                                                                       \
    do {                                                                                           \
        struct span span_ = (s);                                                                   \
        assert_int_equal(span_.n, sizeof(text) - 1);                                               \
        assert_memory_equal(span_.p, text, sizeof(text) - 1);                                      \
    } while (0)

static void splits_fields_and_body(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("A: 1\r\nB:2\r\n\tfold\r\n\r\nbody\r\n");
    assert_int_equal(m->n_fields, 2);
    assert_int_equal(m->flags, 0);
    assert_span(m->fields[0].name, "A");
    assert_span(m->fields[0].value, " 1");
    assert_span(m->fields[0].raw, "A: 1\r\n");
    assert_span(m->fields[1].value, "2\r\n\tfold");
    assert_span(m->fields[1].raw, "B:2\r\n\tfold\r\n");
    assert_int_equal(m->fields[1].flags, 0);
    assert_span(m->header, "A: 1\r\nB:2\r\n\tfold\r\n");
    assert_span(m->body, "body\r\n");
}

static void spans_point_into_the_octets(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = g_bytes_new_static("A: 1\r\n\r\nx", 9);
    OWNED(message) m = message_new(octets, 0);
    assert_ptr_equal(m->fields[0].raw.p, g_bytes_get_data(octets, NULL));
    assert_ptr_equal(m->body.p, (const char *)g_bytes_get_data(octets, NULL) + 8);
}

static void a_header_without_end_has_no_body(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("A: 1\r\nB: 2");
    assert_int_equal(m->n_fields, 2);
    assert_int_equal(m->flags, MESSAGE_NO_BODY);
    assert_span(m->fields[1].raw, "B: 2");
    assert_span(m->fields[1].value, " 2");
    assert_int_equal(m->body.n, 0);
    OWNED(message) empty = MESSAGE("");
    assert_int_equal(empty->n_fields, 0);
    assert_int_equal(empty->flags, MESSAGE_NO_BODY);
}

static void an_empty_first_line_ends_the_header(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("\r\nFrom: a@b.example\r\n");
    assert_int_equal(m->n_fields, 0);
    assert_int_equal(m->flags, 0);
    assert_span(m->body, "From: a@b.example\r\n");
}

static void bare_lf_is_a_line_end_and_flagged(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("A: 1\nB: 2\r\n\nbody");
    assert_int_equal(m->n_fields, 2);
    assert_int_equal(m->fields[0].flags, FIELD_BARE_LF);
    assert_span(m->fields[0].value, " 1");
    assert_int_equal(m->fields[1].flags, 0);
    assert_span(m->body, "body");
}

static void bare_cr_is_no_line_end(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("A: 1\rFrom: x\r\nB: 2\r\r\nC: 3\r\n\r\n");
    assert_int_equal(m->n_fields, 3);
    assert_int_equal(m->fields[0].flags, FIELD_BARE_CR);
    assert_span(m->fields[0].value, " 1\rFrom: x");
    assert_int_equal(m->fields[1].flags, FIELD_BARE_CR);
    assert_span(m->fields[1].value, " 2\r");
    assert_int_equal(m->fields[2].flags, 0);
    OWNED(message) end = MESSAGE("A: 1\r\n\rX: 2\r\n\r\n");
    assert_int_equal(end->n_fields, 2);
    assert_int_equal(end->fields[1].flags & (FIELD_BARE_CR | FIELD_BAD_NAME),
                     FIELD_BARE_CR | FIELD_BAD_NAME);
    OWNED(message) cut = MESSAGE("A: 1\r");
    assert_int_equal(cut->fields[0].flags, FIELD_BARE_CR);
    assert_span(cut->fields[0].value, " 1\r");
}

static void a_line_without_colon_is_kept(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("nonsense\r\n more\r\nA: 1\r\n\r\n");
    assert_int_equal(m->n_fields, 2);
    assert_int_equal(m->fields[0].flags, FIELD_NO_COLON);
    assert_int_equal(m->fields[0].name.n, 0);
    assert_span(m->fields[0].value, "nonsense\r\n more");
    assert_int_equal(message_find(m, "", 0), -1);
}

static void names_that_are_odd_are_flagged_and_found(void **state) {
    (void)state;
    OWNED(message)
    m = MESSAGE("From : 1\r\nFrom\r\n : 2\r\nFrom\xff: 3\r\nFr\0om: 4\r\nFrOM: 5\r\n"
                "From\t \t: 6\r\n: 7\r\nFr om: 8\r\nFromm: 9\r\nFro: 10\r\n\r\n");
    assert_int_equal(m->n_fields, 10);
    assert_int_equal(m->fields[0].flags, FIELD_WSP_NAME);
    assert_span(m->fields[0].name, "From");
    assert_int_equal(m->fields[1].flags, FIELD_WSP_NAME | FIELD_BAD_NAME);
    assert_span(m->fields[1].name, "From");
    assert_span(m->fields[1].value, " 2");
    assert_int_equal(m->fields[2].flags, FIELD_BAD_NAME);
    assert_int_equal(m->fields[3].flags, FIELD_BAD_NAME | FIELD_NUL);
    assert_int_equal(m->fields[4].flags, 0);
    assert_int_equal(m->fields[5].flags, FIELD_WSP_NAME);
    assert_int_equal(m->fields[6].flags, FIELD_BAD_NAME);
    assert_int_equal(m->fields[6].name.n, 0);
    assert_int_equal(m->fields[7].flags, FIELD_BAD_NAME);
    assert_int_equal(message_count(m, "from"), 7);
    assert_int_equal(message_find(m, "FROM", 0), 0);
    assert_int_equal(message_find(m, "From", 5), 5);
    assert_int_equal(message_find(m, "From", 6), 7);
    assert_int_equal(message_find(m, "From", 8), -1);
    assert_int_equal(message_find(m, "Fromm", 0), 8);
    assert_int_equal(message_find(m, "To", 0), -1);
    assert_int_equal(message_find(m, "From", 100), -1);
}

static void a_folded_name_is_bad_wherever_it_folds(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("Fr\r\n om: x\r\n\r\n");
    assert_int_equal(m->n_fields, 1);
    assert_int_equal(m->fields[0].flags, FIELD_WSP_NAME | FIELD_BAD_NAME);
    assert_int_equal(message_find(m, "From", 0), 0);
}

static void a_first_line_with_leading_space_is_flagged(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE(" From: a@evil.example\r\nFrom: b@good.example\r\n\r\n");
    assert_int_equal(m->n_fields, 2);
    assert_int_equal(m->fields[0].flags, FIELD_LEADING_WSP | FIELD_BAD_NAME);
    assert_int_equal(message_count(m, "from"), 2);
    assert_int_equal(m->fields[1].flags, 0);
}

static void an_mbox_line_is_no_field(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("From a@b.example Thu Nov 11 10:00:00 2021\r\nA: 1\r\n\r\nx");
    assert_int_equal(m->flags, MESSAGE_FROM_LINE);
    assert_int_equal(m->n_fields, 1);
    assert_span(m->header, "A: 1\r\n");
    OWNED(message) field = MESSAGE("From : a@b.example\r\n\r\n");
    assert_int_equal(field->flags, 0);
    assert_int_equal(message_count(field, "from"), 1);
    OWNED(message) folded = MESSAGE("From \r\n : a@b.example\r\n\r\n");
    assert_int_equal(folded->flags, 0);
    assert_int_equal(message_count(folded, "from"), 1);
    OWNED(message) then_wsp = MESSAGE("From x\r\n From: a@b.example\r\n\r\n");
    assert_int_equal(then_wsp->fields[0].flags & FIELD_LEADING_WSP, FIELD_LEADING_WSP);
    OWNED(message) only = MESSAGE("From x");
    assert_int_equal(only->flags, MESSAGE_FROM_LINE | MESSAGE_NO_BODY);
    assert_int_equal(only->n_fields, 0);
}

static void nul_and_8bit_are_flagged(void **state) {
    (void)state;
    OWNED(message) m = MESSAGE("A: x\0y\r\nB: \xe3\x81\x82\r\nC: 12345678\x80\r\nD: \x7f\r\n\r\n");
    assert_int_equal(m->fields[0].flags, FIELD_NUL);
    assert_int_equal(m->fields[0].value.n, 4);
    assert_int_equal(m->fields[1].flags, FIELD_8BIT);
    assert_int_equal(m->fields[2].flags, FIELD_8BIT);
    assert_int_equal(m->fields[3].flags, 0);
}

static void the_number_of_fields_is_capped(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < LIMIT_FIELDS; i++)
        g_string_append(text, "A: 1\r\n");
    g_string_append(text, "\r\nbody");
    OWNED(message) all = from_octets(text->str, text->len);
    assert_int_equal(all->flags, 0);
    assert_int_equal(all->n_fields, LIMIT_FIELDS);
    g_string_insert(text, 0, "B: 2\r\n");
    OWNED(message) more = from_octets(text->str, text->len);
    assert_int_equal(more->flags, MESSAGE_TOO_MANY_FIELDS);
    assert_int_equal(more->n_fields, LIMIT_FIELDS);
    assert_span(more->body, "body");
    assert_int_equal(more->header.n, text->len - strlen("\r\nbody"));
}

static void long_fields_and_headers_are_capped(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new("A: ");
    while (text->len <= LIMIT_FIELD_SIZE)
        g_string_append(text, "12345678901234567890\r\n ");
    g_string_append(text, "\r\nB: 2\r\n");
    g_autoptr(GString) header = g_string_new(NULL);
    while (header->len <= LIMIT_HEADER_SIZE)
        g_string_append_len(header, text->str, (gssize)text->len);
    g_string_append(header, "\r\nbody");
    OWNED(message) m = from_octets(header->str, header->len);
    assert_int_equal(m->fields[0].flags, FIELD_TOO_LONG);
    assert_int_equal(m->fields[1].flags, 0);
    assert_int_equal(m->flags, MESSAGE_HEADER_TOO_LARGE);
    assert_true(m->fields[m->n_fields - 1].raw.p + m->fields[m->n_fields - 1].raw.n <=
                m->header.p + LIMIT_HEADER_SIZE);
    assert_span(m->body, "body");
}

static void only_the_callers_flag_is_taken(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = g_bytes_new_static("A: 1\r\n\r\n", 8);
    OWNED(message) m = message_new(octets, ~0u);
    assert_int_equal(m->flags, MESSAGE_BODY_PARTIAL);
}

static void assert_converted(GBytes *(*convert)(GBytes *), const char *in, size_t n,
                             const char *out, size_t out_n) {
    g_autoptr(GBytes) octets = g_bytes_new(in, n);
    g_autoptr(GBytes) result = convert(octets);
    assert_int_equal(g_bytes_get_size(result), out_n);
    if (out_n)
        assert_memory_equal(g_bytes_get_data(result, NULL), out, out_n);
}

#define RESTORED(in, out)                                                                          \
    assert_converted(message_restore_crlf, in, sizeof(in) - 1, out, sizeof(out) - 1)
#define FORCED(in, out)                                                                            \
    assert_converted(message_force_crlf, in, sizeof(in) - 1, out, sizeof(out) - 1)

static void crlf_is_restored_only_where_there_is_none(void **state) {
    (void)state;
    RESTORED("", "");
    RESTORED("no line end", "no line end");
    RESTORED("a\nb\n", "a\r\nb\r\n");
    RESTORED("\n\n", "\r\n\r\n");
    RESTORED("a\n\rb\r", "a\r\n\rb\r");
    RESTORED("a\r\nb\nc", "a\r\nb\nc");
    RESTORED("a\nb\r\nc", "a\nb\r\nc");
    RESTORED("a\r\r\nb\n", "a\r\r\nb\n");
}

static void crlf_is_forced_everywhere(void **state) {
    (void)state;
    FORCED("", "");
    FORCED("a\r\nb\nc", "a\r\nb\r\nc");
    FORCED("\n\r\n\n", "\r\n\r\n\r\n");
    FORCED("a\rb\n", "a\rb\r\n");
    FORCED("a\r\n", "a\r\n");
}

static void nothing_to_change_is_no_copy(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = g_bytes_new_static("a\r\nb\r\n", 6);
    g_autoptr(GBytes) restored = message_restore_crlf(octets);
    g_autoptr(GBytes) forced = message_force_crlf(octets);
    assert_ptr_equal(restored, octets);
    assert_ptr_equal(forced, octets);
}

/* Every name from every place, against a walk over all fields: names that share a chain, names that
 * differ in case, and names that only a lenient reader sees. */
static void a_name_is_found_from_anywhere(void **state) {
    (void)state;
    static const char *const names[] = {"From",     "from",       "To",       "tO",
                                        "Received", "X-Received", "Fr\001om", "Zyxwv",
                                        "Subject",  "A",          "Fxom"};
    g_autoptr(GRand) random = g_rand_new_with_seed(5);
    for (int round = 0; round < 2000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        gint32 kinds = g_rand_int_range(random, 1, G_N_ELEMENTS(names) + 1);
        for (gint32 n = g_rand_int_range(random, 0, 12); n; n--)
            g_string_append_printf(text, "%s: x\r\n", names[g_rand_int_range(random, 0, kinds)]);
        OWNED(message) m = from_octets(text->str, text->len);
        for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
            for (guint from = 0; from <= m->n_fields + 1; from++) {
                int wanted = -1;
                for (guint i = from; i < m->n_fields && wanted < 0; i++) {
                    bool lenient = span_eq(m->fields[i].name, SPAN_LIT("Fr\001om"));
                    struct span name = lenient ? SPAN_LIT("From") : m->fields[i].name;
                    wanted = span_eq_nocase(name, span_of(names[k])) ? (int)i : -1;
                }
                if (span_find(span_of(names[k]), 1) == strlen(names[k]))
                    assert_int_equal(message_find(m, names[k], from), wanted);
            }
    }
}

/* Eight octets a step: a difference in every place, of letters and of what looks like one. */
static void letters_are_the_same_in_either_case(void **state) {
    (void)state;
    static const char text[] = "List-Unsubscribe-Post";
    for (size_t n = 0; n < sizeof text; n++)
        for (size_t at = 0; at < n; at++) {
            char other[sizeof text];
            memcpy(other, text, sizeof text);
            assert_true(span_same_letters(text, other, n));
            other[at] ^= 0x20;
            assert_int_equal(span_same_letters(text, other, n), text[at] != '-');
            other[at] = '\0';
            assert_false(span_same_letters(text, other, n));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_fields_and_body),
        cmocka_unit_test(spans_point_into_the_octets),
        cmocka_unit_test(a_header_without_end_has_no_body),
        cmocka_unit_test(an_empty_first_line_ends_the_header),
        cmocka_unit_test(bare_lf_is_a_line_end_and_flagged),
        cmocka_unit_test(bare_cr_is_no_line_end),
        cmocka_unit_test(a_line_without_colon_is_kept),
        cmocka_unit_test(names_that_are_odd_are_flagged_and_found),
        cmocka_unit_test(a_folded_name_is_bad_wherever_it_folds),
        cmocka_unit_test(a_first_line_with_leading_space_is_flagged),
        cmocka_unit_test(an_mbox_line_is_no_field),
        cmocka_unit_test(nul_and_8bit_are_flagged),
        cmocka_unit_test(the_number_of_fields_is_capped),
        cmocka_unit_test(long_fields_and_headers_are_capped),
        cmocka_unit_test(only_the_callers_flag_is_taken),
        cmocka_unit_test(a_name_is_found_from_anywhere),
        cmocka_unit_test(letters_are_the_same_in_either_case),
        cmocka_unit_test(crlf_is_restored_only_where_there_is_none),
        cmocka_unit_test(crlf_is_forced_everywhere),
        cmocka_unit_test(nothing_to_change_is_no_copy),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}

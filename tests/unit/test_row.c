/* SPDX-License-Identifier: MIT
 *
 * fcgi/row and fcgi/json_message: an author without an address has none in JSON, in the list and
 * opened alike, and what From shows stands as the name. */
#include "fcgi/row.h"

#include "account/imap.h"
#include "base/limits.h"
#include "fcgi/json_message.h"
#include "mail/inert.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static json_t *listed(const char *header) {
    char *none[] = {NULL};
    GBytes *head = g_bytes_new(header, strlen(header)), *text = g_bytes_new("x\r\n", 3);
    struct imap_message fetched = {
        .uid = 1, .keywords = none, .size = 1 << 20, .header = head, .text = text};
    g_autoptr(GBytes) octets = NULL;
    bool whole;
    OWNED(row) fresh = row_new(&fetched, &octets, &whole);
    g_autoptr(GBytes) stored = row_encode(fresh);
    OWNED(row) row = row_decode(1, stored);
    assert_non_null(row);
    json_t *json = row_json(row, "id", &fetched);
    g_bytes_unref(head);
    g_bytes_unref(text);
    return json;
}

static json_t *opened(const char *header) {
    g_autoptr(GBytes) octets = g_bytes_new(header, strlen(header));
    OWNED(opened) opened = opened_new(octets);
    struct inert_options options = {.links = false};
    bool fallback;
    OWNED(inert_document)
    document = opened_document(opened, opened_choose(opened, NULL), NULL, &options, &fallback);
    struct json_message_body body = {document, NULL, fallback};
    return json_message(opened, &body);
}

static void check(json_t *json, const char *name, const char *email) {
    json_t *from = json_array_get(json_object_get(json, "from"), 0);
    json_t *shown = json_object_get(from, "name"), *address = json_object_get(from, "email");
    if (name)
        assert_string_equal(json_string_value(shown), name);
    else
        assert_true(json_is_null(shown));
    if (email)
        assert_string_equal(json_string_value(address), email);
    else
        assert_true(json_is_null(address));
    json_decref(json);
}

static void an_address_is_an_address_or_null(void **state) {
    (void)state;
    static const struct {
        const char *from, *name, *email;
    } cases[] = {
        {"From: Alice <alice@bank.example>\r\n\r\n", "Alice", "alice@bank.example"},
        {"From: alice@bank.example\r\n\r\n", NULL, "alice@bank.example"},
        {"From: \"Prize Department\"\r\n\r\n", "Prize Department", NULL},
        {"From: Prize Department\r\n\r\n", "Prize Department", NULL},
        {"From: Prizes <nobody>\r\n\r\n", "Prizes <nobody>", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        check(listed(cases[i].from), cases[i].name, cases[i].email);
        check(opened(cases[i].from), cases[i].name, cases[i].email);
    }
}

static void recipients_are_kept_with_the_row(void **state) {
    (void)state;
    json_t *json = listed("From: a@x.example\r\nTo: Bob <bob@y.example>, c@z.example\r\n\r\n");
    json_t *to = json_object_get(json, "to");
    assert_int_equal(json_array_size(to), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(to, 0), "name")), "Bob");
    assert_string_equal(json_string_value(json_object_get(json_array_get(to, 1), "email")),
                        "c@z.example");
    json_decref(json);
    g_autoptr(GString) many = g_string_new("From: a@x.example\r\nTo: z@x.example");
    for (int i = 0; i < 500; i++)
        g_string_append_printf(many, ",\r\n u%d@x.example", i);
    g_string_append(many, "\r\n\r\n");
    json = listed(many->str);
    assert_int_equal(json_array_size(json_object_get(json, "to")), LIMIT_ROW_FROM);
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_an_address_or_null),
        cmocka_unit_test(recipients_are_kept_with_the_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

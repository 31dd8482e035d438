/* SPDX-License-Identifier: MIT
 *
 * fcgi/row and fcgi/json_message: an author without an address has none in JSON, in the list and
 * opened alike, and what From shows stands as the name. */
#include "fcgi/row.h"

#include "account/imap.h"
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_an_address_or_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

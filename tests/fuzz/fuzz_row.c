/* SPDX-License-Identifier: MIT
 *
 * fcgi/row: a value of the store that somebody damaged, and a message of a listing. */
#include "fcgi/row.h"

#include "account/imap.h"
#include "base/limits.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct row *row) {
    static char *none[] = {NULL};
    struct imap_message flags = {.flags = IMAP_FLAG_SEEN, .keywords = none};
    g_assert_cmpuint(row->n_from, <=, LIMIT_ROW_FROM);
    json_t *json = row_json(row, "id", &flags);
    g_assert_nonnull(json);
    json_decref(json);
    g_autoptr(GBytes) octets = row_encode(row);
    OWNED(row) back = row_decode(row->uid, octets);
    g_assert_nonnull(back);
    g_assert_cmpstr(back->subject, ==, row->subject);
    g_assert_cmpstr(back->preview, ==, row->preview);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GBytes) value = g_bytes_new(data, size), octets = NULL;
    OWNED(row) stored = row_decode(1, value);
    if (stored)
        check(stored);
    const uint8_t *end = size ? memchr(data, 0xff, size) : NULL;
    size_t cut = end ? (size_t)(end - data) : size;
    g_autoptr(GBytes) header = g_bytes_new(data, cut), text = g_bytes_new(data + cut, size - cut);
    struct imap_message fetched = {.uid = 1, .size = size, .header = header, .text = text};
    bool whole;
    OWNED(row) made = row_new(&fetched, &octets, &whole);
    g_assert_true(whole);
    check(made);
    return 0;
}

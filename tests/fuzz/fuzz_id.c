/* SPDX-License-Identifier: MIT
 *
 * fcgi/id: arbitrary text is never an id of this account; what is formatted comes back, and in one
 * spelling alone. */
#include "fcgi/id.h"

#include "base/limits.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct span key = {"0123456789abcdef0123456789abcdef", 32};

static void round_trip(const uint8_t *data, size_t size) {
    g_autofree char *name = g_strndup((const char *)data, MIN(size, LIMIT_IMAP_NAME));
    struct id id = {ID_MESSAGE, 0x01020304, (uint32_t)size, name}, back = {0};
    g_autofree char *text = id_format(key, "alice@host", &id);
    g_assert_true(id_parse(key, "alice@host", ID_MESSAGE, text, &back));
    g_assert_cmpstr(back.mailbox, ==, name);
    g_assert_cmpuint(back.uid, ==, id.uid);
    id_clear(&back);
    g_assert_false(id_parse(key, "bob@host", ID_MESSAGE, text, &back));
    g_assert_false(id_parse(key, "alice@host", ID_CURSOR, text, &back));
    size_t at = size ? data[0] % strlen(text) : 0;
    if (size > 1 && data[1] && (char)data[1] != text[at]) {
        text[at] = (char)data[1];
        g_assert_false(id_parse(key, "alice@host", ID_MESSAGE, text, &back));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct id id = {0};
    g_autofree char *text = g_strndup((const char *)data, size);
    for (int kind = ID_MAILBOX; kind <= ID_CURSOR; kind++)
        g_assert_false(id_parse(key, "alice@host", (enum id_kind)kind, text, &id));
    round_trip(data, size);
    return 0;
}

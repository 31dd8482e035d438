/* SPDX-License-Identifier: MIT
 *
 * A message through sign/signed_part and sign/protected_headers. Beside crashes: the cheap question
 * never says no where something is found; octets lie inside the message; only the root covers it.
 */
#include "sign/protected_headers.h"
#include "sign/signed_part.h"

#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(const struct message *message, const struct signed_part *part) {
    const char *start = g_bytes_get_data(message->octets, NULL);
    const char *end = start + g_bytes_get_size(message->octets);
    g_assert(part->kind != SIGNED_NONE && part->scope != SCOPE_NOT_EVALUATED);
    g_assert(part->scope != SCOPE_MESSAGE || !part->part->parent);
    g_assert(!part->broken || (!part->payload && !part->signature));
    if (!part->payload)
        return;
    struct span whole = part->payload->whole;
    g_assert(whole.p >= start && whole.p + whole.n <= end);
    struct protected_headers headers;
    protected_headers_compare(message, whole, &headers);
    g_assert(headers.state != HEADERS_NOT_EVALUATED);
    protected_headers_clear(&headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GBytes) octets = g_bytes_new_static(data, size);
    OWNED(message) message = message_new(octets, 0);
    OWNED(mime) mime = mime_parse(message);
    OWNED(signed_parts) parts = signed_parts_find(mime);
    g_assert(parts->n <= LIMIT_SIGNED_PARTS);
    g_assert(!parts->n || signed_parts_possible(message));
    for (guint i = 0; i < parts->n; i++)
        check_part(message, &parts->parts[i]);
    return 0;
}

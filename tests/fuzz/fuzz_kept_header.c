/* SPDX-License-Identifier: MIT
 *
 * What lies in the store beside a verdict: any octets are refused or are a header with a name, and
 * what is accepted is written again the same. The first octet chooses between octets as they come
 * and the header of a message, which has to come back whole. */
#include "base/limits.h"
#include "fcgi/kept_header.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct kept_header *kept) {
    g_assert(kept->record && g_utf8_validate(kept->record, -1, NULL));
    OWNED(message) message = message_new(kept->header, MESSAGE_BODY_PARTIAL);
    g_autoptr(GBytes) again = kept_header_encode(kept->header, kept->record);
    OWNED(kept_header) other = again ? kept_header_decode(again) : NULL;
    g_assert(!other || strcmp(other->record, kept->record) == 0);
    if (!other || message->body.n) /* octets behind the header are not kept a second time */
        return;
    g_assert(g_bytes_equal(other->header, kept->header));
}

static void keep(GBytes *octets) {
    g_autoptr(GBytes) value = kept_header_encode(octets, "record");
    OWNED(message) message = message_new(octets, MESSAGE_BODY_PARTIAL);
    if (!value) {
        g_assert(message->body.p - (const char *)g_bytes_get_data(octets, NULL) >
                 (ptrdiff_t)LIMIT_KEPT_HEADER);
        return;
    }
    OWNED(kept_header) kept = kept_header_decode(value);
    OWNED(message) back = message_new(kept->header, MESSAGE_BODY_PARTIAL);
    g_assert(back->n_fields == message->n_fields && back->flags == message->flags);
    g_assert(span_eq(back->header, message->header) && !back->body.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    g_autoptr(GBytes) octets = g_bytes_new(data + 1, size - 1);
    if (data[0] & 1)
        keep(octets);
    OWNED(kept_header) kept = kept_header_decode(octets);
    if (kept)
        use(kept);
    return 0;
}

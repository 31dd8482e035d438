/* SPDX-License-Identifier: MIT
 *
 * Octets through base/inflate: as they are, as zlib data, and as the deflate data of a member whose
 * header is sound; what comes out is within its bounds. */
#include "base/inflate.h"

#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void unpack(struct span packed, size_t most) {
    enum inflate_fault fault;
    g_autoptr(GBytes) out = inflate_gzip(packed, most, &fault);
    g_assert((out == NULL) == (fault != INFLATE_FINE));
    if (out) {
        gsize n;
        const char *unpacked = g_bytes_get_data(out, &n);
        g_assert(n <= most && n <= packed.n * LIMIT_INFLATE_RATIO);
        g_assert(!inflate_is_gzip(span_make(unpacked, n)));
    }
}

static void unpack_zlib(struct span packed, size_t most) {
    enum inflate_fault fault;
    g_autoptr(GBytes) out = inflate_zlib(packed, most, &fault);
    g_assert(out ? fault == INFLATE_FINE && g_bytes_get_size(out) <= most
                 : fault == INFLATE_CORRUPT || fault == INFLATE_TOO_LARGE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    g_autofree char *copy = g_memdup2(data, size); /* exact size: reads beyond it are seen */
    unpack(span_make(copy ? copy : "", size), LIMIT_LOGO_SIZE);
    unpack_zlib(span_make(copy ? copy : "", size), 4096);
    g_autofree char *member = g_malloc(sizeof header + size);
    memcpy(member, header, sizeof header);
    if (size)
        memcpy(member + sizeof header, data, size);
    unpack(span_make(member, sizeof header + size), 4096);
    return 0;
}

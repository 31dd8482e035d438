/* SPDX-License-Identifier: MIT
 *
 * Octets through brand/gunzip: as they are, and as the deflate data of a member whose header is
 * sound; what comes out is within its bounds. */
#include "brand/gunzip.h"

#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void unpack(struct span packed, size_t most) {
    enum gunzip_fault fault;
    g_autoptr(GBytes) out = gunzip(packed, most, &fault);
    g_assert((out == NULL) == (fault != GUNZIP_FINE));
    if (out) {
        gsize n;
        const char *unpacked = g_bytes_get_data(out, &n);
        g_assert(n <= most && n <= packed.n * LIMIT_GUNZIP_RATIO);
        g_assert(!gunzip_is_gzip(span_make(unpacked, n)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    g_autofree char *copy = g_memdup2(data, size); /* exact size: reads beyond it are seen */
    unpack(span_make(copy ? copy : "", size), LIMIT_LOGO_SIZE);
    g_autofree char *member = g_malloc(sizeof header + size);
    memcpy(member, header, sizeof header);
    if (size)
        memcpy(member + sizeof header, data, size);
    unpack(span_make(member, sizeof header + size), 4096);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * An extension's octets through brand/logotype; what is found lies within them, what is unpacked
 * within its bound. */
#include "brand/logotype.h"

#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lies_within(struct span inner, struct span outer) {
    return inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autofree char *copy = g_memdup2(data, size); /* exact size: reads beyond it are seen */
    struct span der = span_make(copy ? copy : "", size);
    struct logotype logotype;
    if (logotype_parse(der, &logotype) != LOGOTYPE_FINE)
        return 0;
    g_assert(lies_within(logotype.media_type, der) && lies_within(logotype.hashes, der) &&
             lies_within(logotype.url, der) && logotype.hashes.n && logotype.url.n);
    enum logotype_fault fault;
    g_autoptr(GBytes) svg = logotype_unpack(&logotype, &fault);
    g_assert((svg == NULL) == (fault != LOGOTYPE_FINE));
    gsize n = 0;
    const char *octets = svg ? g_bytes_get_data(svg, &n) : "";
    g_assert(n <= LIMIT_LOGO_SIZE && (!svg || n));
    enum logotype_hash strongest;
    bool same = logotype_compare(&logotype, span_make(octets, n), &strongest);
    g_assert(!same || strongest != LOGOTYPE_HASH_UNKNOWN);
    return 0;
}

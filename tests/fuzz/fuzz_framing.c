/* SPDX-License-Identifier: MIT
 *
 * fcgi/framing: what is whole stays whole with more behind it, and no part of it is bad. */
#include "fcgi/framing.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span all = span_make((const char *)data, size);
    enum framing state = framing_scan(all, NULL);
    if (state == FRAMING_BAD)
        return 0;
    for (size_t n = 0; n < size; n += 1 + size / 16) {
        enum framing part = framing_scan(span_first(all, n), NULL);
        g_assert_true(part != FRAMING_BAD && part <= state);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * DMARC records: whatever a domain publishes, the struct holds nothing that the rules of §4.10.1
 * exclude. */
#include "auth/dmarc_record.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct dmarc_record record;
    if (dmarc_record_parse(span_make((const char *)data, size), &record) != DMARC_RECORD_PARSED)
        return 0;
    g_assert(record.pct <= 100);
    g_assert(record.unusable == (record.p == DMARC_POLICY_UNKNOWN));
    g_assert(!record.unusable || (!record.has_rua && !record.sp && !record.np));
    g_assert(dmarc_policy_weaker(record.p) <= record.p);
    return 0;
}

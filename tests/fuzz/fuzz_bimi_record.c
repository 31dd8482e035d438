/* SPDX-License-Identifier: MIT
 *
 * Assertion records, BIMI-Selector fields and local parts: whatever is read as one of them leads
 * nowhere but to plain https URLs and plain selectors. */
#include "brand/bimi_record.h"

#include "net/https_url.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_url(const char *url) {
    if (!url)
        return;
    g_autofree char *again = https_url_parse(span_of(url), NULL, NULL);
    g_assert_cmpstr(again, ==, url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = span_make((const char *)data, size);
    struct bimi_record record;
    enum bimi_record_status status = bimi_record_parse(text, &record);
    check_url(record.location);
    check_url(record.authority);
    g_assert(record.n_prefixes <= LIMIT_BIMI_PREFIXES);
    g_assert((status == BIMI_RECORD_PARSED) == (record.location || record.authority) ||
             status == BIMI_RECORD_BAD_URL);
    g_autofree char *selector = bimi_selector_parse(text);
    g_assert(!selector || bimi_selector_is_valid(span_of(selector)));
    g_autofree char *local = bimi_normalize_local_part(text);
    g_assert(!local || bimi_selector_is_valid(span_of(local)));
    bimi_record_wants_local_part(&record, local);
    bimi_record_clear(&record);
    return 0;
}

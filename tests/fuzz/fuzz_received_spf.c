/* SPDX-License-Identifier: MIT
 *
 * Received-SPF: a field that is read has a registered result and real domains. */
#include "auth/received_spf.h"
#include "mail/domain.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct received_spf field;
    bool read = received_spf_parse(span_make((const char *)data, size), &field);
    g_assert(read == (field.result != AUTH_NOT_EVALUATED));
    g_assert(!field.path_domain || (field.has_path && !field.null_path));
    g_assert(!field.path_domain || domain_labels(field.path_domain) > 0);
    received_spf_clear(&field);
    return 0;
}

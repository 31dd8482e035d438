/* SPDX-License-Identifier: MIT
 *
 * List-Unsubscribe: whatever a header holds, what is offered is https or mailto on one line. */
#include "mail/unsubscribe.h"

#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_ascii_line(const char *text) {
    for (; *text; text++)
        if (*text <= ' ' || *text >= 127)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    OWNED(message) message = message_new(octets, 0);
    struct unsubscribe found;
    unsubscribe_parse(message, &found);
    g_assert(!found.https ||
             (g_str_has_prefix(found.https, "https://") && is_ascii_line(found.https)));
    g_assert(!found.mailto || g_str_has_prefix(found.mailto, "mailto:"));
    g_assert(!found.one_click || found.https);
    unsubscribe_clear(&found);
    return 0;
}

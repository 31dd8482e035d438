/* SPDX-License-Identifier: MIT
 *
 * mail/calendar. Beside crashes: the organizer is an address, and never the author. */
#include "mail/calendar.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autofree char *organizer =
        calendar_organizer(span_make((const char *)data, size), "alice@x.example");
    g_assert(!organizer || (strchr(organizer, '@') && strcmp(organizer, "alice@x.example") != 0));
    return 0;
}

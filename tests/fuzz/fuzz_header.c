/* SPDX-License-Identifier: MIT
 *
 * Header text: always UTF-8, one line, bounded; what display takes away stays away. */
#include "mail/header.h"

#include "base/limits.h"
#include "mail/charset.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const char *text) {
    g_assert(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p = g_utf8_find_next_char(p, NULL)) {
        gunichar c = g_utf8_get_char(p);
        g_assert(c >= 0x20 && (c < 0x7f || c >= 0xa0) && c != 0x2028 && c != 0x2029);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span value = span_make((const char *)data, size);
    uint32_t flags = 0;
    g_autofree char *text = header_decode(value, &flags);
    check_line(text);
    g_assert(strlen(text) <= LIMIT_TEXT);
    g_autofree char *shown = display_text(span_of(text), &flags);
    check_line(shown);
    uint32_t again = 0;
    g_free(display_text(span_of(shown), &again));
    g_assert(!(again & (TEXT_BIDI | TEXT_MARK | TEXT_CONTROL | TEXT_BAD_OCTETS)));
    g_autofree char *raw = display_text(value, NULL);
    check_line(raw);
    header_has_encoded_word(value);
    charset_guess(value);
    return 0;
}

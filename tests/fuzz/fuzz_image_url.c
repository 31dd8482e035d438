/* SPDX-License-Identifier: MIT
 *
 * Any src of a picture: what is asked for is https of a shape that stays as it is, and what is
 * signed opens. Nobody's own text opens without the key. */
#include "mail/image_url.h"

#include "mail/image_type.h"

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const unsigned char nonce[8] = {0};
    struct span all = span_make((const char *)data, size);
    struct image_sheet sheet, other;
    image_sheet_make(SPAN_LIT("secret"), 1000, nonce, &sheet);
    g_autofree char *text = span_dup(all);
    g_autofree char *forged = image_url_open(&sheet, text, text);
    g_assert(!forged);
    if (image_sheet_open(SPAN_LIT("secret"), text, 1000, &other))
        g_assert_cmpstr(other.name, ==, text);
    image_type(all);
    g_autofree char *source = image_url_source(all);
    if (!source)
        return 0;
    g_assert(g_str_has_prefix(source, "https://"));
    g_autofree char *again = image_url_source(span_of(source));
    g_assert_cmpstr(again, ==, source);
    g_autofree char *url = image_url_sign(&sheet, source);
    g_auto(GStrv) parts = g_strsplit(url + strlen(IMAGE_URL_PREFIX), "/", 0);
    g_assert_cmpuint(g_strv_length(parts), ==, 3);
    g_autofree char *opened = image_url_open(&sheet, parts[1], parts[2]);
    g_assert_cmpstr(opened, ==, source);
    return 0;
}

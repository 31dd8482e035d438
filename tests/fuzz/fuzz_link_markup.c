/* SPDX-License-Identifier: MIT
 *
 * Links of HTML and the hosts their texts name: whatever the markup, both are host names. */
#include "mail/domain.h"
#include "mail/link_markup.h"

#include <glib.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *shown, const char *target, void *data) {
    *(bool *)data = true;
    g_autofree char *again = domain_parse(span_of(shown), 0, NULL);
    g_assert(g_strcmp0(again, shown) == 0);
    g_assert(*target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autofree char *html = g_utf8_make_valid((const char *)data, (gssize)size);
    bool found = false;
    link_markup_each(html, check, &found);
    g_assert(!found || link_markup_possible(span_of(html), false));
    g_assert(!found || link_markup_possible(span_of(html), true));
    g_free(link_markup_host(span_make((const char *)data, size)));
    return 0;
}

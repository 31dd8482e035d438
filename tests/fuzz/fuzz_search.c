/* SPDX-License-Identifier: MIT
 *
 * A query of the search field: terms within their limits, whatever is typed, and JSON of them. */
#include "base/limits.h"
#include "base/span.h"
#include "fcgi/search.h"

#include <jansson.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autofree char *query = span_dup(span_make((const char *)data, size));
    g_autoptr(GArray) terms = search_parse(query);
    if (!terms)
        return 0;
    g_assert(terms->len > 0 && terms->len <= LIMIT_SEARCH_TERMS);
    for (guint i = 0; i < terms->len; i++) {
        const struct imap_search_term *term = &g_array_index(terms, struct imap_search_term, i);
        g_assert((term->key < IMAP_SEARCH_ATTACHMENT) == (term->text != NULL));
        g_assert(!term->text || (*term->text && strlen(term->text) <= LIMIT_SEARCH_TEXT &&
                                 !strpbrk(term->text, "\r\n")));
    }
    json_t *marks = search_highlight(terms);
    g_assert(json_array_size(marks) <= terms->len);
    json_decref(marks);
    return 0;
}

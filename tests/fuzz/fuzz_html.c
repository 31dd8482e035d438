/* SPDX-License-Identifier: MIT
 *
 * Any HTML becomes a document that the oracle has nothing to object to, and that is its own
 * cleaning. The text readers beside it (links, previews) are fed the same octets. */
#include "mail/html.h"
#include "mail/image_url.h"
#include "mail/mime_markup.h"
#include "tests/unit/inert_check.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct inert_document *document) {
    const char *found = inert_check(document->html->str, document->html->len);
    if (found)
        g_printerr("%s in %s\n", found, document->html->str);
    g_assert(!found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct inert_options options = {.links = true}, quiet = {.links = false};
    OWNED(inert_document)
    document = html_clean(span_make((const char *)data, size), NULL, &options);
    check(document);
    g_assert(!strstr(document->html->str, "<img src=\"/")); /* of text, "<" is escaped */
    struct image_sheet sheet;
    image_sheet_make(SPAN_LIT("secret"), 1000, (const unsigned char *)"nonce123", &sheet);
    const struct inert_options elsewhere = {.links = true, .images = &sheet};
    OWNED(inert_document)
    shown = html_clean(span_make((const char *)data, size), NULL, &elsewhere);
    check(shown);
    g_assert_cmpuint(shown->elsewhere, ==, document->elsewhere);
    g_autofree char *text = g_utf8_make_valid((const char *)data, (gssize)size);
    OWNED(inert_document) plain = inert_text(text, size & 1, size & 2, &quiet);
    check(plain);
    g_assert(!strstr(plain->html->str, "<a "));
    g_autoptr(GString) seen = g_string_new(NULL);
    mime_markup_text(text, seen);
    g_assert(g_utf8_validate(seen->str, (gssize)seen->len, NULL));
    return 0;
}

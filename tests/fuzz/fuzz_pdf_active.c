/* SPDX-License-Identifier: MIT
 *
 * Octets through mail/pdf_active: as they are, and as the objects of an object stream within a
 * sound document. White space behind changes nothing, and a document that runs a script when
 * opened, in front or behind, is never one that may be looked at. */
#include "mail/pdf_active.h"

#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum pdf_active judge(const GString *text) {
    g_autofree char *copy = g_memdup2(text->str, text->len); /* exact size: reads beyond are seen */
    enum pdf_active active = pdf_active(span_make(copy, text->len));
    g_assert(active > PDF_ACTIVE_UNKNOWN && active < PDF_ACTIVE__MAX);
    return active;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char program[] =
        "1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(x)>>>>endobj\n";
    g_autoptr(GString) plain = g_string_new_len((const char *)data, (gssize)size);
    enum pdf_active active = judge(plain);
    g_string_append_c(plain, '\n');
    bool may = active == PDF_ACTIVE_NONE;
    g_assert((judge(plain) == PDF_ACTIVE_NONE) == may);
    g_string_append(plain, program);
    g_assert(judge(plain) != PDF_ACTIVE_NONE);
    g_autoptr(GString) behind = g_string_new("%PDF-1.7\n");
    g_string_append(behind, program);
    g_string_append_len(behind, (const char *)data, (gssize)size);
    g_assert(judge(behind) != PDF_ACTIVE_NONE);
    g_autoptr(GString) packed =
        g_string_new("%PDF-1.7\n1 0 obj<</Type/ObjStm/N 2/First 8>>stream\n");
    g_string_append_len(packed, (const char *)data, (gssize)size);
    g_string_append(packed, "\nendstream endobj\n");
    judge(packed);
    return 0;
}

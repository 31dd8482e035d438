/* SPDX-License-Identifier: MIT
 *
 * Lists of RFC 5782: lines of the configuration, and answers. What is before the first NUL are
 * meanings, one a line, the rest the octets of one answer's records, split at NULs. */
#include "base/limits.h"
#include "repute/dnsbl.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_lines(struct dnsbl_lists *lists, struct span text) {
    while (text.n) {
        size_t n = span_find(text, '\n');
        g_autofree char *line = span_dup(span_first(text, n));
        g_autoptr(GError) error = NULL;
        bool taken = dnsbl_lists_add_meaning(lists, line, &error);
        g_assert(taken == (error == NULL));
        text = span_from(text, n + 1);
    }
}

/* What is no address of 127/8 is never a listing, whatever the lines say. */
static void read_answer(const struct dnsbl_lists *lists, struct span records) {
    OWNED(resolver) table = resolver_new_table();
    bool outside = false;
    while (records.n) {
        size_t n = span_find(records, '\0');
        struct span record = span_first(records, n);
        resolver_table_add_octets(table, "x.example", DNS_A, record);
        outside = outside || record.n != 4 || record.p[0] != 127;
        records = span_from(records, n + 1);
    }
    OWNED(lookups) lookups = lookups_new(table);
    const char *meaning;
    enum dnsbl_state state =
        dnsbl_read(lists, 0, lookups_answer(lookups, "x.example", DNS_A), &meaning);
    g_assert(state != DNSBL_NOT_ASKED);
    g_assert(!outside || state == DNSBL_REFUSED);
    g_assert(!meaning || state == DNSBL_LISTED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span all = span_make((const char *)data, size);
    size_t cut = span_find(all, '\0');
    OWNED(dnsbl_lists) lists = dnsbl_lists_new();
    g_assert(dnsbl_lists_add(lists, DNSBL_BLOCK, "l.example", NULL));
    read_lines(lists, span_first(all, cut));
    g_autofree char *fingerprint = dnsbl_lists_fingerprint(lists);
    g_assert(g_utf8_validate(fingerprint, -1, NULL));
    read_answer(lists, span_from(all, cut + 1));
    return 0;
}

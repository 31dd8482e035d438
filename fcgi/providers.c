/* SPDX-License-Identifier: MIT
 *
 * The list of mailbox providers, read from the octets that gcc or clang, run in the project's top
 * folder, put into the program. */
#include "fcgi/providers.h"

#include "base/span.h"

#include <stdint.h>

__asm__(".section .rodata\n"
        ".global inkan_providers_begin\n.global inkan_providers_end\n"
        "inkan_providers_begin:\n.incbin \"conf/mailbox-providers.txt\"\ninkan_providers_end:\n"
        ".byte 0\n.previous\n");

extern const char inkan_providers_begin[], inkan_providers_end[];

GHashTable *providers_new(void) {
    GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct span rest = span_make(inkan_providers_begin,
                                 (uintptr_t)inkan_providers_end - (uintptr_t)inkan_providers_begin);
    while (rest.n) {
        struct span line = span_first(rest, span_find(rest, '\n'));
        if (line.n && line.p[0] != '#')
            g_hash_table_add(set, span_dup(line));
        rest = span_from(rest, line.n + 1);
    }
    return set;
}

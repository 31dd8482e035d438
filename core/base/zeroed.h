/* SPDX-License-Identifier: MIT
 *
 * Zeroed memory for what every message makes anew. g_new0 is calloc, which passes by the thread's
 * cache of freed blocks (glibc 2.36), where those of the message before lie: several times the work
 * of finding one there and clearing it. Elsewhere g_new0 does. */
#ifndef INKAN_BASE_ZEROED_H
#define INKAN_BASE_ZEROED_H

#include <glib.h>
#include <string.h>

/* NULL for nothing, as g_new0. */
static inline void *zeroed_new(gsize n, gsize size) {
    void *block = g_malloc_n(n, size);
    return block ? memset(block, 0, n * size) : NULL;
}

/* g_new0(struct TYPE, 1) and g_new0(TYPE, n); g_free frees them. */
#define NEW_ZERO(type) ((struct type *)zeroed_new(1, sizeof(struct type)))
#define NEW_ZEROS(type, n) ((type *)zeroed_new(n, sizeof(type)))

#endif

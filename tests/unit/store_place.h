/* SPDX-License-Identifier: MIT
 *
 * A folder of its own for a store that a test makes, and its end with all that lies in it. */
#ifndef INKAN_TESTS_STORE_PLACE_H
#define INKAN_TESTS_STORE_PLACE_H

#include <glib.h>
#include <glib/gstdio.h>

/* Both paths are the caller's to free, by store_place_remove. */
static inline void store_place_make(char **folder, char **path) {
    *folder = g_dir_make_tmp("inkan-store-XXXXXX", NULL);
    *path = g_build_filename(*folder, "inkan.db", NULL);
}

static inline void store_place_remove(char *folder, char *path) {
    g_autoptr(GDir) open = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(open));) {
        g_autofree char *each = g_build_filename(folder, name, NULL);
        g_unlink(each);
    }
    g_rmdir(folder);
    g_free(folder);
    g_free(path);
}

#endif

/* SPDX-License-Identifier: MIT
 *
 * Headers, parted by octets 0, become messages of one mailbox: whatever they name, every message is
 * in exactly one conversation, the same one for all of its members and in any order of adding. */
#include "fcgi/forest.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

enum { MOST = 60 };

static guint read_all(const unsigned char *data, size_t n, struct references *all) {
    guint count = 0;
    for (size_t at = 0; at < n && count < MOST; count++) {
        const unsigned char *end = memchr(data + at, 0, n - at);
        size_t length = end ? (size_t)(end - data) - at : n - at;
        g_autoptr(GBytes) octets = g_bytes_new(data + at, length);
        OWNED(message) message = message_new(octets, 0);
        references_read(message, &all[count]);
        g_assert(all[count].n <= LIMIT_REFERENCES);
        for (guint i = 0; i < all[count].n; i++)
            g_assert(all[count].named[i] && all[count].named[i] != all[count].own);
        at += length + 1;
    }
    return count;
}

static bool holds(const GArray *uids, uint32_t uid) {
    for (guint i = 0; i < uids->len; i++)
        if (g_array_index(uids, uint32_t, i) == uid)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n) {
    struct references all[MOST], found;
    guint count = read_all(data, n, all);
    OWNED(forest) up = forest_new();
    OWNED(forest) down = forest_new();
    for (guint i = 0; i < count; i++) {
        g_assert(forest_add(up, i + 1, &all[i]));
        g_assert(forest_add(down, count - i, &all[count - i - 1]));
        (void)forest_thread(down, &all[i]); /* asked for between */
    }
    for (guint i = 0; i < count; i++) {
        uint64_t thread = forest_thread(up, &all[i]);
        g_assert(thread == forest_thread(down, &all[i]));
        g_assert(forest_find(up, i + 1, &found) &&
                 memcmp(found.named, all[i].named, found.n * sizeof(uint64_t)) == 0);
        g_autoptr(GArray) uids = forest_members(up, thread, MOST);
        g_assert(holds(uids, i + 1) == (thread != 0));
    }
    return 0;
}

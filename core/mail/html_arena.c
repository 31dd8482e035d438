/* SPDX-License-Identifier: MIT */
#include "mail/html_arena.h"

#include "base/limits.h"

#include <stdbool.h>

#define CHUNK (256u << 10)
#define CALLS_A_LOOK 512 /* allocations between two looks at the clock */

void html_arena_init(struct html_arena *arena) {
    *arena = (struct html_arena){.chunks = g_ptr_array_new_with_free_func(g_free)};
    arena->started = clock();
}

void html_arena_clear(struct html_arena *arena) {
    g_ptr_array_unref(arena->chunks);
}

static bool is_late(struct html_arena *arena) {
    if (++arena->calls % CALLS_A_LOOK)
        return false;
    return (clock() - arena->started) / (CLOCKS_PER_SEC / 1000) > LIMIT_HTML_CPU_MS;
}

void *html_arena_take(void *data, size_t n) {
    struct html_arena *arena = data;
    n = (n + 15) & ~(size_t)15;
    if (n > LIMIT_HTML_MEMORY || arena->total + n > LIMIT_HTML_MEMORY || is_late(arena))
        longjmp(arena->full, 1);
    if (n > arena->left) {
        gsize room = MAX(n, CHUNK);
        arena->at = g_malloc(room);
        arena->left = room;
        g_ptr_array_add(arena->chunks, arena->at);
    }
    void *octets = arena->at;
    arena->at += n;
    arena->left -= n;
    arena->total += n;
    return octets;
}

void html_arena_leave(void *arena, void *octets) {
    (void)arena;
    (void)octets;
}

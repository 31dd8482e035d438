/* SPDX-License-Identifier: MIT
 *
 * Memory for one run of the HTML parser, given back all at once. libgumbo cannot be told to stop
 * and frees its tree by recursion; here it can be stopped (too much memory, too much time) and is
 * never asked to free anything. */
#ifndef INKAN_MAIL_HTML_ARENA_H
#define INKAN_MAIL_HTML_ARENA_H

#include <glib.h>
#include <setjmp.h>
#include <time.h>

struct html_arena {
    GPtrArray *chunks;
    char *at;
    gsize left, total;
    guint calls;
    clock_t started;
    jmp_buf full; /* where html_arena_take jumps when it must not go on */
};

void html_arena_init(struct html_arena *arena);
void html_arena_clear(struct html_arena *arena);
/* Of the shape that libgumbo wants. Never NULL; beyond LIMIT_HTML_MEMORY octets or
 * LIMIT_HTML_CPU_MS it does not return but jumps. */
void *html_arena_take(void *arena, size_t n);
void html_arena_leave(void *arena, void *octets);

#endif

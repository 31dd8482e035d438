/* SPDX-License-Identifier: MIT
 *
 * Entry: `inkan COMMAND …`. What each command does stands in command_*.c. */
#include "fcgi/command.h"
#include "fcgi/command_serve.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

/* Large messages get pages of their own and give them back. Left alone, the allocator takes the
 * first of them as a sign to keep such blocks in its heap, where the holes they leave never fit the
 * next; below, it keeps two blocks' worth so that ordinary mail costs no system call. */
static void tame_allocator(void) {
    enum { LARGE = 1 << 20 };
    mallopt(M_MMAP_THRESHOLD, LARGE);
    mallopt(M_TRIM_THRESHOLD, 2 * LARGE);
}

int main(int argc, char **argv) {
    tame_allocator();
    if (argc < 2 && command_serve_is_wanted()) {
        char name[] = "serve", *arguments[] = {name, NULL};
        return command_serve(1, arguments);
    }
    if (argc < 2) {
        command_help(stderr);
        return COMMAND_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        command_help(stdout);
        return COMMAND_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("inkan " INKAN_VERSION);
        return COMMAND_DONE;
    }
    const struct command *command = command_find(argv[1]);
    if (!command)
        return command_usage("no command \"%s\"; `inkan help` lists them", argv[1]);
    return command->run(argc - 1, argv + 1);
}

/* SPDX-License-Identifier: MIT
 *
 * Entry: `inkan COMMAND …`. What each command does stands in command_*.c. */
#include "fcgi/command.h"
#include "fcgi/command_serve.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
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

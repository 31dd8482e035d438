/* SPDX-License-Identifier: MIT
 *
 * The command-line doors: one table, one row a command. */
#ifndef INKAN_FCGI_COMMAND_H
#define INKAN_FCGI_COMMAND_H

#include <stdio.h>

enum command_status {
    COMMAND_DONE = 0,   /* what was asked was done, whatever the verdicts */
    COMMAND_FAILED = 1, /* something could not be read or started */
    COMMAND_USAGE = 2   /* the command line is wrong; stderr says how */
};

struct command {
    const char *name;
    /* argv[0] is the command's own name; answers with a command_status. */
    int (*run)(int argc, char **argv);
    const char *arguments; /* "[options] FILE..." */
    const char *summary;   /* one line */
};

/* The row of that name, or NULL. */
const struct command *command_find(const char *name);

/* "inkan: …" on stderr, and COMMAND_USAGE. */
int command_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for work that could not be done, and COMMAND_FAILED. */
int command_failed(const char *why);

/* All commands, on `stream`. */
void command_help(FILE *stream);

int command_brand(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_brand(int argc, char **argv);
int command_route(int argc, char **argv);

#endif

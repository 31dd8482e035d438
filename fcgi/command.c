/* SPDX-License-Identifier: MIT
 *
 * The table of commands. */
#include "fcgi/command.h"

#include "fcgi/command_serve.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
    {"verify", command_verify, "[options] FILE...",
     "who vouches for the sender of each message? (`inkan verify --help`)"},
    {"brand", command_brand, "[--json] --svg FILE",
     "is this picture SVG Tiny PS, and what must change until it is?"},
    {"brand", command_brand, "[options] DOMAIN",
     "would this domain's logo be shown, and why not? (`inkan brand --help`)"},
    {"route", command_route, "[options] ADDRESS",
     "can mail to ADDRESS be intercepted on the way? (`inkan route --help`)"},
    {"doctor", command_doctor, "[--config FILE] [--account USER --password-file FILE] [--json]",
     "is this deployment sound, and which headers may it believe?"},
    {"serve", command_serve, "[--config FILE] [--socket PATH]",
     "the service behind a web server (FastCGI)"},
};

const struct command *command_find(const char *name) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int command_usage(const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    g_autofree char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    fprintf(stderr, "inkan: %s\n", text);
    return COMMAND_USAGE;
}

int command_failed(const char *why) {
    fprintf(stderr, "inkan: %s\n", why);
    return COMMAND_FAILED;
}

void command_help(FILE *stream) {
    fputs("Inkan shows how far the sender of each message can be trusted.\n\n", stream);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(stream, "  inkan %s %s\n      %s\n", commands[i].name, commands[i].arguments,
                commands[i].summary);
}

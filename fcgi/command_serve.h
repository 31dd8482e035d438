/* SPDX-License-Identifier: MIT
 *
 * `inkan serve`: the FastCGI service, from its configuration to its clean end. */
#ifndef INKAN_FCGI_COMMAND_SERVE_H
#define INKAN_FCGI_COMMAND_SERVE_H

#include <stdbool.h>

/* serve [--config FILE] [--socket PATH]. Without --socket: on descriptor 0 if that is a listening
 * socket, else [server] socket. Answers with a command_status. */
int command_serve(int argc, char **argv);

/* A web server or systemd started us with a listening socket as descriptor 0. */
bool command_serve_is_wanted(void);

#endif

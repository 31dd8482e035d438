/* SPDX-License-Identifier: MIT
 *
 * The worker side of the front: a queue of connections with a request on them, threads that answer,
 * and the list of connections that come back. Only serve.c talks to it. */
#ifndef INKAN_FCGI_SERVE_WORKER_H
#define INKAN_FCGI_SERVE_WORKER_H

#include "fcgi/serve.h"

#include <stdint.h>

struct crew;

/* A connection on loan. The memory stays the front's. */
struct loan {
    int fd;                      /* a duplicate for the crew, which closes it */
    struct serve_source *source; /* given back: the reply goes on; NULL: it is whole */
    int request_id;              /* of it */
    bool keep_open; /* given back: the client wants to go on, and the connection is sound */
};

/* Starts the threads. `wake_fd` is an eventfd written whenever a loan comes back. */
struct crew *crew_new(unsigned threads, int wake_fd, serve_handler handler, void *context);
void crew_lend(struct crew *crew, struct loan *loan);
/* A loan that came back, or NULL. Never blocks. */
struct loan *crew_returned(struct crew *crew);
/* Tells the threads to end when the queue is empty, and joins them. */
void crew_free(struct crew *crew);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The front: one thread with epoll holds all FastCGI connections and lends a worker thread only to
 * one on which a whole request waits (fcgi/framing.h). A web server may keep as many connections
 * open as it likes; none pins a worker. Requests whose body does not fit the window, that come
 * slowly, or that wait for a stranger's server (pictures of mail), may hold half of the workers at
 * most, each for a bounded time. Uses fields of
 * FCGX_Request that its header calls private: a static assert holds their places (libfcgi 2.4). */
#ifndef INKAN_FCGI_SERVE_H
#define INKAN_FCGI_SERVE_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>

struct FCGX_Request;
struct serve;
struct serve_source; /* fcgi/serve_stream.h */

/* Answers one request; called on a worker thread with a full-size stack. What it returns goes on
 * with the reply from the front's thread, which takes it over; NULL: the reply is whole. */
typedef struct serve_source *(*serve_handler)(void *context, struct FCGX_Request *fcgx);

/* Blocks SIGTERM and SIGINT and ignores SIGPIPE: call before any thread is started. */
void serve_block_signals(void);

/* A listening unix socket at `path`, mode 0660; a dead socket that lies there is replaced, anything
 * else is not. -1 and *error. */
int serve_listen(const char *path, GError **error);

/* Takes over `listen_fd` (a listening socket) if it succeeds. NULL and *error. */
struct serve *serve_new(int listen_fd, unsigned threads, serve_handler handler, void *context,
                        GError **error);

/* Serves until SIGTERM or SIGINT. Then takes no more connections, lets requests under way finish
 * for LIMIT_DRAIN_SECONDS, and calls `cancel` so that the rest gives up. False: some had to. */
bool serve_run(struct serve *serve, void (*cancel)(void *context), void *context);
/* Joins the workers. */
void serve_free(struct serve *serve);

DEFINE_OWNED(serve, serve_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * A reply that goes on after its worker has gone: the front's thread asks it for octets now and
 * then, puts them into FastCGI records and sends what the connection takes without waiting. Knows
 * neither events nor HTTP. */
#ifndef INKAN_FCGI_SERVE_STREAM_H
#define INKAN_FCGI_SERVE_STREAM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Where the octets come from. Called by the front's thread alone; must not block. */
struct serve_source {
    /* Appends what there is to say; `now` as clock_monotonic_ms. False: that was the last of it. */
    bool (*take)(struct serve_source *source, int64_t now, GString *out);
    void (*free)(struct serve_source *source);
};

struct serve_stream;
/* Takes over the source. `fd` is borrowed; request_id as in the FastCGI header. */
struct serve_stream *serve_stream_new(struct serve_source *source, int fd, int request_id);
void serve_stream_free(struct serve_stream *stream);
/* Sends what there is. False: it is at its end, the reader is gone, or LIMIT_STREAM_OCTETS behind;
 * the connection is of no further use. */
bool serve_stream_send(struct serve_stream *stream, int64_t now);
/* The connection is readable: false if it was closed or the request aborted. */
bool serve_stream_listen(struct serve_stream *stream);

#endif

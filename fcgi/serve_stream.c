/* SPDX-License-Identifier: MIT
 *
 * FCGI_STDOUT records (FastCGI 1.0 §3.3, §5.3) on a connection that nobody else writes to. */
#include "fcgi/serve_stream.h"

#include "base/limits.h"

#include <errno.h>
#include <fastcgi.h>
#include <sys/socket.h>

struct serve_stream {
    struct serve_source *source;
    int fd, request_id;
    GString *waiting; /* records that the connection did not take yet */
};

struct serve_stream *serve_stream_new(struct serve_source *source, int fd, int request_id) {
    struct serve_stream *stream = g_new0(struct serve_stream, 1);
    *stream = (struct serve_stream){source, fd, request_id, g_string_new(NULL)};
    return stream;
}

void serve_stream_free(struct serve_stream *stream) {
    stream->source->free(stream->source);
    g_string_free(stream->waiting, TRUE);
    g_free(stream);
}

/* One record; no padding is needed. */
static void put(struct serve_stream *stream, int type, const char *content, size_t n) {
    const char header[FCGI_HEADER_LEN] = {FCGI_VERSION_1,
                                          (char)type,
                                          (char)(stream->request_id >> 8),
                                          (char)stream->request_id,
                                          (char)(n >> 8),
                                          (char)n,
                                          0,
                                          0};
    g_string_append_len(stream->waiting, header, sizeof header);
    g_string_append_len(stream->waiting, content, (gssize)n);
}

static void put_all(struct serve_stream *stream, const GString *content) {
    for (size_t at = 0, n; at < content->len; at += n) {
        n = MIN(content->len - at, FCGI_MAX_LENGTH);
        put(stream, FCGI_STDOUT, content->str + at, n);
    }
}

static void put_end(struct serve_stream *stream) {
    static const char complete[sizeof(FCGI_EndRequestBody)] = {0}; /* FCGI_REQUEST_COMPLETE */
    put(stream, FCGI_STDOUT, "", 0);
    put(stream, FCGI_END_REQUEST, complete, sizeof complete);
}

static bool flush(struct serve_stream *stream) {
    while (stream->waiting->len) {
        ssize_t n = send(stream->fd, stream->waiting->str, stream->waiting->len,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        g_string_erase(stream->waiting, 0, n);
    }
    return true;
}

bool serve_stream_send(struct serve_stream *stream, int64_t now) {
    g_autoptr(GString) content = g_string_new(NULL);
    bool more = stream->source->take(stream->source, now, content);
    put_all(stream, content);
    if (!more)
        put_end(stream);
    return flush(stream) && more && stream->waiting->len <= LIMIT_STREAM_OCTETS;
}

/* A web server sends nothing more on a request without a body, but for what the library left unread
 * of it and, perhaps, that it is aborted (§5.4), which comes alone. */
bool serve_stream_listen(struct serve_stream *stream) {
    for (int reads = 0; reads < 64; reads++) {
        char heard[4096];
        ssize_t n = recv(stream->fd, heard, sizeof heard, MSG_DONTWAIT);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        if (n < FCGI_HEADER_LEN || heard[1] == FCGI_ABORT_REQUEST)
            return false;
    }
    return false;
}

/* SPDX-License-Identifier: MIT
 *
 * All octets or none. Without a deadline only read(2) and write(2) are called: the child's sandbox
 * knows no more. */
#include "worker/protocol.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* True when the socket is ready; false at the deadline. */
static bool wait_for(int fd, short events, int64_t deadline_ms) {
    for (;;) {
        int64_t left = deadline_ms - clock_monotonic_ms();
        if (left <= 0)
            return false;
        struct pollfd wanted = {.fd = fd, .events = events};
        int ready = poll(&wanted, 1, (int)MIN(left, 60000));
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true;
    }
}

static bool try_again(ssize_t done) {
    return done < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK);
}

enum protocol_end protocol_read(int fd, void *octets, gsize n, int64_t deadline_ms) {
    char *at = octets;
    while (n) {
        if (deadline_ms && !wait_for(fd, POLLIN, deadline_ms))
            return PROTOCOL_LATE;
        ssize_t done = deadline_ms ? recv(fd, at, n, MSG_DONTWAIT) : read(fd, at, n);
        if (try_again(done))
            continue;
        if (done <= 0)
            return PROTOCOL_CLOSED;
        at += done;
        n -= (gsize)done;
    }
    return PROTOCOL_OK;
}

enum protocol_end protocol_write(int fd, const void *octets, gsize n, int64_t deadline_ms) {
    const char *at = octets;
    while (n) {
        if (deadline_ms && !wait_for(fd, POLLOUT, deadline_ms))
            return PROTOCOL_LATE;
        ssize_t done =
            deadline_ms ? send(fd, at, n, MSG_DONTWAIT | MSG_NOSIGNAL) : write(fd, at, n);
        if (try_again(done))
            continue;
        if (done <= 0)
            return PROTOCOL_CLOSED;
        at += done;
        n -= (gsize)done;
    }
    return PROTOCOL_OK;
}

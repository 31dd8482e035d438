/* SPDX-License-Identifier: MIT
 *
 * getaddrinfo runs in a thread of its own that nobody has to wait for: it and its caller share a
 * counted `lookup`, and whoever comes last frees it. */
#include "account/dial.h"

#include "account/imap_error.h"
#include "base/clock.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct lookup {
    gatomicrefcount refs;
    char *host;
    char service[8];
    int done_fd; /* eventfd: result and code may be read once it is readable */
    struct addrinfo *result;
    int code; /* of getaddrinfo */
};

static void lookup_free(struct lookup *lookup) {
    if (lookup->result)
        freeaddrinfo(lookup->result);
    if (lookup->done_fd >= 0)
        close(lookup->done_fd);
    g_free(lookup->host);
    g_free(lookup);
}

static void lookup_unref(struct lookup *lookup) {
    if (g_atomic_ref_count_dec(&lookup->refs))
        lookup_free(lookup);
}

static void *lookup_run(void *data) {
    struct lookup *lookup = data;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    lookup->code = getaddrinfo(lookup->host, lookup->service, &hints, &lookup->result);
    /* AI_ADDRCONFIG hides loopback addresses on a machine that has nothing else. */
    if (lookup->code == EAI_ADDRFAMILY || lookup->code == EAI_NONAME) {
        hints.ai_flags = 0;
        lookup->code = getaddrinfo(lookup->host, lookup->service, &hints, &lookup->result);
    }
    if (lookup->code != 0)
        lookup->result = NULL;
    (void)eventfd_write(lookup->done_fd, 1);
    lookup_unref(lookup);
    return NULL;
}

static struct lookup *lookup_start(const char *host, uint16_t port, GError **error) {
    struct lookup *lookup = g_new0(struct lookup, 1);
    g_atomic_ref_count_init(&lookup->refs);
    lookup->host = g_strdup(host);
    g_snprintf(lookup->service, sizeof(lookup->service), "%u", port);
    lookup->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g_atomic_ref_count_inc(&lookup->refs);
    GThread *thread =
        lookup->done_fd < 0 ? NULL : g_thread_try_new("lookup", lookup_run, lookup, NULL);
    if (thread) {
        g_thread_unref(thread);
        return lookup;
    }
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_UNREACHABLE,
                "The name of the mail server could not be looked up: out of threads or files.");
    lookup_free(lookup); /* nobody else has it */
    return NULL;
}

static bool set_cancelled(GError **error) {
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_CANCELLED,
                "The request to the mail server was cancelled.");
    return false;
}

static bool set_timeout(GError **error) {
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_TIMEOUT, "The mail server did not answer in time.");
    return false;
}

bool dial_wait(int fd, short events, int64_t deadline, int cancel_fd, GError **error) {
    for (;;) {
        int64_t left = deadline - clock_monotonic_ms();
        struct pollfd wait[2] = {{.fd = fd, .events = events}, {.fd = cancel_fd, .events = POLLIN}};
        int ready = left <= 0 ? 0 : poll(wait, 2, (int)MIN(left, G_MAXINT));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready > 0)
            return wait[1].revents ? set_cancelled(error) : true;
        return set_timeout(error);
    }
}

bool dial_check(int64_t deadline, int cancel_fd, GError **error) {
    struct pollfd look = {.fd = cancel_fd, .events = POLLIN};
    if (cancel_fd >= 0 && poll(&look, 1, 0) > 0)
        return set_cancelled(error);
    return clock_monotonic_ms() < deadline || set_timeout(error);
}

/* One address. -1 and *error, which is IMAP_ERROR_UNREACHABLE where another may still do. */
static int dial_address(const struct addrinfo *address, int64_t deadline, int cancel_fd,
                        GError **error) {
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int failure = fd < 0 ? errno : 0;
    if (!failure && connect(fd, address->ai_addr, address->ai_addrlen) != 0)
        failure = errno;
    if (failure == EINPROGRESS) {
        if (!dial_wait(fd, POLLOUT, deadline, cancel_fd, error)) {
            close(fd);
            return -1;
        }
        socklen_t size = sizeof(failure);
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
            failure = errno;
    }
    if (failure) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_UNREACHABLE,
                    "The mail server cannot be reached: %s.", g_strerror(failure));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

/* A share of the time that is left, so that one dead address leaves some for the next. */
static int64_t dial_share(const struct addrinfo *address, int64_t deadline) {
    int64_t now = clock_monotonic_ms();
    return address->ai_next ? now + (deadline - now) / 2 : deadline;
}

int dial(const char *host, uint16_t port, int64_t deadline, int cancel_fd, GError **error) {
    struct lookup *lookup = lookup_start(host, port, error);
    if (!lookup)
        return -1;
    int fd = -1;
    if (dial_wait(lookup->done_fd, POLLIN, deadline, cancel_fd, error)) {
        if (lookup->code != 0 || !lookup->result)
            g_set_error(error, IMAP_ERROR, IMAP_ERROR_UNREACHABLE,
                        "The name %s could not be looked up: %s.", host,
                        gai_strerror(lookup->code));
        for (struct addrinfo *a = lookup->result; a && fd < 0; a = a->ai_next) {
            g_clear_error(error);
            fd = dial_address(a, dial_share(a, deadline), cancel_fd, error);
            if (fd < 0 && error && g_error_matches(*error, IMAP_ERROR, IMAP_ERROR_CANCELLED))
                break;
        }
    }
    lookup_unref(lookup);
    return fd;
}

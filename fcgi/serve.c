/* SPDX-License-Identifier: MIT
 *
 * The front: connections, their states, and the loop. A connection belongs to this thread always;
 * a worker gets a duplicate of its descriptor for the time of one request. */
#include "fcgi/serve.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "fcgi/framing.h"
#include "fcgi/serve_stream.h"
#include "fcgi/serve_worker.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, TICK_MS = 250 };

enum state { IDLE = 0, READING, QUEUED_SLOW, STREAMING, LENT, LENT_SLOW };

struct connection {
    struct loan loan; /* first: the pointers are the same */
    int fd;
    enum state state;
    int64_t since; /* monotonic ms of its state */
    bool has_params;
    struct serve_stream *stream; /* of STREAMING */
};

struct serve {
    int listen_fd, epoll_fd, signal_fd, wake_fd;
    unsigned slow_most, slow_lent, lent;
    bool accepting;
    GHashTable *connections; /* set of struct connection, freed with it */
    GQueue slow;
    struct crew *crew;
    char *window;
    int64_t stopping; /* monotonic ms of the signal; 0 = none yet */
};

static void set(struct connection *c, enum state state) {
    c->state = state;
    c->since = clock_monotonic_ms();
}

static void drop(struct serve *s, struct connection *c) {
    if (c->state == QUEUED_SLOW)
        g_queue_remove(&s->slow, c);
    g_hash_table_remove(s->connections, c);
}

static void connection_free(gpointer data) {
    struct connection *c = data;
    if (c->stream)
        serve_stream_free(c->stream);
    close(c->fd);
    g_free(c);
}

static void lend(struct serve *s, struct connection *c, bool slow) {
    c->loan.fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 3);
    if (c->loan.fd < 0) {
        drop(s, c);
        return;
    }
    set(c, slow ? LENT_SLOW : LENT);
    s->lent++;
    s->slow_lent += slow;
    crew_lend(s->crew, &c->loan);
}

static void lend_slow(struct serve *s) {
    while (s->slow_lent < s->slow_most && !g_queue_is_empty(&s->slow)) {
        struct connection *c = g_queue_pop_head(&s->slow);
        c->state = READING; /* no longer queued */
        lend(s, c, true);
    }
}

static void queue_slow(struct serve *s, struct connection *c) {
    set(c, QUEUED_SLOW);
    g_queue_push_tail(&s->slow, c);
    lend_slow(s);
}

/* Looks at what waits on an idle or half-read connection. */
static void look(struct serve *s, struct connection *c) {
    ssize_t n = recv(c->fd, s->window, LIMIT_FCGI_WINDOW, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    bool outside = false;
    enum framing state =
        n > 0 ? framing_scan(span_make(s->window, (size_t)n), &outside) : FRAMING_BAD;
    bool full = n == LIMIT_FCGI_WINDOW;
    if (state == FRAMING_BAD || (state == FRAMING_PART && full)) {
        drop(s, c);
        return;
    }
    if (c->state == IDLE)
        set(c, READING);
    c->has_params = state == FRAMING_BODY;
    if (state == FRAMING_WHOLE && !outside)
        lend(s, c, false);
    else if (state == FRAMING_WHOLE || (state == FRAMING_BODY && full))
        queue_slow(s, c);
}

static void accept_one(struct serve *s) {
    int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    /* What libfcgi reads and writes blocks, but not for good. */
    struct timeval most = {.tv_sec = LIMIT_IO_SECONDS};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    struct connection *c = g_new0(struct connection, 1);
    c->fd = fd;
    set(c, IDLE);
    g_hash_table_add(s->connections, c);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        drop(s, c);
}

/* Edge or tick: only these states wait for the client. */
static void on_readable(struct serve *s, struct connection *c) {
    if (c->state == IDLE || c->state == READING)
        look(s, c);
    else if (c->state == STREAMING && !serve_stream_listen(c->stream))
        drop(s, c);
}

/* The reply goes on from here; the connection ends with it. */
static void go_on(struct serve *s, struct connection *c) {
    c->stream = serve_stream_new(c->loan.source, c->fd, c->loan.request_id);
    set(c, STREAMING);
    if (s->stopping || !serve_stream_listen(c->stream) || !serve_stream_send(c->stream, c->since))
        drop(s, c);
}

static void take_back(struct serve *s) {
    eventfd_t ignored;
    eventfd_read(s->wake_fd, &ignored);
    for (struct loan *loan; (loan = crew_returned(s->crew));) {
        struct connection *c = (struct connection *)(void *)loan;
        s->lent--;
        s->slow_lent -= c->state == LENT_SLOW;
        if (loan->source) {
            go_on(s, c);
            continue;
        }
        if (!loan->keep_open || s->stopping) {
            drop(s, c);
            continue;
        }
        set(c, IDLE);
        look(s, c); /* the edge may have passed while it was lent */
    }
    lend_slow(s);
}

/* Listening is level-triggered: with it off, clients wait in the kernel's queue. */
static void set_accepting(struct serve *s, bool on) {
    struct epoll_event event = {.events = on ? EPOLLIN : 0, .data.ptr = &s->listen_fd};
    if (on != s->accepting)
        epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, s->listen_fd, &event);
    s->accepting = on;
}

/* What one look at the clock says about a connection. */
static void check_age(struct serve *s, struct connection *c, int64_t now) {
    int64_t age = now - c->since;
    if (c->state == READING && c->has_params && age > LIMIT_BODY_MS)
        queue_slow(s, c);
    else if ((c->state == READING || c->state == QUEUED_SLOW) && age > LIMIT_IO_SECONDS * 1000)
        drop(s, c);
    else if (c->state == LENT_SLOW && age > LIMIT_REQUEST_SECONDS * 1000)
        shutdown(c->fd, SHUT_RD); /* its worker reads an end and gives up */
    else if (c->state == STREAMING && !serve_stream_send(c->stream, now))
        drop(s, c);
}

static void tick(struct serve *s) {
    int64_t now = clock_monotonic_ms();
    g_autofree gpointer *all = g_hash_table_get_keys_as_array(s->connections, NULL);
    struct connection *oldest = NULL;
    for (gpointer *p = all; *p; p++) {
        struct connection *c = *p;
        if (!g_hash_table_contains(s->connections, c))
            continue; /* one that was to be lent instead of another, and could not be */
        if (s->stopping && (c->state < LENT)) {
            drop(s, c);
            continue;
        }
        if (c->state == IDLE && (!oldest || c->since < oldest->since))
            oldest = c;
        check_age(s, c, now);
    }
    /* A full house: the connection that has been idle longest makes room. */
    if (!s->stopping && g_hash_table_size(s->connections) >= LIMIT_FCGI_CONNECTIONS && oldest)
        drop(s, oldest);
    if (!s->stopping)
        set_accepting(s, g_hash_table_size(s->connections) < LIMIT_FCGI_CONNECTIONS);
}

static void stop(struct serve *s) {
    struct signalfd_siginfo info;
    ssize_t n = read(s->signal_fd, &info, sizeof info);
    if (n != sizeof info || s->stopping)
        return;
    log_write(LOG_NOTICE, "fcgi/serve", "stopping; %u requests under way", s->lent);
    s->stopping = clock_monotonic_ms();
    epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, s->listen_fd, NULL);
    close(s->listen_fd);
    s->listen_fd = -1;
    tick(s);
}

/* One round of the loop. A connection may be dropped while events of the same round still name it:
 * they are looked up before they are used. */
static void round_once(struct serve *s) {
    struct epoll_event events[EVENTS];
    int n = epoll_wait(s->epoll_fd, events, EVENTS, TICK_MS);
    for (int i = 0; i < n; i++) {
        void *what = events[i].data.ptr;
        if (what == &s->listen_fd) {
            if (g_hash_table_size(s->connections) >= LIMIT_FCGI_CONNECTIONS)
                tick(s);
            if (s->accepting)
                accept_one(s);
        } else if (what == &s->wake_fd) {
            take_back(s);
        } else if (what == &s->signal_fd) {
            stop(s);
        } else if (g_hash_table_contains(s->connections, what)) {
            on_readable(s, what);
        }
    }
}

bool serve_run(struct serve *s, void (*cancel)(void *), void *context) {
    int64_t ticked = 0;
    bool cut = false;
    while (!s->stopping || s->lent) {
        round_once(s);
        int64_t now = clock_monotonic_ms();
        if (now - ticked >= TICK_MS) {
            tick(s);
            ticked = now;
        }
        if (s->stopping && !cut && now - s->stopping > LIMIT_DRAIN_SECONDS * 1000) {
            cut = true;
            log_write(LOG_WARNING, "fcgi/serve", "cutting off %u requests", s->lent);
            cancel(context);
        }
    }
    return !cut;
}

static bool watch(struct serve *s, int fd, void *what) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
    return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static sigset_t stopping_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

void serve_block_signals(void) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t set = stopping_signals();
    sigaction(SIGPIPE, &ignore, NULL);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

struct serve *serve_new(int listen_fd, unsigned threads, serve_handler handler, void *context,
                        GError **error) {
    sigset_t ours = stopping_signals();
    OWNED(serve) s = g_new0(struct serve, 1);
    s->connections = g_hash_table_new_full(g_direct_hash, g_direct_equal, connection_free, NULL);
    s->window = g_malloc(LIMIT_FCGI_WINDOW);
    s->listen_fd = -1;
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    s->signal_fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
    s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->accepting = true;
    s->slow_most = MAX(1, threads / 2);
    int flags = fcntl(listen_fd, F_GETFL);
    if (FCGX_Init() != 0 || flags < 0 || fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        !watch(s, listen_fd, &s->listen_fd) || !watch(s, s->signal_fd, &s->signal_fd) ||
        !watch(s, s->wake_fd, &s->wake_fd)) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "cannot serve: %s",
                    g_strerror(errno));
        return NULL;
    }
    s->listen_fd = listen_fd;
    s->crew = crew_new(threads, s->wake_fd, handler, context);
    return g_steal_pointer(&s);
}

void serve_free(struct serve *s) {
    if (s->crew)
        crew_free(s->crew);
    g_queue_clear(&s->slow);
    g_hash_table_unref(s->connections);
    int fds[] = {s->listen_fd, s->epoll_fd, s->signal_fd, s->wake_fd};
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    g_free(s->window);
    g_free(s);
}

/* SPDX-License-Identifier: MIT
 *
 * libfcgi on one worker thread: it is given a connection by its private field, reads one request,
 * and never closes the connection itself: its close waits up to two seconds for the peer. */
#include "fcgi/serve_worker.h"

#include "fcgi/thread.h"

#include <fcgiapp.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What FCGX_Accept_r needs to find on a connection that we accepted ourselves. */
enum { INTS = 2 * sizeof(int), POINTERS = 5 * sizeof(void *) };
_Static_assert(offsetof(struct FCGX_Request, ipcFd) == INTS + POINTERS &&
                   offsetof(struct FCGX_Request, isBeginProcessed) ==
                       INTS + POINTERS + sizeof(int) &&
                   offsetof(struct FCGX_Request, keepConnection) ==
                       INTS + POINTERS + 2 * sizeof(int) &&
                   offsetof(struct FCGX_Request, detached) == INTS + POINTERS + 7 * sizeof(int) &&
                   sizeof(struct FCGX_Request) == INTS + POINTERS + 8 * sizeof(int),
               "FCGX_Request is not the one of libfcgi 2.4: look at fcgiapp.c before going on");

struct crew {
    GMutex lock;
    GCond ready;
    GQueue waiting, back;
    bool ending;
    int wake_fd;
    serve_handler handler;
    void *context;
    unsigned n;
    pthread_t *threads;
};

/* What was written so far is sent; the request is not ended. A connection that does not take it is
 * found out by whoever writes next. */
static void go_on(struct loan *loan, FCGX_Request *r) {
    loan->request_id = r->requestId;
    FCGX_FFlush(r->out);
    FCGX_Free(r, 0);
    close(r->ipcFd);
}

/* Reads one request off the connection and has it answered. loan->fd is a duplicate of the front's
 * descriptor, so that whoever closes it here closes nothing of the front's. */
static void answer(struct crew *crew, struct loan *loan) {
    FCGX_Request r;
    loan->keep_open = false;
    loan->source = NULL;
    FCGX_InitRequest(&r, -1, FCGI_FAIL_ACCEPT_ON_INTR);
    r.ipcFd = loan->fd;
    r.keepConnection = 1; /* or the library would close it before it reads */
    if (FCGX_Accept_r(&r) < 0)
        return; /* no request after all: the library closed the duplicate */
    bool keep = r.keepConnection;
    loan->source = crew->handler(crew->context, &r);
    if (loan->source) {
        go_on(loan, &r);
        return;
    }
    bool sound = FCGX_GetError(r.in) == 0 && FCGX_FFlush(r.out) == 0;
    r.keepConnection = 1;
    r.detached = 1; /* where the library closes after a fault, it does not wait for the peer */
    FCGX_Finish_r(&r);
    loan->keep_open = keep && sound && r.ipcFd >= 0;
    if (r.ipcFd >= 0)
        close(r.ipcFd);
}

static struct loan *next(struct crew *crew) {
    g_mutex_lock(&crew->lock);
    while (g_queue_is_empty(&crew->waiting) && !crew->ending)
        g_cond_wait(&crew->ready, &crew->lock);
    struct loan *loan = g_queue_pop_head(&crew->waiting);
    g_mutex_unlock(&crew->lock);
    return loan;
}

static void *work(void *data) {
    struct crew *crew = data;
    for (struct loan *loan; (loan = next(crew));) {
        answer(crew, loan);
        g_mutex_lock(&crew->lock);
        g_queue_push_tail(&crew->back, loan);
        g_mutex_unlock(&crew->lock);
        eventfd_write(crew->wake_fd, 1);
    }
    return NULL;
}

struct crew *crew_new(unsigned threads, int wake_fd, serve_handler handler, void *context) {
    struct crew *crew = g_new0(struct crew, 1);
    g_mutex_init(&crew->lock);
    g_cond_init(&crew->ready);
    g_queue_init(&crew->waiting);
    g_queue_init(&crew->back);
    crew->wake_fd = wake_fd;
    crew->handler = handler;
    crew->context = context;
    crew->threads = g_new0(pthread_t, threads);
    for (; crew->n < threads; crew->n++)
        crew->threads[crew->n] = thread_start(work, crew);
    return crew;
}

void crew_lend(struct crew *crew, struct loan *loan) {
    g_mutex_lock(&crew->lock);
    g_queue_push_tail(&crew->waiting, loan);
    g_cond_signal(&crew->ready);
    g_mutex_unlock(&crew->lock);
}

struct loan *crew_returned(struct crew *crew) {
    g_mutex_lock(&crew->lock);
    struct loan *loan = g_queue_pop_head(&crew->back);
    g_mutex_unlock(&crew->lock);
    return loan;
}

void crew_free(struct crew *crew) {
    g_mutex_lock(&crew->lock);
    crew->ending = true;
    g_cond_broadcast(&crew->ready);
    g_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->n; i++)
        pthread_join(crew->threads[i], NULL);
    g_mutex_clear(&crew->lock);
    g_cond_clear(&crew->ready);
    g_free(crew->threads);
    g_free(crew);
}

/* SPDX-License-Identifier: MIT
 *
 * A thread that mostly sleeps. */
#include "fcgi/sweep.h"

#include "base/clock.h"
#include "fcgi/session.h"
#include "fcgi/thread.h"

struct sweep {
    struct sessions *sessions;
    GMutex lock;
    GCond ending;
    bool end;
    pthread_t thread;
};

enum { PERIOD_SECONDS = 60 };

static void *run(void *data) {
    struct sweep *s = data;
    g_mutex_lock(&s->lock);
    while (!s->end) {
        gint64 until = g_get_monotonic_time() + PERIOD_SECONDS * G_USEC_PER_SEC;
        while (!s->end && g_cond_wait_until(&s->ending, &s->lock, until))
            ;
        if (s->end)
            break;
        g_mutex_unlock(&s->lock);
        sessions_sweep(s->sessions, clock_now());
        g_mutex_lock(&s->lock);
    }
    g_mutex_unlock(&s->lock);
    return NULL;
}

struct sweep *sweep_new(struct sessions *sessions) {
    struct sweep *s = g_new0(struct sweep, 1);
    s->sessions = sessions;
    g_mutex_init(&s->lock);
    g_cond_init(&s->ending);
    s->thread = thread_start(run, s);
    return s;
}

void sweep_free(struct sweep *s) {
    g_mutex_lock(&s->lock);
    s->end = true;
    g_cond_broadcast(&s->ending);
    g_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    g_mutex_clear(&s->lock);
    g_cond_clear(&s->ending);
    g_free(s);
}

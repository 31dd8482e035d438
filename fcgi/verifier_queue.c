/* SPDX-License-Identifier: MIT
 *
 * A sequence sorted by due time, and a table of names. */
#include "fcgi/verifier_queue.h"

#include "base/clock.h"
#include "base/limits.h"

struct queue {
    GMutex lock;
    GCond changed;
    GSequence *waiting;  /* struct job, the next one first */
    GHashTable *by_name; /* every job, running ones too; owns them */
    uint64_t number;
    size_t octets; /* of all job->whole */
    bool closed;
};

static char *name_of(const struct place *place) {
    return g_strdup_printf("%s\n%u %u\n%s", place->session->account, place->uidvalidity, place->uid,
                           place->mailbox);
}

static void drop_octets(struct job *job, size_t *total) {
    if (!job->whole)
        return;
    *total -= g_bytes_get_size(job->whole);
    g_clear_pointer(&job->whole, g_bytes_unref);
}

static void job_free(gpointer data) {
    struct job *job = data;
    session_unref(job->place.session);
    g_free(job->mailbox);
    g_clear_pointer(&job->whole, g_bytes_unref);
    g_clear_pointer(&job->provisional, g_bytes_unref);
    g_free(job->name);
    g_free(job);
}

static int compare(gconstpointer a, gconstpointer b, gpointer unused) {
    const struct job *x = a, *y = b;
    (void)unused;
    if (x->due != y->due)
        return x->due < y->due ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

struct queue *queue_new(void) {
    struct queue *q = g_new0(struct queue, 1);
    g_mutex_init(&q->lock);
    g_cond_init(&q->changed);
    q->waiting = g_sequence_new(NULL);
    q->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, job_free);
    return q;
}

void queue_free(struct queue *q) {
    g_sequence_free(q->waiting);
    g_hash_table_unref(q->by_name);
    g_mutex_clear(&q->lock);
    g_cond_clear(&q->changed);
    g_free(q);
}

void queue_add(struct queue *q, const struct place *place, GBytes *whole) {
    g_autofree char *name = name_of(place);
    g_mutex_lock(&q->lock);
    if (!q->closed && !g_hash_table_contains(q->by_name, name) &&
        g_hash_table_size(q->by_name) < LIMIT_VERIFIER_QUEUE) {
        struct job *job = g_new0(struct job, 1);
        job->name = g_steal_pointer(&name);
        job->place = *place;
        job->mailbox = g_strdup(place->mailbox);
        job->place.mailbox = job->mailbox;
        session_ref(place->session);
        if (whole && q->octets + g_bytes_get_size(whole) <= LIMIT_VERIFIER_OCTETS) {
            job->whole = g_bytes_ref(whole);
            q->octets += g_bytes_get_size(whole);
        }
        job->due = clock_monotonic_ms();
        job->number = q->number++;
        g_hash_table_insert(q->by_name, job->name, job);
        g_sequence_insert_sorted(q->waiting, job, compare, NULL);
        g_cond_broadcast(&q->changed);
    }
    g_mutex_unlock(&q->lock);
}

struct job *queue_next(struct queue *q) {
    struct job *job = NULL;
    g_mutex_lock(&q->lock);
    while (!q->closed && !job) {
        GSequenceIter *first = g_sequence_get_begin_iter(q->waiting);
        struct job *candidate = g_sequence_iter_is_end(first) ? NULL : g_sequence_get(first);
        int64_t wait = candidate ? candidate->due - clock_monotonic_ms() : 0;
        if (!candidate) {
            g_cond_wait(&q->changed, &q->lock);
        } else if (wait > 0) {
            g_cond_wait_until(&q->changed, &q->lock, g_get_monotonic_time() + wait * 1000);
        } else {
            g_sequence_remove(first);
            candidate->running = true;
            job = candidate;
        }
    }
    g_mutex_unlock(&q->lock);
    return job;
}

void queue_done(struct queue *q, struct job *job) {
    g_mutex_lock(&q->lock);
    drop_octets(job, &q->octets);
    g_hash_table_steal(q->by_name, job->name);
    g_cond_broadcast(&q->changed);
    g_mutex_unlock(&q->lock);
    job_free(job); /* outside the lock: it may close the session's last connection */
}

void queue_retry(struct queue *q, struct job *job, int64_t ms, GBytes *provisional) {
    g_mutex_lock(&q->lock);
    drop_octets(job, &q->octets);
    if (provisional) {
        g_clear_pointer(&job->provisional, g_bytes_unref);
        job->provisional = g_bytes_ref(provisional);
    }
    job->running = false;
    job->due = clock_monotonic_ms() + ms;
    g_sequence_insert_sorted(q->waiting, job, compare, NULL);
    g_cond_broadcast(&q->changed);
    g_mutex_unlock(&q->lock);
}

GBytes *queue_provisional(struct queue *q, const struct place *place) {
    g_autofree char *name = name_of(place);
    g_mutex_lock(&q->lock);
    struct job *job = g_hash_table_lookup(q->by_name, name);
    GBytes *found = job && job->provisional ? g_bytes_ref(job->provisional) : NULL;
    g_mutex_unlock(&q->lock);
    return found;
}

void queue_wait(struct queue *q, const struct place *place, int64_t ms) {
    g_autofree char *name = name_of(place);
    gint64 until = g_get_monotonic_time() + ms * 1000;
    bool in_time = true;
    g_mutex_lock(&q->lock);
    while (in_time && !q->closed) {
        const struct job *job = g_hash_table_lookup(q->by_name, name);
        if (!job || job->attempts)
            break;
        in_time = g_cond_wait_until(&q->changed, &q->lock, until);
    }
    g_mutex_unlock(&q->lock);
}

guint queue_length(struct queue *q) {
    g_mutex_lock(&q->lock);
    guint n = g_hash_table_size(q->by_name);
    g_mutex_unlock(&q->lock);
    return n;
}

void queue_close(struct queue *q) {
    g_mutex_lock(&q->lock);
    q->closed = true;
    g_cond_broadcast(&q->changed);
    g_mutex_unlock(&q->lock);
}

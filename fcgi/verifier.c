/* SPDX-License-Identifier: MIT
 *
 * fetch (account) → evaluate (trust) → keep (store). */
#include "fcgi/verifier.h"

#include "account/pool.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "fcgi/acquaintance.h"
#include "fcgi/brands.h"
#include "fcgi/events.h"
#include "fcgi/row_store.h"
#include "fcgi/seal.h"
#include "fcgi/thread.h"
#include "fcgi/verifier_queue.h"
#include "fcgi/walk.h"
#include "fcgi/wkd_keys.h"

#include <string.h>

struct verifier {
    struct judge *judge;
    struct brands *brands;
    struct wkd_keys *wkd;
    struct store *store;
    struct events *events;
    struct queue *queue;
    unsigned n;
    pthread_t *threads;
};

/* 1, 2, 4 … seconds. */
static int64_t back_off(unsigned attempts) {
    return 1000 * (int64_t)MIN(1u << MIN(attempts, 16), LIMIT_VERIFIER_BACKOFF);
}

/* The message's octets over a connection that nobody else needs at the moment. */
static GBytes *fetch(struct job *job, GError **error) {
    const struct place *place = &job->place;
    struct imap *imap = pool_checkout(place->session->pool, place->mailbox, 0, error);
    if (!imap)
        return NULL;
    GBytes *octets = NULL;
    if (imap_selected(imap)->uidvalidity == place->uidvalidity)
        octets = imap_fetch_octets(imap, place->uid, NULL, error);
    else
        g_set_error_literal(error, IMAP_ERROR, IMAP_ERROR_NOT_FOUND, "the mailbox was rebuilt");
    pool_checkin(place->session->pool, imap);
    return octets;
}

/* True: it may work later. A gone message, a closed session or a refused password never will. */
static bool is_temporary(const GError *error) {
    return error->domain == IMAP_ERROR &&
           (error->code == IMAP_ERROR_BUSY || error->code == IMAP_ERROR_TIMEOUT ||
            error->code == IMAP_ERROR_UNREACHABLE || error->code == IMAP_ERROR_PROTOCOL);
}

static void fetch_failed(struct verifier *v, struct job *job, const GError *error) {
    if (!error || !is_temporary(error)) {
        queue_done(v->queue, job);
        return;
    }
    bool busy = error->code == IMAP_ERROR_BUSY;
    if (!busy)
        job->attempts++;
    queue_retry(v->queue, job, busy ? 250 : back_off(job->attempts - 1), NULL);
}

struct judge_case verifier_case(const struct place *place) {
    const char *username = place->session->username;
    return (struct judge_case){.account = place->session->account,
                               .address = strchr(username, '@') ? username : NULL,
                               .trust = place->trust,
                               .role = place->role,
                               .received_at = place->received_at};
}

static void process(struct verifier *v, struct job *job) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) octets = job->whole ? g_bytes_ref(job->whole) : fetch(job, &error);
    if (!octets) {
        fetch_failed(v, job, error);
        return;
    }
    struct judge_case about = verifier_case(&job->place);
    if (v->wkd)
        wkd_keys_ask(v->wkd, octets);
    OWNED(record) record = judge_octets(v->judge, &about, octets, true, JUDGE_CHECK);
    g_autofree char *digest =
        seal_digest(span_make(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets)));
    if (record->facts.complete) {
        judge_keep(v->judge, &about, octets, digest, record);
        judge_add_logo(v->judge, &about, v->brands, BRANDS_ASK, record); /* for the next list */
        row_store_judged(v->store, &job->place, octets, digest);
        events_tell_verdict(v->events, &job->place, record);
        queue_done(v->queue, job);
        return;
    }
    g_autoptr(GBytes) provisional = record_encode(record, NULL);
    row_store_judged(v->store, &job->place, octets, "");
    job->attempts++;
    queue_retry(v->queue, job, back_off(job->attempts - 1), provisional);
}

/* A job without a UID is a walk; its attempts only count its batches. */
static void walk(struct verifier *v, struct job *job) {
    int64_t again = job->attempts++ ? walk_step(judge_acquaintances(v->judge), job->place.session)
                                    : LIMIT_WALK_DELAY_MS;
    if (again)
        queue_retry(v->queue, job, again, NULL);
    else
        queue_done(v->queue, job);
}

static void *run(void *data) {
    struct verifier *v = data;
    for (struct job *job; (job = queue_next(v->queue));)
        (job->place.uid ? process : walk)(v, job);
    return NULL;
}

struct verifier *verifier_new(struct judge *judge, struct brands *brands, struct wkd_keys *wkd,
                              struct store *store, struct events *events, unsigned threads) {
    struct verifier *v = g_new0(struct verifier, 1);
    *v = (struct verifier){judge,  brands,      wkd,     store,
                           events, queue_new(), threads, g_new0(pthread_t, threads)};
    for (unsigned i = 0; i < threads; i++)
        v->threads[i] = thread_start(run, v);
    return v;
}

void verifier_free(struct verifier *v) {
    queue_close(v->queue);
    for (unsigned i = 0; i < v->n; i++)
        pthread_join(v->threads[i], NULL);
    queue_free(v->queue);
    g_free(v->threads);
    g_free(v);
}

void verifier_submit(struct verifier *v, const struct place *place, GBytes *whole) {
    queue_add(v->queue, place, whole);
}

void verifier_walk(struct verifier *v, struct session *session) {
    struct place place = {.session = session, .mailbox = ""};
    if (acquaintances_walk_is_due(judge_acquaintances(v->judge), session->account, clock_now()))
        queue_add(v->queue, &place, NULL);
}

void verifier_wait(struct verifier *v, const struct place *place, int64_t ms) {
    queue_wait(v->queue, place, ms);
}

struct record *verifier_provisional(struct verifier *v, const struct place *place) {
    g_autoptr(GBytes) octets = queue_provisional(v->queue, place);
    return octets ? record_decode(octets, NULL) : NULL;
}

guint verifier_backlog(struct verifier *v) {
    return queue_length(v->queue);
}

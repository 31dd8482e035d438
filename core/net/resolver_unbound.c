/* SPDX-License-Identifier: MIT
 *
 * The real resolver: one thread hands questions to libunbound and takes its answers. Askers find an
 * answer in the cache, join a question that is under way, or leave a new one and poke the thread
 * through an eventfd. Deadlines are ours (libunbound's own take up to 22 s): what is late is
 * cancelled and answered "time-out".
 *
 * `lock` guards what askers and thread share; the context and the list of sent questions belong to
 * the thread alone. pthread primitives, not GLib's, so that the thread sanitizer sees them. */
#include "net/resolver_backend.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "net/dns_cache.h"
#include "net/resolver_context.h"
#include "net/resolver_result.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

#define ROOT_ANCHOR "/usr/share/dns/root.key" /* package dns-root-data */
#define PROBE_MS 1500                         /* each half of the probe */
#define PROBE_AGAIN_MS 30000                  /* after a probe that met a dead network */
#define TYPE_SOA 6
#define TYPE_DNSKEY 48

struct resolver_pending {
    struct dns_question question;
    struct unbound *owner;
    int64_t deadline_ms;
    pthread_cond_t done;
    guint count;                     /* lock: askers, and one while it is open */
    const struct dns_answer *answer; /* lock */
    int async_id;                    /* thread */
    GList link;                      /* `fresh` under lock, then `sent` in the thread */
};

struct unbound {
    struct resolver base;
    char *server;
    int64_t answer_ms;
    int wake_fd;
    pthread_t thread;

    pthread_mutex_t lock;
    struct dns_cache *cache;
    GHashTable *open; /* question -> pending that holds it */
    GQueue fresh;     /* not yet seen by the thread */
    bool stopping;
    bool joined;

    struct ub_ctx *ctx; /* from here on: the thread's */
    bool validates;
    bool probe;
    int64_t probe_after_ms;
    GQueue sent; /* oldest first, hence in order of deadline */
};

static void release(struct resolver_pending *pending) {
    if (--pending->count)
        return;
    if (pending->answer)
        dns_answer_unref(pending->answer);
    pthread_cond_destroy(&pending->done);
    g_free(pending);
}

static void wake(struct unbound *u) {
    uint64_t one = 1;
    while (write(u->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static struct resolver_pending *pending_new(struct unbound *u,
                                            const struct dns_question *question) {
    struct resolver_pending *pending = g_new0(struct resolver_pending, 1);
    pending->question = *question;
    pending->owner = u;
    pending->deadline_ms = clock_monotonic_ms() + u->answer_ms;
    pending->count = 1;
    pending->link.data = pending;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pending->done, &attributes);
    pthread_condattr_destroy(&attributes);
    return pending;
}

static const struct dns_answer *unbound_ask(struct resolver *resolver,
                                            const struct dns_question *question,
                                            struct resolver_pending **pending) {
    struct unbound *u = (struct unbound *)resolver;
    bool poke = false;
    *pending = NULL;
    pthread_mutex_lock(&u->lock);
    const struct dns_answer *answer = dns_cache_find(u->cache, question, clock_monotonic_ms());
    if (!answer && u->stopping)
        answer = dns_answer_new_failure(DNS_TEMPERROR, "shutting down");
    if (!answer) {
        *pending = g_hash_table_lookup(u->open, question);
        if (!*pending) {
            *pending = pending_new(u, question);
            g_hash_table_insert(u->open, &(*pending)->question, *pending);
            poke = g_queue_is_empty(&u->fresh);
            g_queue_push_tail_link(&u->fresh, &(*pending)->link);
            __atomic_fetch_add(&resolver->sent, 1, __ATOMIC_RELAXED);
        }
        (*pending)->count++;
    }
    pthread_mutex_unlock(&u->lock);
    if (poke)
        wake(u);
    return answer;
}

static const struct dns_answer *unbound_wait(struct resolver *resolver,
                                             struct resolver_pending *pending, int64_t until_ms) {
    struct unbound *u = (struct unbound *)resolver;
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    int waited = 0;
    pthread_mutex_lock(&u->lock);
    while (!pending->answer && waited == 0)
        waited = pthread_cond_timedwait(&pending->done, &u->lock, &until);
    const struct dns_answer *answer = pending->answer ? dns_answer_ref(pending->answer) : NULL;
    pthread_mutex_unlock(&u->lock);
    return answer;
}

static void unbound_forget(struct resolver *resolver, struct resolver_pending *pending) {
    struct unbound *u = (struct unbound *)resolver;
    pthread_mutex_lock(&u->lock);
    release(pending);
    pthread_mutex_unlock(&u->lock);
}

/* The thread is done with a question: whoever waits goes on. Takes `answer`. */
static void finish(struct resolver_pending *pending, const struct dns_answer *answer) {
    struct unbound *u = pending->owner;
    pthread_mutex_lock(&u->lock);
    pending->answer = answer;
    g_hash_table_remove(u->open, &pending->question);
    if (!u->stopping)
        dns_cache_put(u->cache, &pending->question, answer, clock_monotonic_ms());
    pthread_cond_broadcast(&pending->done);
    release(pending);
    pthread_mutex_unlock(&u->lock);
}

static void answered(void *data, int error, struct ub_result *result) {
    struct resolver_pending *pending = data;
    struct unbound *u = pending->owner;
    g_queue_unlink(&u->sent, &pending->link);
    finish(pending, resolver_result_answer(error, result, u->validates));
}

/* All contexts are asked through here: libunbound's text parser sees nothing but plain letters. */
static int start(struct ub_ctx *ctx, const char *name, int type, void *data,
                 ub_callback_type callback, int *id) {
    char escaped[DNS_NAME_ESCAPED];
    dns_name_escape(name, escaped);
    return ub_resolve_async(ctx, escaped, type, 1, data, callback, id);
}

static void submit(struct unbound *u, struct resolver_pending *pending) {
    g_queue_push_tail_link(&u->sent, &pending->link);
    int error = start(u->ctx, pending->question.name, (int)pending->question.type, pending,
                      answered, &pending->async_id);
    if (error)
        answered(pending, error, NULL);
}

static void fail_sent(struct unbound *u, int64_t until_ms, const char *why) {
    while (u->sent.head) {
        struct resolver_pending *pending = u->sent.head->data;
        if (pending->deadline_ms > until_ms)
            return;
        ub_cancel(u->ctx, pending->async_id);
        g_queue_unlink(&u->sent, &pending->link);
        finish(pending, dns_answer_new_failure(DNS_TEMPERROR, why));
    }
}

/* Sleeps until libunbound or an asker has something, `until_ms` at most. */
static void turn(struct unbound *u, struct ub_ctx *ctx, int64_t until_ms) {
    struct pollfd fds[] = {{.fd = u->wake_fd, .events = POLLIN},
                           {.fd = ub_fd(ctx), .events = POLLIN}};
    int64_t left = CLAMP(until_ms - clock_monotonic_ms(), 0, G_MAXINT);
    if (poll(fds, 2, until_ms == G_MAXINT64 ? -1 : (int)left) <= 0)
        return;
    uint64_t pokes;
    if (fds[0].revents && read(u->wake_fd, &pokes, sizeof pokes) < 0 && errno != EAGAIN &&
        errno != EINTR)
        g_error("net/resolver: eventfd: %s", g_strerror(errno));
    if (fds[1].revents)
        ub_process(ctx);
}

static bool stopping(struct unbound *u) {
    pthread_mutex_lock(&u->lock);
    bool stop = u->stopping;
    pthread_mutex_unlock(&u->lock);
    return stop;
}

struct probe {
    bool done, secure, data;
};

static void probed(void *data, int error, struct ub_result *result) {
    struct probe *probe = data;
    probe->done = true;
    probe->secure = error == 0 && result->secure;
    probe->data = error == 0 && result->havedata && !result->bogus;
    ub_resolve_free(result);
}

/* One question about the root zone, answered or given up within PROBE_MS. */
static struct probe ask_root(struct unbound *u, struct ub_ctx *ctx, int type) {
    struct probe probe = {0};
    int id, error = ub_resolve_async(ctx, ".", type, 1, &probe, probed, &id);
    int64_t until = clock_monotonic_ms() + PROBE_MS;
    while (!error && !probe.done && clock_monotonic_ms() < until && !stopping(u))
        turn(u, ctx, until);
    if (!error && !probe.done)
        ub_cancel(ctx, id);
    return probe;
}

/* The root's keys validate: signatures come through. They do not, and the root still answers: the
 * upstream strips or breaks them, so go on without validation rather than call all names bogus.
 * It does not answer at all: nothing is known, try again later. */
static void probe_upstream(struct unbound *u) {
    if (!u->probe || clock_monotonic_ms() < u->probe_after_ms)
        return;
    u->probe = !ask_root(u, u->ctx, TYPE_DNSKEY).secure;
    if (!u->probe)
        return;
    u->probe_after_ms = clock_monotonic_ms() + PROBE_AGAIN_MS;
    g_autoptr(GError) error = NULL;
    struct ub_ctx *plain = resolver_context_new(u->server, NULL, &error);
    if (!plain || !ask_root(u, plain, TYPE_SOA).data) {
        if (plain)
            ub_ctx_delete(plain);
        return;
    }
    log_write(
        LOG_WARNING, "net/resolver",
        "the upstream resolver does not hand on DNSSEC signatures: answers are not validated");
    fail_sent(u, G_MAXINT64, "resolver changed");
    ub_ctx_delete(u->ctx);
    u->ctx = plain;
    u->validates = u->probe = false;
}

static void *run(void *data) {
    struct unbound *u = data;
    for (;;) {
        pthread_mutex_lock(&u->lock);
        GQueue fresh = u->fresh;
        g_queue_init(&u->fresh);
        bool stop = u->stopping;
        pthread_mutex_unlock(&u->lock);

        if (fresh.head && !stop)
            probe_upstream(u);
        for (GList *link; (link = g_queue_pop_head_link(&fresh));)
            submit(u, link->data);
        fail_sent(u, stop ? G_MAXINT64 : clock_monotonic_ms(), stop ? "shutting down" : "time-out");
        if (stop)
            return NULL;
        struct resolver_pending *oldest = u->sent.head ? u->sent.head->data : NULL;
        turn(u, u->ctx, oldest ? oldest->deadline_ms : G_MAXINT64);
    }
}

static void unbound_stop(struct resolver *resolver) {
    struct unbound *u = (struct unbound *)resolver;
    pthread_mutex_lock(&u->lock);
    bool join = !u->joined;
    u->stopping = u->joined = true;
    pthread_mutex_unlock(&u->lock);
    if (!join)
        return;
    wake(u);
    pthread_join(u->thread, NULL);
}

static void unbound_free(struct resolver *resolver) {
    struct unbound *u = (struct unbound *)resolver;
    unbound_stop(resolver);
    ub_ctx_delete(u->ctx);
    dns_cache_free(u->cache);
    g_hash_table_unref(u->open);
    pthread_mutex_destroy(&u->lock);
    close(u->wake_fd);
    g_free(u->server);
    g_free(u);
}

/* No signal is for this thread, nor for the one that libunbound starts from it. */
static void start_thread(struct unbound *u) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    if (pthread_create(&u->thread, NULL, run, u) != 0)
        g_error("net/resolver: no thread");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct resolver *resolver_new(const struct resolver_options *options, GError **error) {
    const char *anchor = options->trust_anchor;
    if (!anchor && !options->server && g_file_test(ROOT_ANCHOR, G_FILE_TEST_EXISTS))
        anchor = ROOT_ANCHOR;
    struct ub_ctx *ctx = resolver_context_new(options->server, anchor, error);
    if (!ctx)
        return NULL;

    struct unbound *u = g_new0(struct unbound, 1);
    u->base = (struct resolver){
        .ask = unbound_ask,
        .wait = unbound_wait,
        .forget = unbound_forget,
        .stop = unbound_stop,
        .free = unbound_free,
    };
    u->server = g_strdup(options->server);
    u->answer_ms = options->answer_ms ? options->answer_ms : LIMIT_ANSWER_MS;
    u->ctx = ctx;
    u->validates = anchor != NULL;
    u->probe = anchor && options->probe;
    u->cache = dns_cache_new(LIMIT_DNS_CACHE, LIMIT_DNS_CACHE_OCTETS);
    u->open = g_hash_table_new(dns_question_hash, dns_question_equal);
    pthread_mutex_init(&u->lock, NULL);
    u->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (u->wake_fd < 0)
        g_error("net/resolver: eventfd: %s", g_strerror(errno));
    start_thread(u);
    return &u->base;
}

/* SPDX-License-Identifier: MIT */
#include "worker/workers.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

G_DEFINE_QUARK(inkan - workers - error - quark, workers_error)

struct child {
    pid_t pid;
    int fd;
    guint jobs;
    int64_t busy_ms; /* at jobs so far */
};

struct workers {
    char *program;
    guint n;
    GMutex lock;
    GCond freed;
    GQueue idle;    /* of struct child */
    guint alive;    /* idle and busy */
    guint pictures; /* busy with, or about to be given, a JOB_SVG */
    struct workers_counts counts;
};

static char *beside_ourselves(void) {
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
    return g_build_filename(folder, "inkan-worker", NULL);
}

struct workers *workers_new(const char *program, guint n) {
    g_assert(n > 0);
    struct workers *workers = g_new0(struct workers, 1);
    workers->program = program ? g_strdup(program) : beside_ourselves();
    workers->n = n;
    g_mutex_init(&workers->lock);
    g_cond_init(&workers->freed);
    g_queue_init(&workers->idle);
    return workers;
}

static void child_end(struct child *child) {
    close(child->fd);
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    g_free(child);
}

void workers_free(struct workers *workers) {
    if (!workers)
        return;
    struct child *child;
    while ((child = g_queue_pop_head(&workers->idle)))
        child_end(child);
    g_mutex_clear(&workers->lock);
    g_cond_clear(&workers->freed);
    g_free(workers->program);
    g_free(workers);
}

struct workers_counts workers_counts(struct workers *workers) {
    g_mutex_lock(&workers->lock);
    struct workers_counts counts = workers->counts;
    g_mutex_unlock(&workers->lock);
    return counts;
}

static void count(struct workers *workers, guint *counter) {
    g_mutex_lock(&workers->lock);
    (*counter)++;
    g_mutex_unlock(&workers->lock);
}

/* The child's end becomes its fd 0, nothing else of ours is open there; it has no way to write into
 * our log, but in a sanitizer build, whose reports would be lost. */
static void prepare_files(posix_spawn_file_actions_t *actions, int socket) {
    posix_spawn_file_actions_init(actions);
    posix_spawn_file_actions_adddup2(actions, socket, 0);
    posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
#ifndef __SANITIZE_ADDRESS__
    posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
#endif
    posix_spawn_file_actions_addclosefrom_np(actions, 3);
}

static void prepare_signals(posix_spawnattr_t *attributes) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(attributes);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* 0 or an errno. LeakSanitizer wants to ptrace at exit, which the sandbox denies. */
static int spawn(const char *program, int socket, pid_t *pid) {
    char name[] = "inkan-worker", locale[] = "LC_ALL=C", leaks[] = "ASAN_OPTIONS=detect_leaks=0";
    char *arguments[] = {name, NULL}, *environment[] = {locale, leaks, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    prepare_files(&actions, socket);
    prepare_signals(&attributes);
    int failed = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

static struct child *child_new(struct workers *workers, GError **error) {
    int pair[2];
    pid_t pid = 0;
    int failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ? errno : 0;
    if (!failed) {
        failed = spawn(workers->program, pair[1], &pid);
        close(pair[1]);
        if (failed)
            close(pair[0]);
    }
    if (failed) {
        g_set_error(error, WORKERS_ERROR, WORKERS_ERROR_SPAWN, "%s: %s", workers->program,
                    g_strerror(failed));
        return NULL;
    }
    struct child *child = g_new0(struct child, 1);
    child->pid = pid;
    child->fd = pair[0];
    count(workers, &workers->counts.spawned);
    return child;
}

/* A child never speaks unasked: what can be read from an idle one is its end. */
static bool is_dead(const struct child *child) {
    struct pollfd state = {.fd = child->fd, .events = POLLIN};
    return poll(&state, 1, 0) != 0;
}

static void forget(struct workers *workers, struct child *child) {
    if (child)
        child_end(child);
    g_mutex_lock(&workers->lock);
    workers->alive--;
    g_cond_broadcast(&workers->freed);
    g_mutex_unlock(&workers->lock);
}

/* False: the time is over. With the lock held. */
static bool wait_freed(struct workers *workers, int64_t milliseconds) {
    return g_cond_wait_until(&workers->freed, &workers->lock,
                             g_get_monotonic_time() + milliseconds * 1000);
}

/* Strangers' logos, which nobody waits for, leave one child to those who read mail. */
static bool begin_picture(struct workers *workers, int64_t deadline_ms) {
    guint most = MAX(workers->n - 1, 1);
    int64_t left = 0;
    g_mutex_lock(&workers->lock);
    while (workers->pictures >= most && (left = deadline_ms - clock_monotonic_ms()) > 0)
        wait_freed(workers, left);
    bool begun = workers->pictures < most;
    workers->pictures += begun;
    g_mutex_unlock(&workers->lock);
    return begun;
}

static void end_picture(struct workers *workers) {
    g_mutex_lock(&workers->lock);
    workers->pictures--;
    g_cond_broadcast(&workers->freed);
    g_mutex_unlock(&workers->lock);
}

/* An idle child, or the right to start one (*may_start). Neither: the deadline has passed. */
static struct child *take_idle(struct workers *workers, int64_t deadline_ms, bool *may_start) {
    struct child *child = NULL;
    g_mutex_lock(&workers->lock);
    while (!(child = g_queue_pop_head(&workers->idle)) && workers->alive >= workers->n) {
        int64_t left = deadline_ms - clock_monotonic_ms();
        if (left <= 0 || !wait_freed(workers, left))
            break;
    }
    *may_start = !child && workers->alive < workers->n;
    if (*may_start)
        workers->alive++;
    g_mutex_unlock(&workers->lock);
    return child;
}

static void report_busy(const struct workers *workers, GError **error) {
    g_set_error(error, WORKERS_ERROR, WORKERS_ERROR_BUSY, "all %u workers are busy", workers->n);
}

static struct child *take(struct workers *workers, int64_t deadline_ms, GError **error) {
    for (;;) {
        bool may_start = false;
        struct child *child = take_idle(workers, deadline_ms, &may_start);
        if (child && !is_dead(child))
            return child;
        if (child) {
            forget(workers, child);
            continue;
        }
        if (may_start) {
            child = child_new(workers, error);
            if (!child)
                forget(workers, NULL);
            return child;
        }
        report_busy(workers, error);
        return NULL;
    }
}

static void give_back(struct workers *workers, struct child *child) {
    if (++child->jobs >= LIMIT_CHILD_JOBS || child->busy_ms >= LIMIT_CHILD_BUSY_MS) {
        count(workers, &workers->counts.recycled);
        forget(workers, child);
        return;
    }
    g_mutex_lock(&workers->lock);
    g_queue_push_head(&workers->idle, child);
    g_cond_broadcast(&workers->freed);
    g_mutex_unlock(&workers->lock);
}

static enum protocol_end send_request(const struct child *child, enum job job, GBytes *request,
                                      int64_t deadline_ms) {
    gsize n;
    const void *octets = g_bytes_get_data(request, &n);
    struct protocol_head head = {.kind = job, .size = (uint32_t)n};
    enum protocol_end end = protocol_write(child->fd, &head, sizeof head, deadline_ms);
    return end ? end : protocol_write(child->fd, octets, n, deadline_ms);
}

/* A reply over the cap breaks the protocol: the child counts as crashed. */
static enum protocol_end read_reply(const struct child *child, int64_t deadline_ms,
                                    enum job_status *status, GBytes **reply) {
    struct protocol_head head;
    enum protocol_end end = protocol_read(child->fd, &head, sizeof head, deadline_ms);
    if (end)
        return end;
    if (head.size > LIMIT_JOB_REPLY || head.kind > JOB_DONE)
        return PROTOCOL_CLOSED;
    char *octets = g_malloc(head.size + 1);
    end = protocol_read(child->fd, octets, head.size, deadline_ms);
    if (end) {
        g_free(octets);
        return end;
    }
    *status = (enum job_status)head.kind;
    *reply = g_bytes_new_take(octets, head.size);
    return PROTOCOL_OK;
}

static void report_end(struct workers *workers, enum protocol_end end, GError **error) {
    bool late = end == PROTOCOL_LATE;
    count(workers, late ? &workers->counts.late : &workers->counts.crashed);
    log_write(LOG_WARNING, "worker", late ? "a child was too late and killed" : "a child died");
    g_set_error_literal(error, WORKERS_ERROR, late ? WORKERS_ERROR_LATE : WORKERS_ERROR_CRASHED,
                        late ? "the worker took too long" : "the worker died");
}

static GBytes *run_in(struct workers *workers, struct child *child, enum job job, GBytes *request,
                      int64_t deadline_ms, GError **error) {
    GBytes *reply = NULL;
    enum job_status status = JOB_FAILED;
    int64_t began_ms = clock_monotonic_ms();
    enum protocol_end end = send_request(child, job, request, deadline_ms);
    if (!end)
        end = read_reply(child, deadline_ms, &status, &reply);
    child->busy_ms += clock_monotonic_ms() - began_ms;
    if (end) {
        report_end(workers, end, error);
        forget(workers, child);
        return NULL;
    }
    give_back(workers, child);
    if (status == JOB_DONE)
        return reply;
    g_bytes_unref(reply);
    g_set_error_literal(error, WORKERS_ERROR, WORKERS_ERROR_FAILED, "the worker could not do it");
    return NULL;
}

GBytes *workers_run(struct workers *workers, enum job job, GBytes *request, guint milliseconds,
                    GError **error) {
    int64_t deadline_ms = clock_monotonic_ms() + milliseconds;
    if (g_bytes_get_size(request) > LIMIT_JOB_REQUEST) {
        g_set_error(error, WORKERS_ERROR, WORKERS_ERROR_TOO_LARGE, "%" G_GSIZE_FORMAT " octets",
                    g_bytes_get_size(request));
        return NULL;
    }
    count(workers, &workers->counts.jobs);
    if (job == JOB_SVG && !begin_picture(workers, deadline_ms)) {
        report_busy(workers, error);
        return NULL;
    }
    struct child *child = take(workers, deadline_ms, error);
    deadline_ms = clock_monotonic_ms() + milliseconds; /* who waited for others is not late */
    GBytes *reply = child ? run_in(workers, child, job, request, deadline_ms, error) : NULL;
    if (job == JOB_SVG)
        end_picture(workers);
    return reply;
}

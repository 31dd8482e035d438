/* SPDX-License-Identifier: MIT
 *
 * One mutex a pool, held only over lists and numbers, never over I/O. The gate is taken before a
 * worker waits for anything, so that waiting counts as well. */
#include "account/pool.h"

#include "account/secret.h"
#include "base/clock.h"
#include "base/limits.h"

struct pool_gate {
    GMutex lock;
    guint limit;
    guint in_use;
    GError *failure; /* why the host could not be reached … */
    int64_t rest;    /* … and until when nobody tries again */
};

struct idle {
    struct imap *imap;
    int64_t since;
};

struct pool {
    gatomicrefcount refs; /* the owner, and one for each connection in use */
    const struct imap_server *server;
    struct pool_gate *gate;
    struct imap_options options;
    GMutex lock;
    GCond came_back;
    GQueue idle; /* struct idle, the one used last in front */
    guint in_use;
    guint opened;
    uint64_t commands; /* of connections that are closed */
    bool closed;
    struct secret *user, *password, *bearer;
};

/* ---- gate ---- */

struct pool_gate *pool_gate_new(guint in_use) {
    struct pool_gate *gate = g_new0(struct pool_gate, 1);
    g_mutex_init(&gate->lock);
    gate->limit = MAX(in_use, 1);
    return gate;
}

void pool_gate_free(struct pool_gate *gate) {
    if (!gate)
        return;
    g_assert(gate->in_use == 0);
    g_mutex_clear(&gate->lock);
    g_clear_error(&gate->failure);
    g_free(gate);
}

static bool gate_enter(struct pool_gate *gate, GError **error) {
    g_mutex_lock(&gate->lock);
    bool entered = gate->in_use < gate->limit;
    gate->in_use += entered;
    g_mutex_unlock(&gate->lock);
    if (!entered)
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_BUSY,
                    "Too many requests wait for the mail server; please try again.");
    return entered;
}

static void gate_leave(struct pool_gate *gate) {
    g_mutex_lock(&gate->lock);
    gate->in_use--;
    g_mutex_unlock(&gate->lock);
}

/* False and the last failure while the host is left alone. */
static bool gate_rested(struct pool_gate *gate, GError **error) {
    g_mutex_lock(&gate->lock);
    bool resting = gate->failure && clock_monotonic_ms() < gate->rest;
    GError *failure = resting ? g_error_copy(gate->failure) : NULL;
    g_mutex_unlock(&gate->lock);
    if (failure)
        g_propagate_error(error, failure);
    return !resting;
}

/* Failures that concern the host, not the account. */
static bool is_hosts(const GError *failure) {
    return g_error_matches(failure, IMAP_ERROR, IMAP_ERROR_UNREACHABLE) ||
           g_error_matches(failure, IMAP_ERROR, IMAP_ERROR_TIMEOUT) ||
           g_error_matches(failure, IMAP_ERROR, IMAP_ERROR_CERTIFICATE);
}

/* After an attempt to connect. */
static void gate_note(struct pool_gate *gate, const GError *failure) {
    g_mutex_lock(&gate->lock);
    g_clear_error(&gate->failure);
    if (is_hosts(failure)) {
        gate->failure = g_error_copy(failure);
        gate->rest = clock_monotonic_ms() + LIMIT_POOL_REST_MS;
    }
    g_mutex_unlock(&gate->lock);
}

/* ---- life of a pool ---- */

struct pool *pool_new(const struct imap_server *server, struct pool_gate *gate,
                      const struct imap_login *login, const struct imap_options *options) {
    struct pool *pool = g_new0(struct pool, 1);
    g_atomic_ref_count_init(&pool->refs);
    pool->server = server;
    pool->gate = gate;
    pool->options = *options;
    g_mutex_init(&pool->lock);
    g_cond_init(&pool->came_back);
    g_queue_init(&pool->idle);
    pool->user = secret_new(login->user);
    pool->password = secret_new(login->password);
    pool->bearer = secret_new(login->bearer);
    return pool;
}

static void pool_unref(struct pool *pool) {
    if (!g_atomic_ref_count_dec(&pool->refs))
        return;
    g_mutex_clear(&pool->lock);
    g_cond_clear(&pool->came_back);
    g_free(pool);
}

/* Takes connections that have sat idle since before `before` out of the list, with the lock held;
 * they are closed without it. */
static GSList *take_idle(struct pool *pool, int64_t before) {
    GSList *taken = NULL;
    struct idle *oldest;
    while ((oldest = g_queue_peek_tail(&pool->idle)) && oldest->since < before) {
        g_queue_pop_tail(&pool->idle);
        pool->commands += imap_commands(oldest->imap);
        taken = g_slist_prepend(taken, oldest->imap);
        g_free(oldest);
    }
    return taken;
}

static void close_all(GSList *connections) {
    g_slist_free_full(connections, (GDestroyNotify)imap_close);
}

void pool_sweep(struct pool *pool) {
    g_mutex_lock(&pool->lock);
    GSList *old = take_idle(pool, clock_monotonic_ms() - LIMIT_POOL_IDLE_MS);
    g_mutex_unlock(&pool->lock);
    close_all(old);
}

void pool_close(struct pool *pool) {
    g_mutex_lock(&pool->lock);
    pool->closed = true;
    GSList *all = take_idle(pool, G_MAXINT64);
    g_cond_broadcast(&pool->came_back);
    /* A worker that signs in right now reads them: the last one of those wipes them. */
    if (pool->in_use == 0) {
        g_clear_pointer(&pool->user, secret_free);
        g_clear_pointer(&pool->password, secret_free);
        g_clear_pointer(&pool->bearer, secret_free);
    }
    g_mutex_unlock(&pool->lock);
    close_all(all);
}

bool pool_is_closed(struct pool *pool) {
    g_mutex_lock(&pool->lock);
    bool closed = pool->closed;
    g_mutex_unlock(&pool->lock);
    return closed;
}

void pool_free(struct pool *pool) {
    if (!pool)
        return;
    pool_close(pool);
    pool_unref(pool);
}

/* ---- checking out ---- */

/* With the lock held: a place among the connections of this account. */
static bool enter(struct pool *pool, int wait_ms, GError **error) {
    gint64 until = g_get_monotonic_time() + (gint64)wait_ms * 1000;
    while (!pool->closed && pool->in_use >= LIMIT_POOL_CONNECTIONS)
        if (wait_ms <= 0 || !g_cond_wait_until(&pool->came_back, &pool->lock, until))
            break;
    if (pool->closed) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_CANCELLED, "The session has ended.");
        return false;
    }
    if (pool->in_use >= LIMIT_POOL_CONNECTIONS) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_BUSY,
                    "Other requests of this account are still waiting for the mail server.");
        return false;
    }
    pool->in_use++;
    g_atomic_ref_count_inc(&pool->refs);
    return true;
}

/* With the lock held: an idle connection, one that has `mailbox` selected if there is one. */
static struct imap *take(struct pool *pool, const char *mailbox) {
    GList *found = g_queue_peek_head_link(&pool->idle);
    for (GList *i = found; mailbox && i; i = i->next) {
        const struct idle *idle = i->data;
        const struct imap_selected *selected = imap_selected(idle->imap);
        if (selected && strcmp(selected->mailbox, mailbox) == 0) {
            found = i;
            break;
        }
    }
    if (!found)
        return NULL;
    struct idle *idle = found->data;
    struct imap *imap = idle->imap;
    g_queue_delete_link(&pool->idle, found);
    g_free(idle);
    return imap;
}

static void leave(struct pool *pool) {
    g_mutex_lock(&pool->lock);
    pool->in_use--;
    bool last = pool->closed && pool->in_use == 0;
    g_cond_signal(&pool->came_back);
    g_mutex_unlock(&pool->lock);
    if (last)
        pool_close(pool);
    gate_leave(pool->gate);
    pool_unref(pool);
}

static void discard(struct pool *pool, struct imap *imap) {
    g_mutex_lock(&pool->lock);
    pool->commands += imap_commands(imap);
    g_mutex_unlock(&pool->lock);
    imap_close(imap);
}

static struct imap *connect_new(struct pool *pool, GError **error) {
    if (!gate_rested(pool->gate, error))
        return NULL;
    struct imap_login login = {secret_text(pool->user), secret_text(pool->password),
                               secret_text(pool->bearer)};
    g_autoptr(GError) failure = NULL;
    struct imap *imap = imap_open(pool->server, &login, &pool->options, &failure);
    gate_note(pool->gate, failure);
    g_mutex_lock(&pool->lock);
    pool->opened += imap != NULL;
    g_mutex_unlock(&pool->lock);
    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    return imap;
}

/* Selects; false if the connection is of no use. */
static bool prepare(struct imap *imap, const char *mailbox, GError **error) {
    return !mailbox || imap_select(imap, mailbox, error);
}

/* With a place taken: idle connections as long as there are any that live, then a new one. */
static struct imap *find_or_connect(struct pool *pool, const char *mailbox, GError **error) {
    for (;;) {
        g_mutex_lock(&pool->lock);
        GSList *old = take_idle(pool, clock_monotonic_ms() - LIMIT_POOL_IDLE_MS);
        struct imap *imap = take(pool, mailbox);
        g_mutex_unlock(&pool->lock);
        close_all(old);
        if (!imap)
            break;
        g_autoptr(GError) failure = NULL;
        if (imap_quiet(imap) && prepare(imap, mailbox, &failure))
            return imap;
        if (imap_alive(imap) && failure) {
            g_propagate_error(error, g_steal_pointer(&failure));
            pool_checkin(pool, imap);
            return NULL;
        }
        discard(pool, imap);
    }
    struct imap *imap = connect_new(pool, error);
    if (imap && prepare(imap, mailbox, error))
        return imap;
    if (imap)
        pool_checkin(pool, imap);
    else
        leave(pool);
    return NULL;
}

struct imap *pool_checkout(struct pool *pool, const char *mailbox, int wait_ms, GError **error) {
    if (!gate_enter(pool->gate, error))
        return NULL;
    g_mutex_lock(&pool->lock);
    bool entered = enter(pool, wait_ms, error);
    g_mutex_unlock(&pool->lock);
    if (entered)
        return find_or_connect(pool, mailbox, error);
    gate_leave(pool->gate);
    return NULL;
}

struct imap *pool_connect(struct pool *pool, GError **error) {
    if (!gate_enter(pool->gate, error))
        return NULL;
    g_mutex_lock(&pool->lock);
    bool entered = enter(pool, 0, error);
    g_mutex_unlock(&pool->lock);
    if (!entered) {
        gate_leave(pool->gate);
        return NULL;
    }
    struct imap *imap = connect_new(pool, error);
    leave(pool);
    return imap;
}

void pool_checkin(struct pool *pool, struct imap *imap) {
    if (!imap)
        return;
    g_mutex_lock(&pool->lock);
    bool keep = !pool->closed && imap_alive(imap);
    if (keep) {
        struct idle *idle = g_new(struct idle, 1);
        *idle = (struct idle){imap, clock_monotonic_ms()};
        g_queue_push_head(&pool->idle, idle);
    }
    g_mutex_unlock(&pool->lock);
    if (!keep)
        discard(pool, imap);
    leave(pool);
}

/* ---- for tests that count ---- */

uint64_t pool_commands(struct pool *pool) {
    g_mutex_lock(&pool->lock);
    uint64_t commands = pool->commands;
    for (GList *i = pool->idle.head; i; i = i->next)
        commands += imap_commands(((struct idle *)i->data)->imap);
    g_mutex_unlock(&pool->lock);
    return commands;
}

guint pool_opened(struct pool *pool) {
    g_mutex_lock(&pool->lock);
    guint opened = pool->opened;
    g_mutex_unlock(&pool->lock);
    return opened;
}

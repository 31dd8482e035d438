/* SPDX-License-Identifier: MIT
 *
 * Sessions in memory, their sealed twins in the store. Who may use one is session_rules.c. */
#include "fcgi/session.h"

#include "account/pool.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "fcgi/attempts.h"
#include "fcgi/imap_problem.h"
#include "fcgi/seal.h"

#include <string.h>

struct sessions {
    const struct config *config;
    struct store *store;
    struct imap_server *server;
    struct pool_gate *gate;
    int cancel_fd;
    struct attempts *attempts;
    GMutex lock;
    GHashTable *by_hash; /* char * → struct session *, each holding one reference */
    GHashTable *ended;   /* char *: ended since the last sweep, or the store still holds it */
};

static void unref(gpointer session) {
    session_unref(session);
}

struct sessions *sessions_new(const struct config *config, struct store *store, int cancel_fd,
                              GError **error) {
    struct imap_server *server = imap_server_new(config->imap_host, (uint16_t)config->imap_port,
                                                 config->imap_ca_file, error);
    if (!server)
        return NULL;
    struct sessions *s = g_new0(struct sessions, 1);
    s->config = config;
    s->store = store;
    s->server = server;
    s->cancel_fd = cancel_fd;
    /* A host that stalls takes half the workers at most. */
    s->gate = pool_gate_new(MAX(1, config->threads / 2));
    s->attempts = attempts_new();
    g_mutex_init(&s->lock);
    s->by_hash = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, unref);
    s->ended = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return s;
}

void sessions_free(struct sessions *s) {
    g_hash_table_unref(s->by_hash);
    g_hash_table_unref(s->ended);
    attempts_free(s->attempts);
    pool_gate_free(s->gate);
    imap_server_free(s->server);
    g_mutex_clear(&s->lock);
    g_free(s);
}

struct session *session_ref(struct session *session) {
    g_atomic_int_inc(&session->references);
    return session;
}

void session_unref(struct session *session) {
    if (!g_atomic_int_dec_and_test(&session->references))
        return;
    pool_free(session->pool);
    if (session->folders)
        g_ptr_array_unref(session->folders);
    g_mutex_clear(&session->lock);
    char *owned[] = {session->hash, session->username, session->account, session->host};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(session);
}

static char *account_name(const struct sessions *s, const char *username) {
    return g_strdup_printf("%s@%s", username, s->config->imap_host);
}

static struct session *session_new(struct sessions *s, const char *username, const char *hash,
                                   int64_t expires, const struct imap_login *login) {
    struct session *session = g_new0(struct session, 1);
    session->references = 1;
    g_mutex_init(&session->lock);
    session->hash = g_strdup(hash);
    session->username = g_strdup(username);
    session->account = account_name(s, username);
    session->host = g_strdup(s->config->imap_host);
    session->expires = expires;
    struct imap_options options = {.command_ms = (int)s->config->imap_timeout * 1000,
                                   .cancel_fd = s->cancel_fd};
    session->pool = pool_new(s->server, s->gate, login, &options);
    return session;
}

/* A sealed blob opens only in its own row, until its own end, for the host it was made for. */
static char *seal_binding(const struct sessions *s, const char *hash, int64_t expires) {
    return g_strdup_printf("%s|%" G_GINT64_FORMAT "|%s", hash, expires, s->config->imap_host);
}

/* "p" or "b", username, NUL, secret. */
static GBytes *credentials_seal(const struct sessions *s, const struct session *session,
                                const char *token, const struct imap_login *login) {
    const char *secret = login->password ? login->password : login->bearer;
    g_assert(secret);
    size_t n_user = strlen(login->user), n = 1 + n_user + 1 + strlen(secret);
    char *plain = g_malloc(n + 1);
    g_snprintf(plain, n + 1, "%c%s%c%s", login->password ? 'p' : 'b', login->user, 0, secret);
    g_autofree char *binding = seal_binding(s, session->hash, session->expires);
    GBytes *sealed = seal_close(token, span_make(plain, n), binding);
    seal_wipe(plain, n);
    g_free(plain);
    return sealed;
}

/* The session of a row that opens, or NULL. */
static struct session *credentials_open(struct sessions *s, const char *hash, const char *token,
                                        GBytes *sealed, int64_t expires) {
    g_autofree char *binding = seal_binding(s, hash, expires);
    GBytes *plain = seal_open(token, sealed, binding);
    if (!plain)
        return NULL;
    gsize n;
    const char *p = g_bytes_get_data(plain, &n);
    g_autofree char *text = span_dup(span_make(p, n)); /* NUL at its end */
    size_t user_end = n ? 1 + strlen(text + 1) : 0;
    struct session *session = NULL;
    if (n > 2 && user_end < n) {
        struct imap_login login = {.user = text + 1};
        *(text[0] == 'p' ? &login.password : &login.bearer) = text + user_end + 1;
        session = session_new(s, login.user, hash, expires, &login);
    }
    seal_wipe(text, n);
    seal_wipe_bytes(plain);
    return session;
}

/* Hands back the session of that hash that all share: this one, or the one that came first. NULL
 * where there are too many, or it has ended. */
static struct session *table_add(struct sessions *s, struct session *session) {
    g_mutex_lock(&s->lock);
    struct session *first = g_hash_table_lookup(s->by_hash, session->hash);
    if (first) {
        session_ref(first);
    } else if (g_hash_table_size(s->by_hash) < LIMIT_SESSIONS &&
               !g_hash_table_contains(s->ended, session->hash)) {
        g_hash_table_insert(s->by_hash, session->hash, session_ref(session));
        first = session_ref(session);
    }
    g_mutex_unlock(&s->lock);
    session_unref(session);
    return first;
}

static bool text_sane(const char *text, size_t most) {
    size_t n = strlen(text);
    if (n == 0 || n > most || !g_utf8_validate(text, (gssize)n, NULL))
        return false;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return false;
    return true;
}

/* Asks the mail server; NULL and *problem if it says no, or says nothing. */
static struct session *ask_server(struct sessions *s, const struct imap_login *login,
                                  const char *hash, int64_t expires, enum problem *problem,
                                  unsigned *retry_after) {
    g_autoptr(GError) error = NULL;
    OWNED(session) session = session_new(s, login->user, hash, expires, login);
    struct imap *imap = pool_checkout(session->pool, NULL, 0, &error);
    if (!imap) {
        *problem = imap_problem(error, retry_after);
        log_write(LOG_NOTICE, "fcgi/session", "sign-in: %s", problem_code(*problem));
        return NULL;
    }
    pool_checkin(session->pool, imap);
    return g_steal_pointer(&session);
}

struct session *session_sign_in(struct sessions *s, const char *username, const char *secret,
                                bool secret_is_bearer, const char *client, char **token,
                                enum problem *problem, unsigned *retry_after) {
    *retry_after = 0;
    if (!text_sane(username, LIMIT_IMAP_NAME) || !text_sane(secret, LIMIT_IMAP_SECRET)) {
        *problem = PROBLEM_BAD_JSON;
        return NULL;
    }
    int64_t now = clock_now();
    g_autofree char *account = account_name(s, username);
    if (!attempts_begin(s->attempts, account, client, now, retry_after)) {
        *problem = PROBLEM_TOO_MANY_ATTEMPTS;
        return NULL;
    }
    struct imap_login login = {.user = username,
                               .password = secret_is_bearer ? NULL : secret,
                               .bearer = secret_is_bearer ? secret : NULL};
    char *fresh = seal_token_new();
    g_autofree char *hash = seal_token_hash(fresh);
    struct session *session =
        ask_server(s, &login, hash, now + s->config->session_seconds, problem, retry_after);
    if (session || *problem != PROBLEM_WRONG_PASSWORD)
        attempts_forgive(s->attempts, account, client);
    if (session) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) sealed = credentials_seal(s, session, fresh, &login);
        if (!s->store->session_put(s->store, hash, sealed, session->expires, &error))
            log_write(LOG_WARNING, "fcgi/session", "not kept beyond this process: %s",
                      error ? error->message : "?");
        session = table_add(s, session);
        if (!session)
            *problem = PROBLEM_BUSY;
    }
    if (session) {
        *token = fresh;
        return session;
    }
    seal_wipe(fresh, strlen(fresh));
    g_free(fresh);
    return NULL;
}

struct session *session_find(struct sessions *s, const char *token) {
    g_autofree char *hash = seal_token_hash(token);
    int64_t now = clock_now(), expires = 0;
    if (!hash)
        return NULL;
    g_mutex_lock(&s->lock);
    struct session *session = g_hash_table_lookup(s->by_hash, hash);
    if (session)
        session_ref(session);
    g_mutex_unlock(&s->lock);
    if (!session) { /* after a restart, or signed in at another process */
        g_autoptr(GBytes) sealed = s->store->session_find(s->store, hash, now, &expires);
        session = sealed ? credentials_open(s, hash, token, sealed, expires) : NULL;
        session = session ? table_add(s, session) : NULL;
    }
    if (session && session->expires <= now) {
        session_end(s, session);
        g_clear_pointer(&session, session_unref);
    }
    return session;
}

void session_end(struct sessions *s, struct session *session) {
    session_ref(session);
    g_mutex_lock(&s->lock);
    g_hash_table_remove(s->by_hash, session->hash);
    if (g_hash_table_size(s->ended) < LIMIT_SESSIONS)
        g_hash_table_add(s->ended, g_strdup(session->hash));
    g_mutex_unlock(&s->lock);
    g_autoptr(GError) error = NULL;
    if (!s->store->session_delete(s->store, session->hash, &error))
        log_write(LOG_WARNING, "fcgi/session", "not deleted: %s", error ? error->message : "?");
    pool_close(session->pool);
    session_unref(session);
}

GPtrArray *sessions_live(struct sessions *s) {
    GPtrArray *live = g_ptr_array_new_with_free_func(unref);
    GHashTableIter iter;
    gpointer session;
    g_mutex_lock(&s->lock);
    g_hash_table_iter_init(&iter, s->by_hash);
    while (g_hash_table_iter_next(&iter, NULL, &session))
        g_ptr_array_add(live, session_ref(session));
    g_mutex_unlock(&s->lock);
    return live;
}

/* What has ended is gone from the store too, by now or as soon as it can be written again. */
static void sweep_ended(struct sessions *s) {
    g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer hash;
    g_mutex_lock(&s->lock);
    g_hash_table_iter_init(&iter, s->ended);
    while (g_hash_table_iter_next(&iter, &hash, NULL))
        g_ptr_array_add(hashes, g_strdup(hash));
    g_mutex_unlock(&s->lock);
    bool good = true;
    for (guint i = 0; i < hashes->len && good; i++) {
        good = s->store->session_delete(s->store, hashes->pdata[i], NULL);
        g_mutex_lock(&s->lock);
        if (good)
            g_hash_table_remove(s->ended, hashes->pdata[i]);
        g_mutex_unlock(&s->lock);
    }
}

void sessions_sweep(struct sessions *s, int64_t now) {
    sweep_ended(s);
    g_autoptr(GPtrArray) live = sessions_live(s);
    for (guint i = 0; i < live->len; i++) {
        struct session *session = live->pdata[i];
        if (session->expires <= now)
            session_end(s, session);
        else
            pool_sweep(session->pool);
    }
    s->store->keep.expire(&s->store->keep, now);
    if (s->config->store_days)
        s->store->forget(s->store, now - (int64_t)s->config->store_days * 86400);
}

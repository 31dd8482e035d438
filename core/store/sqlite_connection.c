/* SPDX-License-Identifier: MIT
 *
 * Opening, schema, statements. */
#include "store/sqlite_connection.h"

#include "base/limits.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK(inkan - store - error, store_error)

/* schema[n] leads from version n to n+1; a released one is never changed. */
static const char *const schema[] = {
    "CREATE TABLE session (hash TEXT PRIMARY KEY, sealed BLOB NOT NULL, expires INTEGER NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE INDEX session_expires ON session (expires);"
    "CREATE TABLE verdict (key TEXT PRIMARY KEY, record BLOB NOT NULL, stored INTEGER NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE listing (account TEXT, mailbox TEXT, uidvalidity INTEGER, uid INTEGER,"
    "  value BLOB NOT NULL, stored INTEGER NOT NULL,"
    "  PRIMARY KEY (account, mailbox, uidvalidity, uid)) WITHOUT ROWID;"
    "CREATE TABLE keep (space TEXT, key TEXT, value BLOB NOT NULL, expires INTEGER NOT NULL,"
    "  PRIMARY KEY (space, key)) WITHOUT ROWID;"
    "CREATE INDEX keep_expires ON keep (expires) WHERE expires > 0;"
    "CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;",
    "CREATE INDEX verdict_stored ON verdict (stored);"
    "CREATE INDEX listing_stored ON listing (stored);",
};

struct connection {
    struct connections *home;
    sqlite3 *db;
    GHashTable *statements; /* SQL literal (by pointer) → sqlite3_stmt */
};

struct connections {
    char *path;
    bool memory; /* `only` is lent out under `lend`; otherwise by_thread holds one a thread */
    GMutex lend, lock;
    struct connection *only;
    GHashTable *by_thread;
    bool failed;   /* under `lock`: since it was last settled */
    int64_t doubt; /* under `lock`: when a trial is due */
};

static void say(sqlite3 *db, const char *path, GError **error) {
    g_set_error(error, STORE_ERROR, db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM, "%s: %s",
                path, db ? sqlite3_errmsg(db) : "no memory");
}

/* What is wrong with a statement says nothing about the file. */
static void note_failure(const struct connection *c) {
    int code = sqlite3_errcode(c->db);
    if (code == SQLITE_ERROR || code == SQLITE_CONSTRAINT || code == SQLITE_TOOBIG)
        return;
    connections_settle(c->home, false);
}

static void connection_free(gpointer data) {
    struct connection *c = data;
    g_hash_table_unref(c->statements);
    sqlite3_close(c->db);
    g_free(c);
}

static void statement_free(gpointer statement) {
    sqlite3_finalize(statement);
}

/* Made for this user alone before SQLite sees it; WAL and shared memory take over its mode. */
static void make_private(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        close(fd);
}

static struct connection *connection_open(struct connections *home, GError **error) {
    struct connection *c = g_new0(struct connection, 1);
    c->home = home;
    c->statements = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, statement_free);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(home->path, &c->db, flags, NULL) != SQLITE_OK) {
        say(c->db, home->path, error);
        connection_free(c);
        return NULL;
    }
    sqlite3_busy_timeout(c->db, LIMIT_STORE_BUSY_MS);
    sqlite3_limit(c->db, SQLITE_LIMIT_LENGTH, (int)LIMIT_STORE_VALUE);
    sqlite3_exec(c->db,
                 "PRAGMA trusted_schema=OFF; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                 "PRAGMA secure_delete=ON",
                 NULL, NULL, NULL); /* a file that cannot be written stays readable without */
    return c;
}

bool connection_do(struct connection *c, const char *sql, GError **error) {
    if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    note_failure(c);
    say(c->db, c->home->path, error);
    return false;
}

static int version_of(struct connection *c) {
    sqlite3_stmt *statement = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(c->db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return version;
}

/* All steps in one transaction: a crash in between leaves the old version. */
static bool migrate(struct connection *c, GError **error) {
    int version = version_of(c), wanted = (int)G_N_ELEMENTS(schema);
    if (version < 0) {
        say(c->db, c->home->path, error);
        return false;
    }
    if (version > wanted) {
        g_set_error(error, STORE_ERROR, SQLITE_SCHEMA,
                    "%s: written by a newer version (schema %d, this one knows %d)", c->home->path,
                    version, wanted);
        return false;
    }
    if (version == wanted)
        return true;
    if (!connection_do(c, "BEGIN IMMEDIATE", error))
        return false;
    /* Another process may have been faster between the look and the lock. */
    for (version = version_of(c); version >= 0 && version < wanted; version++) {
        g_autofree char *stamp = g_strdup_printf("PRAGMA user_version=%d", version + 1);
        if (!connection_do(c, schema[version], error) || !connection_do(c, stamp, error)) {
            connection_do(c, "ROLLBACK", NULL);
            return false;
        }
    }
    return connection_do(c, "COMMIT", error);
}

struct connections *connections_new(const char *path, GError **error) {
    struct connections *all = g_new0(struct connections, 1);
    all->path = g_strdup(path);
    all->memory = strcmp(path, ":memory:") == 0;
    g_mutex_init(&all->lend);
    g_mutex_init(&all->lock);
    all->by_thread = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, connection_free);
    if (!all->memory)
        make_private(path);
    struct connection *first = connection_open(all, error);
    bool good = first && migrate(first, error);
    if (good && all->memory)
        all->only = first;
    else if (good)
        g_hash_table_insert(all->by_thread, g_thread_self(), first);
    else if (first)
        connection_free(first);
    if (good)
        return all;
    connections_free(all);
    return NULL;
}

void connections_free(struct connections *all) {
    if (all->only)
        connection_free(all->only);
    g_hash_table_unref(all->by_thread);
    g_mutex_clear(&all->lend);
    g_mutex_clear(&all->lock);
    g_free(all->path);
    g_free(all);
}

bool connections_good(struct connections *all) {
    g_mutex_lock(&all->lock);
    bool good = !all->failed;
    g_mutex_unlock(&all->lock);
    return good;
}

bool connections_doubt(struct connections *all, int64_t now) {
    g_mutex_lock(&all->lock);
    bool due = now >= all->doubt || now < all->doubt - LIMIT_STORE_PROBE; /* clocks are set back */
    if (due)
        all->doubt = now + LIMIT_STORE_PROBE;
    g_mutex_unlock(&all->lock);
    return due;
}

void connections_settle(struct connections *all, bool good) {
    g_mutex_lock(&all->lock);
    all->failed = !good;
    g_mutex_unlock(&all->lock);
}

struct connection *connection_take(struct connections *all) {
    if (all->memory) {
        g_mutex_lock(&all->lend);
        return all->only;
    }
    g_mutex_lock(&all->lock);
    struct connection *c = g_hash_table_lookup(all->by_thread, g_thread_self());
    g_mutex_unlock(&all->lock);
    if (!c && (c = connection_open(all, NULL))) {
        g_mutex_lock(&all->lock);
        g_hash_table_insert(all->by_thread, g_thread_self(), c);
        g_mutex_unlock(&all->lock);
    }
    return c;
}

void connection_give(struct connection *c) {
    if (c && c->home->memory)
        g_mutex_unlock(&c->home->lend);
}

struct sqlite3_stmt *connection_statement(struct connection *c, const char *sql) {
    sqlite3_stmt *statement = c ? g_hash_table_lookup(c->statements, sql) : NULL;
    gpointer name;
    memcpy(&name, &sql, sizeof name); /* only ever compared */
    if (c && !statement &&
        sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) ==
            SQLITE_OK)
        g_hash_table_insert(c->statements, name, statement);
    return statement;
}

void statement_end(struct sqlite3_stmt *statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

bool statement_run(struct connection *c, struct sqlite3_stmt *statement, GError **error) {
    bool done = statement && sqlite3_step(statement) == SQLITE_DONE;
    if (!done && c)
        note_failure(c);
    if (!done)
        say(c ? c->db : NULL, c ? c->home->path : "store", error);
    if (statement)
        statement_end(statement);
    return done;
}

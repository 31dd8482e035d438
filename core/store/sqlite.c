/* SPDX-License-Identifier: MIT
 *
 * The operations of store.h as SQL. */
#include "store/sqlite.h"

#include "base/limits.h"
#include "store/sqlite_connection.h"

#include <sqlite3.h>
#include <string.h>

struct sqlite_store {
    struct store store; /* first: the pointers are the same */
    struct connections *connections;
};

static struct connection *take(struct store *store) {
    return connection_take(((struct sqlite_store *)(void *)store)->connections);
}

/* store.keep is the first member of store. */
static struct store *of_keep(struct keep *keep) {
    return (struct store *)(void *)keep;
}

static void bind_text(sqlite3_stmt *s, int at, const char *text) {
    sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

static void bind_bytes(sqlite3_stmt *s, int at, GBytes *value) {
    gsize n;
    const void *p = g_bytes_get_data(value, &n);
    sqlite3_bind_blob64(s, at, n ? p : "", n, SQLITE_STATIC);
}

static GBytes *column_bytes(sqlite3_stmt *s, int at) {
    const void *p = sqlite3_column_blob(s, at);
    return g_bytes_new(p ? p : "", (gsize)sqlite3_column_bytes(s, at));
}

/* First column of the first row of a bound statement, or NULL; ends it. False: not to be read. */
static bool read_first(sqlite3_stmt *s, GBytes **value) {
    int step = sqlite3_step(s);
    *value = step == SQLITE_ROW ? column_bytes(s, 0) : NULL;
    statement_end(s);
    return step == SQLITE_ROW || step == SQLITE_DONE;
}

static GBytes *first_bytes(sqlite3_stmt *s) {
    GBytes *value;
    read_first(s, &value);
    return value;
}

static bool keep_read(struct keep *keep, const char *space, const char *key, int64_t now,
                      GBytes **value) {
    struct connection *c = take(of_keep(keep));
    sqlite3_stmt *s = connection_statement(
        c, "SELECT value FROM keep WHERE space=?1 AND key=?2 AND (expires=0 OR expires>?3)");
    bool good = false;
    *value = NULL;
    if (s) {
        bind_text(s, 1, space);
        bind_text(s, 2, key);
        sqlite3_bind_int64(s, 3, now);
        good = read_first(s, value);
    }
    connection_give(c);
    return good;
}

static GBytes *keep_get(struct keep *keep, const char *space, const char *key, int64_t now) {
    GBytes *value;
    keep_read(keep, space, key, now, &value);
    return value;
}

static bool keep_put(struct keep *keep, const char *space, const char *key, GBytes *value,
                     int64_t expires) {
    struct connection *c = take(of_keep(keep));
    sqlite3_stmt *s = connection_statement(
        c, "INSERT OR REPLACE INTO keep (space, key, value, expires) VALUES (?1, ?2, ?3, ?4)");
    if (s) {
        bind_text(s, 1, space);
        bind_text(s, 2, key);
        bind_bytes(s, 3, value);
        sqlite3_bind_int64(s, 4, expires);
    }
    bool done = statement_run(c, s, NULL);
    connection_give(c);
    return done;
}

static void keep_expire(struct keep *keep, int64_t now) {
    struct connection *c = take(of_keep(keep));
    sqlite3_stmt *s = connection_statement(c, "DELETE FROM keep WHERE expires>0 AND expires<=?1");
    if (s)
        sqlite3_bind_int64(s, 1, now);
    statement_run(c, s, NULL);
    s = connection_statement(c, "DELETE FROM session WHERE expires<=?1");
    if (s)
        sqlite3_bind_int64(s, 1, now);
    statement_run(c, s, NULL);
    connection_give(c);
}

static bool session_put(struct store *store, const char *hash, GBytes *sealed, int64_t expires,
                        GError **error) {
    struct connection *c = take(store);
    sqlite3_stmt *s = connection_statement(
        c, "INSERT OR REPLACE INTO session (hash, sealed, expires) VALUES (?1, ?2, ?3)");
    if (s) {
        bind_text(s, 1, hash);
        bind_bytes(s, 2, sealed);
        sqlite3_bind_int64(s, 3, expires);
    }
    bool done = statement_run(c, s, error);
    connection_give(c);
    return done;
}

static GBytes *session_find(struct store *store, const char *hash, int64_t now, int64_t *expires) {
    struct connection *c = take(store);
    sqlite3_stmt *s =
        connection_statement(c, "SELECT sealed, expires FROM session WHERE hash=?1 AND expires>?2");
    GBytes *sealed = NULL;
    if (s) {
        bind_text(s, 1, hash);
        sqlite3_bind_int64(s, 2, now);
        if (sqlite3_step(s) == SQLITE_ROW) {
            sealed = column_bytes(s, 0);
            *expires = sqlite3_column_int64(s, 1);
        }
        statement_end(s);
    }
    connection_give(c);
    return sealed;
}

static bool session_delete(struct store *store, const char *hash, GError **error) {
    struct connection *c = take(store);
    sqlite3_stmt *s = connection_statement(c, "DELETE FROM session WHERE hash=?1");
    if (s)
        bind_text(s, 1, hash);
    bool done = statement_run(c, s, error);
    connection_give(c);
    return done;
}

static bool verdict_put(struct store *store, const char *key, GBytes *record, int64_t now,
                        GError **error) {
    struct connection *c = take(store);
    sqlite3_stmt *s = connection_statement(
        c, "INSERT OR IGNORE INTO verdict (key, record, stored) VALUES (?1, ?2, ?3)");
    if (s) {
        bind_text(s, 1, key);
        bind_bytes(s, 2, record);
        sqlite3_bind_int64(s, 3, now);
    }
    bool done = statement_run(c, s, error);
    connection_give(c);
    return done;
}

static GBytes *verdict_find(struct store *store, const char *key) {
    struct connection *c = take(store);
    sqlite3_stmt *s = connection_statement(c, "SELECT record FROM verdict WHERE key=?1");
    GBytes *record = NULL;
    if (s) {
        bind_text(s, 1, key);
        record = first_bytes(s);
    }
    connection_give(c);
    return record;
}

/* The keys as one JSON array, which json_each() turns into a table. */
static char *json_of(const char *const *keys, size_t n) {
    GString *json = g_string_new("[");
    for (size_t i = 0; i < n; i++) {
        for (const char *p = keys[i]; *p; p++)
            g_assert(*p != '"' && *p != '\\' && !g_ascii_iscntrl(*p));
        g_string_append_printf(json, "%s\"%s\"", i ? "," : "", keys[i]);
    }
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

static void free_octets(gpointer octets) {
    g_bytes_unref(octets);
}

static GHashTable *verdicts_find(struct store *store, const char *const *keys, size_t n) {
    GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_octets);
    g_autofree char *json = json_of(keys, n);
    struct connection *c = take(store);
    sqlite3_stmt *s =
        connection_statement(c, "SELECT verdict.key, record FROM json_each(?1) AS"
                                " asked CROSS JOIN verdict ON verdict.key=asked.value");
    if (s) {
        bind_text(s, 1, json);
        while (sqlite3_step(s) == SQLITE_ROW)
            g_hash_table_replace(found, g_strdup((const char *)sqlite3_column_text(s, 0)),
                                 column_bytes(s, 1));
        statement_end(s);
    }
    connection_give(c);
    return found;
}

static void forget(struct store *store, int64_t before) {
    static const char *const statements[] = {
        "DELETE FROM verdict WHERE key IN"
        " (SELECT key FROM verdict WHERE stored<?1 ORDER BY stored LIMIT ?2)",
        "DELETE FROM listing WHERE (account, mailbox, uidvalidity, uid) IN"
        " (SELECT account, mailbox, uidvalidity, uid FROM listing WHERE stored<?1 ORDER BY stored"
        " LIMIT ?2)"};
    struct connection *c = take(store);
    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
        sqlite3_stmt *s = connection_statement(c, statements[i]);
        if (s) {
            sqlite3_bind_int64(s, 1, before);
            sqlite3_bind_int64(s, 2, LIMIT_STORE_FORGET);
        }
        statement_run(c, s, NULL);
    }
    connection_give(c);
}

/* Binds account, mailbox and UIDVALIDITY to ?1 ?2 ?3. */
static sqlite3_stmt *place_statement(struct connection *c, const char *sql, const char *account,
                                     const char *mailbox, uint32_t uidvalidity) {
    sqlite3_stmt *s = connection_statement(c, sql);
    if (s) {
        bind_text(s, 1, account);
        bind_text(s, 2, mailbox);
        sqlite3_bind_int64(s, 3, uidvalidity);
    }
    return s;
}

/* The statement of a row: ?4 is its UID. */
static bool row_run(struct connection *c, sqlite3_stmt *s, uint32_t uid, GError **error) {
    if (s)
        sqlite3_bind_int64(s, 4, uid);
    return statement_run(c, s, error);
}

static bool rows_put_all(struct connection *c, const char *account, const char *mailbox,
                         uint32_t uidvalidity, const struct store_row *rows, size_t n, int64_t now,
                         GError **error) {
    sqlite3_stmt *s = place_statement(
        c, "DELETE FROM listing WHERE account=?1 AND mailbox=?2 AND uidvalidity<>?3", account,
        mailbox, uidvalidity);
    if (!statement_run(c, s, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        s = place_statement(c,
                            "INSERT OR REPLACE INTO listing (account, mailbox, uidvalidity, uid, "
                            "value, stored) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                            account, mailbox, uidvalidity);
        if (s) {
            bind_bytes(s, 5, rows[i].value);
            sqlite3_bind_int64(s, 6, now);
        }
        if (!row_run(c, s, rows[i].uid, error))
            return false;
    }
    return true;
}

/* Ends a transaction that went well or badly. */
static bool finish(struct connection *c, bool good, GError **error) {
    if (good && connection_do(c, "COMMIT", error))
        return true;
    connection_do(c, "ROLLBACK", NULL);
    return false;
}

static bool rows_put(struct store *store, const char *account, const char *mailbox,
                     uint32_t uidvalidity, const struct store_row *rows, size_t n, int64_t now,
                     GError **error) {
    struct connection *c = take(store);
    bool done =
        c && connection_do(c, "BEGIN IMMEDIATE", error) &&
        finish(c, rows_put_all(c, account, mailbox, uidvalidity, rows, n, now, error), error);
    connection_give(c);
    return done;
}

static void row_clear(gpointer data) {
    g_bytes_unref(((struct store_row *)data)->value);
}

static GArray *rows_find(struct store *store, const char *account, const char *mailbox,
                         uint32_t uidvalidity, uint32_t lo, uint32_t hi, unsigned limit) {
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct store_row));
    g_array_set_clear_func(rows, row_clear);
    struct connection *c = take(store);
    sqlite3_stmt *s = place_statement(
        c,
        "SELECT uid, value FROM listing WHERE account=?1 AND mailbox=?2 AND uidvalidity=?3 AND uid "
        "BETWEEN ?4 AND ?5 ORDER BY uid DESC LIMIT ?6",
        account, mailbox, uidvalidity);
    if (s) {
        sqlite3_bind_int64(s, 4, lo);
        sqlite3_bind_int64(s, 5, hi);
        sqlite3_bind_int64(s, 6, limit);
        while (sqlite3_step(s) == SQLITE_ROW) {
            struct store_row row = {(uint32_t)sqlite3_column_int64(s, 0), column_bytes(s, 1)};
            g_array_append_val(rows, row);
        }
        statement_end(s);
    }
    connection_give(c);
    return rows;
}

static bool rows_delete(struct store *store, const char *account, const char *mailbox,
                        uint32_t uidvalidity, const uint32_t *uids, size_t n, GError **error) {
    struct connection *c = take(store);
    bool good = c && connection_do(c, "BEGIN IMMEDIATE", error);
    bool begun = good;
    for (size_t i = 0; i < n && good; i++)
        good = row_run(c,
                       place_statement(c,
                                       "DELETE FROM listing WHERE account=?1 AND mailbox=?2 AND "
                                       "uidvalidity=?3 AND uid=?4",
                                       account, mailbox, uidvalidity),
                       uids[i], error);
    bool done = begun && finish(c, good, error);
    connection_give(c);
    return done;
}

static GBytes *secret_find(struct connection *c, const char *name) {
    sqlite3_stmt *s = connection_statement(c, "SELECT value FROM secret WHERE name=?1");
    if (!s)
        return NULL;
    bind_text(s, 1, name);
    return first_bytes(s);
}

static bool secret(struct store *store, const char *name, const void *fresh, void *out, size_t n) {
    struct connection *c = take(store);
    sqlite3_stmt *s =
        connection_statement(c, "INSERT OR IGNORE INTO secret (name, value) VALUES (?1, ?2)");
    if (s) {
        bind_text(s, 1, name);
        sqlite3_bind_blob64(s, 2, fresh, n, SQLITE_STATIC);
    }
    statement_run(c, s, NULL);
    /* What is there wins, also where another process was faster. */
    g_autoptr(GBytes) found = secret_find(c, name);
    bool kept = found && g_bytes_get_size(found) == n;
    memcpy(out, kept ? g_bytes_get_data(found, NULL) : fresh, n);
    connection_give(c);
    return kept;
}

/* Only what was committed reached the disk: a transaction alone is begun on a full one, too. */
static bool probe(struct store *store, int64_t now) {
    g_autofree char *zeroes = g_malloc0(LIMIT_STORE_PROBE_OCTETS);
    g_autoptr(GBytes) value = g_bytes_new_static(zeroes, LIMIT_STORE_PROBE_OCTETS);
    return keep_put(&store->keep, "health", "probe", value, now + LIMIT_STORE_PROBE);
}

static bool writable(struct store *store, int64_t now) {
    struct connections *connections = ((struct sqlite_store *)(void *)store)->connections;
    if (connections_doubt(connections, now))
        connections_settle(connections, probe(store, now));
    return connections_good(connections);
}

static void sqlite_free(struct store *store) {
    struct sqlite_store *s = (struct sqlite_store *)(void *)store;
    connections_free(s->connections);
    g_free(s);
}

bool sqlite_store_may_do_without(const GError *error) {
    if (!error || error->domain != STORE_ERROR)
        return false;
    int primary = error->code & 0xff; /* extended codes hold the primary one below */
    return primary == SQLITE_CANTOPEN || primary == SQLITE_PERM || primary == SQLITE_READONLY ||
           primary == SQLITE_FULL || primary == SQLITE_IOERR;
}

struct store *sqlite_store_new(const char *path, GError **error) {
    struct connections *connections = connections_new(path, error);
    if (!connections)
        return NULL;
    struct sqlite_store *s = g_new0(struct sqlite_store, 1);
    s->connections = connections;
    s->store = (struct store){
        .keep = {.get = keep_get, .read = keep_read, .put = keep_put, .expire = keep_expire},
        .session_put = session_put,
        .session_find = session_find,
        .session_delete = session_delete,
        .verdict_put = verdict_put,
        .verdict_find = verdict_find,
        .verdicts_find = verdicts_find,
        .rows_put = rows_put,
        .rows_find = rows_find,
        .rows_delete = rows_delete,
        .forget = forget,
        .secret = secret,
        .writable = writable,
        .free = sqlite_free,
    };
    return &s->store;
}

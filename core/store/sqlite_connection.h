/* SPDX-License-Identifier: MIT
 *
 * Connections to one SQLite file: one a thread, opened when a thread first asks, with prepared
 * statements kept by their SQL. A store in memory has one connection, lent to one thread at a time.
 */
#ifndef INKAN_STORE_SQLITE_CONNECTION_H
#define INKAN_STORE_SQLITE_CONNECTION_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>

struct sqlite3_stmt;
struct connections;
struct connection;

/* Opens the file once, migrating its schema. NULL and *error (STORE_ERROR). */
struct connections *connections_new(const char *path, GError **error);
/* No thread may hold one. */
void connections_free(struct connections *connections);

/* False: something could not be written since this was last settled (full, read-only, held by
 * another, no store any more). Any thread. */
bool connections_good(struct connections *connections);
/* True once for each LIMIT_STORE_PROBE: the caller tries to write, and settles what comes of it. */
bool connections_doubt(struct connections *connections, int64_t now);
void connections_settle(struct connections *connections, bool good);

/* This thread's connection until connection_give, or NULL (it could not be opened). */
struct connection *connection_take(struct connections *connections);
void connection_give(struct connection *connection);

/* The prepared statement of a SQL literal, ready to bind; NULL if the file is not what it was. The
 * pointer of `sql` is its name: pass literals. Hand it to statement_end when done. */
struct sqlite3_stmt *connection_statement(struct connection *connection, const char *sql);
/* Forgets bindings and rows. */
void statement_end(struct sqlite3_stmt *statement);
/* Runs a statement that returns no row; *error (STORE_ERROR) speaks of the file, not of content. */
bool statement_run(struct connection *connection, struct sqlite3_stmt *statement, GError **error);
/* "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK". */
bool connection_do(struct connection *connection, const char *sql, GError **error);

#endif

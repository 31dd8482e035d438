/* SPDX-License-Identifier: MIT
 *
 * The store in one SQLite file: WAL, a versioned schema (PRAGMA user_version), one connection a
 * thread, busy time-out 2 s. The file and its folder are for this user alone (0600). A file written
 * by a newer schema is refused, an older one is migrated in one transaction. */
#ifndef INKAN_STORE_SQLITE_H
#define INKAN_STORE_SQLITE_H

#include "store/store.h"

/* Opens or makes `path`; ":memory:" gives a store that ends with the process (its threads share
 * it). NULL and *error: not a database, a newer schema, not readable. A file that can be read but
 * not written opens, and every put returns false. */
struct store *sqlite_store_new(const char *path, GError **error);

/* True where `error` says that the file is out of reach (folder missing, no permission, disk full)
 * rather than not ours to open: then a service may go on without it. */
bool sqlite_store_may_do_without(const GError *error);

#endif

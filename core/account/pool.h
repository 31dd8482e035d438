/* SPDX-License-Identifier: MIT
 *
 * The connections of one session. A worker checks one out, talks, checks it in: at most
 * LIMIT_POOL_CONNECTIONS in use an account, so at most so many commands in flight; and through the
 * gate, shared by all pools of one IMAP host, at most what the service can spare for a host that
 * stalls. A host that cannot be reached is not tried again by every worker: for LIMIT_POOL_REST_MS
 * the last error is given at once.
 *
 * Thread-safe. Credentials lie in one locked page and are wiped when the pool closes. Does not know
 * sessions, and never reads credentials from a store. */
#ifndef INKAN_ACCOUNT_POOL_H
#define INKAN_ACCOUNT_POOL_H

#include "account/imap.h"

/* What all pools of one host share. */
struct pool_gate;
/* in_use: connections in use or waited for at once over all accounts, e.g. half the workers. */
struct pool_gate *pool_gate_new(guint in_use);
/* All its pools must be gone. */
void pool_gate_free(struct pool_gate *gate);

struct pool;
/* Copies login and options. server, gate and options->cancel_fd are borrowed and outlive the pool;
 * options->command_ms goes for every connection. Connects nothing yet: the first pool_checkout
 * does, and so tells whether the password is right. */
struct pool *pool_new(const struct imap_server *server, struct pool_gate *gate,
                      const struct imap_login *login, const struct imap_options *options);

/* A connection that is alive and, if mailbox is not NULL, has it selected: one that has it already
 * (no command), else an idle one, else a new one. Waits up to wait_ms for one of this account to
 * come back (0 = not at all; background work uses 0), then IMAP_ERROR_BUSY. Connections that sat
 * idle for LIMIT_POOL_IDLE_MS are not handed out. A connection that died while idle is replaced
 * once. Errors are those of imap_open and imap_select; IMAP_ERROR_CANCELLED once the pool closed.
 */
struct imap *pool_checkout(struct pool *pool, const char *mailbox, int wait_ms, GError **error);
/* Gives it back, dead or alive; each checkout needs exactly one. NULL is allowed. */
void pool_checkin(struct pool *pool, struct imap *imap);

/* A connection of its own, for who waits on one for hours: it counts among those of the account
 * only while it is opened. The caller closes it with imap_close. Errors as above. */
struct imap *pool_connect(struct pool *pool, GError **error);

/* Closes what has sat idle for LIMIT_POOL_IDLE_MS; the service calls it now and then. */
void pool_sweep(struct pool *pool);

/* The session ends: idle connections are closed, credentials wiped, checkouts fail from now on.
 * Connections in use are closed at checkin. May be called more than once. */
void pool_close(struct pool *pool);
/* Whether the session has ended. */
bool pool_is_closed(struct pool *pool);
/* pool_close, and the memory goes when the last checked-out connection has come back. */
void pool_free(struct pool *pool);

/* Commands sent over this pool's connections, closed ones included, for tests that count. Of
 * connections in use: as of their last checkin. */
uint64_t pool_commands(struct pool *pool);
/* Connections opened so far, for tests that count. */
guint pool_opened(struct pool *pool);

DEFINE_OWNED(pool_gate, pool_gate_free)
DEFINE_OWNED(pool, pool_free)

#endif

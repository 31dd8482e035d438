/* SPDX-License-Identifier: MIT
 *
 * Who is signed in. A session is made by a real IMAP sign-in and named by a token (fcgi/seal.h),
 * carried as bearer or cookie. Live sessions hold a pool of IMAP connections; after a restart the
 * next request opens the sealed credentials of the store with its token and builds the pool again.
 * Sessions end at a fixed time, never later than signed out (attacks L219). */
#ifndef INKAN_FCGI_SESSION_H
#define INKAN_FCGI_SESSION_H

#include "base/own.h"
#include "fcgi/config.h"
#include "fcgi/problem.h"
#include "fcgi/reply.h"
#include "fcgi/request.h"
#include "store/store.h"

#include <glib.h>
#include <stdint.h>

struct pool; /* account/pool.h */

/* Shared and counted; constant after it was made but for the count and the pool's inside. */
struct session {
    char *hash;      /* of its token: the key in table and store */
    char *username;  /* as typed, for the screen */
    char *account;   /* "username@host", username normalised: names everything stored for it */
    char *host;      /* IMAP host: selects [trust HOST], counts towards its share of the workers */
    int64_t expires; /* epoch seconds */
    struct pool *pool;
    gint references;
    GMutex lock;        /* of what follows */
    GPtrArray *folders; /* fcgi/folders.h; NULL: not asked yet */
};

struct sessions;

/* `config` and `store` must outlive it. `cancel_fd`: an eventfd that stops IMAP everywhere. NULL
 * and *error where [imap] host or ca-file cannot be used. */
struct sessions *sessions_new(const struct config *config, struct store *store, int cancel_fd,
                              GError **error);
/* Closes every pool; every reference must have been given back. */
void sessions_free(struct sessions *sessions);

/* Signs in at the IMAP server. On success a new session (the caller unrefs) and its token (the
 * caller wipes and frees). Otherwise NULL, *problem and *retry_after (seconds, 429 and 503 only).
 * Failed attempts are limited per account and per network of `client` (/24, /64); an attempt that
 * failed for another reason than the password costs nothing. */
struct session *session_sign_in(struct sessions *sessions, const char *username, const char *secret,
                                bool secret_is_bearer, const char *client, char **token,
                                enum problem *problem, unsigned *retry_after);

/* The session of a request, by "Authorization: Bearer" or, without that header, by cookie; the
 * caller unrefs. NULL and *problem: NOT_SIGNED_IN, or CROSS_SITE where a cookie request breaks the
 * rules: a method other than GET and HEAD needs X-Requested-With: inkan and an Origin listed in
 * [web] origin; Sec-Fetch-Site cross-site or same-site is refused whatever the method. */
struct session *session_require(struct sessions *sessions, const struct config *config,
                                const struct request *request, enum problem *problem);
/* The session a token names, in memory or in the store; NULL if none lives. The caller unrefs. */
struct session *session_find(struct sessions *sessions, const char *token);

/* A browser's sign-in: X-Requested-With: inkan was sent. *problem CROSS_SITE unless its Origin is
 * listed. */
bool session_wants_cookie(const struct config *config, const struct request *request,
                          enum problem *problem);
/* Set-Cookie for a token until `expires`; a NULL token takes the cookie away. */
void session_set_cookie(const struct config *config, struct reply *reply, const char *token,
                        int64_t expires, int64_t now);

/* Ends it here and in the store; requests under way finish. Where the store cannot be written it
 * has ended all the same, and the next sweep takes it out of the store. */
void session_end(struct sessions *sessions, struct session *session);

struct session *session_ref(struct session *session);
void session_unref(struct session *session);

/* Every live session, referenced: an array of struct session * that unrefs its members. */
GPtrArray *sessions_live(struct sessions *sessions);
/* Ends what has expired, here and in the store, and closes connections that sat idle too long. */
void sessions_sweep(struct sessions *sessions, int64_t now);

DEFINE_OWNED(session, session_unref)

#endif

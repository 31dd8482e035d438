/* SPDX-License-Identifier: MIT
 *
 * SPF (RFC 7208, 8616) of one SMTP session: the MAIL FROM check and, apart from it, the HELO check.
 * Whose word the session is (a border line of ours, the caller of a command line) is not known
 * here: what was written below the border must not be handed in. */
#ifndef INKAN_AUTH_SPF_H
#define INKAN_AUTH_SPF_H

#include "auth/spf_check.h"
#include "base/limits.h"
#include "base/own.h"

struct spf_session {
    struct ip ip;          /* of the client; size 0: nothing can be checked */
    struct span helo;      /* any octets; empty: not known */
    struct span mail_from; /* without brackets; empty: the null path, for which postmaster@HELO
                              stands in (§2.4); "@d" has no local part: postmaster (§4.3) */
    bool has_mail_from;
};

struct spf_identity {
    bool known;         /* false: not evaluated */
    const char *local;  /* of <sender>; both are borrowed from the check */
    const char *domain; /* A-labels, lower case; NULL: unusable, the result is none */
    struct spf_result result;
};

struct spf_check {
    struct ip ip;
    const char *helo_name; /* as given; "" if unknown or over LIMIT_SPF_PATH */
    struct spf_identity mail_from, helo;
};

/* Reads the identities; nothing is asked yet. Never NULL; the caller frees. */
struct spf_check *spf_new(const struct spf_session *session);
void spf_free(struct spf_check *check);

/* Asks for the record of an identity of a check, before anybody waits for anything. */
void spf_names(const struct spf_identity *identity, struct lookups *lookups);
/* Evaluates one of the check's two identities. `now` for "%{t}". */
void spf_verify(const struct spf_check *check, struct spf_identity *identity,
                struct lookups *lookups, int64_t now);

#define SPF_POSTMASTER "postmaster"

/* Octets that the local part of a path can need. */
static inline size_t spf_local_size(struct span path) {
    return MIN(path.n, (size_t)LIMIT_SPF_PATH) + sizeof SPF_POSTMASTER;
}

/* A path without its brackets into local part (unquoted; "postmaster" if there is none) and domain;
 * false, and neither of any use, for what has no single reading: routes, brackets, comments, a
 * second "@", control characters (attacks B59). Nothing is repaired. `local` has room for
 * spf_local_size. */
bool spf_path_read(struct span path, char *local, char domain[static DOMAIN_SIZE]);

DEFINE_OWNED(spf_check, spf_free)

#endif

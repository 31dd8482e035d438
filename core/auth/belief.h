/* SPDX-License-Identifier: MIT
 *
 * Whose word an account takes: authserv-ids, receiver profile, border, forwarders, sealers. Built
 * once from the command line or the configuration, constant afterwards, shared by threads. An
 * account without rules believes nobody. RFC 8601 §4.1 and §7.1 say why. */
#ifndef INKAN_AUTH_BELIEF_H
#define INKAN_AUTH_BELIEF_H

#include "auth/profile.h"
#include "base/own.h"
#include "mail/border.h"

struct forwarder {
    char *name; /* shown: "as seen by NAME" */
    struct ip_network *networks;
    guint n_networks;
    char **ids; /* NULL-terminated, lower-case patterns */
};

struct belief_rules {
    const struct profile *profile; /* never NULL */
    struct border *border;         /* never NULL; holds the profile's hosts too */
    GPtrArray *ids;                /* char *: configured authserv-ids, "*.domain" for hosts below */
    GPtrArray *own_domains;        /* char *: A-labels whose mail this account's server submits */
    GPtrArray *forwarders;         /* struct forwarder * */
    GPtrArray *sealers;            /* char *: A-labels, ARC sealers the operator trusts */
    bool strips;                   /* the server removes forged fields: position does not matter */
    bool below;                    /* … writes one field directly under its border line, always */
};

enum belief_error { BELIEF_ERROR_VALUE };
#define BELIEF_ERROR (belief_error_quark())
GQuark belief_error_quark(void);

/* Rules that believe nobody. */
struct belief_rules *belief_rules_new(void);
void belief_rules_free(struct belief_rules *rules);

/* Each setter checks its text and gives a sentence that says what would be right. Call
 * belief_set_profile at most once; hosts and ids of the profile are added to those configured. */
bool belief_set_profile(struct belief_rules *rules, const char *name, GError **error);
/* The same for a row that is at hand (profile_for_imap_host). */
void belief_use_profile(struct belief_rules *rules, const struct profile *profile);
bool belief_add_id(struct belief_rules *rules, const char *id, GError **error);
bool belief_add_border(struct belief_rules *rules, const char *host_or_network, GError **error);
bool belief_add_own_domain(struct belief_rules *rules, const char *domain, GError **error);
bool belief_add_sealer(struct belief_rules *rules, const char *domain, GError **error);
/* "NAME, NETWORK NETWORK…, ID ID…" as in `forwarder =`. */
bool belief_add_forwarder(struct belief_rules *rules, const char *text, GError **error);

/* A copy to which a profile or more entries can be added (defaults of [trust], then those of one
 * account host). */
struct belief_rules *belief_rules_copy(const struct belief_rules *rules);

/* Is this id one of the account's own servers? Exact but for ASCII case; "*.example.org" matches
 * hosts below by whole labels; never by suffix, never with a trailing dot. A job number behind it
 * only under a profile with PROFILE_JOB_ID. */
bool belief_has_id(const struct belief_rules *rules, struct span id);
/* The comparison itself, with one lower-case pattern. */
bool belief_id_matches(const char *pattern, struct span id);
/* Is this domain (A-labels) one the account's own server submits mail for? */
bool belief_owns_domain(const struct belief_rules *rules, const char *domain);
/* Was this domain named as a trusted sealer? */
bool belief_trusts_sealer(const struct belief_rules *rules, const char *domain);
/* The forwarder whose networks hold the client, or NULL. */
const struct forwarder *belief_find_forwarder(const struct belief_rules *rules,
                                              const struct ip *client);

/* Hex SHA-256 over everything that decides: a verdict is stored under it, so that it is derived
 * again when the rules change. The caller frees. */
char *belief_rules_fingerprint(const struct belief_rules *rules);

DEFINE_OWNED(belief_rules, belief_rules_free)

#endif

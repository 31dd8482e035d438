/* SPDX-License-Identifier: MIT
 *
 * DNS lists of addresses and domains (RFC 5782): what others say of the host that handed a message
 * in, and of the author's domain. Which lists are asked, and what their codes mean, is the
 * operator's word; nothing is asked without it. An answer is a listing only if it can be nothing
 * else: codes by which a list refuses to answer, 127.0.0.1 and addresses outside 127/8 never are.
 * Information alone: no verdict reads it. TXT records of a list are not asked for: the words that a
 * reader sees are the operator's. */
#ifndef INKAN_REPUTE_DNSBL_H
#define INKAN_REPUTE_DNSBL_H

#include "base/ip.h"
#include "net/resolver.h"

#include <stdbool.h>

enum dnsbl_kind {
    DNSBL_BLOCK = 1, /* addresses that somebody complains of */
    DNSBL_ALLOW,     /* addresses that somebody vouches for */
    DNSBL_DOMAIN     /* domains that somebody complains of */
};

enum dnsbl_state {
    DNSBL_NOT_ASKED = 0,
    DNSBL_UNLISTED,
    DNSBL_LISTED,
    DNSBL_REFUSED, /* the list answers, and not about the subject: it does not serve this resolver,
                      or somebody else answers in its place */
    DNSBL_TROUBLE  /* no usable answer */
};

/* --- which lists, and what they mean ------------------------------------------------------- */

struct dnsbl_lists;
struct dnsbl_lists *dnsbl_lists_new(void);
void dnsbl_lists_free(struct dnsbl_lists *lists);

/* Adds the list under that zone. False and *error (G_IO_ERROR), a sentence that says what would be
 * right: no domain name, there already, or more than LIMIT_DNSBL_LISTS. */
bool dnsbl_lists_add(struct dnsbl_lists *lists, enum dnsbl_kind kind, const char *zone,
                     GError **error);

/* "ZONE CODE WORDS": what that list means by that address, in words of the operator. CODE is four
 * octets, each a number, "low-high" or "*"; the first is 127. WORDS "-": that code is no listing.
 * The first code that fits counts; codes without words are a listing of which no more is known.
 * False and *error as above; the list must have been added. */
bool dnsbl_lists_add_meaning(struct dnsbl_lists *lists, const char *line, GError **error);

guint dnsbl_lists_count(const struct dnsbl_lists *lists);
const char *dnsbl_lists_zone(const struct dnsbl_lists *lists, guint index);
enum dnsbl_kind dnsbl_lists_kind(const struct dnsbl_lists *lists, guint index);

/* Everything that was added, as one text: part of the name of a stored verdict. The caller frees.
 */
char *dnsbl_lists_fingerprint(const struct dnsbl_lists *lists);

/* --- names and answers ---------------------------------------------------------------------- */

/* The name to ask for about an address: octets (RFC 5782 §2.1) or nibbles (§2.4) from the last to
 * the first, then the zone. The caller frees. */
char *dnsbl_address_name(const struct ip *ip, const char *zone);

/* What an answer of the list at `index` says. *meaning: the operator's words, borrowed, or NULL. */
enum dnsbl_state dnsbl_read(const struct dnsbl_lists *lists, guint index,
                            const struct dns_answer *answer, const char **meaning);

/* --- one message ----------------------------------------------------------------------------- */

struct dnsbl_result {
    guint list;       /* index in the lists */
    const char *zone; /* borrowed from the lists */
    enum dnsbl_kind kind;
    char *subject; /* the address or domain asked about */
    char *name;    /* the question */
    enum dnsbl_state state;
    const char *meaning; /* of DNSBL_LISTED, or NULL; borrowed from the lists */
};

struct dnsbl_check {
    const struct dnsbl_lists *lists;
    struct dnsbl_result *results; /* in the order of the lists */
    guint n;
};

/* `ip`: of the client that handed the message to our border; NULL, or one that the Internet cannot
 * reach: no list of addresses is asked. `domain`: the author's; `registrable`: the name under which
 * it was registered; both lower-case A-labels or NULL; each is asked about once. `lists` is
 * borrowed. The caller frees. */
struct dnsbl_check *dnsbl_new(const struct dnsbl_lists *lists, const struct ip *ip,
                              const char *domain, const char *registrable);
void dnsbl_free(struct dnsbl_check *check);

/* Starts every question; returns at once. */
void dnsbl_names(const struct dnsbl_check *check, struct lookups *lookups);
/* Reads every answer. */
void dnsbl_verify(struct dnsbl_check *check, struct lookups *lookups);

/* "block", "allow", "domain". */
const char *dnsbl_kind_name(enum dnsbl_kind kind);

DEFINE_OWNED(dnsbl_lists, dnsbl_lists_free)
DEFINE_OWNED(dnsbl_check, dnsbl_free)

#endif

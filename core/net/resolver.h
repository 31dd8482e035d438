/* SPDX-License-Identifier: MIT
 *
 * DNS questions, asked at once and read in any order. One resolver a process (libunbound behind one
 * DNS thread, with a result cache and deadlines of our own), one `lookups` a message (what that
 * message may cost). Answers carry their DNSSEC state; a bogus answer never carries data. Behind
 * the same interface: a table for unit tests. Domain names are presentation form, A-labels, any
 * case, without the root dot. */
#ifndef INKAN_NET_RESOLVER_H
#define INKAN_NET_RESOLVER_H

#include "base/own.h"
#include "base/span.h"

#include <stdint.h>

enum dns_type {
    DNS_A = 1,
    DNS_CNAME = 5,
    DNS_PTR = 12,
    DNS_MX = 15,
    DNS_TXT = 16,
    DNS_AAAA = 28,
    DNS_TLSA = 52
};

enum dns_status {
    DNS_NOT_ASKED = 0, /* nobody asked, or not yet answered */
    DNS_DATA,          /* records[] holds at least one record of the type asked */
    DNS_NODATA,        /* the name exists, the type does not */
    DNS_NXDOMAIN,      /* the name does not exist (RFC 8020) */
    DNS_TEMPERROR,     /* no usable answer: SERVFAIL, REFUSED, time-out, network, cancelled */
    DNS_BOGUS,         /* DNSSEC validation failed: never data, treated as a temporary error */
    DNS_OVER_BUDGET,   /* this message asked too much (count or time) */
    DNS_BAD_NAME       /* not a name that DNS can carry: label or name too long, empty label */
};

enum dnssec_state {
    DNSSEC_NOT_EVALUATED = 0, /* shown as "unknown" */
    DNSSEC_SECURE,
    DNSSEC_INSECURE,
    DNSSEC_BOGUS
};

/* One answer; immutable, shared, counted. TXT records come as the joined character-strings (may
 * hold NUL), MX as "PREFERENCE NAME", A and AAAA as 4 and 16 octets, CNAME and PTR as names in
 * lower case without the root dot, TLSA as rdata. The root itself is ".". A name in an answer with
 * a NUL or a dot inside a label cannot be written so: its record is left out. Every record is
 * followed by a NUL octet that is not part of it. CNAMEs are followed: records are those at the
 * end. */
struct dns_answer {
    enum dns_status status;
    enum dnssec_state dnssec;
    guint n;
    struct span *records;
    uint32_t ttl;                /* seconds, clamped by limits.h */
    const char *why;             /* for a person: "SERVFAIL", "time-out", why_bogus; never NULL */
    struct dns_counted *counted; /* this room's own */
};

struct resolver;
struct lookups;

struct resolver_options {
    const char *server; /* "ADDR@PORT": every question goes there and nothing is answered locally;
                           NULL: the system's resolvers (/etc/resolv.conf) */
    const char *trust_anchor; /* file of DS or DNSKEY records; NULL with `server`: state is
                                 "unknown"; NULL without: the packaged root key, if it is there */
    bool probe; /* with an anchor: first see whether the upstream hands on signatures; if it strips
                   them, the state is "unknown" and the log says so, instead of everything bogus */
    int answer_ms; /* deadline of one question; 0 = LIMIT_ANSWER_MS */
};

/* Starts the DNS thread. NULL and *error if the library refuses a setting or a file cannot be read.
 */
struct resolver *resolver_new(const struct resolver_options *options, GError **error);
/* Fails every open question, and every later one that is not in the cache, as DNS_TEMPERROR, and
 * stops the thread: whoever waits goes on at once. Any thread may call it. */
void resolver_stop(struct resolver *resolver);
/* Stops and frees. All lookups must be freed first. */
void resolver_free(struct resolver *resolver);

/* A resolver of fixed answers for unit tests: no thread, no socket. What is not in the table is
 * NXDOMAIN, or NODATA where the name has other records or lies above one that is there. */
struct resolver *resolver_new_table(void);
/* `record` as described at struct dns_answer (A/AAAA as text). A "." name is never special. */
void resolver_table_add(struct resolver *table, const char *name, enum dns_type type,
                        const char *record);
void resolver_table_add_octets(struct resolver *table, const char *name, enum dns_type type,
                               struct span record);
/* Makes (name, type) answer with a status other than DNS_DATA, or sets the DNSSEC state of its
 * data. */
void resolver_table_set(struct resolver *table, const char *name, enum dns_type type,
                        enum dns_status status, enum dnssec_state dnssec);

/* Questions that went out since the start (cache misses), for tests that count. */
uint64_t resolver_questions_sent(const struct resolver *resolver);

/* What one message may ask: LIMIT_QUESTIONS distinct questions, LIMIT_QUESTION_MS in all. Not
 * shared between threads. A NULL resolver answers every question DNS_NOT_ASKED ("never look up").
 */
struct lookups *lookups_new(struct resolver *resolver);
void lookups_free(struct lookups *lookups);

/* Whose questions they are. Each of these has so many kept for it (LIMIT_QUESTIONS_…), which nobody
 * else can take before it has settled: what a sender makes one mechanism ask is never the end of
 * another. More than that is there for all as long as it lasts. */
enum lookups_share {
    LOOKUPS_WHOLE = 0, /* nobody's in particular: no share, only the whole */
    LOOKUPS_DKIM,
    LOOKUPS_DMARC,
    LOOKUPS_SPF, /* MAIL FROM */
    LOOKUPS_ARC,
    LOOKUPS_INFORMATION, /* what decides nothing: HELO, Sender ID, DomainKeys */
    LOOKUPS_REPUTATION,  /* lists of addresses and domains: likewise */
    LOOKUPS__MAX
};

/* From now on `share` asks. A question that was asked before costs nobody anything. */
void lookups_as(struct lookups *lookups, enum lookups_share share);
/* `share` has its answers: what is left of its questions is there for the others. */
void lookups_settle(struct lookups *lookups, enum lookups_share share);

/* Starts a question unless it was started before. Returns at once. Distinct questions count once;
 * one over the budget is answered DNS_OVER_BUDGET. `name`: any octets, dots between labels (a
 * backslash is an octet like others), one root dot at the end is passed over. */
void lookups_ask(struct lookups *lookups, const char *name, enum dns_type type);

/* Waits for the answer (asking first if nobody did). Never NULL; borrowed, lives as long as
 * `lookups`. */
const struct dns_answer *lookups_answer(struct lookups *lookups, const char *name,
                                        enum dns_type type);

/* Distinct questions so far. */
guint lookups_count(const struct lookups *lookups);

/* "secure" "insecure" "bogus" "unknown". */
const char *dnssec_state_name(enum dnssec_state state);

/* What two answers together are worth: bogus, unknown, insecure, secure, the weaker first. */
enum dnssec_state dnssec_state_weaker(enum dnssec_state a, enum dnssec_state b);

DEFINE_OWNED(resolver, resolver_free)
DEFINE_OWNED(lookups, lookups_free)

#endif

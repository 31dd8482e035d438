/* SPDX-License-Identifier: MIT
 *
 * Authentication-Results (RFC 8601): every such field of a message, parsed, and whether it is
 * believed. A statement about a message counts only if one of the account's own servers wrote it;
 * who wrote it follows from position and authserv-id (belief.h), never from what it says. The
 * fields of attached messages, ARC-Authentication-Results and X- variants are not read. What all
 * believed fields together say about one author is auth/statement. */
#ifndef INKAN_AUTH_AUTHRES_H
#define INKAN_AUTH_AUTHRES_H

#include "auth/belief.h"
#include "auth/result.h"
#include "mail/message.h"
#include "mail/received.h"

enum authres_method {
    AUTHRES_OTHER = 0, /* not one that this program reads: for display, never for a verdict */
    AUTHRES_SPF,
    AUTHRES_DKIM,
    AUTHRES_DMARC,
    AUTHRES_AUTH,
    AUTHRES_IPREV,
    AUTHRES_ARC,
    AUTHRES_BIMI,
    AUTHRES_SENDER_ID,
    AUTHRES_DOMAINKEYS
};

/* "header.d" = "a.example". The name is lower-case "ptype.property" without white space; without a
 * dot it is a bare key=value ("x-bits", "action"), shown as `extra`. The value is unquoted and
 * decoded. Spans of this header live as long as the struct authres and the message. */
struct authres_property {
    struct span name;
    struct span value;
};

struct authres_result {
    struct span method;        /* lower-case, without its version */
    struct span word;          /* lower-case, as written: may be unregistered */
    enum authres_method known; /* AUTHRES_OTHER also if the method's version is not 1 */
    enum auth_result result;   /* AUTH_NOT_EVALUATED if `known` is AUTHRES_OTHER or the word is
                                  not registered for that method (RFC 8601 §2.7) */
    guint version;             /* of the method; 1 unless written */
    struct span reason;        /* p is NULL if there is none */
    struct span comment;       /* text of all comments of the result, decoded, " " between */
    struct authres_property *
        property; /* in order, each name once; a result that gives one name two values is dropped */
    guint n_properties;
};

enum authres_flag {
    AUTHRES_NO_ID = 1 << 0,    /* no authserv-id: results stand where it should */
    AUTHRES_BAD_ID = 1 << 1,   /* what stands there is neither */
    AUTHRES_UNCLOSED = 1 << 2, /* a quote or comment never ends (or nests too deep): unusable */
    AUTHRES_DROPPED = 1 << 3,  /* at least one result was not readable and left out */
    AUTHRES_LOOSE = 1 << 4,    /* a value holds characters that RFC 8601 wants quoted */
    AUTHRES_CUT = 1 << 5       /* more than a limit allows: the rest is not there; unusable */
};

enum authres_why {
    AUTHRES_NOT_EVALUATED = 0,
    AUTHRES_BELIEVED,   /* "believed" */
    AUTHRES_FORWARDER,  /* "forwarder": believed as the word of a forwarder the operator named */
    AUTHRES_UNKNOWN_ID, /* "unknown-id": not one of the account's servers */
    AUTHRES_WITHOUT_ID, /* "no-id": none, and the profile does not say that its server writes so */
    AUTHRES_MALFORMED_ID, /* "bad-id" */
    AUTHRES_VERSION,      /* "version": another version of the format (RFC 8601 §2.6) */
    AUTHRES_BELOW_BORDER, /* "below-border": anybody may have written it */
    AUTHRES_NO_BORDER,    /* "no-border": it is not known which Received lines are ours */
    AUTHRES_IMPORTED,     /* "imported": the mailbox owner put the message there, not the server */
    AUTHRES_UNUSABLE,     /* "unusable": ours, but unreadable, and with it every other one */
    AUTHRES_TOO_MANY,     /* "too-many": beyond LIMIT_AR_FIELDS, not parsed */
    AUTHRES_WHY__MAX
};

struct authres_field {
    guint field;    /* index into message->fields */
    uint32_t flags; /* authres_flag */
    struct span id; /* authserv-id as written but unquoted; p is NULL if there is none */
    guint version;  /* of the format; 1 unless written */
    bool believed;  /* why is AUTHRES_BELIEVED or AUTHRES_FORWARDER */
    enum authres_why why;
    const struct forwarder *forwarder; /* borrowed from the rules; NULL unless AUTHRES_FORWARDER */
    bool behind_gateway; /* the host that wrote it took the message from a host of ours: its spf and
                            dmarc failures are no evidence (verdict rule 11) */
    struct authres_result *result; /* in order */
    guint n_results;
};

struct authres {
    struct authres_field *field; /* top (newest) first, at most LIMIT_AR_FIELDS + 1 */
    guint n;
    bool unusable;         /* a believed field could not be read: nothing is believed */
    guint receivers_until; /* fields of any name with an index below this were written by the
                        account's own servers, which it believes; 0: none, or nobody knows */
    /* private: what the spans and pointers above live in */
    struct authres_memory *memory;
};

/* Parses and judges all fields. `imported`: the message was APPENDed, or lies in a folder outside
 * the personal namespace. Never NULL and never fails. Message and rules must outlive it. */
struct authres *authres_read(const struct message *message, const struct hops *hops,
                             const struct belief_rules *rules, bool imported);

/* Parses one field value, judging nothing; for tests, fuzzing and benches. n is 1. The octets must
 * outlive it. */
struct authres *authres_parse(struct span value);
/* The same into a struct that is used again and again, keeping its memory. */
void authres_parse_again(struct authres *authres, struct span value);
void authres_free(struct authres *authres);

/* The value of the property of that (lower-case) name, or a span whose p is NULL. */
struct span authres_property_find(const struct authres_result *result, const char *name);

/* Stable word for JSON: "believed", "unknown-id", …; NULL for AUTHRES_NOT_EVALUATED. */
const char *authres_why_name(enum authres_why why);

DEFINE_OWNED(authres, authres_free)

#endif

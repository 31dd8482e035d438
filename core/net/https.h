/* SPDX-License-Identifier: MIT
 *
 * One bounded GET or POST over https: the only door by which this program fetches what a stranger
 * named (logos, certificates, CRLs, policies). The host is resolved through our own resolver, every
 * address is checked against net/https_guard, the connection goes to the checked address (so
 * nothing can be rebound in between) and is checked once more where the socket is made. No
 * redirects, no cookies, no proxy, no content coding, no environment. Owner of libcurl. */
#ifndef INKAN_NET_HTTPS_H
#define INKAN_NET_HTTPS_H

#include "base/own.h"
#include "net/resolver.h"

#include <glib.h>

enum https_status {
    HTTPS_NOT_FETCHED = 0,
    HTTPS_OK,           /* 200, the whole body */
    HTTPS_NOT_MODIFIED, /* 304: what the ETag named still holds */
    /* It will not be better tomorrow unless somebody changes something: */
    HTTPS_BAD_URL,     /* net/https_url refuses it */
    HTTPS_BAD_ADDRESS, /* some address of the host is not of the public Internet */
    HTTPS_NO_HOST,     /* the name does not exist, or has no address */
    HTTPS_REDIRECT,    /* 3xx: never followed */
    HTTPS_REFUSED,     /* 4xx, or an answer that is no HTTP */
    HTTPS_TOO_LARGE,   /* body over request->max_size, or headers over LIMIT_HTTPS_HEADER */
    HTTPS_TLS,         /* certificate or handshake */
    /* Temporary: */
    HTTPS_RATE,    /* this host was asked too often; nothing was sent */
    HTTPS_DNS,     /* no usable answer */
    HTTPS_CONNECT, /* refused, unreachable, connection lost */
    HTTPS_LATE,    /* not done within LIMIT_HTTPS_MS */
    HTTPS_FAILED,  /* 429 or 5xx */
    HTTPS_STOPPED, /* https_stop */
    HTTPS__MAX
};

struct https_options {
    const char *ca_file;   /* PEM, in place of the system's authorities; NULL: those */
    const char *agent;     /* how it calls itself (static); NULL: by name and version */
    unsigned host_fetches; /* in place of LIMIT_HTTPS_HOST_FETCHES; 0: that */
};

struct https;

/* NULL and *error if the library cannot be set up or the file cannot be read. Made before the first
 * thread. */
struct https *https_new(const struct https_options *options, GError **error);
/* Ends every fetch under way within about a second. Any thread. */
void https_stop(struct https *https);
/* No fetch may be under way. */
void https_free(struct https *https);

struct https_request {
    const char *url;
    const char *etag; /* as an earlier reply gave it: asks "only if changed"; NULL: no condition */
    const char *form; /* of https_post: application/x-www-form-urlencoded */
    const char *accept; /* media types (static); NULL: any */
    bool vouched; /* no stranger named the URL, but an authority we rely on: its fetches are counted
                     apart, so that strangers cannot use up what a host is asked */
    size_t max_size; /* octets of the body; 0: LIMIT_HTTPS_BODY, which is the most there can be */
};

struct https_reply {
    enum https_status status;
    unsigned http_status; /* 0: there was no answer */
    GBytes *body;         /* of HTTPS_OK, else NULL */
    char *etag;           /* as sent, at most LIMIT_HTTPS_ETAG; NULL: none */
    char *content_type;   /* lower case, without parameters; NULL: none. Says nothing certain. */
    char *why;            /* one sentence without its full stop for a person; NULL on success */
};

/* Waits, at most LIMIT_ANSWER_MS for DNS and LIMIT_HTTPS_MS for all the rest. *reply is filled
 * whatever happens. Thread-safe; `lookups` is the caller's. */
void https_get(struct https *https, struct lookups *lookups, const struct https_request *request,
               struct https_reply *reply);
/* The same with request->form in a POST (RFC 8058 §3.2); any 2xx is HTTPS_OK. */
void https_post(struct https *https, struct lookups *lookups, const struct https_request *request,
                struct https_reply *reply);
void https_reply_clear(struct https_reply *reply);

/* May another try come to something else although nobody changed anything? */
bool https_is_temporary(enum https_status status);
/* "ok" "not-modified" "bad-url" …: stable words; NULL for NOT_FETCHED. */
const char *https_status_name(enum https_status status);

/* Fetches that went as far as a socket since the start, for /metrics and tests that count. */
uint64_t https_sent(const struct https *https);

DEFINE_OWNED(https, https_free)

#endif

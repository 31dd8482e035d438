/* SPDX-License-Identifier: MIT
 *
 * Received fields (RFC 5321 §4.4) as hops, and the border: the one line in which a host of the
 * account wrote down from whom it took the message. What stands above the border was written by
 * us, what stands below by anybody. Reads the shapes of Postfix, Exim, Sendmail, qmail, Gmail and
 * Exchange; a line that fits none still has its `by`. Nothing here is proof of anything; clients
 * below the border are never an identity. */
#ifndef INKAN_MAIL_RECEIVED_H
#define INKAN_MAIL_RECEIVED_H

#include "base/ip.h"
#include "base/own.h"
#include "mail/border.h"
#include "mail/message.h"

#include <stdint.h>

enum hop_flag {
    HOP_OURS = 1 << 0,          /* a host of the account wrote it (hops_apply_border) */
    HOP_BORDER = 1 << 1,        /* … and took the message from somebody else */
    HOP_AUTHENTICATED = 1 << 2, /* `with` ends in A or SA (RFC 3848): somebody had signed in */
    HOP_TLS = 1 << 3,           /* `with` ends in S or SA, or a TLS comment or clause is there */
    HOP_LOCAL = 1 << 4,         /* no TCP client: no `from`, or LMTP (RFC 2033) */
    HOP_NAME_CHECKED = 1 << 5,  /* `reverse` was confirmed forwards by the host that wrote it */
    HOP_TIME = 1 << 6,          /* `time` is set */
    HOP_DELAY = 1 << 7,         /* `delay` is set */
    HOP_UNCLOSED = 1 << 8 /* an unclosed comment or quote: only what stood before it is read */
};

/* Spans are borrowed from the message; an empty span is "not written". */
struct hop {
    guint field;             /* index into message->fields */
    uint32_t flags;          /* hop_flag */
    struct span from;        /* what the client called itself (HELO, EHLO) */
    struct span reverse;     /* name the writing host found for the client's address */
    struct ip ip;            /* client address; size 0 if none was written */
    struct span by;          /* the host that wrote the line */
    struct span with;        /* protocol: "ESMTPS" */
    struct span tls_version; /* as written: "TLSv1.3", "TLS1_3" */
    struct span tls_cipher;
    struct span user;          /* Postfix "(Authenticated sender: u@a.example)" */
    struct span envelope_from; /* "(envelope-from <u@a.example>)", without the brackets */
    struct span recipient;     /* `for`, without the brackets */
    int64_t time;              /* seconds since the epoch, what the writing host claims */
    int64_t delay; /* seconds since the hop below; may be negative: clocks of others differ */
};

struct hops {
    struct hop *hop; /* top (newest) first, at most LIMIT_HOPS */
    guint n;
    guint total;     /* Received fields there were */
    bool bordered;   /* hops_apply_border was called with a border that is not empty */
    int border;      /* index into hop[] or -1: no border known */
    guint own_until; /* fields with an index below this were written by us: message->fields up to,
                        without, the border line; 0 if no border is known */
};

/* Never NULL and never fails: what cannot be read is left empty. The message must outlive it. */
struct hops *hops_parse(const struct message *message);
void hops_free(struct hops *hops);

/* Marks the hops of ours and finds the border. From the top, a line is ours if its `by` is a host
 * of the border list; the first of ours whose client is not ours is the border, and nothing below
 * it is ever ours. A client is ours if its address lies in a listed network, if its
 * forward-confirmed name is a listed host, if it came by LMTP or without `from`, or if the writing
 * host is an inner one. What the client calls itself counts only for LMTP, because anybody can say
 * it. Lines above the first of ours are passed over only if their client is ours; anything else
 * means that no border is known. */
void hops_apply_border(struct hops *hops, const struct border *border);

/* The SMTP session as our own border recorded it: what SPF may be asked about. */
struct border_session {
    bool known;            /* false: no border, or it names no client address */
    const struct hop *hop; /* the border, or NULL */
    struct span helo;      /* empty if none */
    struct span mail_from; /* without brackets; empty with has_mail_from: the null path "<>" */
    bool has_mail_from;    /* one single Return-Path above the border, else the border line's
                              envelope-from; two Return-Paths above it: neither */
    bool authenticated;    /* submitted by somebody who had signed in */
    bool client_is_global; /* a private or loopback client is no identity for SPF */
    bool has_time;         /* `time`: when the message reached us, the border line's own clock */
    int64_t time;
};

void hops_session(const struct hops *hops, const struct message *message,
                  struct border_session *session);

/* Index into hops->hop of the nearest Received line at or below field index `field`, or -1. */
int hops_below(const struct hops *hops, guint field);

DEFINE_OWNED(hops, hops_free)

#endif

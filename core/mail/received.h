/* SPDX-License-Identifier: MIT
 *
 * Received fields (RFC 5321 §4.4) as hops, and the border: the one line in which a host of the
 * account wrote down from whom it took the message. What stands above the border was written by
 * us, what stands below by anybody. Nothing here is proof of anything; clients below the border are
 * never an identity. How one line is read stands in mail/hop. */
#ifndef INKAN_MAIL_RECEIVED_H
#define INKAN_MAIL_RECEIVED_H

#include "base/own.h"
#include "mail/border.h"
#include "mail/hop.h"
#include "mail/message.h"

#include <stdint.h>

struct hops {
    struct hop *hop; /* top (newest) first, at most LIMIT_HOPS; in the same block */
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
 * (or its written address one) of the border list; the first of ours whose client is not ours is
 * the border, and nothing below it is ever ours. A client is ours if its address lies in a listed
 * network, if its forward-confirmed name is a listed host, if it spoke LMTP from an address that is
 * not global or was found to be named like a listed host (or from none, to a host of ours), or if
 * the writing host is an inner one. What the client calls itself never counts, because anybody can
 * say it; a line without `from` (a program on the host itself) is a border too. Lines above the
 * first of ours are passed over only if their client is ours; anything else, and a line that cannot
 * be read (HOP_UNCLOSED), means that no border is known. */
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

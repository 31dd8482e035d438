/* SPDX-License-Identifier: MIT
 *
 * One Received field (RFC 5321 §4.4) read in the shapes that servers write it: Postfix, Exim,
 * Sendmail, qmail, Gmail, Exchange, Dovecot. The RFC leaves what matters most, the client's
 * address, to comments. Who may be believed is mail/received. */
#ifndef INKAN_MAIL_HOP_H
#define INKAN_MAIL_HOP_H

#include "base/ip.h"
#include "base/span.h"

#include <stdint.h>

enum hop_flag {
    HOP_OURS = 1 << 0,          /* a host of the account wrote it (hops_apply_border) */
    HOP_BORDER = 1 << 1,        /* … and took the message from somebody else */
    HOP_AUTHENTICATED = 1 << 2, /* `with` ends in SMTPA or SMTPSA (RFC 3848): signed in */
    HOP_TLS = 1 << 3,           /* `with` ends in S or SA, or a TLS comment or clause is there */
    HOP_LMTP = 1 << 4,          /* final delivery between hosts of one owner (RFC 2033 §5) */
    HOP_NAME_CHECKED = 1 << 5,  /* `reverse` was confirmed forwards by the host that wrote it */
    HOP_TIME = 1 << 6,          /* `time` is set */
    HOP_DELAY = 1 << 7,         /* `delay` is set */
    HOP_UNCLOSED = 1 << 8 /* cannot be read to its end (an unclosed comment, a stray quote, a clause
                             that stands twice, an odd recipient): never counted as ours */
};

/* Spans are borrowed from the message; an empty span is "not written". */
struct hop {
    guint field;               /* index into message->fields */
    uint32_t flags;            /* hop_flag */
    struct span from;          /* what the client called itself (HELO, EHLO) */
    struct span reverse;       /* name the writing host found for the client's address */
    struct ip ip;              /* client address; size 0 if none was written */
    struct span by;            /* the host that wrote the line … */
    struct ip by_ip;           /* … and its address, where it wrote that too */
    struct span with;          /* protocol: "ESMTPS" */
    struct span tls_version;   /* as written: "TLSv1.3", "TLS1_3" */
    struct span tls_cipher;    /* as written */
    struct span user;          /* Postfix "(Authenticated sender: u@a.example)" */
    struct span envelope_from; /* "(envelope-from <u@a.example>)", without the brackets */
    bool has_envelope_from;    /* tells "<>" from nothing */
    struct span recipient;     /* `for`, without the brackets; quotes stay */
    int64_t time;              /* seconds since the epoch, what the writing host claims */
    int64_t delay; /* seconds since the hop below; may be negative: clocks of others differ */
};

/* Reads one field value (folds and all) into a zeroed hop; never fails. Linear time. */
void hop_parse(struct span value, struct hop *hop);

/* "<u@a.example>" without its brackets. False if it is not one address in brackets. */
bool hop_path_parse(struct span text, struct span *path);

#endif

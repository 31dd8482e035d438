/* SPDX-License-Identifier: MIT
 *
 * What can go wrong with a mail server, as far as callers must tell it apart. */
#ifndef INKAN_ACCOUNT_IMAP_ERROR_H
#define INKAN_ACCOUNT_IMAP_ERROR_H

#include <glib.h>

/* The numbers are stable: the API and the page build on them. message = one plain sentence in
 * English; text that the server wrote is part of it only as `The server says: "..."`, printable,
 * valid UTF-8, at most LIMIT_IMAP_SERVER_TEXT octets. */
enum imap_error {
    IMAP_ERROR_UNREACHABLE = 1, /* name unknown, refused, no route, TLS cannot be agreed on */
    IMAP_ERROR_TIMEOUT,         /* the deadline passed */
    IMAP_ERROR_CERTIFICATE,     /* the message says which check failed; nothing was sent */
    IMAP_ERROR_AUTHENTICATION,  /* name, password or token refused */
    IMAP_ERROR_REFUSED,         /* the server said NO */
    IMAP_ERROR_PROTOCOL,        /* BAD, BYE, closed, or answers that are no IMAP we can read */
    IMAP_ERROR_NOT_FOUND,       /* no such mailbox, or the message is gone */
    IMAP_ERROR_TOO_LARGE,       /* more than LIMIT_MESSAGE_SIZE */
    IMAP_ERROR_CANCELLED,       /* the service stops, or the session ended */
    IMAP_ERROR_BUSY,            /* account/pool: too much in flight; try again soon */
    IMAP_ERROR_ARGUMENT         /* CR, LF, NUL, empty, too long, not UTF-8: nothing was sent */
};
GQuark imap_error_quark(void);
#define IMAP_ERROR imap_error_quark()
/* "unreachable" "time-out" "certificate" …: for problem types, logs and tests. */
const char *imap_error_name(enum imap_error code);

#endif

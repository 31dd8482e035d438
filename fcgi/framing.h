/* SPDX-License-Identifier: MIT
 *
 * Looks at the octets that wait on a FastCGI connection (FastCGI 1.0 §3, §6.2) and tells whether a
 * whole request lies there, without consuming anything: so a worker is never lent to a client that
 * sends half of one. Name-value pairs are checked against the octets that are there, because
 * libfcgi takes their lengths at their word (CVE-2025-23016). */
#ifndef INKAN_FCGI_FRAMING_H
#define INKAN_FCGI_FRAMING_H

#include "base/span.h"

#include <stdbool.h>

enum framing {
    FRAMING_BAD = 0, /* no FastCGI, or more than we take: close */
    FRAMING_PART,    /* sound so far, parameters not complete */
    FRAMING_BODY,    /* parameters complete and sound, body not */
    FRAMING_WHOLE    /* a whole request */
};

/* `octets`: from the first octet of a request. Linear. *outside (of BODY and WHOLE; may be NULL):
 * it will wait for a stranger's server, the URI says. */
enum framing framing_scan(struct span octets, bool *outside);

#endif

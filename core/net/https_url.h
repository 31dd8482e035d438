/* SPDX-License-Identifier: MIT
 *
 * The URLs that are fetched: https, a host name, port 443, nothing else (RFC 3986, RFC 9110
 * §4.2.2). Far stricter than the RFC, so that no two readers of one URL can see two hosts: no
 * userinfo, no address in place of the name, no other port, no octet outside visible ASCII, no
 * backslash. What was read is written again, and only that is handed on. */
#ifndef INKAN_NET_HTTPS_URL_H
#define INKAN_NET_HTTPS_URL_H

#include "base/span.h"

enum https_url_fault {
    HTTPS_URL_FINE = 0,
    HTTPS_URL_TOO_LONG,  /* over LIMIT_HTTPS_URL */
    HTTPS_URL_BAD_OCTET, /* space, control, above 127, one of  " < > \ ^ ` { | } */
    HTTPS_URL_SCHEME,    /* not https */
    HTTPS_URL_USERINFO,  /* "user@", also an empty one */
    HTTPS_URL_HOST,      /* not a host name of two labels or more; an address in any spelling */
    HTTPS_URL_PORT       /* not 443 */
};

/* "https://HOST/PATH?QUERY" with HOST in lower case, without port, root dot and fragment, or NULL
 * and *fault. `host` (may be NULL) gets the host; both are freed with g_free. */
char *https_url_parse(struct span text, char **host, enum https_url_fault *fault);

/* One sentence without its full stop; NULL for FINE. */
const char *https_url_fault_text(enum https_url_fault fault);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Packed octets to octets, within bounds: one gzip member (RFC 1952), as a logo is packed in a mark
 * certificate and as a server may deliver it (SVGZ), without a second member, anything behind it or
 * gzip within gzip; and zlib data (RFC 1950), as a PDF packs its objects. Owner of zlib. */
#ifndef INKAN_BRAND_INFLATE_H
#define INKAN_BRAND_INFLATE_H

#include "base/span.h"

enum inflate_fault {
    INFLATE_FINE = 0,
    INFLATE_NOT_GZIP,  /* does not start with the member header (RFC 1952 §2.3.1) */
    INFLATE_CORRUPT,   /* deflate data, check sum or length are wrong, or it ends early */
    INFLATE_TOO_LARGE, /* more octets than `most`, or over LIMIT_INFLATE_RATIO times its own size */
    INFLATE_TRAILING,  /* a second member, or octets behind the first */
    INFLATE_NESTED     /* what comes out is gzip again */
};

/* True if it starts as a gzip member does: the server's Content-Type does not decide that. */
bool inflate_is_gzip(struct span packed);

/* The octets, at most `most` of them, or NULL and *fault (may be NULL). Memory stays within
 * twice that. The caller unrefs. */
GBytes *inflate_gzip(struct span packed, size_t most, enum inflate_fault *fault);

/* The octets of zlib data, at most `most` of them; what stands behind its end is not looked at.
 * NULL and *fault (may be NULL): INFLATE_CORRUPT or INFLATE_TOO_LARGE. Memory stays within twice
 * `most`. The caller unrefs. */
GBytes *inflate_zlib(struct span packed, size_t most, enum inflate_fault *fault);

/* "too-large" …; NULL for INFLATE_FINE. */
const char *inflate_fault_name(enum inflate_fault fault);

#endif

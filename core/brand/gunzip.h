/* SPDX-License-Identifier: MIT
 *
 * One gzip member (RFC 1952) to octets, within bounds: how a logo is packed in a mark certificate,
 * and how a server may deliver it (SVGZ). No second member, nothing behind it, no gzip within gzip.
 * Owner of zlib. */
#ifndef INKAN_BRAND_GUNZIP_H
#define INKAN_BRAND_GUNZIP_H

#include "base/span.h"

enum gunzip_fault {
    GUNZIP_FINE = 0,
    GUNZIP_NOT_GZIP,  /* does not start with the member header (RFC 1952 §2.3.1) */
    GUNZIP_CORRUPT,   /* deflate data, check sum or length are wrong, or it ends early */
    GUNZIP_TOO_LARGE, /* more octets than `most`, or over LIMIT_GUNZIP_RATIO times its own size */
    GUNZIP_TRAILING,  /* a second member, or octets behind the first */
    GUNZIP_NESTED     /* what comes out is gzip again */
};

/* True if it starts as a gzip member does: the server's Content-Type does not decide that. */
bool gunzip_is_gzip(struct span packed);

/* The octets, at most `most` of them, or NULL and *fault (may be NULL). Memory stays within
 * twice that. The caller unrefs. */
GBytes *gunzip(struct span packed, size_t most, enum gunzip_fault *fault);

/* "too-large" …; NULL for GUNZIP_FINE. */
const char *gunzip_fault_name(enum gunzip_fault fault);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The logotype extension of a certificate (id-pe-logotype, RFC 9399 §4.1; RFC 3709 before it):
 * finds the subject's one image, embedded as a data: URL of gzip-packed SVG, unpacks it and
 * compares its hashes. Logos of the issuer and of communities, sound, and images elsewhere on the
 * web are not read. */
#ifndef INKAN_BRAND_LOGOTYPE_H
#define INKAN_BRAND_LOGOTYPE_H

#include "base/span.h"

enum logotype_fault {
    LOGOTYPE_FINE = 0,
    LOGOTYPE_NO_SUBJECT,   /* no subjectLogo, or no image in it */
    LOGOTYPE_SYNTAX,       /* not the DER of RFC 9399 §4.1 */
    LOGOTYPE_NOT_EMBEDDED, /* by reference (indirect), or its address is no data: URL */
    LOGOTYPE_SEVERAL,      /* more than one image, or more than one address */
    LOGOTYPE_MEDIA_TYPE,   /* the image, or its data: URL, is no SVG */
    LOGOTYPE_DATA,         /* the URL's data are not base64, not one gzip member, or nothing */
    LOGOTYPE_TOO_LARGE     /* unpacked over LIMIT_LOGO_SIZE, or a bomb (base/inflate) */
};

/* In ascending strength. */
enum logotype_hash {
    LOGOTYPE_HASH_UNKNOWN = 0,
    LOGOTYPE_SHA1,
    LOGOTYPE_SHA256,
    LOGOTYPE_SHA384,
    LOGOTYPE_SHA512,
    LOGOTYPE_HASH__MAX
};

/* Spans into the DER. */
struct logotype {
    struct span media_type;
    struct span hashes; /* HashAlgAndValue one after the other, each of them sound */
    struct span url;
};

/* Reads the extension's value. *logotype means something only with LOGOTYPE_FINE. */
enum logotype_fault logotype_parse(struct span der, struct logotype *logotype);

/* The SVG that the URL holds, at most LIMIT_LOGO_SIZE octets and at least one, or NULL and *fault.
 * RFC 9399 §4.1: embedded SVG is always gzip-packed. The caller unrefs. */
GBytes *logotype_unpack(const struct logotype *logotype, enum logotype_fault *fault);

/* True if there is a hash of a known algorithm and every one of these is the SVG's: of the octets
 * as they are, or with every end of line made LF (RFC 6170 §5.2). *strongest is the strongest known
 * algorithm in the list, also with false; hashes of unknown algorithms (MD5 is one) are passed
 * over. */
bool logotype_compare(const struct logotype *logotype, struct span svg,
                      enum logotype_hash *strongest);

/* "sha256" …; NULL for LOGOTYPE_HASH_UNKNOWN. */
const char *logotype_hash_name(enum logotype_hash hash);

#endif

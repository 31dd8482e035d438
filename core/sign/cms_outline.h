/* SPDX-License-Identifier: MIT
 *
 * What a CMS structure is (RFC 5652 §3, §5.1), and whether it is small enough to be decoded at all:
 * a message may come with ten thousand certificates, or with one of a megabyte (attacks F143).
 * Counts and kinds; nothing is verified. */
#ifndef INKAN_SIGN_CMS_OUTLINE_H
#define INKAN_SIGN_CMS_OUTLINE_H

#include "base/span.h"

enum cms_kind {
    CMS_KIND_NONE = 0,
    CMS_KIND_SIGNED,
    CMS_KIND_ENCRYPTED, /* EnvelopedData, AuthEnvelopedData, EncryptedData */
    CMS_KIND_COMPRESSED,
    CMS_KIND_OTHER
};

struct cms_outline {
    enum cms_kind kind;
    /* of signed data */
    guint n_certificates, n_signers;
    struct span revocation_infos; /* RevocationInfoChoice one after another; borrowed */
    bool has_content;             /* eContent is there: opaque */
    bool too_large;               /* beyond one of LIMIT_SMIME_* */
};

/* False if it is no CMS in BER, or nests or counts more elements than ber_is_bounded allows. */
bool cms_outline_read(struct span octets, struct cms_outline *outline);

#endif

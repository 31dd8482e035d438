/* SPDX-License-Identifier: MIT
 *
 * Where a message carries personal signatures, of either kind, and the exact octets that each one
 * signs (RFC 1847 §2.1, RFC 8551 §3.5, RFC 3156 §5): cut by our own boundary scanner, never
 * written anew by a MIME library. Says what each covers of what is shown; verifies nothing. Clear
 * text between armour lines is no MIME structure and not looked for here. */
#ifndef INKAN_SIGN_SIGNED_PART_H
#define INKAN_SIGN_SIGNED_PART_H

#include "mail/mime.h"
#include "sign/signature.h"

enum signed_kind {
    SIGNED_NONE = 0,
    SIGNED_SMIME,            /* multipart/signed, application/pkcs7-signature */
    SIGNED_SMIME_OPAQUE,     /* application/pkcs7-mime: CMS, signed or encrypted; its octets tell */
    SIGNED_OPENPGP,          /* multipart/signed, application/pgp-signature */
    SIGNED_OTHER,            /* multipart/signed of a protocol that is neither */
    SIGNED_ENCRYPTED_OPENPGP /* multipart/encrypted, application/pgp-encrypted */
};

/* All borrowed from the tree. */
struct signed_part {
    enum signed_kind kind;
    enum signature_scope scope;
    const struct mime_part *part;      /* the multipart, or the application/pkcs7-mime */
    const struct mime_part *payload;   /* what is signed; NULL where opaque, or broken */
    const struct mime_part *signature; /* its signature; NULL where opaque, or broken */
    const char *micalg;                /* parameter of the multipart, or NULL */
    bool broken; /* not exactly two parts, or not what protocol= says: no signature can hold */
};

struct signed_parts {
    struct signed_part *parts; /* outermost first, else in message order */
    guint n;                   /* at most LIMIT_SIGNED_PARTS */
};

/* Every one of the tree. `mime->structure` should have been compared (mime_compare): an ambiguous
 * structure makes SCOPE_MESSAGE SCOPE_UNCLEAR. Never NULL; borrows from `mime`. */
struct signed_parts *signed_parts_find(const struct mime *mime);
void signed_parts_free(struct signed_parts *parts);

/* Would signed_parts_find find any? Asks the tree alone, no octets of the parts. */
bool signed_parts_present(const struct mime *mime);

/* The cheap question before the tree is made: does the header of the message, or a multipart's
 * body, mention anything that signed_parts_find could find? One pass over the octets, may say yes
 * for nothing, never no for something. */
bool signed_parts_possible(const struct message *message);

DEFINE_OWNED(signed_parts, signed_parts_free)

#endif

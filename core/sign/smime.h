/* SPDX-License-Identifier: MIT
 *
 * S/MIME signatures (RFC 8551, RFC 8550, RFC 5652) by OpenSSL's CMS: octets in, values out, no
 * files, no clock, no network. Digest, chain, time, usage, revocation, address and strength are
 * told apart; what they mean together, and what the signature covers of a message, is not asked
 * here. Nothing is decrypted. Signatures of EdDSA keys are reported as unsupported. */
#ifndef INKAN_SIGN_SMIME_H
#define INKAN_SIGN_SMIME_H

#include "base/own.h"
#include "base/span.h"
#include "sign/signature.h"
#include "sign/smime_trust.h"

#include <stdint.h>

/* Why something is not verified, or odd: each with a stable word (smime_error_name). */
enum smime_error {
    SMIME_MALFORMED = 0,      /* no CMS, or octets behind it */
    SMIME_TOO_LARGE,          /* beyond LIMIT_SMIME_* */
    SMIME_STRUCTURE,          /* not made as RFC 1847 says */
    SMIME_ENCRYPTED,          /* not decrypted here */
    SMIME_NO_SIGNER,          /* nobody signed it */
    SMIME_CONTENT_TWICE,      /* content inside a detached signature, or none in an opaque one */
    SMIME_NO_CERTIFICATE,     /* the signer's certificate is not with it */
    SMIME_CONTENT_CHANGED,    /* the digest is another */
    SMIME_SIGNATURE_INVALID,  /* not made with the certificate's key */
    SMIME_ATTRIBUTES,         /* signed attributes missing, twice, or of other content */
    SMIME_MICALG,             /* micalg= names another digest */
    SMIME_UNSUPPORTED,        /* an algorithm that is not known here */
    SMIME_WEAK_DIGEST,        /* MD5, SHA-1 */
    SMIME_WEAK_KEY,           /* RSA below 2048 bits, DSA */
    SMIME_UNTRUSTED,          /* leads to no anchor */
    SMIME_SELF_SIGNED,        /* vouches for itself */
    SMIME_CHAIN_INVALID,      /* leads to one, and something on the way does not hold … */
    SMIME_NOT_A_CA,           /* … issued by somebody who may issue none */
    SMIME_NAME_CONSTRAINTS,   /* … outside of what an issuer may issue */
    SMIME_POLICY,             /* … not under a policy that is asked for */
    SMIME_CRITICAL_EXTENSION, /* … with a critical extension that is not known */
    SMIME_CHAIN_WEAK,         /* … with a weak key or digest */
    SMIME_EXPIRED,            /* when it was received */
    SMIME_NOT_YET_VALID,      /* when it was received */
    SMIME_EXPIRED_SINCE,      /* after it was received */
    SMIME_SIGNED_OUTSIDE,     /* signingTime outside of the certificate's validity */
    SMIME_SIGNING_TIME,       /* signingTime more than a day from receipt: a fact, no failure */
    SMIME_KEY_USAGE,          /* keyUsage without digitalSignature or nonRepudiation */
    SMIME_EXTENDED_KEY_USAGE, /* extendedKeyUsage without emailProtection, of the signer or above */
    SMIME_SIGNER_IS_CA,       /* an authority's certificate signs no mail */
    SMIME_REVOKED,            /* … before it was received, or its key was stolen */
    SMIME_REVOKED_SINCE,      /* … after it was received */
    SMIME_REVOCATION_UNKNOWN, /* no current list tells: a fact, no failure */
    SMIME_ADDRESS_MISMATCH,   /* the certificate was issued for other addresses */
    SMIME_NO_ADDRESS,         /* … for none (RFC 8550 §3) */
    SMIME_SEVERAL_SIGNERS,    /* not all of them the author */
    SMIME_SEVERAL_AUTHORS,    /* the message names more than one, or none */
    SMIME_COVERS_PART,        /* there is more in the message than what is signed */
    SMIME_COVERS_ATTACHED,    /* it is inside an attached message */
    SMIME_COVERS_UNCLEAR,     /* readers may split the message elsewhere */
    SMIME_NOT_CHECKED,        /* not looked at: inside an attached message, or one too many */
    SMIME_ERROR__MAX
};

const char *smime_error_name(enum smime_error error);

/* Who a certificate names. Owned by the result; strings as they stand in it: not display text. */
struct smime_certificate {
    char *subject, *issuer; /* distinguished names as RFC 4514 writes them, UTF-8 */
    char *issuer_name;      /* organization of the issuer, or else its common name, or NULL */
    char **addresses; /* NULL-terminated, local@domain, the domain lower-case A-labels: rfc822Name
                         and SmtpUTF8Mailbox of the subjectAltName; without any, emailAddress of the
                         subject (RFC 8550 §3) */
    int64_t not_before, not_after; /* epoch seconds */
    char *serial, *fingerprint;    /* hex; SHA-256 of the certificate */
    const char *key_algorithm;     /* "rsa", "rsa-pss", "ec", …; "unknown" */
    guint key_bits;
};

struct smime_signer {
    enum signature_check digest, chain, time, usage, revocation, address, strength;
    enum signature_check time_now; /* the certificate and its chain, at the time of checking */
    uint64_t errors;               /* 1 << smime_error */
    int64_t signed_at;             /* signingTime, or -1 */
    char *digest_algorithm;        /* "sha256" */
    bool has_certificate;
    struct smime_certificate certificate;
};

struct smime_result {
    enum { SMIME_NOTHING = 0, SMIME_SIGNED_DATA, SMIME_ENCRYPTED_DATA, SMIME_OTHER_DATA } kind;
    uint64_t errors; /* of the whole: then nothing else of it says anything */
    struct smime_signer *signers;
    guint n_signers;
    GBytes *content; /* of opaque signed data: the MIME entity that is signed; NULL if detached */
};

struct smime_input {
    struct span cms;    /* DER or BER */
    bool detached;      /* … and then: */
    struct span octets; /* what was signed, exactly */
    const char *micalg; /* parameter of multipart/signed, or NULL */
    const char *author; /* local@domain with a domain of A-labels; NULL: nobody to compare with */
    int64_t received_at, now;
};

/* The MIME entity inside opaque signed data, for the screen: nothing is verified. NULL if it is no
 * such thing, or beyond the limits. The caller unrefs. */
GBytes *smime_content(struct span cms);

/* Never NULL. A signer's `chain` and what follows is evaluated whether or not its digest holds. */
struct smime_result *smime_verify(struct smime_trust *trust, const struct smime_input *input);
void smime_result_free(struct smime_result *result);

DEFINE_OWNED(smime_result, smime_result_free)

#endif

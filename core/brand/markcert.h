/* SPDX-License-Identifier: MIT
 *
 * Mark certificates: does this PEM text certify a logo for this domain? X.509 path validation (RFC
 * 5280 §6.1) to the mark roots alone, the profile and the domain rule of
 * draft-fetch-validation-vmc-wchuang, the Mark Certificate Requirements of the BIMI Group, the logo
 * of the logotype extension (RFC 9399), revocation by CRL. Every check is told apart and made even
 * where another one failed, as far as there is something to check.
 *
 * Owner, with markcert_*.c, of X.509. Fetches nothing: CRLs are handed in. Does not look into the
 * SVG (brand/svg does), and verifies no SCT: the keys of the logs are not there. */
#ifndef INKAN_BRAND_MARKCERT_H
#define INKAN_BRAND_MARKCERT_H

#include "brand/mark_roots.h"

enum markcert_check_id {
    MARKCERT_PEM = 0,    /* "pem": certificates and nothing else between boundaries, within caps */
    MARKCERT_CHAIN,      /* "chain": every signature, in order, up to a mark root */
    MARKCERT_VALIDITY,   /* "validity": all dates of the path */
    MARKCERT_ALGORITHMS, /* "algorithms": keys and signatures of the path are strong enough */
    MARKCERT_AUTHORITY,  /* "authority": CA flags, key usage, name constraints of the path */
    MARKCERT_EXTENSIONS, /* "extensions": nothing critical that is not understood */
    MARKCERT_PURPOSE,    /* "purpose": id-kp-BrandIndicatorforMessageIdentification and no other */
    MARKCERT_POLICY,     /* "policy": issued under the Mark Certificate Requirements */
    MARKCERT_NAMES,      /* "names": subjectAltName is this domain, or its selector */
    MARKCERT_MARK_TYPE,  /* "mark-type": what was proved about the mark */
    MARKCERT_LOGOTYPE,   /* "logotype": one embedded, gzip-packed SVG */
    MARKCERT_LOGO_HASH,  /* "logo-hash": it is the one that was hashed */
    MARKCERT_TRANSPARENCY, /* "transparency": signed certificate timestamps */
    MARKCERT_REVOCATION,   /* "revocation": CRLs */
    MARKCERT_CHECK__MAX
};

enum markcert_state {
    MARKCERT_NOT_EVALUATED = 0, /* nothing to check it on: an earlier check found nothing usable */
    MARKCERT_PASS,
    MARKCERT_FAIL,
    MARKCERT_NOT_VERIFIED, /* it is there, or asked for, and could not be verified; not a failure */
    MARKCERT_ABSENT        /* it is not there, and the root is not one that demands it */
};

enum markcert_reason {
    MARKCERT_NO_REASON = 0,
    /* pem */
    MARKCERT_TOO_LARGE,             /* over LIMIT_MARKCERT_SIZE */
    MARKCERT_NO_CERTIFICATE,        /* no certificate in it */
    MARKCERT_PEM_SYNTAX,            /* boundaries or base64 (RFC 7468 §3) */
    MARKCERT_PEM_LABEL,             /* something else than CERTIFICATE in it */
    MARKCERT_TOO_MANY_CERTIFICATES, /* over LIMIT_MARKCERT_CERTIFICATES */
    MARKCERT_DUPLICATE,             /* one of them twice (draft §3.3) */
    MARKCERT_NOT_X509,              /* not the DER of an X.509 version 3 certificate, or one
                                       of its extensions is malformed */
    /* chain */
    MARKCERT_ISSUER_MISSING, /* the issuer of one is neither in the text nor a mark root */
    MARKCERT_UNKNOWN_ROOT,   /* leads to a root that is none of the mark roots, or to itself */
    MARKCERT_OUT_OF_ORDER,   /* not certificate first and each followed by its issuer, or extra ones
                              */
    MARKCERT_BAD_SIGNATURE,  /* a signature of the path does not verify */
    MARKCERT_PATH,           /* path validation failed in another way */
    /* validity */
    MARKCERT_EXPIRED,
    MARKCERT_NOT_YET_VALID,
    MARKCERT_CA_EXPIRED,       /* … one of the issuers */
    MARKCERT_CA_NOT_YET_VALID, /* … one of the issuers */
    MARKCERT_BAD_DATE,         /* not a date of RFC 5280 §4.1.2.5, or the end before the start */
    MARKCERT_TOO_LONG_VALID,   /* over 398 days, under a public root */
    /* algorithms */
    MARKCERT_WEAK_KEY, /* RSA below 2048 bits (or above LIMIT_MARKCERT_RSA_BITS), a curve below
                          P-256, another kind of key */
    MARKCERT_WEAK_SIGNATURE, /* signed with SHA-1 or weaker, or by an unknown algorithm */
    /* authority */
    MARKCERT_IS_CA,           /* the mark certificate itself is a CA's, or may sign certificates */
    MARKCERT_ISSUER_NOT_CA,   /* an issuer is none: basicConstraints or keyUsage */
    MARKCERT_PATH_LENGTH,     /* pathLenConstraint exceeded */
    MARKCERT_NAME_CONSTRAINT, /* a name that an issuer may not give */
    /* extensions */
    MARKCERT_UNKNOWN_CRITICAL,    /* a critical extension nobody here understands */
    MARKCERT_DUPLICATE_EXTENSION, /* RFC 5280 §4.2: no extension twice */
    MARKCERT_TOO_MANY_EXTENSIONS, /* over LIMIT_MARKCERT_EXTENSIONS in one certificate */
    /* purpose */
    MARKCERT_NO_PURPOSE,    /* no extended key usage on the certificate */
    MARKCERT_WRONG_PURPOSE, /* not the brand indicators', or others beside it */
    MARKCERT_CA_PURPOSE,    /* the same about one of the issuers below the root */
    /* policy */
    MARKCERT_NO_POLICY, /* 1.3.6.1.4.1.53087.1.1 is not among its policies */
    /* names */
    MARKCERT_NO_NAME,        /* no dNSName in subjectAltName; the subject is never used instead */
    MARKCERT_OTHER_NAME,     /* its names are not the domain (exactly, no wildcard) */
    MARKCERT_OTHER_SELECTOR, /* certified for another selector of the domain */
    /* mark-type */
    MARKCERT_NO_MARK_TYPE,
    MARKCERT_UNKNOWN_MARK_TYPE, /* or more than one */
    /* logotype */
    MARKCERT_NO_LOGOTYPE,       /* no extension, or no subject logo in it */
    MARKCERT_LOGOTYPE_SYNTAX,   /* not the DER of RFC 9399 §4.1 */
    MARKCERT_LOGO_NOT_EMBEDDED, /* by reference, or an address that is no data: URL */
    MARKCERT_LOGO_SEVERAL,      /* more than one image or address: which one is the logo? */
    MARKCERT_LOGO_MEDIA_TYPE,   /* not image/svg+xml */
    MARKCERT_LOGO_DATA,         /* not base64, or not gzip */
    MARKCERT_LOGO_TOO_LARGE,    /* over LIMIT_LOGO_SIZE, or a bomb (LIMIT_INFLATE_RATIO) */
    /* logo-hash */
    MARKCERT_LOGO_HASH_SHA1,  /* not verified: only SHA-1, which is right and proves nothing. The
                                 logo itself stands under the certificate's signature */
    MARKCERT_LOGO_HASH_WEAK,  /* no hash that is known */
    MARKCERT_LOGO_HASH_WRONG, /* the logo is not what was hashed */
    MARKCERT_OTHER_PICTURE,   /* the picture published is not the certified one
                                 (markcert_compare) */
    /* transparency */
    MARKCERT_NO_SCT,         /* none, under a public root */
    MARKCERT_SCT_SYNTAX,     /* an empty or unreadable list */
    MARKCERT_SCT_NO_LOG_KEY, /* present, not verified */
    /* revocation */
    MARKCERT_REVOKED,
    MARKCERT_CA_REVOKED,
    MARKCERT_NO_CRL_POINT, /* it names no place for a CRL */
    MARKCERT_CRL_MISSING,  /* none handed in for one of the path */
    MARKCERT_CRL_UNUSABLE, /* handed in, but unreadable, not signed by the issuer, too weak,
                              partial or of another scope */
    MARKCERT_CRL_TOO_OLD,  /* fetched over seven days ago, or its nextUpdate has passed */
    MARKCERT_REASON__MAX
};

enum markcert_type { MARKCERT_TYPE_UNKNOWN = 0, MARKCERT_VMC, MARKCERT_CMC };

enum markcert_mark {
    MARKCERT_MARK_UNKNOWN = 0,
    MARKCERT_REGISTERED_MARK,         /* VMC */
    MARKCERT_GOVERNMENT_MARK,         /* VMC */
    MARKCERT_PRIOR_USE_MARK,          /* CMC */
    MARKCERT_MODIFIED_REGISTERED_MARK /* CMC */
};

/* A CRL as it was fetched. Borrowed. */
struct markcert_crl {
    struct span octets; /* DER, at most LIMIT_CRL_SIZE */
    int64_t fetched;    /* when: over LIMIT_CRL_AGE before `now` it does not count (requirements:
                           revocation is checked at least every seven days) */
};

/* What is asked. All borrowed. */
struct markcert_question {
    struct span pem;
    const char
        *domain; /* where the assertion record was found: A-labels, lower case. Never NULL. */
    const char *organizational; /* its organizational domain, which may be certified instead (draft
                                   §5.2); NULL: not known, or the same */
    const char *selector;       /* of the assertion record; NULL: "default" */
    const struct mark_roots *roots;
    int64_t now;
    const struct markcert_crl *crls;
    guint n_crls;
    bool revocation_required; /* then MARKCERT_REVOCATION fails where it would be NOT_VERIFIED */
};

struct markcert_check {
    enum markcert_state state;
    enum markcert_reason reason; /* of FAIL, NOT_VERIFIED and ABSENT */
};

/* The answer; owns all it points to. */
struct markcert {
    /* No check failed and none is NOT_EVALUATED. Only then may the logo be drawn, and only then do
     * type, mark and organization mean more than what a stranger wrote. */
    bool valid;
    enum markcert_reason reason; /* of the first check that failed, in the order above */
    struct markcert_check checks[MARKCERT_CHECK__MAX];

    enum markcert_type type;
    enum markcert_mark mark;
    char *organization; /* subject O, UTF-8 without control characters, NULL if there is none */
    char *issuer;       /* O and CN of who signed it, the same way */
    char *root;         /* name of the mark root it chains to, NULL if it does not */
    char **names;       /* dNSNames, NULL-terminated, octets outside printable ASCII as "\xNN"; at
                           most LIMIT_MARKCERT_NAMES are told */
    int64_t not_before, not_after; /* of the certificate; 0: not known */
    int64_t
        expires;  /* when the first one of the path expires: not to be shown longer. 0: not known */
    char *sha256; /* of the certificate's DER, 64 hexadecimal digits, NULL if there is none */

    GBytes *svg;      /* the logo, unpacked; NULL if there is none. Only octets yet. */
    char *svg_sha256; /* 64 hexadecimal digits, with svg */
    const char
        *hash_name;  /* "sha1", "sha256", "sha384", "sha512": what the certificate compares it by */
    guint scts;      /* signed certificate timestamps in it */
    char **crl_urls; /* where CRLs of the path are: http or https, NULL-terminated, each once, at
                        most LIMIT_MARKCERT_CRLS */
    int64_t crl_next_update; /* the earliest of the CRLs that counted; 0: none did */
};

/* Never NULL; every failure is in the answer. Time: linear in the text, at most
 * LIMIT_MARKCERT_CERTIFICATES signatures. The caller frees. */
struct markcert *markcert_check(const struct markcert_question *question);
void markcert_free(struct markcert *markcert);
DEFINE_OWNED(markcert, markcert_free)

/* The picture that l= of the assertion record leads to, as it was fetched (SVG, or SVG in gzip),
 * beside the certified one: where they differ octet by octet, "logo-hash" fails with
 * MARKCERT_OTHER_PICTURE and the certificate is not valid for it (draft §5.2). Nothing changes
 * where there is no certified picture. */
void markcert_compare(struct markcert *markcert, struct span picture);

/* Stable words: "purpose"; "wrong-purpose"; "pass", "fail", "not-evaluated", "not-verified",
 * "absent"; "vmc"; "Registered Mark" as certificates spell it. NULL for a zero reason, type or
 * mark. */
const char *markcert_check_name(enum markcert_check_id check);
const char *markcert_reason_name(enum markcert_reason reason);
const char *markcert_state_name(enum markcert_state state);
/* What the check came to, one sentence without its full stop: Japanese where `lang` is "ja", else
 * English. */
const char *markcert_check_text(enum markcert_check_id id, const struct markcert_check *check,
                                const char *lang);
const char *markcert_type_name(enum markcert_type type);
const char *markcert_mark_name(enum markcert_mark mark);

#endif

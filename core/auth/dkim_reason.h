/* SPDX-License-Identifier: MIT
 *
 * Why a DKIM signature did not pass: one word per refusal, and the RFC 8601 §2.7.1 result it leads
 * to. The words are a contract (evidence.dkim[].reason) and never change their meaning. */
#ifndef INKAN_AUTH_DKIM_REASON_H
#define INKAN_AUTH_DKIM_REASON_H

#include "auth/result.h"

enum dkim_reason {
    DKIM_REASON_NONE = 0, /* nothing refused so far; after a completed check: pass */

    /* not evaluated */
    DKIM_NOT_CHECKED,  /* beyond LIMIT_DKIM_SIGNATURES */
    DKIM_NOT_ASKED,    /* no look-ups allowed */
    DKIM_BODY_PARTIAL, /* headers verify, but the caller holds only a part of the body */

    /* the field (RFC 6376 §3.5, §6.1.1) */
    DKIM_TOO_LARGE,     /* field over LIMIT_DKIM_SIZE, h= over LIMIT_DKIM_H, header over its caps */
    DKIM_SYNTAX,        /* no tag-list, or a tag's value is not of its grammar */
    DKIM_DUPLICATE_TAG, /* §3.2 */
    DKIM_MISSING_TAG,   /* v a b bh d h s */
    DKIM_VERSION,       /* v= is not 1 */
    DKIM_UNKNOWN_ALGORITHM,
    DKIM_OBSOLETE_ALGORITHM, /* rsa-sha1, RFC 8301 §3.1 */
    DKIM_CANONICALIZATION,   /* c= names an algorithm we do not know */
    DKIM_QUERY_METHOD,       /* q= without dns/txt */
    DKIM_BAD_DOMAIN,         /* d= is no domain name */
    DKIM_BAD_SELECTOR,       /* s= is no selector, or the name to ask is too long */
    DKIM_I_NOT_UNDER_D,      /* i= is neither d= nor below it */
    DKIM_H_WITHOUT_FROM,
    DKIM_BODY_HASH_LENGTH, /* bh= is not as long as its hash */
    DKIM_EXPIRES_BEFORE_SIGNED,
    DKIM_EXPIRED, /* x= before receipt */

    /* the signatures of an ARC set (RFC 8617 §4.1) */
    DKIM_SEAL_WITH_H, /* ARC-Seal has h= */
    DKIM_H_WITH_SEAL, /* ARC-Message-Signature covers an ARC-Seal */

    /* DomainKeys (RFC 4870 §3.3, §3.2.3) */
    DKIM_NOT_OF_SENDER,     /* d= is neither the sending domain nor a parent of it */
    DKIM_SENDER_NOT_SIGNED, /* the field that names the sender is not covered */
    DKIM_KEY_GRANULARITY,   /* g= is for another local part */

    /* the key (§3.6.1, §6.1.2) */
    DKIM_DNS,           /* no usable answer */
    DKIM_DNS_BOGUS,     /* DNSSEC validation failed */
    DKIM_DNS_BUDGET,    /* the message asks too much */
    DKIM_KEY_NOT_FOUND, /* no TXT record there now; trust/ knows from the time what that means */
    DKIM_KEY_DUPLICATE, /* several TXT records: §3.6.2.2 undefined */
    DKIM_KEY_REVOKED,   /* empty p= */
    DKIM_KEY_SYNTAX,
    DKIM_KEY_VERSION,   /* v= is not DKIM1, or not first */
    DKIM_KEY_ALGORITHM, /* k= unknown, or not the one of a= */
    DKIM_KEY_HASH,      /* h= does not allow the hash of a= */
    DKIM_KEY_SERVICE,   /* s= does not allow email */
    DKIM_KEY_FLAG_S,    /* t=s, and i= is below d= */
    DKIM_KEY_TOO_SHORT, /* RFC 8301 §3.2 */
    DKIM_KEY_TOO_LONG,
    DKIM_KEY_EXPONENT, /* RSA e even, below 3 or above 2^32 */
    DKIM_KEY_WEAK,     /* anyone can compute its private half, or no private half is needed */

    /* the hashes (§3.7, §6.1.3) */
    DKIM_BODY_LENGTH, /* l= is larger than the body */
    DKIM_SIGNATURE,   /* b= does not verify over the header fields */
    DKIM_BODY_HASH,   /* b= verifies, the body is another one */
    DKIM_REASON__MAX
};

/* "expired", "key-not-found", …; NULL for DKIM_REASON_NONE. */
const char *dkim_reason_name(enum dkim_reason reason);

/* permerror, fail, temperror or (first group) AUTH_NOT_EVALUATED; never called with
 * DKIM_REASON_NONE, because a pass is written by the one place that completed the check. */
enum auth_result dkim_reason_result(enum dkim_reason reason);

#endif

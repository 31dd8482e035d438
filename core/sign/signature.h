/* SPDX-License-Identifier: MIT
 *
 * Words that S/MIME and OpenPGP share: what one check of a personal signature came to, which of the
 * shown parts it speaks of, and whether it speaks of the header. "Cryptography valid" is one check
 * among several; none of them alone says who wrote a message (verdict rule 14). */
#ifndef INKAN_SIGN_SIGNATURE_H
#define INKAN_SIGN_SIGNATURE_H

/* One check. FAIL contradicts, UNKNOWN could not be told, NONE has nothing to check (a certificate
 * without an address). */
enum signature_check {
    CHECK_NOT_EVALUATED = 0,
    CHECK_PASS,
    CHECK_FAIL,
    CHECK_UNKNOWN,
    CHECK_NONE,
    CHECK__MAX
};

/* What a signature covers of what is shown. Only SCOPE_MESSAGE is "the message is signed". */
enum signature_scope {
    SCOPE_NOT_EVALUATED = 0,
    SCOPE_MESSAGE, /* the root of the message: every part that is shown */
    SCOPE_PART, /* one part beside unsigned ones, a mailing list's footer say; text between armour
                   lines */
    SCOPE_ATTACHED, /* something inside an attached message: never the outer one */
    SCOPE_INNER,    /* under another signature (triple wrapping): the outermost decides */
    SCOPE_UNCLEAR,  /* readers may split the message elsewhere (MIME_AMBIGUOUS), or parts of the
                       signature are missing */
    SCOPE__MAX
};

/* The header fields shown above the text: From, Subject, Date, To, Cc, Reply-To (RFC 9788). */
enum signature_headers {
    HEADERS_NOT_EVALUATED = 0,
    HEADERS_UNSIGNED,     /* nothing of them is under the signature, or not all that are shown */
    HEADERS_COVERED,      /* all that are shown are, with the values shown */
    HEADERS_DIFFER,       /* a signed copy says something else than what is shown, not From */
    HEADERS_FROM_DIFFERS, /* … From too: two readings of who wrote it (verdict rule 15) */
    HEADERS__MAX
};

/* "pass", "fail", "unknown", "none"; NULL for the zero value. */
const char *signature_check_name(enum signature_check check);
/* "message", "part", "attached", "inner", "unclear"; NULL for the zero value. */
const char *signature_scope_name(enum signature_scope scope);
/* "unsigned", "covered", "differ", "from-differs"; NULL for the zero value. */
const char *signature_headers_name(enum signature_headers headers);

#endif

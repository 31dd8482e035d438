/* SPDX-License-Identifier: MIT
 *
 * Which person vouches for a message, by OpenPGP (RFC 9580, RFC 4880): PGP/MIME (RFC 3156) over the
 * exact octets of the signed part, and clear-signed text inside a part. Here is what mail means:
 * what is signed, by whom, how much of it. The cryptography is asked of somebody else (struct
 * openpgp_verifier), who keeps it out of this process. Nothing is decrypted or decompressed, no key
 * is fetched, and a key that came with the mail never earns more than "signed". */
#ifndef INKAN_SIGN_OPENPGP_H
#define INKAN_SIGN_OPENPGP_H

#include "base/own.h"
#include "mail/author.h"
#include "sign/signature.h"
#include "sign/signed_part.h"

#include <stdint.h>

/* --- words ----------------------------------------------------------------------------------- */

enum openpgp_status {
    OPENPGP_NOT_EVALUATED = 0,
    OPENPGP_NONE,     /* no OpenPGP signature is there */
    OPENPGP_UNKNOWN,  /* one is there that could not be judged: see the reason */
    OPENPGP_SIGNED,   /* an intact signature that says less than the message seems to */
    OPENPGP_VERIFIED, /* intact, by a vouched-for key of the author's address, over all shown */
    OPENPGP_FAILED,   /* changed, or made by a key that must not be relied on */
    OPENPGP_STATUS__MAX
};

/* Why a signature is less than verified. */
enum openpgp_reason {
    OPENPGP_FINE = 0,
    OPENPGP_NO_KEY,                /* nobody gave us the key that made it */
    OPENPGP_UNSUPPORTED_VERSION,   /* v3, v5, v6: neither pass nor fail */
    OPENPGP_UNSUPPORTED_ALGORITHM, /* likewise */
    OPENPGP_MALFORMED,             /* the packets, the armour or the MIME around them */
    OPENPGP_TOO_MANY,              /* more signatures than are looked at */
    OPENPGP_COULD_NOT_CHECK,       /* the worker died, was late, or is not there */
    OPENPGP_CHANGED,               /* does not hold over these octets */
    OPENPGP_WRONG_TYPE,            /* a signature of something else than a document */
    OPENPGP_SIGNATURE_EXPIRED,
    OPENPGP_SIGNATURE_FROM_FUTURE,
    OPENPGP_WEAK_HASH, /* MD5, SHA-1, RIPEMD-160 (RFC 9580 §9.5) */
    OPENPGP_KEY_REVOKED,
    OPENPGP_KEY_EXPIRED,
    OPENPGP_KEY_FROM_FUTURE, /* made after the signature, or after the message came */
    OPENPGP_KEY_CANNOT_SIGN, /* key flags, or a subkey without its cross-certification */
    OPENPGP_KEY_WEAK,        /* RSA or DSA under LIMIT_OPENPGP_RSA_MIN_BITS */
    OPENPGP_KEY_UNUSABLE,    /* invalid for another reason */
    OPENPGP_NOT_VOUCHED,     /* the key came with the mail, nobody vouches for it */
    OPENPGP_ADDRESS_DIFFERS, /* no certified user ID of the key holds the author's address */
    OPENPGP_PART_ONLY,       /* covers a part, not all that is shown */
    OPENPGP_REASON__MAX
};

/* "none", "unknown", "signed", "signed/verified", "signed/failed"; NULL for NOT_EVALUATED. */
const char *openpgp_status_name(enum openpgp_status status);
/* "no-key", "unsupported-version", …; NULL for FINE. */
const char *openpgp_reason_name(enum openpgp_reason reason);

/* --- the question to whoever does the cryptography ------------------------------------------- */

struct openpgp_question {
    struct span data;      /* the octets signed, line ends CRLF */
    GPtrArray *signatures; /* of GBytes: v4 signature packets of documents, one each */
    GPtrArray *keys;       /* of GBytes: certificates that may have made them, one each */
    int64_t at;            /* keys and signatures are judged as of this time */
};

/* What is known about one signature packet. */
struct openpgp_signature {
    enum openpgp_reason reason; /* OPENPGP_FINE: intact */
    enum openpgp_reason key; /* OPENPGP_FINE: by a key that may be relied on, if it is vouched for;
                                NO_KEY where it is not known */
    char *fingerprint;       /* of the certificate's primary key, upper-case hex; else NULL */
    char *issuer;            /* what the packet says: fingerprint or key ID; or NULL */
    char **user_ids;         /* certified by the key itself and not revoked; UTF-8; or NULL */
    char *algorithm;         /* of the key: "EDDSA", "RSA", …; or NULL */
    char *digest;            /* "SHA256", …; or NULL */
    guint bits;              /* of the key; 0: not known */
    int64_t made_at;         /* -1: not known */
};
void openpgp_signature_clear(struct openpgp_signature *signature);

struct openpgp_answer {
    struct openpgp_signature *signatures; /* as many as were asked about, in that order */
    guint n;
};
void openpgp_answer_free(struct openpgp_answer *answer);

/* One transferable public key (RFC 9580 §10.1), as importing it found it. */
struct openpgp_certificate {
    GBytes *octets;             /* public parts only, binary */
    char *fingerprint;          /* of the primary key, upper-case hex */
    char **key_ids;             /* of the primary key and all subkeys, 16 hex digits, upper-case */
    char **user_ids;            /* certified by the key itself and not revoked; UTF-8 */
    enum openpgp_reason reason; /* OPENPGP_FINE, or why its signatures do not count */
    char *algorithm;
    guint bits;
    int64_t made_at, expires_at; /* expires_at 0: never */
};
void openpgp_certificate_free(struct openpgp_certificate *certificate);

/* Both calls may be made from any thread. NULL and *error: it could not be done now. Who tried and
 * came to harm over it answers COULD_NOT_CHECK for every signature. The caller frees. */
struct openpgp_verifier {
    struct openpgp_answer *(*verify)(struct openpgp_verifier *self,
                                     const struct openpgp_question *question, GError **error);
    /* `octets`: armoured or binary, any number of keys, of which LIMIT_OPENPGP_KEYS are taken. What
     * is no usable key is left out. Gives an array of struct openpgp_certificate that frees them.
     */
    GPtrArray *(*import)(struct openpgp_verifier *self, GBytes *octets, int64_t at, GError **error);
};

/* --- the message ----------------------------------------------------------------------------- */

struct openpgp_keyring;

/* A keyring and whose word it is: "configured", "imported", "wkd". */
struct openpgp_voucher {
    const struct openpgp_keyring *keyring;
    const char *word;
};

/* Everything is borrowed for the time of the call. */
struct openpgp_request {
    const struct message *message;
    const struct mime *mime;
    const struct signed_parts *parts; /* of that tree */
    const struct author *author;
    struct openpgp_verifier *verifier;      /* NULL: could-not-check */
    const struct openpgp_voucher *vouchers; /* the first one whose key made it counts */
    guint n_vouchers;
    int64_t at; /* when the message came */
};

/* What came of one signature. */
struct openpgp_judgement {
    enum openpgp_status status;
    uint32_t reasons; /* bit 1 << enum openpgp_reason */
    enum signature_check signature, key, address, coverage;
    enum signature_scope scope;
    char *part;          /* number of the part that is signed; "" for the whole message */
    struct span payload; /* its octets, where the parts were sound; borrowed from the message */
    bool is_inline;      /* clear-signed text within that part */
    const char *vouched; /* the voucher's word; NULL: nobody vouches for the key */
    struct openpgp_signature by;
    char *user_id; /* the certified one that names the author's address, or NULL */
};

enum openpgp_source { OPENPGP_AUTOCRYPT, OPENPGP_ATTACHED };

/* A key that came with the message: shown, never relied on. */
struct openpgp_seen {
    enum openpgp_source source;
    char *fingerprint;
};

struct openpgp_result {
    bool is_encrypted; /* something in here is encrypted (not opened, RFC 3156 §4) */
    bool is_pending;   /* the verifier could not do it: ask again later */
    struct openpgp_judgement *judgements; /* the one that decides first: of the outermost part, a
                                             failed signature, else the best one */
    guint n;
    struct openpgp_seen *seen; /* at most LIMIT_OPENPGP_SEEN */
    guint n_seen;
};

/* OPENPGP_NONE where nothing is signed, else the status of the first judgement. */
enum openpgp_status openpgp_result_status(const struct openpgp_result *result);

/* Never NULL. The caller frees. */
struct openpgp_result *openpgp_check(const struct openpgp_request *request);
void openpgp_result_free(struct openpgp_result *result);

/* The cheap question before a tree is made: may there be clear-signed or encrypted text, or a key?
 * signed_parts_possible asks for the rest. Never no for something that stands there unencoded. */
bool openpgp_text_possible(const struct message *message);

/* Whether the address that a user ID names is `address` (local part octet by octet, domain as
 * A-labels in any case). A user ID names an address if it is one, or ends in exactly one "<…>". */
bool openpgp_user_id_is(const char *user_id, const char *address);

DEFINE_OWNED(openpgp_answer, openpgp_answer_free)
DEFINE_OWNED(openpgp_result, openpgp_result_free)

#endif

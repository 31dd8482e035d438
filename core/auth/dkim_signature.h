/* SPDX-License-Identifier: MIT
 *
 * One DKIM-Signature field, read (RFC 6376 §3.5, §6.1.1; RFC 8463, RFC 8616), or one of the two
 * signatures of an ARC set, which are made of the same tags (RFC 8617 §4.1.2, §4.1.3). Says what
 * the field claims and whether the claim can be checked at all; checks nothing itself. */
#ifndef INKAN_AUTH_DKIM_SIGNATURE_H
#define INKAN_AUTH_DKIM_SIGNATURE_H

#include "auth/dkim_canon.h"
#include "auth/dkim_key.h"
#include "auth/dkim_reason.h"
#include "base/limits.h"
#include "mail/domain.h"

enum { DKIM_SIGNATURE_MAX = LIMIT_RSA_MAX_BITS / 8 };

enum dkim_signature_kind {
    DKIM_SIGNATURE_FIELD = 0,
    /* no v=, i= is the instance, h= need not name From */
    ARC_MESSAGE_SIGNATURE_FIELD,
    /* a= b= cv= d= i= s= t= and nothing else: header only, always relaxed */
    ARC_SEAL_FIELD
};

/* s= in lower-case A-labels, and SELECTOR._domainkey.DOMAIN, which is empty where that is too long
 * to ask for. */
struct dkim_selector {
    char labels[DOMAIN_SIZE], key_name[DOMAIN_SIZE];
};

/* Fills *selector from the value of s= and a domain of A-labels; false if it is no selector. */
bool dkim_selector_read(struct span value, const char *domain, struct dkim_selector *selector);

struct dkim_signature {
    guint field;             /* index in message->fields */
    enum dkim_reason reason; /* the first thing wrong with the field, or DKIM_REASON_NONE */

    const char *domain;   /* d= in lower-case A-labels; NULL if there is none to speak of */
    const char *selector; /* s= likewise */
    const char
        *identity; /* i= decoded, its domain as sent, valid UTF-8; "@" d= where it is absent */
    const char *key_name; /* SELECTOR._domainkey.DOMAIN; NULL if it must not be asked */
    bool i_below_d;       /* the domain of i= is a child of d= (matters under t=s) */
    enum dkim_algorithm algorithm;
    enum dkim_canon header_canon, body_canon;
    bool canon_given;     /* c= is present */
    bool limited;         /* l= is present */
    uint64_t limit;       /* its value */
    int64_t signed_at;    /* t= in epoch seconds, -1: absent */
    int64_t expires;      /* x= likewise */
    struct span *headers; /* names of h= in order, as sent; they point into the message */
    guint n_headers;
    struct span own_b; /* raw value of b= in the field's value: what is left out of the hash */
    unsigned char body_hash[DKIM_SHA256_SIZE];
    unsigned char b[DKIM_SIGNATURE_MAX];
    size_t n_b;
    struct span instance;     /* i= of an ARC field as sent; p is NULL if it is absent */
    struct span chain_status; /* cv= of a seal likewise */

    /* private: what the names above point into */
    char at_domain[1 + DOMAIN_SIZE]; /* "@" d= */
    struct dkim_selector selector_names;
    char *own_identity;         /* NULL where identity is at_domain */
    guint n_room;               /* names that stand in h= */
    struct span header_names[]; /* room for them, or for LIMIT_DKIM_H */
};

/* Reads field `index` of `message`, which must outlive the signature. Never NULL; whatever could be
 * read is filled in even when `reason` is set, so that a refusal can name its domain. */
struct dkim_signature *dkim_signature_parse(const struct message *message, guint index);
/* The same for a field of that kind. */
struct dkim_signature *dkim_signature_parse_kind(const struct message *message, guint index,
                                                 enum dkim_signature_kind kind);
void dkim_signature_free(struct dkim_signature *signature);

DEFINE_OWNED(dkim_signature, dkim_signature_free)

#endif

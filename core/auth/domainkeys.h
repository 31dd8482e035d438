/* SPDX-License-Identifier: MIT
 *
 * DomainKeys (RFC 4870, Historic) of one message: the topmost DomainKey-Signature, its key and the
 * policy record of its sender. Legacy information: rsa-sha1 proves nothing today (RFC 8301), so
 * that whatever is found here never raises a verdict (attacks C84). Canonical forms and the order
 * of the signed fields are auth/domainkeys_canon. */
#ifndef INKAN_AUTH_DOMAINKEYS_H
#define INKAN_AUTH_DOMAINKEYS_H

#include "auth/dkim_keys.h"
#include "auth/dkim_reason.h"
#include "auth/result.h"
#include "base/own.h"
#include "mail/message.h"
#include "net/resolver.h"

enum domainkeys_policy {
    DOMAINKEYS_POLICY_UNKNOWN = 0, /* no record, or nobody asked */
    DOMAINKEYS_SIGNS_SOME,         /* "o=~", or no o= */
    DOMAINKEYS_SIGNS_ALL           /* "o=-" */
};

struct domainkeys_check {
    enum auth_result result; /* AUTH_NOT_EVALUATED until domainkeys_verify; bare cryptography */
    enum dkim_reason reason; /* DKIM_REASON_NONE on pass and none */
    char *domain;            /* d= in A-labels; NULL where it cannot be read */
    const char *selector;    /* s= likewise; borrowed from the check */
    bool testing;            /* t=y in the key or in the policy record */
    enum domainkeys_policy policy;
    enum dnssec_state dnssec;       /* of the key look-up */
    struct domainkeys_state *state; /* private; NULL: the message has no such signature */
};

/* `message` is borrowed and must outlive the check. Never NULL. */
struct domainkeys_check *domainkeys_new(const struct message *message);
void domainkeys_free(struct domainkeys_check *check);

/* Starts two look-ups, key and policy; none without a signature that can be read. */
void domainkeys_names(struct domainkeys_check *check, struct lookups *lookups);

void domainkeys_verify(struct domainkeys_check *check, struct lookups *lookups,
                       struct dkim_keys *keys);

/* "all", "some"; NULL if it is not known. */
const char *domainkeys_policy_name(enum domainkeys_policy policy);

DEFINE_OWNED(domainkeys_check, domainkeys_free)

#endif

/* SPDX-License-Identifier: MIT
 *
 * DANE for SMTP (RFC 7672): what the TLSA records of one mail exchanger ask of its certificate.
 * Connects nowhere: it says what a sending server has to check, not whether it would succeed. */
#ifndef INKAN_ROUTE_DANE_H
#define INKAN_ROUTE_DANE_H

#include "net/resolver.h"

enum dane_state {
    DANE_NOT_EVALUATED = 0,
    DANE_NONE,       /* no TLSA records, or names that DNSSEC does not sign (§2.2) */
    DANE_USABLE,     /* a certificate that fits is demanded: the handover is authenticated */
    DANE_UNUSABLE,   /* records, but none that can be used: TLS is demanded, by anybody (§2.1.1) */
    DANE_UNAVAILABLE /* the look-up failed or is bogus: mail is not handed over (§2.1.1) */
};

/* Of the answer for _25._tcp.HOST, where the answers that led to HOST were secure. *usable (may be
 * NULL) gets the number of records that can be used: usage DANE-TA(2) or DANE-EE(3), selector 0 or
 * 1, matching type 0, 1 or 2 with as many octets as it has (§3.1). */
enum dane_state dane_check(const struct dns_answer *tlsa, guint *usable);

/* "none" "usable" "unusable" "unavailable"; NULL if not evaluated. */
const char *dane_state_name(enum dane_state state);

#endif

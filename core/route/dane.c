/* SPDX-License-Identifier: MIT */
#include "route/dane.h"

/* RFC 6698 §2.1: usage, selector, matching type, then the association data. RFC 7672 §3.1.3: the
 * usages 0 and 1 are not used for SMTP. */
static bool is_usable(struct span rdata) {
    static const size_t digest[] = {0, 32, 64};
    if (rdata.n < 4)
        return false;
    guchar usage = (guchar)rdata.p[0], selector = (guchar)rdata.p[1], type = (guchar)rdata.p[2];
    return (usage == 2 || usage == 3) && selector <= 1 && type <= 2 &&
           (type == 0 || rdata.n - 3 == digest[type]);
}

enum dane_state dane_check(const struct dns_answer *tlsa, guint *usable) {
    guint n = 0;
    enum dane_state state = DANE_UNAVAILABLE;
    bool answered =
        tlsa->status == DNS_DATA || tlsa->status == DNS_NODATA || tlsa->status == DNS_NXDOMAIN;
    if (answered && tlsa->dnssec == DNSSEC_NOT_EVALUATED)
        state = DANE_NOT_EVALUATED;
    else if (tlsa->status == DNS_NODATA || tlsa->status == DNS_NXDOMAIN)
        state = DANE_NONE;
    else if (tlsa->status == DNS_DATA && tlsa->dnssec != DNSSEC_SECURE)
        state = DANE_NONE;
    else if (tlsa->status == DNS_DATA) {
        for (guint i = 0; i < tlsa->n; i++)
            n += is_usable(tlsa->records[i]);
        state = n ? DANE_USABLE : DANE_UNUSABLE;
    }
    if (usable)
        *usable = n;
    return state;
}

const char *dane_state_name(enum dane_state state) {
    static const char *const names[] = {NULL, "none", "usable", "unusable", "unavailable"};
    return names[state];
}

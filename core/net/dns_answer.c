/* SPDX-License-Identifier: MIT
 *
 * Counted answers. */
#include "net/dns_answer.h"

#include "base/limits.h"

struct dns_counted {
    gint count;
    size_t size;
    struct dns_answer answer;
    struct span records[];
};

static uint32_t clamp_ttl(enum dns_status status, uint32_t ttl) {
    if (status != DNS_DATA && status != DNS_NODATA && status != DNS_NXDOMAIN)
        return LIMIT_TTL_ERROR;
    return CLAMP(ttl, LIMIT_TTL_MIN, LIMIT_TTL_MAX);
}

const struct dns_answer *dns_answer_new(enum dns_status status, enum dnssec_state dnssec,
                                        uint32_t ttl, const char *why, const struct span *records,
                                        guint n) {
    size_t octets = 0;
    guint kept = 0;
    while (kept < MIN(n, LIMIT_DNS_RECORDS) && records[kept].n <= LIMIT_DNS_ANSWER - octets)
        octets += records[kept++].n;

    size_t why_size = strlen(why) + 1;
    size_t size =
        sizeof(struct dns_counted) + kept * sizeof(struct span) + octets + kept + why_size;
    struct dns_counted *counted = g_malloc(size);
    counted->count = 1;
    counted->size = size;

    char *at = (char *)&counted->records[kept];
    for (guint i = 0; i < kept; i++) {
        counted->records[i] = span_make(at, records[i].n);
        if (records[i].n)
            memcpy(at, records[i].p, records[i].n);
        at[records[i].n] = '\0';
        at += records[i].n + 1;
    }
    memcpy(at, why, why_size);
    counted->answer = (struct dns_answer){
        .status = status,
        .dnssec = dnssec,
        .n = kept,
        .records = counted->records,
        .ttl = clamp_ttl(status, ttl),
        .why = at,
        .counted = counted,
    };
    return &counted->answer;
}

const struct dns_answer *dns_answer_new_failure(enum dns_status status, const char *why) {
    enum dnssec_state dnssec = status == DNS_BOGUS ? DNSSEC_BOGUS : DNSSEC_NOT_EVALUATED;
    return dns_answer_new(status, dnssec, 0, why, &(struct span){0}, 0);
}

const struct dns_answer *dns_answer_ref(const struct dns_answer *answer) {
    g_atomic_int_inc(&answer->counted->count);
    return answer;
}

void dns_answer_unref(const struct dns_answer *answer) {
    if (g_atomic_int_dec_and_test(&answer->counted->count))
        g_free(answer->counted);
}

size_t dns_answer_size(const struct dns_answer *answer) {
    return answer->counted->size;
}

/* SPDX-License-Identifier: MIT
 *
 * From libunbound's result to our answer. */
#include "net/resolver_result.h"

#include "base/limits.h"
#include "net/dns_name.h"
#include "net/dns_packet.h"

#include <unbound.h>

static const char *rcode_name(int rcode) {
    static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                        "NXDOMAIN", "NOTIMP",  "REFUSED"};
    return rcode >= 0 && rcode < (int)G_N_ELEMENTS(names) ? names[rcode] : "DNS error";
}

/* rdata = 1*( length octets ) (RFC 1035 §3.3.14), joined without anything between. */
static bool append_txt(GString *text, struct span rdata) {
    while (rdata.n) {
        size_t n = (guchar)rdata.p[0];
        if (n > rdata.n - 1)
            return false;
        g_string_append_len(text, rdata.p + 1, (gssize)n);
        rdata = span_from(rdata, 1 + n);
    }
    return true;
}

static bool append_mx(GString *text, struct span rdata) {
    if (rdata.n < 3)
        return false;
    g_string_append_printf(text, "%u ", (guint)(guchar)rdata.p[0] << 8 | (guint)(guchar)rdata.p[1]);
    return dns_name_append(text, span_from(rdata, 2));
}

static bool append_octets(GString *text, struct span rdata, size_t min, size_t max) {
    if (rdata.n < min || rdata.n > max)
        return false;
    g_string_append_len(text, rdata.p, (gssize)rdata.n);
    return true;
}

/* False for rdata that is not of its type: the record is left out. */
static bool append_record(GString *text, enum dns_type type, struct span rdata) {
    switch (type) {
    case DNS_TXT:
        return append_txt(text, rdata);
    case DNS_MX:
        return append_mx(text, rdata);
    case DNS_CNAME:
    case DNS_PTR:
        return dns_name_append(text, rdata);
    case DNS_A:
        return append_octets(text, rdata, 4, 4);
    case DNS_AAAA:
        return append_octets(text, rdata, 16, 16);
    case DNS_TLSA:
        return append_octets(text, rdata, 3, LIMIT_DNS_ANSWER);
    }
    return append_octets(text, rdata, 0, LIMIT_DNS_ANSWER);
}

static const struct dns_answer *records_answer(enum dns_type type, const struct span *rdata,
                                               guint n_rdata, enum dnssec_state dnssec,
                                               uint32_t ttl) {
    g_autoptr(GString) text = g_string_new(NULL);
    gsize ends[LIMIT_DNS_RECORDS];
    guint n = 0;
    for (guint i = 0; i < n_rdata; i++) {
        gsize before = text->len;
        if (append_record(text, type, rdata[i]))
            ends[n++] = text->len;
        else
            g_string_truncate(text, before);
    }
    if (n == 0)
        return dns_answer_new_failure(DNS_TEMPERROR, "malformed records");

    struct span records[LIMIT_DNS_RECORDS];
    for (guint i = 0; i < n; i++) {
        gsize start = i ? ends[i - 1] : 0;
        records[i] = span_make(text->str + start, ends[i] - start);
    }
    return dns_answer_new(DNS_DATA, dnssec, ttl, "answered", records, n);
}

static const struct dns_answer *data_answer(const struct ub_result *result,
                                            enum dnssec_state dnssec) {
    struct span rdata[LIMIT_DNS_RECORDS];
    guint n = 0;
    for (; n < LIMIT_DNS_RECORDS && result->data[n]; n++)
        rdata[n] = span_make(result->data[n], (size_t)result->len[n]);
    return records_answer((enum dns_type)result->qtype, rdata, n, dnssec,
                          (uint32_t)MAX(result->ttl, 0));
}

/* libunbound reports a failure where one TXT record of a good answer is empty. Where it validates,
 * nobody would know whether such an answer was bogus: there the failure stands. */
static const struct dns_answer *failure_answer(const struct ub_result *result, bool validates) {
    struct span rdata[LIMIT_DNS_RECORDS];
    guint n = 0;
    if (!validates && result->qtype == DNS_TXT && result->answer_packet && result->answer_len > 0)
        n = dns_packet_txt(span_make(result->answer_packet, (size_t)result->answer_len), rdata);
    return n ? records_answer(DNS_TXT, rdata, n, DNSSEC_NOT_EVALUATED, 0)
             : dns_answer_new_failure(DNS_TEMPERROR, rcode_name(result->rcode));
}

static const struct dns_answer *answer_of(const struct ub_result *result, bool validates) {
    /* Bogus comes first: rcode says NOERROR and the forged data is there. */
    if (result->bogus)
        return dns_answer_new_failure(DNS_BOGUS,
                                      result->why_bogus ? result->why_bogus : "validation failed");
    enum dnssec_state dnssec = !validates       ? DNSSEC_NOT_EVALUATED
                               : result->secure ? DNSSEC_SECURE
                                                : DNSSEC_INSECURE;
    if (result->havedata)
        return data_answer(result, dnssec);
    uint32_t ttl = (uint32_t)MAX(result->ttl, 0);
    if (result->nxdomain)
        return dns_answer_new(DNS_NXDOMAIN, dnssec, ttl, "NXDOMAIN", NULL, 0);
    if (result->rcode == 0)
        return dns_answer_new(DNS_NODATA, dnssec, ttl, "NODATA", NULL, 0);
    return failure_answer(result, validates);
}

const struct dns_answer *resolver_result_answer(int error, struct ub_result *result,
                                                bool validates) {
    if (error || !result)
        return dns_answer_new_failure(DNS_TEMPERROR, ub_strerror(error));
    const struct dns_answer *answer = answer_of(result, validates);
    ub_resolve_free(result);
    return answer;
}

/* SPDX-License-Identifier: MIT
 *
 * net/dns_packet.h: a cursor that only moves forward. */
#include "net/dns_packet.h"

#include "net/resolver.h"

enum { HEADER = 12, FLAG_TRUNCATED = 0x02, QUESTION_TAIL = 4, RECORD_TAIL = 10, POINTER = 0xc0 };

static guint octet(struct span packet, size_t at) {
    g_assert(at < packet.n && packet.p);
    return (guchar)packet.p[at];
}

static guint two_octets(struct span packet, size_t at) {
    return octet(packet, at) << 8 | octet(packet, at + 1);
}

/* name = *( length octets ) ( %x00 / pointer ) */
static bool skip_name(struct span *rest) {
    for (size_t at = 0; at < rest->n;) {
        guint length = octet(*rest, at);
        if (length == 0 || length >= POINTER) {
            at += length ? 2 : 1;
            *rest = span_from(*rest, at);
            return true;
        }
        if (length > LIMIT_LABEL)
            return false;
        at += 1 + length;
    }
    return false;
}

/* RR = name type(2) class(2) ttl(4) rdlength(2) rdata */
static bool take_record(struct span *rest, guint *type, struct span *rdata) {
    if (!skip_name(rest) || rest->n < RECORD_TAIL)
        return false;
    size_t length = two_octets(*rest, 8);
    *type = two_octets(*rest, 0);
    *rest = span_from(*rest, RECORD_TAIL);
    *rdata = span_first(*rest, length);
    *rest = span_from(*rest, length);
    return rdata->n == length;
}

guint dns_packet_txt(struct span packet, struct span records[static LIMIT_DNS_RECORDS]) {
    guint n = 0;
    if (packet.n < HEADER || (octet(packet, 2) & FLAG_TRUNCATED) || (octet(packet, 3) & 0x0f))
        return 0;
    guint questions = two_octets(packet, 4), answers = two_octets(packet, 6);
    struct span rest = span_from(packet, HEADER);
    for (; questions; questions--) {
        if (!skip_name(&rest) || rest.n < QUESTION_TAIL)
            return 0;
        rest = span_from(rest, QUESTION_TAIL);
    }
    for (; answers; answers--) {
        guint type;
        struct span rdata;
        if (!take_record(&rest, &type, &rdata))
            return 0;
        if (type == DNS_TXT && rdata.n && n < LIMIT_DNS_RECORDS)
            records[n++] = rdata;
    }
    return n;
}

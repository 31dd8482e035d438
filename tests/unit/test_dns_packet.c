/* SPDX-License-Identifier: MIT
 *
 * net/dns_packet: TXT records of packets, good and mangled. */
#include "net/dns_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* a.b TXT?: a CNAME, a TXT record without octets, one with a string; owners as pointers. */
#define PACKET                                                                                     \
    "\x12\x34\x81\x80\x00\x01\x00\x03\x00\x00\x00\x00"                                             \
    "\x01"                                                                                         \
    "a\x01"                                                                                        \
    "b\x00\x00\x10\x00\x01"                                                                        \
    "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0e"                                     \
    "\xc0\x0e\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x00"                                             \
    "\xc0\x0e\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x04\x03"                                         \
    "txt"

static void records_with_octets_are_found(void **state) {
    (void)state;
    struct span records[LIMIT_DNS_RECORDS];
    assert_int_equal(dns_packet_txt(SPAN_LIT(PACKET), records), 1);
    assert_true(span_eq(records[0], SPAN_LIT("\x03txt")));
}

static void a_packet_cut_anywhere_has_none(void **state) {
    (void)state;
    struct span records[LIMIT_DNS_RECORDS], packet = SPAN_LIT(PACKET);
    for (size_t n = 0; n < packet.n; n++) {
        g_autofree char *exact = g_memdup2(packet.p, n); /* so that reading past it shows */
        assert_int_equal(dns_packet_txt(span_make(exact, n), records), 0);
    }
}

static void errors_have_none(void **state) {
    (void)state;
    struct span records[LIMIT_DNS_RECORDS];
    char packet[] = PACKET;
    packet[3] = '\x82'; /* SERVFAIL */
    assert_int_equal(dns_packet_txt(span_make(packet, sizeof packet - 1), records), 0);
    packet[3] = '\x80';
    packet[2] = '\x83'; /* truncated */
    assert_int_equal(dns_packet_txt(span_make(packet, sizeof packet - 1), records), 0);
    packet[2] = '\x81';
    packet[12] = '\x40'; /* a label of 64 octets */
    assert_int_equal(dns_packet_txt(span_make(packet, sizeof packet - 1), records), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_with_octets_are_found),
        cmocka_unit_test(a_packet_cut_anywhere_has_none),
        cmocka_unit_test(errors_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

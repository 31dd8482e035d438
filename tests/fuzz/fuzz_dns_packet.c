/* SPDX-License-Identifier: MIT
 *
 * TXT records of a packet lie within it and are not empty. */
#include "net/dns_packet.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span records[LIMIT_DNS_RECORDS], packet = span_make((const char *)data, size);
    guint n = dns_packet_txt(packet, records);
    g_assert(n <= LIMIT_DNS_RECORDS);
    for (guint i = 0; i < n; i++)
        g_assert(records[i].n > 0 && records[i].p >= packet.p &&
                 records[i].p + records[i].n <= packet.p + packet.n);
    return 0;
}

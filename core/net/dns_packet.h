/* SPDX-License-Identifier: MIT
 *
 * TXT records of an answer in wire form (RFC 1035 §4.1). libunbound hands out no record of an
 * answer in which one has no octets; SPF meets such answers in the wild. Only what that needs is
 * read: no names are decoded, no chain is followed (the answer section holds the end of it). */
#ifndef INKAN_NET_DNS_PACKET_H
#define INKAN_NET_DNS_PACKET_H

#include "base/limits.h"
#include "base/span.h"

/* Rdata of the TXT records in the answer section, those without octets left out; borrowed. How
 * many; 0 also for a packet that is malformed, cut short, or reports an error. */
guint dns_packet_txt(struct span packet, struct span records[static LIMIT_DNS_RECORDS]);

#endif

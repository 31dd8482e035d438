/* SPDX-License-Identifier: MIT
 *
 * IP addresses and networks as values: read, compared, contained, written. IPv4 mapped into IPv6
 * (::ffff:192.0.2.1) reads as the IPv4 address it is. No look-ups, no host names, no zones
 * ("fe80::1%eth0" reads without its zone). */
#ifndef INKAN_BASE_IP_H
#define INKAN_BASE_IP_H

#include "base/span.h"

#include <stdint.h>

/* `size` is 4 or 16; 0 is "no address", which every zeroed struct is. */
struct ip {
    uint8_t octets[16];
    uint8_t size;
};

struct ip_network {
    struct ip ip; /* host bits are zero */
    uint8_t prefix;
};

/* Strict text forms: dotted quad, RFC 4291 §2.2. Brackets and the "IPv6:" tag of RFC 5321 §4.1.3
 * are taken off. False and *ip untouched for anything else. */
bool ip_parse(struct span text, struct ip *ip);

/* "192.0.2.0/24", "2001:db8::/32", or one address (prefix 32 or 128). Host bits that are not zero
 * are refused: they are a slip of the pen. */
bool ip_network_parse(struct span text, struct ip_network *network);
bool ip_network_contains(const struct ip_network *network, const struct ip *ip);

/* Reachable from the Internet at large: not private (RFC 1918, 4193), shared (6598), loopback,
 * link-local, multicast or unspecified. Documentation networks count as global. */
bool ip_is_global(const struct ip *ip);

bool ip_equal(const struct ip *a, const struct ip *b);

/* Canonical text (RFC 5952); NULL for no address. The caller frees. */
char *ip_format(const struct ip *ip);
/* The same into a buffer of the caller's; false and nothing written for no address. */
enum { IP_TEXT = sizeof "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255" };
bool ip_write(const struct ip *ip, char text[static IP_TEXT]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Which addresses a fetch may connect to: the public Internet and nothing else. A URL out of a
 * message, a DNS record or a certificate is a stranger's wish; this table keeps it from reaching
 * the operator's own machines (server-side request forgery). Based on the IANA special-purpose
 * registries (RFC 6890). There is no switch: tests make themselves a network namespace. */
#ifndef INKAN_NET_HTTPS_GUARD_H
#define INKAN_NET_HTTPS_GUARD_H

#include "base/ip.h"

struct sockaddr;

/* NULL if the address may be connected to, else for a person which network it belongs to
 * ("loopback", "private"; static). 4 octets are IPv4; 16 octets are IPv6 as they are on the wire:
 * IPv4 inside IPv6 (mapped, NAT64, 6to4, Teredo) is refused whatever it holds. Documentation
 * networks pass: nobody's machine has such an address. A NAT64 prefix of the operator's own choice
 * cannot be told from other public space. */
const char *https_guard_refuses(const struct ip *ip);

/* The same for what is about to be connected to: of family AF_INET or AF_INET6, and port 443. */
const char *https_guard_refuses_socket(const struct sockaddr *address, size_t n);

#endif

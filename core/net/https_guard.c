/* SPDX-License-Identifier: MIT
 *
 * The table, and the two ways to ask it. */
#include "net/https_guard.h"

#include <netinet/in.h>

struct refused {
    uint8_t octets[16];
    uint8_t prefix;
    const char *name;
};

/* https://www.iana.org/assignments/iana-ipv4-special-registry: what is not globally reachable. */
static const struct refused refused4[] = {
    {{0}, 8, "this network"},                  /* RFC 791 §3.2; Linux connects 0.0.0.0 to itself */
    {{10}, 8, "private"},                      /* RFC 1918 */
    {{100, 64}, 10, "shared"},                 /* RFC 6598 */
    {{127}, 8, "loopback"},                    /* RFC 1122 §3.2.1.3 */
    {{169, 254}, 16, "link-local"},            /* RFC 3927; metadata services of clouds */
    {{172, 16}, 12, "private"},                /* RFC 1918 */
    {{192, 0, 0}, 24, "protocol assignments"}, /* RFC 6890 §2.1 */
    {{192, 88, 99}, 24, "6to4 relay"},         /* RFC 7526 */
    {{192, 168}, 16, "private"},               /* RFC 1918 */
    {{198, 18}, 15, "benchmarking"},           /* RFC 2544 */
    {{224}, 4, "multicast"},                   /* RFC 5771 */
    {{240}, 4, "reserved"},                    /* RFC 1112 §4; the broadcast address too */
};

/* Global unicast is 2000::/3 (RFC 4291 §2.4); these are the exceptions inside it. */
static const struct refused refused6[] = {
    {{0x20, 0x01}, 23, "protocol assignments"}, /* RFC 2928: Teredo, ORCHID, benchmarking */
    {{0x20, 0x02}, 16, "6to4"},                 /* RFC 3056: an IPv4 address inside */
    {{0x3f, 0xfe}, 16, "6bone"},                /* RFC 3701: returned, never assigned again */
};

/* Outside of it everything is refused; these have names. */
static const struct refused named6[] = {
    {{[15] = 1}, 128, "loopback"},                   /* RFC 4291 §2.5.3 */
    {{[10] = 0xff, [11] = 0xff}, 96, "IPv4-mapped"}, /* RFC 4291 §2.5.5.2 */
    {{0, 0x64, 0xff, 0x9b}, 96, "NAT64"},            /* RFC 6052 */
    {{0, 0x64, 0xff, 0x9b, 0, 0x01}, 48, "NAT64"},   /* RFC 8215 */
    {{0xfc}, 7, "private"},                          /* RFC 4193 */
    {{0xfe, 0x80}, 10, "link-local"},                /* RFC 4291 §2.5.6 */
    {{0xfe, 0xc0}, 10, "site-local"},                /* RFC 3879 */
    {{0xff}, 8, "multicast"},                        /* RFC 4291 §2.7 */
    {{0}, 0, "not global unicast"},
};

static const char *find(const struct refused *table, size_t n, const struct ip *ip) {
    for (size_t i = 0; i < n; i++) {
        struct ip_network network = {.ip = {.size = ip->size}, .prefix = table[i].prefix};
        memcpy(network.ip.octets, table[i].octets, sizeof network.ip.octets);
        if (ip_network_contains(&network, ip))
            return table[i].name;
    }
    return NULL;
}

const char *https_guard_refuses(const struct ip *ip) {
    if (ip->size == 4)
        return find(refused4, G_N_ELEMENTS(refused4), ip);
    if (ip->size != 16)
        return "no address";
    if ((ip->octets[0] & 0xe0) != 0x20)
        return find(named6, G_N_ELEMENTS(named6), ip);
    return find(refused6, G_N_ELEMENTS(refused6), ip);
}

const char *https_guard_refuses_socket(const struct sockaddr *address, size_t n) {
    struct ip ip = {.size = 0};
    in_port_t port = 0;
    if (address->sa_family == AF_INET && n >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        memcpy(ip.octets, &in.sin_addr, 4);
        ip.size = 4;
        port = ntohs(in.sin_port);
    } else if (address->sa_family == AF_INET6 && n >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        memcpy(ip.octets, &in.sin6_addr, 16);
        ip.size = 16;
        port = ntohs(in.sin6_port);
    }
    return port == 443 ? https_guard_refuses(&ip) : "not port 443";
}

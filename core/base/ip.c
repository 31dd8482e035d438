/* SPDX-License-Identifier: MIT
 *
 * base/ip.h: addresses through inet_pton, which reads exactly the forms wanted here; bits by hand.
 */
#include "base/ip.h"

#include <arpa/inet.h>

static void unmap(struct ip *ip) {
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (ip->size == 16 && memcmp(ip->octets, mapped, sizeof mapped) == 0) {
        memmove(ip->octets, ip->octets + 12, 4);
        memset(ip->octets + 4, 0, 12);
        ip->size = 4;
    }
}

bool ip_parse(struct span text, struct ip *ip) {
    if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
        text = span_make(text.p + 1, text.n - 2);
    if (span_starts_nocase(text, SPAN_LIT("IPv6:")))
        text = span_from(text, 5);
    text = span_first(text, span_find(text, '%'));
    char buffer[INET6_ADDRSTRLEN];
    if (text.n == 0 || text.n >= sizeof buffer || span_find(text, '\0') < text.n)
        return false;
    memcpy(buffer, text.p, text.n);
    buffer[text.n] = '\0';
    struct ip parsed = {.size = 0};
    if (inet_pton(AF_INET, buffer, parsed.octets) == 1)
        parsed.size = 4;
    else if (inet_pton(AF_INET6, buffer, parsed.octets) == 1)
        parsed.size = 16;
    else
        return false;
    unmap(&parsed);
    *ip = parsed;
    return true;
}

/* The first `prefix` bits are the same. */
static bool same_bits(const uint8_t *a, const uint8_t *b, guint prefix) {
    guint whole = prefix / 8, rest = prefix % 8;
    if (memcmp(a, b, whole) != 0)
        return false;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static bool prefix_parse(struct span text, guint *prefix) {
    if (text.n == 0 || text.n > 3)
        return false;
    *prefix = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!g_ascii_isdigit(text.p[i]))
            return false;
        *prefix = *prefix * 10 + (guint)(text.p[i] - '0');
    }
    return true;
}

bool ip_network_parse(struct span text, struct ip_network *network) {
    size_t slash = span_find(text, '/');
    struct ip_network parsed = {0};
    if (!ip_parse(span_first(text, slash), &parsed.ip))
        return false;
    guint prefix = parsed.ip.size * 8u;
    if (slash < text.n && !prefix_parse(span_from(text, slash + 1), &prefix))
        return false;
    if (prefix > parsed.ip.size * 8u)
        return false;
    uint8_t base[16] = {0};
    memcpy(base, parsed.ip.octets, prefix / 8);
    if (prefix % 8)
        base[prefix / 8] = (uint8_t)(parsed.ip.octets[prefix / 8] & (0xff00u >> (prefix % 8)));
    if (memcmp(base, parsed.ip.octets, sizeof base) != 0)
        return false;
    parsed.prefix = (uint8_t)prefix;
    *network = parsed;
    return true;
}

bool ip_network_contains(const struct ip_network *network, const struct ip *ip) {
    return ip->size != 0 && ip->size == network->ip.size &&
           same_bits(ip->octets, network->ip.octets, network->prefix);
}

bool ip_is_global(const struct ip *ip) {
    static const struct ip_network local[] = {
        {{{0}, 4}, 8},         {{{10}, 4}, 8},        {{{100, 64}, 4}, 10},
        {{{127}, 4}, 8},       {{{169, 254}, 4}, 16}, {{{172, 16}, 4}, 12},
        {{{192, 168}, 4}, 16}, {{{224}, 4}, 3}, /* multicast and reserved */
        {{{0}, 16}, 127},      {{{0xfc}, 16}, 7},     {{{0xfe, 0x80}, 16}, 10},
        {{{0xff}, 16}, 8},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(local); i++)
        if (ip_network_contains(&local[i], ip))
            return false;
    return ip->size != 0;
}

bool ip_equal(const struct ip *a, const struct ip *b) {
    return a->size == b->size && memcmp(a->octets, b->octets, a->size) == 0;
}

/* Dotted quad; inet_ntop takes ten times as long through its printf. */
static void format_ipv4(const uint8_t octets[static 4], char out[static INET_ADDRSTRLEN]) {
    for (int i = 0; i < 4; i++) {
        unsigned octet = octets[i];
        if (i)
            *out++ = '.';
        if (octet >= 100)
            *out++ = (char)('0' + octet / 100);
        if (octet >= 10)
            *out++ = (char)('0' + octet / 10 % 10);
        *out++ = (char)('0' + octet % 10);
    }
    *out = '\0';
}

bool ip_write(const struct ip *ip, char text[static IP_TEXT]) {
    if (ip->size == 4)
        format_ipv4(ip->octets, text);
    else if (ip->size)
        inet_ntop(AF_INET6, ip->octets, text, IP_TEXT);
    return ip->size != 0;
}

char *ip_format(const struct ip *ip) {
    char text[IP_TEXT];
    return ip_write(ip, text) ? g_strdup(text) : NULL;
}

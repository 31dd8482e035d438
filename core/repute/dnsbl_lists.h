/* SPDX-License-Identifier: MIT
 *
 * This room's own: what the configuration of lists is made of. Only dnsbl files include it. */
#ifndef INKAN_REPUTE_DNSBL_LISTS_H
#define INKAN_REPUTE_DNSBL_LISTS_H

#include "repute/dnsbl.h"

/* Addresses whose four octets lie between low and high, each for itself. */
struct dnsbl_code {
    uint8_t low[4], high[4];
    char *meaning; /* NULL: no listing */
};

struct dnsbl_list {
    enum dnsbl_kind kind;
    char *zone;
    GArray *codes; /* of struct dnsbl_code */
};

struct dnsbl_lists {
    GPtrArray *lists; /* of struct dnsbl_list */
};

/* The first code that fits four octets, or NULL. Borrowed. */
const struct dnsbl_code *dnsbl_list_find_code(const struct dnsbl_list *list, const uint8_t *octets);

#endif

/* SPDX-License-Identifier: MIT
 *
 * ASCII armour (RFC 9580 §6) and the cleartext signature framework (§7), read strictly: a block
 * that leaves room for a second reading is malformed. The checksum is neither needed nor looked at
 * (§6.1). Armour headers are skipped, never shown. */
#ifndef INKAN_SIGN_OPENPGP_ARMOR_H
#define INKAN_SIGN_OPENPGP_ARMOR_H

#include "base/span.h"

/* One "-----BEGIN label----- … -----END label-----". */
struct openpgp_block {
    struct span label; /* "PGP SIGNATURE" */
    struct span whole; /* with both delimiter lines */
    GBytes *octets;    /* decoded; NULL: malformed, unclosed, or over the limit */
};

/* The next block of `text` at or after *at, which is moved behind it. False: there is none. The
 * caller clears it. Linear. */
bool openpgp_armor_next(struct span text, size_t *at, size_t limit, struct openpgp_block *block);
void openpgp_block_clear(struct openpgp_block *block);

/* Octets that are armoured or not, without it: every block whose label ends so, one after another.
 * `octets` itself where no armour is there. NULL: there is armour, and it is malformed. The caller
 * unrefs. */
GBytes *openpgp_armor_strip(struct span octets, const char *label, size_t limit);

/* One clear-signed text. */
struct openpgp_clear {
    struct span whole; /* with all delimiter lines */
    GBytes *text;      /* what is signed: dashes unescaped, white space at line ends gone, CRLF,
                          no line end at the end (§7.1, §7.2); NULL: malformed */
    GBytes *signature; /* packets */
    bool stands_alone; /* nothing but white space before and after it */
};

/* The first one in `text`; false: there is none. Only "Hash" headers; controls, bare CRs and
 * unescaped dashes make it malformed. The caller clears it. */
bool openpgp_clear_find(struct span text, struct openpgp_clear *clear);
void openpgp_clear_clear(struct openpgp_clear *clear);

#endif

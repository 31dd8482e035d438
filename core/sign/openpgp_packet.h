/* SPDX-License-Identifier: MIT
 *
 * The outer shape of OpenPGP data (RFC 9580 §4.2) and the head of a signature packet (§5.2): enough
 * to refuse what does not belong, to know what a signature claims, and to pick who is asked. No
 * cryptography, no key material, and no packet that could hold others. */
#ifndef INKAN_SIGN_OPENPGP_PACKET_H
#define INKAN_SIGN_OPENPGP_PACKET_H

#include "base/span.h"

#include <stdint.h>

/* RFC 9580 §5: the packets we look for. */
enum openpgp_tag {
    OPENPGP_TAG_SIGNATURE = 2,
    OPENPGP_TAG_SECRET_KEY = 5,
    OPENPGP_TAG_PUBLIC_KEY = 6,
    OPENPGP_TAG_SECRET_SUBKEY = 7,
    OPENPGP_TAG_MARKER = 10,
    OPENPGP_TAG_TRUST = 12,
    OPENPGP_TAG_USER_ID = 13,
    OPENPGP_TAG_PUBLIC_SUBKEY = 14,
    OPENPGP_TAG_USER_ATTRIBUTE = 17,
    OPENPGP_TAG_PADDING = 21
};

struct openpgp_packet {
    guint tag;
    struct span whole, body;
};

enum openpgp_next { OPENPGP_BROKEN = 0, OPENPGP_PACKET, OPENPGP_END };

/* Cuts the next packet off *rest. Partial and indeterminate lengths (§4.2.1.4) are BROKEN: they
 * belong to data packets only. */
enum openpgp_next openpgp_packet_next(struct span *rest, struct openpgp_packet *packet);

/* What a signature packet says of itself; nothing here is proved. */
struct openpgp_signature_head {
    guint version, type, key_algorithm, hash_algorithm;
    int64_t made_at;      /* -1: not said */
    char fingerprint[65]; /* of the key that made it, upper-case hex, or "" */
    char key_id[17];      /* likewise; taken from a v4 or v6 fingerprint where only that is there */
    bool is_critical;     /* a critical subpacket nobody here knows (§5.2.3.7) */
};

/* False: shorter than it says, or a version whose head is not known (then `version` is set). */
bool openpgp_signature_head_read(struct span body, struct openpgp_signature_head *head);

#endif

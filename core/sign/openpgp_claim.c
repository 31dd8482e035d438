/* SPDX-License-Identifier: MIT */
#include "sign/openpgp_claim.h"

#include "base/limits.h"

/* RFC 9580 §9.1: those that sign, and that librnp knows. */
static bool is_known_key_algorithm(guint algorithm) {
    switch (algorithm) {
    case 1:  /* RSA */
    case 3:  /* RSA, sign only */
    case 17: /* DSA */
    case 19: /* ECDSA */
    case 22: /* EdDSA, as before RFC 9580 */
        return true;
    default:
        return false;
    }
}

/* RFC 9580 §9.5 */
static enum openpgp_reason judge_hash(guint algorithm) {
    switch (algorithm) {
    case 1: /* MD5 */
    case 2: /* SHA-1 */
    case 3: /* RIPEMD-160 */
        return OPENPGP_WEAK_HASH;
    case 8:  /* SHA-256 */
    case 9:  /* SHA-384 */
    case 10: /* SHA-512 */
    case 11: /* SHA-224 */
    case 12: /* SHA3-256 */
    case 14: /* SHA3-512 */
        return OPENPGP_FINE;
    default:
        return OPENPGP_UNSUPPORTED_ALGORITHM;
    }
}

/* v3 signs no time that could be told from another, v5 is another standard's, v6 nobody here knows:
 * none of them passes or fails. */
static enum openpgp_reason screen(const struct openpgp_signature_head *head, bool is_readable,
                                  bool is_text) {
    if (head->version != 4 && head->version > 1)
        return OPENPGP_UNSUPPORTED_VERSION;
    if (!is_readable || head->is_critical)
        return OPENPGP_MALFORMED;
    /* RFC 9580 §5.2.1: 0x00 a binary document, 0x01 a text; anything else signs something else. */
    if (head->type > 1 || (is_text && head->type != 1))
        return OPENPGP_WRONG_TYPE;
    if (!is_known_key_algorithm(head->key_algorithm))
        return OPENPGP_UNSUPPORTED_ALGORITHM;
    return judge_hash(head->hash_algorithm);
}

static void add(struct openpgp_claims *claims, const struct openpgp_packet *packet, bool is_text) {
    if (claims->n == LIMIT_OPENPGP_SIGNATURES) {
        claims->reason = OPENPGP_TOO_MANY;
        return;
    }
    struct openpgp_claim *claim = &claims->claims[claims->n++];
    bool is_readable = openpgp_signature_head_read(packet->body, &claim->head);
    claim->packet = g_bytes_new(packet->whole.p, packet->whole.n);
    claim->reason = screen(&claim->head, is_readable, is_text);
}

struct openpgp_claims *openpgp_claims_read(GBytes *packets, bool is_text) {
    struct openpgp_claims *claims = g_new0(struct openpgp_claims, 1);
    claims->claims = g_new0(struct openpgp_claim, LIMIT_OPENPGP_SIGNATURES);
    gsize n;
    const char *p = g_bytes_get_data(packets, &n);
    struct span rest = span_make(p, n);
    struct openpgp_packet packet;
    enum openpgp_next next;
    while ((next = openpgp_packet_next(&rest, &packet)) == OPENPGP_PACKET &&
           claims->reason == OPENPGP_FINE) {
        if (packet.tag == OPENPGP_TAG_SIGNATURE)
            add(claims, &packet, is_text);
        /* RFC 9580 §5.8, §5.14: these two mean nothing. Any other packet would be a second message.
         */
        else if (packet.tag != OPENPGP_TAG_MARKER && packet.tag != OPENPGP_TAG_PADDING)
            claims->reason = OPENPGP_MALFORMED;
    }
    if (next == OPENPGP_BROKEN || !claims->n)
        claims->reason = OPENPGP_MALFORMED;
    return claims;
}

void openpgp_claims_free(struct openpgp_claims *claims) {
    for (guint i = 0; i < claims->n; i++)
        g_bytes_unref(claims->claims[i].packet);
    g_free(claims->claims);
    g_free(claims);
}

/* SPDX-License-Identifier: MIT */
#include "sign/openpgp_packet.h"

#include "base/limits.h"

#include <glib.h>

/* --- reading -------------------------------------------------------------------------------- */

static guint octet(struct span s, size_t at) {
    return (guchar)s.p[at];
}

static bool number(struct span s, size_t at, size_t n, size_t *value) {
    if (!s.p || at > s.n || s.n - at < n)
        return false;
    *value = 0;
    for (size_t i = 0; i < n; i++)
        *value = *value << 8 | octet(s, at + i);
    return true;
}

/* Cuts the first n octets off *rest. */
static bool take(struct span *rest, size_t n, struct span *taken) {
    if (n > rest->n)
        return false;
    *taken = span_first(*rest, n);
    *rest = span_from(*rest, n);
    return true;
}

static bool skip(struct span *rest, size_t n) {
    struct span skipped;
    return take(rest, n, &skipped);
}

/* --- packets -------------------------------------------------------------------------------- */

/* RFC 9580 §4.2.1: one, two or five octets. 224 to 254 begin a partial length. */
static bool new_length(struct span *rest, size_t *length) {
    if (!rest->n)
        return false;
    guint first = octet(*rest, 0);
    if (first < 192) {
        *length = first;
        return skip(rest, 1);
    }
    size_t low;
    if (first < 224) {
        if (!number(*rest, 1, 1, &low))
            return false;
        *length = ((size_t)(first - 192) << 8) + low + 192;
        return skip(rest, 2);
    }
    return first == 255 && number(*rest, 1, 4, length) && skip(rest, 5);
}

/* RFC 9580 §4.2.2: type 3 is an indeterminate length. */
static bool old_length(struct span *rest, guint type, size_t *length) {
    size_t n = (size_t)1 << type;
    return type < 3 && number(*rest, 0, n, length) && skip(rest, n);
}

enum openpgp_next openpgp_packet_next(struct span *rest, struct openpgp_packet *packet) {
    if (!rest->n)
        return OPENPGP_END;
    struct span all = *rest;
    guint first = octet(*rest, 0);
    size_t length = 0;
    if (!(first & 0x80) || !skip(rest, 1))
        return OPENPGP_BROKEN;
    bool is_new = first & 0x40;
    packet->tag = is_new ? first & 0x3f : first >> 2 & 0x0f;
    if (!(is_new ? new_length(rest, &length) : old_length(rest, first & 3, &length)) ||
        !take(rest, length, &packet->body))
        return OPENPGP_BROKEN;
    packet->whole = span_first(all, all.n - rest->n);
    return OPENPGP_PACKET;
}

/* --- the head of a signature ---------------------------------------------------------------- */

enum {
    SUB_CREATION = 2,
    SUB_KEY_ID = 16,
    SUB_NOTATION = 20,
    SUB_FINGERPRINT = 33,
    SUB_INTENDED_RECIPIENT = 35
};

static void write_hex(struct span octets, char *hex) {
    for (size_t i = 0; i < octets.n; i++, hex += 2)
        g_snprintf(hex, 3, "%02X", octet(octets, i));
}

/* Which of those in RFC 9580 §5.2.3.7 may be critical in a signature of a document without
 * changing what it says to us. A notation we do not know may say anything. */
static bool is_known(guint type) {
    return type != SUB_NOTATION && type >= SUB_CREATION && type <= SUB_INTENDED_RECIPIENT;
}

/* The issuer may stand where it is not hashed: it only says whom to ask. RFC 9580 §5.2.3.35: a
 * version octet, then 20 octets (v4) or 32 (v6). */
static void read_issuer(struct openpgp_signature_head *head, guint type, struct span value) {
    if (type == SUB_KEY_ID && value.n == 8)
        write_hex(value, head->key_id);
    if (type != SUB_FINGERPRINT || (value.n != 21 && value.n != 33))
        return;
    write_hex(span_from(value, 1), head->fingerprint);
}

static bool read_subpackets(struct span area, bool is_hashed, struct openpgp_signature_head *head) {
    for (guint n = 0; area.n; n++) {
        struct span value;
        size_t length;
        if (n >= LIMIT_OPENPGP_SUBPACKETS || !new_length(&area, &length) || !length ||
            !take(&area, length, &value))
            return false;
        guint type = octet(value, 0) & 0x7f;
        bool is_critical = octet(value, 0) & 0x80;
        value = span_from(value, 1);
        read_issuer(head, type, value);
        size_t time;
        if (is_hashed && type == SUB_CREATION && number(value, 0, 4, &time) && value.n == 4)
            head->made_at = (int64_t)time;
        head->is_critical |= is_hashed && is_critical && !is_known(type);
    }
    return true;
}

/* RFC 9580 §5.2.3: v4 counts its areas in two octets, v6 in four. */
static bool read_areas(struct span body, struct openpgp_signature_head *head) {
    size_t width = head->version == 6 ? 4 : 2, n;
    struct span area, rest = span_from(body, 4);
    for (int is_hashed = 1; is_hashed >= 0; is_hashed--)
        if (!number(rest, 0, width, &n) || !skip(&rest, width) || !take(&rest, n, &area) ||
            !read_subpackets(area, is_hashed, head))
            return false;
    return true;
}

/* The key ID is the end of a v4 fingerprint, the beginning of a v6 one (RFC 9580 §5.5.4). */
static void complete_key_id(struct openpgp_signature_head *head) {
    size_t n = strlen(head->fingerprint);
    if (n == 40)
        memcpy(head->key_id, head->fingerprint + n - 16, 16);
    else if (n == 64)
        memcpy(head->key_id, head->fingerprint, 16);
}

/* RFC 9580 §5.2.2: version, "5", type, time, key ID, algorithms. */
static bool read_v3(struct span body, struct openpgp_signature_head *head) {
    size_t time;
    if (body.n < 17 || octet(body, 1) != 5 || !number(body, 3, 4, &time))
        return false;
    head->type = octet(body, 2);
    head->made_at = (int64_t)time;
    write_hex(span_first(span_from(body, 7), 8), head->key_id);
    head->key_algorithm = octet(body, 15);
    head->hash_algorithm = octet(body, 16);
    return true;
}

bool openpgp_signature_head_read(struct span body, struct openpgp_signature_head *head) {
    *head = (struct openpgp_signature_head){.made_at = -1};
    if (!body.n)
        return false;
    head->version = octet(body, 0);
    if (head->version == 2 || head->version == 3)
        return read_v3(body, head);
    if (head->version < 4 || head->version > 6 || body.n < 6)
        return false;
    head->type = octet(body, 1);
    head->key_algorithm = octet(body, 2);
    head->hash_algorithm = octet(body, 3);
    if (!read_areas(body, head))
        return false;
    complete_key_id(head);
    return true;
}

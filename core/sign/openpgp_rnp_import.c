/* SPDX-License-Identifier: MIT
 *
 * Import: octets are cut into certificates (RFC 9580 §10.1), each is read by itself in an empty
 * store, and what librnp made of its public parts is what we keep. A secret key among them gives
 * its public part; the rest of it goes no further. */
#include "base/limits.h"
#include "sign/openpgp_armor.h"
#include "sign/openpgp_packet.h"
#include "sign/openpgp_rnp.h"
#include "sign/openpgp_rnp_key.h"

#include <string.h>

/* --- cutting --------------------------------------------------------------------------------- */

static bool begins_key(guint tag) {
    return tag == OPENPGP_TAG_PUBLIC_KEY || tag == OPENPGP_TAG_SECRET_KEY;
}

/* Others (trust, padding, private use) are left out, and with them whatever could hold packets. */
static bool belongs_to_key(guint tag) {
    return begins_key(tag) || tag == OPENPGP_TAG_SIGNATURE || tag == OPENPGP_TAG_USER_ID ||
           tag == OPENPGP_TAG_USER_ATTRIBUTE || tag == OPENPGP_TAG_PUBLIC_SUBKEY ||
           tag == OPENPGP_TAG_SECRET_SUBKEY;
}

struct cutter {
    GPtrArray *keys;    /* of GBytes */
    GByteArray *octets; /* of the key that is being put together; NULL: none, or it is too large */
    guint packets;
};

static void finish(struct cutter *cutter) {
    if (cutter->octets && cutter->keys->len < LIMIT_OPENPGP_KEYS)
        g_ptr_array_add(cutter->keys, g_byte_array_free_to_bytes(cutter->octets));
    else if (cutter->octets)
        g_byte_array_unref(cutter->octets);
    cutter->octets = NULL;
}

/* A key over the limits is dropped whole: half of one could lack its revocation. */
static void put(struct cutter *cutter, struct span packet) {
    if (!cutter->octets)
        return;
    if (++cutter->packets > LIMIT_OPENPGP_KEY_PACKETS ||
        cutter->octets->len + packet.n > LIMIT_OPENPGP_KEY) {
        g_clear_pointer(&cutter->octets, g_byte_array_unref);
        return;
    }
    g_byte_array_append(cutter->octets, (const guint8 *)packet.p, (guint)packet.n);
}

static void drop(gpointer octets) {
    g_bytes_unref(octets);
}

static GPtrArray *cut(struct span rest) {
    struct cutter cutter = {.keys = g_ptr_array_new_with_free_func(drop)};
    struct openpgp_packet packet;
    while (openpgp_packet_next(&rest, &packet) == OPENPGP_PACKET) {
        if (begins_key(packet.tag)) {
            finish(&cutter);
            cutter.octets = g_byte_array_new();
            cutter.packets = 0;
        }
        if (belongs_to_key(packet.tag))
            put(&cutter, packet.whole);
    }
    finish(&cutter);
    return cutter.keys;
}

/* --- reading --------------------------------------------------------------------------------- */

static rnp_key_handle_t find_primary(rnp_ffi_t ffi) {
    rnp_identifier_iterator_t all = NULL;
    const char *name = NULL;
    rnp_key_handle_t primary = NULL;
    if (rnp_identifier_iterator_create(ffi, &all, "fingerprint"))
        return NULL;
    while (!primary && rnp_identifier_iterator_next(all, &name) == RNP_SUCCESS && name) {
        rnp_key_handle_t key = NULL;
        if (rnp_locate_key(ffi, "fingerprint", name, &key) || !key)
            continue;
        if (openpgp_rnp_is_primary(key))
            primary = key;
        else
            rnp_key_handle_destroy(key);
    }
    rnp_identifier_iterator_destroy(all);
    return primary;
}

static GBytes *export(rnp_key_handle_t primary) {
    rnp_output_t output = NULL;
    uint8_t *octets = NULL;
    size_t n = 0;
    GBytes *copy = NULL;
    if (rnp_output_to_memory(&output, 0))
        return NULL;
    if (rnp_key_export(primary, output, RNP_KEY_EXPORT_PUBLIC | RNP_KEY_EXPORT_SUBKEYS) ==
            RNP_SUCCESS &&
        rnp_output_memory_get_buf(output, &octets, &n, false) == RNP_SUCCESS && n)
        copy = g_bytes_new(octets, n);
    rnp_output_destroy(output);
    return copy;
}

static void add_key_id(GStrvBuilder *list, rnp_key_handle_t key) {
    char *name = NULL;
    if (rnp_key_get_keyid(key, &name))
        return;
    g_autofree char *key_id = openpgp_rnp_take(name);
    g_strv_builder_add(list, key_id);
}

/* Of the primary key and its subkeys. *reason becomes FINE if one of them may sign. */
static char **read_parts(rnp_key_handle_t primary, int64_t at, enum openpgp_reason *reason) {
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();
    size_t n = 0;
    *reason = openpgp_rnp_key_judge(primary, primary, at);
    add_key_id(list, primary);
    if (rnp_key_get_subkey_count(primary, &n))
        n = 0;
    for (size_t i = 0; i < n; i++) {
        rnp_key_handle_t subkey = NULL;
        if (rnp_key_get_subkey_at(primary, i, &subkey))
            continue;
        add_key_id(list, subkey);
        if (openpgp_rnp_key_judge(subkey, primary, at) == OPENPGP_FINE)
            *reason = OPENPGP_FINE;
        rnp_key_handle_destroy(subkey);
    }
    return g_strv_builder_end(list);
}

/* RFC 9580 §5.5.4: 20 octets. A v3 fingerprint is an MD5 of the numbers alone (§5.5.4.1). */
static bool is_v4(const char *fingerprint) {
    return fingerprint && strlen(fingerprint) == 40;
}

static struct openpgp_certificate *describe(rnp_key_handle_t primary, int64_t at) {
    GBytes *octets = export(primary);
    char *text = NULL;
    if (!octets)
        return NULL;
    struct openpgp_certificate *certificate = g_new0(struct openpgp_certificate, 1);
    uint32_t made = 0, lasts = 0, bits = 0;
    certificate->octets = octets;
    certificate->key_ids = read_parts(primary, at, &certificate->reason);
    certificate->user_ids = openpgp_rnp_user_ids(primary);
    if (rnp_key_get_fprint(primary, &text) == RNP_SUCCESS)
        certificate->fingerprint = openpgp_rnp_take(text);
    if (rnp_key_get_alg(primary, &text) == RNP_SUCCESS)
        certificate->algorithm = openpgp_rnp_take(text);
    if (rnp_key_get_bits(primary, &bits) == RNP_SUCCESS)
        certificate->bits = bits;
    if (rnp_key_get_creation(primary, &made) == RNP_SUCCESS)
        certificate->made_at = made;
    if (rnp_key_get_expiration(primary, &lasts) == RNP_SUCCESS && lasts)
        certificate->expires_at = (int64_t)made + lasts;
    if (is_v4(certificate->fingerprint))
        return certificate;
    openpgp_certificate_free(certificate);
    return NULL;
}

/* The one key in these octets, in the store; NULL: none. */
static rnp_key_handle_t load_alone(GBytes *octets, int64_t at) {
    g_autoptr(GPtrArray) alone = g_ptr_array_new();
    g_ptr_array_add(alone, octets);
    return find_primary(openpgp_rnp_store(alone, at));
}

static GBytes *public_parts(GBytes *octets, int64_t at) {
    rnp_key_handle_t primary = load_alone(octets, at);
    GBytes *parts = primary ? export(primary) : NULL;
    rnp_key_handle_destroy(primary);
    return parts;
}

/* Exactly one key within the limits, of which nothing is left out. */
static bool is_one_key(GBytes *octets) {
    gsize n;
    const char *p = g_bytes_get_data(octets, &n);
    g_autoptr(GPtrArray) keys = cut(span_make(p, n));
    return keys->len == 1 && g_bytes_equal(keys->pdata[0], octets);
}

/* librnp writes packets that it will not read again, of keys that it half understood. What is told
 * of a key is therefore read from the octets that are kept, and those must come out as they went
 * in: whoever imports them later finds the same key. */
static struct openpgp_certificate *read_certificate(GBytes *octets, int64_t at) {
    g_autoptr(GBytes) kept = public_parts(octets, at);
    if (!kept || !is_one_key(kept))
        return NULL;
    rnp_key_handle_t primary = load_alone(kept, at);
    struct openpgp_certificate *certificate = primary ? describe(primary, at) : NULL;
    rnp_key_handle_destroy(primary);
    if (!certificate || g_bytes_equal(certificate->octets, kept))
        return certificate;
    openpgp_certificate_free(certificate);
    return NULL;
}

static void free_certificate(gpointer certificate) {
    openpgp_certificate_free(certificate);
}

GPtrArray *openpgp_rnp_import(GBytes *octets, int64_t at) {
    GPtrArray *found = g_ptr_array_new_with_free_func(free_certificate);
    gsize n;
    const char *p = g_bytes_get_data(octets, &n);
    g_autoptr(GBytes) binary =
        openpgp_armor_strip(span_make(p, n), "KEY BLOCK", LIMIT_OPENPGP_KEY_FILE);
    if (!binary)
        return found;
    p = g_bytes_get_data(binary, &n);
    g_autoptr(GPtrArray) keys = cut(span_make(p, n));
    for (guint i = 0; i < keys->len; i++) {
        struct openpgp_certificate *certificate = read_certificate(keys->pdata[i], at);
        if (certificate)
            g_ptr_array_add(found, certificate);
    }
    return found;
}

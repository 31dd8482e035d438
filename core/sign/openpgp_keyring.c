/* SPDX-License-Identifier: MIT */
#include "sign/openpgp_keyring.h"

#include "base/limits.h"

#include <string.h>

struct openpgp_keyring {
    GPtrArray *certificates;    /* of struct openpgp_certificate */
    GHashTable *by_fingerprint; /* borrowed name → borrowed certificate */
    GHashTable *by_key_id;      /* name → GPtrArray of borrowed certificates */
    GChecksum *digest;
};

static void free_certificate(gpointer certificate) {
    openpgp_certificate_free(certificate);
}

static void free_list(gpointer list) {
    g_ptr_array_unref(list);
}

struct openpgp_keyring *openpgp_keyring_new(void) {
    struct openpgp_keyring *keyring = g_new0(struct openpgp_keyring, 1);
    keyring->certificates = g_ptr_array_new_with_free_func(free_certificate);
    keyring->by_fingerprint = g_hash_table_new(g_str_hash, g_str_equal);
    keyring->by_key_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_list);
    keyring->digest = g_checksum_new(G_CHECKSUM_SHA256);
    return keyring;
}

void openpgp_keyring_free(struct openpgp_keyring *keyring) {
    g_hash_table_unref(keyring->by_key_id);
    g_hash_table_unref(keyring->by_fingerprint);
    g_ptr_array_unref(keyring->certificates);
    g_checksum_free(keyring->digest);
    g_free(keyring);
}

static void index_key_id(struct openpgp_keyring *keyring, const char *key_id,
                         struct openpgp_certificate *certificate) {
    GPtrArray *list = g_hash_table_lookup(keyring->by_key_id, key_id);
    if (!list) {
        list = g_ptr_array_new();
        g_hash_table_insert(keyring->by_key_id, g_strdup(key_id), list);
    }
    g_ptr_array_add(list, certificate);
}

static void forget(struct openpgp_keyring *keyring, struct openpgp_certificate *certificate) {
    for (char **key_id = certificate->key_ids; *key_id; key_id++) {
        GPtrArray *list = g_hash_table_lookup(keyring->by_key_id, *key_id);
        if (list)
            g_ptr_array_remove(list, certificate);
    }
    g_hash_table_remove(keyring->by_fingerprint, certificate->fingerprint);
    g_ptr_array_remove(keyring->certificates, certificate);
}

bool openpgp_keyring_add(struct openpgp_keyring *keyring, struct openpgp_certificate *certificate) {
    struct openpgp_certificate *old =
        g_hash_table_lookup(keyring->by_fingerprint, certificate->fingerprint);
    if (old)
        forget(keyring, old);
    if (keyring->certificates->len >= LIMIT_OPENPGP_KEYRING) {
        openpgp_certificate_free(certificate);
        return false;
    }
    g_ptr_array_add(keyring->certificates, certificate);
    g_hash_table_insert(keyring->by_fingerprint, certificate->fingerprint, certificate);
    for (char **key_id = certificate->key_ids; *key_id; key_id++)
        index_key_id(keyring, *key_id, certificate);
    gsize n;
    const guchar *octets = g_bytes_get_data(certificate->octets, &n);
    g_checksum_update(keyring->digest, octets, (gssize)n);
    return true;
}

int openpgp_keyring_import(struct openpgp_keyring *keyring, struct openpgp_verifier *verifier,
                           GBytes *octets, int64_t at, GError **error) {
    GPtrArray *found = verifier->import(verifier, octets, at, error);
    if (!found)
        return -1;
    int added = 0;
    while (found->len)
        added += openpgp_keyring_add(keyring, g_ptr_array_steal_index(found, 0));
    g_ptr_array_unref(found);
    return added;
}

guint openpgp_keyring_size(const struct openpgp_keyring *keyring) {
    return keyring->certificates->len;
}

const struct openpgp_certificate *openpgp_keyring_at(const struct openpgp_keyring *keyring,
                                                     guint i) {
    return keyring->certificates->pdata[i];
}

const struct openpgp_certificate *openpgp_keyring_find(const struct openpgp_keyring *keyring,
                                                       const char *fingerprint) {
    g_autofree char *upper = g_ascii_strup(fingerprint, -1);
    return g_hash_table_lookup(keyring->by_fingerprint, upper);
}

static bool holds(const GPtrArray *keys, GBytes *octets) {
    for (guint i = 0; i < keys->len; i++)
        if (g_bytes_equal(keys->pdata[i], octets))
            return true;
    return false;
}

void openpgp_keyring_choose(const struct openpgp_keyring *keyring, const char *key_id,
                            GPtrArray *keys) {
    const GPtrArray *list = g_hash_table_lookup(keyring->by_key_id, key_id);
    for (guint i = 0; list && i < list->len && keys->len < LIMIT_OPENPGP_CANDIDATES; i++) {
        const struct openpgp_certificate *certificate = list->pdata[i];
        if (!holds(keys, certificate->octets))
            g_ptr_array_add(keys, g_bytes_ref(certificate->octets));
    }
}

char *openpgp_keyring_digest(const struct openpgp_keyring *keyring) {
    GChecksum *copy = g_checksum_copy(keyring->digest);
    char *digest = g_strdup(g_checksum_get_string(copy));
    g_checksum_free(copy);
    return digest;
}

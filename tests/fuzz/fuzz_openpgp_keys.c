/* SPDX-License-Identifier: MIT
 *
 * Import of any octets as OpenPGP keys: bounded, everything told is text, and what comes out can be
 * imported again and is the same key. */
#include "base/limits.h"
#include "sign/openpgp_rnp.h"
#include "worker/openpgp_job.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { AT = 1795000000 };

static void check(const struct openpgp_certificate *key) {
    g_assert(strlen(key->fingerprint) == 40);
    g_assert(g_bytes_get_size(key->octets) > 0);
    g_assert(key->reason < OPENPGP_REASON__MAX);
    g_assert(g_strv_length(key->user_ids) <= LIMIT_OPENPGP_USER_IDS);
    for (char **user_id = key->user_ids; *user_id; user_id++)
        g_assert(g_utf8_validate(*user_id, -1, NULL) && strlen(*user_id) <= LIMIT_OPENPGP_USER_ID);
    g_assert(g_strv_length(key->key_ids) >= 1);
    for (char **key_id = key->key_ids; *key_id; key_id++)
        g_assert(strlen(*key_id) == 16);
}

/* librnp writes what it thinks of a key to stderr; the fuzzer has taken hold of its own. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    stderr = fopen("/dev/null", "w");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    g_autoptr(GPtrArray) keys = openpgp_rnp_import(octets, AT);
    g_assert(keys->len <= LIMIT_OPENPGP_KEYS);
    for (guint i = 0; i < keys->len; i++) {
        const struct openpgp_certificate *key = keys->pdata[i];
        check(key);
        g_autoptr(GPtrArray) again = openpgp_rnp_import(key->octets, AT);
        g_assert(again->len == 1);
        const struct openpgp_certificate *same = again->pdata[0];
        g_assert(strcmp(same->fingerprint, key->fingerprint) == 0);
    }
    g_autoptr(GBytes) packed = openpgp_job_pack_certificates(keys);
    g_autoptr(GPtrArray) unpacked = openpgp_job_unpack_certificates(packed);
    g_assert(unpacked && unpacked->len == keys->len);
    return 0;
}

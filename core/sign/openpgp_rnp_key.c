/* SPDX-License-Identifier: MIT */
#include "sign/openpgp_rnp_key.h"

#include "base/limits.h"
#include "sign/openpgp_rnp.h"

#include <string.h>

char *openpgp_rnp_take(char *text) {
    char *copy = g_strdup(text);
    if (text)
        rnp_buffer_destroy(text);
    return copy;
}

/* --- the store -------------------------------------------------------------------------------- */

static void load(rnp_ffi_t ffi, GBytes *octets) {
    gsize n;
    const uint8_t *p = g_bytes_get_data(octets, &n);
    rnp_input_t input = NULL;
    if (rnp_input_from_memory(&input, p, n, false))
        return;
    char *results = NULL;
    /* Permissive: a subkey of an algorithm that librnp does not know costs that subkey, not all. */
    if (rnp_import_keys(ffi, input, RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE,
                        &results) == RNP_SUCCESS)
        rnp_buffer_destroy(results);
    rnp_input_destroy(input);
}

static rnp_ffi_t store;

void openpgp_rnp_prepare(void) {
    if (!store && rnp_ffi_create(&store, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG))
        store = NULL;
}

rnp_ffi_t openpgp_rnp_store(const GPtrArray *keys, int64_t at) {
    openpgp_rnp_prepare();
    g_assert(store);
    rnp_ffi_t ffi = store;
    bool emptied = rnp_unload_keys(ffi, RNP_KEY_UNLOAD_PUBLIC | RNP_KEY_UNLOAD_SECRET) == 0;
    g_assert(emptied);
    rnp_set_timestamp(ffi, (uint64_t)MAX(at, 0) + LIMIT_OPENPGP_SKEW);
    for (guint i = 0; i < keys->len; i++)
        load(ffi, keys->pdata[i]);
    return ffi;
}

bool openpgp_rnp_is_primary(rnp_key_handle_t key) {
    bool is_primary = false;
    return rnp_key_is_primary(key, &is_primary) == RNP_SUCCESS && is_primary;
}

rnp_key_handle_t openpgp_rnp_primary(rnp_ffi_t ffi, rnp_key_handle_t key) {
    char *name = NULL;
    if (openpgp_rnp_is_primary(key) ? rnp_key_get_fprint(key, &name)
                                    : rnp_key_get_primary_fprint(key, &name))
        return NULL;
    rnp_key_handle_t primary = NULL;
    if (rnp_locate_key(ffi, "fingerprint", name, &primary))
        primary = NULL;
    rnp_buffer_destroy(name);
    return primary;
}

/* --- what it may ------------------------------------------------------------------------------ */

typedef rnp_result_t (*key_question)(rnp_key_handle_t key, bool *answer);

static bool says(rnp_key_handle_t key, key_question question) {
    bool answer = false;
    return question(key, &answer) == RNP_SUCCESS && answer;
}

static bool may_sign(rnp_key_handle_t key) {
    bool allowed = false;
    return rnp_key_allows_usage(key, "sign", &allowed) == RNP_SUCCESS && allowed;
}

/* RFC 9580 §12.4, §12.5: RSA and DSA by their modulus. Curves that librnp knows are long enough. */
static bool is_weak(rnp_key_handle_t key) {
    char *name = NULL;
    uint32_t bits = 0;
    if (rnp_key_get_alg(key, &name) || rnp_key_get_bits(key, &bits))
        return true;
    g_autofree char *algorithm = openpgp_rnp_take(name);
    bool by_modulus = strcmp(algorithm, RNP_ALGNAME_RSA) == 0 ||
                      strcmp(algorithm, RNP_ALGNAME_DSA) == 0 ||
                      strcmp(algorithm, RNP_ALGNAME_ELGAMAL) == 0;
    return by_modulus && bits < LIMIT_OPENPGP_RSA_MIN_BITS;
}

static bool is_from_future(rnp_key_handle_t key, int64_t at) {
    uint32_t made = 0;
    return rnp_key_get_creation(key, &made) == RNP_SUCCESS &&
           (int64_t)made > at + LIMIT_OPENPGP_SKEW;
}

/* RFC 9580 §5.2.3.10: what is invalid although neither revoked nor expired has no sound
 * self-signature; of a subkey that includes the cross-certification (§5.2.1.8). */
static enum openpgp_reason judge_one(rnp_key_handle_t key, int64_t at) {
    if (says(key, rnp_key_is_revoked))
        return OPENPGP_KEY_REVOKED;
    if (is_from_future(key, at))
        return OPENPGP_KEY_FROM_FUTURE;
    if (says(key, rnp_key_is_expired))
        return OPENPGP_KEY_EXPIRED;
    if (!says(key, rnp_key_is_valid))
        return says(key, rnp_key_is_sub) ? OPENPGP_KEY_CANNOT_SIGN : OPENPGP_KEY_UNUSABLE;
    return OPENPGP_FINE;
}

enum openpgp_reason openpgp_rnp_key_judge(rnp_key_handle_t key, rnp_key_handle_t primary,
                                          int64_t at) {
    enum openpgp_reason reason = judge_one(primary, at);
    if (reason == OPENPGP_FINE)
        reason = judge_one(key, at);
    if (reason == OPENPGP_FINE && !may_sign(key))
        reason = OPENPGP_KEY_CANNOT_SIGN;
    if (reason == OPENPGP_FINE && (is_weak(key) || is_weak(primary)))
        reason = OPENPGP_KEY_WEAK;
    return reason;
}

/* --- whose it is ------------------------------------------------------------------------------ */

static bool has_strong_digest(rnp_signature_handle_t signature) {
    char *name = NULL;
    if (rnp_signature_get_hash_alg(signature, &name))
        return false;
    g_autofree char *digest = openpgp_rnp_take(name);
    return strcmp(digest, RNP_ALGNAME_MD5) != 0 && strcmp(digest, RNP_ALGNAME_SHA1) != 0 &&
           strcmp(digest, RNP_ALGNAME_RIPEMD160) != 0;
}

static bool is_by(rnp_signature_handle_t signature, const char *key_id) {
    char *name = NULL;
    if (rnp_signature_get_keyid(signature, &name) || !name)
        return false;
    g_autofree char *issuer = openpgp_rnp_take(name);
    return g_ascii_strcasecmp(issuer, key_id) == 0;
}

/* RFC 9580 §5.2.1: types 0x10 to 0x13 certify; rnp_uid_is_valid has checked that one of the key's
 * own holds. What is asked here is that a weak one does not carry it alone. */
static bool is_certified(rnp_uid_handle_t uid, const char *key_id) {
    size_t n = 0;
    bool found = false;
    if (rnp_uid_get_signature_count(uid, &n))
        return false;
    for (size_t i = 0; i < n && !found; i++) {
        rnp_signature_handle_t signature = NULL;
        if (rnp_uid_get_signature_at(uid, i, &signature))
            continue;
        found = is_by(signature, key_id) && has_strong_digest(signature) &&
                rnp_signature_is_valid(signature, 0) == RNP_SUCCESS;
        rnp_signature_handle_destroy(signature);
    }
    return found;
}

static bool is_own(rnp_uid_handle_t uid, const char *key_id) {
    uint32_t type = 0;
    bool valid = false, revoked = true;
    return rnp_uid_get_type(uid, &type) == RNP_SUCCESS && type == RNP_USER_ID &&
           rnp_uid_is_valid(uid, &valid) == RNP_SUCCESS && valid &&
           rnp_uid_is_revoked(uid, &revoked) == RNP_SUCCESS && !revoked &&
           is_certified(uid, key_id);
}

static bool is_one_line(const char *text, size_t n) {
    for (size_t i = 0; i < n; i++)
        if ((guchar)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return g_utf8_validate_len(text, n, NULL);
}

static char *user_id_text(rnp_uid_handle_t uid) {
    void *data = NULL;
    size_t n = 0;
    if (rnp_uid_get_data(uid, &data, &n))
        return NULL;
    char *text =
        n && n <= LIMIT_OPENPGP_USER_ID && is_one_line(data, n) ? g_strndup(data, n) : NULL;
    rnp_buffer_destroy(data);
    return text;
}

char **openpgp_rnp_user_ids(rnp_key_handle_t primary) {
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();
    size_t n = 0;
    char *name = NULL;
    if (rnp_key_get_uid_count(primary, &n) || rnp_key_get_keyid(primary, &name))
        return g_strv_builder_end(list);
    g_autofree char *key_id = openpgp_rnp_take(name);
    for (size_t i = 0, kept = 0; i < n && kept < LIMIT_OPENPGP_USER_IDS; i++) {
        rnp_uid_handle_t uid = NULL;
        if (rnp_key_get_uid_handle_at(primary, i, &uid))
            continue;
        g_autofree char *text = is_own(uid, key_id) ? user_id_text(uid) : NULL;
        if (text) {
            g_strv_builder_add(list, text);
            kept++;
        }
        rnp_uid_handle_destroy(uid);
    }
    return g_strv_builder_end(list);
}

/* SPDX-License-Identifier: MIT
 *
 * EVP only. A failure of the library on sound input is no memory or our bug: both end the process.
 */
#include "fcgi/seal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <string.h>

enum { TOKEN_OCTETS = 32, SALT_OCTETS = 16, NONCE_OCTETS = 12, TAG_OCTETS = 16, KEY_OCTETS = 32 };
enum { OVERHEAD = SALT_OCTETS + NONCE_OCTETS + TAG_OCTETS };

void seal_random(void *octets, size_t n) {
    if (RAND_priv_bytes(octets, (int)n) != 1)
        g_error("fcgi/seal: the system gives no random numbers");
}

void seal_wipe(void *octets, size_t n) {
    OPENSSL_cleanse(octets, n);
}

void seal_wipe_text(const char *secret) {
    char *writable;
    memcpy(&writable, &secret, sizeof writable);
    if (writable)
        seal_wipe(writable, strlen(writable));
}

void seal_wipe_bytes(GBytes *secret) {
    if (!secret)
        return;
    gsize n;
    guint8 *octets = g_bytes_unref_to_data(secret, &n);
    seal_wipe(octets, n);
    g_free(octets);
}

/* base64url without padding (RFC 4648 §5). */
static char *base64url(const unsigned char *octets, size_t n) {
    char *text = g_base64_encode(octets, n);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}

char *seal_token_new(void) {
    unsigned char octets[TOKEN_OCTETS];
    seal_random(octets, sizeof octets);
    char *text = base64url(octets, sizeof octets);
    seal_wipe(octets, sizeof octets);
    return text;
}

/* Only what seal_token_new could have written: one spelling a token. */
static bool token_valid(const char *token) {
    if (!token || strlen(token) != SEAL_TOKEN_TEXT)
        return false;
    for (const char *p = token; *p; p++)
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_')
            return false;
    return true;
}

char *seal_digest(struct span octets) {
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)octets.p, octets.n);
}

char *seal_token_hash(const char *token) {
    return token_valid(token) ? seal_digest(span_of(token)) : NULL;
}

void seal_mac(struct span key, struct span octets, unsigned char mac[32]) {
    unsigned n = 32;
    unsigned char *done =
        HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)octets.p, octets.n, mac, &n);
    g_assert(done && n == 32);
}

/* RFC 5869; info names the purpose, so that the same token never makes this key for another. */
static void key_derive(const char *token, const unsigned char *salt,
                       unsigned char key[KEY_OCTETS]) {
    static char info[] = "inkan session credentials 1", digest[] = "SHA256";
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    g_autofree char *secret = g_strdup(token);
    unsigned char salt_copy[SALT_OCTETS];
    memcpy(salt_copy, salt, SALT_OCTETS);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, strlen(secret)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt_copy, SALT_OCTETS),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)),
        OSSL_PARAM_construct_end()};
    int done = ctx ? EVP_KDF_derive(ctx, key, KEY_OCTETS, params) : 0;
    g_assert(done == 1);
    seal_wipe(secret, strlen(secret));
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

GBytes *seal_close(const char *token, struct span plain, const char *bound_to) {
    unsigned char key[KEY_OCTETS];
    guint8 *out = g_malloc(OVERHEAD + plain.n);
    guint8 *nonce = out + SALT_OCTETS, *cipher = nonce + NONCE_OCTETS, *tag = cipher + plain.n;
    seal_random(out, SALT_OCTETS + NONCE_OCTETS);
    key_derive(token, out, key);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, rest = 0;
    bool done =
        ctx && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
        EVP_EncryptUpdate(ctx, NULL, &n, (const guint8 *)bound_to, (int)strlen(bound_to)) == 1 &&
        EVP_EncryptUpdate(ctx, cipher, &n, (const guint8 *)plain.p, (int)plain.n) == 1 &&
        EVP_EncryptFinal_ex(ctx, cipher + n, &rest) == 1 &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_OCTETS, tag) == 1;
    g_assert(done && (size_t)(n + rest) == plain.n);
    EVP_CIPHER_CTX_free(ctx);
    seal_wipe(key, sizeof key);
    return g_bytes_new_take(out, OVERHEAD + plain.n);
}

GBytes *seal_open(const char *token, GBytes *sealed, const char *bound_to) {
    gsize size;
    const guint8 *in = g_bytes_get_data(sealed, &size);
    if (!token_valid(token) || size < OVERHEAD)
        return NULL;
    unsigned char key[KEY_OCTETS], tag[TAG_OCTETS];
    size_t n_plain = size - OVERHEAD;
    const guint8 *nonce = in + SALT_OCTETS, *cipher = nonce + NONCE_OCTETS;
    memcpy(tag, cipher + n_plain, TAG_OCTETS);
    key_derive(token, in, key);
    guint8 *plain = g_malloc(n_plain + 1);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, rest = 0;
    g_assert(ctx);
    bool good =
        EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
        EVP_DecryptUpdate(ctx, NULL, &n, (const guint8 *)bound_to, (int)strlen(bound_to)) == 1 &&
        EVP_DecryptUpdate(ctx, plain, &n, cipher, (int)n_plain) == 1 &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_OCTETS, tag) == 1 &&
        EVP_DecryptFinal_ex(ctx, plain + n, &rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    seal_wipe(key, sizeof key);
    if (good)
        return g_bytes_new_take(plain, n_plain);
    seal_wipe(plain, n_plain);
    g_free(plain);
    return NULL;
}

/* SPDX-License-Identifier: MIT
 *
 * Key records (RFC 6376 §3.6.1):
 *
 *     key-record = tag-list of v= h= k= n= p= s= t=, all but p= optional
 *     h, s, t    = colon-separated lists; unknown members are ignored
 *
 * and the public-key operation. g= of RFC 4871 is an unknown tag now and ignored. */
#include "auth/dkim_key.h"

#include "auth/dkim_debian.h"
#include "auth/dkim_spki.h"
#include "auth/dkim_weak.h"
#include "auth/tag_list.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <sodium.h>

enum key_type { KEY_RSA, KEY_ED25519 };
struct dkim_key {
    gatomicrefcount references;
    enum key_type type;
    guint bits;
    bool testing, no_subdomain;   /* t= */
    bool allows_sha256, for_mail; /* h=, s= */
    EVP_PKEY *public;             /* RSA */
    /* One ready RSA context, taken out while in use: making one costs a quarter of a check. */
    EVP_PKEY_CTX *spare;
    unsigned char point[crypto_sign_ed25519_PUBLICKEYBYTES]; /* Ed25519 */
};

static const char *const algorithms[] = {
    [DKIM_RSA_SHA256] = "rsa-sha256",
    [DKIM_ED25519_SHA256] = "ed25519-sha256",
    [DKIM_RSA_SHA1] = "rsa-sha1",
};

const char *dkim_algorithm_name(enum dkim_algorithm algorithm) {
    g_assert(algorithm < G_N_ELEMENTS(algorithms));
    return algorithms[algorithm];
}

/* --- reading --------------------------------------------------------------------------------- */

/* True if the list in `tag` holds `word`; `absent` without the tag. Literals of ABNF are
 * case-insensitive (RFC 5234 §2.3). */
static bool list_holds(const struct tag *tag, struct span word, bool absent) {
    if (!tag)
        return absent;
    struct span rest = tag->value, item;
    while (tag_value_next(&rest, &item))
        if (span_eq_nocase(item, word))
            return true;
    return false;
}

/* "This tag MUST be the first tag in the record. … Records beginning with a "v=" tag with any other
 * value MUST be discarded." */
static bool version_fits(const struct tag_list *list) {
    const struct tag *v = tag_list_find(list, "v");
    return !v || (v == &list->tags[0] && span_eq(v->value, SPAN_LIT("DKIM1")));
}

static EVP_PKEY *rsa_from_numbers(const struct rsa_numbers *numbers) {
    BIGNUM *n = BN_bin2bn((const unsigned char *)numbers->modulus.p, (int)numbers->modulus.n, NULL);
    BIGNUM *e =
        BN_bin2bn((const unsigned char *)numbers->exponent.p, (int)numbers->exponent.n, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    g_assert(n && e && builder && context);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;
    if (OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) &&
        (params = OSSL_PARAM_BLD_to_param(builder)) && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        ERR_clear_error();
    OSSL_PARAM_free(params);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return key;
}

static guint bit_length(struct span number) {
    guint bits = (guint)number.n * 8;
    for (unsigned char top = (unsigned char)number.p[0]; !(top & 0x80);
         top = (unsigned char)(top << 1))
        bits--;
    return bits;
}

/* Odd, at least 3, at most 2^32: what is larger costs like a private operation (attacks C82). */
static bool exponent_fits(struct span e) {
    return e.n <= 4 && (e.p[e.n - 1] & 1) && (e.n > 1 || (unsigned char)e.p[0] >= 3);
}

static enum dkim_reason load_rsa(struct dkim_key *key, struct span der) {
    struct rsa_numbers numbers;
    if (!dkim_spki_parse(der, &numbers) || !numbers.modulus.p[0])
        return DKIM_KEY_SYNTAX;
    key->bits = bit_length(numbers.modulus);
    if (key->bits > LIMIT_RSA_MAX_BITS)
        return DKIM_KEY_TOO_LONG;
    if (!exponent_fits(numbers.exponent))
        return DKIM_KEY_EXPONENT;
    if (!(numbers.modulus.p[numbers.modulus.n - 1] & 1) || dkim_debian_lists(numbers.modulus) ||
        dkim_weak_rsa(numbers.modulus))
        return DKIM_KEY_WEAK;
    key->public = rsa_from_numbers(&numbers);
    return key->public ? DKIM_REASON_NONE : DKIM_KEY_SYNTAX;
}

/* RFC 8463 §4.2: the 32 octets themselves, no SubjectPublicKeyInfo. */
static enum dkim_reason load_ed25519(struct dkim_key *key, struct span point) {
    if (point.n != sizeof key->point || sodium_init() < 0)
        return DKIM_KEY_SYNTAX;
    if (dkim_weak_ed25519(point))
        return DKIM_KEY_WEAK;
    key->bits = 256;
    memcpy(key->point, point.p, point.n);
    return DKIM_REASON_NONE;
}

static enum dkim_reason load_public(struct dkim_key *key, const struct tag *k,
                                    const struct tag *p) {
    unsigned char octets[LIMIT_KEY_RECORD];
    size_t n;
    if (!k || span_eq_nocase(k->value, SPAN_LIT("rsa")))
        key->type = KEY_RSA;
    else if (span_eq_nocase(k->value, SPAN_LIT("ed25519")))
        key->type = KEY_ED25519;
    else
        return DKIM_KEY_ALGORITHM; /* "Unrecognized key types MUST be ignored." */
    if (!p)
        return DKIM_KEY_SYNTAX;
    if (!p->value.n)
        return DKIM_KEY_REVOKED;
    if (!tag_value_base64(p->value, octets, sizeof octets, &n))
        return DKIM_KEY_SYNTAX;
    struct span raw = span_make((const char *)octets, n);
    return key->type == KEY_RSA ? load_rsa(key, raw) : load_ed25519(key, raw);
}

static enum dkim_reason load(struct dkim_key *key, struct span record) {
    struct tag_list list;
    /* A line end behind the record, left by whoever pasted it into a zone, changes nothing. */
    if (record.n > LIMIT_KEY_RECORD ||
        !tag_list_parse(span_trim_fws(record), TAG_LIST_STRICT, &list))
        return DKIM_KEY_SYNTAX;
    if (!version_fits(&list))
        return DKIM_KEY_VERSION;
    const struct tag *t = tag_list_find(&list, "t"), *s = tag_list_find(&list, "s");
    key->testing = list_holds(t, SPAN_LIT("y"), false);
    key->no_subdomain = list_holds(t, SPAN_LIT("s"), false);
    key->for_mail = list_holds(s, SPAN_LIT("*"), true) || list_holds(s, SPAN_LIT("email"), true);
    key->allows_sha256 = list_holds(tag_list_find(&list, "h"), SPAN_LIT("sha256"), true);
    return load_public(key, tag_list_find(&list, "k"), tag_list_find(&list, "p"));
}

struct dkim_key *dkim_key_parse(struct span record, enum dkim_reason *reason) {
    OWNED(dkim_key) key = g_new0(struct dkim_key, 1);
    g_atomic_ref_count_init(&key->references);
    *reason = load(key, record);
    return *reason ? NULL : g_steal_pointer(&key);
}

struct dkim_key *dkim_key_ref(struct dkim_key *key) {
    g_atomic_ref_count_inc(&key->references);
    return key;
}

void dkim_key_unref(struct dkim_key *key) {
    if (!key || !g_atomic_ref_count_dec(&key->references))
        return;
    EVP_PKEY_CTX_free(key->spare);
    EVP_PKEY_free(key->public);
    g_free(key);
}

/* --- asking ---------------------------------------------------------------------------------- */

guint dkim_key_bits(const struct dkim_key *key) {
    return key->bits;
}

bool dkim_key_testing(const struct dkim_key *key) {
    return key->testing;
}

bool dkim_key_no_subdomain(const struct dkim_key *key) {
    return key->no_subdomain;
}

enum dkim_reason dkim_key_forbids(const struct dkim_key *key, enum dkim_algorithm algorithm) {
    bool fits = key->type == KEY_RSA ? algorithm == DKIM_RSA_SHA256 || algorithm == DKIM_RSA_SHA1
                                     : algorithm == DKIM_ED25519_SHA256;
    if (!fits)
        return DKIM_KEY_ALGORITHM;
    if (!key->allows_sha256)
        return DKIM_KEY_HASH;
    if (!key->for_mail)
        return DKIM_KEY_SERVICE;
    if (key->type == KEY_RSA && key->bits < LIMIT_RSA_MIN_BITS)
        return DKIM_KEY_TOO_SHORT;
    return DKIM_REASON_NONE;
}

/* --- verifying ------------------------------------------------------------------------------- */

static EVP_PKEY_CTX *new_rsa_context(EVP_PKEY *public, const EVP_MD *md) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(public, NULL);
    g_assert(context);
    if (EVP_PKEY_verify_init(context) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_CTX_set_signature_md(context, md) == 1)
        return context;
    EVP_PKEY_CTX_free(context);
    return NULL;
}

/* With the digest's algorithm set, OpenSSL encodes the expected block itself and compares all of it
 * (RFC 8017 §8.2.2): no parsing of padding that could be lenient. */
static bool verify_rsa(struct dkim_key *key, const unsigned char digest[32],
                       struct span signature) {
    EVP_PKEY_CTX *context = g_atomic_pointer_get(&key->spare);
    if (!context || !g_atomic_pointer_compare_and_exchange(&key->spare, context, NULL))
        context = new_rsa_context(key->public, EVP_sha256());
    bool good = context && EVP_PKEY_verify(context, (const unsigned char *)signature.p, signature.n,
                                           digest, 32) == 1;
    if (context && !g_atomic_pointer_compare_and_exchange(&key->spare, NULL, context))
        EVP_PKEY_CTX_free(context);
    return good;
}

/* libsodium needs half the time of OpenSSL 3.0 for this curve, and takes no point in two spellings.
 */
static bool verify_ed25519(const struct dkim_key *key, const unsigned char digest[32],
                           struct span signature) {
    return signature.n == crypto_sign_ed25519_BYTES &&
           crypto_sign_ed25519_verify_detached((const unsigned char *)signature.p, digest, 32,
                                               key->point) == 0;
}

bool dkim_key_verify(struct dkim_key *key, const unsigned char digest[32], struct span signature) {
    bool good = key->type == KEY_RSA ? verify_rsa(key, digest, signature)
                                     : verify_ed25519(key, digest, signature);
    if (!good)
        ERR_clear_error();
    return good;
}

bool dkim_key_verify_sha1(struct dkim_key *key, const unsigned char digest[20],
                          struct span signature) {
    if (key->type != KEY_RSA)
        return false;
    EVP_PKEY_CTX *context = new_rsa_context(key->public, EVP_sha1());
    bool good = context && EVP_PKEY_verify(context, (const unsigned char *)signature.p, signature.n,
                                           digest, 20) == 1;
    EVP_PKEY_CTX_free(context);
    if (!good)
        ERR_clear_error();
    return good;
}

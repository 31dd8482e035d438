/* SPDX-License-Identifier: MIT */
#include "sign/smime_trust.h"

#include "base/limits.h"
#include "sign/ber.h"
#include "sign/smime_memory.h"
#include "sign/smime_ocsp.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

struct smime_trust {
    GMutex lock; /* everything below */
    GBytes *anchors_text, *lists_text, *responses_octets;
    char *fingerprint;
    bool decoded;
    const char *fault; /* NULL: what was given could be decoded */
    X509_STORE *anchors;
    STACK_OF(X509_CRL) * lists; /* NULL: none */
    GPtrArray *responses;       /* OCSP */
    GHashTable *chains;         /* hex SHA-256 of the certificates → struct smime_chain */
    GHashTable *certificates;   /* SHA-256 of its DER → X509 */
    EVP_MD *sha256;             /* constant: looking it up costs as much as using it */
    guint verified, decoded_certificates; /* atomic, both */
};

enum { DIGEST = 32 };

/* Any octets of a digest are as good as all. */
static guint hash_digest(gconstpointer digest) {
    guint hash;
    memcpy(&hash, digest, sizeof hash);
    return hash;
}

static gboolean same_digest(gconstpointer a, gconstpointer b) {
    return memcmp(a, b, DIGEST) == 0;
}

static void free_certificate(gpointer x509) {
    X509_free(x509);
}

struct smime_trust *smime_trust_new(GBytes *anchors, GBytes *lists) {
    struct smime_trust *trust = g_new0(struct smime_trust, 1);
    g_mutex_init(&trust->lock);
    trust->anchors_text = anchors ? g_bytes_ref(anchors) : NULL;
    trust->fingerprint =
        anchors ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, anchors) : g_strdup("");
    trust->lists_text = lists ? g_bytes_ref(lists) : NULL;
    trust->responses = smime_ocsp_list();
    trust->chains =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)smime_chain_unref);
    trust->certificates = g_hash_table_new_full(hash_digest, same_digest, g_free, free_certificate);
    trust->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    g_assert(trust->sha256);
    return trust;
}

void smime_trust_give_responses(struct smime_trust *trust, GBytes *responses) {
    g_assert(!trust->decoded && !trust->responses_octets);
    trust->responses_octets = g_bytes_ref(responses);
}

void smime_trust_free(struct smime_trust *trust) {
    g_clear_pointer(&trust->responses_octets, g_bytes_unref);
    g_ptr_array_unref(trust->responses);
    g_clear_pointer(&trust->anchors_text, g_bytes_unref);
    g_clear_pointer(&trust->lists_text, g_bytes_unref);
    g_free(trust->fingerprint);
    X509_STORE_free(trust->anchors);
    sk_X509_CRL_pop_free(trust->lists, X509_CRL_free);
    g_hash_table_unref(trust->chains);
    g_hash_table_unref(trust->certificates);
    EVP_MD_free(trust->sha256);
    g_mutex_clear(&trust->lock);
    g_free(trust);
}

static BIO *open_text(GBytes *text) {
    gsize n;
    const char *octets = g_bytes_get_data(text, &n);
    BIO *in = BIO_new_mem_buf(octets ? octets : "", (int)MIN(n, G_MAXINT));
    g_assert(in);
    return in;
}

/* Did reading stop because there is nothing more? Text between the blocks is no error. */
static bool is_at_end(void) {
    unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static void decode_anchors(struct smime_trust *trust) {
    trust->anchors = X509_STORE_new();
    g_assert(trust->anchors);
    if (!trust->anchors_text)
        return;
    BIO *in = open_text(trust->anchors_text);
    guint n = 0;
    for (X509 *x509; (x509 = PEM_read_bio_X509(in, NULL, NULL, NULL)); n++) {
        X509_STORE_add_cert(trust->anchors, x509);
        X509_free(x509);
    }
    BIO_free(in);
    if (!is_at_end())
        trust->fault = "a certificate cannot be read";
    else if (!n && g_bytes_get_size(trust->anchors_text))
        trust->fault = "there is no certificate in it (PEM)";
}

static void decode_lists(struct smime_trust *trust) {
    if (!trust->lists_text)
        return;
    BIO *in = open_text(trust->lists_text);
    trust->lists = sk_X509_CRL_new_null();
    g_assert(trust->lists);
    for (X509_CRL *list; (list = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL));)
        g_assert(sk_X509_CRL_push(trust->lists, list));
    BIO_free(in);
    if (!is_at_end())
        trust->fault = "a certificate revocation list cannot be read";
    else if (!sk_X509_CRL_num(trust->lists))
        trust->fault = "there is no certificate revocation list in it (PEM)";
}

/* One OCSPResponse (DER) after another, as `openssl ocsp -respout` writes each. */
static void decode_responses(struct smime_trust *trust) {
    if (!trust->responses_octets)
        return;
    gsize n;
    const char *octets = g_bytes_get_data(trust->responses_octets, &n);
    struct span rest = span_make(octets, n);
    struct ber response;
    while (!trust->fault && rest.n)
        if (!ber_next(&rest, &response) || !smime_ocsp_add(trust->responses, response.whole))
            trust->fault = "an OCSP response cannot be read (DER), or is an error";
    if (!trust->responses->len && !trust->fault)
        trust->fault = "there is no OCSP response in it (DER)";
}

static void decode_once(struct smime_trust *trust) {
    g_mutex_lock(&trust->lock);
    if (!trust->decoded) {
        decode_anchors(trust);
        decode_lists(trust);
        decode_responses(trust);
        trust->decoded = true;
    }
    g_mutex_unlock(&trust->lock);
}

bool smime_trust_check(struct smime_trust *trust, GError **error) {
    decode_once(trust);
    if (trust->fault)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, trust->fault);
    return !trust->fault;
}

struct x509_store_st *smime_trust_anchors(struct smime_trust *trust) {
    decode_once(trust);
    return trust->anchors;
}

struct stack_st_X509_CRL *smime_trust_lists(struct smime_trust *trust) {
    decode_once(trust);
    return trust->lists;
}

const GPtrArray *smime_trust_responses(struct smime_trust *trust) {
    decode_once(trust);
    return trust->responses;
}

/* --- memory of certificates ------------------------------------------------------------------ */

static void free_digest(void *parent, void *digest, CRYPTO_EX_DATA *all, int index, long argl,
                        void *argp) {
    (void)parent, (void)all, (void)index, (void)argl, (void)argp;
    g_free(digest);
}

static gpointer new_digest_index(gpointer unused) {
    (void)unused;
    int index = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_X509, 0, NULL, NULL, NULL, free_digest);
    g_assert(index >= 0);
    return GINT_TO_POINTER(index);
}

/* Where a remembered certificate carries its digest, so that it is not written out to be hashed. */
static int digest_index(void) {
    static GOnce once = G_ONCE_INIT;
    return GPOINTER_TO_INT(g_once(&once, new_digest_index, NULL));
}

static X509 *decode_certificate(struct span der) {
    const unsigned char *at = (const unsigned char *)der.p;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.n);
    if (x509 && at != (const unsigned char *)der.p + der.n)
        g_clear_pointer(&x509, X509_free);
    return x509;
}

static X509 *recall_certificate(struct smime_trust *trust, const uint8_t *digest) {
    g_mutex_lock(&trust->lock);
    X509 *x509 = g_hash_table_lookup(trust->certificates, digest);
    g_assert(!x509 || X509_up_ref(x509));
    g_mutex_unlock(&trust->lock);
    return x509;
}

/* As with chains: a full memory is emptied. */
static void remember_certificate(struct smime_trust *trust, const uint8_t *digest, X509 *x509) {
    g_assert(X509_up_ref(x509) &&
             X509_set_ex_data(x509, digest_index(), g_memdup2(digest, DIGEST)));
    g_mutex_lock(&trust->lock);
    if (g_hash_table_size(trust->certificates) >= LIMIT_SMIME_DECODED)
        g_hash_table_remove_all(trust->certificates);
    g_hash_table_replace(trust->certificates, g_memdup2(digest, DIGEST), x509);
    g_mutex_unlock(&trust->lock);
}

struct x509_st *smime_trust_certificate(struct smime_trust *trust, struct span der) {
    uint8_t digest[DIGEST];
    if (der.n > LIMIT_SMIME_DECODED_SIZE)
        return decode_certificate(der);
    g_assert(EVP_Digest(der.p, der.n, digest, NULL, trust->sha256, NULL) == 1);
    X509 *x509 = recall_certificate(trust, digest);
    if (x509)
        return x509;
    x509 = decode_certificate(der);
    g_atomic_int_inc(&trust->decoded_certificates);
    if (x509)
        remember_certificate(trust, digest, x509);
    return x509;
}

/* --- memory of chains ------------------------------------------------------------------------ */

static void hash_certificate(const struct smime_trust *trust, GChecksum *sum, const X509 *x509) {
    const uint8_t *known = X509_get_ex_data(x509, digest_index());
    uint8_t digest[DIGEST];
    if (!known)
        X509_digest(x509, trust->sha256, digest, NULL);
    g_checksum_update(sum, known ? known : digest, DIGEST);
}

/* The signer's first, then all that came with it: other company may make another path. */
static char *key_of(const struct smime_trust *trust, const X509 *leaf, STACK_OF(X509) * pool) {
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    hash_certificate(trust, sum, leaf);
    for (int i = 0; pool && i < sk_X509_num(pool); i++)
        hash_certificate(trust, sum, sk_X509_value(pool, i));
    return g_strdup(g_checksum_get_string(sum));
}

static struct smime_chain *recall(struct smime_trust *trust, const char *key, int64_t at) {
    g_mutex_lock(&trust->lock);
    struct smime_chain *chain = g_hash_table_lookup(trust->chains, key);
    chain = chain && at >= chain->from && at <= chain->until ? smime_chain_ref(chain) : NULL;
    g_mutex_unlock(&trust->lock);
    return chain;
}

/* A full memory is emptied: what is in use comes back with the next letter. */
static void remember(struct smime_trust *trust, char *key, struct smime_chain *chain) {
    g_mutex_lock(&trust->lock);
    if (g_hash_table_size(trust->chains) >= LIMIT_SMIME_CHAINS)
        g_hash_table_remove_all(trust->chains);
    g_hash_table_replace(trust->chains, key, smime_chain_ref(chain));
    g_mutex_unlock(&trust->lock);
}

struct smime_chain *smime_trust_chain(struct smime_trust *trust, struct x509_st *leaf,
                                      struct stack_st_X509 *pool, int64_t at) {
    struct x509_store_st *anchors = smime_trust_anchors(trust);
    g_autofree char *key = key_of(trust, leaf, pool);
    struct smime_chain *chain = recall(trust, key, at);
    if (chain)
        return chain;
    g_atomic_int_inc(&trust->verified);
    chain = smime_chain_build(anchors, leaf, pool, at);
    if (chain->chain == CHECK_PASS && at >= chain->from && at <= chain->until)
        remember(trust, g_steal_pointer(&key), chain);
    return chain;
}

const char *smime_trust_fingerprint(const struct smime_trust *trust) {
    return trust->fingerprint;
}

guint smime_trust_verified(struct smime_trust *trust) {
    return (guint)g_atomic_int_get(&trust->verified);
}

guint smime_trust_decoded(struct smime_trust *trust) {
    return (guint)g_atomic_int_get(&trust->decoded_certificates);
}

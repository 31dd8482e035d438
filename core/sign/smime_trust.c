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
    guint verified;
};

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

/* --- memory of chains --------------------------------------------------------------------------
 */

static void hash_certificate(GChecksum *sum, const X509 *x509) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    X509_digest(x509, EVP_sha256(), digest, &n);
    g_checksum_update(sum, digest, n);
}

/* The signer's first, then all that came with it: other company may make another path. */
static char *key_of(const X509 *leaf, STACK_OF(X509) * pool) {
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    hash_certificate(sum, leaf);
    for (int i = 0; pool && i < sk_X509_num(pool); i++)
        hash_certificate(sum, sk_X509_value(pool, i));
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
    g_autofree char *key = key_of(leaf, pool);
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

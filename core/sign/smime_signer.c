/* SPDX-License-Identifier: MIT */
#include "sign/smime_signer.h"

#include "base/limits.h"
#include "sign/ber.h"
#include "sign/smime_certificate.h"
#include "sign/smime_memory.h"
#include "sign/smime_ocsp.h"
#include "sign/smime_revocation.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#define BIT(error) (UINT64_C(1) << (error))

/* What all signers of one structure share. */
struct signing {
    struct smime_trust *trust;
    const struct smime_input *input;
    CMS_ContentInfo *cms;
    STACK_OF(X509) * pool;      /* certificates that came along, those too costly left out */
    STACK_OF(X509_CRL) * lists; /* ours and those that came along; NULL: none */
    GPtrArray *responses;       /* OCSP, likewise; borrowed, an empty array where there is none */
    BIO *content; /* digests of what was signed; NULL if one of them is not known here */
};

/* --- what comes along ------------------------------------------------------------------------- */

/* A key of absurd size is not used even to look at what it signed (attacks F143). */
static STACK_OF(X509) * read_pool(STACK_OF(X509) * all) {
    STACK_OF(X509) *pool = sk_X509_new_null();
    g_assert(pool);
    for (int i = 0; all && i < sk_X509_num(all); i++) {
        X509 *x509 = sk_X509_value(all, i);
        const EVP_PKEY *key = X509_get0_pubkey(x509);
        if (key && EVP_PKEY_get_bits(key) <= LIMIT_SMIME_RSA_MAX_BITS)
            g_assert(X509_up_ref(x509) && sk_X509_push(pool, x509));
    }
    return pool;
}

static STACK_OF(X509_CRL) * read_lists(struct smime_trust *trust, CMS_ContentInfo *cms) {
    STACK_OF(X509_CRL) *ours = smime_trust_lists(trust);
    STACK_OF(X509_CRL) *lists = CMS_get1_crls(cms);
    if (!ours && !lists)
        return NULL;
    if (!lists)
        lists = sk_X509_CRL_new_null();
    g_assert(lists);
    for (int i = 0; ours && i < sk_X509_CRL_num(ours); i++) {
        X509_CRL *list = sk_X509_CRL_value(ours, i);
        g_assert(X509_CRL_up_ref(list) && sk_X509_CRL_push(lists, list));
    }
    return lists;
}

static GPtrArray *join_responses(struct smime_trust *trust, const GPtrArray *stapled) {
    const GPtrArray *ours = smime_trust_responses(trust);
    GPtrArray *responses = g_ptr_array_new();
    for (guint i = 0; i < stapled->len; i++)
        g_ptr_array_add(responses, stapled->pdata[i]);
    for (guint i = 0; i < ours->len; i++)
        g_ptr_array_add(responses, ours->pdata[i]);
    return responses;
}

/* The content, read once through all digests that signers ask for. */
static BIO *read_content(const struct signing *signing) {
    const struct smime_input *input = signing->input;
    BIO *in = input->detached
                  ? BIO_new_mem_buf(input->octets.n ? input->octets.p : "", (int)input->octets.n)
                  : NULL;
    BIO *content = CMS_dataInit(signing->cms, in);
    if (!content) {
        BIO_free(in);
        return NULL;
    }
    char block[16384];
    while (BIO_read(content, block, sizeof block) > 0)
        ;
    return content;
}

/* --- one signature --------------------------------------------------------------------------- */

/* Values of an attribute of that type, over all attributes: it must be there once (RFC 5652 §11).
 */
static int count_values(const CMS_SignerInfo *info, int nid) {
    int values = 0;
    for (int i = CMS_signed_get_attr_count(info) - 1; i >= 0; i--) {
        X509_ATTRIBUTE *attribute = CMS_signed_get_attr(info, i);
        if (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute)) == nid)
            values += X509_ATTRIBUTE_count(attribute);
    }
    return values;
}

static bool has_right_attributes(const CMS_SignerInfo *info, CMS_ContentInfo *cms) {
    if (count_values(info, NID_pkcs9_contentType) != 1 ||
        count_values(info, NID_pkcs9_messageDigest) != 1 ||
        count_values(info, NID_pkcs9_signingTime) > 1)
        return false;
    const ASN1_OBJECT *type =
        CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT);
    return type && OBJ_cmp(type, CMS_get0_eContentType(cms)) == 0;
}

/* Without signed attributes the octets themselves are signed; were they the DER of attributes, the
 * signature would be that of another message whose attributes were taken for its text. */
static bool is_attributes(struct span octets) {
    struct ber set;
    return ber_next(&octets, &set) && set.tag == BER_SET && !octets.n;
}

static struct span signed_octets(const struct signing *signing) {
    if (signing->input->detached)
        return signing->input->octets;
    ASN1_OCTET_STRING **content = CMS_get0_content(signing->cms);
    return span_make((const char *)ASN1_STRING_get0_data(*content),
                     (size_t)ASN1_STRING_length(*content));
}

static enum smime_error digest_fault(const struct signing *signing, CMS_SignerInfo *info,
                                     bool *holds) {
    *holds = false;
    if (CMS_signed_get_attr_count(info) < 0) {
        if (is_attributes(signed_octets(signing)))
            return SMIME_ATTRIBUTES;
        *holds = CMS_SignerInfo_verify_content(info, signing->content) == 1;
        return SMIME_CONTENT_CHANGED;
    }
    if (!has_right_attributes(info, signing->cms))
        return SMIME_ATTRIBUTES;
    if (CMS_SignerInfo_verify(info) != 1)
        return SMIME_SIGNATURE_INVALID;
    *holds = CMS_SignerInfo_verify_content(info, signing->content) == 1;
    return SMIME_CONTENT_CHANGED;
}

static void check_digest(const struct signing *signing, CMS_SignerInfo *info,
                         struct smime_signer *signer) {
    bool holds;
    enum smime_error fault = digest_fault(signing, info, &holds);
    signer->digest = holds ? CHECK_PASS : CHECK_FAIL;
    if (!holds)
        signer->errors |= BIT(fault);
}

/* --- algorithms ------------------------------------------------------------------------------ */

/* RFC 8551 §3.5.3.2, with the older spellings. */
static const struct {
    const char *name;
    int nid;
} micalgs[] = {
    {"sha-256", NID_sha256}, {"sha256", NID_sha256},  {"sha-384", NID_sha384},
    {"sha384", NID_sha384},  {"sha-512", NID_sha512}, {"sha512", NID_sha512},
    {"sha-224", NID_sha224}, {"sha224", NID_sha224},  {"sha-1", NID_sha1},
    {"sha1", NID_sha1},      {"rsa-sha1", NID_sha1},  {"md5", NID_md5},
    {"rsa-md5", NID_md5},
};

/* A word that is not known says nothing (RFC 8551 §3.5.3.2: "recover gracefully"); known ones of
 * which none is the signer's digest contradict it (attacks F136). */
static bool contradicts(const char *micalg, int digest) {
    g_auto(GStrv) words = g_strsplit(micalg ? micalg : "", ",", 8);
    bool known = false;
    for (char **word = words; *word; word++)
        for (size_t i = 0; i < G_N_ELEMENTS(micalgs); i++) {
            if (g_ascii_strcasecmp(g_strstrip(*word), micalgs[i].name) != 0)
                continue;
            known = true;
            if (micalgs[i].nid == digest)
                return false;
        }
    return known;
}

static bool is_strong_digest(int nid) {
    return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512 || nid == NID_sha224 ||
           nid == NID_sha3_256 || nid == NID_sha3_384 || nid == NID_sha3_512;
}

/* Leaves strength and, where nothing can be verified, digest decided. */
static void check_algorithms(const struct signing *signing, CMS_SignerInfo *info, const X509 *x509,
                             struct smime_signer *signer) {
    X509_ALGOR *algorithm;
    CMS_SignerInfo_get0_algs(info, NULL, NULL, &algorithm, NULL);
    int nid = OBJ_obj2nid(algorithm->algorithm);
    const EVP_MD *digest = EVP_get_digestbynid(nid);
    signer->strength = smime_certificate_strength(x509, &signer->errors);
    if (!signing->content || !digest) {
        signer->strength = CHECK_UNKNOWN;
        signer->errors |= BIT(SMIME_UNSUPPORTED);
        return;
    }
    signer->digest_algorithm = g_ascii_strdown(EVP_MD_get0_name(digest), -1);
    if (!is_strong_digest(nid)) {
        signer->strength = CHECK_FAIL;
        signer->errors |= BIT(SMIME_WEAK_DIGEST);
    }
    if (contradicts(signing->input->micalg, nid)) {
        signer->digest = CHECK_FAIL;
        signer->errors |= BIT(SMIME_MICALG);
    }
}

/* --- time ------------------------------------------------------------------------------------ */

static int64_t signing_time(const CMS_SignerInfo *info) {
    ASN1_OBJECT *type = OBJ_nid2obj(NID_pkcs9_signingTime);
    const ASN1_TIME *time = CMS_signed_get0_data_by_OBJ(info, type, -3, V_ASN1_UTCTIME);
    int64_t seconds;
    if (!time)
        time = CMS_signed_get0_data_by_OBJ(info, type, -3, V_ASN1_GENERALIZEDTIME);
    return smime_time_read(time, &seconds) ? seconds : -1;
}

/* Verdict rule 6: as of receipt. What the signer says of the time cannot excuse anything, only
 * accuse: a letter dated outside of its certificate's life was not signed as it says. */
static void check_time(const struct smime_input *input, const struct smime_chain *chain,
                       struct smime_signer *signer) {
    const struct smime_certificate *own = &signer->certificate;
    int64_t at = input->received_at, said = signer->signed_at;
    signer->time = at >= chain->from && at <= chain->until ? CHECK_PASS : CHECK_FAIL;
    signer->time_now =
        input->now >= chain->from && input->now <= chain->until ? CHECK_PASS : CHECK_FAIL;
    if (signer->time == CHECK_FAIL)
        signer->errors |= BIT(at > chain->until ? SMIME_EXPIRED : SMIME_NOT_YET_VALID);
    else if (signer->time_now == CHECK_FAIL)
        signer->errors |= BIT(SMIME_EXPIRED_SINCE);
    if (said < 0)
        return;
    if (said < own->not_before || said > own->not_after) {
        signer->time = CHECK_FAIL;
        signer->errors |= BIT(SMIME_SIGNED_OUTSIDE);
    }
    if (ABS(said - at) > LIMIT_SMIME_SKEW)
        signer->errors |= BIT(SMIME_SIGNING_TIME);
}

/* --- one signer ------------------------------------------------------------------------------ */

static void check_address(const struct smime_input *input, struct smime_signer *signer) {
    signer->address = smime_certificate_address(&signer->certificate, input->author);
    if (signer->address == CHECK_NONE)
        signer->errors |= BIT(SMIME_NO_ADDRESS);
    else if (signer->address == CHECK_FAIL)
        signer->errors |= BIT(input->author ? SMIME_ADDRESS_MISMATCH : SMIME_SEVERAL_AUTHORS);
}

static void check_certificate(const struct signing *signing, X509 *x509,
                              struct smime_signer *signer) {
    const struct smime_input *input = signing->input;
    struct smime_chain *chain =
        smime_trust_chain(signing->trust, x509, signing->pool, input->received_at);
    signer->has_certificate = true;
    smime_certificate_copy(&signer->certificate, &chain->certificate);
    signer->chain = chain->chain;
    signer->usage = chain->usage;
    signer->errors |= chain->errors;
    check_time(input, chain, signer);
    signer->revocation = CHECK_UNKNOWN;
    if (chain->chain == CHECK_PASS)
        signer->revocation = smime_revocation_check(
            &(struct smime_revocation){smime_trust_anchors(signing->trust), x509, signing->pool,
                                       signing->lists, signing->responses, input->received_at,
                                       input->now},
            &signer->errors);
    smime_chain_unref(chain);
    check_address(input, signer);
}

static void verify_signer(const struct signing *signing, CMS_SignerInfo *info,
                          struct smime_signer *signer) {
    X509 *x509 = NULL;
    CMS_SignerInfo_get0_algs(info, NULL, &x509, NULL, NULL);
    signer->signed_at = signing_time(info);
    if (!x509) {
        signer->digest = CHECK_UNKNOWN;
        signer->errors |= BIT(SMIME_NO_CERTIFICATE);
        return;
    }
    check_algorithms(signing, info, x509, signer);
    if (signer->errors & (BIT(SMIME_UNSUPPORTED) | BIT(SMIME_TOO_LARGE)))
        signer->digest = CHECK_UNKNOWN;
    else if (signer->digest == CHECK_NOT_EVALUATED)
        check_digest(signing, info, signer);
    if (!(signer->errors & BIT(SMIME_TOO_LARGE)))
        check_certificate(signing, x509, signer);
}

void smime_signers_verify(struct smime_trust *trust, const struct smime_input *input,
                          struct CMS_ContentInfo_st *cms, struct stack_st_X509 *certificates,
                          struct span revocation_infos, struct smime_result *result) {
    g_autoptr(GPtrArray) stapled = smime_ocsp_list();
    smime_ocsp_add_stapled(stapled, revocation_infos);
    g_autoptr(GPtrArray) responses = join_responses(trust, stapled);
    struct signing signing = {.trust = trust,
                              .input = input,
                              .cms = cms,
                              .pool = read_pool(certificates),
                              .lists = read_lists(trust, cms),
                              .responses = responses};
    CMS_set1_signers_certs(cms, certificates, 0);
    signing.content = read_content(&signing);
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
    result->n_signers = infos ? (guint)sk_CMS_SignerInfo_num(infos) : 0;
    result->signers = g_new0(struct smime_signer, result->n_signers);
    for (guint i = 0; i < result->n_signers; i++)
        verify_signer(&signing, sk_CMS_SignerInfo_value(infos, (int)i), &result->signers[i]);
    if (!result->n_signers)
        result->errors |= BIT(SMIME_NO_SIGNER);
    BIO_free_all(signing.content);
    sk_X509_pop_free(signing.pool, X509_free);
    sk_X509_CRL_pop_free(signing.lists, X509_CRL_free);
}

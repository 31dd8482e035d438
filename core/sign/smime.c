/* SPDX-License-Identifier: MIT
 *
 * sign/smime.h: the signature itself is sign/smime_signer; here is what one CMS structure is. */
#include "sign/smime.h"

#include "base/limits.h"
#include "sign/cms_lean.h"
#include "sign/cms_outline.h"
#include "sign/smime_certificate.h"
#include "sign/smime_memory.h"
#include "sign/smime_signer.h"

#include <openssl/cms.h>
#include <openssl/err.h>

#define BIT(error) (UINT64_C(1) << (error))

/* What keeps it from being verified at all, from its outline alone. */
static uint64_t outline_faults(const struct cms_outline *outline, bool detached) {
    if (outline->too_large)
        return BIT(SMIME_TOO_LARGE);
    if (!outline->n_signers)
        return BIT(SMIME_NO_SIGNER);
    /* attacks F126: the text shown and the text signed must not be two */
    return outline->has_content == detached ? BIT(SMIME_CONTENT_TWICE) : 0;
}

static CMS_ContentInfo *decode(struct span octets) {
    const unsigned char *at = (const unsigned char *)octets.p;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)octets.n);
    if (cms && at != (const unsigned char *)octets.p + octets.n)
        g_clear_pointer(&cms, CMS_ContentInfo_free);
    return cms;
}

static GBytes *content_of(CMS_ContentInfo *cms) {
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);
    if (!content || !*content)
        return NULL;
    return g_bytes_new(ASN1_STRING_get0_data(*content), (gsize)ASN1_STRING_length(*content));
}

GBytes *smime_content(struct span octets) {
    struct cms_outline outline;
    if (!cms_outline_read(octets, &outline) || outline.kind != CMS_KIND_SIGNED ||
        !outline.has_content || outline.too_large)
        return NULL;
    CMS_ContentInfo *cms = decode(octets);
    GBytes *content = cms ? content_of(cms) : NULL;
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
    return content;
}

/* All of them, or NULL. */
static STACK_OF(X509) * certificates_of(struct smime_trust *trust, const struct cms_lean *lean) {
    STACK_OF(X509) *all = sk_X509_new_null();
    g_assert(all);
    for (guint i = 0; i < lean->n_certificates; i++) {
        X509 *x509 = smime_trust_certificate(trust, lean->certificates[i]);
        if (!x509) {
            sk_X509_pop_free(all, X509_free);
            return NULL;
        }
        g_assert(sk_X509_push(all, x509));
    }
    return all;
}

/* The structure, and apart from it the certificates that came along: remembered ones where they can
 * be told apart, else as the library reads them. NULL: malformed. */
static CMS_ContentInfo *decode_signed(struct smime_trust *trust, struct span octets,
                                      STACK_OF(X509) * *certificates) {
    struct cms_lean lean;
    CMS_ContentInfo *cms = NULL;
    *certificates = NULL;
    if (cms_lean_read(octets, &lean)) {
        *certificates = certificates_of(trust, &lean);
        if (*certificates)
            cms = decode(span_make((const char *)lean.octets->data, lean.octets->len));
        cms_lean_clear(&lean);
    }
    if (cms)
        return cms;
    sk_X509_pop_free(*certificates, X509_free);
    cms = decode(octets);
    *certificates = cms ? CMS_get1_certs(cms) : NULL;
    return cms;
}

static void verify_signed(struct smime_trust *trust, const struct smime_input *input,
                          const struct cms_outline *outline, struct smime_result *result) {
    STACK_OF(X509) * certificates;
    CMS_ContentInfo *cms = decode_signed(trust, input->cms, &certificates);
    if (!cms) {
        result->errors |= BIT(SMIME_MALFORMED);
        return;
    }
    if (!input->detached)
        result->content = content_of(cms);
    /* RFC 8551 §2.4.2: "the id-data object identifier … MUST be used" for a MIME entity */
    if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
        result->errors |= BIT(SMIME_UNSUPPORTED);
    else
        smime_signers_verify(trust, input, cms, certificates, outline->revocation_infos, result);
    sk_X509_pop_free(certificates, X509_free);
    CMS_ContentInfo_free(cms);
}

struct smime_result *smime_verify(struct smime_trust *trust, const struct smime_input *input) {
    struct smime_result *result = g_new0(struct smime_result, 1);
    struct cms_outline outline;
    if (!cms_outline_read(input->cms, &outline)) {
        result->errors = BIT(SMIME_MALFORMED);
    } else if (outline.kind == CMS_KIND_ENCRYPTED) {
        result->kind = SMIME_ENCRYPTED_DATA;
        result->errors = BIT(SMIME_ENCRYPTED);
    } else if (outline.kind != CMS_KIND_SIGNED) {
        result->kind = SMIME_OTHER_DATA;
    } else {
        result->kind = SMIME_SIGNED_DATA;
        result->errors = outline_faults(&outline, input->detached);
        if (!result->errors)
            verify_signed(trust, input, &outline, result);
    }
    ERR_clear_error();
    return result;
}

void smime_result_free(struct smime_result *result) {
    for (guint i = 0; i < result->n_signers; i++) {
        g_free(result->signers[i].digest_algorithm);
        smime_certificate_clear(&result->signers[i].certificate);
    }
    g_free(result->signers);
    g_clear_pointer(&result->content, g_bytes_unref);
    g_free(result);
}

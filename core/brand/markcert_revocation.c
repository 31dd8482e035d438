/* SPDX-License-Identifier: MIT
 *
 * Revocation by CRL (RFC 5280 §6.3, without delta CRLs, indirect CRLs and split reasons: a CRL that
 * is one of these is not used). The root is not asked about: it is revoked by taking it out of the
 * mark roots. No OCSP: it would tell an authority who reads which sender's mail. */
#include "brand/markcert_parts.h"

#include "base/limits.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

enum { CLOCK_SKEW = 300 /* seconds that an authority's clock may be ahead */ };

/* One certificate of the path: it, who signed it, what it says about CRLs. */
struct subject {
    X509 *certificate, *issuer;
    CRL_DIST_POINTS *points; /* NULL: none */
    bool is_authority;
};

static struct span uri_of(const GENERAL_NAME *name) {
    if (name->type != GEN_URI)
        return SPAN_NULL;
    return span_make((const char *)ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
                     (size_t)ASN1_STRING_length(name->d.uniformResourceIdentifier));
}

static const GENERAL_NAMES *full_names(const DIST_POINT_NAME *name) {
    return name && name->type == 0 ? name->name.fullname : NULL;
}

/* --- where CRLs are --------------------------------------------------------------------------- */

static bool is_web_address(struct span uri) {
    if (!span_starts_nocase(uri, SPAN_LIT("https://")) &&
        !span_starts_nocase(uri, SPAN_LIT("http://")))
        return false;
    for (size_t i = 0; i < uri.n; i++)
        if (!g_ascii_isgraph(uri.p[i]))
            return false;
    return uri.n <= LIMIT_LINK_URL;
}

static void tell_address(GPtrArray *urls, struct span uri) {
    for (guint i = 0; i < urls->len; i++)
        if (span_eq(uri, span_of(urls->pdata[i])))
            return;
    if (urls->len < LIMIT_MARKCERT_CRLS && is_web_address(uri))
        g_ptr_array_add(urls, span_dup(uri));
}

static void tell_addresses(GPtrArray *urls, const CRL_DIST_POINTS *points) {
    for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
        const GENERAL_NAMES *names = full_names(sk_DIST_POINT_value(points, i)->distpoint);
        for (int j = 0; j < sk_GENERAL_NAME_num(names); j++)
            tell_address(urls, uri_of(sk_GENERAL_NAME_value(names, j)));
    }
}

/* --- may this CRL speak about that certificate? ----------------------------------------------- */

static bool share_a_name(const GENERAL_NAMES *names, const CRL_DIST_POINTS *points) {
    for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
        const GENERAL_NAMES *others = full_names(sk_DIST_POINT_value(points, i)->distpoint);
        for (int j = 0; j < sk_GENERAL_NAME_num(others); j++)
            for (int k = 0; k < MIN(sk_GENERAL_NAME_num(names), LIMIT_MARKCERT_CRLS); k++)
                if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(others, j),
                                     sk_GENERAL_NAME_value(names, k)) == 0)
                    return true;
    }
    return false;
}

/* RFC 5280 §6.3.3 (b)(2); §5.2.5 */
static bool is_in_scope(const X509_CRL *crl, const struct subject *subject) {
    int presence;
    ISSUING_DIST_POINT *scope =
        X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &presence, NULL);
    if (!scope)
        return presence == -1;
    bool whole = scope->indirectCRL <= 0 && !scope->onlysomereasons && scope->onlyattr <= 0;
    bool right_kind = !(scope->onlyuser > 0 && subject->is_authority) &&
                      !(scope->onlyCA > 0 && !subject->is_authority);
    bool right_place =
        !scope->distpoint || share_a_name(full_names(scope->distpoint), subject->points);
    ISSUING_DIST_POINT_free(scope);
    return whole && right_kind && right_place;
}

/* §5.2.4: a delta alone is no answer; §5.2: nor is what is critical and unknown. */
static bool has_only_known_extensions(const X509_CRL *crl) {
    for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
        X509_EXTENSION *extension = X509_CRL_get_ext(crl, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (nid == NID_delta_crl ||
            (X509_EXTENSION_get_critical(extension) && nid != NID_issuing_distribution_point))
            return false;
    }
    return true;
}

static bool is_signed(X509_CRL *crl, X509 *issuer) {
    if (!markcert_is_strong_signature(X509_CRL_get_signature_nid(crl)) ||
        !(X509_get_key_usage(issuer) & KU_CRL_SIGN))
        return false;
    return X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
}

/* --- one certificate -------------------------------------------------------------------------- */

struct finding {
    enum markcert_reason reason; /* NO_REASON: a CRL that counts does not list it */
    int64_t next_update;
};

/* §6.3.3 (a) and (c): of the issuer, and current. MARKCERT_CRL_MISSING: not about this one. */
static enum markcert_reason judge_crl(X509_CRL *crl, const struct subject *subject, int64_t fetched,
                                      int64_t now, int64_t *next_update) {
    int64_t this_update;
    const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(subject->issuer)) != 0)
        return MARKCERT_CRL_MISSING;
    if (!is_signed(crl, subject->issuer) || !has_only_known_extensions(crl) ||
        !is_in_scope(crl, subject) || !next || !markcert_date(next, next_update) ||
        !markcert_date(X509_CRL_get0_lastUpdate(crl), &this_update) ||
        this_update > now + CLOCK_SKEW || fetched > now + CLOCK_SKEW)
        return MARKCERT_CRL_UNUSABLE;
    if (now > *next_update || now - fetched > LIMIT_CRL_AGE)
        return MARKCERT_CRL_TOO_OLD;
    return MARKCERT_NO_REASON;
}

static X509_CRL *parse_crl(struct span octets) {
    if (octets.n > LIMIT_CRL_SIZE)
        return NULL;
    const unsigned char *at = (const unsigned char *)octets.p;
    X509_CRL *crl = octets.p ? d2i_X509_CRL(NULL, &at, (long)octets.n) : NULL;
    if (crl && (const char *)at != octets.p + octets.n)
        g_clear_pointer(&crl, X509_CRL_free);
    return crl;
}

/* A CRL that revokes decides, even one that is too old: nothing becomes valid again. */
static struct finding look_up(const struct markcert_question *question, X509_CRL *const *crls,
                              const struct subject *subject) {
    struct finding best = {MARKCERT_CRL_MISSING, 0};
    for (guint i = 0; i < question->n_crls; i++) {
        int64_t next_update = 0;
        X509_REVOKED *entry = NULL;
        enum markcert_reason reason = crls[i]
                                          ? judge_crl(crls[i], subject, question->crls[i].fetched,
                                                      question->now, &next_update)
                                          : MARKCERT_CRL_UNUSABLE;
        bool speaks = reason == MARKCERT_NO_REASON || reason == MARKCERT_CRL_TOO_OLD;
        if (speaks && X509_CRL_get0_by_cert(crls[i], &entry, subject->certificate) != 0)
            return (struct finding){subject->is_authority ? MARKCERT_CA_REVOKED : MARKCERT_REVOKED,
                                    next_update};
        if (reason == MARKCERT_NO_REASON)
            best = (struct finding){reason, next_update};
        else if (best.reason)
            best.reason = MAX(best.reason, reason);
    }
    return best;
}

static void note(const struct markcert_question *question, const struct finding *finding,
                 struct markcert *markcert) {
    bool revoked = finding->reason == MARKCERT_REVOKED || finding->reason == MARKCERT_CA_REVOKED;
    if (!finding->reason) {
        markcert_set(markcert, MARKCERT_REVOCATION, MARKCERT_PASS, MARKCERT_NO_REASON);
        if (!markcert->crl_next_update || finding->next_update < markcert->crl_next_update)
            markcert->crl_next_update = finding->next_update;
    } else {
        markcert_set(markcert, MARKCERT_REVOCATION,
                     revoked || question->revocation_required ? MARKCERT_FAIL
                                                              : MARKCERT_NOT_VERIFIED,
                     finding->reason);
    }
}

/* A place for CRLs is demanded of the mark certificate (draft §4.5), not of its issuers. */
static void check_subject(const struct markcert_question *question,
                          const struct markcert_chain *chain, X509_CRL *const *crls, int at,
                          GPtrArray *urls, struct markcert *markcert) {
    struct subject subject = {.certificate = sk_X509_value(chain->path, at),
                              .issuer = sk_X509_value(chain->path, at + 1),
                              .is_authority = at > 0};
    subject.points = X509_get_ext_d2i(subject.certificate, NID_crl_distribution_points, NULL, NULL);
    tell_addresses(urls, subject.points);
    struct finding finding = look_up(question, crls, &subject);
    if (subject.points || finding.reason != MARKCERT_CRL_MISSING)
        note(question, &finding, markcert);
    else if (!subject.is_authority)
        markcert_set_absent(markcert, chain, MARKCERT_REVOCATION, MARKCERT_NO_CRL_POINT);
    CRL_DIST_POINTS_free(subject.points);
}

void markcert_revocation_check(const struct markcert_question *question,
                               const struct markcert_chain *chain, struct markcert *markcert) {
    GPtrArray *urls = g_ptr_array_new();
    X509_CRL **crls = g_new0(X509_CRL *, question->n_crls);
    for (guint i = 0; i < question->n_crls && chain->root; i++)
        crls[i] = parse_crl(question->crls[i].octets);
    for (int at = 0; chain->root && at + 1 < sk_X509_num(chain->path); at++)
        check_subject(question, chain, crls, at, urls, markcert);
    for (guint i = 0; i < question->n_crls; i++)
        X509_CRL_free(crls[i]);
    g_free(crls);
    g_ptr_array_add(urls, NULL);
    markcert->crl_urls = (char **)g_ptr_array_free(urls, FALSE);
    ERR_clear_error();
}

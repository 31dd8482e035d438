/* SPDX-License-Identifier: MIT
 *
 * OCSP responses (RFC 6960) that were handed in: stapled into a CMS structure (RFC 5940 §2.1), or
 * kept by the operator. Whether one speaks of a certificate, whether who made it may, and whether
 * it was made for that time. No request is made here and nothing is fetched. */
#ifndef INKAN_SIGN_SMIME_OCSP_H
#define INKAN_SIGN_SMIME_OCSP_H

#include "base/span.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct x509_st;
struct ocsp_basic_response_st;

/* An array of struct ocsp_basic_response_st that frees them; the caller unrefs. */
GPtrArray *smime_ocsp_list(void);

/* Adds what an OCSPResponse in DER holds. False: it is none, none that succeeded, or not basic. */
bool smime_ocsp_add(GPtrArray *list, struct span response);

/* Adds those among the revocation infos of signed data (cms_outline.h); what is none is left out,
 * and so is what is beyond LIMIT_SMIME_OCSP. */
void smime_ocsp_add_stapled(GPtrArray *list, struct span revocation_infos);

/* As of when, and what is known besides: epoch seconds. */
struct smime_ocsp_time {
    int64_t received_at, now;
};

struct smime_ocsp_answer {
    enum { SMIME_OCSP_SILENT = 0, SMIME_OCSP_GOOD, SMIME_OCSP_REVOKED } status;
    int64_t revoked_at;
    bool stolen; /* keyCompromise or cACompromise: the date of revocation says little */
};

/* What `response` says of `x509`, which `issuer` issued (CertID, §4.1.1), if its signature is the
 * issuer's or a delegate's (§4.2.2.2: issued by that issuer, id-kp-OCSPSigning, valid). "good"
 * counts if the response was not yet superseded when the message came (nextUpdate, else a day after
 * thisUpdate) and is not from the future: then it was good at receipt. "revoked" always counts, but
 * for a certificateHold that may have been lifted since. "unknown" is silence, and so is a
 * response that tells of more than LIMIT_SMIME_OCSP_STATEMENTS certificates. */
struct smime_ocsp_answer smime_ocsp_ask(struct ocsp_basic_response_st *response,
                                        struct x509_st *x509, struct x509_st *issuer,
                                        const struct smime_ocsp_time *time);

#endif

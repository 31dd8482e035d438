/* SPDX-License-Identifier: MIT
 *
 * A certificate's own words: names, addresses (RFC 8550 §3, RFC 9598), validity, key. */
#ifndef INKAN_SIGN_SMIME_CERTIFICATE_H
#define INKAN_SIGN_SMIME_CERTIFICATE_H

#include "sign/smime.h"

struct x509_st;
struct asn1_string_st;

/* Fills *certificate, which smime_certificate_clear frees. */
void smime_certificate_read(struct smime_certificate *certificate, const struct x509_st *x509);
void smime_certificate_copy(struct smime_certificate *to, const struct smime_certificate *from);
void smime_certificate_clear(struct smime_certificate *certificate);

/* Is `author` (local@domain, A-labels) one of its addresses? Domains compare without case, and so
 * do local parts (RFC 8550 §3), ASCII alone. NONE without any address. */
enum signature_check smime_certificate_address(const struct smime_certificate *certificate,
                                               const char *author);

/* PASS, or FAIL with the bit of SMIME_WEAK_KEY or SMIME_TOO_LARGE, or UNKNOWN with that of
 * SMIME_UNSUPPORTED for a key that nothing here can use. */
enum signature_check smime_certificate_strength(const struct x509_st *x509, uint64_t *errors);

/* Epoch seconds; false for what is no time. */
bool smime_time_read(const struct asn1_string_st *time, int64_t *seconds);

#endif

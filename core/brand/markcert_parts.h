/* SPDX-License-Identifier: MIT
 *
 * The parts of brand/markcert, for brand/markcert*.c and brand/mark_roots.c alone: certificates
 * stay behind OpenSSL's struct names, which are only declared here. */
#ifndef INKAN_BRAND_MARKCERT_PARTS_H
#define INKAN_BRAND_MARKCERT_PARTS_H

#include "brand/markcert.h"

struct x509_st;
struct stack_st_X509;
struct x509_store_st;
struct asn1_string_st;

/* What a mark certificate is judged on. */
struct markcert_chain {
    struct stack_st_X509 *given;  /* as in the text, the mark certificate first; never empty */
    struct stack_st_X509 *path;   /* as far as issuers were found, the root last if there is one */
    const struct mark_root *root; /* NULL: the path does not end at a mark root, or does not hold */
};

/* The certificates of a PEM text (RFC 7468 §3, explanatory text outside the boundaries allowed), in
 * their order; every one version 3, in DER, with sound extensions. The caller frees *out, which is
 * NULL unless MARKCERT_NO_REASON is returned. */
enum markcert_reason markcert_pem_parse(struct span pem, guint most, struct stack_st_X509 **out);

/* Sets a check that is not failed yet: the first failure stays, a failure replaces everything else.
 */
void markcert_set(struct markcert *markcert, enum markcert_check_id check,
                  enum markcert_state state, enum markcert_reason reason);
/* FAIL under a public root or none, ABSENT under an operator's. */
void markcert_set_absent(struct markcert *markcert, const struct markcert_chain *chain,
                         enum markcert_check_id check, enum markcert_reason reason);

/* Builds chain->path and chain->root; sets chain, validity, algorithms, authority, extensions. */
void markcert_path_check(const struct markcert_question *question, struct markcert_chain *chain,
                         struct markcert *markcert);
/* Sets purpose, policy, names, mark-type, transparency, and the facts beside them. */
void markcert_profile_check(const struct markcert_question *question,
                            const struct markcert_chain *chain, struct markcert *markcert);
/* Sets revocation, crl_urls and crl_next_update. Needs a chain that holds, else nothing is set. */
void markcert_revocation_check(const struct markcert_question *question,
                               const struct markcert_chain *chain, struct markcert *markcert);

/* RSA of 2048 to LIMIT_MARKCERT_RSA_BITS bits, or a named curve of P-256, P-384, P-521. */
bool markcert_is_strong_key(const struct x509_st *certificate);
/* A signature algorithm (NID) that is known and uses SHA-256 or stronger. */
bool markcert_is_strong_signature(int algorithm);
/* basicConstraints CA and keyUsage keyCertSign, both present. */
bool markcert_is_authority(struct x509_st *certificate);
/* Epoch seconds of a date as RFC 5280 §4.1.2.5 spells it; false for any other. */
bool markcert_date(const struct asn1_string_st *date, int64_t *epoch);
/* 64 hexadecimal digits of the DER's SHA-256; the caller frees. */
char *markcert_fingerprint(const struct x509_st *certificate);
/* An attribute (NID) of the subject, or of the issuer, as display text; NULL if there is none. */
char *markcert_name_text(const struct x509_st *certificate, bool issuer, int attribute);

/* The roots' store, borrowed, and the root that a certificate is, or NULL. */
struct x509_store_st *mark_roots_store(const struct mark_roots *roots);
const struct mark_root *mark_roots_find(const struct mark_roots *roots,
                                        const struct x509_st *certificate);

#endif

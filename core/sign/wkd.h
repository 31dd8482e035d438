/* SPDX-License-Identifier: MIT
 *
 * Where a domain publishes the OpenPGP key of one of its addresses, and what of an answer counts:
 * OpenPGP Web Key Directory (draft-koch-openpgp-webkey-service-19 §3.1, §5). Nothing is fetched. */
#ifndef INKAN_SIGN_WKD_H
#define INKAN_SIGN_WKD_H

#include "sign/openpgp.h"

/* The order in which they are tried: the direct one only where the host "openpgpkey" of the domain
 * does not exist. */
enum wkd_method { WKD_ADVANCED, WKD_DIRECT };

/* `local` as it stands in the address, `domain` as lower-case A-labels. The caller frees. NULL: one
 * is too long or empty, the local part not printable ASCII throughout, or the domain holds anything
 * but letters, digits, "-", "_" and dots. */
char *wkd_url(const char *local, const char *domain, enum wkd_method method);

/* z-base-32 (§3.1, RFC 6189 §5.1.6) of the SHA-1 of the local part in lower case: 32 characters.
 * Only ASCII letters change their case. The caller frees. */
char *wkd_hash(const char *local);

/* §5: drops the certificates without a user ID of exactly that address (openpgp_user_id_is), which
 * are none of the directory's business, and what is beyond LIMIT_WKD_KEYS. */
void wkd_certificates_keep(GPtrArray *certificates, const char *address);

#endif

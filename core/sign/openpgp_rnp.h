/* SPDX-License-Identifier: MIT
 *
 * OpenPGP's cryptography by librnp, in memory. Linked into inkan-worker alone: whoever wants an
 * answer asks worker/openpgp_job. librnp is given one certificate or one signature packet at a
 * time, cut and screened by sign/openpgp_packet; it never sees armour, literal data, compression
 * or anything encrypted. Each question begins with an empty key store. One thread. */
#ifndef INKAN_SIGN_OPENPGP_RNP_H
#define INKAN_SIGN_OPENPGP_RNP_H

#include "sign/openpgp.h"

/* Makes the key store. Its random numbers come from /dev/urandom, which a sandbox will not let it
 * open later; checking signatures takes none. May be called more than once. */
void openpgp_rnp_prepare(void);

/* Never NULL. The caller frees. */
struct openpgp_answer *openpgp_rnp_verify(const struct openpgp_question *question);

/* As struct openpgp_verifier's import. Never NULL; octets that hold no key give an empty array.
 * Only v4 keys are taken, and of those only what importing again gives back octet by octet. */
GPtrArray *openpgp_rnp_import(GBytes *octets, int64_t at);

#endif

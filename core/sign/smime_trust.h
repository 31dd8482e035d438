/* SPDX-License-Identifier: MIT
 *
 * Whom S/MIME believes: certificates that are anchors, whatever they are (partial chains),
 * lists of revoked ones and OCSP responses. Constant, shared by all threads, with a memory of
 * chains that were verified. */
#ifndef INKAN_SIGN_SMIME_TRUST_H
#define INKAN_SIGN_SMIME_TRUST_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>

struct smime_trust;

/* PEM, as many as there are, and text between them; references are taken, nothing is decoded yet.
 * `anchors` NULL: nobody is believed. `lists`: CRLs, may be NULL. */
struct smime_trust *smime_trust_new(GBytes *anchors, GBytes *lists);
void smime_trust_free(struct smime_trust *trust);

/* OCSP responses in DER, one after another; a reference is taken, nothing is decoded yet. At most
 * once, before the trust is used. */
void smime_trust_give_responses(struct smime_trust *trust, GBytes *responses);

/* Decodes now what the first signature would. False and *error (G_IO_ERROR_INVALID_DATA) if anchors
 * were given and hold no certificate, or lists or responses and hold none, or something in them is
 * broken. An empty file of anchors is one in which nobody is believed. */
bool smime_trust_check(struct smime_trust *trust, GError **error);

/* Hex SHA-256 of the anchors as they were given: verdicts under other anchors are other verdicts.
 */
const char *smime_trust_fingerprint(const struct smime_trust *trust);

/* Chains verified and certificates decoded so far (memory misses), for tests that count. */
guint smime_trust_verified(struct smime_trust *trust);
guint smime_trust_decoded(struct smime_trust *trust);

DEFINE_OWNED(smime_trust, smime_trust_free)

#endif

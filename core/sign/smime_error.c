/* SPDX-License-Identifier: MIT
 *
 * sign/smime.h: the words of the API for what is not verified. */
#include "sign/smime.h"

static const char *const names[SMIME_ERROR__MAX] = {
    [SMIME_MALFORMED] = "malformed",
    [SMIME_TOO_LARGE] = "too-large",
    [SMIME_STRUCTURE] = "structure",
    [SMIME_ENCRYPTED] = "encrypted",
    [SMIME_NO_SIGNER] = "no-signer",
    [SMIME_CONTENT_TWICE] = "content-misplaced",
    [SMIME_NO_CERTIFICATE] = "no-certificate",
    [SMIME_CONTENT_CHANGED] = "content-changed",
    [SMIME_SIGNATURE_INVALID] = "signature-invalid",
    [SMIME_ATTRIBUTES] = "signed-attributes",
    [SMIME_MICALG] = "micalg",
    [SMIME_UNSUPPORTED] = "unsupported-algorithm",
    [SMIME_WEAK_DIGEST] = "weak-digest",
    [SMIME_WEAK_KEY] = "weak-key",
    [SMIME_UNTRUSTED] = "untrusted",
    [SMIME_SELF_SIGNED] = "self-signed",
    [SMIME_CHAIN_INVALID] = "chain-invalid",
    [SMIME_NOT_A_CA] = "not-a-ca",
    [SMIME_NAME_CONSTRAINTS] = "name-constraints",
    [SMIME_POLICY] = "policy",
    [SMIME_CRITICAL_EXTENSION] = "critical-extension",
    [SMIME_CHAIN_WEAK] = "weak-chain",
    [SMIME_EXPIRED] = "expired",
    [SMIME_NOT_YET_VALID] = "not-yet-valid",
    [SMIME_EXPIRED_SINCE] = "expired-since",
    [SMIME_SIGNED_OUTSIDE] = "signed-outside-validity",
    [SMIME_SIGNING_TIME] = "signing-time-differs",
    [SMIME_KEY_USAGE] = "key-usage",
    [SMIME_EXTENDED_KEY_USAGE] = "extended-key-usage",
    [SMIME_SIGNER_IS_CA] = "signer-is-ca",
    [SMIME_REVOKED] = "revoked",
    [SMIME_REVOKED_SINCE] = "revoked-since",
    [SMIME_REVOCATION_UNKNOWN] = "revocation-unknown",
    [SMIME_ADDRESS_MISMATCH] = "address-mismatch",
    [SMIME_NO_ADDRESS] = "no-address",
    [SMIME_SEVERAL_SIGNERS] = "several-signers",
    [SMIME_SEVERAL_AUTHORS] = "author-unclear",
    [SMIME_COVERS_PART] = "covers-part",
    [SMIME_COVERS_ATTACHED] = "covers-attached-message",
    [SMIME_COVERS_UNCLEAR] = "coverage-unclear",
    [SMIME_NOT_CHECKED] = "not-checked",
};

const char *smime_error_name(enum smime_error error) {
    g_assert(error < SMIME_ERROR__MAX);
    return names[error];
}

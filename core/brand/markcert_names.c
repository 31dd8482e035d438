/* SPDX-License-Identifier: MIT
 *
 * The words of brand/markcert, for JSON, the command and the page's reasons. */
#include "brand/markcert.h"

static const char *const reasons[MARKCERT_REASON__MAX] = {
    [MARKCERT_TOO_LARGE] = "too-large",
    [MARKCERT_NO_CERTIFICATE] = "no-certificate",
    [MARKCERT_PEM_SYNTAX] = "pem-syntax",
    [MARKCERT_PEM_LABEL] = "pem-label",
    [MARKCERT_TOO_MANY_CERTIFICATES] = "too-many-certificates",
    [MARKCERT_DUPLICATE] = "duplicate",
    [MARKCERT_NOT_X509] = "not-x509",
    [MARKCERT_ISSUER_MISSING] = "issuer-missing",
    [MARKCERT_UNKNOWN_ROOT] = "unknown-root",
    [MARKCERT_OUT_OF_ORDER] = "out-of-order",
    [MARKCERT_BAD_SIGNATURE] = "bad-signature",
    [MARKCERT_PATH] = "path",
    [MARKCERT_EXPIRED] = "expired",
    [MARKCERT_NOT_YET_VALID] = "not-yet-valid",
    [MARKCERT_CA_EXPIRED] = "ca-expired",
    [MARKCERT_CA_NOT_YET_VALID] = "ca-not-yet-valid",
    [MARKCERT_BAD_DATE] = "bad-date",
    [MARKCERT_TOO_LONG_VALID] = "too-long-valid",
    [MARKCERT_WEAK_KEY] = "weak-key",
    [MARKCERT_WEAK_SIGNATURE] = "weak-signature",
    [MARKCERT_IS_CA] = "is-ca",
    [MARKCERT_ISSUER_NOT_CA] = "issuer-not-ca",
    [MARKCERT_PATH_LENGTH] = "path-length",
    [MARKCERT_NAME_CONSTRAINT] = "name-constraint",
    [MARKCERT_UNKNOWN_CRITICAL] = "unknown-critical",
    [MARKCERT_DUPLICATE_EXTENSION] = "duplicate-extension",
    [MARKCERT_TOO_MANY_EXTENSIONS] = "too-many-extensions",
    [MARKCERT_NO_PURPOSE] = "no-purpose",
    [MARKCERT_WRONG_PURPOSE] = "wrong-purpose",
    [MARKCERT_CA_PURPOSE] = "ca-purpose",
    [MARKCERT_NO_POLICY] = "no-policy",
    [MARKCERT_NO_NAME] = "no-name",
    [MARKCERT_OTHER_NAME] = "other-name",
    [MARKCERT_OTHER_SELECTOR] = "other-selector",
    [MARKCERT_NO_MARK_TYPE] = "no-mark-type",
    [MARKCERT_UNKNOWN_MARK_TYPE] = "unknown-mark-type",
    [MARKCERT_NO_LOGOTYPE] = "no-logotype",
    [MARKCERT_LOGOTYPE_SYNTAX] = "logotype-syntax",
    [MARKCERT_LOGO_NOT_EMBEDDED] = "logo-not-embedded",
    [MARKCERT_LOGO_SEVERAL] = "logo-several",
    [MARKCERT_LOGO_MEDIA_TYPE] = "logo-media-type",
    [MARKCERT_LOGO_DATA] = "logo-data",
    [MARKCERT_LOGO_TOO_LARGE] = "logo-too-large",
    [MARKCERT_LOGO_HASH_SHA1] = "logo-hash-sha1",
    [MARKCERT_LOGO_HASH_WEAK] = "logo-hash-weak",
    [MARKCERT_LOGO_HASH_WRONG] = "logo-hash-wrong",
    [MARKCERT_OTHER_PICTURE] = "other-picture",
    [MARKCERT_NO_SCT] = "no-sct",
    [MARKCERT_SCT_SYNTAX] = "sct-syntax",
    [MARKCERT_SCT_NO_LOG_KEY] = "sct-no-log-key",
    [MARKCERT_REVOKED] = "revoked",
    [MARKCERT_CA_REVOKED] = "ca-revoked",
    [MARKCERT_NO_CRL_POINT] = "no-crl-point",
    [MARKCERT_CRL_MISSING] = "crl-missing",
    [MARKCERT_CRL_UNUSABLE] = "crl-unusable",
    [MARKCERT_CRL_TOO_OLD] = "crl-too-old"};

const char *markcert_reason_name(enum markcert_reason reason) {
    return reason < MARKCERT_REASON__MAX ? reasons[reason] : NULL;
}

const char *markcert_check_name(enum markcert_check_id check) {
    static const char *const names[MARKCERT_CHECK__MAX] = {[MARKCERT_PEM] = "pem",
                                                           [MARKCERT_CHAIN] = "chain",
                                                           [MARKCERT_VALIDITY] = "validity",
                                                           [MARKCERT_ALGORITHMS] = "algorithms",
                                                           [MARKCERT_AUTHORITY] = "authority",
                                                           [MARKCERT_EXTENSIONS] = "extensions",
                                                           [MARKCERT_PURPOSE] = "purpose",
                                                           [MARKCERT_POLICY] = "policy",
                                                           [MARKCERT_NAMES] = "names",
                                                           [MARKCERT_MARK_TYPE] = "mark-type",
                                                           [MARKCERT_LOGOTYPE] = "logotype",
                                                           [MARKCERT_LOGO_HASH] = "logo-hash",
                                                           [MARKCERT_TRANSPARENCY] = "transparency",
                                                           [MARKCERT_REVOCATION] = "revocation"};
    return check < MARKCERT_CHECK__MAX ? names[check] : NULL;
}

const char *markcert_state_name(enum markcert_state state) {
    static const char *const names[] = {[MARKCERT_NOT_EVALUATED] = "not-evaluated",
                                        [MARKCERT_PASS] = "pass",
                                        [MARKCERT_FAIL] = "fail",
                                        [MARKCERT_NOT_VERIFIED] = "not-verified",
                                        [MARKCERT_ABSENT] = "absent"};
    return state < G_N_ELEMENTS(names) ? names[state] : NULL;
}

const char *markcert_type_name(enum markcert_type type) {
    return type == MARKCERT_VMC ? "vmc" : type == MARKCERT_CMC ? "cmc" : NULL;
}

const char *markcert_mark_name(enum markcert_mark mark) {
    static const char *const names[] = {[MARKCERT_REGISTERED_MARK] = "Registered Mark",
                                        [MARKCERT_GOVERNMENT_MARK] = "Government Mark",
                                        [MARKCERT_PRIOR_USE_MARK] = "Prior Use Mark",
                                        [MARKCERT_MODIFIED_REGISTERED_MARK] =
                                            "Modified Registered Mark"};
    return mark < G_N_ELEMENTS(names) ? names[mark] : NULL;
}

/* SPDX-License-Identifier: MIT
 *
 * The table of refusals. RFC 6376 §6.1 knows only PERMFAIL and TEMPFAIL; which RFC 8601 §2.7.1 word
 * a PERMFAIL becomes: "fail" where a hash or a time was compared and did not hold, "permerror"
 * where there was nothing that could be compared. */
#include "auth/dkim_reason.h"

static const struct {
    const char *name;
    enum auth_result result;
} reasons[DKIM_REASON__MAX] = {
    [DKIM_NOT_CHECKED] = {"not-checked", AUTH_NOT_EVALUATED},
    [DKIM_NOT_ASKED] = {"not-asked", AUTH_NOT_EVALUATED},
    [DKIM_BODY_PARTIAL] = {"body-partial", AUTH_NOT_EVALUATED},

    [DKIM_TOO_LARGE] = {"too-large", AUTH_PERMERROR},
    [DKIM_SYNTAX] = {"syntax", AUTH_PERMERROR},
    [DKIM_DUPLICATE_TAG] = {"duplicate-tag", AUTH_PERMERROR},
    [DKIM_MISSING_TAG] = {"missing-tag", AUTH_PERMERROR},
    [DKIM_VERSION] = {"version", AUTH_PERMERROR},
    [DKIM_UNKNOWN_ALGORITHM] = {"unknown-algorithm", AUTH_PERMERROR},
    [DKIM_OBSOLETE_ALGORITHM] = {"obsolete-algorithm", AUTH_PERMERROR},
    [DKIM_CANONICALIZATION] = {"canonicalization", AUTH_PERMERROR},
    [DKIM_QUERY_METHOD] = {"query-method", AUTH_PERMERROR},
    [DKIM_BAD_DOMAIN] = {"bad-domain", AUTH_PERMERROR},
    [DKIM_BAD_SELECTOR] = {"bad-selector", AUTH_PERMERROR},
    [DKIM_I_NOT_UNDER_D] = {"i-not-under-d", AUTH_PERMERROR},
    [DKIM_H_WITHOUT_FROM] = {"h-without-from", AUTH_PERMERROR},
    [DKIM_BODY_HASH_LENGTH] = {"body-hash-length", AUTH_PERMERROR},
    [DKIM_EXPIRES_BEFORE_SIGNED] = {"expires-before-signed", AUTH_PERMERROR},
    [DKIM_EXPIRED] = {"expired", AUTH_FAIL},

    [DKIM_SEAL_WITH_H] = {"with-h", AUTH_PERMERROR},
    [DKIM_H_WITH_SEAL] = {"h-with-seal", AUTH_PERMERROR},

    [DKIM_NOT_OF_SENDER] = {"not-of-sender", AUTH_PERMERROR},
    [DKIM_SENDER_NOT_SIGNED] = {"sender-not-signed", AUTH_PERMERROR},
    [DKIM_KEY_GRANULARITY] = {"key-granularity", AUTH_PERMERROR},

    [DKIM_DNS] = {"dns", AUTH_TEMPERROR},
    [DKIM_DNS_BOGUS] = {"dns-bogus", AUTH_TEMPERROR},
    [DKIM_DNS_BUDGET] = {"dns-budget", AUTH_TEMPERROR},
    [DKIM_KEY_NOT_FOUND] = {"key-not-found", AUTH_PERMERROR},
    [DKIM_KEY_DUPLICATE] = {"key-duplicate", AUTH_PERMERROR},
    [DKIM_KEY_REVOKED] = {"key-revoked", AUTH_PERMERROR},
    [DKIM_KEY_SYNTAX] = {"key-syntax", AUTH_PERMERROR},
    [DKIM_KEY_VERSION] = {"key-version", AUTH_PERMERROR},
    [DKIM_KEY_ALGORITHM] = {"key-algorithm", AUTH_PERMERROR},
    [DKIM_KEY_HASH] = {"key-hash", AUTH_PERMERROR},
    [DKIM_KEY_SERVICE] = {"key-service", AUTH_PERMERROR},
    [DKIM_KEY_FLAG_S] = {"key-flag-s", AUTH_PERMERROR},
    [DKIM_KEY_TOO_SHORT] = {"key-too-short", AUTH_PERMERROR},
    [DKIM_KEY_TOO_LONG] = {"key-too-long", AUTH_PERMERROR},
    [DKIM_KEY_EXPONENT] = {"key-exponent", AUTH_PERMERROR},
    [DKIM_KEY_WEAK] = {"key-weak", AUTH_PERMERROR},

    [DKIM_BODY_LENGTH] = {"body-length", AUTH_PERMERROR},
    [DKIM_SIGNATURE] = {"signature", AUTH_FAIL},
    [DKIM_BODY_HASH] = {"body-hash", AUTH_FAIL},
};

const char *dkim_reason_name(enum dkim_reason reason) {
    g_assert(reason < DKIM_REASON__MAX);
    return reasons[reason].name;
}

enum auth_result dkim_reason_result(enum dkim_reason reason) {
    g_assert(reason > DKIM_REASON_NONE && reason < DKIM_REASON__MAX);
    return reasons[reason].result;
}

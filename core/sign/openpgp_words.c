/* SPDX-License-Identifier: MIT
 *
 * The words of sign/openpgp.h, and what its values own. */
#include "sign/openpgp.h"

#include "mail/address.h"

#include <string.h>

const char *openpgp_status_name(enum openpgp_status status) {
    static const char *const names[OPENPGP_STATUS__MAX] = {
        [OPENPGP_NONE] = "none",
        [OPENPGP_UNKNOWN] = "unknown",
        [OPENPGP_SIGNED] = "signed",
        [OPENPGP_VERIFIED] = "signed/verified",
        [OPENPGP_FAILED] = "signed/failed",
    };
    g_assert(status < OPENPGP_STATUS__MAX);
    return names[status];
}

const char *openpgp_reason_name(enum openpgp_reason reason) {
    static const char *const names[OPENPGP_REASON__MAX] = {
        [OPENPGP_NO_KEY] = "no-key",
        [OPENPGP_UNSUPPORTED_VERSION] = "unsupported-version",
        [OPENPGP_UNSUPPORTED_ALGORITHM] = "unsupported-algorithm",
        [OPENPGP_MALFORMED] = "malformed",
        [OPENPGP_TOO_MANY] = "too-many",
        [OPENPGP_COULD_NOT_CHECK] = "could-not-check",
        [OPENPGP_CHANGED] = "changed",
        [OPENPGP_WRONG_TYPE] = "wrong-type",
        [OPENPGP_SIGNATURE_EXPIRED] = "signature-expired",
        [OPENPGP_SIGNATURE_FROM_FUTURE] = "signature-from-future",
        [OPENPGP_WEAK_HASH] = "weak-hash",
        [OPENPGP_KEY_REVOKED] = "key-revoked",
        [OPENPGP_KEY_EXPIRED] = "key-expired",
        [OPENPGP_KEY_FROM_FUTURE] = "key-from-future",
        [OPENPGP_KEY_CANNOT_SIGN] = "key-cannot-sign",
        [OPENPGP_KEY_WEAK] = "key-weak",
        [OPENPGP_KEY_UNUSABLE] = "key-unusable",
        [OPENPGP_NOT_VOUCHED] = "not-vouched",
        [OPENPGP_ADDRESS_DIFFERS] = "address-differs",
        [OPENPGP_PART_ONLY] = "part-only",
    };
    g_assert(reason < OPENPGP_REASON__MAX);
    return names[reason];
}

/* --- who a user ID names ---------------------------------------------------------------------- */

/* The octets between "<" and ">" at its end if those are the only ones, or all of it: a name in
 * front that looks like an address is a name (attacks G152). */
static struct span address_part(struct span user_id) {
    user_id = span_trim_wsp(user_id);
    size_t open = span_find(user_id, '<'), close = span_find(user_id, '>');
    if (open == user_id.n && close == user_id.n)
        return user_id;
    if (close != user_id.n - 1 || open > close)
        return SPAN_NULL;
    struct span inner = span_make(user_id.p + open + 1, close - open - 1);
    return span_find(inner, '<') == inner.n ? inner : SPAN_NULL;
}

bool openpgp_user_id_is(const char *user_id, const char *address) {
    struct span part = address_part(span_of(user_id));
    if (!part.n || span_find(part, '@') == part.n || !address)
        return false;
    OWNED(address_list) list = address_parse(part);
    return list->n == 1 && list->total == 1 && !list->n_groups &&
           list->mailboxes[0].fault == ADDRESS_FINE && !(list->flags & 0xffff) &&
           g_strcmp0(list->mailboxes[0].address, address) == 0;
}

/* --- what they own --------------------------------------------------------------------------- */

void openpgp_signature_clear(struct openpgp_signature *signature) {
    g_free(signature->fingerprint);
    g_free(signature->issuer);
    g_strfreev(signature->user_ids);
    g_free(signature->algorithm);
    g_free(signature->digest);
    *signature = (struct openpgp_signature){.made_at = -1};
}

void openpgp_answer_free(struct openpgp_answer *answer) {
    for (guint i = 0; i < answer->n; i++)
        openpgp_signature_clear(&answer->signatures[i]);
    g_free(answer->signatures);
    g_free(answer);
}

void openpgp_certificate_free(struct openpgp_certificate *certificate) {
    if (certificate->octets)
        g_bytes_unref(certificate->octets);
    g_free(certificate->fingerprint);
    g_strfreev(certificate->key_ids);
    g_strfreev(certificate->user_ids);
    g_free(certificate->algorithm);
    g_free(certificate);
}

void openpgp_result_free(struct openpgp_result *result) {
    for (guint i = 0; i < result->n; i++) {
        g_free(result->judgements[i].part);
        g_free(result->judgements[i].user_id);
        openpgp_signature_clear(&result->judgements[i].by);
    }
    g_free(result->judgements);
    for (guint i = 0; i < result->n_seen; i++)
        g_free(result->seen[i].fingerprint);
    g_free(result->seen);
    g_free(result);
}

enum openpgp_status openpgp_result_status(const struct openpgp_result *result) {
    if (result->n)
        return result->judgements[0].status;
    return result->is_encrypted ? OPENPGP_UNKNOWN : OPENPGP_NONE;
}

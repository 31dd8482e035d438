/* SPDX-License-Identifier: MIT
 *
 * sign/openpgp_rnp.h: one signature at a time, so that no state of one reaches another (attacks
 * G146). */
#include "sign/openpgp_rnp.h"

#include "base/limits.h"
#include "sign/openpgp_packet.h"
#include "sign/openpgp_rnp_key.h"

/* --- one signature ---------------------------------------------------------------------------- */

static void describe_key(struct openpgp_signature *answer, rnp_ffi_t ffi, rnp_key_handle_t key,
                         int64_t at) {
    rnp_key_handle_t primary = openpgp_rnp_primary(ffi, key);
    if (!primary)
        return;
    char *text = NULL;
    uint32_t bits = 0;
    if (rnp_key_get_fprint(primary, &text) == RNP_SUCCESS)
        answer->fingerprint = openpgp_rnp_take(text);
    if (rnp_key_get_alg(key, &text) == RNP_SUCCESS)
        answer->algorithm = openpgp_rnp_take(text);
    if (rnp_key_get_bits(key, &bits) == RNP_SUCCESS)
        answer->bits = bits;
    answer->key = openpgp_rnp_key_judge(key, primary, at);
    answer->user_ids = openpgp_rnp_user_ids(primary);
    rnp_key_handle_destroy(primary);
}

/* librnp says "invalid" of a changed text and of a key that it does not let sign alike. Only where
 * the key is good is it the text; else nothing is said about it. */
static enum openpgp_reason reason_of(rnp_result_t status, const struct openpgp_signature *answer,
                                     int64_t at) {
    bool key_is_sound = answer->key == OPENPGP_FINE || answer->key == OPENPGP_KEY_WEAK;
    switch (status) {
    case RNP_SUCCESS:
        return OPENPGP_FINE;
    case RNP_ERROR_KEY_NOT_FOUND:
        return OPENPGP_NO_KEY;
    case RNP_ERROR_SIGNATURE_EXPIRED:
        return answer->made_at > at + LIMIT_OPENPGP_SKEW ? OPENPGP_SIGNATURE_FROM_FUTURE
                                                         : OPENPGP_SIGNATURE_EXPIRED;
    case RNP_ERROR_SIGNATURE_INVALID:
        return key_is_sound ? OPENPGP_CHANGED : OPENPGP_KEY_UNUSABLE;
    case RNP_ERROR_SIGNATURE_UNKNOWN:
        return OPENPGP_UNSUPPORTED_ALGORITHM;
    default:
        return OPENPGP_MALFORMED;
    }
}

static void read_answer(rnp_op_verify_t op, rnp_ffi_t ffi, struct openpgp_signature *answer,
                        int64_t at) {
    size_t n = 0;
    rnp_op_verify_signature_t found = NULL;
    rnp_key_handle_t key = NULL;
    if (rnp_op_verify_get_signature_count(op, &n) || n != 1 ||
        rnp_op_verify_get_signature_at(op, 0, &found))
        return;
    char *digest = NULL;
    if (rnp_op_verify_signature_get_hash(found, &digest) == RNP_SUCCESS)
        answer->digest = openpgp_rnp_take(digest);
    uint32_t made = 0, lasts = 0;
    if (rnp_op_verify_signature_get_times(found, &made, &lasts) == RNP_SUCCESS)
        answer->made_at = made;
    answer->key = OPENPGP_NO_KEY;
    if (rnp_op_verify_signature_get_key(found, &key) == RNP_SUCCESS && key) {
        describe_key(answer, ffi, key, at);
        rnp_key_handle_destroy(key);
    }
    answer->reason = reason_of(rnp_op_verify_signature_get_status(found), answer, at);
    if (answer->key == OPENPGP_NO_KEY)
        answer->reason = OPENPGP_NO_KEY;
}

static void verify_one(rnp_ffi_t ffi, struct span data, GBytes *packet,
                       struct openpgp_signature *answer, int64_t at) {
    gsize n;
    const uint8_t *octets = g_bytes_get_data(packet, &n);
    rnp_input_t text = NULL, signature = NULL;
    rnp_op_verify_t op = NULL;
    *answer = (struct openpgp_signature){.reason = OPENPGP_MALFORMED, .made_at = -1};
    if (rnp_input_from_memory(&text, (const uint8_t *)data.p, data.n, false) == RNP_SUCCESS &&
        rnp_input_from_memory(&signature, octets, n, false) == RNP_SUCCESS &&
        rnp_op_verify_detached_create(&op, ffi, text, signature) == RNP_SUCCESS) {
        /* Its result sums up; what is read below is the status of the one signature. */
        (void)rnp_op_verify_execute(op);
        read_answer(op, ffi, answer, at);
    }
    rnp_op_verify_destroy(op);
    rnp_input_destroy(signature);
    rnp_input_destroy(text);
}

struct openpgp_answer *openpgp_rnp_verify(const struct openpgp_question *question) {
    struct openpgp_answer *answer = g_new0(struct openpgp_answer, 1);
    answer->n = question->signatures->len;
    answer->signatures = g_new0(struct openpgp_signature, answer->n);
    rnp_ffi_t ffi = openpgp_rnp_store(question->keys, question->at);
    for (guint i = 0; i < answer->n; i++)
        verify_one(ffi, question->data, question->signatures->pdata[i], &answer->signatures[i],
                   question->at);
    return answer;
}

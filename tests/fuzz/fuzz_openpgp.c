/* SPDX-License-Identifier: MIT
 *
 * Any message whose signature is asked about here: its shape is read without harm, what is judged
 * fits together, and without a vouched-for key nothing is ever verified. librnp takes part with the
 * keys that came with the message. */
#include "base/limits.h"
#include "sign/openpgp.h"
#include "sign/openpgp_claim.h"
#include "sign/openpgp_keyring.h"
#include "sign/openpgp_rnp.h"
#include "worker/openpgp_job.h"

#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { AT = 1795000000 };

static void repack(struct openpgp_answer *answer) {
    g_autoptr(GBytes) packed = openpgp_job_pack_answer(answer);
    OWNED(openpgp_answer) again = openpgp_job_unpack_answer(packed);
    g_assert(again && again->n == answer->n);
}

static struct openpgp_answer *verify(struct openpgp_verifier *self,
                                     const struct openpgp_question *question, GError **error) {
    (void)self, (void)error;
    g_assert(question->signatures->len <= LIMIT_OPENPGP_SIGNATURES);
    g_assert(question->keys->len <= LIMIT_OPENPGP_CANDIDATES);
    struct openpgp_answer *answer = openpgp_rnp_verify(question);
    g_assert(answer->n == question->signatures->len);
    repack(answer);
    return answer;
}

static GPtrArray *import(struct openpgp_verifier *self, GBytes *octets, int64_t at,
                         GError **error) {
    (void)self, (void)error;
    return openpgp_rnp_import(octets, at);
}

static void check(const struct openpgp_result *result) {
    g_assert(result->n_seen <= LIMIT_OPENPGP_SEEN);
    g_assert(result->n <= LIMIT_OPENPGP_PARTS * LIMIT_OPENPGP_SIGNATURES);
    for (guint i = 0; i < result->n; i++) {
        const struct openpgp_judgement *judgement = &result->judgements[i];
        g_assert(judgement->status > OPENPGP_NONE && judgement->status != OPENPGP_VERIFIED);
        g_assert(!judgement->vouched && judgement->key != CHECK_PASS);
        g_assert(judgement->reasons != 0);
    }
}

/* librnp writes what it thinks of a signature to stderr; the fuzzer has taken hold of its own. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    stderr = fopen("/dev/null", "w");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct openpgp_verifier verifier = {verify, import};
    GBytes *octets = g_bytes_new(data, size);
    OWNED(message) message = message_new(octets, 0);
    g_bytes_unref(octets);
    OWNED(author) author = author_find(message);
    OWNED(mime) mime = mime_parse(message);
    OWNED(signed_parts) parts = signed_parts_find(mime);
    struct openpgp_request request = {.message = message,
                                      .mime = mime,
                                      .parts = parts,
                                      .author = author,
                                      .verifier = &verifier,
                                      .at = AT};
    OWNED(openpgp_result) result = openpgp_check(&request);
    check(result);
    return 0;
}
